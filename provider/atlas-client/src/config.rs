use crate::retry::RetryPolicy;
use crate::secret::Secret;
use reqwest::Url;
use reqwest::header::HeaderValue;
use std::net::IpAddr;
use std::time::Duration;

/// Longest time for one exchange, from connecting to the last byte of the answer.
/// Our choice because Atlas answers these calls within seconds, and a lost packet must not hold an apply for minutes.
const PER_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest time for one call with all its attempts and waits.
/// Our choice because Atlas's rate limits refill within a minute: two minutes outlast one refill and a short outage.
const CALL_BUDGET: Duration = Duration::from_secs(120);

/// How a client proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A programmatic API key: HTTP digest.
    ApiKey {
        /// The user name of the pair.
        public_key: String,
        /// The password of the pair.
        private_key: Secret,
    },
    /// A service account: OAuth 2 client credentials.
    ServiceAccount {
        /// Like `mdb_sa_id_...`.
        client_id: String,
        /// Like `mdb_sa_sk_...`. It expires at the date set in Atlas.
        client_secret: Secret,
    },
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Not an absolute http(s) URL, or one with a user, query or fragment. The value is left out, as it may hold a
    /// password.
    #[error("the base URL is not usable: {reason}")]
    BaseUrl {
        /// What is wrong and what to write.
        reason: &'static str,
    },
    /// Credentials would cross the network unencrypted.
    #[error(
        "the base URL is http://{host}, which would send credentials unencrypted; use https (http is accepted for \
         localhost only)"
    )]
    PlainHttp {
        /// The host that is not this machine.
        host: String,
    },
    /// A character that no HTTP header may carry.
    #[error("the {setting} contains a character that is not allowed in an HTTP header")]
    HeaderCharacter {
        /// Which setting.
        setting: &'static str,
    },
    /// The HTTP client could not be built, for example because the system's root certificates could not be read.
    #[error("the HTTP client could not be built")]
    Client(#[source] reqwest::Error),
}

/// Everything an [`HttpAtlas`](crate::HttpAtlas) needs, checked.
#[derive(Debug, Clone)]
pub struct AtlasConfig {
    pub(crate) base_url: Url,
    pub(crate) credentials: Credentials,
    pub(crate) user_agent: HeaderValue,
    pub(crate) retry: RetryPolicy,
    pub(crate) per_attempt_timeout: Duration,
    pub(crate) call_budget: Duration,
}

impl AtlasConfig {
    /// `base_url` is what stands before `/api/atlas/v2` and `/api/oauth`, like `https://cloud.mongodb.com`; slashes at
    /// its end do not count. Plain http is for loopback hosts only.
    ///
    /// # Errors
    /// [`ConfigError`] for a URL or a text that cannot be used.
    pub fn new(base_url: &str, credentials: Credentials, user_agent: &str) -> Result<Self, ConfigError> {
        let header =
            |setting, text: &str| HeaderValue::from_str(text).map_err(|_| ConfigError::HeaderCharacter { setting });
        if let Credentials::ApiKey { public_key, .. } = &credentials {
            header("public key", public_key)?;
        }
        Ok(Self {
            base_url: parse_base_url(base_url)?,
            credentials,
            user_agent: header("user agent", user_agent)?,
            retry: RetryPolicy::default(),
            per_attempt_timeout: PER_ATTEMPT_TIMEOUT,
            call_budget: CALL_BUDGET,
        })
    }

    /// Whether [`AtlasConfig::new`] would take the URL.
    ///
    /// # Errors
    /// [`ConfigError`] with what is wrong with it.
    pub fn check_base_url(base_url: &str) -> Result<(), ConfigError> {
        parse_base_url(base_url).map(drop)
    }

    /// Replaces the default retry policy.
    #[must_use]
    pub fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Replaces the longest time of one exchange, 30 seconds.
    #[must_use]
    pub fn with_per_attempt_timeout(mut self, timeout: Duration) -> Self {
        self.per_attempt_timeout = timeout;
        self
    }

    /// Replaces the longest time of one call with all its attempts, 2 minutes.
    #[must_use]
    pub fn with_call_budget(mut self, budget: Duration) -> Self {
        self.call_budget = budget;
        self
    }

    pub(crate) fn is_plain_http(&self) -> bool {
        self.base_url.scheme() == "http"
    }
}

fn parse_base_url(text: &str) -> Result<Url, ConfigError> {
    let refuse = |reason| Err(ConfigError::BaseUrl { reason });
    let Ok(url) = Url::parse(text.trim_end_matches('/')) else {
        return refuse("use an absolute URL, for example https://cloud.mongodb.com");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("it contains a user name or password; set credentials in their own attributes");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("it has a query or fragment; use an absolute URL, for example https://cloud.mongodb.com");
    }
    if url.path().contains("/api/atlas") {
        return refuse(
            "it ends with the path of the API; use only the part before /api/atlas, for example \
             https://cloud.mongodb.com",
        );
    }
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => Ok(url),
        ("http", Some(host)) if is_loopback(host) => Ok(url),
        ("http", Some(host)) => Err(ConfigError::PlainHttp { host: host.to_owned() }),
        _ => refuse("use an absolute URL, for example https://cloud.mongodb.com"),
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn config(base_url: &str) -> Result<AtlasConfig, ConfigError> {
        let credentials = Credentials::ApiKey {
            public_key: "abcdefgh".into(),
            private_key: Secret::new("hidden"),
        };
        AtlasConfig::new(base_url, credentials, "lectern/test")
    }

    #[test]
    fn slashes_at_the_end_do_not_count() {
        for (typed, path) in [
            ("https://cloud.mongodb.com", "/"),
            ("https://cloud.mongodb.com//", "/"),
            ("https://proxy.example.com/atlas/", "/atlas"),
        ] {
            assert_eq!(config(typed).unwrap().base_url.path(), path, "{typed}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for local in [
            "http://localhost:8080",
            "http://127.0.0.1:1",
            "http://127.8.9.1",
            "http://[::1]:9",
        ] {
            assert!(config(local).is_ok(), "{local}");
        }
        for remote in [
            "http://cloud.mongodb.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://0.0.0.0",
        ] {
            assert!(matches!(config(remote), Err(ConfigError::PlainHttp { .. })), "{remote}");
        }
    }

    #[test]
    fn urls_that_cannot_be_a_base_are_refused_without_repeating_them() {
        for url in [
            "",
            "cloud.mongodb.com",
            "ftp://a.example",
            "https://u:hunter2@a.example",
            "https://a.example/?key=hunter2",
            "https://a.example/#x",
            "https://a.example/api/atlas/v2",
        ] {
            let error = config(url).unwrap_err();
            assert!(matches!(error, ConfigError::BaseUrl { .. }), "{url}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{url}");
        }
    }

    #[test]
    fn texts_that_no_header_can_carry_are_refused() {
        let key = |public_key: &str| Credentials::ApiKey {
            public_key: public_key.into(),
            private_key: Secret::new("x"),
        };
        let build = |public_key, agent| AtlasConfig::new("https://a.example", key(public_key), agent);
        assert!(matches!(
            build("a\nb", "ok"),
            Err(ConfigError::HeaderCharacter { setting: "public key" })
        ));
        assert!(matches!(
            build("ok", "a\nb"),
            Err(ConfigError::HeaderCharacter { setting: "user agent" })
        ));
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", config("https://cloud.mongodb.com").unwrap());
        assert!(shown.contains("***") && !shown.contains("hidden"), "{shown}");
    }
}
