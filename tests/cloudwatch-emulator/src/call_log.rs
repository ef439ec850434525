//! Every API call that arrived.

use std::sync::Mutex;

use serde::Serialize;

use crate::lock;
use crate::model::Scope;
use crate::timestamp::Timestamp;

/// One API call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Call {
    /// For example `PutMetricAlarm`.
    pub operation: String,
    /// Names of the alarms it names; for tags, the name in the ARN.
    pub names: Vec<String>,
    /// Account of the caller.
    pub account: String,
    /// Region of the signature.
    pub region: String,
    /// When it arrived, in milliseconds since 1970 on the machine's clock.
    pub at_ms: u64,
    /// `ok`, an error's code, `connection reset`, `ok, then connection reset`, or `in progress`: waiting before its work.
    pub outcome: String,
}

#[derive(Debug, Default)]
pub(crate) struct CallLog {
    calls: Mutex<Vec<(u64, Call)>>,
    next: std::sync::atomic::AtomicU64,
}

impl CallLog {
    /// Records a call's arrival and gives the number to finish it by.
    pub(crate) fn arrived(&self, operation: &str, names: Vec<String>, scope: &Scope) -> u64 {
        let number = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let call = Call {
            operation: operation.to_owned(),
            names,
            account: scope.account.clone(),
            region: scope.region.clone(),
            at_ms: Timestamp::from(std::time::SystemTime::now()).millis(),
            outcome: "in progress".to_owned(),
        };
        lock(&self.calls).push((number, call));
        number
    }

    /// The log may have been cleared meanwhile.
    pub(crate) fn finished(&self, number: u64, outcome: impl Into<String>) {
        if let Some((_, call)) = lock(&self.calls).iter_mut().find(|(at, _)| *at == number) {
            call.outcome = outcome.into();
        }
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.calls).iter().map(|(_, call)| call.clone()).collect()
    }

    pub(crate) fn clear(&self) {
        lock(&self.calls).clear();
    }
}
