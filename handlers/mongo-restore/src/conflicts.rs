//! What in the target stands in the way.

use std::collections::BTreeMap;

use dump_format::manifest::Kind;

use crate::answer::{ConflictAnswer, ConflictReason};
use crate::event::Conflict;
use crate::failure::{RestoreError, listed};
use crate::plan::Item;
use crate::target::{Deployment, Existing, ExistingKind, without_ttl};

/// For each item of the plan what is in its place: nothing, or nothing that is in the way, is `None`.
pub(crate) async fn find(deployment: &Deployment, items: &[Item]) -> Result<Vec<Option<ConflictReason>>, RestoreError> {
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
            Some(existing) => reason(deployment, item, existing).await?,
        });
    }
    Ok(reasons)
}

async fn reason(
    deployment: &Deployment,
    item: &Item,
    existing: &Existing,
) -> Result<Option<ConflictReason>, RestoreError> {
    let kind = match existing.kind {
        ExistingKind::Collection => Kind::Collection,
        ExistingKind::View => Kind::View,
        ExistingKind::TimeSeries => Kind::TimeSeries,
    };
    if kind != item.kind {
        return Ok(Some(ConflictReason::OtherKind));
    }
    let same_options = without_ttl(&existing.options).0 == without_ttl(&item.options).0;
    if kind == Kind::View {
        return Ok((!same_options).then_some(ConflictReason::Exists));
    }
    if !deployment.is_empty(&item.to).await? {
        let reason = if kind == Kind::TimeSeries {
            ConflictReason::Exists
        } else {
            ConflictReason::NotEmpty
        };
        return Ok(Some(reason));
    }
    Ok((!same_options).then_some(ConflictReason::OtherOptions))
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

/// Whether what is there may stay or go, as the event wants it.
///
/// # Errors
/// [`RestoreError::NotEmpty`].
pub(crate) fn admit(
    conflict: Conflict,
    items: &[Item],
    reasons: &[Option<ConflictReason>],
    most: usize,
) -> Result<(), RestoreError> {
    let is_in_the_way = |reason: ConflictReason| match conflict {
        Conflict::Refuse => true,
        Conflict::Drop => false,
        Conflict::Merge => matches!(reason, ConflictReason::OtherKind | ConflictReason::Exists),
    };
    let both = items.iter().zip(reasons);
    let names: Vec<_> = both
        .filter(|(_, reason)| reason.is_some_and(is_in_the_way))
        .map(|(item, _)| item.to.to_string())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(RestoreError::NotEmpty {
        count: names.len(),
        listed: listed(&names, most),
    })
}
