//! What can go wrong while a bundle is read or applied, one function per failure.

use std::collections::BTreeSet;
use std::time::Duration;

use provider_kit::{Interrupt, error, warning};
use tf_provider::{AttributePath, Diagnostics};

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

fn names(names: &BTreeSet<String>) -> String {
    listed(names.iter().map(String::as_str))
}

/// `id` is the import id of the bundle.
pub(crate) fn names_are_taken(diagnostics: &mut Diagnostics, taken: &BTreeSet<String>, id: &str, is_new: bool) {
    let ways_on = if is_new {
        format!(
            "If the resource block was renamed, add a `moved` block. If no resource manages the alarms, for example \
             after an interrupted create, add an `import` block with the id {id:?}, or set `adopt_existing = true` to \
             overwrite them with this bundle's definition. Otherwise set another `name`."
        )
    } else {
        "Set `adopt_existing = true` to overwrite them with this bundle's definition, or remove the targets or extra \
         alarms that define them from this configuration."
            .to_owned()
    };
    error(
        diagnostics,
        AttributePath::new("name"),
        "Alarms of these names exist already.",
        format!(
            "These alarms belong to another resource or another Terraform state, or were created outside of \
             Terraform. CloudWatch would overwrite them without a warning. Nothing was changed.\n{}\n{ways_on}",
            names(taken)
        ),
    );
}

pub(crate) fn others_stay(diagnostics: &mut Diagnostics, others: &BTreeSet<String>) {
    warning(
        diagnostics,
        AttributePath::root(),
        "Alarms of another resource were not removed.",
        format!(
            "Another resource adopted these alarms, so this bundle no longer owns them. They are kept in CloudWatch \
             and removed from the state of this resource.\n{}",
            names(others)
        ),
    );
}

pub(crate) fn alarms_belong_to_another(diagnostics: &mut Diagnostics, others: &BTreeSet<String>) {
    warning(
        diagnostics,
        AttributePath::root(),
        "Alarms were taken over by another resource.",
        format!(
            "Another resource, possibly in another Terraform state, overwrote these alarms. This bundle no longer \
             owns them, so they are removed from its state. Give the two bundles different names, or remove one of \
             them.\n{}",
            names(others)
        ),
    );
}

pub(crate) fn removal_is_refused(diagnostics: &mut Diagnostics, wanted: &[&String]) {
    error(
        diagnostics,
        AttributePath::root(),
        "Another resource of this run needs these alarms.",
        format!(
            "The other resource could not be created because these alarms exist. They were not deleted and stay in \
             the state. If the resource block was renamed, add a `moved` block from this address to the new one and \
             apply again. To replace the bundle, remove this block and apply, then add the new one.\n{}",
            listed(wanted.iter().map(|name| name.as_str()))
        ),
    );
}

pub(crate) fn owners_differ(diagnostics: &mut Diagnostics, region: &str, name: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "The alarms belong to several resources.",
        format!(
            "The alarms named \"{name}/...\" in {region} carry the markers of different resources, so they cannot be \
             imported as one bundle. Create the bundle with `adopt_existing = true` instead: it overwrites them with \
             its own definition."
        ),
    );
}

pub(crate) fn account_differs(diagnostics: &mut Diagnostics, in_state: &str, seen: &str, region: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "The bundle is in another AWS account.",
        format!(
            "The state contains alarms of account {in_state} in {region}, but the credentials belong to account \
             {seen}. An apply would create the bundle a second time and lose track of the first one. Nothing was \
             changed. Use credentials of account {in_state}. To move the bundle, destroy it in that account first, \
             then apply with these credentials."
        ),
    );
}

/// What Terraform does with the state of an operation that did not end well.
fn what_follows(is_new: bool) -> &'static str {
    if is_new {
        "The state contains the alarms that exist. Terraform marks the resource as tainted, so the next apply deletes \
         these alarms and creates all of them again. To keep them and continue from there, run `terraform untaint` \
         before the next apply."
    } else {
        "The state contains the alarms that exist, and the next apply continues from there."
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
                "{} alarms could not be written, and {left} more were not attempted. {}",
                failed.len(),
                what_follows(is_new)
            ),
        );
    }
}

pub(crate) fn composite_waits_for_children(diagnostics: &mut Diagnostics, name: &str) {
    error(
        diagnostics,
        AttributePath::new("composite"),
        "The composite alarm was not written.",
        format!(
            "The composite alarm {name:?} needs all of its child alarms, and some of them could not be written. \
            The next apply writes it."
        ),
    );
}

pub(crate) fn composite_waits_for_the_one_before(diagnostics: &mut Diagnostics, name: &str, before: &BTreeSet<String>) {
    error(
        diagnostics,
        AttributePath::new("composite"),
        "The composite alarm was not written.",
        format!(
            "A bundle has one composite alarm, and the previous one still exists. The next apply writes {name:?} \
             after the previous one is deleted.\n{}",
            names(before)
        ),
    );
}

pub(crate) fn alarms_vanished(diagnostics: &mut Diagnostics, vanished: &BTreeSet<String>) {
    error(
        diagnostics,
        AttributePath::root(),
        "An alarm vanished while the bundle was applied.",
        format!(
            "CloudWatch confirmed these alarms but does not list them. Either another process deletes them, or \
             CloudWatch needs more time. They stay in the state. The next plan creates those that do not exist.\n{}",
            names(vanished)
        ),
    );
}

pub(crate) fn alarms_were_taken(diagnostics: &mut Diagnostics, taken: &BTreeSet<String>) {
    error(
        diagnostics,
        AttributePath::new("name"),
        "Another resource wrote the same alarms at the same time.",
        format!(
            "These alarms now have the marker of another resource, so they are removed from this state. Give the two \
             bundles different names.\n{}",
            names(taken)
        ),
    );
}

pub(crate) fn child_of_foreign_composite(diagnostics: &mut Diagnostics, name: &str, composites: &[String]) {
    error(
        diagnostics,
        AttributePath::root(),
        "An alarm is a child of a composite that is not this bundle's.",
        format!(
            "CloudWatch does not delete {name:?} while the rule of {} refers to it. The alarm stays in the state. \
             Remove it from that rule, then apply again.",
            composites
                .iter()
                .map(|composite| format!("{composite:?}"))
                .collect::<Vec<_>>()
                .join(" and ")
        ),
    );
}

pub(crate) fn children_of_kept_composite(diagnostics: &mut Diagnostics, composite: &str, children: &BTreeSet<String>) {
    error(
        diagnostics,
        AttributePath::root(),
        "Alarms are children of the bundle's composite alarm, which still exists.",
        format!(
            "CloudWatch does not delete an alarm while the rule of a composite alarm refers to it, and the composite \
             alarm {composite:?} could not be deleted. These alarms stay in the state and are deleted together with \
             it.\n{}",
            names(children)
        ),
    );
}

pub(crate) fn delete_failed(diagnostics: &mut Diagnostics, names: &[String], cause: &AwsError) {
    error(
        diagnostics,
        AttributePath::root(),
        cause.summary(),
        format!(
            "Deleting alarms: {cause}. The alarms that still exist stay in the state. {}\n{}",
            cause.advice(),
            listed(names.iter().map(String::as_str))
        ),
    );
}

pub(crate) fn deleted_and_still_there(diagnostics: &mut Diagnostics, left: &BTreeSet<String>) {
    error(
        diagnostics,
        AttributePath::root(),
        "Alarms still exist after they were deleted.",
        format!(
            "CloudWatch accepted the deletion of these alarms but still lists them, so they stay in the state. Either \
             another process creates them again, or CloudWatch needs more time. Apply again.\n{}",
            names(left)
        ),
    );
}

/// The index of tags did not answer; CloudWatch did, alarm by alarm.
pub(crate) fn tags_are_read_one_by_one(diagnostics: &mut Diagnostics, alarms: usize, cause: &AwsError) {
    warning(
        diagnostics,
        AttributePath::new("tags"),
        "Tags are read alarm by alarm.",
        format!(
            "The tags of {alarms} alarms could not be read in batches of 100: {cause}. They were read with one call \
             per alarm instead, at the CloudWatch quota of ten calls per second. {}",
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
            "While {doing}: {cause}. The alarms themselves are as planned, but changes of their tags are not \
             detected. {}",
            cause.advice()
        ),
    );
}

pub(crate) fn interrupted(
    diagnostics: &mut Diagnostics,
    interrupt: Interrupt,
    timeout: Duration,
    doing: &str,
    is_new: bool,
) {
    let follows = what_follows(is_new);
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
            "The operation took too long.",
            format!(
                "The timeout of {} s was reached while {doing}. By default CloudWatch allows 3 writes per second, so \
                 1,000 alarms take six minutes. Increase the value for the operation in `timeouts`. {follows}",
                timeout.as_secs()
            ),
        ),
    }
}

pub(crate) fn truth_is_unknown(diagnostics: &mut Diagnostics, reason: &str) {
    warning(
        diagnostics,
        AttributePath::root(),
        "The result could not be read back.",
        format!(
            "The state contains what was written, as far as the provider knows. The next refresh completes it. \
            {reason}"
        ),
    );
}

pub(crate) fn import_id_is_malformed(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "Import id is malformed.",
        format!("Got {id:?}. Set the import ID to \"<region>/<bundle name>\", for example \"eu-central-1/edu-prod\"."),
    );
}

pub(crate) fn two_composites(diagnostics: &mut Diagnostics, names: &[String]) {
    error(
        diagnostics,
        AttributePath::root(),
        "The bundle has more than one composite alarm.",
        format!(
            "A bundle has at most one composite alarm. Delete or rename the others, then import again.\n{}",
            listed(names.iter().map(String::as_str))
        ),
    );
}

pub(crate) fn nothing_to_import(diagnostics: &mut Diagnostics, region: &str, name: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "The bundle does not exist.",
        format!(
            "No alarm in {region} is named \"{name}/<service>/<target>/<alarm>/<severity>\" or \
             \"{name}/extra/<name>/<severity>\". Check the Region, the name and the account, or create the bundle \
             instead."
        ),
    );
}
