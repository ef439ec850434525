//! `verify_target`: what is looked at, refused and warned of.

use aws_front::{Effect, Rule};
use serde_json::{Value, json};
use tfplugin6_harness::Outcome;

use crate::schedule::world::{World, with};

impl World {
    fn verifying(&self, target: &str) -> Value {
        with(
            &with(&self.config(), "target_arn", json!(target)),
            "verify_target",
            Value::Null,
        )
    }

    /// A create that is refused: nothing is made, and one error at the target.
    async fn refused(&self, config: &Value, summary: &str, told: &[&str]) {
        let outcome = self.apply(None, config).await;
        assert!(outcome.state.is_none() && self.there().await.is_none(), "{summary}");
        let error = outcome.diagnostics.only_error().unwrap();
        assert_eq!((error.path.as_str(), error.summary.as_str()), ("target_arn", summary));
        for part in told.iter().chain(&["verify_target = false"]) {
            assert!(error.detail.contains(part), "{part} is not in: {}", error.detail);
        }
    }

    async fn created(&self, config: &Value) -> Outcome {
        self.apply(None, config).await.ok().unwrap()
    }
}

fn warnings(outcome: &Outcome) -> Vec<(&str, &str)> {
    outcome
        .diagnostics
        .warnings()
        .map(|warning| (warning.path.as_str(), warning.summary.as_str()))
        .collect()
}

#[tokio::test]
async fn a_function_its_version_and_its_alias_are_found_even_while_they_are_being_made() {
    let world = World::start().await;
    let arn = world.function(512, 900).await;
    for target in [arn.clone(), format!("{arn}:live"), format!("{arn}:1")] {
        let outcome = world.created(&world.verifying(&target)).await;
        assert_eq!(warnings(&outcome), [], "{target}");
        world.destroy(&outcome.state.unwrap()).await;
    }
}

#[tokio::test]
async fn a_target_in_another_region_is_pointed_out_at_plan() {
    let world = World::start().await;
    for kind in [
        "lambda:ap-south-1:111122223333:function",
        "states:ap-south-1:111122223333:stateMachine",
    ] {
        let config = with(&world.config(), "target_arn", json!(format!("arn:aws:{kind}:dump")));
        let plan = world.plan(None, &config).await.ok().unwrap();
        let mut found = plan.diagnostics.warnings();
        let warning = found.next().unwrap();
        assert_eq!(
            (warning.path.as_str(), warning.summary.as_str()),
            ("target_arn", "Dump target is in another region.")
        );
        for part in ["ap-south-1", "schedule is in us-east-1"] {
            assert!(warning.detail.contains(part), "{part} is not in: {}", warning.detail);
        }
        assert_eq!(found.next(), None);
    }
    let plan = world.plan(None, &world.config()).await.ok().unwrap();
    assert_eq!(plan.diagnostics.warnings().next(), None);
}

#[tokio::test]
async fn a_function_or_alias_that_does_not_exist_is_refused_by_name() {
    let world = World::start().await;
    let arn = world.function(512, 60).await;
    let missing = arn.replace("function-", "nothing-");
    let summary = "Dump target does not exist.";
    world
        .refused(&world.verifying(&missing), summary, &["does not exist", &missing])
        .await;
    world
        .refused(
            &world.verifying(&format!("{missing}:live")),
            summary,
            &["does not exist"],
        )
        .await;
    world
        .refused(
            &world.verifying(&format!("{arn}:lvie")),
            summary,
            &["no alias or version \"lvie\"", &arn],
        )
        .await;
    world
        .refused(
            &world.verifying(&format!("{arn}:7")),
            summary,
            &["no alias or version \"7\""],
        )
        .await;
}

#[tokio::test]
async fn too_little_memory_is_refused() {
    let world = World::start().await;
    let arn = world.function(511, 60).await;
    let told = ["has 511 MB", "memory_size to 512 or more"];
    world
        .refused(&world.verifying(&arn), "Dump target has too little memory.", &told)
        .await;
}

#[tokio::test]
async fn a_function_that_is_not_ready_is_refused_with_the_reason_lambda_gives() {
    let world = World::start().await;
    let arn = world.function(512, 60).await;
    let says = |fields: Value| {
        let mut body =
            json!({ "MemorySize": 1024, "Timeout": 60, "State": "Active", "LastUpdateStatus": "Successful" });
        body.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        world
            .front
            .script(Rule::on("GetFunctionConfiguration").effect(Effect::Answer {
                status: 200,
                body: body.to_string(),
            }));
    };
    let inactive = "Dump target is not active.";
    says(json!({ "State": "Failed", "StateReason": "No such image." }));
    world
        .refused(&world.verifying(&arn), inactive, &["is Failed (No such image.)"])
        .await;
    says(json!({ "State": "Inactive" }));
    world
        .refused(&world.verifying(&arn), inactive, &["is Inactive", "invoke it once"])
        .await;
    says(json!({ "LastUpdateStatus": "Failed", "LastUpdateStatusReason": "No such key." }));
    let summary = "The last update of the dump target did not succeed.";
    world
        .refused(&world.verifying(&arn), summary, &["is Failed (No such key.)"])
        .await;
}

#[tokio::test]
async fn an_interval_below_the_functions_timeout_is_a_warning() {
    let world = World::start().await;
    let arn = world.function(512, 900).await;
    let often = with(
        &world.verifying(&arn),
        "schedule_expression",
        json!("cron(0/10 3 1 1 ? *)"),
    );
    let outcome = world.created(&often).await;
    assert_eq!(
        warnings(&outcome),
        [("schedule_expression", "The interval is below the function's timeout.")]
    );
    let detail = &outcome.diagnostics.0[0].detail;
    assert!(detail.contains("600 s apart") && detail.contains("900 s"), "{detail}");
    world.destroy(&outcome.state.unwrap()).await;
}

#[tokio::test]
async fn a_look_that_is_denied_is_a_warning_that_nothing_was_verified() {
    let world = World::start().await;
    world
        .front
        .script(Rule::on("GetFunctionConfiguration").always().effect(Effect::denied()));
    let outcome = world
        .created(&world.verifying("arn:aws:lambda:us-east-1:000000000000:function:hidden:live"))
        .await;
    assert_eq!(
        warnings(&outcome),
        [("target_arn", "The dump target was not verified.")]
    );
    let detail = &outcome.diagnostics.0[0].detail;
    assert!(
        detail.contains("The target was not verified") && detail.contains("lambda:GetFunctionConfiguration"),
        "{detail}"
    );
    world.destroy(&outcome.state.unwrap()).await;
}

#[tokio::test]
async fn any_other_failure_of_the_look_is_an_error_with_the_way_out() {
    let world = World::start().await;
    world
        .front
        .script(Rule::on("GetFunctionConfiguration").effect(Effect::refusal(
            400,
            "InvalidParameterValueException",
            "Odd.",
        )));
    let target = "arn:aws:lambda:us-east-1:000000000000:function:odd";
    world
        .refused(&world.verifying(target), "AWS refused the call.", &["Odd.", target])
        .await;
}

#[tokio::test]
async fn a_state_machine_is_not_looked_at_and_neither_is_anything_when_told_not_to() {
    let world = World::start().await;
    let machine = world.verifying("arn:aws:states:us-east-1:000000000000:stateMachine:dump");
    let told_not_to = with(
        &world.verifying("arn:aws:lambda:us-east-1:000000000000:function:none"),
        "verify_target",
        json!(false),
    );
    for config in [machine, told_not_to] {
        let outcome = world.created(&config).await;
        assert_eq!(warnings(&outcome), []);
        world.destroy(&outcome.state.unwrap()).await;
    }
    assert!(
        !world
            .front
            .operations()
            .contains(&"GetFunctionConfiguration".to_owned())
    );
}

#[tokio::test]
async fn a_target_that_went_bad_keeps_the_schedule_as_it_is() {
    let world = World::start().await;
    let config = with(&world.config(), "schedule_expression", json!("cron(0 3 * * ? *)"));
    let state = world.create(&config).await;
    let arn = world.function(128, 60).await;
    let outcome = world.apply(Some(&state), &world.verifying(&arn)).await;
    assert_eq!(
        outcome.diagnostics.only_error().unwrap().summary,
        "Dump target has too little memory."
    );
    assert_eq!(outcome.value(), &state.value);
    world.assert_settled(&state, &config, "unchanged").await;
    world.destroy(&state).await;
}

#[tokio::test]
async fn a_schedule_whose_target_is_gone_can_be_paused() {
    let world = World::start().await;
    let arn = world.function(512, 60).await;
    let config = world.verifying(&format!("{arn}:live"));
    let state = world.created(&config).await.state.unwrap();
    world.remove_function(&arn).await;
    let described = world
        .apply(Some(&state), &with(&config, "description", json!("x")))
        .await;
    assert_eq!(
        described.diagnostics.only_error().unwrap().summary,
        "Dump target does not exist."
    );
    let paused = with(&config, "enabled", json!(false));
    let state = world.update(&state, &paused).await;
    world.assert_settled(&state, &paused, "paused").await;
    world.destroy(&state).await;
}
