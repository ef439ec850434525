use serde::{Deserialize, Serialize};

use super::read::versioned;
use super::{Exact, Kind, ManifestError, VERSION, render};
use crate::names::Namespace;

/// `meta/<database>/<collection>.json`: what a collection, its indexes or a view are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    version: u32,
    /// Which collection or view.
    pub namespace: Namespace,
    /// What it is.
    pub kind: Kind,
    /// The server's whole answer of `listCollections` for it: options, UUID, a view's pipeline.
    pub definition: Exact,
    /// The server's answers of `listIndexes`, in its order; empty for a view.
    pub indexes: Vec<Exact>,
    /// How the collection is spread over shards; none where it is not, and in dumps of before this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharding: Option<Sharding>,
}

/// How a collection is spread over the shards of its cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sharding {
    /// The document of `config.collections` for it: `key` is the shard key, `unique` whether it is unique.
    pub definition: Exact,
    /// The documents of `config.tags` for it: the ranges of the shard key (`min`, `max`) that belong to a zone (`tag`).
    pub zones: Vec<Exact>,
}

impl Meta {
    /// What the server said of one collection or view.
    pub fn new(namespace: Namespace, kind: Kind, definition: Vec<u8>, indexes: Vec<Vec<u8>>) -> Self {
        Self {
            version: VERSION,
            namespace,
            kind,
            definition: Exact(definition),
            indexes: indexes.into_iter().map(Exact).collect(),
            sharding: None,
        }
    }

    /// The object's bytes: equal descriptions give equal ones.
    pub fn render(&self) -> Vec<u8> {
        render(self)
    }

    /// # Errors
    /// [`ManifestError`] for an unknown version, any other form, and a document whose two spellings differ.
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        versioned(json, VERSION)
    }
}
