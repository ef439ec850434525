//! HTTP digest (RFC 7616) with nonces that are kept between calls.
//!
//! A server that checks nonce counts may refuse a count that arrives late, as it may between parallel requests. So a
//! nonce is lent to one request at a time: parallel requests each ask for their own, and its count only ever grows in
//! order.

use crate::answer::{Cause, Failure, read_body};
use crate::error::TransportError;
use crate::request::{Request, exchange};
use crate::secret::Secret;
use digest_auth::{AuthContext, HttpMethod, Qop, WwwAuthenticateHeader};
use reqwest::header::{HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Client, Response, StatusCode};
use std::sync::{Mutex, PoisonError};

/// Requests per attempt. Our choice: one without a nonce or with an old one, one with a new one, and two more for
/// nonces that went stale at once; a server that continues to do so is treated as unavailable.
const MAX_ROUNDS: u32 = 4;

pub(crate) struct Digest {
    public_key: String,
    private_key: Secret,
    /// Nonces not lent out, the one used last at the end. Never more than there have been parallel requests.
    nonces: Mutex<Vec<WwwAuthenticateHeader>>,
}

impl Digest {
    pub(crate) fn new(public_key: String, private_key: Secret) -> Self {
        Self {
            public_key,
            private_key,
            nonces: Mutex::default(),
        }
    }

    pub(crate) async fn send(&self, http: &Client, request: &Request, attempt: u32) -> Result<Response, Failure> {
        // Lost, not lent on, if this future is dropped or the exchange fails: nobody knows whether the count was seen.
        let mut lent = self.nonces().pop();
        let mut from_earlier = lent.is_some();
        for _ in 0..MAX_ROUNDS {
            let authorization = lent.as_mut().map(|nonce| self.answer(nonce, request)).transpose()?;
            let signed = authorization.is_some();
            let response = exchange(http, &request.operation, request.build(authorization), attempt).await?;
            if response.status() != StatusCode::UNAUTHORIZED {
                self.nonces().extend(lent);
                return Ok(response);
            }
            match challenge(&response) {
                // Not signed yet; or by a nonce that has expired, which says nothing about the key. A server that has
                // forgotten an earlier nonce, or changed its realm, may not call it stale: it gets the benefit of the
                // doubt once.
                Some(next) if !signed || next.stale || from_earlier => lent = Some(next),
                _ => return Ok(response),
            }
            from_earlier = false;
            // Read to the end, so that the connection can be used again; whether that works does not matter.
            let _ = read_body(&request.operation, response).await;
        }
        let cause = Cause::Transport(TransportError::StaleNonces);
        Err(Failure::Transient {
            operation: request.operation.clone(),
            cause,
        })
    }

    fn nonces(&self) -> std::sync::MutexGuard<'_, Vec<WwwAuthenticateHeader>> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The Authorization header for the next use of the nonce.
    fn answer(&self, nonce: &mut WwwAuthenticateHeader, request: &Request) -> Result<HeaderValue, Failure> {
        let url = &request.url;
        let uri = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let context = AuthContext::new_with_method(
            self.public_key.as_str(),
            self.private_key.expose(),
            uri,
            request.body.as_deref().or(Some(&[])),
            HttpMethod::from(request.operation.method),
        );
        let answer = nonce.respond(&context).map(|answer| answer.to_string());
        let header = answer.ok().and_then(|answer| HeaderValue::try_from(answer).ok());
        let mut header =
            header.ok_or_else(|| Failure::malformed(&request.operation, "its digest challenge cannot be answered"))?;
        header.set_sensitive(true);
        Ok(header)
    }
}

/// The digest challenge of a 401, if it has one that can be read.
fn challenge(response: &Response) -> Option<WwwAuthenticateHeader> {
    let values = response.headers().get_all(WWW_AUTHENTICATE).iter();
    values.filter_map(|value| parse_challenge(value.to_str().ok()?)).next()
}

fn parse_challenge(value: &str) -> Option<WwwAuthenticateHeader> {
    let (scheme, parameters) = value.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("digest") {
        return None;
    }
    let mut challenge = WwwAuthenticateHeader::parse(parameters).ok()?;
    // The crate prefers auth-int, which fewer servers get right.
    if let Some(qops) = &mut challenge.qop
        && qops.contains(&Qop::AUTH)
    {
        *qops = vec![Qop::AUTH];
    }
    Some(challenge)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn the_challenge_of_atlas_is_read() {
        let header =
            r#"Digest realm="MMS Public API", domain="", nonce="abc=", algorithm=MD5, qop="auth", stale=false"#;
        let challenge = parse_challenge(header).unwrap();
        assert_eq!(
            (challenge.realm.as_str(), challenge.nonce.as_str()),
            ("MMS Public API", "abc=")
        );
        assert_eq!(
            (challenge.stale, challenge.qop, challenge.opaque),
            (false, Some(vec![Qop::AUTH]), None)
        );
    }

    #[test]
    fn challenges_vary_and_others_are_passed_over() {
        assert!(
            parse_challenge(r#"digest realm="r", nonce="n", stale=TRUE"#)
                .unwrap()
                .stale
        );
        let both = parse_challenge(r#"Digest realm="r", nonce="n", qop="auth-int,auth""#).unwrap();
        assert_eq!(both.qop, Some(vec![Qop::AUTH]));
        let misprint = parse_challenge(r#"Digest realm="r", nonce="n", op="auth""#).unwrap();
        assert_eq!(misprint.qop, None);
        for other in [
            "",
            "Digest",
            "Basic realm=\"r\"",
            "Bearer x=\"y\"",
            r#"Digest realm="r""#,
            r#"Digest realm="r", nonce="n"#,
        ] {
            assert!(parse_challenge(other).is_none(), "{other:?}");
        }
    }
}
