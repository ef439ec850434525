//! The function is killed between any two of its calls, and the rotation is done again from its beginning.

use std::future::Future;
use std::pin::pin;

use aws_front::{Effect, GateHandle, Rule};
use mongo_emulator::Gate;
use tokio::select;

use crate::world::{STEPS, World};

/// Does a step until a call is held, and drops it there as a killed function is. Whether a call was held at all.
async fn killed(world: &World, step: &str, token: &str, gate: &GateHandle) -> bool {
    let mut doing = pin!(world.step(step, token));
    select! {
        biased;
        () = gate.reached() => true,
        done = &mut doing => {
            done.unwrap();
            false
        }
    }
}

/// A rotation that is killed where `hold` says so for one of its steps, and then repeated; whether it was killed.
pub(crate) async fn survives<F: Future<Output = GateHandle>>(
    world: &World,
    step: &str,
    case: &str,
    hold: impl FnOnce() -> F,
) -> bool {
    let held = world.current().await.0;
    let token = world.begin().await;
    for before in STEPS.iter().take_while(|before| **before != step) {
        world.step(before, &token).await.unwrap();
    }
    let gate = hold().await;
    let was_killed = killed(world, step, &token, &gate).await;
    gate.open();
    world.front.clear();
    assert!(
        world.works().await && world.lets_in(&held).await,
        "{case}: after the kill"
    );
    for step in STEPS {
        let done = world.step(step, &token).await;
        assert!(done.is_ok(), "{case}: {step} again: {done:?}");
    }
    assert!(
        world.works().await && world.lets_in(&held).await,
        "{case}: after the repetition"
    );
    assert_eq!(world.current().await.1, token, "{case}");
    was_killed
}

/// How many calls of AWS each step makes, in the order of the steps: the number of places to kill it at.
const CALLS: [u32; 4] = [4, 4, 3, 4];

#[tokio::test]
async fn killed_after_any_call_of_aws_the_same_rotation_comes_to_its_end() {
    let world = World::start().await;
    for (step, calls) in STEPS.into_iter().zip(CALLS) {
        for call in 0..=calls {
            let case = format!("{step}, call {call} of AWS");
            let hold = async || {
                let gate = GateHandle::default();
                let rule = Rule::on("*").after(call).effect(Effect::HoldAnswer(gate.clone()));
                world.front.script(rule);
                gate
            };
            let was_killed = survives(&world, step, &case, hold).await;
            assert_eq!(was_killed, call < calls, "{case}");
        }
    }
}

#[tokio::test]
async fn killed_before_or_after_any_command_to_mongodb_the_same_rotation_comes_to_its_end() {
    let world = World::start().await;
    for (step, command, skip) in [
        ("setSecret", "connectionStatus", 0),
        ("setSecret", "usersInfo", 0),
        ("setSecret", "usersInfo", 1),
        // The first rotation of this test made the user.
        ("setSecret", "updateUser", 0),
        ("testSecret", "connectionStatus", 0),
        ("testSecret", "hello", 0),
        ("finishSecret", "connectionStatus", 0),
    ] {
        for before in [true, false] {
            let case = format!("{step}, {command} {skip}, before: {before}");
            let hold = async || {
                world.mongo.gate(Gate {
                    command: command.to_owned(),
                    skip,
                    before,
                    ..Gate::default()
                })
            };
            assert!(survives(&world, step, &case, hold).await, "{case}: not reached");
        }
    }
}

#[tokio::test]
async fn killed_before_or_after_the_other_user_is_made_the_rotation_comes_to_its_end() {
    for before in [true, false] {
        let world = World::start().await;
        let hold = async || {
            world.mongo.gate(Gate {
                command: "createUser".to_owned(),
                before,
                ..Gate::default()
            })
        };
        assert!(survives(&world, "setSecret", "createUser", hold).await);
    }
}
