//! What the pages say is so.

use std::collections::BTreeSet;

use mongo_restore::event::Event;

use crate::process::{command, end, start};

const README: &str = include_str!("../../README.md");
const RUNBOOK: &str = include_str!("../../../../docs/runbooks/restore.md");

/// The first column of the table below a heading, without its backticks.
fn first_column(page: &str, heading: &str) -> BTreeSet<String> {
    let section = page.split_once(heading).unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split_once('`').unwrap().0.to_owned()).collect()
}

#[test]
fn every_failure_has_a_row_and_every_row_a_failure() {
    let names: BTreeSet<_> = mongo_restore::NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(names.len(), mongo_restore::NAMES.len());
    assert_eq!(first_column(README, "## Failures"), names);
}

#[test]
fn every_metric_has_a_row_and_every_row_a_metric() {
    use metric_names::mongo_restore as names;
    let all = [
        names::DRILL_COMPLETED,
        names::DRILL_FAILED,
        names::RTO_SECONDS,
        names::RPO_SECONDS,
        names::DOCUMENTS,
        names::BYTES,
    ];
    let all: BTreeSet<_> = all.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(first_column(README, "## Metrics"), all);
    assert!(README.contains(names::NAMESPACE) && README.contains(names::CLUSTER));
}

#[test]
fn the_events_on_the_pages_are_events() {
    let mut events = 0;
    for page in [README, RUNBOOK] {
        for block in page.split("```json event\n").skip(1) {
            let json = block.split("```").next().unwrap();
            Event::parse(json).unwrap_or_else(|error| panic!("{error}\n{json}"));
            events += 1;
        }
    }
    assert!(events >= 2, "{events}");
}

/// Every option that a page shows is one that the command has.
#[tokio::test]
async fn the_commands_on_the_pages_are_commands() {
    let mut help = command(&[]);
    help.arg("--help");
    let help = end(start(help)).await.stdout;
    let mut options = BTreeSet::new();
    for page in [README, RUNBOOK] {
        let blocks = page.split("```").skip(1).step_by(2);
        let lines = blocks
            .filter(|block| block.contains("mongo-restore --"))
            .flat_map(str::lines);
        let lines = lines
            .filter(|line| !line.starts_with("aws "))
            .flat_map(str::split_whitespace);
        options.extend(lines.filter(|word| word.starts_with("--")).map(str::to_owned));
    }
    assert!(options.len() >= 6, "{options:?}");
    for option in options {
        assert!(help.contains(&format!("{option} ")), "{option}");
    }
}
