//! What can go wrong while a bundle is read or applied, one function per failure.

use provider_kit::{Interrupt, Operation, error, warning};
use tf_provider::{AttributePath, Diagnostics};

use crate::aws::AwsError;

/// Names shown in a message; the rest is counted.
const NAMES_SHOWN: usize = 10;

fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let total = names.len();
    let mut text = names
        .take(NAMES_SHOWN)
        .map(|name| format!("  - {name}"))
        .collect::<Vec<_>>()
        .join("\n");
    if total > NAMES_SHOWN {
        text.push_str(&format!("\n  - and {} more", total - NAMES_SHOWN));
    }
    text
}

pub(crate) fn names_are_taken(diagnostics: &mut Diagnostics, names: &[String]) {
    error(
        diagnostics,
        AttributePath::new("name"),
        "Alarms of these names exist already.",
        format!(
            "They are not in this bundle's state, differ from its definition and do not carry its marker, so they belong to \
             somebody else, and CloudWatch would overwrite them without a word. Nothing was written.\n{}\nType another name, or \
             adopt_existing = true to take them over as this bundle defines them.",
            listed(names.iter().map(String::as_str))
        ),
    );
}

pub(crate) fn account_differs(diagnostics: &mut Diagnostics, in_state: &str, seen: &str, region: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "The bundle lives in another AWS account.",
        format!(
            "The state lists alarms of account {in_state} in {region}, and the credentials belong to account {seen}. Going on \
             would make the bundle a second time and forget the first. Nothing was changed. Use credentials of account \
             {in_state}, or move the bundle on purpose: destroy it there, then apply here."
        ),
    );
}

/// Writes that AWS refused, alarm by alarm.
pub(crate) fn writes_failed(diagnostics: &mut Diagnostics, failed: &[(String, AwsError)], left: usize) {
    for (name, cause) in failed.iter().take(NAMES_SHOWN) {
        let path = name.split_once('/').map_or_else(AttributePath::root, |(_, key)| {
            AttributePath::new("alarms").key(key.to_owned())
        });
        error(
            diagnostics,
            path,
            cause.summary(),
            format!("Alarm {name:?}: {cause}. {}", cause.advice()),
        );
    }
    if failed.len() > NAMES_SHOWN || left > 0 {
        error(
            diagnostics,
            AttributePath::root(),
            "The bundle is not complete.",
            format!(
                "{} alarms could not be written and {left} were not tried after that. The state lists what exists; the next \
                 apply goes on from there.",
                failed.len()
            ),
        );
    }
}

pub(crate) fn composite_was_not_tried(diagnostics: &mut Diagnostics, name: &str) {
    error(
        diagnostics,
        AttributePath::new("composite"),
        "The composite alarm was not written.",
        format!("{name:?} needs all of its children, and not all of them could be written. The next apply writes it."),
    );
}

pub(crate) fn alarm_vanished(diagnostics: &mut Diagnostics, name: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "An alarm vanished while the bundle was applied.",
        format!(
            "{name:?} was written and is not there. Somebody else deletes alarms of this name. The next plan creates it again."
        ),
    );
}

pub(crate) fn child_of_foreign_composite(diagnostics: &mut Diagnostics, name: &str, composites: &[String]) {
    error(
        diagnostics,
        AttributePath::root(),
        "An alarm is a child of a composite that is not this bundle's.",
        format!(
            "CloudWatch does not delete {name:?} while the rule of {} names it. All other alarms were deleted; this one stays in \
             the state. Take it out of that rule, then apply again.",
            composites
                .iter()
                .map(|composite| format!("{composite:?}"))
                .collect::<Vec<_>>()
                .join(" and ")
        ),
    );
}

pub(crate) fn delete_failed(diagnostics: &mut Diagnostics, name: &str, cause: &AwsError) {
    error(
        diagnostics,
        AttributePath::root(),
        cause.summary(),
        format!(
            "Deleting alarm {name:?}: {cause}. It stays in the state. {}",
            cause.advice()
        ),
    );
}

pub(crate) fn tags_are_denied(diagnostics: &mut Diagnostics, doing: &str, cause: &AwsError) {
    warning(
        diagnostics,
        AttributePath::new("tags"),
        "Tags cannot be read or written.",
        format!(
            "While {doing}: {cause}. The alarms themselves are as planned, and changes of tags go unnoticed. {}",
            cause.advice()
        ),
    );
}

pub(crate) fn interrupted(diagnostics: &mut Diagnostics, interrupt: Interrupt, operation: &Operation, doing: &str) {
    match interrupt {
        Interrupt::Stopped => error(
            diagnostics,
            AttributePath::root(),
            "Interrupted.",
            format!(
                "Terraform was asked to stop while {doing}. The state lists what exists; the next apply goes on from there."
            ),
        ),
        Interrupt::TimedOut => error(
            diagnostics,
            AttributePath::new("timeouts"),
            "The time for the operation is over.",
            format!(
                "It was {} s, and ended while {doing}. CloudWatch takes 3 writes a second, so 1,000 alarms take six minutes. The \
                 state lists what exists; the next apply goes on from there. Raise the operation's entry in timeouts.",
                operation.timeout().as_secs()
            ),
        ),
    }
}

pub(crate) fn truth_is_unknown(diagnostics: &mut Diagnostics, cause: &AwsError) {
    warning(
        diagnostics,
        AttributePath::root(),
        "The result could not be read back.",
        format!(
            "The state lists what was written as far as it is known; the next refresh completes it. {cause}. {}",
            cause.advice()
        ),
    );
}

pub(crate) fn import_id_is_malformed(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "Import id is malformed.",
        format!("Got {id:?}. Type \"<region>/<bundle name>\", for example \"eu-central-1/edu-prod\"."),
    );
}

pub(crate) fn nothing_to_import(diagnostics: &mut Diagnostics, region: &str, name: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "There is no such bundle.",
        format!(
            "No alarm in {region} is named \"{name}/<service>/<target>/<alarm>/<severity>\" or \
             \"{name}/extra/<name>/<severity>\". Check region, name and account, or create the bundle instead."
        ),
    );
}
