//! One function per failure that all Atlas resources meet.

use atlas_client::AtlasError;
use provider_kit::error;
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
pub(crate) fn atlas_is_not_usable(diagnostics: &mut Diagnostics, cause: &AtlasFailure) {
    error(
        diagnostics,
        AttributePath::root(),
        cause.summary(),
        format!("Atlas cannot be called: {cause}. {}", cause.advice()),
    );
}
