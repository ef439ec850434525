//! The function's settings, from its environment variables.

use std::time::Duration;

use lambda_kit::Environment;

/// Lifetime of a link, unless set. Our choice: long enough to begin a download on a slow device, short enough that a link which
/// was passed on is worth little.
const LINK_SECONDS: u64 = 300;

/// Settings of this function alone; those of [`api_kit::Api`] and [`lambda_kit::mongo::Database`] are read by them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub(crate) bucket: String,
    pub(crate) role_arn: String,
    /// How long a link may be used.
    pub(crate) link: Duration,
    pub(crate) cdn: Option<CdnSettings>,
}

/// A CloudFront distribution in front of the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CdnSettings {
    pub(crate) domain: String,
    pub(crate) key_secret_arn: String,
}

impl Settings {
    /// Reads them; what is wrong is kept by `environment`.
    pub fn of(environment: &mut Environment<'_>) -> Self {
        let bucket = environment.required("LECTERN_FILES_BUCKET", "the name of the bucket with the files");
        let role_arn = environment.required(
            "LECTERN_FILES_ROLE_ARN",
            "the ARN of the role that may read the bucket's objects",
        );
        let seconds = environment.parsed(
            "LECTERN_LINK_SECONDS",
            LINK_SECONDS,
            // With less, the URL expires before a browser follows it; a role that another role assumes lasts an hour at most.
            |seconds| (30..=3600).contains(seconds),
            "seconds from 30 to 3600",
        );
        let domain = environment.optional("LECTERN_CDN_DOMAIN");
        let key_secret_arn = environment.optional("LECTERN_CDN_KEY_SECRET_ARN");
        let cdn = match (domain, key_secret_arn) {
            (None, None) => None,
            (Some(domain), Some(key_secret_arn)) => {
                if !is_host(&domain) {
                    environment.problem(
                        "LECTERN_CDN_DOMAIN is not a host name: set it to a name such as d111111abcdef8.cloudfront.net, without a scheme and a path"
                            .to_owned(),
                    );
                }
                Some(CdnSettings { domain, key_secret_arn })
            }
            _ => {
                environment.problem(
                    "set both of LECTERN_CDN_DOMAIN and LECTERN_CDN_KEY_SECRET_ARN, or neither for links to S3"
                        .to_owned(),
                );
                None
            }
        };
        Self {
            bucket,
            role_arn,
            link: Duration::from_secs(seconds),
            cdn,
        }
    }
}

/// A name of labels with dots between, in small letters as certificates and signed policies have it.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const GOOD: [(&str, &str); 2] = [
        ("LECTERN_FILES_BUCKET", "files"),
        ("LECTERN_FILES_ROLE_ARN", "arn:aws:iam::123456789012:role/files-read"),
    ];

    fn read(more: &[(&str, &str)]) -> Result<Settings, String> {
        let variables: Vec<_> = more.iter().chain(&GOOD).copied().collect();
        let mut environment = Environment::new(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let settings = Settings::of(&mut environment);
        environment
            .finish()
            .map(|()| settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn links_last_five_minutes_and_lead_to_s3_unless_said_otherwise() {
        let settings = read(&[]).unwrap();
        assert_eq!((settings.link, settings.cdn), (Duration::from_secs(300), None));
        let cdn = [
            ("LECTERN_CDN_DOMAIN", "files.example.com"),
            (
                "LECTERN_CDN_KEY_SECRET_ARN",
                "arn:aws:secretsmanager:us-east-1:1:secret:key",
            ),
            ("LECTERN_LINK_SECONDS", "30"),
        ];
        let settings = read(&cdn).unwrap();
        assert_eq!(settings.link, Duration::from_secs(30));
        assert_eq!(settings.cdn.unwrap().domain, "files.example.com");
    }

    #[test]
    fn every_value_that_cannot_be_used_is_named() {
        let secret = (
            "LECTERN_CDN_KEY_SECRET_ARN",
            "arn:aws:secretsmanager:us-east-1:1:secret:key",
        );
        let cases: [(&str, &[(&str, &str)]); 11] = [
            ("LECTERN_FILES_BUCKET", &[("LECTERN_FILES_BUCKET", "")]),
            ("LECTERN_FILES_ROLE_ARN", &[("LECTERN_FILES_ROLE_ARN", "")]),
            ("LECTERN_LINK_SECONDS", &[("LECTERN_LINK_SECONDS", "29")]),
            ("LECTERN_LINK_SECONDS", &[("LECTERN_LINK_SECONDS", "3601")]),
            ("LECTERN_LINK_SECONDS", &[("LECTERN_LINK_SECONDS", "5m")]),
            ("set both", &[secret]),
            ("set both", &[("LECTERN_CDN_DOMAIN", "files.example.com")]),
            (
                "LECTERN_CDN_DOMAIN",
                &[("LECTERN_CDN_DOMAIN", "https://files.example.com"), secret],
            ),
            (
                "LECTERN_CDN_DOMAIN",
                &[("LECTERN_CDN_DOMAIN", "files.example.com/x"), secret],
            ),
            ("LECTERN_CDN_DOMAIN", &[("LECTERN_CDN_DOMAIN", "localhost"), secret]),
            ("LECTERN_CDN_DOMAIN", &[("LECTERN_CDN_DOMAIN", "a..b"), secret]),
        ];
        for (named, variables) in cases {
            let error = read(variables).unwrap_err();
            assert!(error.contains(named), "{variables:?}: {error}");
        }
    }
}
