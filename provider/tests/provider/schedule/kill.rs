//! Kill -9 after each remote call of create, update and delete, and the command after it.

use aws_front::{Effect, GateHandle, Rule};
use serde_json::json;
use tfplugin6_harness::Outcome;

use crate::schedule::world::{TYPE, World, with};

/// Runs something, kills the provider once `skip` calls were answered and the next one was carried out, and says whether
/// there was such a call. A provider for the next command is there afterwards.
async fn killed_after(world: &mut World, skip: u32, run: Run) -> bool {
    let gate = GateHandle::default();
    world.front.clear();
    world
        .front
        .script(Rule::on("*").after(skip).effect(Effect::HoldAnswer(gate.clone())));
    let killed = {
        let running = async {
            match run {
                Run::Apply(prior, config) => world.provider.plan_and_apply(TYPE, prior.as_ref(), config).await,
                Run::Destroy(state) => world.provider.destroy(TYPE, &state).await,
            }
        };
        tokio::select! {
            () = gate.reached() => {
                world.provider.kill().unwrap();
                gate.open();
                true
            }
            outcome = running => {
                outcome.map(Outcome::ok).unwrap().unwrap();
                false
            }
        }
    };
    world.front.clear();
    if killed {
        world.restart_provider().await;
    }
    killed
}

enum Run {
    Apply(Option<tfplugin6_harness::State>, serde_json::Value),
    Destroy(tfplugin6_harness::State),
}

/// A schedule whose target is a function, so that looking at it is a call too.
async fn looked_at(world: &World) -> serde_json::Value {
    let target = format!("{}:live", world.function(512, 60).await);
    with(
        &with(&world.config(), "verify_target", json!(true)),
        "target_arn",
        json!(target),
    )
}

#[tokio::test]
async fn a_create_killed_at_any_call_is_finished_by_the_next_or_by_an_import_that_its_error_asks_for() {
    let mut world = World::start().await;
    let config = looked_at(&world).await;
    let mut imported = 0;
    for skip in 0.. {
        if !killed_after(&mut world, skip, Run::Apply(None, config.clone())).await {
            assert!(skip >= 2, "look and create: {skip} calls");
            break;
        }
        let state = if world.there().await.is_some() {
            let refused = world.apply(None, &config).await;
            let error = refused.diagnostics.only_error().unwrap();
            assert!(
                error.detail.contains(&format!("id = {:?}", world.id())),
                "{}",
                error.detail
            );
            imported += 1;
            world.next_run().await;
            let imported = world.provider.import(TYPE, &world.id()).await.unwrap().ok().unwrap();
            world.update(&imported.state.unwrap(), &config).await
        } else {
            world.create(&config).await
        };
        assert_eq!(world.count().await, 1, "killed after {skip} calls");
        world.assert_settled(&state, &config, "after a kill").await;
        world.destroy(&state).await;
    }
    assert_eq!(imported, 1, "only a create that was carried out needs an import");
}

#[tokio::test]
async fn an_update_killed_at_any_call_is_finished_by_the_next() {
    let mut world = World::start().await;
    let config = looked_at(&world).await;
    let changed = with(&config, "description", json!("changed"));
    for skip in 0.. {
        let state = world.create(&config).await;
        if !killed_after(&mut world, skip, Run::Apply(Some(state.clone()), changed.clone())).await {
            assert!(skip >= 2, "look and update: {skip} calls");
            break;
        }
        let refreshed = world.refresh(&state).await.unwrap();
        let state = world.update(&refreshed, &changed).await;
        world.assert_settled(&state, &changed, "after a kill").await;
        world.destroy(&state).await;
    }
}

#[tokio::test]
async fn a_destroy_killed_at_its_call_is_finished_by_the_next() {
    let mut world = World::start().await;
    for skip in 0.. {
        let state = world.create(&world.config()).await;
        if !killed_after(&mut world, skip, Run::Destroy(state.clone())).await {
            assert!(skip >= 1, "delete: {skip} calls");
            break;
        }
        // What Terraform does: it still has the state and refreshes it.
        if let Some(state) = world.refresh(&state).await {
            world.destroy(&state).await;
        }
        assert!(world.there().await.is_none());
    }
}
