//! Attributes that the Atlas resources share.

use atlas_client::ProjectId;
use provider_kit::{Attr, Tree, error};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

use super::messages::sentence;

/// `timeouts`; the kit reads it, a resource only carries it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Timeouts {
    create: Value<String>,
    update: Value<String>,
    delete: Value<String>,
}

/// The attribute that names a project, with its check.
pub(crate) fn project_id() -> Attr {
    Attr::string("ID of the Atlas project (24 hexadecimal digits).").validate(|value, path, diagnostics| {
        if let Tree::String(text) = value
            && let Err(cause) = ProjectId::parse(text)
        {
            error(diagnostics, path.clone(), "Project id is malformed.", sentence(&cause));
        }
    })
}

/// The attribute `timeouts`: an update continues a wait that was interrupted in a create, and may take as long.
pub(crate) fn timeouts(time: &'static str) -> Attr {
    Attr::timeouts(&[("create", time), ("update", time), ("delete", time)])
}
