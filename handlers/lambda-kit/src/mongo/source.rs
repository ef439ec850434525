//! Where a function finds its deployment.

use aws_config::SdkConfig;
use mongodb::options::ClientOptions;

use crate::Environment;
use crate::mongo::secret::{MongoSecret, SecretError};

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

    /// The secret's ARN, or the host: what an error names.
    #[must_use]
    pub fn place(&self) -> &str {
        match self {
            Self::Secret(place) | Self::Role(place) => place,
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
                MongoSecret::of_uri(uri).options(host, application).await
            }
        }
    }
}
