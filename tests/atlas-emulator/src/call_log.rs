//! Every API call that arrived: neither bodies nor proofs of who called.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use serde::Serialize;

use crate::lock;

/// One API call. What a digest client sends to be challenged is one too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// `GET` and so on.
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    /// It was let in; `false` for a challenged one.
    pub authenticated: bool,
    /// HTTP status of the answer; `None`: none yet, or never one.
    pub status: Option<u16>,
    /// `ok`, `challenge`, `stale nonce`, an error's code, `connection reset`, `never answered`, what was done and what then became of the
    /// answer (`ok, then connection reset`), or `in progress`: waiting before its work.
    pub outcome: String,
    /// When it arrived, in milliseconds since 1970.
    pub at_ms: u64,
}

#[derive(Debug, Default)]
pub(crate) struct CallLog {
    calls: Mutex<Vec<(u64, Call)>>,
    next: AtomicU64,
}

impl CallLog {
    /// Records a call's arrival and gives the number to finish it by.
    pub(crate) fn arrived(&self, method: &str, path: &str) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let since_1970 = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let call = Call {
            method: method.to_owned(),
            path: path.to_owned(),
            authenticated: false,
            status: None,
            outcome: "in progress".to_owned(),
            at_ms: u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX),
        };
        lock(&self.calls).push((number, call));
        number
    }

    pub(crate) fn admitted(&self, number: u64) {
        self.change(number, |call| call.authenticated = true);
    }

    pub(crate) fn finished(&self, number: u64, status: Option<u16>, outcome: impl Into<String>) {
        self.change(number, |call| {
            call.status = status;
            call.outcome = outcome.into();
        });
    }

    /// The log may have been cleared meanwhile.
    fn change(&self, number: u64, change: impl FnOnce(&mut Call)) {
        if let Some((_, call)) = lock(&self.calls).iter_mut().find(|(at, _)| *at == number) {
            change(call);
        }
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.calls).iter().map(|(_, call)| call.clone()).collect()
    }

    pub(crate) fn clear(&self) {
        lock(&self.calls).clear();
    }
}
