//! Options, validators and indexes in the target against those that were dumped.

use std::collections::BTreeMap;

use dump_format::manifest::Kind;

use crate::answer::{ChangedIndex, Definition};
use crate::event::Ttl;
use crate::failure::RestoreError;
use crate::plan::Item;
use crate::target::{
    Deployment, IndexKind, index_kind, index_name, indexes_by_name, is_same_index, other_options, spelled,
};

/// What of all that is there is defined otherwise. With `ttl: defer`, what deletes documents may be there or not.
pub(crate) async fn differences(
    deployment: &Deployment,
    items: &[Item],
    ttl: Ttl,
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
        let difference = Definition {
            namespace: item.to.to_string(),
            options: other_options(&item.options, &existing.options, ttl == Ttl::Build),
            ..compare(item, &indexes, ttl)
        };
        if !difference.is_none() {
            all.push(difference);
        }
    }
    Ok(all)
}

fn compare(item: &Item, found: &[Vec<u8>], ttl: Ttl) -> Definition {
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
        let further = found.keys().filter(|name| !dumped.contains_key(*name));
        difference
            .further_indexes
            .extend(further.map(|name| (*name).to_owned()));
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
