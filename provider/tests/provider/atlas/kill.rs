//! Kill -9 after each remote call of create and delete, and the apply after it.

use atlas_emulator::{AtlasEmulator, Gate, Options};
use serde_json::{Value, json};
use tfplugin6_harness::State;

use crate::atlas::world::{
    ENDPOINT, LINK, LIST, PROJECT, SOON, VPCE, World, api_key, configured, endpoint, link, with,
};

/// Runs something that calls Atlas, kills the provider once `skip` calls were answered and the next one was carried out,
/// and says whether there was such a call.
async fn killed_after(
    world: &World,
    skip: u32,
    run: impl Future<Output = anyhow::Result<tfplugin6_harness::Outcome>>,
) -> bool {
    let gate = world.emulator.gate(Gate {
        skip,
        ..Gate::default()
    });
    tokio::select! {
        () = gate.reached() => {
            world.provider.kill().unwrap();
            gate.open();
            true
        }
        outcome = run => {
            outcome.unwrap().ok().unwrap();
            gate.open();
            false
        }
    }
}

/// More calls than any of these operations makes.
const MOST_CALLS: u32 = 16;

/// Lives through a kill after each call, all at the same time. A life says whether there was such a call; there must have been
/// `least` of them.
async fn at_every_call<L: Future<Output = bool>>(least: u32, life: impl Fn(u32) -> L) {
    let lives = futures::future::join_all((0..MOST_CALLS).map(life)).await;
    let calls = lives.iter().take_while(|was_killed| **was_killed).count();
    let expected = usize::try_from(least).unwrap()..lives.len();
    assert!(expected.contains(&calls), "{calls} calls");
}

async fn restarted(emulator: AtlasEmulator) -> World {
    let provider = configured(api_key(&emulator)).await;
    World { emulator, provider }
}

fn new_emulator() -> AtlasEmulator {
    let emulator = AtlasEmulator::start(Options::default()).unwrap();
    emulator.project(PROJECT).add_cluster("main", &["EU_WEST_1"]);
    emulator
}

#[tokio::test]
async fn a_link_killed_at_any_call_of_its_create_is_found_again_and_there_is_one() {
    // list, create and looks
    at_every_call(3, |skip| async move {
        let world = restarted(new_emulator()).await;
        let config = with(&link(), "delete_adopted", json!(true));
        if !killed_after(&world, skip, world.provider.plan_and_apply(LINK, None, config.clone())).await {
            return false;
        }
        let world = restarted(world.emulator).await;
        let was_there = world.services().len();
        let state = world.create(LINK, &config).await;
        assert_eq!(world.services().len(), 1, "killed after {skip} calls");
        assert_eq!(
            state.value["adopted"],
            was_there == 1,
            "found counts as adopted; killed after {skip} calls"
        );
        world.assert_settled(LINK, &state, &config, "after a kill").await;
        world.destroy(LINK, &state).await;
        assert_eq!(world.services(), [], "killed after {skip} calls");
        true
    })
    .await;
}

#[tokio::test]
async fn a_link_found_after_a_kill_survives_the_destroy_unless_told_otherwise() {
    let world = restarted(new_emulator()).await;
    assert!(killed_after(&world, 1, world.provider.plan_and_apply(LINK, None, link())).await);
    let world = restarted(world.emulator).await;
    let state = world.link().await;
    let left = world.destroy(LINK, &state).await;
    assert!(
        left.diagnostics.0[0].detail.contains(&world.services()[0].id),
        "{}",
        left.diagnostics
    );
    assert_eq!(world.services().len(), 1);
}

#[tokio::test]
async fn a_link_killed_at_any_call_of_its_delete_goes_at_the_next_destroy() {
    // look, delete and looks
    at_every_call(3, |skip| async move {
        let world = restarted(new_emulator()).await;
        let state = world.link().await;
        if !killed_after(&world, skip, world.provider.destroy(LINK, &state)).await {
            return false;
        }
        let world = restarted(world.emulator).await;
        // What Terraform does: it still has the state, refreshes it, and destroys what is left.
        if let Some(state) = world.read(LINK, &state).await.state {
            world.destroy(LINK, &state).await;
        }
        wait_until(|| world.services().is_empty()).await;
        true
    })
    .await;
}

async fn registered(world: &World) -> (State, Value) {
    let made = world.link().await;
    let config = with(&endpoint(&made), "cluster_names", json!(["main"]));
    (made, config)
}

#[tokio::test]
async fn an_endpoint_killed_at_any_call_of_its_create_is_created_or_imported_and_there_is_one() {
    // link, cluster, look, register, looks and strings
    at_every_call(5, |skip| async move {
        let world = restarted(new_emulator()).await;
        let (_, config) = registered(&world).await;
        if !killed_after(
            &world,
            skip,
            world.provider.plan_and_apply(ENDPOINT, None, config.clone()),
        )
        .await
        {
            return false;
        }
        let world = restarted(world.emulator).await;
        // What the killed one registered has no owner that anybody knows: the error says to import it.
        let state = if world.services()[0].endpoints.is_empty() {
            world.create(ENDPOINT, &config).await
        } else {
            let refused = world.apply(ENDPOINT, None, &config).await;
            let error = refused.diagnostics.only_error().unwrap();
            assert!(error.detail.contains("an interrupted apply"), "{}", error.detail);
            let id = format!("{PROJECT}/{}/{VPCE}", world.services()[0].id);
            let imported = world.provider.import(ENDPOINT, &id).await.unwrap().ok().unwrap().state;
            world
                .apply(ENDPOINT, imported.as_ref(), &config)
                .await
                .ok()
                .unwrap()
                .state
                .unwrap()
        };
        assert_eq!(world.services()[0].endpoints.len(), 1, "killed after {skip} calls");
        world.assert_settled(ENDPOINT, &state, &config, "after a kill").await;
        true
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_killed_at_any_call_of_its_delete_goes_at_the_next_destroy() {
    // look, remove and looks
    at_every_call(3, |skip| async move {
        let world = restarted(new_emulator()).await;
        let (_, config) = registered(&world).await;
        let state = world.create(ENDPOINT, &config).await;
        if !killed_after(&world, skip, world.provider.destroy(ENDPOINT, &state)).await {
            return false;
        }
        let world = restarted(world.emulator).await;
        if let Some(state) = world.read(ENDPOINT, &state).await.state {
            world.destroy(ENDPOINT, &state).await;
        }
        wait_until(|| world.services()[0].endpoints.is_empty()).await;
        true
    })
    .await;
}

#[tokio::test]
async fn an_access_list_killed_at_any_call_of_its_create_is_written_by_the_next_one() {
    // list, write and the look after it
    at_every_call(3, |skip| async move {
        let world = restarted(new_emulator()).await;
        let config =
            json!({ "project_id": PROJECT, "entries": { "10.1.0.0/16": { "comment": "office" }, "10.2.0.7": {} } });
        if !killed_after(&world, skip, world.provider.plan_and_apply(LIST, None, config.clone())).await {
            return false;
        }
        let world = restarted(world.emulator).await;
        // What the killed one wrote carries a token that nobody knows: the error says to adopt it once.
        let config = if world.snapshot().access_list.is_empty() {
            config
        } else {
            let refused = world.apply(LIST, None, &config).await;
            let error = refused.diagnostics.only_error().unwrap();
            assert!(error.detail.contains("an interrupted apply"), "{}", error.detail);
            with(&config, "adopt_existing", json!(true))
        };
        let state = world.create(LIST, &config).await;
        world.assert_settled(LIST, &state, &config, "after a kill").await;
        true
    })
    .await;
}

/// Waits until `done`, which reads snapshots: only API calls advance the emulator's states, a snapshot does not.
async fn wait_until(done: impl Fn() -> bool) {
    tokio::time::timeout(SOON, async {
        while !done() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("nothing is left behind");
}
