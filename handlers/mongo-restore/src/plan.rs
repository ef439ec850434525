//! What of a dump goes where.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dump_format::ContentHash;
use dump_format::key::{Object, RunId};
use dump_format::manifest::{Collection, Described, Kind, Manifest, Part};
use dump_format::names::Namespace;
use futures::{StreamExt as _, TryStreamExt as _};

use crate::answer::Reason;
use crate::event::Namespaces;
use crate::failure::RestoreError;
use crate::marker;
use crate::rename::{Rename, RenameError};
use crate::source::Dumps;
use crate::target::{Layout, Raw, field, fields};

/// Descriptions read at the same time.
const METAS_AT_ONCE: usize = 8;

/// One collection or view of the dump.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) from: Namespace,
    pub(crate) to: Namespace,
    pub(crate) kind: Kind,
    /// Where its documents go: of a time series that was dumped by its buckets, to where the server keeps them.
    pub(crate) documents_in: Namespace,
    pub(crate) documents: u64,
    pub(crate) bytes: u64,
    pub(crate) content_hash: ContentHash,
    pub(crate) parts: Vec<Part>,
    /// What the manifest says of its description.
    pub(crate) meta: Option<Described>,
    /// What `create` takes: the options as they were listed, a view's source under its new name.
    pub(crate) options: Vec<u8>,
    /// As they were listed.
    pub(crate) indexes: Vec<Vec<u8>>,
    /// How it was spread over shards; none: it was not, or the dump does not say.
    pub(crate) layout: Option<Layout>,
    /// Documents whose `_id` another one of it has.
    pub(crate) twins: u64,
    /// Why it cannot be restored: something of it is no longer in the dump.
    pub(crate) lost: Option<Reason>,
}

impl Item {
    /// Of a document on average.
    pub(crate) fn document_bytes(&self) -> u64 {
        self.bytes / self.documents.max(1)
    }

    /// Its documents can be told apart: measurements cannot, their buckets can.
    pub(crate) fn has_ids(&self) -> bool {
        self.kind != Kind::TimeSeries || self.documents_in != self.to
    }

    /// Documents must go in in their order.
    pub(crate) fn is_capped(&self) -> bool {
        field(&self.options, "capped").is_some_and(|capped| capped.is_true())
    }
}

/// The new name of a namespace.
pub(crate) type Naming<'a> = &'a (dyn Fn(&Namespace) -> Result<Namespace, RenameError> + Send + Sync);

/// The selected part of a dump under its new names: collections first, views last.
pub(crate) fn select(
    manifest: &Manifest,
    namespaces: &Namespaces,
    naming: Naming<'_>,
) -> Result<Vec<Item>, RestoreError> {
    let mut items = Vec::new();
    let mut taken = BTreeMap::new();
    for collection in manifest.collections() {
        let from = &collection.namespace;
        // What a restore noted of itself in a deployment that was then dumped says nothing about this one.
        let is_own = from.database() == marker::DATABASE;
        if is_own || !namespaces.selects(from.database(), from.collection()) {
            continue;
        }
        let to = naming(from)?;
        if to.database() == marker::DATABASE {
            return Err(RenameError::RestoresOwn(to.database().to_owned()).into());
        }
        if let Some(first) = taken.insert(to.clone(), from.clone()) {
            let collision = RenameError::Collision {
                first: first.to_string(),
                second: from.to_string(),
                to: to.to_string(),
            };
            return Err(collision.into());
        }
        items.push(item(collection, to)?);
    }
    items.sort_by_key(|item| item.kind == Kind::View);
    Ok(items)
}

/// Namespaces that a message lists.
const LISTED: usize = 10;

/// Refuses what matches nothing: a name that was mistyped would otherwise leave something out, or write it over the original.
pub(crate) fn expect_all_used(
    manifest: &Manifest,
    namespaces: &Namespaces,
    renames: &[Rename],
) -> Result<(), RestoreError> {
    let all: Vec<&Namespace> = manifest
        .collections()
        .iter()
        .map(|collection| &collection.namespace)
        .collect();
    let selected: Vec<_> = all
        .iter()
        .filter(|namespace| namespaces.selects(namespace.database(), namespace.collection()))
        .collect();
    let unused = namespaces
        .include
        .iter()
        .find(|pattern| !all.iter().any(|namespace| pattern.matches(namespace)));
    if let Some(pattern) = unused.map(|pattern| pattern.to_string()) {
        let mut listed: Vec<_> = all.iter().take(LISTED).map(ToString::to_string).collect();
        if all.len() > LISTED {
            listed.push(format!("and {} more", all.len() - LISTED));
        }
        let run = manifest.run();
        let listed = listed.join(", ");
        return Err(RestoreError::NothingSelected { run, pattern, listed });
    }
    if let Some(first) = renames
        .iter()
        .find(|rename| !selected.iter().any(|namespace| rename.is_of(namespace)))
    {
        return Err(RenameError::Unused(first.from.clone()).into());
    }
    Ok(())
}

fn item(collection: &Collection, to: Namespace) -> Result<Item, RenameError> {
    let mut documents_in = to.clone();
    if collection.buckets {
        let buckets = format!("system.buckets.{}", to.collection());
        documents_in = Namespace::new(to.database(), &buckets).map_err(|_| RenameError::TooLong {
            from: collection.namespace.to_string(),
            database: to.database().to_owned(),
        })?;
    }
    Ok(Item {
        from: collection.namespace.clone(),
        to,
        documents_in,
        kind: collection.kind,
        documents: collection.totals.documents,
        bytes: collection.totals.bytes_bson,
        content_hash: collection.content_hash,
        parts: collection.parts().cloned().collect(),
        meta: collection.meta.clone(),
        options: Raw::new().build(),
        indexes: Vec::new(),
        layout: None,
        twins: collection.twins.as_ref().map_or(0, |twins| twins.documents),
        lost: None,
    })
}

/// Adds options and indexes. Of an item that lacks something it says so: the others are there all the same. `missing`: objects that are
/// not there, by their keys below the run's folder.
pub(crate) async fn describe(
    dumps: &Arc<Dumps>,
    run: RunId,
    items: Vec<Item>,
    naming: Naming<'_>,
    missing: &[String],
) -> Result<Vec<Item>, RestoreError> {
    let missing: &BTreeSet<&str> = &missing.iter().map(String::as_str).collect();
    let described = futures::stream::iter(items).map(|mut item| async move {
        item.lost = lost(&item, run, missing);
        if item.lost.is_some() {
            return Ok(item);
        }
        let meta = match dumps.meta(run, &item.from, item.meta.as_ref()).await {
            Ok(meta) => meta,
            Err(error) => {
                let error = RestoreError::from(error);
                if !error.is_of_one_namespace() {
                    return Err(error);
                }
                item.lost = Some(error.reason());
                return Ok(item);
            }
        };
        let options = field(&meta.definition.0, "options").and_then(|options| options.as_document());
        item.options = options.map_or_else(|| Raw::new().build(), <[u8]>::to_vec);
        if let Some(sharding) = &meta.sharding {
            let zones = sharding.zones.iter().map(|zone| zone.0.as_slice());
            item.layout = Layout::of(&sharding.definition.0, zones, &item.options);
        }
        item.indexes = meta.indexes.into_iter().map(|index| index.0).collect();
        if item.kind == Kind::View {
            item.options = follow(&item, naming)?;
        }
        Ok(item)
    });
    described.buffered(METAS_AT_ONCE).try_collect().await
}

/// Why an item cannot be restored, if something of it is not there.
fn lost(item: &Item, run: RunId, missing: &BTreeSet<&str>) -> Option<Reason> {
    let parts = item.parts.iter().map(|part| Object::Data(part.key.clone()));
    let all = parts
        .chain([Object::Meta(item.from.clone())])
        .map(|object| object.render());
    let lost: Vec<_> = all.filter(|key| missing.contains(key.as_str())).collect();
    let first = lost.first()?;
    let message = format!(
        "of dump {run}, {} objects are not there, {first} among them: wait for replication, go on without {from} (--exclude), or take the \
         newest dump that is whole: dump_id latest, --from without the run",
        lost.len(),
        from = item.from,
    );
    Some(Reason {
        name: "DumpNotComplete".to_owned(),
        message,
    })
}

/// A view's options with the new name of what it looks at.
fn follow(view: &Item, naming: Naming<'_>) -> Result<Vec<u8>, RenameError> {
    let Some(on) = field(&view.options, "viewOn").and_then(|on| on.as_str()) else {
        return Ok(view.options.clone());
    };
    // A name that is none stays as it is: the server will say so.
    let Ok(on) = Namespace::new(view.from.database(), on) else {
        return Ok(view.options.clone());
    };
    let moved = naming(&on)?;
    if moved.database() != view.to.database() {
        return Err(RenameError::ViewLeft {
            view: view.from.to_string(),
            on: on.to_string(),
        });
    }
    let all = fields(&view.options).fold(Raw::new(), |raw, (name, value)| match name {
        "viewOn" => raw.str(name, moved.collection()),
        _ => raw.value(name, value),
    });
    Ok(all.build())
}
