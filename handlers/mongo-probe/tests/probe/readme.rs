//! The README has what the code has.

use std::collections::BTreeSet;

use metric_names::mongodb as metric;

const README: &str = include_str!("../../README.md");

/// Names in the first column of a section's table.
fn listed(section: &str) -> BTreeSet<&'static str> {
    let (_, rest) = README.split_once(&format!("\n## {section}\n")).unwrap();
    // Without its subsections, which have tables of their own.
    let section = rest.split("\n## ").next().unwrap().split("\n### ").next().unwrap();
    let mut listed = BTreeSet::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{row}");
        assert!(listed.insert(cells[0].trim_matches('`')), "twice: {row}");
    }
    listed
}

#[test]
fn every_failure_is_in_the_readme_with_what_to_do_and_no_other_is() {
    assert_eq!(listed("Failures"), mongo_probe::FAILURES.into_iter().collect());
}

#[test]
fn every_metric_is_in_the_readme_and_no_other_is() {
    let all = [
        metric::UP,
        metric::CONNECTIONS,
        metric::AVAILABLE_CONNECTIONS,
        metric::OPS_PER_SECOND,
        metric::REPLICATION_LAG_SECONDS,
        metric::ROUND_TRIP_MILLISECONDS,
        metric::HAS_PRIMARY,
        metric::UNHEALTHY_MEMBERS,
        metric::UNREACHABLE_ROUTERS,
        metric::CACHE_USED_PERCENT,
        metric::CACHE_DIRTY_PERCENT,
        metric::DISK_USED_PERCENT,
    ];
    assert_eq!(listed("Metrics"), all.into_iter().collect());
    for name in [metric::NAMESPACE, metric::CLUSTER, metric::SHARD] {
        assert!(README.contains(&format!("`{name}`")), "{name}");
    }
}
