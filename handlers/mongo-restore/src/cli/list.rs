//! `list`: a table for people, or JSON.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use dump_format::UtcSeconds;
use indicatif::{DecimalBytes, HumanCount};
use mongo_restore::{DumpState, Listed, Listing};

const HEADS: [&str; 7] = [
    "DUMP",
    "DATA AS OF (UTC)",
    "AGE",
    "DOCUMENTS",
    "SIZE",
    "STORED",
    "STATUS",
];

pub(super) fn table(listing: &Listing) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let rows: Vec<[String; 7]> = listing.dumps.iter().map(|dump| row(dump, now)).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].len());
        cells.chain([HEADS[column].len()]).max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..HEADS.len()).map(width).collect();
    let mut text = String::new();
    let heads = HEADS.map(str::to_owned);
    for row in [&heads].into_iter().chain(&rows) {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            // Numbers stand below each other.
            let _ok = match column {
                3..=5 => write!(line, "{cell:>width$}  "),
                _ => write!(line, "{cell:<width$}  "),
            };
        }
        let _ok = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn row(dump: &Listed, now: i64) -> [String; 7] {
    let time = UtcSeconds::from_unix(dump.consistent_at).map(|time| time.to_string());
    let time = time.unwrap_or_default().replace('T', " ").replace('Z', "");
    let size = |bytes: Option<u64>| bytes.map_or_else(|| "-".to_owned(), |bytes| DecimalBytes(bytes).to_string());
    let documents = dump.documents.map(|documents| HumanCount(documents).to_string());
    [
        dump.run.to_string(),
        time,
        age(now.saturating_sub(dump.consistent_at)),
        documents.unwrap_or_else(|| "-".to_owned()),
        size(dump.bytes),
        size(dump.stored_bytes),
        status(dump),
    ]
}

fn status(dump: &Listed) -> String {
    let mut status = match dump.state {
        None => "complete".to_owned(),
        Some(DumpState::NoManifest) => "no manifest".to_owned(),
        Some(DumpState::Replicating) => {
            let plural = if dump.missing == 1 { "" } else { "s" };
            format!("replicating: {} object{plural} missing", dump.missing)
        }
        Some(state) => state.to_string(),
    };
    if dump.latest {
        status.push_str(", latest");
    }
    status
}

fn age(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

/// What the words in the table mean, and what to type next.
pub(super) fn next(listing: &Listing) -> String {
    let mut text = String::new();
    for (state, meaning) in [
        (
            DumpState::Replicating,
            "replicating: the manifest exists, but some objects of the dump are not replicated yet",
        ),
        (
            DumpState::NoManifest,
            "no manifest: the dump failed, is still running, or its manifest is not replicated yet",
        ),
        (
            DumpState::Incomplete,
            "incomplete: a requested collection is missing; a restore lists it",
        ),
        (DumpState::Empty, "empty: there was nothing to dump"),
        (
            DumpState::Damaged,
            "damaged: its manifest cannot be read, or differs from latest.json",
        ),
    ] {
        if listing.dumps.iter().any(|dump| dump.state == Some(state)) {
            let _ok = writeln!(text, "{meaning}");
        }
    }
    if listing.more {
        let _ok = writeln!(text, "To list older dumps: --limit {}", listing.dumps.len() * 5);
    }
    if let Some(dump) = listing.dumps.iter().find(|dump| dump.state.is_none()) {
        let _ok = writeln!(text, "To restore the newest complete dump: --from {}", dump.from);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_said_in_the_unit_that_fits() {
        for (seconds, text) in [
            (-5, "0 min"),
            (59, "0 min"),
            (7_199, "119 min"),
            (7_200, "2 h"),
            (172_800, "2 days"),
        ] {
            assert_eq!(age(seconds), text, "{seconds}");
        }
    }
}
