//! How much memory a large bundle takes: the state is not kept in many copies.

use serde_json::{Map, Value, json};

use crate::bundle::world::{PAGE, TYPE, World};

/// Most kilobytes that one more alarm adds to the peak, over create, refresh, plan, update and destroy.
/// Our choice: what an unoptimised build was measured to take, 15, and room for another allocator.
const KILOBYTES_AN_ALARM: u64 = 20;

fn bundle(alarms: u64, threshold: u64) -> Value {
    let function = |number: u64| {
        (
            format!("f{number:04}"),
            json!({ "function_name": format!("function-{number}") }),
        )
    };
    json!({
        "name": "many",
        "severities": { "critical": { "alarm_actions": [PAGE], "ok_actions": [PAGE] } },
        "lambda": (0..alarms / 2).map(function).collect::<Map<_, _>>(),
        "overrides": { "lambda/*/errors": { "threshold": threshold } },
    })
}

/// The most memory that the provider has had, in kilobytes.
fn peak(world: &World) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", world.provider.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The peak after a life of a bundle of this size.
async fn peak_of(alarms: u64) -> u64 {
    let world = World::start().await;
    let state = world.create(&bundle(alarms, 1)).await;
    world.assert_settled(&state, &bundle(alarms, 1), "created").await;
    let changed = world.apply(Some(&state), &bundle(alarms, 2)).await.ok().unwrap();
    let state = changed.state.unwrap();
    let destroyed = world.provider.destroy(TYPE, &state).await.unwrap().ok().unwrap();
    assert!(destroyed.state.is_none());
    peak(&world)
}

#[tokio::test]
async fn one_more_alarm_takes_little_memory() {
    let (few, many) = (peak_of(50).await, peak_of(450).await);
    let growth = many.saturating_sub(few) / 400;
    assert!(
        growth <= KILOBYTES_AN_ALARM,
        "{growth} kB an alarm: {few} kB for 50, {many} kB for 450"
    );
}
