//! Failures on demand.

use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::lock;

/// A scripted failure. Of several that match a call the oldest decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Operation, or `*` for all.
    #[serde(default = "every_operation")]
    pub operation: String,
    /// Only calls that name an alarm with this text in its name.
    #[serde(default)]
    pub alarm_name: Option<String>,
    /// Matching calls that pass before the first that fails.
    #[serde(default)]
    pub skip: u32,
    /// Calls that fail; `None`: all of them, until the faults are cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FaultKind {
    /// `Throttling`.
    #[default]
    Throttle,
    /// `AccessDenied`.
    AccessDenied,
    /// `InternalServiceError`, which SDKs try again.
    InternalError,
    /// `ValidationError`.
    ValidationError,
    /// The connection is closed; nothing was done.
    ConnectionReset,
    /// The answer comes late.
    Delay {
        /// How late, in milliseconds.
        delay_ms: u64,
    },
    /// The work is done, then the connection is closed.
    AcceptThenReset,
}

fn every_operation() -> String {
    "*".to_owned()
}

impl Default for Fault {
    fn default() -> Self {
        Self {
            operation: every_operation(),
            alarm_name: None,
            skip: 0,
            times: None,
            kind: FaultKind::default(),
        }
    }
}

/// How a call goes on.
pub(crate) enum Effect {
    Refuse(ApiError),
    ResetBefore,
    Delay(Duration),
    ResetAfter,
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    faults: Mutex<Vec<Fault>>,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.faults).push(fault);
    }

    pub(crate) fn clear(&self) {
        lock(&self.faults).clear();
    }

    /// Counts a call against the faults it matches.
    pub(crate) fn strike(&self, operation: &str, names: &[String]) -> Option<Effect> {
        let mut faults = lock(&self.faults);
        faults.retain(|fault| fault.times != Some(0));
        let index = faults.iter_mut().position(|fault| {
            let is_named = |part: &String| names.iter().any(|name| name.contains(part));
            let matches =
                matches_operation(&fault.operation, operation) && fault.alarm_name.as_ref().is_none_or(is_named);
            if matches && fault.skip > 0 {
                fault.skip -= 1;
                return false;
            }
            matches
        })?;
        let fault = &mut faults[index];
        fault.times = fault.times.map(|times| times - 1);
        Some(match fault.kind {
            FaultKind::Throttle => Effect::Refuse(ApiError::throttling()),
            FaultKind::AccessDenied => Effect::Refuse(ApiError::access_denied(operation)),
            FaultKind::InternalError => Effect::Refuse(ApiError::internal()),
            FaultKind::ValidationError => Effect::Refuse(ApiError::validation("A scripted refusal.")),
            FaultKind::ConnectionReset => Effect::ResetBefore,
            FaultKind::Delay { delay_ms } => Effect::Delay(Duration::from_millis(delay_ms)),
            FaultKind::AcceptThenReset => Effect::ResetAfter,
        })
    }
}

pub(crate) fn matches_operation(wanted: &str, operation: &str) -> bool {
    wanted == "*" || wanted == operation
}
