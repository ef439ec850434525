//! Failures on demand.

use std::time::Duration;

use emulator_kit::{Script, ScriptedFault};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

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

/// What happens to a call.
pub(crate) enum Effect {
    Refuse(ApiError),
    ResetBefore,
    Delay(Duration),
    ResetAfter,
}

impl FaultKind {
    /// What happens to a call of an operation.
    pub(crate) fn effect(self, operation: &str) -> Effect {
        match self {
            Self::Throttle => Effect::Refuse(ApiError::throttling()),
            Self::AccessDenied => Effect::Refuse(ApiError::access_denied(operation)),
            Self::InternalError => Effect::Refuse(ApiError::internal()),
            Self::ValidationError => Effect::Refuse(ApiError::validation("A scripted refusal.")),
            Self::ConnectionReset => Effect::ResetBefore,
            Self::Delay { delay_ms } => Effect::Delay(Duration::from_millis(delay_ms)),
            Self::AcceptThenReset => Effect::ResetAfter,
        }
    }
}

impl Script for Fault {
    /// The operation, and the names of the alarms that it names.
    type Call<'a> = (&'a str, &'a [String]);

    fn is_for(&self, (operation, names): &Self::Call<'_>) -> bool {
        let is_named = |part: &String| names.iter().any(|name| name.contains(part));
        matches_operation(&self.operation, operation) && self.alarm_name.as_ref().is_none_or(is_named)
    }

    fn skip(&mut self) -> &mut u32 {
        &mut self.skip
    }
}

impl ScriptedFault for Fault {
    type Effect = FaultKind;

    fn times(&mut self) -> &mut Option<u32> {
        &mut self.times
    }

    fn effect(&self) -> FaultKind {
        self.kind
    }
}

pub(crate) fn matches_operation(wanted: &str, operation: &str) -> bool {
    wanted == "*" || wanted == operation
}
