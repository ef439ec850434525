//! Signs requests: HTTP digest for API keys, bearer tokens for service accounts.

mod digest;
mod oauth;

use crate::answer::Failure;
use crate::config::{AtlasConfig, Credentials};
use crate::request::Request;
use digest::Digest;
use oauth::OAuth;
use reqwest::{Client, Response};

pub(crate) enum Auth {
    Digest(Digest),
    OAuth(Box<OAuth>),
}

impl Auth {
    pub(crate) fn new(config: &AtlasConfig) -> Self {
        match &config.credentials {
            Credentials::ApiKey {
                public_key,
                private_key,
            } => Self::Digest(Digest::new(public_key.clone(), private_key.clone())),
            Credentials::ServiceAccount {
                client_id,
                client_secret,
            } => Self::OAuth(Box::new(OAuth::new(&config.base_url, client_id, client_secret))),
        }
    }

    /// Sends the request signed. An answer of 401 is the last word: what could be renewed has been.
    pub(crate) async fn send(&self, http: &Client, request: &Request, attempt: u32) -> Result<Response, Failure> {
        match self {
            Self::Digest(digest) => digest.send(http, request, attempt).await,
            Self::OAuth(oauth) => oauth.send(http, request, attempt).await,
        }
    }

    pub(crate) async fn revoke(&self, http: &Client) {
        match self {
            Self::Digest(_) => {}
            Self::OAuth(oauth) => oauth.revoke(http).await,
        }
    }
}
