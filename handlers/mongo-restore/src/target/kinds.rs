//! What an index is for a restore, by its definition.

use super::catalog::EXPIRE;
use super::raw::field;

/// What an index is for a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IndexKind {
    /// Comes with the collection.
    OfId,
    /// Deletes documents by their age.
    Ttl,
    Other,
}

pub(crate) fn index_name(index: &[u8]) -> &str {
    field(index, "name")
        .and_then(|name| name.as_str())
        .unwrap_or("(no name)")
}

pub(crate) fn index_kind(index: &[u8]) -> IndexKind {
    let is_clustered = field(index, "clustered").is_some_and(|clustered| clustered.is_true());
    if is_clustered || index_name(index) == "_id_" {
        IndexKind::OfId
    } else if field(index, EXPIRE).is_some() {
        IndexKind::Ttl
    } else {
        IndexKind::Other
    }
}
