//! The event from both ends: what the schedule writes is what the function reads.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use dump_format::UtcSeconds;
use dump_format::names::{Ordinal, ScheduleArn};
use dump_format::payload::{Action, DumpFields, DumpSettings, Event, MAX_PATTERNS, PayloadError, Trigger};
use proptest::prelude::*;

const SCHEDULED: &str = r#"{"version":1,"action":"dump","cluster":"main","secret_arn":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf","bucket":"dumps","prefix":"mongo","kms_key_arn":"arn:aws:kms:eu-west-1:123456789012:key/1234","role_arn":"arn:aws:iam::123456789012:role/Dump","include":["*"],"exclude":["*.sessions"],"compression":"zstd","read_concern":"snapshot","schedule_arn":"<aws.scheduler.schedule-arn>","scheduled_time":"<aws.scheduler.scheduled-time>"}"#;

const SCHEDULE: &str = "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/MongoDBDumpEvery6Hours";

fn fields() -> DumpFields {
    DumpFields {
        cluster: "main".to_owned(),
        secret_arn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf".to_owned(),
        bucket: "dumps".to_owned(),
        prefix: "mongo".to_owned(),
        kms_key_arn: "arn:aws:kms:eu-west-1:123456789012:key/1234".to_owned(),
        role_arn: "arn:aws:iam::123456789012:role/Dump".to_owned(),
        include: vec!["*".to_owned()],
        exclude: vec!["*.sessions".to_owned()],
        compression: "zstd".to_owned(),
        read_concern: "snapshot".to_owned(),
    }
}

fn settings() -> DumpSettings {
    fields().check().unwrap()
}

/// As EventBridge Scheduler does it: a plain replacement in the text.
fn delivered(payload: &str) -> String {
    payload
        .replace("<aws.scheduler.schedule-arn>", SCHEDULE)
        .replace("<aws.scheduler.scheduled-time>", "2026-05-06T18:00:00Z")
}

/// The delivered payload with one piece of its text replaced.
fn with(from: &str, to: &str) -> String {
    let payload = delivered(SCHEDULED);
    assert!(payload.contains(from), "{from}");
    payload.replacen(from, to, 1)
}

#[test]
fn a_schedule_writes_exactly_this_payload_and_reads_it_back() {
    assert_eq!(settings().schedule_payload(), SCHEDULED);
    assert_eq!(DumpFields::from_schedule_payload(SCHEDULED).unwrap(), fields());
}

#[test]
fn the_function_reads_what_the_scheduler_makes_of_it() {
    let event = Event::parse(&delivered(SCHEDULED)).unwrap();
    let expected = Event {
        action: Action::Dump,
        settings: settings(),
        trigger: Trigger {
            schedule_arn: ScheduleArn::parse(SCHEDULE).unwrap(),
            scheduled_time: UtcSeconds::parse("2026-05-06T18:00:00Z").unwrap(),
        },
        require_snapshot: false,
    };
    assert_eq!(event, expected);
    assert_eq!(event.render(), delivered(SCHEDULED));
}

#[test]
fn an_event_may_ask_that_a_dump_without_one_snapshot_fails() {
    let field = r#""read_concern":"snapshot","require_snapshot":"#;
    for (value, wanted) in [("true", true), ("false", false)] {
        let payload = with(r#""read_concern":"snapshot""#, &format!("{field}{value}"));
        let event = Event::parse(&payload).unwrap();
        assert_eq!(event.require_snapshot, wanted);
        assert_eq!(Event::parse(&event.render()).unwrap(), event);
        assert_eq!(event.render().contains("require_snapshot"), wanted);
    }
    for value in ["1", "\"true\"", "null"] {
        let payload = with(r#""read_concern":"snapshot""#, &format!("{field}{value}"));
        let error = Event::parse(&payload).unwrap_err();
        let PayloadError::WrongType { field, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(field, "require_snapshot");
    }
    let contradiction = r#""read_concern":"majority","require_snapshot":true"#;
    let error = Event::parse(&with(r#""read_concern":"snapshot""#, contradiction)).unwrap_err();
    assert!(error.to_string().contains("require_snapshot"), "{error}");
}

#[test]
fn the_state_machine_changes_the_action_and_adds_the_range_alone() {
    for (action, text) in [
        (Action::Plan, r#""action":"plan""#),
        (
            Action::Range(Ordinal::new(17).unwrap()),
            r#""action":"range","range":17"#,
        ),
        (Action::Commit, r#""action":"commit""#),
    ] {
        let payload = with(r#""action":"dump""#, text);
        let event = Event::parse(&payload).unwrap();
        assert_eq!(event.action, action);
        assert_eq!(event.settings, settings());
        assert_eq!(event.render(), payload);
    }
    // A state machine may write fields in any order.
    let payload = with(r#"{"version":1,"action":"dump","#, "{").replace(
        r#""scheduled_time""#,
        r#""range":0,"action":"range","version":1,"scheduled_time""#,
    );
    assert_eq!(
        Event::parse(&payload).unwrap().action,
        Action::Range(Ordinal::default())
    );
}

#[test]
fn an_unknown_version_or_action_is_refused_by_name() {
    for (case, version) in [
        ("a later one", "2"),
        ("none yet", "0"),
        ("a string", "\"1\""),
        ("a fraction", "1.0"),
        ("null", "null"),
    ] {
        // The version decides before anything else is looked at.
        let payload = format!(r#"{{"version":{version},"action":"squash","new":true}}"#);
        let error = Event::parse(&payload).unwrap_err();
        let expected = PayloadError::UnknownVersion {
            version: version.to_owned(),
        };
        assert_eq!(error, expected, "{case}");
        assert!(error.to_string().contains(version), "{case}: {error}");
    }
    let error = Event::parse("{}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "payload version (missing) is not known: this code reads version 1"
    );
    for action in [r#""restore""#, r#""Dump""#, "7", "null"] {
        let error = Event::parse(&with(r#""dump""#, action)).unwrap_err();
        let action = action.to_owned();
        assert_eq!(error, PayloadError::UnknownAction { action });
    }
    let error = Event::parse(&with(r#""action":"dump","#, "")).unwrap_err();
    assert!(matches!(error, PayloadError::UnknownAction { .. }));
}

#[test]
fn an_unknown_doubled_missing_or_mistyped_field_is_refused_by_name() {
    for (case, payload, expected) in [
        (
            "unknown",
            with(r#""cluster""#, r#""colour":1,"cluster""#),
            r#"field "colour" is not known in payload version 1"#,
        ),
        (
            "a range in a dump",
            with(r#""cluster""#, r#""range":1,"cluster""#),
            r#"field "range" is not known in payload version 1"#,
        ),
        (
            "doubled",
            with(r#""cluster""#, r#""bucket":"other","cluster""#),
            r#"field "bucket" is there twice"#,
        ),
        (
            "doubled version",
            with(r#""cluster""#, r#""version":1,"cluster""#),
            r#"field "version" is there twice"#,
        ),
        ("missing", with(r#""bucket":"dumps","#, ""), "field bucket is missing"),
        (
            "missing list",
            with(r#""exclude":["*.sessions"],"#, ""),
            "field exclude is missing",
        ),
        (
            "a number for a string",
            with(r#""dumps""#, "5"),
            "field bucket is not a string",
        ),
        (
            "null for a string",
            with(r#""dumps""#, "null"),
            "field bucket is not a string",
        ),
        (
            "a string for a list",
            with(r#"["*"]"#, r#""*""#),
            "field include is not a list of strings",
        ),
        (
            "a list of numbers",
            with(r#"["*"]"#, "[1]"),
            "field include is not a list of strings",
        ),
        (
            "a range without its number",
            with(r#""dump""#, r#""range""#),
            "field range is missing",
        ),
        (
            "a negative range",
            with(r#""dump""#, r#""range","range":-1"#),
            "field range is not a whole number from 0 to 99999",
        ),
    ] {
        assert_eq!(Event::parse(&payload).unwrap_err().to_string(), expected, "{case}");
    }
}

#[test]
fn what_is_not_a_json_object_is_refused_with_its_place_alone() {
    for payload in [
        "",
        "[]",
        "\"mongodb://user:hunter2@host\"",
        "{\"version\":1,",
        "{} {}",
        "null",
    ] {
        let error = Event::parse(payload).unwrap_err();
        assert!(matches!(error, PayloadError::NotJson { .. }), "{payload}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[test]
fn all_fields_that_break_their_rules_are_reported_together() {
    let mut broken = fields();
    broken.bucket = "Dumps".to_owned();
    broken.prefix = "/mongo".to_owned();
    broken.secret_arn = "mongodb://user:hunter2@host".to_owned();
    broken.exclude = vec!["shop.*".to_owned(), "shop".to_owned()];
    broken.compression = "lz4".to_owned();
    let problems = broken.check().unwrap_err();
    let places: Vec<_> = problems
        .iter()
        .map(|problem| (problem.field, problem.element))
        .collect();
    let expected = [
        ("secret_arn", None),
        ("bucket", None),
        ("prefix", None),
        ("exclude", Some(1)),
        ("compression", None),
    ];
    assert_eq!(places, expected);
    assert!(
        problems[3]
            .to_string()
            .starts_with("exclude[1]: not a namespace pattern: ")
    );

    let payload = with(
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf",
        "mongodb://user:hunter2@host",
    );
    let error = Event::parse(&payload).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn a_prefix_has_no_slash_at_either_end() {
    for prefix in ["/mongo", "mongo/", "/", ""] {
        let broken = DumpFields {
            prefix: prefix.to_owned(),
            ..fields()
        };
        assert_eq!(broken.check().unwrap_err()[0].field, "prefix", "{prefix:?}");
    }
}

#[test]
fn lists_of_patterns_have_their_limits() {
    let most = vec!["shop.*".to_owned(); MAX_PATTERNS];
    let full = DumpFields {
        include: most.clone(),
        exclude: most,
        ..fields()
    };
    assert!(full.check().is_ok());
    let mut over = full;
    over.exclude.push("shop.*".to_owned());
    let problems = over.check().unwrap_err();
    assert_eq!((problems.len(), problems[0].field), (1, "exclude"));
    let nothing = DumpFields {
        include: Vec::new(),
        ..fields()
    };
    assert_eq!(nothing.check().unwrap_err()[0].field, "include");
}

#[test]
fn exclude_is_stronger_than_include() {
    let settings = settings();
    assert!(settings.selects("shop", "orders"));
    assert!(!settings.selects("shop", "sessions"));
}

#[test]
fn placeholders_are_wanted_in_a_schedule_and_refused_in_an_event() {
    assert!(matches!(
        Event::parse(SCHEDULED),
        Err(PayloadError::Trigger {
            field: "schedule_arn",
            ..
        })
    ));
    let half = SCHEDULED.replace("<aws.scheduler.schedule-arn>", SCHEDULE);
    assert!(matches!(
        Event::parse(&half),
        Err(PayloadError::Trigger {
            field: "scheduled_time",
            ..
        })
    ));
    let error = DumpFields::from_schedule_payload(&half.replace("scheduled-time", "execution-id")).unwrap_err();
    assert!(matches!(
        error,
        PayloadError::NoPlaceholder {
            field: "schedule_arn",
            ..
        }
    ));
    let plan = SCHEDULED.replace(r#""dump""#, r#""plan""#);
    assert!(matches!(
        DumpFields::from_schedule_payload(&plan),
        Err(PayloadError::UnknownAction { .. })
    ));
}

fn pattern() -> impl Strategy<Value = String> {
    (r"[^\\\pC]{0,30}", r"[^\\\pC]{0,30}").prop_map(|(database, collection)| format!("{database}.{collection}"))
}

prop_compose! {
    fn any_event()(
        cluster in "[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}",
        bucket in "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
        prefix in "[a-z0-9]{1,20}(/[a-zA-Z0-9!'()_-]{1,20}){0,3}",
        include in prop::collection::vec(pattern(), 1..4),
        exclude in prop::collection::vec(pattern(), 0..4),
        compression in prop::sample::select(vec!["zstd", "gzip"]),
        read_concern in prop::sample::select(vec!["snapshot", "majority"]),
        action in prop_oneof![
            Just(Action::Dump),
            Just(Action::Plan),
            (0..=99_999u32).prop_map(|range| Action::Range(Ordinal::new(range).unwrap())),
            Just(Action::Commit)
        ],
        seconds in 0..=UtcSeconds::MAX.unix(),
    ) -> Event {
        let fields = DumpFields {
            cluster, bucket, prefix, include, exclude,
            compression: compression.to_owned(),
            read_concern: read_concern.to_owned(),
            ..fields()
        };
        Event {
            action,
            settings: fields.check().unwrap(),
            trigger: Trigger {
                schedule_arn: ScheduleArn::parse(SCHEDULE).unwrap(),
                scheduled_time: UtcSeconds::from_unix(seconds).unwrap(),
            },
            require_snapshot: false,
        }
    }
}

proptest! {
    #[test]
    fn an_event_comes_back_equal_and_its_text_does_too(event in any_event()) {
        let text = event.render();
        let back = Event::parse(&text).unwrap();
        prop_assert_eq!(back.render(), text);
        prop_assert_eq!(back, event.clone());
        let scheduled = event.settings.schedule_payload();
        let fields = DumpFields::from_schedule_payload(&scheduled).unwrap();
        prop_assert_eq!(fields.check().unwrap(), event.settings);
    }
}
