//! What can go wrong with a schedule, one function per failure.

use std::ops::RangeInclusive;
use std::time::Duration;

use dump_format::payload::FieldProblem;
use jiff::Timestamp;
use provider_kit::{Interrupt, Num, OwnerToken, Unwritten, error, warning};
use schedule_expression::{NeverFires, ParseError, UnknownZone};
use tf_provider::{AttributePath, Diagnostics};

use super::marker::DESCRIPTION_CHARACTERS;
use super::place::Place;
use super::unanswered::{ReadError, WriteError};
use crate::connection::aws::{AwsError, aws_call_failed};

const TYPE: &str = "lectern_mongo_dump_schedule";

pub(super) fn name_is_malformed(diagnostics: &mut Diagnostics, path: AttributePath, name: &str) {
    error(
        diagnostics,
        path,
        "Schedule name is malformed.",
        format!(
            "Got {name:?}. EventBridge Scheduler accepts 1 to 64 letters, digits, -, _ and . here. Set a name such as \
             \"MongoDBDumpEvery6Hours\"."
        ),
    );
}

pub(super) fn description_is_too_long(diagnostics: &mut Diagnostics, path: AttributePath, length: usize) {
    error(
        diagnostics,
        path,
        "Description is too long.",
        format!(
            "Got {length} characters. The provider adds one line that identifies the owner of the schedule, so \
             `description` can have at most {DESCRIPTION_CHARACTERS} characters. Shorten it."
        ),
    );
}

pub(super) fn date_is_malformed(diagnostics: &mut Diagnostics, path: AttributePath, date: &str) {
    error(
        diagnostics,
        path,
        "Date is malformed.",
        format!(
            "Got {date:?}, which is not a date and time with a UTC offset. Use RFC 3339 format, for example \
             \"2030-01-31T03:00:00Z\"."
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
            "Got {arn:?}, which cannot run a dump. Set `target_arn` to the ARN of the dump function, preferably of \
             its alias (aws_lambda_alias.x.arn), or of a Step Functions state machine (aws_sfn_state_machine.x.arn)."
        ),
    );
}

pub(super) fn arn_is_malformed(diagnostics: &mut Diagnostics, path: AttributePath, arn: &str) {
    error(
        diagnostics,
        path,
        "ARN is malformed.",
        format!(
            "Got {arn:?}, which is not an ARN. Use the form arn:<partition>:<service>:<region>:<account>:<resource>."
        ),
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
            "Got {number}, which Scheduler refuses. Use a whole number from {} to {}.",
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
        format!(
            "Got the end {end}, which is not after the start {start}, so the schedule would never run. Set a later \
             `end_date`, or remove it."
        ),
    );
}

pub(super) fn start_is_past(diagnostics: &mut Diagnostics, start: Timestamp) {
    error(
        diagnostics,
        AttributePath::new("start_date"),
        "Start date is in the past.",
        format!(
            "Got {start}. EventBridge Scheduler rejects a start date more than five minutes in the past. Set a later \
             `start_date`, or remove it. Without `start_date`, a rate schedule runs immediately."
        ),
    );
}

pub(super) fn never_fires(diagnostics: &mut Diagnostics, cause: &NeverFires) {
    error(
        diagnostics,
        AttributePath::new("schedule_expression"),
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
            "Got {id:?}. Set the import ID to <region>/<group>/<name>, for example \
             \"eu-central-1/default/MongoDBDumpEvery6Hours\"."
        ),
    );
}

pub(super) fn nothing_to_import(diagnostics: &mut Diagnostics, region: &str, group: &str, name: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "The schedule does not exist.",
        format!(
            "Region {region} has no schedule {name:?} in group {group:?}. To list the existing schedules, run `aws \
             scheduler list-schedules --region {region}`."
        ),
    );
}

/// What makes a schedule that exists one's own.
fn way_in(place: &Place) -> String {
    format!(
        "If the resource block was renamed, add a `moved` block from {TYPE}.<old name> to {TYPE}.<new name>. If no \
         Terraform state contains the schedule, for example after an interrupted apply, add an `import` block with id \
         = {:?}. Otherwise set another `name`.",
        place.id()
    )
}

pub(super) fn exists(diagnostics: &mut Diagnostics, place: &Place, arn: &str, owner: Option<&OwnerToken>) {
    let whose = match owner {
        Some(_) => "that another resource created",
        None => "that this resource did not create",
    };
    error(
        diagnostics,
        AttributePath::new("name"),
        "A schedule of this name exists.",
        format!(
            "Group {:?} has a schedule {:?} ({arn}) {whose}. Nothing was changed. {}",
            place.group,
            place.name,
            way_in(place)
        ),
    );
}

/// It exists, and cannot be looked at.
pub(super) fn exists_unseen(diagnostics: &mut Diagnostics, place: &Place, cause: &ReadError) {
    let why = match cause {
        ReadError::Aws(cause) => format!("{cause}. {}", cause.advice()),
        ReadError::Interrupted(_) => "the operation had to end.".to_owned(),
    };
    error(
        diagnostics,
        AttributePath::new("name"),
        "A schedule of this name exists.",
        format!(
            "Group {:?} has a schedule {:?}, and its owner could not be read: {why} Nothing was changed. {}",
            place.group,
            place.name,
            way_in(place)
        ),
    );
}

/// The schedule of a state is another resource's by now.
pub(super) fn taken_over(diagnostics: &mut Diagnostics, place: &Place, arn: &str) {
    warning(
        diagnostics,
        AttributePath::new("name"),
        "The schedule belongs to another resource.",
        format!(
            "Another resource created or changed {arn} after the last apply, so the schedule is removed from this \
             state. {}",
            way_in(place)
        ),
    );
}

pub(super) fn belongs_to_another(diagnostics: &mut Diagnostics, place: &Place, arn: &str) {
    error(
        diagnostics,
        AttributePath::new("name"),
        "The schedule belongs to another resource.",
        format!(
            "Another resource created or changed {arn} after the plan. Nothing was changed. {}",
            way_in(place)
        ),
    );
}

/// A destroy that leaves the schedule alone.
pub(super) fn left_to_another(diagnostics: &mut Diagnostics, place: &Place, arn: &str) {
    warning(
        diagnostics,
        AttributePath::new("name"),
        "The schedule was not deleted.",
        format!(
            "{arn} now belongs to another resource. It was not deleted and is removed from this state. If nothing \
             needs it, delete it with `aws scheduler delete-schedule --region {} --group-name {} --name {}`.",
            place.region, place.group, place.name
        ),
    );
}

/// A destroy of what a create of the same run was refused.
pub(super) fn wanted_by_another(diagnostics: &mut Diagnostics, place: &Place, arn: &str) {
    error(
        diagnostics,
        AttributePath::new("name"),
        "The schedule was not deleted.",
        format!(
            "Another resource block of this configuration needs {arn}, and could not create it because it exists. It \
             was not deleted and stays in the state of this resource. If the resource block was renamed, add a \
             `moved` block from {TYPE}.<old name> to {TYPE}.<new name> and apply again; otherwise set another `name` \
             in the new block. The schedule is {}.",
            place.id()
        ),
    );
}

/// Create met a schedule, and the look at it met none.
pub(super) fn vanished(diagnostics: &mut Diagnostics, name: &str) {
    error(
        diagnostics,
        AttributePath::new("name"),
        "The schedule changed while it was created.",
        format!(
            "While creating {name:?}, EventBridge Scheduler first answered that the schedule exists and then that it \
             does not. Another process might be changing it. Apply again."
        ),
    );
}

pub(super) fn group_does_not_exist(diagnostics: &mut Diagnostics, region: &str, group: &str) {
    error(
        diagnostics,
        AttributePath::new("group_name"),
        "Schedule group does not exist.",
        format!(
            "Region {region} has no schedule group {group:?}. Create it with aws_scheduler_schedule_group and use its \
             name, or remove `group_name` to use the group \"default\"."
        ),
    );
}

pub(super) fn gone_before_update(diagnostics: &mut Diagnostics, name: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "The schedule no longer exists.",
        format!("Schedule {name:?} was deleted after the plan, so it cannot be updated. Apply again to create it."),
    );
}

/// An operation that had to end; `doing` is a phrase such as "reading the schedule x".
pub(super) fn interrupted(diagnostics: &mut Diagnostics, doing: &str, interrupt: Interrupt, timeout: Duration) {
    let (summary, why) = ended(interrupt, timeout);
    error(
        diagnostics,
        AttributePath::root(),
        summary,
        format!("{why} while {doing}. Nothing was changed. Apply again."),
    );
}

fn ended(interrupt: Interrupt, timeout: Duration) -> (&'static str, String) {
    match interrupt {
        Interrupt::Stopped => ("Interrupted.", "Terraform was asked to stop".to_owned()),
        Interrupt::TimedOut => (
            "The schedule took too long.",
            format!("The time limit of {} s was reached", timeout.as_secs()),
        ),
    }
}

/// A look without a result.
pub(super) fn not_read(diagnostics: &mut Diagnostics, doing: &str, cause: &ReadError, timeout: Duration) {
    match cause {
        ReadError::Aws(cause) => aws_call_failed(diagnostics, doing, cause),
        ReadError::Interrupted(interrupt) => interrupted(diagnostics, doing, *interrupt, timeout),
    }
}

/// A write without a result; `doing` is "creating", "changing" or "deleting".
pub(super) fn not_written(
    diagnostics: &mut Diagnostics,
    doing: &str,
    place: &Place,
    cause: &WriteError,
    timeout: Duration,
) {
    let doing = format!("{doing} the schedule {}", place.id());
    match cause {
        WriteError::Aws(cause) => aws_call_failed(diagnostics, &doing, cause),
        WriteError::NotFound | WriteError::Exists => vanished(diagnostics, &place.name),
        WriteError::Interrupted(Unwritten::NotBegun(interrupt)) => {
            interrupted(diagnostics, &doing, *interrupt, timeout);
        }
        WriteError::Interrupted(Unwritten::Unanswered(interrupt)) => {
            let (summary, why) = ended(*interrupt, timeout);
            error(
                diagnostics,
                AttributePath::root(),
                summary,
                format!(
                    "{why} while {doing}, and EventBridge Scheduler has not answered. The change might have been \
                     made. Apply again: the refresh reads the current schedule."
                ),
            );
        }
        WriteError::RoleUnknown(interrupt) => {
            let (summary, why) = ended(*interrupt, timeout);
            error(
                diagnostics,
                AttributePath::new("role_arn"),
                summary,
                format!(
                    "{why} while Scheduler could not assume the role yet. The schedule was not changed. Apply again."
                ),
            );
        }
    }
}

/// A create that may have been carried out, and nothing tells.
pub(super) fn may_exist(diagnostics: &mut Diagnostics, place: &Place, cause: &WriteError, timeout: Duration) {
    let (summary, why) = match cause {
        WriteError::Aws(cause) => (cause.summary(), format!("{cause}. {}", cause.advice())),
        WriteError::Interrupted(unwritten) => {
            let (summary, why) = ended(unwritten.interrupt(), timeout);
            (summary, format!("{why}, and EventBridge Scheduler has not answered."))
        }
        WriteError::NotFound | WriteError::Exists | WriteError::RoleUnknown(_) => return,
    };
    error(
        diagnostics,
        AttributePath::root(),
        summary,
        format!(
            "While creating the schedule {}: {why} The schedule might exist, so it stays in the state. Apply again: \
             the refresh shows whether it exists.",
            place.id()
        ),
    );
}

const VERIFY_OFF: &str = "or set verify_target = false to apply without this check";

pub(super) fn target_does_not_exist(diagnostics: &mut Diagnostics, arn: &str, qualifier: Option<&str>) {
    let seen = match qualifier {
        Some(qualifier) => format!("The function {arn} has no alias or version {qualifier:?}"),
        None => format!("The function {arn} does not exist"),
    };
    error(
        diagnostics,
        AttributePath::new("target_arn"),
        "Dump target does not exist.",
        format!(
            "{seen}, so every run would fail. Create it first, or refer to its resource so that Terraform creates it \
             first, {VERIFY_OFF}."
        ),
    );
}

pub(super) fn target_is_in_another_region(diagnostics: &mut Diagnostics, arn: &str, region: &str) {
    warning(
        diagnostics,
        AttributePath::new("target_arn"),
        "Dump target is in another region.",
        format!(
            "Got {arn}, but the schedule is in {region}. EventBridge Scheduler invokes targets in its own Region \
             only, so no dump would run. Set `region` to the Region of the target, or set a target in {region}."
        ),
    );
}

pub(super) fn target_is_not_active(diagnostics: &mut Diagnostics, arn: &str, state: &str, reason: &str) {
    error(
        diagnostics,
        AttributePath::new("target_arn"),
        "Dump target is not active.",
        format!(
            "{arn} is {state} ({reason}), so the next run can fail. Repair it, or invoke it once if it is Inactive, \
             and apply again, {VERIFY_OFF}."
        ),
    );
}

pub(super) fn target_update_failed(diagnostics: &mut Diagnostics, arn: &str, status: &str, reason: &str) {
    error(
        diagnostics,
        AttributePath::new("target_arn"),
        "The last update of the dump target did not succeed.",
        format!(
            "The last update of {arn} is {status} ({reason}), so a run would use the previous code or configuration. \
             Repair the function and apply again, {VERIFY_OFF}."
        ),
    );
}

pub(super) fn target_has_little_memory(diagnostics: &mut Diagnostics, arn: &str, memory: i32, least: i32) {
    error(
        diagnostics,
        AttributePath::new("target_arn"),
        "Dump target has too little memory.",
        format!(
            "{arn} has {memory} MB of memory. Lambda allocates CPU in proportion to memory, so a dump would time out. \
             Set memory_size to {least} or more, {VERIFY_OFF}."
        ),
    );
}

pub(super) fn interval_is_below_timeout(diagnostics: &mut Diagnostics, arn: &str, seconds: i64, timeout: i32) {
    warning(
        diagnostics,
        AttributePath::new("schedule_expression"),
        "The interval is below the function's timeout.",
        format!(
            "Two runs can start {seconds} s apart, but {arn} can run for {timeout} s. A run that starts while another \
             one is in progress ends without a dump. If your dumps take that long, use a longer interval."
        ),
    );
}

pub(super) fn target_not_verified(diagnostics: &mut Diagnostics, arn: &str, cause: &AwsError) {
    warning(
        diagnostics,
        AttributePath::new("target_arn"),
        "The dump target was not verified.",
        format!(
            "While reading {arn}: {cause}. The target was not verified. {}",
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
            "While reading {arn}: {cause}. {} Correct this and apply again, {VERIFY_OFF}.",
            cause.advice()
        ),
    );
}
