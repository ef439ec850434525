//! Every API call that arrived: neither bodies nor proofs of who called.

use std::time::SystemTime;

use serde::Serialize;

/// One API call. What a digest client sends to be challenged is one too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// `GET` and so on.
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    /// Whether it was authenticated; `false` for a challenged one.
    pub authenticated: bool,
    /// HTTP status of the answer; `None`: none yet, or never one.
    pub status: Option<u16>,
    /// `ok`, `challenge`, `stale nonce`, an error's code, `connection reset`, `never answered`, what was done and what then became of the
    /// answer (`ok, then connection reset`), or `in progress`: waiting before its work.
    pub outcome: String,
    /// When it arrived, in milliseconds since 1970.
    pub at_ms: u64,
}

impl Call {
    /// As it arrives.
    pub(crate) fn arriving(method: &str, path: &str) -> Self {
        let since_1970 = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            authenticated: false,
            status: None,
            outcome: "in progress".to_owned(),
            at_ms: u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX),
        }
    }

    pub(crate) fn finish(&mut self, status: Option<u16>, outcome: impl Into<String>) {
        self.status = status;
        self.outcome = outcome.into();
    }
}
