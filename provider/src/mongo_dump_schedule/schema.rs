//! Attributes of `lectern_mongo_dump_schedule`, and what is wrong with each value by itself.

use std::ops::RangeInclusive;

use dump_format::payload::MAX_PATTERNS;
use provider_kit::{Attr, Schema, Tree};
use schedule_expression::Zone;
use tf_provider::{AttributePath, Diagnostics};

use super::marker::DESCRIPTION_CHARACTERS;
use super::state::{
    DEFAULT_ATTEMPTS, DEFAULT_COMPRESSION, DEFAULT_EVENT_AGE, DEFAULT_GROUP, DEFAULT_READ_CONCERN, DEFAULT_ZONE,
    instant,
};
use super::target::Target;
use super::{failures, target, timing};
use crate::connection::region::{is_region, region_is_malformed};

/// Source: EventBridge Scheduler API reference, CreateSchedule, Name and GroupName.
const NAME_CHARACTERS: usize = 64;
/// Source: RetryPolicy, MaximumRetryAttempts.
const ATTEMPTS: RangeInclusive<i64> = 0..=185;
/// Source: RetryPolicy, MaximumEventAgeInSeconds.
const EVENT_AGE: RangeInclusive<i64> = 60..=86_400;
/// Source: FlexibleTimeWindow, MaximumWindowInMinutes, 1 to 1440; 0 is ours for the mode OFF.
const WINDOW: RangeInclusive<i64> = 0..=1_440;

pub(super) fn schema() -> Schema {
    Schema::new(
        "Starts the dump of a MongoDB cluster by EventBridge Scheduler: a function (with alias or version) or a Step Functions \
         state machine, with the payload the dump function reads. The expression is checked at plan with Scheduler's own rules, \
         time zones and clock changes included. A schedule belongs to one resource of one state: one that exists already is refused, \
         until it is imported. Lambda is invoked asynchronously, so `retry_policy` and `dead_letter_config` are \
         about delivering the event; for a dump that fails set the function's own retries and `on_failure` destination.",
        [
            ("id", Attr::string("`<region>/<group>/<name>`, also the import id.").computed().requires_replace()),
            (
                "name",
                Attr::string("1 to 64 letters, digits, `-`, `_` and `.`; unique in its group.")
                    .required()
                    .requires_replace()
                    .validate(check_name),
            ),
            (
                "group_name",
                Attr::string("An existing schedule group. A change of the group replaces the resource.")
                    .default(DEFAULT_GROUP)
                    .validate(check_name),
            ),
            (
                "region",
                Attr::string("Region of the schedule; the provider's when left out.")
                    .optional_computed()
                    .requires_replace()
                    .validate(check_region),
            ),
            (
                "description",
                Attr::string(format!(
                    "At most {DESCRIPTION_CHARACTERS} characters. Scheduler keeps one line more, which says whose the schedule is."
                ))
                .validate(check_description),
            ),
            (
                "start_date",
                Attr::string(
                    "Not before this instant, as RFC 3339, for example `2030-01-31T03:00:00Z`. A rate counts from it. Scheduler \
                     ignores it for `at`.",
                )
                .validate(check_date),
            ),
            (
                "end_date",
                Attr::string("Not after this instant, as RFC 3339. Scheduler ignores it for `at`.").validate(check_date),
            ),
            (
                "kms_key_arn",
                Attr::string("Key that Scheduler encrypts the schedule with; AWS's own when left out.").validate(check_arn),
            ),
            (
                "schedule_expression",
                Attr::string(
                    "`rate(6 hours)`, `cron(0 3 * * ? *)` (minutes hours day-of-month month day-of-week year) or \
                     `at(2030-01-31T03:00:00)`. A rate without `start_date` runs at once.",
                )
                .required()
                .validate(check_expression),
            ),
            (
                "schedule_expression_timezone",
                Attr::string(
                    "IANA name of the zone that `cron` and `at` are in. A local time that the clocks skip does not run, one that \
                     they repeat runs once.",
                )
                .default(DEFAULT_ZONE)
                .validate(check_zone),
            ),
            (
                "flexible_window_minutes",
                Attr::number("Scheduler may start a run up to this many minutes late, 1 to 1440; 0 = at the minute.")
                    .default(0)
                    .validate(|value, path, diagnostics| check_number(value, path, diagnostics, &WINDOW)),
            ),
            ("enabled", Attr::bool("False pauses the schedule.").default(true)),
            (
                "target_arn",
                Attr::string("ARN of the dump function, best of an alias, or of a Step Functions state machine.")
                    .required()
                    .validate(check_target),
            ),
            (
                "role_arn",
                Attr::string("ARN of the role that Scheduler assumes to start the target.").required().validate(check_arn),
            ),
            ("dump", dump()),
            (
                "retry_policy",
                Attr::single(
                    "How Scheduler repeats the delivery of an event that the target did not take.",
                    [
                        (
                            "maximum_retry_attempts",
                            Attr::number("0 to 185.")
                                .default(DEFAULT_ATTEMPTS)
                                .validate(|value, path, diagnostics| check_number(value, path, diagnostics, &ATTEMPTS)),
                        ),
                        (
                            "maximum_event_age_in_seconds",
                            Attr::number("60 to 86400.")
                                .default(DEFAULT_EVENT_AGE)
                                .validate(|value, path, diagnostics| check_number(value, path, diagnostics, &EVENT_AGE)),
                        ),
                    ],
                ),
            ),
            (
                "dead_letter_config",
                Attr::single(
                    "Where Scheduler puts events it could not deliver.",
                    [("arn", Attr::string("ARN of an SQS queue.").validate(check_arn))],
                ),
            ),
            (
                "verify_target",
                Attr::bool(format!(
                    "At apply, look whether the target function exists, is active and has at least {} MB of memory, and warn when \
                     it may run longer than the shortest interval. Read only; not for a paused schedule, and state machines are not looked at.",
                    target::MEMORY_MB,
                ))
                .default(true),
            ),
            ("arn", Attr::string("ARN of the schedule.").computed().keep_known()),
            (
                "payload",
                Attr::string("The event the target gets, as JSON; Scheduler fills in `<aws.scheduler...>`.").computed(),
            ),
            (
                "max_interval_seconds",
                Attr::number(format!(
                    "The longest time between two runs in the {} years after the plan that saw the expression first, clock changes \
                     included; null where there are fewer than two. What a dead man's switch must wait at least.",
                    timing::HORIZON_YEARS,
                ))
                .computed(),
            ),
        ],
    )
    .identity([
        ("region", "Region of the schedule."),
        ("group_name", "The schedule group."),
        ("name", "Name of the schedule."),
    ])
}

fn dump() -> Attr {
    Attr::single(
        "What to dump and where to.",
        [
            ("cluster", Attr::string("Name of the cluster, a part of every key: letters, digits, `-`, `_` and `.`.").required()),
            (
                "secret_arn",
                Attr::string(
                    "ARN of the Secrets Manager secret with the connection, `{\"uri\": ...}` or `{\"host\", \"username\", \
                     \"password\"}`. Never the URI itself.",
                )
                .required(),
            ),
            ("bucket", Attr::string("Bucket the dump goes to.").required()),
            ("prefix", Attr::string("What every key begins with, without a slash at either end.").required()),
            ("kms_key_arn", Attr::string("ARN of the key the dump's objects are encrypted with.").required()),
            ("role_arn", Attr::string("ARN of the role the function assumes for S3.").required()),
            (
                "include",
                Attr::strings(format!(
                    "Namespaces to dump, at most {MAX_PATTERNS} patterns such as `shop.*` or `*.orders`. Default: `[\"*\"]`, all."
                )),
            ),
            (
                "exclude",
                Attr::strings("Namespaces to leave out, in the same form; stronger than `include`. Default: `[]`, none."),
            ),
            ("compression", Attr::string("`zstd` or `gzip`.").default(DEFAULT_COMPRESSION)),
            (
                "read_concern",
                Attr::string("`snapshot` (all collections as of one time) or `majority`.").default(DEFAULT_READ_CONCERN),
            ),
        ],
    )
    .required()
}

fn check_name(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    let Tree::String(name) = value else { return };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !(1..=NAME_CHARACTERS).contains(&name.len()) || !name.bytes().all(plain) {
        failures::name_is_malformed(diagnostics, path.clone(), name);
    }
}

fn check_region(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::String(region) = value
        && !is_region(region)
    {
        region_is_malformed(diagnostics, path.clone(), region);
    }
}

fn check_description(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::String(text) = value {
        let length = text.chars().count();
        if length > DESCRIPTION_CHARACTERS {
            failures::description_is_too_long(diagnostics, path.clone(), length);
        }
    }
}

fn check_date(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::String(date) = value
        && instant(date).is_none()
    {
        failures::date_is_malformed(diagnostics, path.clone(), date);
    }
}

fn check_expression(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::String(text) = value
        && let Err(cause) = text.parse::<schedule_expression::Expression>()
    {
        failures::expression_is_malformed(diagnostics, path.clone(), &cause);
    }
}

fn check_zone(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::String(name) = value
        && let Err(cause) = Zone::parse(name)
    {
        failures::zone_is_unknown(diagnostics, path.clone(), &cause);
    }
}

fn check_target(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::String(arn) = value
        && Target::parse(arn).is_none()
    {
        failures::target_is_malformed(diagnostics, path.clone(), arn);
    }
}

fn check_arn(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::String(arn) = value
        && (!arn.starts_with("arn:") || arn.split(':').count() < 6)
    {
        failures::arn_is_malformed(diagnostics, path.clone(), arn);
    }
}

fn check_number(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics, range: &RangeInclusive<i64>) {
    if let Tree::Number(number) = value
        && !number.to_i64().is_some_and(|number| range.contains(&number))
    {
        failures::number_is_out_of_range(diagnostics, path.clone(), number, range);
    }
}
