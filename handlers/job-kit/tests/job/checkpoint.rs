//! What is saved, when, and by whom.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use job_kit::{Checkpoint, JobError, Rhythm, Store, load};
use serde::{Deserialize, Serialize};

use crate::world::{World, name};

const KEY: &str = "job/state.json";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    owner: String,
    done: u32,
}

fn ours(state: &State) -> Result<(), String> {
    if state.done < 100 {
        Ok(())
    } else {
        Err(format!("{} done", state.done))
    }
}

async fn open<'a>(store: &'a Store, owner: &str) -> Checkpoint<'a, State> {
    let new = || State {
        owner: owner.to_owned(),
        done: 0,
    };
    Checkpoint::open(store, KEY.to_owned(), Rhythm::default(), ours, new)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_save_of_a_former_leader_that_arrives_late_changes_nothing() {
    let world = World::start().await;
    let store = world.store().await;
    let mut former = open(&store, "former").await;
    former.save().await.unwrap();
    former.state.done = 9;
    let gate = GateHandle::default();
    world.front.script(
        Rule::on("PutObject")
            .path(KEY)
            .effect(Effect::HoldRequest(gate.clone())),
    );
    let next = async {
        gate.reached().await;
        let mut next = open(&store, "next").await;
        "next".clone_into(&mut next.state.owner);
        next.save().await.unwrap();
        gate.open();
        next
    };
    let (late, mut next) = tokio::join!(former.save(), next);
    assert_eq!(late, Err(JobError::LeaseLost));
    assert_eq!(world.json(KEY).await["owner"], "next");
    next.state.done = 1;
    next.save().await.unwrap();
}

#[tokio::test]
async fn a_late_save_before_the_next_leaders_first_one_is_found_by_it() {
    let world = World::start().await;
    let store = world.store().await;
    let mut former = open(&store, "former").await;
    former.save().await.unwrap();
    let mut next = open(&store, "next").await;
    former.state.done = 9;
    former.save().await.unwrap();
    next.state.done = 1;
    assert_eq!(next.save().await, Err(JobError::LeaseLost));
    // The same event again.
    let again = open(&store, "next").await;
    assert_eq!(again.state.done, 9);
}

#[tokio::test]
async fn a_state_is_saved_when_it_is_worth_a_write() {
    let world = World::start().await;
    let store = world.store().await;
    let mut checkpoint = open(&store, "one").await;
    checkpoint.flush().await.unwrap();
    checkpoint.state.done = 1;
    checkpoint.finished((8 << 20) - 1).await.unwrap();
    assert_eq!(world.get(KEY).await, None);
    checkpoint.finished(1).await.unwrap();
    assert_eq!(world.json(KEY).await["done"], 1);
    checkpoint.state.done = 2;
    checkpoint.finished(0).await.unwrap();
    assert_eq!(world.json(KEY).await["done"], 1);
    checkpoint.flush().await.unwrap();
    checkpoint.flush().await.unwrap();
    assert_eq!(world.json(KEY).await["done"], 2);
    assert_eq!(world.front.calls_of("PutObject"), 2);

    let often = Rhythm {
        bytes: u64::MAX,
        every: Duration::ZERO,
    };
    let new = || unreachable!("it is there");
    let mut checkpoint = Checkpoint::<State>::open(&store, KEY.to_owned(), often, ours, new)
        .await
        .unwrap();
    checkpoint.state.done = 3;
    checkpoint.finished(0).await.unwrap();
    assert_eq!(world.json(KEY).await["done"], 3);
}

#[tokio::test]
async fn the_state_of_something_else_is_left_alone_and_says_why() {
    let world = World::start().await;
    let store = world.store().await;
    assert_eq!(load(&store, KEY, ours).await, Ok(None));
    for foreign in ["{\"owner\":\"one\",\"done\":100}", "{\"owner\":1}", "no JSON"] {
        world.put(KEY, foreign.as_bytes()).await;
        let loaded = load(&store, KEY, ours).await;
        assert_eq!(name(loaded), "ControlForeign", "{foreign}");
        assert_eq!(world.get(KEY).await.unwrap(), foreign.as_bytes());
    }
    let reason = load(&store, KEY, |_: &State| Ok(())).await.unwrap_err().to_string();
    assert!(reason.contains("line 1, column 2"), "{reason}");
}
