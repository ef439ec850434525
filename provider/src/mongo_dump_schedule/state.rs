//! The state of a schedule, typed as the schema has it, and the defaults of its attributes.

use jiff::Timestamp;
use provider_kit::Num;
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

pub(super) type Text = Value<String>;

pub(super) const DEFAULT_ZONE: &str = "UTC";
pub(super) const DEFAULT_GROUP: &str = "default";
/// Our choice because a dump that starts an hour late still ends before the next of a six-hourly schedule.
pub(super) const DEFAULT_ATTEMPTS: i64 = 2;
pub(super) const DEFAULT_EVENT_AGE: i64 = 3_600;
pub(super) const DEFAULT_COMPRESSION: &str = "zstd";
pub(super) const DEFAULT_READ_CONCERN: &str = "snapshot";

/// All attributes of `lectern_mongo_dump_schedule`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) group_name: Text,
    pub(super) region: Text,
    pub(super) description: Text,
    pub(super) start_date: Text,
    pub(super) end_date: Text,
    pub(super) kms_key_arn: Text,
    pub(super) schedule_expression: Text,
    pub(super) schedule_expression_timezone: Text,
    pub(super) flexible_window_minutes: Value<Num>,
    pub(super) enabled: Value<bool>,
    pub(super) target_arn: Text,
    pub(super) role_arn: Text,
    pub(super) dump: Value<Dump>,
    pub(super) retry_policy: Value<RetryPolicy>,
    pub(super) dead_letter_config: Value<DeadLetterConfig>,
    pub(super) verify_target: Value<bool>,
    pub(super) arn: Text,
    pub(super) payload: Text,
    pub(super) max_interval_seconds: Value<Num>,
}

/// What to dump and where to, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Dump {
    pub(super) cluster: Text,
    pub(super) secret_arn: Text,
    pub(super) bucket: Text,
    pub(super) prefix: Text,
    pub(super) kms_key_arn: Text,
    pub(super) role_arn: Text,
    pub(super) include: Value<Vec<Text>>,
    pub(super) exclude: Value<Vec<Text>>,
    pub(super) compression: Text,
    pub(super) read_concern: Text,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RetryPolicy {
    pub(super) maximum_retry_attempts: Value<Num>,
    pub(super) maximum_event_age_in_seconds: Value<Num>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct DeadLetterConfig {
    pub(super) arn: Text,
}

pub(super) fn text(value: &str) -> Text {
    Value::Value(value.to_owned())
}

/// An instant as RFC 3339.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}
