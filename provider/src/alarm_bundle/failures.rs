//! What can go wrong while a bundle is read or applied, one function per failure.

use provider_kit::{Interrupt, error, warning};
use tf_provider::{AttributePath, Diagnostics};

use super::converge::Run;
use crate::connection::aws::AwsError;

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

/// What Terraform does with the state of an operation that did not end well.
fn what_follows(is_new: bool) -> &'static str {
    if is_new {
        "The state lists what exists. Terraform marks a resource whose create failed as tainted: the next apply deletes what \
         the state lists and makes the whole; after `terraform untaint` it keeps that and goes on from there."
    } else {
        "The state lists what exists; the next apply goes on from there."
    }
}

/// Writes that AWS refused, alarm by alarm.
pub(crate) fn writes_failed(diagnostics: &mut Diagnostics, failed: &[(String, AwsError)], left: usize, is_new: bool) {
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
    if failed.len() > NAMES_SHOWN || left > 0 || is_new {
        error(
            diagnostics,
            AttributePath::root(),
            "The bundle is not complete.",
            format!(
                "{} alarms could not be written and {left} were not tried after that. {}",
                failed.len(),
                what_follows(is_new)
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
             the state. Take it out of that rule, then run this again.",
            composites
                .iter()
                .map(|composite| format!("{composite:?}"))
                .collect::<Vec<_>>()
                .join(" and ")
        ),
    );
}

pub(crate) fn delete_failed(diagnostics: &mut Diagnostics, names: &[String], cause: &AwsError) {
    error(
        diagnostics,
        AttributePath::root(),
        cause.summary(),
        format!(
            "Deleting alarms: {cause}. Those that are still there stay in the state. {}\n{}",
            cause.advice(),
            listed(names.iter().map(String::as_str))
        ),
    );
}

pub(crate) fn deleted_and_still_there(diagnostics: &mut Diagnostics, names: &[String]) {
    error(
        diagnostics,
        AttributePath::root(),
        "Alarms are still there after they were deleted.",
        format!(
            "CloudWatch accepted their deletion and still lists them, so they stay in the state. Either somebody else creates \
             them again, or CloudWatch needs a moment: apply again.\n{}",
            listed(names.iter().map(String::as_str))
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

pub(crate) fn interrupted(diagnostics: &mut Diagnostics, interrupt: Interrupt, run: &Run<'_>, doing: &str) {
    let follows = what_follows(run.is_new);
    match interrupt {
        Interrupt::Stopped => error(
            diagnostics,
            AttributePath::root(),
            "Interrupted.",
            format!("Terraform was asked to stop while {doing}. {follows}"),
        ),
        Interrupt::TimedOut => error(
            diagnostics,
            AttributePath::new("timeouts"),
            "The time for the operation is over.",
            format!(
                "It was {} s, and ended while {doing}. CloudWatch takes 3 writes a second, so 1,000 alarms take six minutes. \
                 Raise the operation's entry in timeouts. {follows}",
                run.operation.timeout().as_secs()
            ),
        ),
    }
}

pub(crate) fn truth_is_unknown(diagnostics: &mut Diagnostics, reason: &str) {
    warning(
        diagnostics,
        AttributePath::root(),
        "The result could not be read back.",
        format!("The state lists what was written as far as it is known; the next refresh completes it. {reason}"),
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

pub(crate) fn two_composites(diagnostics: &mut Diagnostics, names: &[String]) {
    error(
        diagnostics,
        AttributePath::root(),
        "The bundle has more than one composite alarm.",
        format!(
            "A bundle has one at most, so only one of these can be taken over. Delete or rename the others, then import \
             again.\n{}",
            listed(names.iter().map(String::as_str))
        ),
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
