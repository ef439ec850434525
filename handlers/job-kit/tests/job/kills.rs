//! A whole job, killed at each of its calls.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use job_kit::{Checkpoint, Digest, Handovers, JobError, Lease, Rhythm, Store, commit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::{FUNCTION, LEASE, World, terms};

const RUN: &str = "2026-05-06T18:00:00Z";
const STATE: &str = "job/state.json";
const MANIFEST: &str = "job/manifest.json";
const STEPS: usize = 4;

#[derive(Debug, Serialize, Deserialize)]
struct State {
    #[serde(flatten)]
    handovers: Handovers,
    /// Key, version and SHA-256.
    done: Vec<(String, Option<String>, String)>,
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Done,
    HandedOver,
}

/// One invocation: at most two steps, the manifest after the last.
async fn invocation(world: &World, store: &Store, owner: &str, ahead: u64) -> Result<End, JobError> {
    let terms = terms(owner, 45_000, ahead);
    let mut lease = Lease::take(store, &terms, LEASE.to_owned(), RUN).await?;
    let end = lease.keep(work(store)).await?;
    match end {
        End::Done => lease.release().await,
        End::HandedOver => lease.hand_over(&world.aws, FUNCTION, "{}").await?,
    }
    Ok(end)
}

async fn work(store: &Store) -> Result<End, JobError> {
    if store.get(MANIFEST).await?.is_some() {
        return Ok(End::Done);
    }
    let rhythm = Rhythm {
        bytes: 1,
        every: Duration::ZERO,
    };
    let new = || State {
        handovers: Handovers::default(),
        done: Vec::new(),
    };
    let mut checkpoint = Checkpoint::open(store, STATE.to_owned(), rhythm, |_| Ok(()), new).await?;
    for step in 0..2 {
        let number = checkpoint.state.done.len();
        if number == STEPS {
            break;
        }
        let key = format!("job/data/{number}");
        let kept = store.put(&key, format!("content of {number}").into()).await?;
        checkpoint
            .state
            .done
            .push((key, kept.version_id, kept.sha256.to_string()));
        let is_last = step == 1 && number + 1 < STEPS;
        if is_last {
            let done = checkpoint.state.done.len();
            checkpoint.state.handovers = checkpoint.state.handovers.next(done, 10)?;
            checkpoint.save().await?;
            return Ok(End::HandedOver);
        }
        checkpoint.finished(kept.bytes).await?;
    }
    let manifest = json!({ "parts": checkpoint.state.done }).to_string();
    commit::once(store, MANIFEST, manifest.as_bytes()).await?;
    Ok(End::Done)
}

/// Invocations until one says that the job is done.
async fn to_the_end(world: &World, store: &Store, ahead: u64) {
    for number in 0..=STEPS {
        let owner = format!("later-{number}");
        if invocation(world, store, &owner, ahead).await.unwrap() == End::Done {
            return;
        }
    }
    panic!("the job has no end");
}

async fn assert_whole(world: &World, store: &Store, killed_at: u32) {
    let manifest: Value = world.json(MANIFEST).await;
    let parts = manifest["parts"].as_array().unwrap();
    assert_eq!(parts.len(), STEPS, "killed at call {killed_at}");
    for (number, part) in parts.iter().enumerate() {
        let (key, version) = (part[0].as_str().unwrap(), part[1].as_str());
        assert_eq!(key, format!("job/data/{number}"), "killed at call {killed_at}");
        let stored = store.get_version(key, version).await.unwrap().unwrap();
        assert_eq!(
            stored.bytes,
            format!("content of {number}"),
            "killed at call {killed_at}"
        );
        assert_eq!(
            Digest::of(&stored.bytes).to_string(),
            part[2],
            "killed at call {killed_at}"
        );
    }
}

#[tokio::test]
async fn a_job_that_is_killed_at_any_call_is_finished_by_the_next_invocations() {
    let world = World::start().await;
    let accepted = Effect::Answer {
        status: 202,
        body: String::new(),
    };
    let mut kills = 0;
    for call in 1.. {
        // Its credentials are there before the first call that counts.
        let store = world.store().await;
        store.get(LEASE).await.unwrap();
        world.front.clear();
        let gate = GateHandle::default();
        let held = if call % 2 == 0 {
            Effect::HoldRequest(gate.clone())
        } else {
            Effect::HoldAnswer(gate.clone())
        };
        world.front.script(Rule::on("*").after(call - 1).effect(held));
        let invoke = Rule::on("Invoke").always().effect(accepted.clone());
        world.front.script(invoke.clone());
        let ended = tokio::select! {
            ended = invocation(&world, &store, "killed", 0) => Some(ended.unwrap()),
            () = gate.reached() => None,
        };
        world.front.clear();
        world.front.script(invoke);
        // The lease of what was killed has ended an hour later.
        to_the_end(&world, &store, 3_600).await;
        assert_whole(&world, &store, call).await;
        if ended.is_some() {
            break;
        }
        kills += 1;
        for key in [LEASE, STATE, MANIFEST] {
            world
                .s3
                .delete_object()
                .bucket(&world.bucket)
                .key(key)
                .send()
                .await
                .unwrap();
        }
    }
    // Lease, manifest, state, two objects and two saves, and the handover in two calls.
    assert!(kills >= 9, "{kills}");
}
