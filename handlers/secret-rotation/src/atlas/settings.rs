//! Which project, which cluster, and the way there.

use aws_smithy_http_client::proxy::ProxyConfig;
use lambda_kit::Environment;

/// Admin API, "servers" of its specification. Atlas for Government has another.
const BASE_URL: &str = "https://cloud.mongodb.com";

/// From the function's environment; nothing of it is secret.
#[derive(Debug, Clone)]
pub(crate) struct AtlasSettings {
    /// 24 hexadecimal digits.
    pub(crate) project: String,
    /// ARN of the secret with the service account.
    pub(crate) secret_arn: String,
    /// The cluster where the users of secrets are, as a connection string has it.
    pub(crate) host: String,
    /// Without a slash at the end.
    pub(crate) base_url: String,
    /// By which https leaves; `None`: directly.
    pub(crate) proxy: Option<ProxyConfig>,
}

impl AtlasSettings {
    /// `None`: passwords are changed by commands of MongoDB.
    pub(crate) fn of(environment: &mut Environment<'_>) -> Option<Self> {
        const NAMES: [&str; 2] = ["LECTERN_ATLAS_PROJECT_ID", "LECTERN_ATLAS_SECRET_ARN"];
        if NAMES.iter().all(|name| environment.optional(name).is_none()) {
            return None;
        }
        let project = environment.required(NAMES[0], "the id of the project in Atlas");
        if !project.is_empty() && !is_project(&project) {
            environment.problem(format!("{} is no project's id: give it 24 of 0-9 and a-f", NAMES[0]));
        }
        let secret_arn = environment.required(NAMES[1], "the ARN of the secret with the service account");
        let host = environment.required(
            "LECTERN_MONGO_HOST",
            "the name of the cluster, as it is after mongodb+srv:// in its private connection string",
        );
        if !host
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-.:".contains(letter))
        {
            environment.problem("LECTERN_MONGO_HOST is no host: give it the name alone".to_owned());
        }
        Some(Self {
            project,
            secret_arn,
            host,
            base_url: base_url(environment),
            proxy: proxy(environment),
        })
    }

    /// The cluster's address without a user.
    pub(crate) fn uri(&self) -> String {
        let scheme = if self.host.contains(':') {
            "mongodb"
        } else {
            "mongodb+srv"
        };
        format!("{scheme}://{}/", self.host)
    }
}

fn is_project(id: &str) -> bool {
    id.len() == 24 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A password travels to it, so it has TLS; 127.0.0.1 is for tests.
fn base_url(environment: &mut Environment<'_>) -> String {
    const NAME: &str = "LECTERN_ATLAS_BASE_URL";
    let url = environment.optional(NAME).unwrap_or_else(|| BASE_URL.to_owned());
    let has_host = |scheme: &str| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty());
    if !has_host("https://") && !has_host("http://127.0.0.1:") {
        environment.problem(format!("{NAME} does not begin with https://: passwords are sent there"));
    }
    url.trim_end_matches('/').to_owned()
}

fn proxy(environment: &mut Environment<'_>) -> Option<ProxyConfig> {
    const NAME: &str = "LECTERN_ATLAS_PROXY";
    let url = environment.optional(NAME)?;
    // Credentials would be a secret in an environment variable.
    let proxy = (url.starts_with("http://") && !url.contains('@')).then(|| ProxyConfig::https(url));
    match proxy {
        Some(Ok(proxy)) => Some(proxy),
        _ => {
            environment.problem(format!(
                "{NAME} is no proxy: give it http://HOST:PORT, without a user or password"
            ));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:atlas-AbCdEf";
    const PROJECT: &str = "0123456789abcdef01234567";

    fn read(variables: &[(&str, &str)]) -> (Option<AtlasSettings>, String) {
        let mut environment = Environment::new(|name| {
            let known = variables.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| (*value).to_owned())
        });
        let settings = AtlasSettings::of(&mut environment);
        let problems = environment.finish().err().map(|error| error.to_string());
        (settings, problems.unwrap_or_default())
    }

    #[test]
    fn a_project_chooses_atlas_and_needs_the_rest() {
        assert!(read(&[("LECTERN_MONGO_HOST", "h")]).0.is_none());
        let (settings, problems) = read(&[
            ("LECTERN_ATLAS_PROJECT_ID", PROJECT),
            ("LECTERN_ATLAS_SECRET_ARN", ARN),
            ("LECTERN_MONGO_HOST", "main-pl-0.abcde.mongodb.net"),
            ("LECTERN_ATLAS_PROXY", "http://10.0.0.9:3128"),
        ]);
        assert_eq!(problems, "");
        let settings = settings.map(|settings| (settings.uri(), settings.base_url, settings.proxy.is_some()));
        let expected = (
            "mongodb+srv://main-pl-0.abcde.mongodb.net/".to_owned(),
            BASE_URL.to_owned(),
            true,
        );
        assert_eq!(settings, Some(expected));
        for alone in ["LECTERN_ATLAS_PROJECT_ID", "LECTERN_ATLAS_SECRET_ARN"] {
            let (_, problems) = read(&[(alone, if alone.ends_with("ARN") { ARN } else { PROJECT })]);
            assert!(
                problems.contains("LECTERN_MONGO_HOST") && !problems.contains(alone),
                "{problems}"
            );
        }
    }

    #[test]
    fn what_would_send_a_password_elsewhere_is_refused() {
        for (name, value) in [
            ("LECTERN_ATLAS_PROJECT_ID", "../0123456789abcdef01234"),
            ("LECTERN_MONGO_HOST", "u:p@h"),
            ("LECTERN_ATLAS_BASE_URL", "http://cloud.mongodb.com"),
            ("LECTERN_ATLAS_BASE_URL", "http://127.0.0.1.example.com"),
            ("LECTERN_ATLAS_BASE_URL", "https://"),
            ("LECTERN_ATLAS_PROXY", "http://hunter2:hunter2@10.0.0.9:3128"),
            ("LECTERN_ATLAS_PROXY", "10.0.0.9:3128"),
        ] {
            let mut variables = vec![
                ("LECTERN_ATLAS_PROJECT_ID", PROJECT),
                ("LECTERN_ATLAS_SECRET_ARN", ARN),
                ("LECTERN_MONGO_HOST", "h"),
            ];
            variables.retain(|(known, _)| *known != name);
            variables.push((name, value));
            let (_, problems) = read(&variables);
            assert!(
                problems.contains(name) && !problems.contains("hunter2"),
                "{name}={value}: {problems}"
            );
        }
    }
}
