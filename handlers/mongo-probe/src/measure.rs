//! What a cluster is asked, in one connection.

use std::sync::PoisonError;
use std::time::Instant;

use lambda_kit::mongo::CommandError;
use mongodb::bson::{Document, doc};
use mongodb::options::SelectionCriteria;

use crate::error::ProbeError;
use crate::link::Link;
use crate::probe::MongoProbe;
use crate::rate::{NoRate, Sample};
use crate::reading::{Reading, Shard};
use crate::replica_set::{self, ReplicaSet};
use crate::routers::{self, sum};
use crate::shards;
use crate::status::{self, Status, disk_used_percent};

/// Connects, asks and closes the connections, whatever the answers are.
pub(crate) async fn measure(probe: &MongoProbe) -> Result<Reading, ProbeError> {
    let options = probe.address.options(&probe.limits).await?;
    let link = Link::new(options, probe.address.place(), &probe.limits)?;
    let reading = read(probe, &link).await;
    link.close().await;
    reading.map_err(|source| ProbeError::Mongo {
        cluster: probe.cluster.clone(),
        source,
    })
}

async fn read(probe: &MongoProbe, link: &Link) -> Result<Reading, CommandError> {
    let (hello, server) = link.hello().await?;
    let server = Server { probe, link, server };
    // The connection is there now, so this is the way there and back alone.
    let begun = Instant::now();
    server.link.ask("ping", doc! { "ping": 1 }, &server.server).await?;
    let round_trip = begun.elapsed();
    let reading = Reading {
        round_trip,
        connections: None,
        available_connections: None,
        rate: Err(NoRate::NotTold),
        replication_lag_seconds: None,
        has_primary: None,
        unhealthy_members: None,
        unreachable_routers: None,
        cache_used_percent: None,
        cache_dirty_percent: None,
        disk_used_percent: None,
        shards: Vec::new(),
    };
    if hello.get_str("msg").is_ok_and(|message| message == "isdbgrid") {
        sharded(&server, reading).await
    } else {
        unsharded(&server, &hello, reading).await
    }
}

/// A replica set, or a server alone: what its primary says.
async fn unsharded(server: &Server<'_>, hello: &Document, mut reading: Reading) -> Result<Reading, CommandError> {
    let status = server.told("serverStatus", status::command()).await?;
    let status = status.as_ref().map(Status::of).unwrap_or_default();
    if hello.contains_key("setName") {
        let set = server.besides("replSetGetStatus", replica_set::command()).await;
        let set = set.as_ref().and_then(ReplicaSet::of);
        // What every member reports in `hello`, unless `replSetGetStatus` says more.
        let is_known = hello.contains_key("primary");
        reading.has_primary = Some(set.map_or(is_known, |set| set.has_primary));
        reading.unhealthy_members = set.map(|set| set.unhealthy);
        reading.replication_lag_seconds = set.and_then(|set| set.lag_seconds);
    }
    let sizes = server.besides("dbStats", doc! { "dbStats": 1 }).await;
    reading.disk_used_percent = sizes.as_ref().and_then(disk_used_percent);
    reading.cache_used_percent = status.cache_used_percent;
    reading.cache_dirty_percent = status.cache_dirty_percent;
    reading.connections = status.connections;
    reading.available_connections = status.available_connections;
    reading.rate = server.rate(status.sample.into_iter().collect());
    Ok(reading)
}

/// All routers, and the shards as one of them sees them.
async fn sharded(server: &Server<'_>, mut reading: Reading) -> Result<Reading, CommandError> {
    let routers = routers::ask(server.link).await?;
    if let Some(refused) = &routers.refused {
        server.say_once("serverStatus", refused);
    }
    let statuses = || routers.statuses.iter();
    reading.unreachable_routers = Some(routers.unreachable);
    reading.connections = sum(statuses().map(|status| status.connections));
    reading.available_connections = sum(statuses().map(|status| status.available_connections));
    let samples: Option<Vec<_>> = statuses().map(|status| status.sample.clone()).collect();
    reading.rate = server.rate(samples.unwrap_or_default());
    if let Some(list) = server.besides("listShards", shards::list_command()).await {
        let pools = server.besides("connPoolStats", shards::pools_command()).await;
        let sizes = server.besides("dbStats", doc! { "dbStats": 1 }).await;
        reading.shards = shards::shards(&list, pools.as_ref(), sizes.as_ref());
    }
    // Of the cluster what its worst shard has.
    let shards = || reading.shards.iter();
    let primaries = shards().filter_map(|shard| shard.has_primary);
    reading.has_primary = primaries.reduce(|all, has_primary| all && has_primary);
    let unhealthy = shards().filter_map(|shard| shard.unhealthy_members);
    reading.unhealthy_members = unhealthy.reduce(u32::saturating_add);
    let disks = shards().filter_map(|shard: &Shard| shard.disk_used_percent);
    reading.disk_used_percent = disks.reduce(f64::max);
    Ok(reading)
}

/// The server that is asked, with what is known from before.
struct Server<'a> {
    probe: &'a MongoProbe,
    link: &'a Link,
    server: SelectionCriteria,
}

impl Server<'_> {
    /// What a command says; nothing where the server refuses it for good, which the log has once.
    async fn told(&self, name: &'static str, command: Document) -> Result<Option<Document>, CommandError> {
        match self.link.ask(name, command, &self.server).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if !error.passes() => {
                self.say_once(name, &error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The same of what the cluster can be up without: this time it is left out.
    async fn besides(&self, name: &'static str, command: Document) -> Option<Document> {
        let told = self.told(name, command).await;
        told.unwrap_or_else(|error| {
            tracing::warn!(command = name, %error, "what this command tells is left out this time");
            None
        })
    }

    fn say_once(&self, command: &'static str, error: &CommandError) {
        if self.probe.is_first_time(command) {
            tracing::warn!(
                command,
                %error,
                "the metrics of this command are not published: the user needs the role clusterMonitor. This is logged only once"
            );
        }
    }

    fn rate(&self, samples: Vec<Sample>) -> Result<f64, NoRate> {
        let mut memory = self.probe.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.rate(samples)
    }
}
