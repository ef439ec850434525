//! Who may call: programmatic API keys by HTTP digest, service accounts by token.

pub(crate) mod digest;
pub(crate) mod oauth;

use std::fmt;

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

/// The one programmatic API key and the one service account that the emulator knows. The default ones are no secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name of the digest.
    pub public_key: String,
    /// Password of the digest.
    pub private_key: String,
    /// User name of the token request.
    pub client_id: String,
    /// Password of the token request.
    pub client_secret: String,
}

impl Default for Credentials {
    fn default() -> Self {
        Self {
            public_key: "emulated".to_owned(),
            private_key: "emulated-private-key".to_owned(),
            client_id: "mdb_sa_id_000000000000000000000000".to_owned(),
            client_secret: "mdb_sa_sk_emulated".to_owned(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("public_key", &self.public_key)
            .field("private_key", &"***")
            .field("client_id", &self.client_id)
            .field("client_secret", &"***")
            .finish()
    }
}

/// What a request proves itself with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Proof<'a> {
    /// Parameters of a digest.
    Digest(&'a str),
    /// A token.
    Bearer(&'a str),
    /// Nothing that the API takes.
    None,
}

impl<'a> Proof<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        match header.and_then(|value| value.split_once(' ')) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("digest") => Self::Digest(rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => Self::Bearer(rest.trim()),
            _ => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Credentials;

    #[test]
    fn secrets_are_not_printed() {
        let shown = format!("{:?}", Credentials::default());
        assert!(
            !shown.contains("emulated-private-key") && !shown.contains("mdb_sa_sk"),
            "{shown}"
        );
        assert_eq!(shown.matches("***").count(), 2, "{shown}");
    }
}
