//! Shard keys and zones in the target.

use crate::answer::{NotSharded, Unsharded, UnshardedReason};
use crate::event::Mode;
use crate::failure::RestoreError;
use crate::marker::ItemProgress;
use crate::plan::Item;
use crate::target::{Deployment, Layout, TargetError, Trouble};
use crate::work::Work;

impl Work<'_> {
    /// Shards an item's collection as it was, before documents are in it. What the target refuses keeps no document out: it is noted.
    pub(crate) async fn shard(&mut self, at: usize) -> Result<(), RestoreError> {
        let item = &self.items[at];
        let Some(layout) = item.layout.as_ref().filter(|_| self.is_sharded) else {
            return Ok(());
        };
        let unsharded = if self.marker.items[at].had_documents {
            kept(self.deployment, item, layout).await
        } else {
            spread(self.deployment, item, layout).await
        };
        let unsharded = match unsharded {
            Ok(unsharded) => unsharded,
            Err(error) if error.trouble.is_refusal() => Some(refused(&error, layout)),
            Err(error) => return Err(error.into()),
        };
        if let Some(Unsharded { reason, message, .. }) = &unsharded {
            let key = layout.key_in_words();
            tracing::warn!(namespace = %item.to, key, ?reason, message, "not sharded as it was");
        }
        self.marker.items[at].unsharded = unsharded;
        Ok(())
    }
}

async fn spread(deployment: &Deployment, item: &Item, layout: &Layout) -> Result<Option<Unsharded>, TargetError> {
    // The server would make one under a name of its own, in the way of the dump's.
    if let Some(index) = layout.index_in(&item.indexes) {
        deployment.create_indexes(&item.to, &[index], &item.options).await?;
    }
    deployment.shard(&item.to, &item.options, layout).await?;
    let mut missing = Vec::new();
    for zone in &layout.zones {
        if !deployment.give_to_zone(&item.to, zone).await? && !missing.contains(&zone.name) {
            missing.push(zone.name.clone());
        }
    }
    Ok((!missing.is_empty()).then(|| Unsharded {
        reason: UnshardedReason::NoSuchZone,
        message: "no shard of the target is in these zones, so their ranges are not restored: add shards to them (sh.addShardToZone), \
                  then set the ranges (sh.updateZoneKeyRange) that the dump's description of the collection has"
            .to_owned(),
        zones: missing,
    }))
}

/// A collection with documents of its own stays as it is.
async fn kept(deployment: &Deployment, item: &Item, layout: &Layout) -> Result<Option<Unsharded>, TargetError> {
    let found = match deployment.layout(&item.documents_in, &item.options).await {
        Ok(found) => found,
        Err(error) if error.trouble.is_refusal() => None,
        Err(error) => return Err(error),
    };
    let is_alike = found.is_some_and(|found| found.is_alike(layout));
    Ok((!is_alike).then(|| Unsharded {
        reason: UnshardedReason::Kept,
        message: "the collection had documents, so that it stays sharded, or not sharded, as it is".to_owned(),
        zones: layout.zone_names(),
    }))
}

fn refused(error: &TargetError, layout: &Layout) -> Unsharded {
    let message = match error.trouble {
        Trouble::NotAllowed => format!(
            "{} of {}: the secret's user may not do it (code 13, Unauthorized): give it the role clusterManager, on Atlas atlasAdmin",
            error.operation, error.namespace
        ),
        _ => error.to_string(),
    };
    Unsharded {
        reason: UnshardedReason::Refused,
        message,
        zones: layout.zone_names(),
    }
}

/// What of the dump's shard keys and zones the target does not get. Before a restore: `None`.
pub(crate) fn not_sharded(items: &[Item], progress: Option<&[ItemProgress]>, is_sharded: bool) -> Vec<NotSharded> {
    let sharded = items.iter().enumerate().filter(|(_, item)| item.lost.is_none());
    let all = sharded.filter_map(|(at, item)| {
        let layout = item.layout.as_ref()?;
        let noted = || progress?.get(at)?.unsharded.clone();
        let why = if is_sharded { noted()? } else { no_shards(layout) };
        Some(NotSharded {
            namespace: item.to.to_string(),
            key: layout.key_in_words(),
            why,
        })
    });
    all.collect()
}

fn no_shards(layout: &Layout) -> Unsharded {
    Unsharded {
        reason: UnshardedReason::TargetNotSharded,
        message: "the target is no sharded cluster: the collection is in one place there".to_owned(),
        zones: layout.zone_names(),
    }
}

/// Says in the log what the answer says in the end.
pub(crate) fn warn_of(mode: Mode, not_sharded: &[NotSharded]) {
    for NotSharded { namespace, key, why } in not_sharded {
        tracing::warn!(%mode, namespace, key, zones = why.zones.join(", "), message = why.message, "not sharded as it was");
    }
}
