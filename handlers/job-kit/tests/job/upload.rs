//! Large objects: whole, in constant memory, or not at all.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use job_kit::upload::{self, Shape};
use job_kit::{Digest, JobError, Kept, Store, UploadError};

use crate::world::{World, pace};

const KEY: &str = "job/data/1";
const MIB: usize = 1 << 20;
const SHAPE: Shape = Shape {
    part_bytes: 5 * MIB,
    in_flight: 2,
};

/// `length` bytes, each different from its neighbour.
fn content(length: usize) -> Bytes {
    (0..=250).cycle().take(length).collect::<Vec<u8>>().into()
}

/// In pieces of a length that fits nothing.
fn pieces(content: Bytes) -> impl Stream<Item = Result<Bytes, JobError>> {
    let count = content.len().div_ceil(300_007);
    futures::stream::iter((0..count).map(move |number| {
        let from = number * 300_007;
        Ok(content.slice(from..content.len().min(from + 300_007)))
    }))
}

async fn send(store: &Store, content: &Bytes) -> Result<Kept, UploadError<JobError>> {
    upload::stream(store, KEY, pieces(content.clone()), SHAPE, &pace()).await
}

#[tokio::test]
async fn an_object_of_any_length_arrives_whole_with_its_hash_and_version() {
    let world = World::start().await;
    let store = world.store().await;
    for length in [0, 1, 5 * MIB, 10 * MIB, 13 * MIB + 7] {
        world.front.clear();
        let content = content(length);
        let kept = send(&store, &content).await.unwrap();
        assert_eq!(
            (kept.bytes, kept.sha256),
            (length as u64, Digest::of(&content)),
            "{length}"
        );
        let stored = store
            .get_version(KEY, kept.version_id.as_deref())
            .await
            .unwrap()
            .unwrap();
        assert!(
            stored.bytes == content && stored.version_id == kept.version_id,
            "{length}"
        );
        let parts = if length > 5 * MIB { length.div_ceil(5 * MIB) } else { 0 };
        assert_eq!(world.front.calls_of("UploadPart"), parts, "{length}");
    }
    let head = world
        .s3
        .head_object()
        .bucket(&world.bucket)
        .key(KEY)
        .send()
        .await
        .unwrap();
    assert_eq!(head.ssekms_key_id(), Some(world.kms_key.as_str()));
}

#[tokio::test]
async fn each_call_of_an_upload_is_made_again() {
    let world = World::start().await;
    let store = world.store().await;
    let content = content(6 * MIB);
    for effect in [Effect::slow_down(), Effect::Reset, Effect::LoseAnswer] {
        for operation in ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"] {
            world.front.script(Rule::on(operation).effect(effect.clone()));
        }
        let kept = send(&store, &content).await.unwrap();
        let stored = store
            .get_version(KEY, kept.version_id.as_deref())
            .await
            .unwrap()
            .unwrap();
        assert!(stored.bytes == content, "{effect:?}");
    }
}

#[tokio::test]
async fn no_more_is_taken_from_the_source_than_is_sent_and_one_part() {
    let world = World::start().await;
    let store = world.store().await;
    let gate = GateHandle::default();
    let held = Effect::HoldRequest(gate.clone());
    world.front.script(Rule::on("UploadPart").times(2).effect(held));
    let (content, taken) = (content(21 * MIB), AtomicUsize::new(0));
    let source = pieces(content.clone()).inspect(|piece| {
        taken.fetch_add(piece.as_ref().map_or(0, Bytes::len), Ordering::SeqCst);
    });
    let (pace, most) = (pace(), 15 * MIB + 300_007);
    let sent = upload::stream(&store, KEY, source, SHAPE, &pace);
    let watch = async {
        while world.front.calls_of("UploadPart") < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // As long as a source without back-pressure would take for all of it.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let before = taken.load(Ordering::SeqCst);
        assert!((10 * MIB..=most).contains(&before), "{before}");
        gate.open();
    };
    let (kept, ()) = tokio::join!(sent, watch);
    assert_eq!(kept.unwrap().sha256, Digest::of(&content));
}

#[tokio::test]
async fn what_a_killed_function_left_is_aborted_by_the_next_and_nothing_else_is() {
    let world = World::start().await;
    let store = world.store().await;
    let other = world.s3.create_multipart_upload().bucket(&world.bucket).key("other/1");
    other.send().await.unwrap();
    let gate = GateHandle::default();
    world.front.script(
        Rule::on("UploadPart")
            .after(1)
            .effect(Effect::HoldRequest(gate.clone())),
    );
    let content = content(11 * MIB);
    tokio::select! {
        sent = send(&store, &content) => panic!("{sent:?}"),
        () = gate.reached() => {}
    }
    assert_eq!(world.uploads().await, 2);
    assert_eq!(store.abort_leftovers("job/").await, Ok(1));
    assert_eq!(store.abort_leftovers("job/").await, Ok(0));
    assert_eq!(world.uploads().await, 1);
    assert_eq!(world.get(KEY).await, None);
}

#[tokio::test]
async fn a_source_that_fails_leaves_no_object_and_no_upload() {
    let world = World::start().await;
    let store = world.store().await;
    let failing = pieces(content(6 * MIB)).chain(futures::stream::iter([Err(JobError::NoProgress)]));
    let sent = upload::stream(&store, KEY, failing, SHAPE, &pace()).await;
    assert!(
        matches!(sent, Err(UploadError::Failed(JobError::NoProgress))),
        "{sent:?}"
    );
    assert_eq!((world.get(KEY).await, world.uploads().await), (None, 0));
}

#[tokio::test]
async fn what_s3_lost_or_damaged_is_begun_anew_and_never_a_success() {
    let world = World::start().await;
    let store = world.store().await;
    let content = content(6 * MIB);
    let other = "<CompleteMultipartUploadResult><ETag>\"1-1\"</ETag><ChecksumSHA256>AAAA-1</ChecksumSHA256></CompleteMultipartUploadResult>";
    for (operation, effect) in [
        ("UploadPart", Effect::refusal(404, "NoSuchUpload", "no")),
        ("UploadPart", Effect::refusal(400, "BadDigest", "no")),
        ("CompleteMultipartUpload", Effect::refusal(400, "InvalidPart", "no")),
        ("CompleteMultipartUpload", Effect::ReplaceBody(other.to_owned())),
    ] {
        world.front.script(Rule::on(operation).effect(effect.clone()));
        let sent = send(&store, &content).await;
        assert!(
            matches!(sent, Err(UploadError::Again)),
            "{operation} {effect:?} {sent:?}"
        );
        assert_eq!(world.uploads().await, 0, "{operation} {effect:?}");
    }
    send(&store, &content).await.unwrap();
}

#[tokio::test]
async fn a_write_that_arrives_after_the_lease_moved_on_is_a_version_that_nobody_names() {
    let world = World::start().await;
    let store = world.store().await;
    let gate = GateHandle::default();
    world.front.script(
        Rule::on("PutObject")
            .path(KEY)
            .effect(Effect::HoldRequest(gate.clone())),
    );
    let next = async {
        gate.reached().await;
        let kept = store.put(KEY, "the next leader's".into()).await.unwrap();
        gate.open();
        kept
    };
    let (late, kept) = tokio::join!(store.put(KEY, "the former leader's".into()), next);
    late.unwrap();
    assert_eq!(world.get(KEY).await.unwrap(), b"the former leader's");
    let named = store
        .get_version(KEY, kept.version_id.as_deref())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (named.bytes.as_ref(), Digest::of(&named.bytes)),
        (b"the next leader's".as_ref(), kept.sha256)
    );
}
