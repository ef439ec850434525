//! Which state a read sees.

use crate::clock::Time;
use crate::refusal::{Refusal, code};

use super::context::Context;

fn is_snapshot(context: &Context<'_>) -> bool {
    let concern = context.request.body.document("readConcern");
    concern.is_some_and(|concern| concern.str("level") == Some("snapshot"))
}

/// Only a few commands read snapshots outside of transactions.
pub(super) fn refuse_elsewhere(context: &Context<'_>) -> Result<(), Refusal> {
    let name = context.request.name;
    if is_snapshot(context) && !matches!(name, "find" | "aggregate" | "getMore" | "killCursors") {
        let message = format!("Command {name} does not support snapshot read concern outside of transactions");
        return Err(Refusal::new(code::INVALID_OPTIONS, message));
    }
    Ok(())
}

/// The time of the snapshot that the command asks for; `None`: it reads the current documents.
pub(super) fn read_time(context: &mut Context<'_>) -> Result<Option<Time>, Refusal> {
    if !is_snapshot(context) {
        return Ok(None);
    }
    if !context.shared.replica.is_replicated() {
        let message = "node needs to be a replica set member to use readConcern: snapshot";
        return Err(Refusal::new(code::NOT_A_REPLICA_SET, message));
    }
    let concern = context.request.body.document("readConcern");
    let wanted = concern
        .and_then(|concern| concern.get("atClusterTime"))
        .and_then(|time| time.as_timestamp());
    let now = context.state.store.clock.now();
    let time = wanted.map_or(now, Time);
    let show = |time: Time| format!("Timestamp({}, {})", time.0 >> 32, time.0 & 0xffff_ffff);
    if time > now {
        let message = format!(
            "readConcern atClusterTime value must not be greater than the current clusterTime. Requested clusterTime: {}; \
             current clusterTime: {}",
            show(time),
            show(now)
        );
        return Err(Refusal::new(code::INVALID_OPTIONS, message));
    }
    if time < context.state.store.oldest_snapshot() {
        let message = format!(
            "Read timestamp {} is older than the oldest available timestamp.",
            show(time)
        );
        return Err(Refusal::new(code::SNAPSHOT_TOO_OLD, message));
    }
    context.at_cluster_time = Some(time.0);
    Ok(Some(time))
}
