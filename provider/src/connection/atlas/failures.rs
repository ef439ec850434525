//! One function per failure that all Atlas resources meet.

use atlas_client::AtlasError;
use provider_kit::{Interrupt, error};
use tf_provider::{AttributePath, Diagnostics};

use super::settings::{AtlasFailure, summary};
use crate::connection::chain::chain;

/// A call of Atlas failed; `doing` is a phrase such as "reading the private link".
pub(crate) fn atlas_call_failed(diagnostics: &mut Diagnostics, doing: &str, cause: &AtlasError) {
    error(
        diagnostics,
        AttributePath::root(),
        summary(cause),
        format!("While {doing}: {}. {}", chain(cause), cause.advice()),
    );
}

/// There is no client to make a call with.
pub(super) fn atlas_is_not_usable(diagnostics: &mut Diagnostics, cause: &AtlasFailure) {
    error(
        diagnostics,
        AttributePath::root(),
        cause.summary(),
        format!("Atlas cannot be called: {cause}. {}", cause.advice()),
    );
}

/// The operation had to end before it called Atlas.
pub(super) fn atlas_was_not_called(diagnostics: &mut Diagnostics, interrupt: Interrupt) {
    let (summary, reason) = match interrupt {
        Interrupt::Stopped => ("Interrupted.", "Terraform was asked to stop"),
        Interrupt::TimedOut => (
            "The operation took too long.",
            "The timeout of the operation was reached",
        ),
    };
    error(
        diagnostics,
        AttributePath::root(),
        summary,
        format!("{reason} before Atlas was called. Nothing was changed. Run the command again."),
    );
}
