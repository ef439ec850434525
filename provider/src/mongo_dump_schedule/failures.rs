//! What can go wrong with a schedule, one function per failure.

use std::ops::RangeInclusive;

use dump_format::payload::FieldProblem;
use jiff::Timestamp;
use provider_kit::{Interrupt, Num, error, warning};
use schedule_expression::{NeverFires, ParseError, UnknownZone};
use tf_provider::{AttributePath, Diagnostics};

use super::timing::expression_path;
use crate::connection::aws::AwsError;

pub(super) fn name_is_malformed(diagnostics: &mut Diagnostics, path: AttributePath, name: &str) {
    error(
        diagnostics,
        path,
        "Schedule name is malformed.",
        format!(
            "Got {name:?}, and Scheduler takes 1 to 64 letters, digits, -, _ and . here. Type for example \"MongoDBDumpEvery6Hours\"."
        ),
    );
}

pub(super) fn description_is_too_long(diagnostics: &mut Diagnostics, path: AttributePath, length: usize, limit: usize) {
    error(
        diagnostics,
        path,
        "Description is too long.",
        format!("Got {length} characters, and Scheduler takes {limit}. Shorten it."),
    );
}

pub(super) fn date_is_malformed(diagnostics: &mut Diagnostics, path: AttributePath, date: &str) {
    error(
        diagnostics,
        path,
        "Date is malformed.",
        format!(
            "Got {date:?}, which names no single moment. Type an instant with its offset from UTC, for example \"2030-01-31T03:00:00Z\"."
        ),
    );
}

pub(super) fn expression_is_malformed(diagnostics: &mut Diagnostics, path: AttributePath, cause: &ParseError) {
    error(
        diagnostics,
        path,
        "Schedule expression is malformed.",
        cause.to_string(),
    );
}

pub(super) fn zone_is_unknown(diagnostics: &mut Diagnostics, path: AttributePath, cause: &UnknownZone) {
    error(diagnostics, path, "Time zone is unknown.", cause.to_string());
}

pub(super) fn target_is_malformed(diagnostics: &mut Diagnostics, path: AttributePath, arn: &str) {
    error(
        diagnostics,
        path,
        "Dump target is neither a function nor a state machine.",
        format!(
            "Got {arn:?}, which cannot run a dump. Type the ARN of the dump function, best of its alias (aws_lambda_alias.x.arn), or of a Step Functions \
             state machine (aws_sfn_state_machine.x.arn)."
        ),
    );
}

pub(super) fn arn_is_malformed(diagnostics: &mut Diagnostics, path: AttributePath, arn: &str) {
    error(
        diagnostics,
        path,
        "ARN is malformed.",
        format!("Got {arn:?}, which AWS refuses. Type arn:<partition>:<service>:<region>:<account>:<resource>."),
    );
}

pub(super) fn number_is_out_of_range(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    number: &Num,
    range: &RangeInclusive<i64>,
) {
    error(
        diagnostics,
        path,
        "Number is out of range.",
        format!(
            "Got {number}, which Scheduler refuses. Type a whole number from {} to {}.",
            range.start(),
            range.end()
        ),
    );
}

pub(super) fn dump_field_is_malformed(diagnostics: &mut Diagnostics, problem: &FieldProblem) {
    let path = AttributePath::new("dump").attribute(problem.field);
    let path = match problem.element.and_then(|element| i64::try_from(element).ok()) {
        Some(element) => path.index(element),
        None => path,
    };
    // The value is not repeated: what was typed by mistake may be a connection string with its password.
    let invalid = &problem.invalid;
    let mut reason = invalid.reason.to_owned();
    if let Some(first) = reason.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    error(
        diagnostics,
        path,
        "Dump setting is malformed.",
        format!("Got a value that is not {}. {reason}.", invalid.expected),
    );
}

pub(super) fn ends_before_it_starts(diagnostics: &mut Diagnostics, start: Timestamp, end: Timestamp) {
    error(
        diagnostics,
        AttributePath::new("end_date"),
        "Schedule ends before it starts.",
        format!("Got the end {end} and the start {start}, so nothing is between them. Type a later end, or none."),
    );
}

pub(super) fn start_is_past(diagnostics: &mut Diagnostics, start: Timestamp) {
    error(
        diagnostics,
        AttributePath::new("start_date"),
        "Start date is in the past.",
        format!(
            "Got {start}, and Scheduler refuses a start more than five minutes ago. Type a later one; left out, a rate runs at once."
        ),
    );
}

pub(super) fn never_fires(diagnostics: &mut Diagnostics, cause: &NeverFires) {
    error(
        diagnostics,
        expression_path(),
        "Dump schedule never fires.",
        cause.to_string(),
    );
}

pub(super) fn import_id_is_malformed(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "Import id is malformed.",
        format!(
            "Got {id:?}. Type it as <region>/<group>/<name>, for example \"eu-central-1/default/MongoDBDumpEvery6Hours\"."
        ),
    );
}

pub(super) fn nothing_to_import(diagnostics: &mut Diagnostics, region: &str, group: &str, name: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "There is no such schedule.",
        format!(
            "Region {region} has no schedule {name:?} in group {group:?}. `aws scheduler list-schedules --region {region}` shows those it has."
        ),
    );
}

pub(super) fn exists_and_differs(diagnostics: &mut Diagnostics, group: &str, name: &str, arn: &str, fields: &[&str]) {
    error(
        diagnostics,
        AttributePath::new("name"),
        "A schedule of this name exists.",
        format!(
            "Group {group:?} has a schedule {name:?} ({arn}) that differs in {}, so it is somebody else's. Nothing was changed. \
             Choose another name, `terraform import` it, or remove it.",
            fields.join(", ")
        ),
    );
}

/// Create met a schedule, and the look at it met none.
pub(super) fn vanished(diagnostics: &mut Diagnostics, name: &str) {
    error(
        diagnostics,
        AttributePath::new("name"),
        "The schedule came and went.",
        format!(
            "While creating {name:?} Scheduler said that it exists, and a moment later that it does not. Somebody else works on it; \
             apply again when they are done."
        ),
    );
}

pub(super) fn group_does_not_exist(diagnostics: &mut Diagnostics, region: &str, group: &str) {
    error(
        diagnostics,
        AttributePath::new("group_name"),
        "Schedule group does not exist.",
        format!(
            "Region {region} has no schedule group {group:?}. Make it with aws_scheduler_schedule_group and refer to its name, or \
             leave group_name out for the group \"default\"."
        ),
    );
}

pub(super) fn gone_before_update(diagnostics: &mut Diagnostics, name: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "The schedule is gone.",
        format!(
            "Scheduler has no {name:?} any more, so there is nothing to change. Apply again: the refresh plans it anew."
        ),
    );
}

pub(super) fn stopped(diagnostics: &mut Diagnostics, interrupt: Interrupt) {
    let (summary, why) = match interrupt {
        Interrupt::Stopped => ("Interrupted.", "Terraform was asked to stop"),
        Interrupt::TimedOut => ("The schedule took too long.", "The time was over"),
    };
    error(
        diagnostics,
        AttributePath::new("role_arn"),
        summary,
        format!("{why} while Scheduler could not assume the role yet. The schedule was not changed; apply again."),
    );
}

const VERIFY_OFF: &str = "or set verify_target = false to apply without the look";

pub(super) fn target_does_not_exist(diagnostics: &mut Diagnostics, arn: &str, qualifier: Option<&str>) {
    let seen = match qualifier {
        Some(qualifier) => format!("The function {arn} has no alias or version {qualifier:?}"),
        None => format!("There is no function {arn}"),
    };
    error(
        diagnostics,
        AttributePath::new("target_arn"),
        "Dump target does not exist.",
        format!(
            "{seen}, so every run would fail. Make it first, refer to it by its resource so that Terraform does, {VERIFY_OFF}."
        ),
    );
}

pub(super) fn target_is_in_another_region(diagnostics: &mut Diagnostics, arn: &str, region: &str) {
    warning(
        diagnostics,
        AttributePath::new("target_arn"),
        "Dump target is in another region.",
        format!(
            "Got {arn}, and the schedule is in {region}: EventBridge Scheduler calls what is in its own region, so no dump would run. Set \
             region to the target's, or name a target in {region}."
        ),
    );
}

pub(super) fn target_is_not_active(diagnostics: &mut Diagnostics, arn: &str, state: &str, reason: &str) {
    error(
        diagnostics,
        AttributePath::new("target_arn"),
        "Dump target is not active.",
        format!(
            "{arn} is {state} ({reason}), so the next run could fail. Repair it, or call it once where it is Inactive, and apply again, \
             {VERIFY_OFF}."
        ),
    );
}

pub(super) fn target_update_failed(diagnostics: &mut Diagnostics, arn: &str, status: &str, reason: &str) {
    error(
        diagnostics,
        AttributePath::new("target_arn"),
        "The last update of the dump target did not succeed.",
        format!(
            "{arn} says {status} ({reason}), so a run would use what was there before. Repair the function and apply again, {VERIFY_OFF}."
        ),
    );
}

pub(super) fn target_has_little_memory(diagnostics: &mut Diagnostics, arn: &str, memory: i32, least: i32) {
    error(
        diagnostics,
        AttributePath::new("target_arn"),
        "Dump target has too little memory.",
        format!(
            "{arn} has {memory} MB, and Lambda's share of a processor grows with memory: a dump would run into its time limit. Set \
             memory_size to {least} or more, {VERIFY_OFF}."
        ),
    );
}

pub(super) fn interval_is_below_timeout(diagnostics: &mut Diagnostics, arn: &str, seconds: i64, timeout: i32) {
    warning(
        diagnostics,
        AttributePath::new("schedule_expression"),
        "The interval is below the function's timeout.",
        format!(
            "Two runs may be {seconds} s apart, and {arn} may run for {timeout} s. A run that finds another one at work ends without a \
             dump. Lengthen the interval where dumps take that long."
        ),
    );
}

pub(super) fn target_not_verified(diagnostics: &mut Diagnostics, arn: &str, cause: &AwsError) {
    warning(
        diagnostics,
        AttributePath::new("target_arn"),
        "The dump target was not verified.",
        format!(
            "While looking at {arn}: {cause}. Nothing about it was verified. {}",
            cause.advice()
        ),
    );
}

pub(super) fn target_not_looked_at(diagnostics: &mut Diagnostics, arn: &str, cause: &AwsError) {
    error(
        diagnostics,
        AttributePath::new("target_arn"),
        cause.summary(),
        format!(
            "While looking at {arn}: {cause}. {} Repair that, {VERIFY_OFF}.",
            cause.advice()
        ),
    );
}

pub(super) fn stopped_while_looking(diagnostics: &mut Diagnostics, arn: &str) {
    error(
        diagnostics,
        AttributePath::new("target_arn"),
        "Interrupted.",
        format!("While waiting for {arn} to be ready. The schedule was not changed; apply again."),
    );
}
