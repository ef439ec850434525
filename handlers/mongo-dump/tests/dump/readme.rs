//! The README's table of failures is the code's list.

use std::collections::BTreeSet;

const README: &str = include_str!("../../README.md");

#[test]
fn every_failure_is_in_the_readme_with_what_to_do_and_no_other_is() {
    let (_, failures) = README.split_once("\n## Failures\n").unwrap();
    let mut listed = BTreeSet::new();
    for row in failures.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 3, "{row}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{row}");
        assert!(listed.insert(cells[0].trim_matches('`')), "twice: {row}");
    }
    assert_eq!(listed, mongo_dump::FAILURES.into_iter().collect());
}

#[test]
fn every_metric_is_in_the_readme() {
    use metric_names::mongo_dump as metric;
    let names = [metric::NAMESPACE, metric::SCHEDULE, metric::COMPLETED, metric::FAILED];
    for name in names.into_iter().chain([
        metric::SNAPSHOT,
        metric::DOCUMENTS,
        metric::BYTES,
        metric::DURATION_SECONDS,
    ]) {
        assert!(README.contains(&format!("`{name}`")), "{name}");
    }
}
