//! The schedule as it is sent to EventBridge Scheduler: the state without its spelling.

use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::types::{FlexibleTimeWindowMode, ScheduleState};
use dump_format::payload::{DumpFields, DumpSettings, FieldProblem};
use jiff::Timestamp;
use provider_kit::Num;
use tf_provider::value::Value;

use super::marker::unmarked;
use super::state::{
    DEFAULT_ATTEMPTS, DEFAULT_COMPRESSION, DEFAULT_EVENT_AGE, DEFAULT_READ_CONCERN, DEFAULT_ZONE, DeadLetterConfig,
    Dump, RetryPolicy, State, Text, instant, text,
};

/// A schedule, all of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Definition {
    pub(super) expression: String,
    pub(super) zone: String,
    pub(super) start: Option<Timestamp>,
    pub(super) end: Option<Timestamp>,
    /// As it was typed; empty for none.
    pub(super) description: String,
    /// 0 for none.
    pub(super) window_minutes: i64,
    pub(super) enabled: bool,
    pub(super) target_arn: String,
    pub(super) role_arn: String,
    pub(super) payload: String,
    pub(super) attempts: i64,
    pub(super) event_age_seconds: i64,
    pub(super) dead_letter_arn: Option<String>,
    pub(super) kms_key_arn: Option<String>,
}

/// The fields of the payload; `None` while one of them is unknown.
pub(super) fn dump_fields(dump: &Dump) -> Option<DumpFields> {
    let required = |value: &Text| value.as_ref_option().cloned();
    let or = |value: &Text, default: &str| match value {
        Value::Unknown => None,
        value => Some(value.as_deref_option().unwrap_or(default).to_owned()),
    };
    let list = |values: &Value<Vec<Text>>, default: &[&str]| match values {
        Value::Unknown => None,
        Value::Null => Some(default.iter().map(|&pattern| pattern.to_owned()).collect()),
        Value::Value(values) if values.iter().any(Value::is_unknown) => None,
        // A null pattern is refused by the rules of patterns like an empty one.
        Value::Value(values) => Some(values.iter().map(|value| value.clone().unwrap_or_default()).collect()),
    };
    Some(DumpFields {
        cluster: required(&dump.cluster)?,
        secret_arn: required(&dump.secret_arn)?,
        bucket: required(&dump.bucket)?,
        prefix: required(&dump.prefix)?,
        kms_key_arn: required(&dump.kms_key_arn)?,
        role_arn: required(&dump.role_arn)?,
        include: list(&dump.include, &["*"])?,
        exclude: list(&dump.exclude, &[])?,
        compression: or(&dump.compression, DEFAULT_COMPRESSION)?,
        read_concern: or(&dump.read_concern, DEFAULT_READ_CONCERN)?,
    })
}

/// What is wrong with the fields that are known, each checked alone so that an unknown one hides no other.
pub(super) fn dump_problems(dump: &Dump) -> Vec<FieldProblem> {
    let unknown = |value: &Text| value.is_unknown();
    let has_unknown = |values: &Value<Vec<Text>>| match values {
        Value::Value(values) => values.iter().any(Value::is_unknown),
        values => values.is_unknown(),
    };
    let hidden: Vec<&str> = [
        ("cluster", unknown(&dump.cluster)),
        ("secret_arn", unknown(&dump.secret_arn)),
        ("bucket", unknown(&dump.bucket)),
        ("prefix", unknown(&dump.prefix)),
        ("kms_key_arn", unknown(&dump.kms_key_arn)),
        ("role_arn", unknown(&dump.role_arn)),
        ("include", has_unknown(&dump.include)),
        ("exclude", has_unknown(&dump.exclude)),
        ("compression", unknown(&dump.compression)),
        ("read_concern", unknown(&dump.read_concern)),
    ]
    .into_iter()
    .filter_map(|(field, hidden)| hidden.then_some(field))
    .collect();
    let known = |value: &Text| match value {
        Value::Unknown => Value::Null,
        value => value.clone(),
    };
    let known_list = |values: &Value<Vec<Text>>| {
        if has_unknown(values) {
            Value::Null
        } else {
            values.clone()
        }
    };
    let or_empty = |value: &Text| Value::Value(known(value).unwrap_or_default());
    let readable = Dump {
        cluster: or_empty(&dump.cluster),
        secret_arn: or_empty(&dump.secret_arn),
        bucket: or_empty(&dump.bucket),
        prefix: or_empty(&dump.prefix),
        kms_key_arn: or_empty(&dump.kms_key_arn),
        role_arn: or_empty(&dump.role_arn),
        include: known_list(&dump.include),
        exclude: known_list(&dump.exclude),
        compression: known(&dump.compression),
        read_concern: known(&dump.read_concern),
    };
    let problems = dump_fields(&readable)
        .and_then(|fields| fields.check().err())
        .unwrap_or_default();
    problems
        .into_iter()
        .filter(|problem| !hidden.contains(&problem.field))
        .collect()
}

/// The payload; unknown while a field of it is, null where one is refused.
pub(super) fn payload(dump: &Value<Dump>) -> Text {
    let Value::Value(dump) = dump else {
        return Value::Unknown;
    };
    match dump_fields(dump).map(|fields| fields.check()) {
        Some(Ok(settings)) => Value::Value(DumpSettings::schedule_payload(&settings)),
        Some(Err(_)) => Value::Null,
        None => Value::Unknown,
    }
}

impl Definition {
    /// Of a state in which everything is known; the payload is the state's own, so that an edited one is a difference.
    pub(super) fn of(state: &State) -> Option<Self> {
        let optional = |value: &Text| value.as_ref_option().cloned().filter(|text| !text.is_empty());
        let number = |value: &Value<Num>, default| value.as_ref_option().map_or(Some(default), Num::to_i64);
        let retry = state.retry_policy.as_ref_option().cloned().unwrap_or_default();
        Some(Self {
            expression: optional(&state.schedule_expression)?,
            zone: optional(&state.schedule_expression_timezone).unwrap_or_else(|| DEFAULT_ZONE.to_owned()),
            start: state.start_date.as_deref_option().and_then(instant),
            end: state.end_date.as_deref_option().and_then(instant),
            description: state.description.clone().unwrap_or_default(),
            window_minutes: number(&state.flexible_window_minutes, 0)?,
            enabled: state.enabled != Value::Value(false),
            target_arn: optional(&state.target_arn)?,
            role_arn: optional(&state.role_arn)?,
            payload: optional(&state.payload)?,
            attempts: number(&retry.maximum_retry_attempts, DEFAULT_ATTEMPTS)?,
            event_age_seconds: number(&retry.maximum_event_age_in_seconds, DEFAULT_EVENT_AGE)?,
            dead_letter_arn: state
                .dead_letter_config
                .as_ref_option()
                .and_then(|config| optional(&config.arn)),
            kms_key_arn: optional(&state.kms_key_arn),
        })
    }

    /// As AWS has it.
    pub(super) fn from_aws(schedule: &GetScheduleOutput) -> Self {
        let owned = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let date = |date: Option<&aws_smithy_types::DateTime>| {
            date.and_then(|date| Timestamp::new(date.secs(), i32::try_from(date.subsec_nanos()).unwrap_or(0)).ok())
        };
        let target = schedule.target();
        let retry = target.and_then(|target| target.retry_policy());
        let window = schedule.flexible_time_window();
        let window = window.filter(|window| *window.mode() == FlexibleTimeWindowMode::Flexible);
        Self {
            expression: owned(schedule.schedule_expression()).unwrap_or_default(),
            zone: owned(schedule.schedule_expression_timezone()).unwrap_or_else(|| DEFAULT_ZONE.to_owned()),
            start: date(schedule.start_date()),
            end: date(schedule.end_date()),
            description: unmarked(schedule.description().unwrap_or_default()).0.to_owned(),
            window_minutes: window
                .and_then(|window| window.maximum_window_in_minutes())
                .unwrap_or(0)
                .into(),
            enabled: schedule.state() != Some(&ScheduleState::Disabled),
            target_arn: target.map(|target| target.arn().to_owned()).unwrap_or_default(),
            role_arn: target.map(|target| target.role_arn().to_owned()).unwrap_or_default(),
            payload: owned(target.and_then(|target| target.input())).unwrap_or_default(),
            // AWS's own defaults, where its answer leaves them out.
            attempts: retry
                .and_then(|retry| retry.maximum_retry_attempts())
                .unwrap_or(185)
                .into(),
            event_age_seconds: retry
                .and_then(|retry| retry.maximum_event_age_in_seconds())
                .unwrap_or(86_400)
                .into(),
            dead_letter_arn: owned(
                target
                    .and_then(|target| target.dead_letter_config())
                    .and_then(|config| config.arn()),
            ),
            kms_key_arn: owned(schedule.kms_key_arn()),
        }
    }

    /// Writes it into a state. What means the same keeps its spelling there.
    pub(super) fn show(&self, state: &mut State) {
        let set = |attribute: &mut Text, value: Option<&str>, default: &str| {
            let shown = attribute.as_deref_option().unwrap_or(default);
            if shown != value.unwrap_or_default() {
                *attribute = value.map(str::to_owned).into();
            }
        };
        let date = |attribute: &mut Text, value: Option<Timestamp>| {
            if attribute.as_deref_option().and_then(instant) != value {
                *attribute = value.map(|value| value.to_string()).into();
            }
        };
        let number = |attribute: &mut Value<Num>, value: i64, default: i64| {
            if attribute.as_ref_option().map_or(Some(default), Num::to_i64) != Some(value) {
                *attribute = Value::Value(value.into());
            }
        };
        let optional = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        set(&mut state.schedule_expression, Some(&self.expression), "");
        set(&mut state.schedule_expression_timezone, Some(&self.zone), DEFAULT_ZONE);
        date(&mut state.start_date, self.start);
        date(&mut state.end_date, self.end);
        set(&mut state.description, optional(&self.description).as_deref(), "");
        number(&mut state.flexible_window_minutes, self.window_minutes, 0);
        if (state.enabled != Value::Value(false)) != self.enabled {
            state.enabled = Value::Value(self.enabled);
        }
        set(&mut state.target_arn, Some(&self.target_arn), "");
        set(&mut state.role_arn, Some(&self.role_arn), "");
        set(&mut state.kms_key_arn, self.kms_key_arn.as_deref(), "");
        let mut retry = state.retry_policy.as_ref_option().cloned().unwrap_or_default();
        number(&mut retry.maximum_retry_attempts, self.attempts, DEFAULT_ATTEMPTS);
        number(
            &mut retry.maximum_event_age_in_seconds,
            self.event_age_seconds,
            DEFAULT_EVENT_AGE,
        );
        if state.retry_policy.is_value() || retry != RetryPolicy::default() {
            state.retry_policy = Value::Value(retry);
        }
        let mut dead_letters = state.dead_letter_config.as_ref_option().cloned().unwrap_or_default();
        set(&mut dead_letters.arn, self.dead_letter_arn.as_deref(), "");
        if state.dead_letter_config.is_value() || dead_letters != DeadLetterConfig::default() {
            state.dead_letter_config = Value::Value(dead_letters);
        }
        if state.payload.as_deref_option() != Some(&self.payload) {
            state.payload = text(&self.payload);
            // A payload that is none of ours has no fields to show; the difference is in the payload itself.
            if let Ok(fields) = DumpFields::from_schedule_payload(&self.payload) {
                let mut dump = state.dump.as_ref_option().cloned().unwrap_or_default();
                show_dump(&fields, &mut dump);
                state.dump = Value::Value(dump);
            }
        }
    }
}

fn show_dump(fields: &DumpFields, dump: &mut Dump) {
    let shown = dump_fields(dump);
    let set = |attribute: &mut Text, value: &str, shown: Option<&String>| {
        if shown.is_none_or(|shown| shown != value) {
            *attribute = text(value);
        }
    };
    let list = |attribute: &mut Value<Vec<Text>>, values: &[String], shown: Option<&Vec<String>>| {
        if shown.is_none_or(|shown| shown != values) {
            *attribute = Value::Value(values.iter().map(|value| text(value)).collect());
        }
    };
    let shown = shown.as_ref();
    set(&mut dump.cluster, &fields.cluster, shown.map(|shown| &shown.cluster));
    set(
        &mut dump.secret_arn,
        &fields.secret_arn,
        shown.map(|shown| &shown.secret_arn),
    );
    set(&mut dump.bucket, &fields.bucket, shown.map(|shown| &shown.bucket));
    set(&mut dump.prefix, &fields.prefix, shown.map(|shown| &shown.prefix));
    set(
        &mut dump.kms_key_arn,
        &fields.kms_key_arn,
        shown.map(|shown| &shown.kms_key_arn),
    );
    set(&mut dump.role_arn, &fields.role_arn, shown.map(|shown| &shown.role_arn));
    list(&mut dump.include, &fields.include, shown.map(|shown| &shown.include));
    list(&mut dump.exclude, &fields.exclude, shown.map(|shown| &shown.exclude));
    set(
        &mut dump.compression,
        &fields.compression,
        shown.map(|shown| &shown.compression),
    );
    set(
        &mut dump.read_concern,
        &fields.read_concern,
        shown.map(|shown| &shown.read_concern),
    );
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn written(fields: &DumpFields) -> String {
        fields.check().unwrap().schedule_payload()
    }

    prop_compose! {
        fn definitions()(
            hours in 1u8..24,
            zone in prop::sample::select(vec!["UTC", "Europe/Berlin"]),
            start in prop::option::of(1_900_000_000i64..2_000_000_000),
            end in prop::option::of(2_000_000_001i64..2_100_000_000),
            description in "[ -~]{0,20}",
            window_minutes in 0i64..=1_440,
            enabled in any::<bool>(),
            names in prop::collection::vec("[a-z][a-z0-9]{3,10}", 9),
            exclude in prop::collection::vec("[a-z]{1,5}\\.\\*", 0..3),
            numbers in (0i64..=185, 60i64..=86_400),
            optional in (prop::option::of("[a-z]{1,9}"), prop::option::of("[a-z]{1,9}")),
            gzip in any::<bool>(),
        ) -> Definition {
            let fields = DumpFields {
                cluster: names[0].clone(),
                secret_arn: format!("arn:aws:secretsmanager:eu-west-1:111122223333:secret:{}", names[1]),
                bucket: names[2].clone(),
                prefix: names[3].clone(),
                kms_key_arn: format!("arn:aws:kms:eu-west-1:111122223333:key/{}", names[4]),
                role_arn: format!("arn:aws:iam::111122223333:role/{}", names[5]),
                include: vec![format!("{}.*", names[6])],
                exclude,
                compression: if gzip { "gzip" } else { "zstd" }.to_owned(),
                read_concern: "snapshot".to_owned(),
            };
            Definition {
                expression: format!("rate({hours} hours)"),
                zone: zone.to_owned(),
                start: start.map(|second| Timestamp::from_second(second).unwrap()),
                end: end.map(|second| Timestamp::from_second(second).unwrap()),
                description,
                window_minutes,
                enabled,
                target_arn: format!("arn:aws:lambda:eu-west-1:111122223333:function:{}", names[7]),
                role_arn: format!("arn:aws:iam::111122223333:role/{}", names[8]),
                payload: written(&fields),
                attempts: numbers.0,
                event_age_seconds: numbers.1,
                dead_letter_arn: optional.0,
                kms_key_arn: optional.1,
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back_equal_whatever_was_shown_before(first in definitions(), second in definitions()) {
            let mut state = State::default();
            for definition in [&first, &second, &first] {
                definition.show(&mut state);
                prop_assert_eq!(&Definition::of(&state).unwrap(), definition);
                prop_assert_eq!(payload(&state.dump), text(&definition.payload), "the fields are those of the payload");
                let before = state.clone();
                definition.show(&mut state);
                prop_assert_eq!(&state, &before, "what is the same keeps its spelling");
            }
        }
    }

    #[test]
    fn another_spelling_of_the_same_stays_as_it_was_typed() {
        let null = State {
            schedule_expression: text("rate(6 hours)"),
            start_date: text("2031-01-01T00:00:00+01:00"),
            target_arn: text("arn:t"),
            role_arn: text("arn:r"),
            payload: text("{}"),
            ..State::default()
        };
        let explicit = State {
            schedule_expression_timezone: text("UTC"),
            description: text(""),
            flexible_window_minutes: Value::Value(0.into()),
            enabled: Value::Value(true),
            start_date: text("2030-12-31T23:00:00Z"),
            retry_policy: Value::Value(RetryPolicy {
                maximum_retry_attempts: Value::Null,
                maximum_event_age_in_seconds: Value::Value(DEFAULT_EVENT_AGE.into()),
            }),
            dead_letter_config: Value::Value(DeadLetterConfig::default()),
            ..null.clone()
        };
        let definition = Definition::of(&null).unwrap();
        assert_eq!(Definition::of(&explicit).unwrap(), definition);
        for state in [null, explicit] {
            let mut shown = state.clone();
            definition.show(&mut shown);
            assert_eq!(shown, state);
        }
    }
}
