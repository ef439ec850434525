//! Which pages of other origins may call.

use std::fmt;

use lambda_kit::Environment;

use crate::answer::Answer;

/// Headers that a page may send: the contract's and those of every request.
const ALLOWED_HEADERS: &str = "authorization, content-type, idempotency-key, if-match";
/// Headers that a page may read.
const EXPOSED_HEADERS: &str = "etag, retry-after, x-request-id";
/// How long a browser may remember it. Chrome keeps none for longer than two hours; our choice is below that.
const MAX_AGE_SECONDS: &str = "3600";

/// Like `https://learn.example.com`: scheme, host and a port that is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin. Plain `http` only on the machine itself.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (host, port) = rest
            .split_once(':')
            .map_or((rest, None), |(host, port)| (host, Some(port)));
        let named = !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-');
        let numbered = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        let secure = scheme == "https" || scheme == "http" && (host == "localhost" || host == "127.0.0.1");
        (named && numbered && secure).then(|| Self(text.to_owned()))
    }

    /// From `LECTERN_CORS_ORIGINS`, a list with commas; none unless set.
    pub fn all(environment: &mut Environment<'_>) -> Vec<Self> {
        let mut origins = Vec::new();
        for text in environment.list("LECTERN_CORS_ORIGINS") {
            match Self::parse(&text) {
                Some(origin) => origins.push(origin),
                None => environment.problem(format!(
                    "LECTERN_CORS_ORIGINS has {text:?}, which is no origin: write it like https://learn.example.com, without a path; \
                     http only for localhost, and never *"
                )),
            }
        }
        origins
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Adds what lets a page of `origin` read the answer, if it is one of ours.
pub(crate) fn allow(answer: Answer, origins: &[Origin], origin: Option<&str>) -> Answer {
    if origins.is_empty() {
        return answer;
    }
    // An answer with an origin in it is not another page's.
    let answer = answer.header("vary", "Origin");
    match origins.iter().find(|known| Some(known.0.as_str()) == origin) {
        Some(known) => answer
            .header("access-control-allow-origin", known.to_string())
            .header("access-control-expose-headers", EXPOSED_HEADERS),
        None => answer,
    }
}

/// The answer to a preflight, of a resource with these methods.
pub(crate) fn preflight(methods: &str, origins: &[Origin], origin: Option<&str>) -> Answer {
    let known = origins.iter().any(|known| Some(known.0.as_str()) == origin);
    let answer = allow(Answer::empty(), origins, origin);
    if !known {
        return answer;
    }
    answer
        .header("access-control-allow-methods", methods)
        .header("access-control-allow-headers", ALLOWED_HEADERS)
        .header("access-control-max-age", MAX_AGE_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_a_scheme_and_a_host_and_nothing_more() {
        for text in [
            "https://learn.example.com",
            "https://a.b:8443",
            "http://localhost:3000",
            "http://127.0.0.1:1",
        ] {
            assert!(Origin::parse(text).is_some(), "{text}");
        }
        for text in [
            "*",
            "",
            "null",
            "learn.example.com",
            "http://learn.example.com",
            "https://learn.example.com/",
            "https://Learn.example.com",
            "https://*.example.com",
            "https://u@example.com",
            "https://a:0",
            "https://a:x",
            "https://",
        ] {
            assert!(Origin::parse(text).is_none(), "{text}");
        }
    }
}
