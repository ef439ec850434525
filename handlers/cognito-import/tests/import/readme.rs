//! The README says what the code does.

use std::collections::BTreeSet;

use metric_names::cognito_import as metric;

use crate::world::{ON_EXPORTS, ON_IMPORTS, ON_KEY, ON_POOL};

const README: &str = include_str!("../../README.md");

#[test]
fn every_failure_is_in_the_readme_with_what_to_do_and_no_other_is() {
    let (_, failures) = README.split_once("\n## Failures\n").unwrap();
    let mut listed = BTreeSet::new();
    for row in failures.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 3, "{row}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{row}");
        for name in cells[0].split(", ") {
            assert!(listed.insert(name.trim_matches('`')), "twice: {row}");
        }
    }
    assert_eq!(listed, cognito_import::FAILURES.into_iter().collect());
}

#[test]
fn every_metric_and_every_action_is_in_the_readme() {
    for name in [
        metric::NAMESPACE,
        metric::USER_POOL,
        metric::COMPLETED,
        metric::FAILED,
        metric::CREATED,
        metric::UNRESOLVED,
        metric::DURATION_SECONDS,
    ] {
        assert!(README.contains(&format!("`{name}`")), "{name}");
    }
    for action in ON_POOL.into_iter().chain(ON_KEY).chain(ON_EXPORTS).chain(ON_IMPORTS) {
        assert!(README.contains(&format!("`{action}`")), "{action}");
    }
}
