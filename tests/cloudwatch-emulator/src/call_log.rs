//! Every API call that arrived.

use std::time::SystemTime;

use serde::Serialize;

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

impl Call {
    /// As it arrives.
    pub(crate) fn arriving(operation: &str, names: Vec<String>, scope: &Scope) -> Self {
        Self {
            operation: operation.to_owned(),
            names,
            account: scope.account.clone(),
            region: scope.region.clone(),
            at_ms: Timestamp::from(SystemTime::now()).millis(),
            outcome: "in progress".to_owned(),
        }
    }
}
