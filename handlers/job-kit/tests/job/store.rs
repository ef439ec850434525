//! Objects under conditions, and what S3 does while they are written.

use aws_front::{Effect, Rule};
use job_kit::{Digest, Expect, JobError, Place, Written, upload};
use serde_json::{Value, json};

use crate::world::{World, name, pace};

const KEY: &str = "job/a.json";

#[tokio::test]
async fn a_write_takes_place_only_under_its_condition() {
    let world = World::start().await;
    let store = world.store().await;
    assert!(store.get(KEY).await.unwrap().is_none());
    let first = store.write(KEY, b"1", Expect::Nothing).await.unwrap();
    let Written::Done(first) = first else {
        panic!("{first:?}")
    };
    assert_eq!(
        store.write(KEY, b"2", Expect::Nothing).await.unwrap(),
        Written::Conflict
    );
    let second = store.write(KEY, b"2", Expect::Tag(&first)).await.unwrap();
    let Written::Done(second) = second else {
        panic!("{second:?}")
    };
    assert_eq!(
        store.write(KEY, b"3", Expect::Tag(&first)).await.unwrap(),
        Written::Conflict
    );
    let there = store.read_back(KEY).await.unwrap();
    assert_eq!((there.bytes.as_ref(), &there.tag), (b"2".as_ref(), &second));

    world
        .s3
        .delete_object()
        .bucket(&world.bucket)
        .key(KEY)
        .send()
        .await
        .unwrap();
    assert_eq!(
        store.write(KEY, b"3", Expect::Tag(&second)).await.unwrap(),
        Written::Conflict
    );
}

#[tokio::test]
async fn an_object_is_encrypted_with_the_key_and_found_again_by_its_version() {
    let world = World::start().await;
    let store = world.store().await;
    let kept = store.put(KEY, "first".into()).await.unwrap();
    assert_eq!((kept.bytes, kept.sha256), (5, Digest::of(b"first")));
    let version = kept.version_id.unwrap();
    store.put(KEY, "second".into()).await.unwrap();
    let stored = store.get_version(KEY, Some(&version)).await.unwrap().unwrap();
    assert_eq!(
        (stored.bytes.as_ref(), stored.version_id),
        (b"first".as_ref(), Some(version))
    );
    assert_eq!(store.read_back(KEY).await.unwrap().bytes, "second");
    assert!(store.get_version(KEY, Some("no-such-version")).await.unwrap().is_none());

    let head = world
        .s3
        .head_object()
        .bucket(&world.bucket)
        .key(KEY)
        .send()
        .await
        .unwrap();
    assert_eq!(head.server_side_encryption().unwrap().as_str(), "aws:kms");
    assert_eq!(head.ssekms_key_id(), Some(world.kms_key.as_str()));
}

#[tokio::test]
async fn a_bucket_of_another_account_is_refused_by_every_call() {
    let world = World::start().await;
    let owner = Some("111111111111".to_owned());
    let store = world.store_at(Place { owner, ..world.place() }).await;
    assert_eq!(name(store.write(KEY, b"1", Expect::Nothing).await), "StorageDenied");
    assert_eq!(name(store.put(KEY, "1".into()).await), "StorageDenied");
    assert_eq!(name(store.abort_leftovers("job/").await), "StorageDenied");
    let large = futures::stream::iter([Ok::<_, JobError>(vec![0; 6 << 20].into())]);
    let sent = upload::stream(&store, KEY, large, upload::Shape::default(), &pace()).await;
    assert!(
        matches!(&sent, Err(upload::UploadError::Failed(error)) if error.name() == "StorageDenied"),
        "{sent:?}"
    );
    world.put(KEY, b"there").await;
    assert!(store.get(KEY).await.unwrap().is_none());
    assert_eq!(world.get(KEY).await.unwrap(), b"there");
}

#[tokio::test]
async fn throttles_server_errors_and_resets_are_waited_for() {
    let world = World::start().await;
    for effect in [
        Effect::slow_down(),
        Effect::refusal(500, "InternalError", "We encountered an internal error."),
        Effect::refusal(400, "KMS.ThrottlingException", "Rate exceeded"),
        Effect::refusal(409, "ConditionalRequestConflict", "at the same moment"),
        Effect::Reset,
    ] {
        let store = world.store().await;
        world.front.clear();
        for operation in ["PutObject", "GetObject"] {
            world.front.script(Rule::on(operation).path(KEY).effect(effect.clone()));
        }
        let tag = store.get(KEY).await.unwrap().map(|there| there.tag);
        let bytes = format!("{effect:?}");
        let written = store.write(KEY, bytes.as_bytes(), Expect::found(tag.as_ref()));
        assert!(matches!(written.await.unwrap(), Written::Done(_)), "{effect:?}");
        assert_eq!(world.front.calls_of("PutObject"), 2, "{effect:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_write_is_no_conflict_with_oneself() {
    let world = World::start().await;
    let store = world.store().await;
    let lost = || Rule::on("PutObject").effect(Effect::LoseAnswer);
    world.front.script(lost());
    let Written::Done(tag) = store.write(KEY, b"1", Expect::Nothing).await.unwrap() else {
        panic!("a conflict with oneself")
    };
    world.front.script(lost());
    assert!(matches!(
        store.write(KEY, b"2", Expect::Tag(&tag)).await.unwrap(),
        Written::Done(_)
    ));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_object() {
    let world = World::start().await;
    let store = world.store().await;
    store.put(KEY, "0123456789".into()).await.unwrap();
    world.front.script(Rule::on("GetObject").effect(Effect::CutBody(4)));
    assert_eq!(store.read_back(KEY).await.unwrap().bytes, "0123456789");
    world
        .front
        .script(Rule::on("GetObject").always().effect(Effect::CutBody(4)));
    assert_eq!(name(store.get(KEY).await), "StorageUnreachable");
}

#[tokio::test]
async fn credentials_that_ran_out_early_are_got_anew() {
    let world = World::start().await;
    let store = world.store().await;
    let expired = Effect::refusal(400, "ExpiredToken", "The provided token has expired.");
    world.front.script(Rule::on("PutObject").effect(expired));
    store.put(KEY, "1".into()).await.unwrap();
    assert_eq!(world.front.calls_of("AssumeRole"), 2);
}

#[tokio::test]
async fn what_is_refused_is_named_and_says_whether_it_passes() {
    let world = World::start().await;
    let store = world.store().await;
    store.put("job/other", "1".into()).await.unwrap();
    for (status, code, message, expected, passes) in [
        (403, "AccessDenied", "no", "StorageDenied", false),
        (
            403,
            "AccessDenied",
            "not authorized to perform: kms:GenerateDataKey",
            "StorageKeyRefused",
            false,
        ),
        (400, "KMS.DisabledException", "disabled", "StorageKeyRefused", false),
        (404, "NoSuchBucket", "no", "StorageRefused", false),
        (503, "SlowDown", "slower", "StorageRefused", true),
        (400, "BadDigest", "other bytes", "StorageDamaged", true),
    ] {
        world.front.clear();
        let refused = Effect::refusal(status, code, message);
        world.front.script(Rule::on("PutObject").always().effect(refused));
        let error = store.put(KEY, "1".into()).await.unwrap_err();
        assert_eq!((error.name(), error.passes()), (expected, passes), "{code}");
        let told = lambda_kit::chain(&error);
        assert!(told.contains(KEY) && !told.contains(&world.bucket), "{told}");
    }
    world.front.clear();
    world.front.script(Rule::on("PutObject").always().effect(Effect::Reset));
    let error = store.put(KEY, "1".into()).await.unwrap_err();
    assert_eq!(
        (error.name(), error.operation(), error.passes()),
        ("StorageUnreachable", "PutObject", true)
    );
}

#[tokio::test]
async fn json_in_another_form_is_named_by_its_place_and_no_value_is_told() {
    let world = World::start().await;
    let store = world.store().await;
    store
        .write_json(KEY, &json!({ "name": "Ada" }), Expect::Nothing)
        .await
        .unwrap();
    let (value, _) = store.get_json::<Value>(KEY).await.unwrap().unwrap();
    assert_eq!(value["name"], "Ada");
    let error = store.get_json::<Vec<u8>>(KEY).await.unwrap_err();
    assert_eq!((error.name(), error.passes()), ("ControlForeign", false));
    assert!(!lambda_kit::chain(&error).contains("Ada"));
}
