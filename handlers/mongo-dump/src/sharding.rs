//! How collections are spread over shards, as the cluster's own database `config` has it.

use std::collections::BTreeMap;

use dump_format::manifest::{Exact, Sharding, SkipReason, Skipped, Topology};
use dump_format::names::Namespace;
use mongodb::bson::{RawDocument, rawdoc};

use crate::catalog;
use crate::error::DumpError;
use crate::source::{MongoError, Source};

/// Sharded collections with their zones, by `database.collection`.
#[derive(Default)]
pub(crate) struct Layout(BTreeMap<String, Sharding>);

impl Layout {
    /// Empty where nothing is sharded, and where the user may not read `config`: `readAnyDatabase` does not include it. What is left out
    /// then comes beside it.
    pub(crate) async fn read(source: &Source, topology: Topology) -> Result<(Self, Option<Skipped>), DumpError> {
        if topology != Topology::Sharded {
            return Ok(Default::default());
        }
        let collections = all(source, "collections").await;
        let zones = all(source, "tags").await;
        let (collections, zones) = match (collections, zones) {
            (Ok(collections), Ok(zones)) => (collections, zones),
            (Err(error), _) | (_, Err(error)) if error.is_not_allowed() => {
                tracing::warn!(
                    %error,
                    "shard keys and zones are not in the dump: the user needs find on the database config, which the role clusterMonitor has"
                );
                let skipped = Skipped {
                    namespace: catalog::namespace("config", "collections")?,
                    reason: SkipReason::ShardKeys,
                    code: error.code(),
                };
                return Ok((Self::default(), Some(skipped)));
            }
            (Err(error), _) | (_, Err(error)) => return Err(error.into()),
        };
        let mut layout = Self::default();
        for definition in collections {
            // Entries of collections that were dropped stayed until MongoDB 5.0.
            if let Some(namespace) = text(&definition, "_id")
                && !is_dropped(&definition)
            {
                let definition = Exact(definition);
                let zones = Vec::new();
                layout.0.insert(namespace, Sharding { definition, zones });
            }
        }
        for zone in zones {
            let of = text(&zone, "ns").and_then(|namespace| layout.0.get_mut(&namespace));
            if let Some(sharding) = of {
                sharding.zones.push(Exact(zone));
            }
        }
        Ok((layout, None))
    }

    pub(crate) fn of(&self, namespace: &Namespace) -> Option<Sharding> {
        self.0.get(&namespace.to_string()).cloned()
    }
}

async fn all(source: &Source, collection: &str) -> Result<Vec<Vec<u8>>, MongoError> {
    let command = rawdoc! { "find": collection, "sort": { "_id": 1 } };
    source.all("find", "config", command).await
}

fn text(document: &[u8], field: &str) -> Option<String> {
    let document = RawDocument::from_bytes(document).ok()?;
    document.get_str(field).ok().map(str::to_owned)
}

fn is_dropped(document: &[u8]) -> bool {
    let document = RawDocument::from_bytes(document).ok();
    document.is_some_and(|document| document.get_bool("dropped").unwrap_or(false))
}
