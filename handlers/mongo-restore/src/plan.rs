//! What of a dump goes where.

use std::collections::BTreeMap;
use std::sync::Arc;

use dump_format::ContentHash;
use dump_format::key::RunId;
use dump_format::manifest::{Collection, Kind, Manifest, Part};
use dump_format::names::Namespace;
use futures::{StreamExt as _, TryStreamExt as _};

use crate::event::Namespaces;
use crate::failure::RestoreError;
use crate::marker;
use crate::rename::{Rename, RenameError};
use crate::source::Dumps;
use crate::target::{Raw, field, fields};

/// Descriptions read at the same time.
const METAS_AT_ONCE: usize = 8;

/// One collection or view of the dump.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) from: Namespace,
    pub(crate) to: Namespace,
    pub(crate) kind: Kind,
    pub(crate) documents: u64,
    pub(crate) bytes: u64,
    pub(crate) content_hash: ContentHash,
    pub(crate) parts: Vec<Part>,
    /// What `create` takes: the options as they were listed, a view's source under its new name.
    pub(crate) options: Vec<u8>,
    /// As they were listed.
    pub(crate) indexes: Vec<Vec<u8>>,
}

impl Item {
    /// Of a document on average.
    pub(crate) fn document_bytes(&self) -> u64 {
        self.bytes / self.documents.max(1)
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
        items.push(item(collection, to));
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

fn item(collection: &Collection, to: Namespace) -> Item {
    Item {
        from: collection.namespace.clone(),
        to,
        kind: collection.kind,
        documents: collection.totals.documents,
        bytes: collection.totals.bytes_bson,
        content_hash: collection.content_hash,
        parts: collection.parts().cloned().collect(),
        options: Raw::new().build(),
        indexes: Vec::new(),
    }
}

/// Adds options and indexes.
pub(crate) async fn describe(
    dumps: &Arc<Dumps>,
    run: RunId,
    items: Vec<Item>,
    naming: Naming<'_>,
) -> Result<Vec<Item>, RestoreError> {
    let described = futures::stream::iter(items).map(|mut item| async move {
        let meta = dumps.meta(run, &item.from).await?;
        let options = field(&meta.definition.0, "options").and_then(|options| options.as_document());
        item.options = options.map_or_else(|| Raw::new().build(), <[u8]>::to_vec);
        item.indexes = meta.indexes.into_iter().map(|index| index.0).collect();
        if item.kind == Kind::View {
            item.options = follow(&item, naming)?;
        }
        Ok(item)
    });
    described.buffered(METAS_AT_ONCE).try_collect().await
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
