//! Files and uploads that go.

use aws_front::{Effect, Rule};

use crate::client::Form;
use crate::world::{NOBODYS, World, announcement, bytes, complete_event, create_event, delete_event, send};

/// An available file's id.
async fn available(world: &World, content: &[u8]) -> String {
    let function = world.function();
    let created = send(&function, &create_event(&announcement(content))).await;
    assert_eq!(Form::of(&created.body).send(content).await.status, 204);
    assert_eq!(send(&function, &complete_event(&created.id())).await.status, 200);
    created.id()
}

#[tokio::test]
async fn a_file_that_is_deleted_is_gone_for_everybody_and_can_be_had_back_by_its_version() {
    let world = World::start().await;
    let id = available(&world, b"hello").await;
    let version = world.record(&id).await.unwrap().version_id.unwrap();
    let function = world.function();
    let sent = send(&function, &delete_event(&id)).await;
    assert_eq!((sent.status, sent.body), (204, serde_json::Value::Null));
    assert_eq!((world.record(&id).await, world.content(&id).await), (None, None));
    let call = world
        .files
        .s3
        .get_object()
        .bucket(&world.files.bucket)
        .key(file_catalog::key(&id));
    let had_back = call.version_id(&version).send().await.unwrap();
    // By the tag that it has now, the lifecycle rule counts its days. The emulator tells none of what is behind a delete marker.
    assert_eq!(had_back.tag_count(), Some(1));
    for event in [delete_event(&id), complete_event(&id), delete_event(NOBODYS)] {
        send(&function, &event).await.is_problem(404, "not-found", "gone");
    }
}

/// A lifecycle rule removes what has a tag and nothing else: not the version that is served.
#[tokio::test]
async fn a_form_that_is_sent_again_leaves_the_version_that_is_served_without_a_tag() {
    let world = World::start().await;
    let function = world.function();
    let created = send(&function, &create_event(&announcement(b"hello"))).await;
    let id = created.id();
    assert_eq!(Form::of(&created.body).send(b"hello").await.status, 204);
    assert_eq!(send(&function, &complete_event(&id)).await.status, 200);
    assert_eq!(Form::of(&created.body).send(b"hello").await.status, 204);
    let version = world.record(&id).await.unwrap().version_id.unwrap();
    assert_eq!(world.tags_of(&id, &version).await, []);
    assert_eq!(world.tags(&id).await, [("upload".to_owned(), "pending".to_owned())]);
}

#[tokio::test]
async fn an_upload_is_given_up_with_what_arrived() {
    let world = World::start().await;
    let function = world.function();
    for content in [bytes(10), bytes(1200)] {
        let created = send(&function, &create_event(&announcement(&content))).await;
        if content.len() < 1000 {
            assert_eq!(Form::of(&created.body).send(&content).await.status, 204);
        }
        assert_eq!(send(&function, &delete_event(&created.id())).await.status, 204);
        assert_eq!((world.record(&created.id()).await, world.uploads().await), (None, 0));
        assert_eq!(world.content(&created.id()).await, None);
    }
}

#[tokio::test]
async fn while_s3_fails_a_file_is_hidden_and_the_same_request_again_finishes() {
    let world = World::start().await;
    for operation in ["AbortMultipartUpload", "DeleteObject"] {
        for effect in [Effect::slow_down(), Effect::Reset, Effect::LoseAnswer] {
            let function = world.function();
            let created = send(&function, &create_event(&announcement(&bytes(1200)))).await;
            let id = created.id();
            world.front.script(Rule::on(operation).always().effect(effect.clone()));
            let case = format!("{operation} {effect:?}");
            send(&function, &delete_event(&id))
                .await
                .is_problem(503, "unavailable", &case);
            assert_eq!(world.status(&id).await.as_deref(), Some("deleting"), "{case}");
            send(&function, &complete_event(&id))
                .await
                .is_problem(404, "not-found", &case);
            world.front.clear();
            assert_eq!(send(&function, &delete_event(&id)).await.status, 204, "{case}");
            assert_eq!((world.record(&id).await, world.uploads().await), (None, 0), "{case}");
        }
    }
}

/// The function upload-janitor removes them, and no client waits for it.
#[tokio::test]
async fn an_announcement_leaves_abandoned_uploads_alone() {
    let world = World::start().await;
    let function = world.function();
    let old = send(&function, &create_event(&announcement(b"hello"))).await;
    world.expired_since(&old.id(), 2 * 24 * 60 * 60).await;
    let created = send(&function, &create_event(&announcement(b"hello"))).await;
    assert_eq!((created.status, world.records().await), (201, 2), "{}", created.body);
    assert_eq!(world.front.calls_of("DeleteObject"), 0);
}
