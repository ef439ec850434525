//! A MongoDB client from a secret.

use std::fmt;
use std::time::Duration;

use aws_config::{Region, SdkConfig};
use mongodb::Client;
use mongodb::options::{ClientOptions, Credential, ServerAddress, Tls, TlsOptions};
use serde::Deserialize;

use crate::Environment;
use crate::aws::{self, AwsError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A new primary is elected within 12 s, as MongoDB's manual says of its defaults.
const SELECTION_TIMEOUT: Duration = Duration::from_secs(20);

/// Where the address and the credentials of a deployment are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MongoSource {
    /// In a secret, by its ARN.
    Secret(String),
    /// An Atlas host name; the function's own role is the user (`MONGODB-AWS`), so that there is no secret.
    Role(String),
}

impl MongoSource {
    /// From `LECTERN_MONGO_SECRET_ARN` or `LECTERN_MONGO_HOST`.
    pub fn of(environment: &mut Environment<'_>) -> Self {
        let secret = environment.optional("LECTERN_MONGO_SECRET_ARN");
        let host = environment.optional("LECTERN_MONGO_HOST");
        match (secret, host) {
            (Some(arn), None) => Self::Secret(arn),
            (None, Some(host)) => Self::Role(host),
            (secret, _) => {
                environment.problem(
                    "set one of LECTERN_MONGO_SECRET_ARN, the ARN of a secret with the deployment's address, and \
                     LECTERN_MONGO_HOST, an Atlas host name whose user is the function's role"
                        .to_owned(),
                );
                Self::Secret(secret.unwrap_or_default())
            }
        }
    }

    /// Settings for a client, as [`MongoSecret::options`] makes them.
    ///
    /// # Errors
    /// [`SecretError`]; of a host its [`SecretError::Address`] names the host.
    pub async fn options(&self, config: &SdkConfig, application: &str) -> Result<ClientOptions, SecretError> {
        match self {
            Self::Secret(arn) => MongoSecret::fetch(config, arn).await?.options(arn, application).await,
            Self::Role(host) => {
                let uri = format!("mongodb+srv://{host}/?authMechanism=MONGODB-AWS&authSource=$external");
                MongoSecret(Form::Uri(uri)).options(host, application).await
            }
        }
    }
}

/// How to reach a deployment and as whom. [`fmt::Debug`] shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct MongoSecret(Form);

#[derive(Clone, PartialEq, Eq)]
enum Form {
    Uri(String),
    Parts {
        host: String,
        username: String,
        password: String,
    },
}

impl fmt::Debug for MongoSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MongoSecret(***)")
    }
}

/// Why a secret gives no client. Says nothing of its content.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It could not be read.
    #[error("the secret {arn} could not be read")]
    Unreadable {
        /// Of the secret.
        arn: String,
        /// What AWS said.
        source: AwsError,
    },
    /// It has a binary value or none.
    #[error("the secret {0} has no text: give it one, {FORMS}")]
    NotText(String),
    /// It is not one of the two forms.
    #[error("the secret {0} is in neither form that is understood: {FORMS}")]
    Form(String),
    /// The URI or host is not one.
    #[error(
        "the secret {0} holds no MongoDB address that can be used: a uri begins with mongodb:// or mongodb+srv://, and a \
         name given with mongodb+srv must resolve from here"
    )]
    Address(String),
}

const FORMS: &str = r#"{"uri": "mongodb+srv://..."} or {"host": "...", "username": "...", "password": "..."}"#;

#[derive(Deserialize)]
struct Fields {
    uri: Option<String>,
    host: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

impl MongoSecret {
    /// Reads the JSON of a secret: `{"uri": ...}`, or `{"host", "username", "password"}`. Other members, such as those that
    /// rotation keeps, are left alone.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fields: Fields = serde_json::from_str(text).ok()?;
        let form = match (fields.uri, fields.host, fields.username, fields.password) {
            (Some(uri), None, None, None) => Form::Uri(uri),
            (None, Some(host), Some(username), Some(password)) => Form::Parts {
                host,
                username,
                password,
            },
            _ => return None,
        };
        Some(Self(form))
    }

    /// Reads the secret's current version, in the region that its ARN names.
    ///
    /// # Errors
    /// [`SecretError`].
    pub async fn fetch(config: &SdkConfig, arn: &str) -> Result<Self, SecretError> {
        let mut settings = aws_sdk_secretsmanager::config::Builder::from(config);
        if let Some(region) = aws::region_of(arn) {
            settings = settings.region(Region::new(region.to_owned()));
        }
        let client = aws_sdk_secretsmanager::Client::from_conf(settings.build());
        let answer = client.get_secret_value().secret_id(arn).send().await;
        let secret = answer.map_err(|error| SecretError::Unreadable {
            arn: arn.to_owned(),
            source: AwsError::of("GetSecretValue", error),
        })?;
        let text = secret
            .secret_string()
            .ok_or_else(|| SecretError::NotText(arn.to_owned()))?;
        Self::parse(text).ok_or_else(|| SecretError::Form(arn.to_owned()))
    }

    /// Settings for a client: what the secret says, time limits where it says nothing, and `application` as the name that
    /// the server's log shows. A host without a port is an Atlas name (`mongodb+srv`), one with ports, or several with commas
    /// between, are servers; both with TLS.
    ///
    /// # Errors
    /// [`SecretError::Address`], with `arn` in it. The driver's reason may quote the URI, so it is not passed on.
    pub async fn options(&self, arn: &str, application: &str) -> Result<ClientOptions, SecretError> {
        let refused = |_| SecretError::Address(arn.to_owned());
        let mut options = match &self.0 {
            Form::Uri(uri) => ClientOptions::parse(uri).await.map_err(refused)?,
            Form::Parts {
                host,
                username,
                password,
            } => {
                let mut options = if host.contains(':') || host.contains(',') {
                    let mut hosts = Vec::new();
                    for host in host.split(',') {
                        hosts.push(ServerAddress::parse(host).map_err(refused)?);
                    }
                    ClientOptions::builder().hosts(hosts).build()
                } else {
                    ClientOptions::parse(format!("mongodb+srv://{host}"))
                        .await
                        .map_err(refused)?
                };
                options.tls.get_or_insert(Tls::Enabled(TlsOptions::default()));
                let source = options.credential.take().and_then(|credential| credential.source);
                options.credential = Some(
                    Credential::builder()
                        .username(username.clone())
                        .password(password.clone())
                        .source(source)
                        .build(),
                );
                options
            }
        };
        options.app_name.get_or_insert_with(|| application.to_owned());
        options.connect_timeout.get_or_insert(CONNECT_TIMEOUT);
        options.server_selection_timeout.get_or_insert(SELECTION_TIMEOUT);
        Ok(options)
    }

    /// A client with [`MongoSecret::options`]. It connects when it is used.
    ///
    /// # Errors
    /// [`SecretError::Address`].
    pub async fn client(&self, arn: &str, application: &str) -> Result<Client, SecretError> {
        let options = self.options(arn, application).await?;
        Client::with_options(options).map_err(|_| SecretError::Address(arn.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf";

    async fn options(text: &str) -> Result<ClientOptions, SecretError> {
        MongoSecret::parse(text).unwrap().options(ARN, "mongo-dump").await
    }

    #[tokio::test]
    async fn a_uri_is_taken_as_it_is_and_gets_time_limits_where_it_has_none() {
        let options = options(r#"{"uri": "mongodb://u:p@127.0.0.1:27017/?serverSelectionTimeoutMS=700&appName=mine"}"#);
        let options = options.await.unwrap();
        assert_eq!(options.server_selection_timeout, Some(Duration::from_millis(700)));
        assert_eq!(options.connect_timeout, Some(CONNECT_TIMEOUT));
        assert_eq!(options.app_name.as_deref(), Some("mine"));
    }

    #[tokio::test]
    async fn hosts_with_ports_are_servers_spoken_to_with_tls() {
        let text = r#"{"host": "127.0.0.1:1,127.0.0.1:2", "username": "u", "password": "p@:/%", "engine": "mongo"}"#;
        let options = options(text).await.unwrap();
        assert_eq!(options.hosts.len(), 2);
        assert!(matches!(options.tls, Some(Tls::Enabled(_))));
        assert_eq!(options.app_name.as_deref(), Some("mongo-dump"));
        assert_eq!(options.credential.unwrap().password.as_deref(), Some("p@:/%"));
    }

    #[test]
    fn a_secret_in_neither_form_or_in_both_is_refused() {
        for text in [
            "",
            "mongodb://u:p@h",
            "[]",
            "{}",
            r#"{"uri": 1}"#,
            r#"{"host": "h", "username": "u"}"#,
            r#"{"uri": "mongodb://h", "host": "h", "username": "u", "password": "p"}"#,
        ] {
            assert!(MongoSecret::parse(text).is_none(), "{text}");
        }
    }

    #[tokio::test]
    async fn no_error_and_no_debug_output_quotes_the_secret() {
        let secret = MongoSecret::parse(r#"{"uri": "mongodb://user:hunter2@[bad/?x"}"#).unwrap();
        let error = secret.options(ARN, "mongo-dump").await.unwrap_err();
        for text in [format!("{error:?}"), error.to_string(), format!("{secret:?}")] {
            assert!(!text.contains("hunter2") && !text.contains("user:"), "{text}");
        }
        assert!(error.to_string().contains(ARN));
    }
}
