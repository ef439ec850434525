//! From the provider's `atlas` settings to a client that is shared by all resources of one run.

use atlas_client::{AtlasConfig, AtlasError, ConfigError, Credentials, HttpAtlas, Secret};
use tokio::sync::OnceCell;

use crate::connection::chain::chain;
use crate::connection::config::{AtlasSettings, Setting};
use crate::connection::config_failures::ATLAS_CREDENTIALS_TWICE;

/// Atlas's public address; Atlas for Government has another. Source: Atlas Admin API, servers.
const BASE_URL: &str = "https://cloud.mongodb.com";

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Why there is no client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AtlasFailure {
    #[error("the provider attribute `atlas.{0}` is not known yet")]
    Unknown(&'static str),
    #[error("neither an API key nor a service account is set")]
    NoCredentials,
    #[error("{have} is set and {lacks} is not")]
    Half { have: String, lacks: String },
    #[error("both an API key ({api_key}) and a service account ({service_account}) are set")]
    Both { api_key: String, service_account: String },
    #[error("{0}")]
    Config(String),
}

impl AtlasFailure {
    /// A fixed sentence for the diagnostic's summary.
    pub(crate) fn summary(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "Provider configuration is not known yet.",
            Self::NoCredentials => "Atlas credentials are missing.",
            Self::Half { .. } => "Atlas credentials are incomplete.",
            Self::Both { .. } => ATLAS_CREDENTIALS_TWICE,
            Self::Config(_) => "Atlas settings cannot be used.",
        }
    }

    /// What to do next.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::Unknown(attribute) => format!(
                "Set `atlas.{attribute}` to a value that is known at plan, or apply the resource that it comes from \
                 first, with -target."
            ),
            Self::NoCredentials => {
                "Set MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET for a service account, or \
                 MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY for an API key; the attributes are \
                 client_id, client_secret, public_key and private_key of the provider's `atlas`."
                    .to_owned()
            }
            Self::Half { lacks, .. } => format!("Set {lacks} too, or neither."),
            Self::Both { .. } => {
                "Keep one kind: unset the attributes or variables of the other. An empty variable counts as unset."
                    .to_owned()
            }
            Self::Config(_) => {
                "Correct the `atlas` settings of the provider or the MONGODB_ATLAS_ variables.".to_owned()
            }
        }
    }
}

/// One setting with the name of where it came from, for messages; never its value.
struct Found {
    value: String,
    from: String,
}

/// Reads the environment; a function so that tests need not change the process's own.
type Environment = fn(&str) -> Option<String>;

fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The attribute, else the variable; an empty one is unset.
fn setting(
    configured: &Setting<Option<String>>,
    attribute: &'static str,
    variable: &'static str,
    environment: Environment,
) -> Result<Option<Found>, AtlasFailure> {
    let found = match configured {
        Setting::Unknown => return Err(AtlasFailure::Unknown(attribute)),
        Setting::Known(Some(value)) => Some(Found {
            value: value.clone(),
            from: format!("atlas.{attribute}"),
        }),
        Setting::Known(None) => environment(variable)
            .filter(|value| !value.is_empty())
            .map(|value| Found {
                value,
                from: variable.to_owned(),
            }),
    };
    match found {
        Some(found) if found.value.trim() != found.value => Err(AtlasFailure::Config(format!(
            "{} begins or ends with a space or a line break",
            found.from
        ))),
        found => Ok(found),
    }
}

/// Both halves of a pair, or neither.
fn pair(
    first: Option<Found>,
    second: Option<Found>,
    names: [&'static str; 2],
) -> Result<Option<(Found, Found)>, AtlasFailure> {
    match (first, second) {
        (Some(first), Some(second)) => Ok(Some((first, second))),
        (None, None) => Ok(None),
        (Some(have), None) => Err(AtlasFailure::Half {
            have: have.from,
            lacks: names[1].to_owned(),
        }),
        (None, Some(have)) => Err(AtlasFailure::Half {
            have: have.from,
            lacks: names[0].to_owned(),
        }),
    }
}

fn credentials(settings: &AtlasSettings, environment: Environment) -> Result<Credentials, AtlasFailure> {
    let read = |configured, attribute, variable| setting(configured, attribute, variable, environment);
    let api_key = pair(
        read(&settings.public_key, "public_key", "MONGODB_ATLAS_PUBLIC_API_KEY")?,
        read(&settings.private_key, "private_key", "MONGODB_ATLAS_PRIVATE_API_KEY")?,
        [
            "atlas.public_key (or MONGODB_ATLAS_PUBLIC_API_KEY)",
            "atlas.private_key (or MONGODB_ATLAS_PRIVATE_API_KEY)",
        ],
    )?;
    let service_account = pair(
        read(&settings.client_id, "client_id", "MONGODB_ATLAS_CLIENT_ID")?,
        read(&settings.client_secret, "client_secret", "MONGODB_ATLAS_CLIENT_SECRET")?,
        [
            "atlas.client_id (or MONGODB_ATLAS_CLIENT_ID)",
            "atlas.client_secret (or MONGODB_ATLAS_CLIENT_SECRET)",
        ],
    )?;
    match (api_key, service_account) {
        (None, None) => Err(AtlasFailure::NoCredentials),
        (Some((public, private)), None) => Ok(Credentials::ApiKey {
            public_key: public.value,
            private_key: Secret::new(private.value),
        }),
        (None, Some((id, secret))) => Ok(Credentials::ServiceAccount {
            client_id: id.value,
            client_secret: Secret::new(secret.value),
        }),
        (Some((public, _)), Some((id, _))) => Err(AtlasFailure::Both {
            api_key: public.from,
            service_account: id.from,
        }),
    }
}

fn config(settings: &AtlasSettings, environment: Environment) -> Result<AtlasConfig, AtlasFailure> {
    let base_url = setting(&settings.base_url, "base_url", "MONGODB_ATLAS_BASE_URL", environment)?;
    let credentials = credentials(settings, environment)?;
    let Some(base_url) = base_url else {
        return AtlasConfig::new(BASE_URL, credentials, USER_AGENT).map_err(unusable);
    };
    let named = |cause| AtlasFailure::Config(format!("{}: {}", base_url.from, chain(&cause)));
    AtlasConfig::new(&base_url.value, credentials, USER_AGENT).map_err(named)
}

fn unusable(cause: ConfigError) -> AtlasFailure {
    AtlasFailure::Config(chain(&cause))
}

/// Atlas as one configured provider sees it. Nothing is read or called before a resource asks for the client.
pub(crate) struct Atlas {
    settings: AtlasSettings,
    client: OnceCell<HttpAtlas>,
}

impl Atlas {
    pub(crate) fn new(settings: AtlasSettings) -> Self {
        Self {
            settings,
            client: OnceCell::new(),
        }
    }

    /// Gives the service account's token back, if there is one.
    pub(crate) async fn close(&self) {
        if let Some(client) = self.client.get() {
            client.close().await;
        }
    }

    /// The client; made once.
    pub(crate) async fn client(&self) -> Result<&HttpAtlas, AtlasFailure> {
        self.client
            .get_or_try_init(async || HttpAtlas::new(config(&self.settings, process_environment)?).map_err(unusable))
            .await
    }
}

/// A fixed sentence for the diagnostic's summary of a failed call.
pub(crate) fn summary(error: &AtlasError) -> &'static str {
    match error {
        AtlasError::Unauthorized { .. } => "Atlas credentials are refused.",
        AtlasError::Forbidden { .. } => "Atlas denied access.",
        AtlasError::NotFound { .. } => "Atlas has no such object.",
        AtlasError::Conflict { .. } => "Atlas refused a conflicting call.",
        AtlasError::VersionGone { .. } | AtlasError::NotAcceptable { .. } => {
            "Atlas no longer serves this version of its API."
        }
        AtlasError::Refused { .. } => "Atlas refused the call.",
        AtlasError::Throttled { .. } => "Atlas throttled the call.",
        AtlasError::Unavailable { .. } => "Atlas failed to answer the call.",
        AtlasError::Transport { .. } | AtlasError::Timeout { .. } => "Atlas could not be reached.",
        AtlasError::Malformed { .. } => "The answer of Atlas is malformed.",
    }
}
