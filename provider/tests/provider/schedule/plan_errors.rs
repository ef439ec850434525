//! What a plan refuses, without a call.

use serde_json::{Value, json};
use tfplugin6_harness::UNKNOWN;

use crate::schedule::world::{TYPE, World, with, with_dump};

#[tokio::test]
async fn each_mistake_is_refused_at_plan_with_what_to_type() {
    let mut wrong = Vec::new();
    let world = World::start().await;
    let malformed = "Schedule expression is malformed.";
    let never = "Dump schedule never fires.";
    let range = "Number is out of range.";
    let dump = "Dump setting is malformed.";
    let at = |attribute: &str, value: Value| with(&world.config(), attribute, value);
    let expression = |text: &str| at("schedule_expression", json!(text));
    let retry = |field: &str, value: i64| at("retry_policy", json!({ field: value }));
    let in_dump = |field: &str, value: Value| with_dump(&world.config(), field, value);
    let dated = |start: &str, end: &str| with(&at("start_date", json!(start)), "end_date", json!(end));
    for (config, path, summary, told) in [
        (
            expression("rate(6 hour)"),
            "schedule_expression",
            malformed,
            "Use rate(6 hours).",
        ),
        (
            expression("rate(0 hours)"),
            "schedule_expression",
            malformed,
            "from 1 to",
        ),
        (
            expression("every day"),
            "schedule_expression",
            malformed,
            "not a rate(...)",
        ),
        (
            expression("cron(0 3 * * *)"),
            "schedule_expression",
            malformed,
            "5 fields instead of 6",
        ),
        (
            expression("cron(0 3 * * * *)"),
            "schedule_expression",
            malformed,
            "Use cron(0 3 * * ? *).",
        ),
        (
            expression("cron(61 3 * * ? *)"),
            "schedule_expression",
            malformed,
            "minutes field",
        ),
        (
            expression("cron(0 3 ? * 6#6 *)"),
            "schedule_expression",
            malformed,
            "1 to 5",
        ),
        (
            expression("at(2031-02-30T03:00:00)"),
            "schedule_expression",
            malformed,
            "no such date",
        ),
        (
            expression("cron(0 3 31 2 ? *)"),
            "schedule_expression",
            never,
            "February has no 31st. Use cron(0 3 L 2 ? *)",
        ),
        (
            expression("cron(0 3 * * ? 2020)"),
            "schedule_expression",
            never,
            "last year 2020 is in the past",
        ),
        (
            expression("at(2020-01-01T03:00:00)"),
            "schedule_expression",
            never,
            "in the past",
        ),
        (
            with(
                &expression("at(2031-03-30T02:30:00)"),
                "schedule_expression_timezone",
                json!("Europe/Berlin"),
            ),
            "schedule_expression",
            never,
            "clocks move forward",
        ),
        (
            with(
                &expression("cron(0 3 1 1 ? 2031)"),
                "end_date",
                json!("2030-12-31T00:00:00Z"),
            ),
            "schedule_expression",
            never,
            "2031-01-01T03:00:00Z",
        ),
        (
            expression("cron(0 3 * * 1-5)"),
            "schedule_expression",
            malformed,
            "Use cron(0 3 ? * MON-FRI *)",
        ),
        (
            with(
                &expression("cron(0 3 * * ? 2028)"),
                "start_date",
                json!("2030-01-01T00:00:00Z"),
            ),
            "schedule_expression",
            never,
            "an earlier start",
        ),
        (
            at("region", json!("eu-centrl-1")),
            "region",
            "Region is malformed.",
            "\"eu-central-1\"",
        ),
        (
            at("schedule_expression_timezone", json!("Berlin")),
            "schedule_expression_timezone",
            "Time zone is unknown.",
            "Europe/Berlin",
        ),
        (
            at("start_date", json!("tomorrow")),
            "start_date",
            "Date is malformed.",
            "\"tomorrow\"",
        ),
        (
            at("end_date", json!("2031-01-01")),
            "end_date",
            "Date is malformed.",
            "2030-01-31T03:00:00Z",
        ),
        (
            at("start_date", json!("2020-01-01T00:00:00Z")),
            "start_date",
            "Start date is in the past.",
            "five minutes",
        ),
        (
            dated("2032-01-01T00:00:00Z", "2031-01-01T00:00:00Z"),
            "end_date",
            "Schedule ends before it starts.",
            "2032-01-01T00:00:00Z",
        ),
        (
            at("name", json!("every 6 hours")),
            "name",
            "Schedule name is malformed.",
            "\"every 6 hours\"",
        ),
        (
            at("name", json!("a".repeat(65))),
            "name",
            "Schedule name is malformed.",
            "1 to 64",
        ),
        (at("name", json!("")), "name", "Schedule name is malformed.", "1 to 64"),
        (
            at("group_name", json!("a/b")),
            "group_name",
            "Schedule name is malformed.",
            "\"a/b\"",
        ),
        (
            at("region", json!("Frankfurt")),
            "region",
            "Region is malformed.",
            "\"Frankfurt\"",
        ),
        (
            at("description", json!("x".repeat(494))),
            "description",
            "Description is too long.",
            "at most 493",
        ),
        (
            at("flexible_window_minutes", json!(1441)),
            "flexible_window_minutes",
            range,
            "from 0 to 1440",
        ),
        (
            at("flexible_window_minutes", json!(-1)),
            "flexible_window_minutes",
            range,
            "Got -1",
        ),
        (
            at("flexible_window_minutes", json!(1.5)),
            "flexible_window_minutes",
            range,
            "Got 1.5",
        ),
        (
            retry("maximum_retry_attempts", 186),
            "retry_policy.maximum_retry_attempts",
            range,
            "from 0 to 185",
        ),
        (
            retry("maximum_retry_attempts", -1),
            "retry_policy.maximum_retry_attempts",
            range,
            "Got -1",
        ),
        (
            retry("maximum_event_age_in_seconds", 59),
            "retry_policy.maximum_event_age_in_seconds",
            range,
            "from 60 to 86400",
        ),
        (
            retry("maximum_event_age_in_seconds", 86_401),
            "retry_policy.maximum_event_age_in_seconds",
            range,
            "Got 86401",
        ),
        (
            at("role_arn", json!("scheduler")),
            "role_arn",
            "ARN is malformed.",
            "\"scheduler\"",
        ),
        (
            at("kms_key_arn", json!("alias/x")),
            "kms_key_arn",
            "ARN is malformed.",
            "\"alias/x\"",
        ),
        (
            at("dead_letter_config", json!({ "arn": "queue" })),
            "dead_letter_config.arn",
            "ARN is malformed.",
            "\"queue\"",
        ),
        (
            at("target_arn", json!("arn:aws:sqs:us-east-1:000000000000:queue")),
            "target_arn",
            "Dump target is neither a function nor a state machine.",
            "aws_lambda_alias",
        ),
        (
            in_dump("prefix", json!("mongo/")),
            "dump.prefix",
            dump,
            "none at either end",
        ),
        (
            in_dump("prefix", json!("/mongo")),
            "dump.prefix",
            dump,
            "none at either end",
        ),
        (in_dump("bucket", json!("Dumps")), "dump.bucket", dump, "lower-case"),
        (in_dump("cluster", json!("")), "dump.cluster", dump, "1 to 64"),
        (
            in_dump("compression", json!("lz4")),
            "dump.compression",
            dump,
            "zstd or gzip",
        ),
        (
            in_dump("read_concern", json!("local")),
            "dump.read_concern",
            dump,
            "snapshot or majority",
        ),
        (in_dump("include", json!([])), "dump.include", dump, "[\"*\"]"),
        (
            in_dump("exclude", json!(["shop.*", "shop"])),
            "dump.exclude[1]",
            dump,
            "<database>.<collection>",
        ),
        (
            in_dump("kms_key_arn", json!("key")),
            "dump.kms_key_arn",
            dump,
            "arn:aws:kms",
        ),
        (in_dump("role_arn", json!("role")), "dump.role_arn", dump, "arn:aws:iam"),
    ] {
        let plan = world.plan(None, &config).await;
        let error = plan
            .diagnostics
            .only_error()
            .unwrap_or_else(|error| panic!("{path} {told}: {error}"));
        assert_eq!(
            (error.place(), error.summary.as_str()),
            (path, summary),
            "{told}: {}",
            error.detail
        );
        if !error.detail.contains(told) {
            wrong.push(format!("{path}: {told} is not in: {}", error.detail));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(world.front.operations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_connection_string_in_place_of_the_secret_is_refused_without_being_repeated() {
    let world = World::start().await;
    let config = with_dump(&world.config(), "secret_arn", json!("mongodb://admin:hunter2@db"));
    let plan = world.plan(None, &config).await;
    let error = plan.diagnostics.only_error().unwrap();
    assert_eq!(error.place(), "dump.secret_arn");
    assert!(
        !format!("{}", plan.diagnostics).contains("hunter2"),
        "{}",
        plan.diagnostics
    );
    assert!(!world.provider.stderr().contains("hunter2"));
}

#[tokio::test]
async fn what_is_unknown_is_no_error_and_hides_none() {
    let world = World::start().await;
    let unknown = json!(UNKNOWN);
    let mut config = world.config();
    for attribute in [
        "name",
        "group_name",
        "description",
        "start_date",
        "end_date",
        "kms_key_arn",
        "schedule_expression",
        "schedule_expression_timezone",
        "flexible_window_minutes",
        "enabled",
        "target_arn",
        "role_arn",
        "dump",
        "retry_policy",
        "dead_letter_config",
        "verify_target",
    ] {
        config[attribute] = unknown.clone();
    }
    world.plan(None, &config).await.ok().unwrap();

    let half = with_dump(
        &with_dump(&world.config(), "secret_arn", unknown),
        "bucket",
        json!("Dumps"),
    );
    let diagnostics = world.provider.validate_resource(TYPE, half).await.unwrap();
    assert_eq!(diagnostics.only_error().unwrap().place(), "dump.bucket");
}
