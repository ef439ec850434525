//! What an invocation answers when it did not fail.

use serde::Serialize;

use crate::decision::{Position, Reason, Region};

/// What was decided and done; `outcome` says which, in snake case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Answer {
    /// Nothing had to be done.
    Kept {
        /// Where the write path points to.
        position: Position,
        /// Why it stays there.
        reason: Reason,
    },
    /// The write path points to another region.
    Switched {
        /// Where it pointed to.
        from: Position,
        /// Where it points to.
        to: Region,
        /// Why.
        reason: Reason,
    },
    /// It is a dry run, and nothing was changed.
    WouldSwitch {
        /// Where the write path points to.
        from: Position,
        /// Where it would point to.
        to: Region,
        /// Why.
        reason: Reason,
    },
    /// The region that is used is in alarm, and nothing was changed because nothing is better.
    Refused {
        /// Where the write path points to.
        position: Position,
        /// Why it stays there.
        reason: Reason,
    },
}

impl Answer {
    /// `kept`, `switched`, `would_switch`, `refused`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kept { .. } => "kept",
            Self::Switched { .. } => "switched",
            Self::WouldSwitch { .. } => "would_switch",
            Self::Refused { .. } => "refused",
        }
    }

    pub(crate) fn reason(self) -> Reason {
        match self {
            Self::Kept { reason, .. }
            | Self::Switched { reason, .. }
            | Self::WouldSwitch { reason, .. }
            | Self::Refused { reason, .. } => reason,
        }
    }

    /// Where the write path pointed to when this was decided.
    pub(crate) fn from(self) -> Position {
        match self {
            Self::Kept { position, .. } | Self::Refused { position, .. } => position,
            Self::Switched { from, .. } | Self::WouldSwitch { from, .. } => from,
        }
    }

    /// Where it was pointed to, or would have been.
    pub(crate) fn to(self) -> Option<Region> {
        match self {
            Self::Switched { to, .. } | Self::WouldSwitch { to, .. } => Some(to),
            Self::Kept { .. } | Self::Refused { .. } => None,
        }
    }

    /// Where it points to now.
    pub(crate) fn position(self) -> Position {
        match self {
            Self::Switched { to, .. } => Position::At(to),
            other => other.from(),
        }
    }
}
