//! The README's tables are the code's lists.

use std::collections::BTreeSet;

use metric_names::origin_failover as metric;

use crate::permissions::{ON_BOTH, ON_DISTRIBUTION, ON_ZONE};

const README: &str = include_str!("../../README.md");

#[test]
fn every_failure_is_in_the_readme_with_what_to_do_and_no_other_is() {
    let (_, failures) = README.split_once("\n## Failures\n").unwrap();
    let (failures, _) = failures.split_once("\n## ").unwrap();
    let mut listed = BTreeSet::new();
    for row in failures.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 3, "{row}");
        assert!(listed.insert(cells[0].trim_matches('`')), "twice: {row}");
    }
    assert_eq!(listed, origin_failover::FAILURES.into_iter().collect());
}

#[test]
fn every_reason_is_in_the_readme() {
    use origin_failover::Reason::*;
    for reason in [
        Healthy,
        Unknown,
        Holding,
        FailbackIsManual,
        ByHand,
        RegionUnhealthy,
        Failback,
        BothUnhealthy,
        OtherUnknown,
    ] {
        assert!(README.contains(&format!("`{}`", reason.name())), "{reason:?}");
    }
}

#[test]
fn every_metric_setting_and_action_is_in_the_readme() {
    let source = include_str!("../../src/settings.rs");
    let settings = source
        .split('"')
        .filter(|text| text.starts_with("LECTERN_") && !text.contains(' '));
    let metrics = [
        metric::NAMESPACE,
        metric::WRITE_PATH,
        metric::SWITCHED,
        metric::REFUSED,
        metric::FAILED,
        metric::ON_SECONDARY,
        metric::READY,
    ];
    let actions = ON_BOTH.into_iter().chain(ON_DISTRIBUTION).chain(ON_ZONE);
    for name in settings.chain(metrics).chain(actions) {
        assert!(README.contains(&format!("`{name}`")), "{name}");
    }
}
