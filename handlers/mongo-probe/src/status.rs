//! What `serverStatus` and `dbStats` say of one server.

use std::collections::BTreeMap;
use std::time::Duration;

use mongodb::bson::{Bson, Document, doc};

use crate::number::{self, percent};
use crate::rate::Sample;

/// `serverStatus` without the large sections that are not read: some 30 kB less each minute. Servers take names that they do not have.
pub(crate) fn command() -> Document {
    const UNREAD: [&str; 16] = [
        "asserts",
        "electionMetrics",
        "extra_info",
        "flowControl",
        "globalLock",
        "indexStats",
        "locks",
        "logicalSessionRecordCache",
        "metrics",
        "mirroredReads",
        "network",
        "opLatencies",
        "security",
        "shardingStatistics",
        "tcmalloc",
        "transactions",
    ];
    let unread = UNREAD.map(|section| (section.to_owned(), Bson::Int32(0)));
    let mut command = doc! { "serverStatus": 1 };
    command.extend(unread);
    command
}

/// What is of interest of a server's status.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Status {
    pub(crate) connections: Option<f64>,
    pub(crate) available_connections: Option<f64>,
    /// What its counters are, if it tells.
    pub(crate) sample: Option<Sample>,
    /// Of WiredTiger's cache.
    pub(crate) cache_used_percent: Option<f64>,
    pub(crate) cache_dirty_percent: Option<f64>,
}

impl Status {
    pub(crate) fn of(status: &Document) -> Self {
        let cache = |name| number::at(status, &["wiredTiger", "cache", name]);
        let cache_percent = |name| percent(cache(name), cache("maximum bytes configured"));
        Self {
            connections: number::at(status, &["connections", "current"]),
            available_connections: number::at(status, &["connections", "available"]),
            sample: sample(status),
            cache_used_percent: cache_percent("bytes currently in the cache"),
            cache_dirty_percent: cache_percent("tracked dirty bytes in the cache"),
        }
    }
}

/// The counters, with the process that they are of. Without an uptime no rate can be worked out.
fn sample(status: &Document) -> Option<Sample> {
    let uptime = number::at(status, &["uptimeMillis"]).map(|millis| millis / 1000.0);
    let uptime = uptime.or_else(|| number::at(status, &["uptime"]))?;
    Some(Sample {
        host: status.get_str("host").unwrap_or_default().to_owned(),
        pid: number::at(status, &["pid"]),
        uptime: Duration::try_from_secs_f64(uptime).ok()?,
        counters: counters(status)?,
    })
}

/// `opcounters`; of a server that has none, as FerretDB, how often each command was called.
fn counters(status: &Document) -> Option<BTreeMap<String, f64>> {
    let named = |(name, value): (&String, &Bson)| Some((name.clone(), number::of(value)?));
    if let Ok(operations) = status.get_document("opcounters") {
        // Operations of clients. Others count the same again (`deprecated`) or are no operations.
        const KINDS: [&str; 6] = ["insert", "query", "update", "delete", "getmore", "command"];
        let known = operations.iter().filter(|(name, _)| KINDS.contains(&name.as_str()));
        return Some(known.filter_map(named).collect());
    }
    let commands = status.get_document("metrics").ok()?.get_document("commands").ok()?;
    let totals = commands.iter().filter_map(|(name, of)| {
        let total = of.as_document()?.get("total")?;
        Some((name.clone(), number::of(total)?))
    });
    Some(totals.collect())
}

/// The file system that a server's files are on, by what `dbStats` says.
pub(crate) fn disk_used_percent(sizes: &Document) -> Option<f64> {
    percent(number::at(sizes, &["fsUsedSize"]), number::at(sizes, &["fsTotalSize"]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn numbers_of_any_type_are_read_and_what_is_none_is_left_out() {
        let status = doc! {
            "host": "a:1",
            "pid": 7_i64,
            "uptime": 61.0,
            "connections": { "current": 12, "available": 488_i64 },
            "opcounters": { "insert": 1, "query": 2_i64, "command": 3.0, "deprecated": { "query": 9 }, "other": 9 },
            "wiredTiger": { "cache": { "bytes currently in the cache": 50, "maximum bytes configured": 200_i64, "tracked dirty bytes in the cache": -1 } },
        };
        let read = Status::of(&status);
        assert_eq!(
            (read.connections, read.available_connections),
            (Some(12.0), Some(488.0))
        );
        assert_eq!((read.cache_used_percent, read.cache_dirty_percent), (Some(25.0), None));
        let sample = read.sample.unwrap();
        assert_eq!(sample.uptime, Duration::from_secs(61));
        assert_eq!(sample.counters.values().sum::<f64>(), 6.0);
    }

    #[test]
    fn answers_that_are_not_as_documented_say_nothing() {
        for status in [
            doc! {},
            doc! { "connections": 5, "opcounters": { "insert": 1 }, "wiredTiger": "none" },
            doc! { "connections": { "current": "many" }, "uptimeMillis": f64::NAN, "opcounters": {} },
            doc! { "uptime": -1.0, "opcounters": { "insert": 1 } },
            doc! { "uptimeMillis": f64::MAX, "opcounters": { "insert": 1 } },
            doc! { "wiredTiger": { "cache": { "bytes currently in the cache": 1, "maximum bytes configured": 0 } } },
        ] {
            assert_eq!(Status::of(&status), Status::default(), "{status}");
        }
    }

    #[test]
    fn a_server_without_opcounters_counts_its_commands() {
        let status = doc! {
            "uptimeMillis": 5_000_i64,
            "metrics": { "commands": { "find": { "total": 7_i64, "failed": 1_i64 }, "insert": { "total": 3_i64 } } },
        };
        let sample = Status::of(&status).sample.unwrap();
        assert_eq!(sample.counters.values().sum::<f64>(), 10.0);
    }
}
