//! The whole life of a schedule: create, change, pause, drift, import, replace, destroy.

use aws_sdk_scheduler::types::{
    DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, ScheduleState, Target,
};
use aws_smithy_types::DateTime;
use serde_json::{Value, json};
use tfplugin6_harness::{Action, State, UNKNOWN};

use crate::schedule::world::{REGION, ROLE, TARGET, TYPE, World, spawn, with, with_dump};

/// The payload as Scheduler delivers it, but for the two placeholders.
fn payload(state: &Value) -> Value {
    serde_json::from_str(state["payload"].as_str().unwrap()).unwrap()
}

fn full(world: &World) -> Value {
    let mut config = world.config();
    config["region"] = json!(REGION);
    config["group_name"] = json!("default");
    config["description"] = json!("every six hours");
    config["start_date"] = json!("2031-01-01T00:00:00+01:00");
    config["end_date"] = json!("2041-01-01T00:00:00Z");
    config["kms_key_arn"] = json!("arn:aws:kms:us-east-1:000000000000:key/5678");
    config["schedule_expression_timezone"] = json!("Europe/Berlin");
    config["flexible_window_minutes"] = json!(15);
    config["enabled"] = json!(true);
    config["retry_policy"] = json!({ "maximum_retry_attempts": 5, "maximum_event_age_in_seconds": 7200 });
    config["dead_letter_config"] = json!({ "arn": "arn:aws:sqs:us-east-1:000000000000:lost" });
    config["dump"]["include"] = json!(["shop.*", "*.orders"]);
    config["dump"]["exclude"] = json!(["shop.sessions"]);
    config["dump"]["compression"] = json!("gzip");
    config["dump"]["read_concern"] = json!("majority");
    config
}

#[tokio::test]
async fn everything_but_the_arn_is_known_at_plan_and_nothing_is_called_for_it() {
    let world = World::start().await;
    let plan = world.plan(None, &world.config()).await.ok().unwrap();
    assert_eq!(world.front.operations(), Vec::<String>::new());
    let planned = &plan.planned;
    assert_eq!(
        (
            &planned["id"],
            &planned["region"],
            &planned["max_interval_seconds"],
            &planned["arn"]
        ),
        (&json!(world.id()), &json!(REGION), &json!(21_600), &json!(UNKNOWN))
    );
    let payload = payload(planned);
    assert_eq!(
        (&payload["version"], &payload["action"], &payload["include"]),
        (&json!(1), &json!("dump"), &json!(["*"]))
    );
    assert_eq!(payload["schedule_arn"], "<aws.scheduler.schedule-arn>");
    assert_eq!(payload["scheduled_time"], "<aws.scheduler.scheduled-time>");

    let unknown = with(
        &with_dump(&world.config(), "secret_arn", json!(UNKNOWN)),
        "name",
        json!(UNKNOWN),
    );
    let planned = world.plan(None, &unknown).await.ok().unwrap().planned;
    assert_eq!(
        (&planned["id"], &planned["payload"], &planned["max_interval_seconds"]),
        (&json!(UNKNOWN), &json!(UNKNOWN), &json!(21_600))
    );
    let unknown = with(&world.config(), "schedule_expression", json!(UNKNOWN));
    let planned = world.plan(None, &unknown).await.ok().unwrap().planned;
    assert_eq!(planned["max_interval_seconds"], json!(UNKNOWN));
}

#[tokio::test]
async fn a_schedule_is_created_changed_paused_and_destroyed() {
    let (world, config, state) = World::with_schedule().await;
    let arn = format!(
        "arn:aws:scheduler:{REGION}:000000000000:schedule/default/{}",
        world.name
    );
    assert_eq!(
        (&state.value["arn"], &state.value["id"]),
        (&json!(arn), &json!(world.id()))
    );
    for (attribute, value) in [
        ("group_name", Value::Null),
        ("enabled", Value::Null),
        ("retry_policy", Value::Null),
    ] {
        assert_eq!(state.value[attribute], value, "{attribute}: null stays null");
    }
    let there = world.there().await.unwrap();
    let target = there.target().unwrap();
    assert_eq!(
        (target.arn(), target.role_arn(), target.input()),
        (TARGET, ROLE, state.value["payload"].as_str())
    );
    let retry = target.retry_policy().unwrap();
    assert_eq!(
        (retry.maximum_retry_attempts(), retry.maximum_event_age_in_seconds()),
        (Some(2), Some(3_600))
    );
    assert_eq!(
        (there.state(), there.schedule_expression_timezone()),
        (Some(&ScheduleState::Enabled), Some("UTC"))
    );
    assert_eq!(
        *there.flexible_time_window().unwrap().mode(),
        FlexibleTimeWindowMode::Off
    );
    world.assert_settled(&state, &config, "new").await;

    let changed = full(&world);
    let plan = world.plan(Some(&state), &changed).await.ok().unwrap();
    assert_eq!((plan.action, &plan.planned["arn"]), (Action::Update, &json!(arn)));
    let state = world.update(&state, &changed).await;
    let there = world.there().await.unwrap();
    assert_eq!(
        (
            there.description().and_then(|text| text.lines().next()),
            there.schedule_expression_timezone(),
            there.kms_key_arn()
        ),
        (
            Some("every six hours"),
            Some("Europe/Berlin"),
            Some("arn:aws:kms:us-east-1:000000000000:key/5678")
        )
    );
    assert_eq!(there.start_date(), Some(&DateTime::from_secs(1_924_988_400)));
    assert_eq!(
        there.flexible_time_window().unwrap().maximum_window_in_minutes(),
        Some(15)
    );
    let dead_letters = there.target().unwrap().dead_letter_config().unwrap();
    assert_eq!(dead_letters.arn(), Some("arn:aws:sqs:us-east-1:000000000000:lost"));
    assert_eq!(
        state.value["max_interval_seconds"], 25_200,
        "the clocks go back once a year"
    );
    let dump = payload(&state.value);
    assert_eq!(
        (&dump["compression"], &dump["exclude"]),
        (&json!("gzip"), &json!(["shop.sessions"]))
    );
    world.assert_settled(&state, &changed, "changed").await;

    let paused = with(&changed, "enabled", json!(false));
    let state = world.update(&state, &paused).await;
    assert_eq!(world.there().await.unwrap().state(), Some(&ScheduleState::Disabled));
    world.assert_settled(&state, &paused, "paused").await;

    let state = world.update(&state, &config).await;
    let there = world.there().await.unwrap();
    assert_eq!(
        (there.state(), there.start_date()),
        (Some(&ScheduleState::Enabled), None),
        "what is left out goes"
    );
    world.assert_settled(&state, &config, "small again").await;
    world.destroy(&state).await;
}

#[tokio::test]
async fn a_change_by_hand_is_drift_at_its_field_and_goes_at_the_next_apply() {
    let world = World::start().await;
    let config = full(&world);
    let state = world.create(&config).await;
    let target = |now: &aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput| {
        let now = now.target().unwrap();
        Target::builder()
            .arn(now.arn())
            .role_arn(now.role_arn())
            .set_input(now.input.clone())
            .set_retry_policy(now.retry_policy.clone())
            .set_dead_letter_config(now.dead_letter_config.clone())
    };
    let input = |from: &'static str, to: &'static str| {
        move |edit: Edit, now: &aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput| {
            let input = now.target().unwrap().input().unwrap();
            assert!(input.contains(from), "{from}");
            edit.target(target(now).input(input.replacen(from, to, 1)).build().unwrap())
        }
    };
    type Edit = aws_sdk_scheduler::operation::update_schedule::builders::UpdateScheduleFluentBuilder;
    type Hand = Box<dyn FnOnce(Edit, &aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput) -> Edit>;
    let cases: Vec<(&str, Value, Hand)> = vec![
        (
            "schedule_expression",
            json!("rate(1 hour)"),
            Box::new(|edit, _| edit.schedule_expression("rate(1 hour)")),
        ),
        (
            "schedule_expression_timezone",
            json!("UTC"),
            Box::new(|edit, _| edit.schedule_expression_timezone("UTC")),
        ),
        (
            "enabled",
            json!(false),
            Box::new(|edit, _| edit.state(ScheduleState::Disabled)),
        ),
        (
            "description",
            json!("mine"),
            Box::new(|edit, _| edit.description("mine")),
        ),
        ("description", Value::Null, Box::new(|edit, _| edit.description(""))),
        ("start_date", Value::Null, Box::new(|edit, _| edit.set_start_date(None))),
        (
            "end_date",
            json!("2040-01-01T00:00:00Z"),
            Box::new(|edit, _| edit.end_date(DateTime::from_secs(2_208_988_800))),
        ),
        (
            "flexible_window_minutes",
            json!(0),
            Box::new(|edit, _| {
                let off = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off);
                edit.flexible_time_window(off.build().unwrap())
            }),
        ),
        (
            "target_arn",
            json!("arn:aws:lambda:us-east-1:000000000000:function:other"),
            Box::new(move |edit, now| {
                let other = target(now).arn("arn:aws:lambda:us-east-1:000000000000:function:other");
                edit.target(other.build().unwrap())
            }),
        ),
        (
            "role_arn",
            json!("arn:aws:iam::000000000000:role/other"),
            Box::new(move |edit, now| {
                edit.target(
                    target(now)
                        .role_arn("arn:aws:iam::000000000000:role/other")
                        .build()
                        .unwrap(),
                )
            }),
        ),
        (
            "retry_policy",
            json!({ "maximum_retry_attempts": 9, "maximum_event_age_in_seconds": 7200 }),
            Box::new(move |edit, now| {
                let retry = RetryPolicy::builder()
                    .maximum_retry_attempts(9)
                    .maximum_event_age_in_seconds(7_200);
                edit.target(target(now).retry_policy(retry.build()).build().unwrap())
            }),
        ),
        (
            "dead_letter_config",
            json!({ "arn": "arn:aws:sqs:us-east-1:000000000000:other" }),
            Box::new(move |edit, now| {
                let other = DeadLetterConfig::builder().arn("arn:aws:sqs:us-east-1:000000000000:other");
                edit.target(target(now).dead_letter_config(other.build()).build().unwrap())
            }),
        ),
        (
            "kms_key_arn",
            json!("arn:aws:kms:us-east-1:000000000000:key/9"),
            Box::new(|edit, _| edit.kms_key_arn("arn:aws:kms:us-east-1:000000000000:key/9")),
        ),
        (
            "dump.bucket",
            json!("elsewhere"),
            Box::new(input(r#""dumps""#, r#""elsewhere""#)),
        ),
        ("dump.exclude", json!([]), Box::new(input(r#"["shop.sessions"]"#, "[]"))),
        (
            "dump.compression",
            json!("zstd"),
            Box::new(input(r#""gzip""#, r#""zstd""#)),
        ),
    ];
    for (field, shown, hand) in cases {
        world.by_hand(hand).await;
        let drifted = world.refresh(&state).await.unwrap();
        let at = |state: &State| {
            field
                .split('.')
                .fold(state.value.clone(), |value, name| value[name].clone())
        };
        assert_eq!(at(&drifted), shown, "{field}");
        for (name, value) in state.value.as_object().unwrap() {
            let touched = [field.split('.').next().unwrap(), "payload"];
            if !touched.contains(&name.as_str()) {
                assert_eq!(&drifted.value[name], value, "{field} is no drift of {name}");
            }
        }
        let plan = world.plan(Some(&drifted), &config).await.ok().unwrap();
        assert_eq!(plan.action, Action::Update, "{field}");
        let repaired = world.update(&drifted, &config).await;
        assert_eq!(repaired.value, state.value, "{field}");
        world.assert_settled(&repaired, &config, field).await;
    }
    // A payload that is none of ours shows as a whole.
    world.by_hand(input(r#""version":1"#, r#""version":2"#)).await;
    let drifted = world.refresh(&state).await.unwrap();
    assert_eq!(drifted.value["dump"], state.value["dump"]);
    assert!(drifted.value["payload"].as_str().unwrap().contains(r#""version":2"#));
    let repaired = world.update(&drifted, &config).await;
    world.assert_settled(&repaired, &config, "payload").await;
    world.destroy(&repaired).await;
}

#[tokio::test]
async fn a_schedule_removed_by_hand_is_planned_for_creation_and_its_destroy_is_done() {
    let world = World::start().await;
    let state = world.create(&world.config()).await;
    world
        .console()
        .delete_schedule()
        .name(&world.name)
        .send()
        .await
        .unwrap();
    assert!(world.refresh(&state).await.is_none());
    world.destroy(&state).await;
    let again = world.create(&world.config()).await;
    world.destroy(&again).await;
}

#[tokio::test]
async fn an_import_shows_every_attribute_and_the_apply_after_it_writes_nothing() {
    let world = World::start().await;
    for (case, config) in [("small", world.config()), ("full", full(&world))] {
        let made = world.create(&config).await;
        let imported = world
            .provider
            .import(TYPE, &world.id())
            .await
            .unwrap()
            .ok()
            .unwrap()
            .state
            .unwrap();
        for attribute in [
            "id",
            "name",
            "region",
            "arn",
            "payload",
            "schedule_expression",
            "max_interval_seconds",
        ] {
            assert_eq!(imported.value[attribute], made.value[attribute], "{case}: {attribute}");
        }
        assert_eq!(
            (&imported.value["enabled"], &imported.value["group_name"]),
            (&json!(true), &json!("default"))
        );
        assert_eq!(imported.value["dump"]["bucket"], "dumps", "{case}");
        let zone = config
            .get("schedule_expression_timezone")
            .cloned()
            .unwrap_or(json!("UTC"));
        assert_eq!(imported.value["schedule_expression_timezone"], zone, "{case}");
        world.front.clear();
        let plan = world.plan(Some(&imported), &config).await.ok().unwrap();
        assert!([Action::NoOp, Action::Update].contains(&plan.action), "{case}");
        for computed in ["id", "region", "arn", "payload", "max_interval_seconds"] {
            assert_eq!(plan.planned[computed], imported.value[computed], "{case}: {computed}");
        }
        let state = world.update(&imported, &config).await;
        assert_eq!(world.writes(), Vec::<String>::new(), "{case}");
        world.assert_settled(&state, &config, case).await;
        world.destroy(&state).await;
    }
}

#[tokio::test]
async fn an_import_of_nothing_or_by_another_id_says_so() {
    let world = World::start().await;
    for (id, summary) in [
        (world.id(), "The schedule does not exist."),
        (world.name.clone(), "Import id is malformed."),
        (format!("{REGION}/{}", world.name), "Import id is malformed."),
        (format!("{REGION}//{}", world.name), "Import id is malformed."),
        (format!("eu-centrl-1/default/{}", world.name), "Import id is malformed."),
    ] {
        let outcome = world.provider.import(TYPE, &id).await.unwrap();
        assert_eq!(outcome.diagnostics.only_error().unwrap().summary, summary, "{id}");
    }
    let mistyped = world.provider.import(TYPE, "eu-centrl-1/default/x").await.unwrap();
    let error = mistyped.diagnostics.only_error().unwrap();
    assert!(error.detail.contains("\"eu-central-1/default/x\""), "{}", error.detail);
}

#[tokio::test]
async fn a_provider_region_that_is_not_known_yet_replaces_nothing() {
    let (world, config, state) = World::with_schedule().await;
    let unknown = json!({ "region": UNKNOWN });
    world.provider.configure(unknown).await.unwrap().ok().unwrap();
    let plan = world.plan(Some(&state), &config).await.ok().unwrap();
    assert_eq!(plan.action, Action::NoOp, "{}", plan.planned);
    let new = world.plan(None, &config).await.ok().unwrap();
    assert_eq!(new.planned["region"], json!(UNKNOWN));
    world.provider.configure(json!({})).await.unwrap().ok().unwrap();
    world.destroy(&state).await;
}

#[tokio::test]
async fn another_name_or_group_replaces_and_the_default_group_by_its_name_does_not() {
    let world = World::start().await;
    let state = world.create(&world.config()).await;
    for (attribute, value) in [("name", "other"), ("group_name", "other"), ("region", "eu-west-1")] {
        let plan = world
            .plan(Some(&state), &with(&world.config(), attribute, json!(value)))
            .await
            .ok()
            .unwrap();
        assert_eq!(plan.action, Action::Replace, "{attribute}");
    }
    world.front.clear();
    let named = with(
        &with(&world.config(), "group_name", json!("default")),
        "region",
        json!(REGION),
    );
    let state = world.update(&state, &named).await;
    assert_eq!(world.writes(), Vec::<String>::new());
    world.assert_settled(&state, &named, "named").await;
    world.destroy(&state).await;
}

#[tokio::test]
async fn a_schedule_that_has_run_to_its_end_is_no_error_and_a_change_of_it_is() {
    let world = World::start().await;
    let once = with(&world.config(), "schedule_expression", json!("at(2099-01-01T03:00:00)"));
    let state = world.create(&once).await;
    assert_eq!(state.value["max_interval_seconds"], Value::Null);
    world
        .by_hand(|edit, _| edit.schedule_expression("at(2020-01-01T03:00:00)"))
        .await;
    let past = with(&once, "schedule_expression", json!("at(2020-01-01T03:00:00)"));
    let state = world.refresh(&state).await.unwrap();
    world.assert_settled(&state, &past, "over").await;
    let described = with(&past, "description", json!("done"));
    let state = world.update(&state, &described).await;
    let later = with(&past, "schedule_expression", json!("at(2021-01-01T03:00:00)"));
    let plan = world.plan(Some(&state), &later).await;
    assert_eq!(
        plan.diagnostics.only_error().unwrap().summary,
        "Dump schedule never fires."
    );
    world.destroy(&state).await;
}

#[tokio::test]
async fn a_schedule_that_began_long_ago_can_be_changed_with_its_start_date() {
    let world = World::start().await;
    let started = with(&world.config(), "start_date", json!("2099-01-01T00:00:00Z"));
    let state = world.create(&started).await;
    world
        .by_hand(|edit, _| edit.start_date(DateTime::from_secs(1_577_836_800)))
        .await;
    let state = world.refresh(&state).await.unwrap();
    let config = with(&started, "start_date", json!("2020-01-01T00:00:00Z"));
    let slower = with(&config, "schedule_expression", json!("cron(0 0/12 * * ? *)"));
    let state = world.update(&state, &slower).await;
    assert_eq!(state.value["max_interval_seconds"], 43_200);
    let earlier = with(&slower, "start_date", json!("2019-01-01T00:00:00Z"));
    let plan = world.plan(Some(&state), &earlier).await;
    assert_eq!(
        plan.diagnostics.only_error().unwrap().summary,
        "Start date is in the past."
    );
    world.destroy(&state).await;
}

#[tokio::test]
async fn the_provider_finds_scheduler_and_lambda_at_its_endpoints() {
    let world = World::start().await;
    let endpoints = json!({ "endpoints": { "scheduler": world.front.url(), "lambda": world.front.url() } });
    let provider = spawn("http://127.0.0.1:9", endpoints).await;
    let target = world.function(512, 60).await;
    let config = with(
        &with(&world.config(), "verify_target", json!(true)),
        "target_arn",
        json!(target),
    );
    let state = provider
        .plan_and_apply(TYPE, None, config)
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    let calls = world.front.operations();
    assert!(
        calls.contains(&"CreateSchedule".to_owned()) && calls.contains(&"GetFunctionConfiguration".to_owned()),
        "{calls:?}"
    );
    world.destroy(&state).await;
}
