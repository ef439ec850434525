//! Options, validators and indexes in the target against those that were dumped.

use std::collections::BTreeMap;

use dump_format::manifest::Kind;

use crate::answer::{ChangedIndex, Definition};
use crate::event::Ttl;
use crate::failure::RestoreError;
use crate::plan::Item;
use crate::target::{
    Deployment, IndexKind, Layout, index_kind, index_name, indexes_by_name, is_same_index, other_options, spelled,
};

/// The existing collections and views that are defined differently. With `ttl: defer`, TTL settings, which delete documents, may exist or not.
pub(crate) async fn differences(
    deployment: &Deployment,
    items: &[Item],
    ttl: Ttl,
    is_sharded: bool,
) -> Result<Vec<Definition>, RestoreError> {
    let mut databases = BTreeMap::new();
    let mut all = Vec::new();
    for item in items {
        let database = item.to.database();
        if !databases.contains_key(database) {
            databases.insert(database, deployment.collections(database).await?);
        }
        let Some(existing) = databases
            .get(database)
            .and_then(|there| there.get(item.to.collection()))
        else {
            continue;
        };
        if existing.kind.kind() != item.kind {
            continue;
        }
        let indexes = match item.kind {
            Kind::View => Vec::new(),
            Kind::Collection | Kind::TimeSeries => deployment.indexes(&item.to).await?,
        };
        let layout = item.layout.as_ref().filter(|_| is_sharded);
        let other_shard_key = match layout {
            Some(layout) => is_other(deployment, item, layout).await?,
            None => false,
        };
        let difference = Definition {
            other_shard_key,
            namespace: item.to.to_string(),
            options: other_options(&item.options, &existing.options, ttl == Ttl::Build),
            ..compare(item, &indexes, ttl, layout)
        };
        if !difference.is_none() {
            all.push(difference);
        }
    }
    Ok(all)
}

/// Whether a collection has not the shard key that it had. Where the user may not see that, there is no difference.
async fn is_other(deployment: &Deployment, item: &Item, layout: &Layout) -> Result<bool, RestoreError> {
    match deployment.layout(&item.documents_in, &item.options).await {
        Ok(found) => Ok(!found.is_some_and(|found| found.is_alike(layout))),
        Err(error) if error.trouble.is_refusal() => {
            tracing::warn!(
                namespace = %item.to, %error,
                "shard keys are not compared: the user needs find on the database config, which the role clusterMonitor has"
            );
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// `layout`: in a sharded target, how it was sharded.
fn compare(item: &Item, found: &[Vec<u8>], ttl: Ttl, layout: Option<&Layout>) -> Definition {
    let mut difference = Definition::default();
    let (dumped, found) = (indexes_by_name(&item.indexes), indexes_by_name(found));
    let is_looked_at = |index: &[u8]| ttl == Ttl::Build || index_kind(index) != IndexKind::Ttl;
    for (name, index) in dumped.iter().filter(|(_, index)| is_looked_at(index)) {
        match found.get(name) {
            None => difference.missing_indexes.push((*name).to_owned()),
            Some(other) if !is_same_index(index, other) => difference.other_indexes.push((*name).to_owned()),
            Some(_) => {}
        }
    }
    // Of a time-series collection newer servers make one by themselves.
    if item.kind == Kind::Collection {
        // The server makes the one of a shard key where there is none.
        let is_its_own = |index: &[u8]| layout.is_some_and(|layout| layout.has_key_of(index));
        let further = found
            .iter()
            .filter(|(name, index)| !dumped.contains_key(*name) && !is_its_own(index));
        difference
            .further_indexes
            .extend(further.map(|(name, _)| (*name).to_owned()));
    }
    difference
}

/// Indexes that are built in another spelling than they were listed in.
pub(crate) fn changed_indexes(items: &[Item]) -> Vec<ChangedIndex> {
    let all = items
        .iter()
        .flat_map(|item| item.indexes.iter().map(move |index| (item, index)));
    all.filter(|(_, index)| index_kind(index) != IndexKind::OfId)
        .filter_map(|(item, index)| {
            let changes = spelled(index).said();
            (!changes.is_empty()).then(|| ChangedIndex {
                namespace: item.to.to_string(),
                name: index_name(index).to_owned(),
                changes,
            })
        })
        .collect()
}
