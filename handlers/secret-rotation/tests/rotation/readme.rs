//! The README says what the code does.

use std::collections::BTreeSet;

use metric_names::secret_rotation as metric;

use crate::world::{ON_MASTER, ON_SECRET};

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
    assert_eq!(listed, secret_rotation::FAILURES.into_iter().collect());
}

#[test]
fn every_metric_and_every_action_is_in_the_readme() {
    for name in [
        metric::NAMESPACE,
        metric::SECRET,
        metric::STEP,
        metric::FAILURES,
        metric::ROTATIONS,
        metric::AGE_DAYS,
    ] {
        assert!(README.contains(&format!("`{name}`")), "{name}");
    }
    let words = README.split('`').filter(|word| word.starts_with("secretsmanager:"));
    let given = ON_SECRET.into_iter().chain(ON_MASTER).collect();
    assert_eq!(words.collect::<BTreeSet<_>>(), given);
}
