//! The event, strictly read.

use mongo_restore::event::{DumpId, Event, EventError, Mode};
use serde_json::{Value, json};

fn event() -> Value {
    json!({
        "version": 1,
        "dump_id": "20260506T180000Z-1a2b3c",
        "source": {"bucket": "dumps", "prefix": "mongo", "cluster": "main", "role_arn": "arn:aws:iam::123456789012:role/Restore"},
        "target": {"secret_arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"},
        "mode": "restore",
        "conflict": "merge",
        "namespaces": {"include": ["shop.*"], "exclude": ["*.sessions"]},
        "rename": [{"from": "shop", "to": "copy"}],
        "ttl": "defer",
    })
}

#[test]
fn an_event_comes_back_as_it_was_written() {
    let parsed = Event::parse(&event().to_string()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&parsed.render()).unwrap(), event());
    let smallest = json!({
        "version": 1, "dump_id": "latest", "mode": "drill",
        "source": {"bucket": "dumps", "prefix": "mongo", "cluster": "main"},
        "target": {"secret_arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:m"},
    });
    let parsed = Event::parse(&smallest.to_string()).unwrap();
    assert_eq!((parsed.dump_id, parsed.mode), (DumpId::Latest, Mode::Drill));
}

#[test]
fn a_wrong_field_is_refused_by_name_and_its_value_is_not_repeated() {
    let secret = "mongodb://user:hunter2@host";
    for (path, value, field, words) in [
        ("/version", json!(2), "version", "2 is not known"),
        ("/version", json!("1"), "version", "(not a number)"),
        ("/dump_id", json!(secret), "dump_id", "not a run id"),
        ("/source/bucket", json!(secret), "source.bucket", "not a bucket name"),
        ("/source/prefix", json!(7), "source.prefix", "expected a string"),
        (
            "/source/role_arn",
            json!(secret),
            "source.role_arn",
            "not the ARN of a role",
        ),
        (
            "/target/secret_arn",
            json!(secret),
            "target.secret_arn",
            "never what it holds",
        ),
        ("/target", json!(secret), "target", "expected struct Target"),
        ("/mode", json!(secret), "mode", "expected one of"),
        ("/conflict", json!(secret), "conflict", "expected one of"),
        ("/ttl", json!(null), "ttl", "expected"),
        ("/namespaces/include", json!([]), "namespaces.include", "everything"),
        (
            "/namespaces/include",
            json!(["shop"]),
            "namespaces.include[0]",
            "not a namespace pattern",
        ),
        (
            "/namespaces/exclude",
            json!(vec!["a.*"; 101]),
            "namespaces.exclude",
            "at most 100",
        ),
        (
            "/rename",
            json!([{"from": "a", "to": "b", "also": 1}]),
            "rename[0].also",
            "unknown field",
        ),
        ("/rename", json!([{"from": "a"}]), "rename[0]", "missing field `to`"),
        ("/mode", json!("drill"), "mode", "names of its own"),
    ] {
        let mut event = event();
        *event.pointer_mut(path).unwrap() = value;
        let error = Event::parse(&event.to_string()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(field) && text.contains(words), "{path}: {text}");
        assert!(!format!("{text}{error:?}").contains("hunter2"), "{text}");
    }
    for (json, words) in [
        ("", "line 1, column 0"),
        ("[]", "not a JSON object"),
        (r#"{"version":1,"version":1}"#, "not a JSON object"),
        (
            r#"{"version":1,"mode":"verify","mode":"verify"}"#,
            "duplicate field `mode`",
        ),
        (r#"{"version":1,"other":1}"#, "unknown field `other`"),
        (r#"{"version":1}"#, "missing field `dump_id`"),
    ] {
        let error = Event::parse(json).unwrap_err();
        assert!(error.to_string().contains(words), "{json}: {error}");
    }
    assert!(matches!(Event::parse("{}"), Err(EventError::UnknownVersion(version)) if version == "(missing)"));
}
