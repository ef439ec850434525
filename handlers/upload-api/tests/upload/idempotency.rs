//! The same announcement again, one after the other and at the same time.

use futures::future::join_all;
use serde_json::json;

use crate::client::{Form, Part};
use crate::world::{World, announcement, bytes, complete_event, create_event, delete_event, keyed, send};

const KEY: &str = "0a1b2c3d-key";

#[tokio::test]
async fn a_repetition_answers_the_same_file_with_new_links() {
    let world = World::start().await;
    let content = bytes(10);
    let event = keyed(create_event(&announcement(&content)), KEY);
    let first = send(&world.function(), &event).await;
    assert_eq!(first.status, 201, "{}", first.body);
    world.at(5);
    // In other words, and to a process that knows nothing of the first.
    let mut again = event.clone();
    let body: serde_json::Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    again["body"] = format!(" {body:#} ").into();
    let second = send(&world.function(), &again).await;
    assert_eq!(second.status, 200, "{}", second.body);
    assert_eq!(second.body["file"], first.body["file"]);
    assert_ne!(second.body["upload"]["expires_at"], first.body["upload"]["expires_at"]);
    assert_eq!(world.records().await, 1);
    assert_eq!(Form::of(&second.body).send(&content).await.status, 204);
    assert_eq!(send(&world.function(), &complete_event(&first.id())).await.status, 200);
    let third = send(&world.function(), &event).await;
    third.is_problem(409, "conflict", "available");
    assert!(third.body["detail"].as_str().unwrap().contains(&first.id()));
}

#[tokio::test]
async fn a_repetition_goes_on_with_the_same_parts() {
    let world = World::start().await;
    let content = bytes(1200);
    let event = keyed(create_event(&announcement(&content)), KEY);
    let first = send(&world.function(), &event).await;
    let parts = Part::all(&first.body);
    assert_eq!(parts[0].send(&content[..400]).await.status, 200);
    let second = send(&world.function(), &event).await;
    assert_eq!(second.status, 200, "{}", second.body);
    assert_eq!(world.uploads().await, 1);
    let parts = Part::all(&second.body);
    assert_eq!(parts[1].send(&content[400..800]).await.status, 200);
    assert_eq!(parts[2].send(&content[800..]).await.status, 200);
    assert_eq!(send(&world.function(), &complete_event(&first.id())).await.status, 200);
}

#[tokio::test]
async fn a_key_is_of_one_request_and_of_one_user() {
    let world = World::start().await;
    let function = world.function();
    let event = keyed(create_event(&announcement(b"hello")), KEY);
    let first = send(&function, &event).await;
    for (field, value) in [
        ("name", json!("other.pdf")),
        ("course", json!("geometry")),
        ("visibility", json!("everyone")),
        ("content_type", json!("text/plain")),
    ] {
        let mut body = announcement(b"hello");
        body[field] = value;
        let sent = send(&function, &keyed(create_event(&body), KEY)).await;
        sent.is_problem(409, "idempotency-key-reused", field);
    }
    let mut by_another = event.clone();
    by_another["requestContext"]["authorizer"]["claims"]["sub"] = "another".into();
    let other = send(&function, &by_another).await;
    assert_eq!(other.status, 201, "{}", other.body);
    assert_ne!(other.id(), first.id());
    let without = create_event(&announcement(b"hello"));
    let (one, two) = (send(&function, &without).await, send(&function, &without).await);
    assert_ne!(one.id(), two.id());
}

#[tokio::test]
async fn a_key_is_used_up_with_its_upload_and_free_with_its_file() {
    let world = World::start().await;
    let function = world.function();
    let event = keyed(create_event(&announcement(b"hello")), KEY);
    let first = send(&function, &event).await;
    world.expired_since(&first.id(), 1).await;
    let late = send(&function, &event).await;
    late.is_problem(409, "conflict", "a day later");
    assert_eq!(send(&function, &delete_event(&first.id())).await.status, 204);
    assert_eq!(send(&function, &event).await.status, 201);
}

#[tokio::test]
async fn of_requests_at_the_same_time_one_makes_the_file() {
    let world = World::start().await;
    for content in [bytes(10), bytes(1200)] {
        let event = keyed(
            create_event(&announcement(&content)),
            &format!("{KEY}-{}", content.len()),
        );
        let functions: Vec<_> = (0..6).map(|_| world.function()).collect();
        let sent = join_all(functions.iter().map(|function| send(function, &event))).await;
        let mut statuses: Vec<_> = sent.iter().map(|sent| sent.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 201]);
        assert!(sent.iter().all(|other| other.id() == sent[0].id()));
        let last = &sent[5].body;
        if content.len() > 1000 {
            assert_eq!(world.uploads().await, 1, "what the slower ones began is left");
            for (part, bytes) in Part::all(last).iter().zip(content.chunks(400)) {
                assert_eq!(part.send(bytes).await.status, 200);
            }
        } else {
            assert_eq!(Form::of(last).send(&content).await.status, 204);
        }
        assert_eq!(send(&functions[0], &complete_event(&sent[0].id())).await.status, 200);
    }
    assert_eq!(world.records().await, 2);
}
