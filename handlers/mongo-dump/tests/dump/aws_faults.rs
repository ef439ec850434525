//! What AWS does while it is written to.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use dump_format::Sha256Hex;
use dump_format::key::{Key, Object};
use dump_format::manifest::Latest;
use mongo_dump::Answer;
use mongo_emulator::Corpus;

use crate::world::{World, complete, name, shown};

/// One small collection, written by a put, and one in parts.
async fn world() -> World {
    let mut world = World::start().await;
    world.limits.part_bytes = 32 << 10;
    world.mongo.generate("school", "apples", corpus(20));
    world.mongo.generate("school", "students", corpus(600));
    world
}

fn corpus(documents: u64) -> Corpus {
    Corpus {
        documents,
        ..Corpus::default()
    }
}

const CALLS: [(&str, &str); 12] = [
    ("AssumeRole", ""),
    ("GetSecretValue", ""),
    ("PutObject", "lease.json"),
    ("PutObject", "/meta/"),
    ("PutObject", "plan.json"),
    ("PutObject", "/data/"),
    ("CreateMultipartUpload", ""),
    ("UploadPart", ""),
    ("CompleteMultipartUpload", ""),
    ("PutObject", "state.json"),
    ("PutObject", "manifest.json"),
    ("PutObject", "latest.json"),
];

#[tokio::test]
async fn every_call_is_made_again_after_throttling_and_server_errors() {
    for effect in [
        Effect::slow_down(),
        Effect::refusal(500, "InternalError", "We encountered an internal error."),
        Effect::Reset,
    ] {
        let world = world().await;
        for (operation, path) in CALLS {
            world
                .front
                .script(Rule::on(operation).path(path).times(2).effect(effect.clone()));
        }
        complete(world.dump().await);
        world.assert_equal_to_the_deployment().await;
        assert!(world.latest().await.is_some(), "{effect:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_write_is_no_conflict_with_oneself() {
    for (operation, path) in CALLS {
        let world = world().await;
        world
            .front
            .script(Rule::on(operation).path(path).effect(Effect::LoseAnswer));
        complete(world.dump().await);
        world.assert_equal_to_the_deployment().await;
        assert_eq!(world.latest().await.unwrap().run, world.run(), "{operation} {path}");
    }
}

#[tokio::test]
async fn a_completion_answered_with_200_and_an_error_is_made_again() {
    let world = world().await;
    let error =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>InternalError</Code><Message>again</Message></Error>";
    let instead = Effect::Answer {
        status: 200,
        body: error.to_owned(),
    };
    world
        .front
        .script(Rule::on("CompleteMultipartUpload").times(2).effect(instead));
    complete(world.dump().await);
    world.assert_equal_to_the_deployment().await;
    assert_eq!(world.front.calls_of("CompleteMultipartUpload"), 3);
}

#[tokio::test]
async fn an_upload_that_s3_has_forgotten_or_damaged_is_written_again_from_its_first_document() {
    for (operation, code) in [
        ("UploadPart", "NoSuchUpload"),
        ("CompleteMultipartUpload", "NoSuchUpload"),
        ("CompleteMultipartUpload", "InvalidPart"),
        ("UploadPart", "BadDigest"),
        ("PutObject", "BadDigest"),
    ] {
        let world = world().await;
        let effect = Effect::refusal(if code == "NoSuchUpload" { 404 } else { 400 }, code, "no");
        world
            .front
            .script(Rule::on(operation).path("/data/").times(2).effect(effect.clone()));
        complete(world.dump().await);
        world.assert_equal_to_the_deployment().await;

        world.front.clear();
        world
            .front
            .script(Rule::on(operation).path("/data/").always().effect(effect));
        let mut world = world;
        world.scheduled += 3_600;
        assert_eq!(name(world.dump().await), "StorageDamaged", "{operation} {code}");
        assert!(world.manifest().await.is_none());
    }
}

#[tokio::test]
async fn a_checksum_that_differs_in_an_answer_is_never_a_success() {
    let world = world().await;
    // The composite checksum of another object.
    let other = "<CompleteMultipartUploadResult><ETag>\"1-1\"</ETag><ChecksumSHA256>AAAA-1</ChecksumSHA256></CompleteMultipartUploadResult>";
    let effect = Effect::ReplaceBody(other.to_owned());
    world
        .front
        .script(Rule::on("CompleteMultipartUpload").effect(effect.clone()));
    complete(world.dump().await);
    world.assert_equal_to_the_deployment().await;

    let mut world = world;
    world.scheduled += 3_600;
    world
        .front
        .script(Rule::on("CompleteMultipartUpload").always().effect(effect));
    assert_eq!(name(world.dump().await), "StorageDamaged");
}

#[tokio::test]
async fn what_is_refused_for_good_is_named_and_nothing_claims_success() {
    let cases = [
        ("AssumeRole", "", 403, "AccessDenied", "no", "RoleRefused"),
        (
            "GetSecretValue",
            "",
            400,
            "ResourceNotFoundException",
            "no",
            "SecretUnreadable",
        ),
        ("PutObject", "lease.json", 403, "AccessDenied", "no", "StorageDenied"),
        (
            "PutObject",
            "/meta/",
            403,
            "AccessDenied",
            "not authorized to perform: kms:GenerateDataKey",
            "StorageKeyRefused",
        ),
        (
            "PutObject",
            "/data/",
            400,
            "KMS.DisabledException",
            "disabled",
            "StorageKeyRefused",
        ),
        ("UploadPart", "", 404, "NoSuchBucket", "no", "StorageRefused"),
        ("CreateMultipartUpload", "", 403, "AccessDenied", "no", "StorageDenied"),
        ("PutObject", "state.json", 403, "AccessDenied", "no", "StorageDenied"),
        ("PutObject", "manifest.json", 403, "AccessDenied", "no", "StorageDenied"),
        ("PutObject", "latest.json", 403, "AccessDenied", "no", "StorageDenied"),
        (
            "GetObject",
            "lease.json",
            403,
            "AccessDenied",
            "no",
            "ControlUnreadable",
        ),
        (
            "GetObject",
            "lease.json",
            403,
            "InvalidAccessKeyId",
            "no",
            "StorageDenied",
        ),
    ];
    for (operation, path, status, code, message, failure) in cases {
        let world = world().await;
        let effect = Effect::refusal(status, code, message);
        world
            .front
            .script(Rule::on(operation).path(path).always().effect(effect));
        assert_eq!(name(world.dump().await), failure, "{operation} {path} {code}");
        assert_eq!(world.metric("Failed"), [1.0], "{operation} {path}");
        assert_eq!(world.metric("Completed"), [0.0; 0], "{operation} {path}");
        assert!(world.latest().await.is_none(), "{operation} {path}");

        // Once it is put right, the same event finishes.
        world.front.clear();
        match world.dump().await {
            Ok(Answer::Complete(_) | Answer::AlreadyComplete(_)) => {}
            other => panic!("{operation} {path}: {other:?}"),
        }
        world.assert_equal_to_the_deployment().await;
        assert_eq!(world.latest().await.unwrap().run, world.run());
        assert_eq!(world.metric("Completed"), [1.0], "{operation} {path}");
    }
}

#[tokio::test]
async fn without_permission_to_list_a_missing_object_is_refused_and_that_is_no_failure() {
    let world = world().await;
    for path in ["lease.json", "manifest.json", "plan.json", "state.json", "latest.json"] {
        let rule = Rule::on("GetObject").path(path);
        world
            .front
            .script(rule.effect(Effect::refusal(403, "AccessDenied", "Access Denied")));
    }
    complete(world.dump().await);
    world.assert_equal_to_the_deployment().await;
}

#[tokio::test]
async fn credentials_that_run_out_early_and_throttled_keys_are_got_over() {
    for (status, code) in [
        (400, "ExpiredToken"),
        (400, "KMS.ThrottlingException"),
        (409, "ConditionalRequestConflict"),
    ] {
        let world = world().await;
        for (operation, path) in [
            ("UploadPart", ""),
            ("PutObject", "state.json"),
            ("CompleteMultipartUpload", ""),
        ] {
            let rule = Rule::on(operation).path(path);
            world.front.script(rule.effect(Effect::refusal(status, code, "again")));
        }
        complete(world.dump().await);
        world.assert_equal_to_the_deployment().await;
        let roles = world.front.calls_of("AssumeRole");
        assert!(
            if code == "ExpiredToken" { roles > 1 } else { roles == 1 },
            "{code}: {roles}"
        );
    }
}

#[tokio::test]
async fn a_secret_in_no_known_form_is_named_without_its_content() {
    let world = world().await;
    for secret in [
        "mongodb://user:hunter2@host",
        r#"{"host": "hunter2"}"#,
        r#"{"uri": "hunter2://x"}"#,
    ] {
        world.set_secret(secret).await;
        let failure = world.dump().await.unwrap_err();
        assert_eq!(failure.name, "SecretInvalid");
        assert!(!failure.message.contains("hunter2"), "{}", failure.message);
    }
}

#[tokio::test]
async fn an_event_that_is_none_is_refused_by_name_and_counted_where_it_names_its_schedule() {
    let world = world().await;
    let settings = world.settings().await;
    let good = world.event(dump_format::payload::Action::Dump).render();
    for (event, counted) in [
        ("[]".to_owned(), 0),
        (good.replace("\"version\":1", "\"version\":2"), 1),
        (good.replace("\"dump\"", "\"destroy\""), 1),
        (good.replace("us-east-1:000000000000:schedule", "x"), 0),
    ] {
        let before = world.metric("Failed").len();
        assert_eq!(name(mongo_dump::handle(&event, &settings).await), "EventInvalid");
        assert_eq!(world.metric("Failed").len() - before, counted, "{event}");
    }
    assert_eq!(world.front.operations().len(), 0);
}

#[tokio::test]
async fn latest_only_goes_forwards() {
    let mut world = world().await;
    world.scheduled += 7_200;
    let newer = world.run();
    complete(world.dump().await);
    world.scheduled -= 7_200;
    complete(world.dump().await);
    assert_eq!(world.latest().await.unwrap().run, newer);
    world.scheduled += 14_400;
    complete(world.dump().await);
    assert_eq!(world.latest().await.unwrap().run, world.run());
}

#[tokio::test]
async fn latest_changed_by_another_at_the_same_moment_is_looked_at_again() {
    let mut world = world().await;
    let key = world.location().render(&Key::Latest);
    world.scheduled -= 3_600;
    let older = Latest::new(world.run(), b"a manifest").render();
    world.scheduled += 3_600;
    let gate = GateHandle::default();
    let rule = Rule::on("PutObject").path("latest.json");
    world.front.script(rule.effect(Effect::HoldRequest(gate.clone())));
    let other = async {
        gate.reached().await;
        world.put(&key, older).await;
        gate.open();
    };
    let (dumped, ()) = tokio::join!(world.dump(), other);
    complete(dumped);
    assert_eq!(world.latest().await.unwrap().run, world.run());
}

#[tokio::test]
async fn a_function_that_ended_between_manifest_and_pointer_left_both_to_the_next() {
    let world = world().await;
    let refused = Effect::refusal(412, "PreconditionFailed", "changed");
    world
        .front
        .script(Rule::on("PutObject").path("latest.json").effect(refused));
    // Nothing is there: that it is refused all the same means that it cannot be read.
    assert_eq!(name(world.dump().await), "ControlUnreadable");
    assert!(world.manifest().await.is_some() && world.latest().await.is_none());
    let answer = world.dump().await.unwrap();
    assert_eq!(shown(&answer)["outcome"], "already_complete");
    assert_eq!(world.latest().await.unwrap().run, world.run());
    assert_eq!(world.metric("Completed"), [1.0]);
}

#[tokio::test]
async fn a_control_object_that_nobody_knows_is_left_alone_and_named() {
    for key in [
        Key::Lease,
        Key::Latest,
        Key::Run(world().await.run(), Object::Plan),
        Key::Run(world().await.run(), Object::State),
        Key::Run(world().await.run(), Object::Manifest),
    ] {
        let world = world().await;
        let key = world.location().render(&key);
        world.put(&key, b"{\"version\":7}".to_vec()).await;
        assert_eq!(name(world.dump().await), "ControlForeign", "{key}");
        assert_eq!(world.get(&key).await.unwrap(), b"{\"version\":7}");
    }
}

#[tokio::test]
async fn a_slow_s3_holds_the_cursor_back_and_loses_nothing() {
    let world = world().await;
    let slow = Effect::Delay(Duration::from_millis(150));
    world.front.script(Rule::on("UploadPart").always().effect(slow));
    complete(world.dump().await);
    world.assert_equal_to_the_deployment().await;
}

/// A function that lost its lease stops, yet what it sent before may arrive after the run is complete. The manifest pins the versions that it means.
#[tokio::test]
async fn a_write_that_arrives_after_the_manifest_replaces_nothing_that_it_names() {
    let world = world().await;
    world.keep_versions().await;
    complete(world.dump().await);
    let manifest = world.manifest().await.unwrap();
    let folder = world.location().run_folder(world.run());
    let parts = manifest.parts().map(|part| {
        let key = String::from(part.key.clone());
        (key, part.bytes, part.sha256, part.version_id.clone())
    });
    let described = manifest.collections().iter().map(|collection| {
        let meta = collection.meta.clone().unwrap();
        let key = Object::Meta(collection.namespace.clone()).render();
        (key, meta.bytes, meta.sha256, meta.version_id)
    });
    let objects: Vec<_> = parts.chain(described).collect();
    assert_eq!(objects.len(), 4);
    for (key, bytes, sha256, version) in objects {
        let key = format!("{folder}{key}");
        let version = version.expect("a version of each object");
        world.put(&key, b"late".to_vec()).await;
        assert_eq!(world.get(&key).await.unwrap(), b"late");
        let named = world.get_version(&key, version.as_str()).await;
        assert_eq!((named.len() as u64, Sha256Hex::of(&named)), (bytes, sha256), "{key}");
    }
}

#[tokio::test]
async fn a_bucket_without_versions_has_none_in_its_manifests() {
    let world = world().await;
    complete(world.dump().await);
    let manifest = world.manifest().await.unwrap();
    assert!(manifest.parts().all(|part| part.version_id.is_none()));
    let meta = manifest.collections()[0].meta.clone().unwrap();
    let stored = world
        .get(&world.key(Object::Meta(manifest.collections()[0].namespace.clone())))
        .await
        .unwrap();
    assert_eq!(
        (meta.bytes, meta.sha256, meta.version_id),
        (stored.len() as u64, Sha256Hex::of(&stored), None)
    );
}
