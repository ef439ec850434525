//! Somebody else changes the same upload at the same time. Step by step and not all at once: FerretDB's conditional writes are not
//! atomic, as MongoDB's are.

use aws_front::{Effect, GateHandle, Rule};

use crate::world::{LONG_AGO, World, clean, report};

/// By this clock of the janitor's, what was announced just now was abandoned long ago; upload-api still takes it.
const TWO_DAYS_AHEAD: i64 = 49 * 60 * 60;

#[tokio::test]
async fn an_upload_that_is_completed_after_it_was_listed_is_kept() {
    let world = World::start().await;
    for parts in [1, 2] {
        world.at(TWO_DAYS_AHEAD);
        let ids = [world.arrived(parts).await, world.arrived(parts).await];
        let gate = GateHandle::default();
        world
            .front
            .script(Rule::on("HeadObject").effect(Effect::HoldRequest(gate.clone())));
        let janitor = world.janitor().await;
        let complete = async {
            gate.reached().await;
            // The janitor works on the first of its list, and has not marked the second.
            let mut waiting = Vec::new();
            for id in &ids {
                if world.status(id).await.as_deref() == Some("pending") {
                    waiting.push(id);
                }
            }
            assert_eq!(waiting.len(), 1);
            let completed = world.complete(waiting[0]).await;
            assert_eq!(completed.status, 200, "{}", completed.body);
            gate.open();
            waiting[0]
        };
        let (cleaned, kept) = tokio::join!(clean(&janitor), complete);
        assert_eq!(cleaned.unwrap(), report(1, &[], 0), "{parts} parts");
        let record = world.record(kept).await.unwrap();
        assert_eq!(world.status(kept).await.as_deref(), Some("available"));
        let tags = world.files.tags(kept, record.version_id.as_deref()).await.unwrap();
        assert_eq!(tags, [], "a lifecycle rule would remove it");
        assert!(world.files.content(kept).await.unwrap().is_some());
        world.front.clear();
    }
}

#[tokio::test]
async fn an_upload_that_is_being_removed_cannot_be_completed() {
    let world = World::start().await;
    for (operation, parts) in [
        ("AbortMultipartUpload", 2),
        ("HeadObject", 1),
        ("PutObjectTagging", 1),
        ("DeleteObject", 1),
        ("DeleteObject", 2),
    ] {
        world.at(TWO_DAYS_AHEAD);
        let id = world.arrived(parts).await;
        let gate = GateHandle::default();
        world
            .front
            .script(Rule::on(operation).effect(Effect::HoldRequest(gate.clone())));
        let janitor = world.janitor().await;
        let complete = async {
            gate.reached().await;
            let completed = world.complete(&id).await;
            gate.open();
            completed
        };
        let (cleaned, completed) = tokio::join!(clean(&janitor), complete);
        let case = format!("{operation} of {parts} parts");
        completed.is_problem(404, "not-found", &case);
        assert_eq!(cleaned.unwrap(), report(1, &[], 0), "{case}");
        assert!(world.is_gone(&id).await, "{case}");
        world.front.clear();
    }
}

/// A completion that stands still at a call while the janitor goes all its way.
#[tokio::test]
async fn an_upload_that_is_removed_while_it_is_completed_stays_removed() {
    let world = World::start().await;
    world.at(TWO_DAYS_AHEAD);
    for (operation, parts) in [
        ("ListParts", 2),
        ("CompleteMultipartUpload", 2),
        ("DeleteObjectTagging", 1),
        ("DeleteObjectTagging", 2),
    ] {
        for before in [true, false] {
            let id = world.arrived(parts).await;
            let gate = GateHandle::default();
            let held = gate.clone();
            let effect = if before {
                Effect::HoldRequest(held)
            } else {
                Effect::HoldAnswer(held)
            };
            world.front.script(Rule::on(operation).effect(effect));
            let remove = async {
                gate.reached().await;
                let cleaned = world.clean().await;
                gate.open();
                cleaned
            };
            let (completed, cleaned) = tokio::join!(world.complete(&id), remove);
            let case = format!("{operation} of {parts} parts, before: {before}");
            assert_eq!(cleaned, report(1, &[], 0), "{case}");
            assert!([404, 409].contains(&completed.status), "{case}: {}", completed.body);
            assert!(world.is_gone(&id).await, "{case}");
            world.front.clear();
        }
    }
}

#[tokio::test]
async fn a_doubled_event_removes_nothing_twice() {
    let world = World::start().await;
    let id = world.arrived(2).await;
    world.given_up(&id, LONG_AGO).await;
    let gate = GateHandle::default();
    world
        .front
        .script(Rule::on("DeleteObject").effect(Effect::HoldRequest(gate.clone())));
    let (one, other) = (world.janitor().await, world.janitor().await);
    let doubled = async {
        gate.reached().await;
        let cleaned = clean(&other).await;
        gate.open();
        cleaned
    };
    let (first, second) = tokio::join!(clean(&one), doubled);
    assert_eq!(
        (first.unwrap(), second.unwrap()),
        (report(1, &[], 0), report(0, &[], 0))
    );
    assert!(world.is_gone(&id).await);
}

#[tokio::test]
async fn what_a_client_deletes_while_the_janitor_removes_it_is_gone_once() {
    let world = World::start().await;
    let id = world.arrived(1).await;
    world.given_up(&id, LONG_AGO).await;
    let gate = GateHandle::default();
    world
        .front
        .script(Rule::on("PutObjectTagging").effect(Effect::HoldRequest(gate.clone())));
    let janitor = world.janitor().await;
    let delete = async {
        gate.reached().await;
        let deleted = world.delete(&id).await;
        gate.open();
        deleted
    };
    let (cleaned, deleted) = tokio::join!(clean(&janitor), delete);
    assert_eq!(deleted.status, 204, "{}", deleted.body);
    assert_eq!(cleaned.unwrap(), report(1, &[], 0));
    assert!(world.is_gone(&id).await);
}
