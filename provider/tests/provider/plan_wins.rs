//! What is applied is what the plan showed, whatever else the configuration says: so `ignore_changes` ignores.

use serde_json::{Value, json};
use tfplugin6_harness::{Action, ProviderProcess, State};

use crate::atlas::world as atlas;
use crate::bundle::world as bundle;
use crate::schedule::world;

/// Applies plans one after another, each with another configuration than it was made with, and expects what was planned, here
/// and at the remote side.
async fn assert_plan_wins(provider: &ProviderProcess, kind: &str, steps: &[(Value, Value)]) -> State {
    let mut state = None;
    for (planned, typed) in steps {
        let plan = provider
            .plan(kind, state.as_ref(), planned.clone())
            .await
            .unwrap()
            .ok()
            .unwrap();
        assert!(
            [Action::Create, Action::Update].contains(&plan.action),
            "{kind}: {:?}",
            plan.action
        );
        let applied = provider
            .apply_ignoring(&plan, typed.clone())
            .await
            .unwrap()
            .ok()
            .unwrap();
        let applied = applied.state.unwrap();
        let refreshed = provider.read(kind, &applied).await.unwrap().ok().unwrap();
        let again = provider
            .plan(kind, refreshed.state.as_ref(), planned.clone())
            .await
            .unwrap()
            .ok()
            .unwrap();
        assert_eq!(
            again.action,
            Action::NoOp,
            "{kind}: {} -> {}",
            refreshed.value(),
            again.planned
        );
        state = refreshed.state;
    }
    state.unwrap()
}

#[tokio::test]
async fn the_plan_wins_over_the_configuration_in_every_resource() {
    let mut covered = Vec::new();
    let mut done = |kind: &str| covered.push(kind.to_owned());

    let schedules = world::World::start().await;
    let base = schedules.config();
    let slower = world::with(&base, "schedule_expression", json!("cron(0 0/12 * * ? *)"));
    let steps = [
        (base.clone(), world::with_dump(&base, "bucket", json!("elsewhere"))),
        (slower.clone(), world::with(&slower, "enabled", json!(false))),
    ];
    let state = assert_plan_wins(&schedules.provider, world::TYPE, &steps).await;
    schedules.destroy(&state).await;
    done(world::TYPE);

    let bundles = bundle::World::start().await;
    let base = bundle::small_bundle();
    let slower = bundle::with(&base, "lambda.upload.timeout_seconds", json!(60));
    let threshold =
        |config: &Value| bundle::with(config, "overrides", json!({ "lambda/*/errors": { "threshold": 9 } }));
    let steps = [(base.clone(), threshold(&base)), (slower.clone(), threshold(&slower))];
    assert_plan_wins(&bundles.provider, bundle::TYPE, &steps).await;
    done(bundle::TYPE);

    let project = atlas::World::start().await;
    let list = |entries: Value| json!({ "project_id": atlas::PROJECT, "entries": entries });
    let office = json!({ "10.1.0.0/16": { "comment": "office" } });
    let more = json!({ "10.1.0.0/16": { "comment": "office" }, "10.2.0.0/16": { "comment": "lab" } });
    let other = json!({ "10.99.0.0/16": { "comment": "elsewhere" } });
    let steps = [(list(office), list(other.clone())), (list(more), list(other))];
    assert_plan_wins(&project.provider, atlas::LIST, &steps).await;
    done(atlas::LIST);

    let link = atlas::link();
    let remote = |region: &str| atlas::with(&link, "supported_remote_regions", json!([region]));
    let steps = [
        (link.clone(), remote("us-east-1")),
        (remote("us-west-2"), remote("us-east-1")),
    ];
    let made = assert_plan_wins(&project.provider, atlas::LINK, &steps).await;
    done(atlas::LINK);

    let endpoint = atlas::endpoint(&made);
    let steps = [(
        endpoint.clone(),
        atlas::with(&endpoint, "interface_endpoint_id", json!(atlas::OTHER_VPCE)),
    )];
    assert_plan_wins(&project.provider, atlas::ENDPOINT, &steps).await;
    done(atlas::ENDPOINT);

    let mut all: Vec<String> = schedules.provider.schema().resources.keys().cloned().collect();
    all.sort();
    covered.sort();
    assert_eq!(covered, all, "every resource of the provider");
}
