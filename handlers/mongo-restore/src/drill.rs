//! A restore for practice: into databases that nobody else has, compared, measured, and dropped again.

use dump_format::Sha256Hex;
use dump_format::key::RunId;
use dump_format::names::Namespace;
use lambda_kit::emf::{Metrics, Unit};
use metric_names::mongo_restore as names;

use crate::answer::{Answer, Outcome};
use crate::event::Event;
use crate::failure::{Failed, RestoreError};
use crate::marker::Marker;
use crate::rename::RenameError;
use crate::scene::{Ended, Scene};
use crate::target::Deployment;

/// What the databases' names begin with.
const PREFIX: &str = "drill_";
/// The longest name of a database. Source: MongoDB Limits and Thresholds.
const LONGEST: usize = 63;
/// The longest name of a collection with its database and the dot in between: 255 bytes by MongoDB Limits and Thresholds, less what the
/// server puts before the name of a time series.
const LONGEST_NAMESPACE: usize = 255 - "system.buckets.".len();

fn digits(text: &str) -> String {
    let hash = Sha256Hex::of(text.as_bytes()).to_string();
    hash.chars().take(8).collect()
}

/// `drill_<8 hexadecimal digits of the run>_<database>`; of a name that gets too long the end is 8 digits of its own.
fn scratch(run: RunId, database: &str) -> String {
    let whole = format!("{PREFIX}{}_{database}", digits(&run.to_string()));
    if whole.len() <= LONGEST {
        return whole;
    }
    let mut cut = LONGEST - 9;
    while !whole.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}_{}", &whole[..cut], digits(database))
}

/// The name of a collection in a scratch database; of one that gets too long the end is 8 digits of its own.
fn scratch_collection(database: &str, collection: &str) -> String {
    let room = LONGEST_NAMESPACE.saturating_sub(database.len() + 1);
    if collection.len() <= room {
        return collection.to_owned();
    }
    let mut cut = room.saturating_sub(9);
    while !collection.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}_{}", &collection[..cut], digits(collection))
}

/// Drops what drills of this cluster's dumps left when they were killed: the databases in their notes, and no others.
pub(crate) async fn clear_left_overs(deployment: &Deployment, event: &Event) -> Result<(), RestoreError> {
    for marker in Marker::of_drills(deployment, event).await? {
        clear(deployment, event, &marker).await?;
    }
    Ok(())
}

async fn clear(deployment: &Deployment, event: &Event, marker: &Marker) -> Result<(), RestoreError> {
    // The note lies in the target, where others may write: no name of another form is ever dropped.
    for database in marker.databases.iter().filter(|database| database.starts_with(PREFIX)) {
        tracing::info!(database, "dropping a scratch database");
        deployment.drop_database(database).await?;
    }
    if marker.is_of(event) {
        return marker.forget(deployment).await;
    }
    marker.remove(deployment).await
}

pub(crate) async fn run(scene: Scene<'_>) -> Result<Ended, RestoreError> {
    let run = scene.manifest().run();
    let naming = move |namespace: &Namespace| {
        let database = scratch(run, namespace.database());
        let too_long = |_| RenameError::TooLong {
            from: namespace.to_string(),
            database: database.clone(),
        };
        let collection = scratch_collection(&database, namespace.collection());
        Namespace::new(&database, &collection).map_err(too_long)
    };
    let databases = match scene.marker() {
        Some(marker) => marker.databases.clone(),
        None => scene.databases(&naming)?,
    };
    let result = scene.restore_as(&naming, Outcome::Drilled, databases).await;
    if let Ok(ended) = &result
        && matches!(ended.answer.outcome, Outcome::HandedOver | Outcome::Superseded)
    {
        return result;
    }
    // Only what is noted is dropped: where the target refused, nothing was.
    let cleared = clear_left_overs(scene.deployment, scene.event).await;
    let ended = result?;
    cleared.map_err(|source| RestoreError::Cleanup {
        databases: format!("those that begin with {PREFIX}{}_", digits(&run.to_string())),
        source: Box::new(source),
    })?;
    Ok(ended)
}

/// What a drill reports. Nothing where it is not over.
pub(crate) fn metrics(event: &Event, result: &Result<Answer, Failed>) -> Option<Metrics> {
    let metrics = Metrics::new(names::NAMESPACE).dimension(names::CLUSTER, event.source.cluster.as_str());
    let ended = |metrics: Metrics, completed, failed| {
        metrics
            .value(names::DRILL_COMPLETED, Unit::Count, completed)
            .value(names::DRILL_FAILED, Unit::Count, failed)
    };
    match result {
        Ok(answer) if answer.outcome == Outcome::Drilled => {
            #[allow(clippy::cast_precision_loss, reason = "a metric is a double")]
            let [documents, bytes, age] = [answer.documents as f64, answer.bytes as f64, answer.rpo_seconds as f64];
            let metrics = ended(metrics, 1.0, 0.0)
                .value(names::RTO_SECONDS, Unit::Seconds, answer.seconds)
                .value(names::RPO_SECONDS, Unit::Seconds, age)
                .value(names::DOCUMENTS, Unit::Count, documents)
                .value(names::BYTES, Unit::Bytes, bytes);
            Some(metrics)
        }
        Ok(_) => None,
        // Another invocation does it, and will say how it ended.
        Err(failed) if failed.failure.name == "LeaseHeld" => None,
        Err(_) => Some(ended(metrics, 0.0, 1.0)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn no_collection_s_name_is_too_long_for_a_scratch_database() {
        let run = RunId::parse("20260506T180000Z-1a2b3c").unwrap();
        for (database, longest) in [("d", 253), (&"d".repeat(63), 191)] {
            let scratch = scratch(run, database);
            let names = [
                "x".repeat(longest),
                format!("{}y", "x".repeat(longest - 1)),
                format!("x{}", "é".repeat(longest / 2 - 1)),
            ];
            let made = names.map(|name| scratch_collection(&scratch, &name));
            assert!(
                made.iter().all(|name| scratch.len() + 1 + name.len() <= 240),
                "{made:?}"
            );
            assert_ne!(made[0], made[1]);
        }
        assert_eq!(scratch_collection("drill_12345678_d", "orders"), "orders");
    }

    #[test]
    fn scratch_names_are_the_run_s_and_never_too_long() {
        let run = RunId::parse("20260506T180000Z-1a2b3c").unwrap();
        let short = scratch(run, "shop");
        assert!(
            short.starts_with("drill_") && short.ends_with("_shop") && short.len() == 19,
            "{short}"
        );
        assert_ne!(short, scratch(RunId::parse("20260506T180000Z-1a2b3d").unwrap(), "shop"));
        let (one, other) = (
            scratch(run, &"é".repeat(31)),
            scratch(run, &format!("{}e", "é".repeat(31))),
        );
        assert!(one.len() <= LONGEST && other.len() <= LONGEST, "{one} {other}");
        assert_ne!(one, other);
        assert_eq!(scratch(run, &"a".repeat(48)).len(), 63);
        assert!(scratch(run, &"a".repeat(49)).len() <= 63);
    }
}
