//! How large a range may be, so that it is read while the server still has the snapshot.

use std::time::Duration;

use dump_format::key::{Key, Object};
use dump_format::manifest::{Latest, Manifest};

use crate::error::DumpError;
use crate::plan::{Mode, Plan};
use crate::run::Run;
use crate::source::Source;

/// How long the server keeps the history where it does not tell. Source: MongoDB manual, `minSnapshotHistoryWindowInSeconds`.
const WINDOW: Duration = Duration::from_secs(300);

/// Ranges are read in this share of the window: a state machine starts them one after another, and a second and third round still fit. Our choice.
const ROUNDS: u32 = 4;

/// Bytes of documents that one function reads in a second, where no dump before says. Our choice: a tenth of what it does beside a server that is never the limit.
const SPEED: u64 = 15 << 20;

/// A range that ended sooner says nothing of the speed.
const TELLING: u64 = 16 << 20;

/// Bytes of documents in a range of this plan, whose documents have `whole` bytes.
pub(crate) async fn range_bytes(run: &Run<'_>, source: &Source, plan: &Plan, whole: u64) -> Result<u64, DumpError> {
    let limits = &run.settings.limits;
    let most = limits.range_bytes;
    if plan.snapshot().is_none() {
        return Ok(most);
    }
    let speed = last_speed(run).await?.unwrap_or(SPEED);
    let window = source.window().await?.unwrap_or(WINDOW);
    match plan.mode {
        Mode::Whole => {
            if whole / speed.max(1) > window.as_secs() {
                tracing::warn!(
                    seconds = whole / speed.max(1),
                    window = window.as_secs(),
                    "one function cannot read all of this while the server keeps the snapshot: use the state machine"
                );
            }
            Ok(most)
        }
        Mode::Ranges => Ok(fitting(speed, window).clamp(limits.least_range_bytes.min(most), most)),
    }
}

fn fitting(speed: u64, window: Duration) -> u64 {
    speed.saturating_mul(window.as_secs()) / u64::from(ROUNDS)
}

/// Bytes of documents a second of one range of the last complete dump: three of four were at least as fast. `None`: there is none, or it is too small to tell.
async fn last_speed(run: &Run<'_>) -> Result<Option<u64>, DumpError> {
    let Some(latest) = run.store.get(&run.location.render(&Key::Latest)).await? else {
        return Ok(None);
    };
    // The code that moves the pointer later reports what is wrong with it.
    let Ok(latest) = Latest::parse(&latest.bytes) else {
        return Ok(None);
    };
    let key = run.location.render(&Key::Run(latest.run, Object::Manifest));
    let Some(stored) = run.store.get(&key).await? else {
        return Ok(None);
    };
    Ok(Manifest::parse(&stored.bytes).ok().as_ref().and_then(speed))
}

fn speed(manifest: &Manifest) -> Option<u64> {
    let ranges = manifest.collections().iter().flat_map(|collection| &collection.ranges);
    let mut speeds: Vec<u64> = ranges
        .filter_map(|range| {
            let bytes: u64 = range.parts.iter().map(|part| part.bytes_bson).sum();
            let seconds = range.finished.unix() - range.started.unix();
            let seconds = u64::try_from(seconds).unwrap_or_default().max(1);
            (bytes >= TELLING).then_some(bytes / seconds)
        })
        .collect();
    speeds.sort_unstable();
    speeds.get(speeds.len() / 4).copied()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    /// The example of docs/dump-format.md with ranges of these bytes and seconds.
    fn manifest(ranges: &[(u64, i64)]) -> Manifest {
        use dump_format::manifest::{Collection, Kind, Range};
        let page = include_str!("../../../docs/dump-format.md");
        let (_, json) = page.split_once("```json manifest\n").unwrap();
        let (json, _) = json.split_once("\n```").unwrap();
        let example = Manifest::parse(json.as_bytes()).unwrap();
        let collection = &example.collections()[0];
        let ranges = (0..).zip(ranges).map(|(number, (bytes, seconds))| {
            let mut range: Range = collection.ranges[0].clone();
            range.range = dump_format::names::Ordinal::new(number).unwrap();
            range.finished = dump_format::UtcSeconds::from_unix(range.started.unix() + seconds).unwrap();
            range.parts[0].key.range = range.range;
            range.parts[0].bytes_bson = *bytes;
            range
        });
        let namespace = collection.namespace.clone();
        let collection = Collection::new(namespace, Kind::Collection, Default::default(), ranges.collect());
        let mut header = example.header();
        header.finished = dump_format::UtcSeconds::from_unix(header.started.unix() + 1_000).unwrap();
        Manifest::new(header, vec![collection], Vec::new()).unwrap()
    }

    #[test]
    fn the_speed_is_one_that_three_of_four_ranges_reached() {
        let mib = 1 << 20;
        let read = [
            (400 * mib, 100),
            (800 * mib, 100),
            (1_200 * mib, 100),
            (1_600 * mib, 100),
        ];
        assert_eq!(speed(&manifest(&read)), Some(8 * mib));
        // Less than a second counts as one.
        assert_eq!(speed(&manifest(&[(64 * mib, 0)])), Some(64 * mib));
        assert_eq!(speed(&manifest(&[(TELLING - 1, 1)])), None, "too small to tell");
    }

    #[test]
    fn a_range_is_read_in_a_quarter_of_the_window() {
        assert_eq!(fitting(4 << 20, Duration::from_secs(300)), 300 << 20);
        assert_eq!(fitting(SPEED, WINDOW), 1_125 << 20);
        assert_eq!(fitting(u64::MAX, WINDOW), u64::MAX / 4);
    }
}
