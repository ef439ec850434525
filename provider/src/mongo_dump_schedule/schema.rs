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
        "Creates an EventBridge Scheduler schedule that dumps a MongoDB cluster. The target is a Lambda function \
         (with an alias or version) or a Step Functions state machine, and the payload is the one that the mongo-dump \
         function reads. The plan validates the schedule expression with the rules of EventBridge Scheduler, \
         including time zones and daylight saving time. A schedule belongs to one resource in one Terraform state: if \
         a schedule with the same name exists, the apply returns an error until you import it. Scheduler invokes \
         Lambda asynchronously, so `retry_policy` and `dead_letter_config` cover only the delivery of the event. To \
         handle dumps that fail, set the retry attempts and the on-failure destination of the function.",
        [
            (
                "id",
                Attr::string("`<region>/<group_name>/<name>`, also the import ID.")
                    .computed()
                    .requires_replace(),
            ),
            (
                "name",
                Attr::string("Name of the schedule. 1 to 64 letters, digits, `-`, `_` and `.`; unique in its group.")
                    .required()
                    .requires_replace()
                    .validate(check_name),
            ),
            (
                "group_name",
                Attr::string("Name of an existing schedule group. A change replaces the resource.")
                    .default(DEFAULT_GROUP)
                    .validate(check_name),
            ),
            (
                "region",
                Attr::string("Region of the schedule. Default: the provider's Region.")
                    .optional_computed()
                    .requires_replace()
                    .validate(check_region),
            ),
            (
                "description",
                Attr::string(format!(
                    "Description of the schedule. Maximum: {DESCRIPTION_CHARACTERS} characters. In Scheduler, one \
                     more line follows that identifies the resource that owns the schedule."
                ))
                .validate(check_description),
            ),
            (
                "start_date",
                Attr::string(
                    "Date and time before which the schedule does not run, in RFC 3339 format, for example \
                     `2030-01-31T03:00:00Z`. `rate` expressions count from it. Scheduler ignores it for `at` \
                     expressions.",
                )
                .validate(check_date),
            ),
            (
                "end_date",
                Attr::string(
                    "Date and time after which the schedule does not run, in RFC 3339 format. Scheduler \
                    ignores it for `at` expressions.",
                )
                .validate(check_date),
            ),
            (
                "kms_key_arn",
                Attr::string(
                    "ARN of the customer managed KMS key that encrypts the schedule. Default: an AWS owned \
                    key.",
                )
                .validate(check_arn),
            ),
            (
                "schedule_expression",
                Attr::string(
                    "Schedule expression, for example `rate(6 hours)`, `cron(0 3 * * ? *)` (minutes hours \
                     day-of-month month day-of-week year) or `at(2030-01-31T03:00:00)`. A `rate` schedule without \
                     `start_date` runs for the first time immediately.",
                )
                .required()
                .validate(check_expression),
            ),
            (
                "schedule_expression_timezone",
                Attr::string(
                    "IANA time zone of `cron` and `at` expressions, for example `Europe/Berlin`. When clocks move \
                     forward, runs at the skipped local times do not take place. When clocks move back, a repeated \
                     local time runs once.",
                )
                .default(DEFAULT_ZONE)
                .validate(check_zone),
            ),
            (
                "flexible_window_minutes",
                Attr::number(
                    "Maximum delay in minutes with which Scheduler can start a run (flexible time window), 1 \
                    to 1440. 0 starts every run at its exact minute.",
                )
                .default(0)
                .validate(|value, path, diagnostics| check_number(value, path, diagnostics, &WINDOW)),
            ),
            ("enabled", Attr::bool("Whether the schedule is enabled.").default(true)),
            (
                "target_arn",
                Attr::string(
                    "ARN of the mongo-dump function or of a Step Functions state machine. For a function, \
                    the ARN of an alias is recommended.",
                )
                .required()
                .validate(check_target),
            ),
            (
                "role_arn",
                Attr::string("ARN of the IAM role that Scheduler assumes to invoke the target.")
                    .required()
                    .validate(check_arn),
            ),
            ("dump", dump()),
            (
                "retry_policy",
                Attr::single(
                    "Retry policy of Scheduler for events that cannot be delivered to the target.",
                    [
                        (
                            "maximum_retry_attempts",
                            Attr::number("Maximum number of retry attempts, 0 to 185.")
                                .default(DEFAULT_ATTEMPTS)
                                .validate(|value, path, diagnostics| check_number(value, path, diagnostics, &ATTEMPTS)),
                        ),
                        (
                            "maximum_event_age_in_seconds",
                            Attr::number("Maximum age of an event in seconds, 60 to 86400.")
                                .default(DEFAULT_EVENT_AGE)
                                .validate(|value, path, diagnostics| {
                                    check_number(value, path, diagnostics, &EVENT_AGE)
                                }),
                        ),
                    ],
                ),
            ),
            (
                "dead_letter_config",
                Attr::single(
                    "Dead-letter queue for events that Scheduler cannot deliver.",
                    [("arn", Attr::string("ARN of an SQS queue.").validate(check_arn))],
                ),
            ),
            (
                "verify_target",
                Attr::bool(format!(
                    "Whether to check during apply that the target function exists, is active, and has at least {} MB \
                     of memory. The apply shows a warning if the timeout of the function is longer than the shortest \
                     interval between two runs. State machines and disabled schedules are not checked.",
                    target::MEMORY_MB,
                ))
                .default(true),
            ),
            ("arn", Attr::string("ARN of the schedule.").computed().keep_known()),
            (
                "payload",
                Attr::string(
                    "Event that Scheduler sends to the target, in JSON format. Scheduler replaces the \
                    `<aws.scheduler...>` placeholders.",
                )
                .computed(),
            ),
            (
                "max_interval_seconds",
                Attr::number(format!(
                    "Longest interval between two runs in seconds, including daylight saving changes. Computed over \
                     {} years from the first plan with the expression. Null if the schedule runs fewer than two \
                     times. Use it to set `max_age_hours` of a `mongo_dump` alarm.",
                    timing::HORIZON_YEARS,
                ))
                .computed(),
            ),
        ],
    )
    .identity([
        ("region", "Region of the schedule."),
        ("group_name", "Name of the schedule group."),
        ("name", "Name of the schedule."),
    ])
}

fn dump() -> Attr {
    Attr::single(
        "The cluster to dump and the destination of the dump.",
        [
            (
                "cluster",
                Attr::string(
                    "Name of the cluster. It is part of every object key. Letters, digits, `-`, `_` \
                and `.`.",
                )
                .required(),
            ),
            (
                "secret_arn",
                Attr::string(
                    "ARN of the Secrets Manager secret that contains the connection string: `{\"uri\": ...}` or \
                     `{\"host\", \"username\", \"password\"}`. Do not set the connection string itself.",
                )
                .required(),
            ),
            ("bucket", Attr::string("Name of the S3 bucket for the dump.").required()),
            (
                "prefix",
                Attr::string("Prefix of every object key, without a slash at the beginning or end.").required(),
            ),
            (
                "kms_key_arn",
                Attr::string("ARN of the KMS key that encrypts the objects of the dump.").required(),
            ),
            (
                "role_arn",
                Attr::string("ARN of the IAM role that the function assumes to write to S3.").required(),
            ),
            (
                "include",
                Attr::strings(format!(
                    "Patterns of the namespaces to dump, for example `shop.*` or `*.orders`. Maximum: {MAX_PATTERNS} \
                     patterns. Default: `[\"*\"]` (all namespaces)."
                )),
            ),
            (
                "exclude",
                Attr::strings(
                    "Patterns of the namespaces to exclude. They take precedence over `include`. Default: \
                    `[]`.",
                ),
            ),
            (
                "compression",
                Attr::string("Compression of the dump. Valid values: `zstd`, `gzip`.").default(DEFAULT_COMPRESSION),
            ),
            (
                "read_concern",
                Attr::string(
                    "Read concern of the dump. Valid values: `snapshot` (all collections at one point in \
                    time), `majority`.",
                )
                .default(DEFAULT_READ_CONCERN),
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
