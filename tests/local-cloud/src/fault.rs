//! `local-cloud fault`: makes the emulators of a running local cloud fail, by their controls under `/_emulator`.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use reqwest::{Client, Method, Url};
use serde_json::{Map, Value, json};

use crate::background::Place;

/// Where Atlas shows the endpoint services of a project: all of them, and one.
const PRIVATE_LINKS: [&str; 2] = [
    "/groups/*/privateEndpoint/AWS/endpointService",
    "/groups/*/privateEndpoint/AWS/endpointService/*",
];

/// The arguments of `local-cloud fault`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
    /// Folder of the local cloud's state [default: the cloud of the exported variables, or local-cloud in the cache folder]
    #[arg(long, value_name = "FOLDER", global = true)]
    state_folder: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the faults that are set, the oldest first. Of several that match a call, the oldest decides.
    List,
    /// Make calls of an emulator fail.
    ///
    /// Faults of both: throttle, internal_error, connection_reset, delay (--field delay_ms=500), accept_then_reset.
    ///
    /// Faults of cloudwatch: access_denied, validation_error.
    ///
    /// Faults of atlas: unavailable, bad_gateway, no_capacity, not_authorized, ip_address_not_on_access_list, role_too_low,
    /// not_found, version_gone, hang, accept_then_internal_error, accept_then_hang, reset_mid_body, strings_absent,
    /// refuse (--field status=409 --field error_code=CONFLICT) and others, which tests/atlas-emulator/README.md lists.
    ///
    /// Examples:
    ///   cargo cloud fault set cloudwatch throttle --operation PutMetricAlarm --times 3
    ///   cargo cloud fault set atlas unavailable --method POST --path '/groups/*/privateEndpoint/**' --times 1
    #[command(verbatim_doc_comment)]
    Set(Set),
    /// Show the private links of Atlas in another state, for example FAILED, until the faults are cleared.
    PrivateLink {
        /// Status to show
        #[arg(value_parser = ["INITIATING", "AVAILABLE", "WAITING_FOR_USER", "FAILED", "DELETING"])]
        status: String,
        /// Error message to show
        #[arg(long)]
        message: Option<String>,
    },
    /// Remove all faults.
    Clear,
}

#[derive(Debug, Args)]
struct Set {
    /// Emulator whose calls fail
    service: Service,
    /// Name of the fault
    fault: String,
    /// CloudWatch: operation, for example PutMetricAlarm [default: all operations]
    #[arg(long)]
    operation: Option<String>,
    /// CloudWatch: only calls that name an alarm with this text in its name
    #[arg(long, value_name = "TEXT")]
    alarm_name: Option<String>,
    /// Atlas: HTTP method [default: all methods]
    #[arg(long)]
    method: Option<String>,
    /// Atlas: path of the API; * matches one segment, and ** at the end matches the rest [default: all paths]
    #[arg(long)]
    path: Option<String>,
    /// Number of matching calls that succeed first
    #[arg(long, default_value_t = 0)]
    skip: u32,
    /// Number of calls that fail [default: all calls, until the faults are cleared]
    #[arg(long)]
    times: Option<u32>,
    /// Field of the fault. Can be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    field: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Service {
    Atlas,
    Cloudwatch,
}

impl Service {
    const ALL: [Self; 2] = [Self::Atlas, Self::Cloudwatch];

    fn name(self) -> &'static str {
        match self {
            Self::Atlas => "atlas",
            Self::Cloudwatch => "cloudwatch",
        }
    }

    /// The variable of a local cloud that has this emulator's address.
    fn variable(self) -> &'static str {
        match self {
            Self::Atlas => "MONGODB_ATLAS_BASE_URL",
            Self::Cloudwatch => "AWS_ENDPOINT_URL_CLOUDWATCH",
        }
    }
}

impl Set {
    /// The fault as its emulator reads it. It is read here too, so that a mistake is an error before anything is sent.
    fn body(&self) -> Result<Value> {
        let mut body = Map::from_iter([
            ("fault".to_owned(), json!(self.fault)),
            ("skip".to_owned(), json!(self.skip)),
            ("times".to_owned(), json!(self.times)),
        ]);
        for (name, value, service) in [
            ("operation", &self.operation, Service::Cloudwatch),
            ("alarm_name", &self.alarm_name, Service::Cloudwatch),
            ("method", &self.method, Service::Atlas),
            ("path", &self.path, Service::Atlas),
        ] {
            if let Some(value) = value {
                if service != self.service {
                    let option = name.replace('_', "-");
                    bail!(
                        "--{option} is for {}. Remove it, or set a fault of {0}.",
                        service.name()
                    );
                }
                body.insert(name.to_owned(), json!(value));
            }
        }
        for field in &self.field {
            let (name, value) = field
                .split_once('=')
                .with_context(|| format!("got --field {field}; write it as NAME=VALUE, for example delay_ms=500"))?;
            let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
            body.insert(name.to_owned(), value);
        }
        let body = Value::Object(body);
        match self.service {
            Service::Atlas => serde_json::from_value::<atlas_emulator::Fault>(body.clone()).map(drop),
            Service::Cloudwatch => serde_json::from_value::<cloudwatch_emulator::Fault>(body.clone()).map(drop),
        }
        .with_context(|| format!("{} has no such fault", self.service.name()))?;
        Ok(body)
    }
}

/// Carries the command out and prints what it did.
///
/// # Errors
/// No local cloud runs, or the fault is not one of the emulator's.
pub async fn run(arguments: Arguments) -> Result<()> {
    let controls = Controls::find(arguments.state_folder)?;
    match arguments.action {
        Action::List => {
            let mut lines = Vec::new();
            for service in Service::ALL {
                for fault in controls.list(service).await? {
                    lines.push(format!("{}: {fault}", service.name()));
                }
            }
            if lines.is_empty() {
                lines.push("No faults are set.".to_owned());
            }
            writeln!(std::io::stdout(), "{}", lines.join("\n"))?;
        }
        Action::Set(set) => controls.set(set.service, &set.body()?).await?,
        Action::PrivateLink { status, message } => {
            let members = match message {
                Some(message) => json!({ "status": status, "errorMessage": message }),
                None => json!({ "status": status }),
            };
            for path in PRIVATE_LINKS {
                let fault = json!({ "method": "GET", "path": path, "fault": "show", "members": members });
                controls.set(Service::Atlas, &fault).await?;
            }
        }
        Action::Clear => {
            for service in Service::ALL {
                controls.send(service, Method::DELETE, None).await?;
            }
        }
    }
    Ok(())
}

/// The faults of the emulators of one local cloud.
struct Controls {
    client: Client,
    atlas: Url,
    cloudwatch: Url,
}

impl Controls {
    /// Those of the cloud of a state folder, or of the exported variables, or of the default folder, in this order.
    fn find(state_folder: Option<PathBuf>) -> Result<Self> {
        let exported = |service: Service| std::env::var(service.variable()).ok();
        let addresses = match (&state_folder, Service::ALL.map(exported)) {
            (None, [Some(atlas), Some(cloudwatch)]) => [atlas, cloudwatch],
            _ => {
                let state = Place::new(state_folder)?.status()?;
                let state = state.context("no local cloud is running. Start one with: cargo cloud up")?;
                let of = |service: Service| {
                    let mut variables = state.environment.iter();
                    let found = variables.find(|(name, _)| name == service.variable());
                    found
                        .map(|(_, value)| value.clone())
                        .with_context(|| format!("the local cloud exports no {}", service.variable()))
                };
                [of(Service::Atlas)?, of(Service::Cloudwatch)?]
            }
        };
        let [atlas, cloudwatch] = addresses.map(|address| local(&address));
        Ok(Self {
            // They listen on this machine, where no proxy has to help.
            client: Client::builder().no_proxy().build()?,
            atlas: atlas?,
            cloudwatch: cloudwatch?,
        })
    }

    async fn list(&self, service: Service) -> Result<Vec<Value>> {
        let text = self.send(service, Method::GET, None).await?;
        serde_json::from_str(&text).with_context(|| format!("{} answered {text}", service.name()))
    }

    async fn set(&self, service: Service, fault: &Value) -> Result<()> {
        self.send(service, Method::POST, Some(fault)).await?;
        Ok(())
    }

    async fn send(&self, service: Service, method: Method, body: Option<&Value>) -> Result<String> {
        let address = match service {
            Service::Atlas => &self.atlas,
            Service::Cloudwatch => &self.cloudwatch,
        };
        let url = address.join("/_emulator/faults")?;
        let what = format!("{method} {url}");
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let response = request.send().await.with_context(|| what.clone())?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            bail!("{what}: {status}: {text}");
        }
        Ok(text)
    }
}

/// An address of this machine: a variable may be that of real Atlas.
fn local(address: &str) -> Result<Url> {
    let url = Url::parse(address).with_context(|| format!("{address:?} is not a URL"))?;
    if url.host_str() != Some("127.0.0.1") {
        bail!("{url} is not on this machine, so it is not a local cloud. In a shell, run: eval \"$(cargo cloud up)\"");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use clap::{CommandFactory as _, Parser};

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn set(arguments: &[&str]) -> Set {
        let cli = Cli::try_parse_from([&["cli", "set"], arguments].concat()).unwrap();
        match cli.arguments.action {
            Action::Set(set) => set,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_fault_is_what_its_emulator_reads() {
        let body = set(&[
            "cloudwatch",
            "throttle",
            "--operation",
            "PutMetricAlarm",
            "--times",
            "3",
        ])
        .body();
        let expected = json!({ "fault": "throttle", "skip": 0, "times": 3, "operation": "PutMetricAlarm" });
        assert_eq!(body.unwrap(), expected);
        let body = set(&[
            "atlas",
            "delay",
            "--field",
            "delay_ms=500",
            "--path",
            "/groups/*/clusters",
        ])
        .body();
        let expected =
            json!({ "fault": "delay", "skip": 0, "times": null, "delay_ms": 500, "path": "/groups/*/clusters" });
        assert_eq!(body.unwrap(), expected);
    }

    #[test]
    fn a_mistake_is_an_error_that_says_what_there_is() {
        for (arguments, message) in [
            (&["cloudwatch", "throtle"][..], "expected one of"),
            (&["atlas", "delay"], "delay_ms"),
            (
                &["atlas", "throttle", "--operation", "PutMetricAlarm"],
                "--operation is for cloudwatch",
            ),
            (&["cloudwatch", "delay", "--field", "500"], "write it as NAME=VALUE"),
        ] {
            let error = format!("{:#}", set(arguments).body().unwrap_err());
            assert!(error.contains(message), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn a_private_link_is_shown_with_a_status_that_atlas_has() {
        let parse = |status: &str| Cli::try_parse_from(["cli", "private-link", status]);
        assert!(parse("FAILED").is_ok());
        let error = parse("BROKEN").unwrap_err().to_string();
        assert!(error.contains("WAITING_FOR_USER"), "{error}");
    }

    /// The help lists faults; each of them is one.
    #[test]
    fn every_fault_of_the_help_exists() {
        let help = Cli::command();
        let help = help
            .find_subcommand("set")
            .unwrap()
            .get_long_about()
            .unwrap()
            .to_string();
        let mut found = 0;
        for (line, services) in [
            ("Faults of both: ", &Service::ALL[..]),
            ("Faults of cloudwatch: ", &[Service::Cloudwatch]),
            ("Faults of atlas: ", &[Service::Atlas]),
        ] {
            let (_, listed) = help.split_once(line).unwrap();
            let listed = listed.split_once(".\n").unwrap().0.replace('\n', " ");
            for entry in listed.split(", ").filter(|entry| !entry.contains("README")) {
                let entry = entry.trim().split(" and others").next().unwrap();
                let (name, fields) = entry.split_once(" (").unwrap_or((entry, ""));
                for service in services {
                    let mut arguments = vec![service.name(), name];
                    arguments.extend(fields.trim_end_matches(')').split_whitespace());
                    set(&arguments).body().unwrap();
                    found += 1;
                }
            }
        }
        assert!(found > 20, "{found}");
    }

    #[test]
    fn an_address_of_another_machine_is_refused() {
        assert!(local("http://127.0.0.1:4566").is_ok());
        let error = local("https://cloud.mongodb.com").unwrap_err().to_string();
        assert!(error.contains("is not on this machine"), "{error}");
    }
}
