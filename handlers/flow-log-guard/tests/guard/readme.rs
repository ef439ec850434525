//! The README's tables are the code's lists.

use std::collections::BTreeSet;

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
    assert_eq!(listed, flow_log_guard::FAILURES.into_iter().collect());
}

#[test]
fn every_metric_and_every_setting_is_in_the_readme() {
    use metric_names::flow_logs as metric;
    let source = include_str!("../../src/settings.rs");
    let settings = source
        .split('"')
        .filter(|text| text.starts_with("LECTERN_") && !text.contains(' '));
    let metrics = [
        metric::NAMESPACE,
        metric::FLOW_LOG_GROUP,
        metric::PUBLIC_ADDRESS_FLOWS,
        metric::REJECTED_PUBLIC_ADDRESS_FLOWS,
        metric::RECORDS,
        metric::UNREADABLE_RECORDS,
        metric::SKIPPED_RECORDS,
    ];
    for name in settings.chain(metrics) {
        assert!(README.contains(&format!("`{name}`")), "{name}");
    }
}
