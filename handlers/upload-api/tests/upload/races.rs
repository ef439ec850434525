//! Two requests about one file at the same time.


use aws_front::{Effect, GateHandle, Rule};
use futures::future::join_all;

use crate::client::{Form, Part};
use crate::world::{Sent, World, announcement, bytes, complete_event, create_event, delete_event, keyed, send};

/// A file whose content is in S3, and not completed.
async fn arrived(world: &World, content: &[u8]) -> Sent {
    let created = send(&world.function(), &create_event(&announcement(content))).await;
    if content.len() > 1000 {
        for (part, bytes) in Part::all(&created.body).iter().zip(content.chunks(400)) {
            assert_eq!(part.send(bytes).await.status, 200);
        }
    } else {
        assert_eq!(Form::of(&created.body).send(content).await.status, 204);
    }
    created
}

#[tokio::test]
async fn completed_by_many_at_once_a_file_is_one() {
    let world = World::start().await;
    for content in [bytes(10), bytes(1200)] {
        let created = arrived(&world, &content).await;
        let functions: Vec<_> = (0..6).map(|_| world.function()).collect();
        let event = complete_event(&created.id());
        let sent = join_all(functions.iter().map(|function| send(function, &event))).await;
        for sent in &sent {
            assert_eq!(sent.status, 200, "{}", sent.body);
        }
        assert_eq!(world.content(&created.id()).await, Some(content));
    }
}

/// Step by step and not all at once: FerretDB's conditional writes are not atomic, as MongoDB's are.
#[tokio::test]
async fn a_file_that_is_completed_while_it_is_deleted_is_gone() {
    let world = World::start().await;
    for (operation, content) in [
        ("AssumeRole", bytes(10)),
        ("DeleteObject", bytes(10)),
        ("AbortMultipartUpload", bytes(1200)),
        ("DeleteObject", bytes(1200)),
    ] {
        let created = arrived(&world, &content).await;
        let gate = GateHandle::default();
        let effect = Effect::HoldRequest(gate.clone());
        world.front.script(Rule::on(operation).effect(effect));
        let (one, other) = (world.function(), world.function());
        let delete = delete_event(&created.id());
        let complete = async {
            gate.reached().await;
            let completed = send(&other, &complete_event(&created.id())).await;
            gate.open();
            completed
        };
        let (deleted, completed) = tokio::join!(send(&one, &delete), complete);
        let case = format!("{operation} of {} bytes", content.len());
        completed.is_problem(404, "not-found", &case);
        assert_eq!(deleted.status, 204, "{case}: {}", deleted.body);
        assert_eq!(world.record(&created.id()).await, None, "{case}");
        assert_eq!(
            (world.content(&created.id()).await, world.uploads().await),
            (None, 0),
            "{case}"
        );
        world.front.clear();
    }
}

#[tokio::test]
async fn deleted_by_many_at_once_a_file_is_gone() {
    let world = World::start().await;
    let created = arrived(&world, &bytes(1200)).await;
    let functions: Vec<_> = (0..6).map(|_| world.function()).collect();
    let event = delete_event(&created.id());
    let sent = join_all(functions.iter().map(|function| send(function, &event))).await;
    for sent in &sent {
        assert!([204, 404].contains(&sent.status), "{}", sent.body);
    }
    assert_eq!((world.record(&created.id()).await, world.uploads().await), (None, 0));
}

/// A request that stands still at a call while another one goes all its way.
#[tokio::test]
async fn a_file_that_is_deleted_while_it_is_completed_stays_deleted() {
    let world = World::start().await;
    let cases = [
        ("HeadObject", bytes(10)),
        ("DeleteObjectTagging", bytes(10)),
        ("ListParts", bytes(1200)),
        ("CompleteMultipartUpload", bytes(1200)),
        ("HeadObject", bytes(1200)),
        ("DeleteObjectTagging", bytes(1200)),
    ];
    for (operation, content) in cases {
        for before in [true, false] {
            let created = arrived(&world, &content).await;
            let gate = GateHandle::default();
            let held = gate.clone();
            let effect = if before {
                Effect::HoldRequest(held)
            } else {
                Effect::HoldAnswer(held)
            };
            world.front.script(Rule::on(operation).effect(effect));
            let (one, other) = (world.function(), world.function());
            let complete = complete_event(&created.id());
            let delete = async {
                gate.reached().await;
                let deleted = send(&other, &delete_event(&created.id())).await;
                gate.open();
                deleted
            };
            let (completed, deleted) = tokio::join!(send(&one, &complete), delete);
            let case = format!("{operation} of {} bytes, before: {before}", content.len());
            assert_eq!(deleted.status, 204, "{case}: {}", deleted.body);
            assert!([404, 409].contains(&completed.status), "{case}: {}", completed.body);
            assert_eq!(world.record(&created.id()).await, None, "{case}");
            assert_eq!(world.content(&created.id()).await, None, "{case}");
            world.front.clear();
        }
    }
}

/// The id follows from the idempotency key, so what comes after a removal can have it again.
#[tokio::test]
async fn a_file_that_is_announced_anew_while_it_is_completed_is_not_what_was_uploaded_before() {
    let world = World::start().await;
    let announce = |content: &[u8]| keyed(create_event(&announcement(content)), "key-00001");
    let created = send(&world.function(), &announce(b"before")).await;
    let id = created.id();
    assert_eq!(Form::of(&created.body).send(b"before").await.status, 204);
    let gate = GateHandle::default();
    let effect = Effect::HoldRequest(gate.clone());
    world.front.script(Rule::on("DeleteObjectTagging").effect(effect));
    let (one, other) = (world.function(), world.function());
    let complete = complete_event(&id);
    let anew = async {
        gate.reached().await;
        assert_eq!(send(&other, &delete_event(&id)).await.status, 204);
        let anew = send(&other, &announce(b"another content")).await;
        assert_eq!((anew.status, anew.id()), (201, id.clone()), "{}", anew.body);
        gate.open();
    };
    let (completed, ()) = tokio::join!(send(&one, &complete), anew);
    completed.is_problem(503, "unavailable", "announced anew");
    assert_eq!(world.status(&id).await.as_deref(), Some("pending"));
    assert_eq!(world.record(&id).await.unwrap().version_id, None);
}
