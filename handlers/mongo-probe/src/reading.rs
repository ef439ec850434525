//! What one event measured, as an answer and as metrics. What a server does not tell has no value, and never 0.

use std::time::Duration;

use lambda_kit::emf::{Metrics, Unit};
use metric_names::mongodb as metric;
use serde::Serialize;

use crate::rate::NoRate;

/// What was measured of a cluster.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) round_trip: Duration,
    pub(crate) connections: Option<f64>,
    pub(crate) available_connections: Option<f64>,
    pub(crate) rate: Result<f64, NoRate>,
    pub(crate) replication_lag_seconds: Option<f64>,
    pub(crate) has_primary: Option<bool>,
    pub(crate) unhealthy_members: Option<u32>,
    pub(crate) unreachable_routers: Option<u32>,
    pub(crate) cache_used_percent: Option<f64>,
    pub(crate) cache_dirty_percent: Option<f64>,
    pub(crate) disk_used_percent: Option<f64>,
    pub(crate) shards: Vec<Shard>,
}

/// What a router says of a shard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shard {
    /// Its name in the cluster.
    pub name: String,
    /// Whether the router knows a primary of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_primary: Option<bool>,
    /// Members that the router does not reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhealthy_members: Option<u32>,
    /// Of the disk with its data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_used_percent: Option<f64>,
}

/// What one event measured. The names are those of the metrics; what was not told is not there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Open connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<f64>,
    /// Operations a second since the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ops_per_second: Option<f64>,
    /// Why they are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_ops_per_second: Option<NoRate>,
    /// How far the last secondary is behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication_lag_seconds: Option<f64>,
    /// Whether there is a primary, in every shard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_primary: Option<bool>,
    /// Of one command, there and back.
    pub round_trip_milliseconds: f64,
    /// Of a sharded cluster.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shards: Vec<Shard>,
}

impl Reading {
    pub(crate) fn report(&self) -> Report {
        Report {
            connections: self.connections,
            ops_per_second: self.rate.ok(),
            no_ops_per_second: self.rate.err(),
            replication_lag_seconds: self.replication_lag_seconds,
            has_primary: self.has_primary,
            round_trip_milliseconds: self.round_trip_milliseconds(),
            shards: self.shards.clone(),
        }
    }

    fn round_trip_milliseconds(&self) -> f64 {
        self.round_trip.as_secs_f64() * 1000.0
    }

    /// The cluster's, then each shard's.
    pub(crate) fn metrics(&self, cluster: &str) -> Vec<Metrics> {
        let told = [
            (metric::CONNECTIONS, Unit::Count, self.connections),
            (metric::AVAILABLE_CONNECTIONS, Unit::Count, self.available_connections),
            (metric::OPS_PER_SECOND, Unit::CountPerSecond, self.rate.ok()),
            (
                metric::REPLICATION_LAG_SECONDS,
                Unit::Seconds,
                self.replication_lag_seconds,
            ),
            (
                metric::ROUND_TRIP_MILLISECONDS,
                Unit::Milliseconds,
                Some(self.round_trip_milliseconds()),
            ),
            (metric::HAS_PRIMARY, Unit::Count, self.has_primary.map(one_or_zero)),
            (
                metric::UNHEALTHY_MEMBERS,
                Unit::Count,
                self.unhealthy_members.map(f64::from),
            ),
            (
                metric::UNREACHABLE_ROUTERS,
                Unit::Count,
                self.unreachable_routers.map(f64::from),
            ),
            (metric::CACHE_USED_PERCENT, Unit::Percent, self.cache_used_percent),
            (metric::CACHE_DIRTY_PERCENT, Unit::Percent, self.cache_dirty_percent),
            (metric::DISK_USED_PERCENT, Unit::Percent, self.disk_used_percent),
        ];
        let of_cluster = with(up(cluster, true), &told);
        let of_shards = self.shards.iter().map(|shard| {
            let metrics = of(cluster).dimension(metric::SHARD, shard.name.as_str());
            let told = [
                (metric::HAS_PRIMARY, Unit::Count, shard.has_primary.map(one_or_zero)),
                (
                    metric::UNHEALTHY_MEMBERS,
                    Unit::Count,
                    shard.unhealthy_members.map(f64::from),
                ),
                (metric::DISK_USED_PERCENT, Unit::Percent, shard.disk_used_percent),
            ];
            with(metrics, &told)
        });
        [of_cluster].into_iter().chain(of_shards).collect()
    }
}

/// Of a cluster that could not be measured.
pub(crate) fn down(cluster: &str) -> Metrics {
    up(cluster, false)
}

fn up(cluster: &str, is_up: bool) -> Metrics {
    of(cluster).value(metric::UP, Unit::Count, one_or_zero(is_up))
}

fn of(cluster: &str) -> Metrics {
    Metrics::new(metric::NAMESPACE).dimension(metric::CLUSTER, cluster)
}

fn with(metrics: Metrics, told: &[(&'static str, Unit, Option<f64>)]) -> Metrics {
    let told = told
        .iter()
        .filter_map(|(name, unit, value)| Some((name, unit, (*value)?)));
    told.fold(metrics, |metrics, (name, unit, value)| {
        metrics.value(name, *unit, value)
    })
}

fn one_or_zero(is: bool) -> f64 {
    f64::from(u8::from(is))
}
