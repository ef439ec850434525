//! Why a document gets no plain line.

use super::EscapeReason;

pub(super) struct Refusal {
    pub(super) reason: EscapeReason,
    pub(super) offset: usize,
}

pub(super) fn refuse<T>(reason: EscapeReason, offset: usize) -> Result<T, Refusal> {
    Err(Refusal { reason, offset })
}
