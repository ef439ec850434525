//! What a router says of the shards. They themselves have no address in the private link of a sharded Atlas cluster, which leads to routers.

use mongodb::bson::{Document, doc};

use crate::reading::Shard;
use crate::status::disk_used_percent;

pub(crate) fn list_command() -> Document {
    doc! { "listShards": 1 }
}

pub(crate) fn pools_command() -> Document {
    doc! { "connPoolStats": 1 }
}

/// The shards of `listShards`, with what `connPoolStats` says of their members and `dbStats` of their disks.
pub(crate) fn shards(list: &Document, pools: Option<&Document>, sizes: Option<&Document>) -> Vec<Shard> {
    let shards = list.get_array("shards").ok().into_iter().flatten();
    let shards = shards.filter_map(|shard| {
        let shard = shard.as_document()?;
        let (name, host) = (shard.get_str("_id").ok()?, shard.get_str("host").ok()?);
        let (set, _) = host.split_once('/')?;
        let members = pools.and_then(|pools| members(pools, set));
        let sizes = sizes.and_then(|sizes| sizes.get_document("raw").ok());
        Some(Shard {
            name: name.to_owned(),
            has_primary: members.map(|(has_primary, _)| has_primary),
            unhealthy_members: members.map(|(_, unhealthy)| unhealthy),
            disk_used_percent: sizes
                .and_then(|sizes| sizes.get_document(host).ok())
                .and_then(disk_used_percent),
        })
    });
    shards.collect()
}

/// Whether the router knows a primary of the set, and how many members it does not reach.
fn members(pools: &Document, set: &str) -> Option<(bool, u32)> {
    let hosts = pools.get_document("replicaSets").ok()?.get_document(set).ok()?;
    let hosts: Vec<_> = hosts
        .get_array("hosts")
        .ok()?
        .iter()
        .filter_map(|host| host.as_document())
        .collect();
    let count = |field: &str, wanted: bool| {
        hosts
            .iter()
            .filter(|host| host.get_bool(field).ok() == Some(wanted))
            .count()
    };
    let unreachable = u32::try_from(count("ok", false)).unwrap_or(u32::MAX);
    (!hosts.is_empty()).then(|| (count("ismaster", true) > 0, unreachable))
}
