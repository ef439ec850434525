//! What a secret says of a deployment, and the client that it gives.

use std::fmt;
use std::time::Duration;

use aws_config::{Region, SdkConfig};
use mongodb::Client;
use mongodb::error::ErrorKind;
use mongodb::options::ClientOptions;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Deserializer};

use crate::aws::{self, AwsError};
use crate::mongo::address::{Address, AddressError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A new primary is elected within 12 s, as MongoDB's manual says of its defaults.
const SELECTION_TIMEOUT: Duration = Duration::from_secs(20);

/// How to reach a deployment and as whom. [`fmt::Debug`] shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct MongoSecret {
    uri: String,
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
    #[error("the secret {0} has no text: set it to {FORMS}")]
    NotText(String),
    /// It is not one of the two forms.
    #[error("the secret {0} has an unknown form: set it to {FORMS}")]
    Form(String),
    /// What it says is no address, or one of nobody.
    #[error("the MongoDB address in {place} cannot be used")]
    Address {
        /// ARN of the secret, or the host.
        place: String,
        /// What is wrong.
        source: AddressError,
    },
}

const FORMS: &str = r#"{"uri": "mongodb+srv://..."} or {"host": "...", "username": "...", "password": "..."}, the second with "port", "ssl", "dbname" and "replicaSet" if wanted and with "engine": "mongo" if it is there"#;

/// The second form is the one that AWS documents for secrets of databases ("JSON structure of AWS Secrets Manager secrets").
#[derive(Deserialize)]
struct Fields {
    uri: Option<String>,
    host: Option<String>,
    #[serde(default, deserialize_with = "text_or_number")]
    port: Option<String>,
    username: Option<String>,
    password: Option<String>,
    #[serde(default, deserialize_with = "text_or_boolean")]
    ssl: Option<String>,
    engine: Option<String>,
    dbname: Option<String>,
    #[serde(rename = "replicaSet")]
    replica_set: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Number(u16),
    Boolean(bool),
}

/// AWS writes `"port": 27017` and its users `"port": "27017"`.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Boolean(_)) => Err(serde::de::Error::custom("not a number")),
    }
}

fn text_or_boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(Value::Boolean(boolean)) => Ok(Some(boolean.to_string())),
        Some(Value::Number(_)) => Err(serde::de::Error::custom("neither true nor false")),
    }
}

/// A member with something in it.
fn filled(member: Option<&String>) -> Option<&str> {
    member.map(|member| member.trim()).filter(|member| !member.is_empty())
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The connection string that the members mean.
///
/// A host without a port is an Atlas name (`mongodb+srv`), one with a port, or several with commas between, are servers. Both with
/// TLS, unless `ssl` is false. `dbname` is where the user is, as AWS's own rotation takes it: `admin` if there is none.
fn uri_of(fields: &Fields, username: &str, password: &str) -> Option<String> {
    let host = filled(fields.host.as_ref())?;
    let port = filled(fields.port.as_ref());
    let is_host = |letter: char| letter.is_ascii_alphanumeric() || "-_.:,[]".contains(letter);
    if !host.chars().all(is_host) || !port.unwrap_or_default().chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let hosts: Vec<_> = host
        .split(',')
        .map(|host| match port {
            Some(port) if !host.contains(':') || host.ends_with(']') => format!("{host}:{port}"),
            _ => host.to_owned(),
        })
        .collect();
    let scheme = if port.is_none() && !host.contains([':', ',']) {
        "mongodb+srv"
    } else {
        "mongodb"
    };
    let tls = filled(fields.ssl.as_ref()).unwrap_or("true").to_ascii_lowercase();
    let mut uri = format!(
        "{scheme}://{}:{}@{}/?tls={}",
        encoded(username),
        encoded(password),
        hosts.join(","),
        encoded(&tls)
    );
    for (option, value) in [("authSource", &fields.dbname), ("replicaSet", &fields.replica_set)] {
        if let Some(value) = filled(value.as_ref()) {
            uri = format!("{uri}&{option}={}", encoded(value));
        }
    }
    Some(uri)
}

impl MongoSecret {
    /// Of a connection string that is in no secret.
    pub(crate) fn of_uri(uri: String) -> Self {
        Self { uri }
    }

    /// Reads the JSON of a secret: `{"uri": ...}`, or `{"host", "username", "password"}` with more members that AWS's own tools
    /// write. Other members, such as those that rotation keeps, are left alone.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fields: Fields = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        let uri = match (&fields.uri, &fields.host, &fields.username, &fields.password) {
            (Some(uri), None, None, None) => uri.clone(),
            (None, Some(_), Some(username), Some(password)) if is_mongo(fields.engine.as_ref()) => {
                uri_of(&fields, username, password)?
            }
            _ => return None,
        };
        Some(Self { uri })
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
    /// the server's log shows. Options that the driver does not have are left out with a warning in the log that names them.
    ///
    /// # Errors
    /// [`SecretError::Address`], with `place`, the secret's ARN, in it.
    pub async fn options(&self, place: &str, application: &str) -> Result<ClientOptions, SecretError> {
        let refused = |source| SecretError::Address {
            place: place.to_owned(),
            source,
        };
        let address = Box::pin(Address::read(&self.uri)).await.map_err(refused)?;
        for warning in &address.warnings {
            tracing::warn!(place, %warning, "a part of the MongoDB connection string is ignored or replaced");
        }
        // The driver's reason may quote the address, so it is not passed on; the parts were looked at before, so it is about names.
        let parsed = Box::pin(async { ClientOptions::parse(address.uri()).await }).await;
        let mut options = parsed.map_err(|_| refused(AddressError::Unresolved))?;
        options.app_name.get_or_insert_with(|| application.to_owned());
        options.connect_timeout.get_or_insert(CONNECT_TIMEOUT);
        options.server_selection_timeout.get_or_insert(SELECTION_TIMEOUT);
        Ok(options)
    }

    /// A client with [`MongoSecret::options`]. It connects when it is used.
    ///
    /// # Errors
    /// [`SecretError::Address`].
    pub async fn client(&self, place: &str, application: &str) -> Result<Client, SecretError> {
        client(self.options(place, application).await?, place)
    }
}

/// A client with settings that [`MongoSecret::options`] gave. It connects when it is used.
///
/// # Errors
/// [`SecretError::Address`], with `place`, the secret's ARN, in it.
pub fn client(options: ClientOptions, place: &str) -> Result<Client, SecretError> {
    Client::with_options(options).map_err(|error| SecretError::Address {
        place: place.to_owned(),
        source: match error.kind.as_ref() {
            ErrorKind::InvalidTlsConfig { .. } | ErrorKind::Io(_) => AddressError::Certificates,
            _ => AddressError::Refused,
        },
    })
}

/// A secret of another kind of database has the same members.
fn is_mongo(engine: Option<&String>) -> bool {
    let engine = filled(engine).unwrap_or("mongo").to_ascii_lowercase();
    ["mongo", "mongodb", "docdb", "documentdb"].contains(&engine.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use mongodb::options::{ServerAddress, Tls};
    use proptest::prelude::*;

    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf";

    async fn options(text: &str) -> Result<ClientOptions, SecretError> {
        MongoSecret::parse(text).unwrap().options(ARN, "mongo-dump").await
    }

    fn server(host: &str, port: u16) -> ServerAddress {
        ServerAddress::Tcp {
            host: host.to_owned(),
            port: Some(port),
        }
    }

    #[tokio::test]
    async fn a_uri_is_taken_as_it_is_and_gets_time_limits_where_it_has_none() {
        let options = options(r#"{"uri": "mongodb://u:p@127.0.0.1:27017/?serverSelectionTimeoutMS=700&appName=mine"}"#);
        let options = options.await.unwrap();
        assert_eq!(options.server_selection_timeout, Some(Duration::from_millis(700)));
        assert_eq!(options.connect_timeout, Some(CONNECT_TIMEOUT));
        assert_eq!(options.app_name.as_deref(), Some("mine"));
        assert_eq!(options.tls, None);
    }

    #[tokio::test]
    async fn an_address_with_options_of_other_drivers_and_a_newline_gives_a_client() {
        let text = r#"{"uri": "mongodb://u:p@127.0.0.1:27017/?compressors=zstd&uuidRepresentation=standard&socketTimeoutMS=9&w=1\n"}"#;
        let options = options(text).await.unwrap();
        assert_eq!(options.write_concern.clone().unwrap().w, Some(1.into()));
        client(options, ARN).unwrap();
    }

    #[tokio::test]
    async fn hosts_with_ports_are_servers_spoken_to_with_tls() {
        let text = r#"{"host": "127.0.0.1:1,127.0.0.1:2", "username": "u", "password": "p@:/%", "engine": "mongo"}"#;
        let options = options(text).await.unwrap();
        assert_eq!(options.hosts.len(), 2);
        assert!(matches!(options.tls, Some(Tls::Enabled(_))));
        assert_eq!(options.app_name.as_deref(), Some("mongo-dump"));
        let credential = options.credential.unwrap();
        assert_eq!(credential.password.as_deref(), Some("p@:/%"));
        assert_eq!(credential.source.as_deref(), Some("admin"));
    }

    #[tokio::test]
    async fn a_secret_as_aws_writes_it_gives_a_client() {
        for (members, hosts, tls, source, set) in [
            (
                r#""host": "h", "port": 27018"#,
                vec![server("h", 27_018)],
                true,
                "admin",
                None,
            ),
            (
                r#""host": "h", "port": "27018", "ssl": true"#,
                vec![server("h", 27_018)],
                true,
                "admin",
                None,
            ),
            (
                r#""host": " h\n", "port": 1, "ssl": false"#,
                vec![server("h", 1)],
                false,
                "admin",
                None,
            ),
            (
                r#""host": "h", "port": 1, "ssl": "true""#,
                vec![server("h", 1)],
                true,
                "admin",
                None,
            ),
            (
                r#""host": "h", "port": 1, "ssl": "False""#,
                vec![server("h", 1)],
                false,
                "admin",
                None,
            ),
            (
                r#""host": "h,i:2", "port": 1, "dbname": "shop", "replicaSet": "rs 0""#,
                vec![server("h", 1), server("i", 2)],
                true,
                "shop",
                Some("rs 0"),
            ),
            (
                r#""host": "[::1]", "port": 1, "dbname": "", "replicaSet": null, "dbClusterIdentifier": "x", "masterarn": "y""#,
                vec![server("::1", 1)],
                true,
                "admin",
                None,
            ),
        ] {
            let text = format!(r#"{{"engine": "mongo", {members}, "username": "u", "password": "p@:/%"}}"#);
            let options = options(&text).await.unwrap();
            assert_eq!(options.hosts, hosts, "{members}");
            assert_eq!(matches!(options.tls, Some(Tls::Enabled(_))), tls, "{members}");
            assert_eq!(options.repl_set_name.as_deref(), set, "{members}");
            let credential = options.credential.clone().unwrap();
            assert_eq!(credential.source.as_deref(), Some(source), "{members}");
            assert_eq!(credential.password.as_deref(), Some("p@:/%"), "{members}");
            client(options, ARN).unwrap();
        }
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
            r#"{"host": "h", "username": "u", "password": "p", "engine": "postgres"}"#,
            r#"{"host": "h", "username": "u", "password": "p", "port": true}"#,
            r#"{"host": "h", "username": "u", "password": "p", "port": 65536}"#,
            r#"{"host": "h", "username": "u", "password": "p", "port": "1/?tls=false"}"#,
            r#"{"host": "u:p@h", "username": "u", "password": "p"}"#,
            r#"{"host": "h/?tls=false", "username": "u", "password": "p"}"#,
            r#"{"host": "h", "username": "u", "password": "p", "ssl": 1}"#,
        ] {
            assert!(MongoSecret::parse(text).is_none(), "{text}");
        }
    }

    #[tokio::test]
    async fn an_error_says_which_secret_and_what_is_wrong() {
        for (text, told) in [
            (r#"{"uri": "mongodb://user:hunt@er2@h"}"#, "is not percent-encoded"),
            (r#"{"uri": "mongodb://user:hunter2@[bad/?x"}"#, "a host or a port"),
            (
                r#"{"uri": "mongodb://user:hunter2@h/?readConcernLevel=local&w=-1"}"#,
                "the option w has a value",
            ),
            (
                r#"{"host": "h", "port": 0, "username": "user", "password": "hunter2"}"#,
                "a host or a port",
            ),
            (
                r#"{"host": "h", "port": 1, "ssl": "maybe", "username": "user", "password": "hunter2"}"#,
                "the option tls",
            ),
        ] {
            let secret = MongoSecret::parse(text).unwrap();
            let failure = crate::Failure::of("SecretInvalid", &secret.options(ARN, "mongo-dump").await.unwrap_err());
            assert!(
                failure.message.contains(ARN) && failure.message.contains(told),
                "{failure}"
            );
            for text in [format!("{failure:?}"), format!("{secret:?}")] {
                assert!(!text.contains("hunt") && !text.contains("user:"), "{text}");
            }
        }
    }

    #[tokio::test]
    async fn files_that_are_not_there_are_named_by_their_options() {
        let options = options(r#"{"uri": "mongodb://h/?tlsCAFile=/none"}"#).await.unwrap();
        let error = client(options, ARN).unwrap_err();
        assert!(
            matches!(
                error,
                SecretError::Address {
                    source: AddressError::Certificates,
                    ..
                }
            ),
            "{error:?}"
        );
    }

    proptest! {
        #[test]
        fn members_come_back_as_they_were_and_are_in_no_message(username in ".{1,20}", password in ".{0,40}", port in any::<u16>()) {
            let text = serde_json::json!({"host": "h", "port": port, "username": username, "password": password}).to_string();
            let secret = MongoSecret::parse(&text).unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            match runtime.block_on(secret.options(ARN, "mongo-dump")) {
                Ok(options) => {
                    let credential = options.credential.unwrap();
                    prop_assert_eq!(credential.username, Some(username));
                    prop_assert_eq!(credential.password, Some(password));
                }
                Err(error) => {
                    prop_assert_eq!(port, 0);
                    let wrong_hosts = matches!(error, SecretError::Address { source: AddressError::Hosts, .. });
                    prop_assert!(wrong_hosts);
                }
            }
        }
    }
}
