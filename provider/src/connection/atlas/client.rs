//! The client as a resource asks for it: within the limits of its operation, with an error where there is none.

use atlas_client::HttpAtlas;
use provider_kit::Operation;
use tf_provider::Diagnostics;

use super::failures::{atlas_is_not_usable, atlas_was_not_called};
use super::settings::Atlas;

/// The client; `None` with an error.
pub(crate) async fn client<'a>(
    atlas: &'a Atlas,
    operation: &Operation,
    diagnostics: &mut Diagnostics,
) -> Option<&'a HttpAtlas> {
    match operation.read(atlas.client()).await {
        Ok(Ok(client)) => Some(client),
        Ok(Err(cause)) => {
            atlas_is_not_usable(diagnostics, &cause);
            None
        }
        Err(interrupt) => {
            atlas_was_not_called(diagnostics, interrupt);
            None
        }
    }
}
