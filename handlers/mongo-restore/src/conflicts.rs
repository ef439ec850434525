//! What in the target stands in the way.

use std::collections::BTreeMap;

use dump_format::manifest::Kind;

use crate::answer::{ConflictAnswer, ConflictReason};
use crate::event::{Conflict, Ttl};
use crate::failure::{RestoreError, listed};
use crate::plan::Item;
use crate::target::{
    Deployment, Existing, IndexKind, index_kind, indexes_by_name, is_same_index, other_options, without_ttl,
};

/// For each item of the plan what is in its place: nothing, or nothing that is in the way, is `None`.
pub(crate) async fn find(
    deployment: &Deployment,
    items: &[Item],
    ttl: Ttl,
) -> Result<Vec<Option<ConflictReason>>, RestoreError> {
    let mut databases: BTreeMap<&str, BTreeMap<String, Existing>> = BTreeMap::new();
    let mut reasons = Vec::with_capacity(items.len());
    for item in items {
        let database = item.to.database();
        if !databases.contains_key(database) {
            databases.insert(database, deployment.collections(database).await?);
        }
        let existing = databases
            .get(database)
            .and_then(|there| there.get(item.to.collection()));
        reasons.push(match existing {
            None => None,
            Some(existing) => reason(deployment, item, existing, ttl).await?,
        });
    }
    Ok(reasons)
}

async fn reason(
    deployment: &Deployment,
    item: &Item,
    existing: &Existing,
    ttl: Ttl,
) -> Result<Option<ConflictReason>, RestoreError> {
    let kind = existing.kind.kind();
    if kind != item.kind {
        return Ok(Some(ConflictReason::OtherKind));
    }
    let same_options = other_options(&existing.options, &item.options, false).is_empty();
    if kind == Kind::View {
        return Ok((!same_options).then_some(ConflictReason::Exists));
    }
    let indexes = deployment.indexes(&item.to).await?;
    let expires = without_ttl(&existing.options).1 || indexes.iter().any(|index| index_kind(index) == IndexKind::Ttl);
    if !deployment.is_empty(&item.to).await? {
        return Ok(Some(match kind {
            Kind::TimeSeries => ConflictReason::Exists,
            // Who defers it wants nothing to be deleted.
            _ if expires && ttl == Ttl::Defer => ConflictReason::Expires,
            _ => ConflictReason::NotEmpty,
        }));
    }
    if !same_options {
        return Ok(Some(ConflictReason::OtherOptions));
    }
    // What is restored would go before it is compared.
    if expires {
        return Ok(Some(ConflictReason::Expires));
    }
    let (found, dumped) = (indexes_by_name(&indexes), indexes_by_name(&item.indexes));
    let is_other = |(name, index): (&&str, &&[u8])| dumped.get(*name).is_some_and(|own| !is_same_index(own, index));
    Ok(found.iter().any(is_other).then_some(ConflictReason::OtherIndexes))
}

/// As the answer lists them.
pub(crate) fn answer(items: &[Item], reasons: &[Option<ConflictReason>]) -> Vec<ConflictAnswer> {
    let both = items.iter().zip(reasons);
    both.filter_map(|(item, reason)| {
        Some(ConflictAnswer {
            namespace: item.to.to_string(),
            reason: (*reason)?,
        })
    })
    .collect()
}

/// Checks that the event's `conflict` allows keeping or dropping the existing collections and views.
///
/// # Errors
/// [`RestoreError::NotEmpty`].
pub(crate) fn admit(
    conflict: Conflict,
    ttl: Ttl,
    items: &[Item],
    reasons: &[Option<ConflictReason>],
    most: usize,
) -> Result<(), RestoreError> {
    let is_in_the_way = |reason: ConflictReason| match conflict {
        Conflict::Refuse => true,
        Conflict::Drop => false,
        Conflict::Merge => match reason {
            ConflictReason::OtherKind | ConflictReason::Exists => true,
            ConflictReason::Expires => ttl == Ttl::Defer,
            ConflictReason::NotEmpty | ConflictReason::OtherOptions | ConflictReason::OtherIndexes => false,
        },
    };
    let both = items.iter().zip(reasons);
    let names: Vec<_> = both
        .filter(|(_, reason)| reason.is_some_and(is_in_the_way))
        .map(|(item, reason)| match reason {
            Some(ConflictReason::Expires) => {
                format!("{} (it deletes documents by their age: drop that index first)", item.to)
            }
            Some(ConflictReason::OtherIndexes) => format!("{} (an index has the name of another in the dump)", item.to),
            _ => item.to.to_string(),
        })
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(RestoreError::NotEmpty {
        count: names.len(),
        listed: listed(&names, most),
    })
}
