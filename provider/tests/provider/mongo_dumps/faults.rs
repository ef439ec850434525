//! What S3 and the network do to a read.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use serde_json::{Value, json};

use crate::mongo_dumps::world::{TestDump, World, configured, runs};

/// Longest that an interrupted read may take. Nothing but a hang comes near it.
const PROMPTLY: Duration = Duration::from_secs(30);

async fn world_with_a_dump() -> (World, TestDump) {
    let world = World::start().await;
    let dump = TestDump::at(1_778_000_000);
    world.dump(&dump).await;
    world.point_at(&dump).await;
    (world, dump)
}

fn refusal(status: u16, code: &str) -> Effect {
    Effect::refusal(status, code, "Said S3.")
}

#[tokio::test]
async fn a_slow_down_and_lost_answers_are_tried_again() {
    let (world, dump) = world_with_a_dump().await;
    for operation in ["ListObjectsV2", "GetObject"] {
        for effect in [
            Effect::slow_down(),
            refusal(500, "InternalError"),
            Effect::Reset,
            Effect::LoseAnswer,
        ] {
            world
                .front
                .script(Rule::on(operation).after(1).times(2).effect(effect.clone()));
            let state = world.quietly(world.config()).await;
            assert_eq!(runs(&state), [dump.run().to_string()], "{operation}: {effect:?}");
            world.front.clear();
        }
    }
}

#[tokio::test]
async fn a_body_that_is_cut_off_or_altered_is_asked_for_again() {
    let (world, dump) = world_with_a_dump().await;
    for effect in [Effect::CutBody(100), Effect::AlterBody(50)] {
        let manifest = Rule::on("GetObject").path("manifest.json");
        world.front.script(manifest.times(2).effect(effect));
        let state = world.quietly(world.config()).await;
        assert_eq!(runs(&state), [dump.run().to_string()]);
        world.front.clear();
    }
}

#[tokio::test]
async fn a_body_that_never_arrives_whole_is_an_error_with_its_key() {
    let (world, dump) = world_with_a_dump().await;
    let manifest = Rule::on("GetObject").path("manifest.json");
    world.front.script(manifest.always().effect(Effect::CutBody(100)));
    let key = dump.manifest_key();
    world
        .refused(
            world.config(),
            "",
            "AWS could not be reached.",
            &[&key, "4 times in a row"],
        )
        .await;
}

#[tokio::test]
async fn one_manifest_that_s3_withholds_is_a_warning() {
    let (world, dump) = world_with_a_dump().await;
    let archived = TestDump::at(1_777_000_000);
    world.dump(&archived).await;
    for (status, code) in [(403, "InvalidObjectState"), (400, "KMS.DisabledException")] {
        let rule = Rule::on("GetObject").path(&archived.folder());
        world.front.script(rule.effect(refusal(status, code)));
        let (state, warning) = world.with_a_warning(world.config()).await;
        let words = format!("{}: S3 answered {code}: Said S3.", archived.manifest_key());
        assert!(warning.detail.contains(&words), "{}", warning.detail);
        assert_eq!(runs(&state), [dump.run().to_string()], "{code}");
        assert_eq!(state["latest"]["run_id"], dump.run().to_string(), "{code}");
    }
}

#[tokio::test]
async fn a_refusal_names_the_attribute_and_what_to_do() {
    let (world, _) = world_with_a_dump().await;
    for (operation, status, code, path, summary, words) in [
        (
            "ListObjectsV2",
            403,
            "AccessDenied",
            "bucket",
            "AWS denied access.",
            "`s3:ListBucket`",
        ),
        (
            "GetObject",
            403,
            "AccessDenied",
            "bucket",
            "AWS denied access.",
            "`s3:GetObject` on mongo/main/*",
        ),
        (
            "ListObjectsV2",
            404,
            "NoSuchBucket",
            "bucket",
            "Bucket does not exist.",
            "dump.bucket",
        ),
        (
            "GetObject",
            404,
            "NoSuchBucket",
            "bucket",
            "Bucket does not exist.",
            "dump.bucket",
        ),
        (
            "ListObjectsV2",
            301,
            "PermanentRedirect",
            "region",
            "Bucket is in another region.",
            "get-bucket-location",
        ),
        (
            "ListObjectsV2",
            403,
            "InvalidAccessKeyId",
            "",
            "AWS credentials are missing or refused.",
            "aws sts get-caller-identity",
        ),
        (
            "ListObjectsV2",
            400,
            "OddRequest",
            "",
            "AWS refused the call.",
            "OddRequest: Said S3.",
        ),
    ] {
        world.front.script(Rule::on(operation).effect(refusal(status, code)));
        world
            .refused(world.config(), path, summary, &[words, &world.bucket])
            .await;
        world.front.clear();
    }
}

#[tokio::test]
async fn ctrl_c_ends_a_read_that_hangs() {
    let (world, _) = world_with_a_dump().await;
    let gate = GateHandle::default();
    world
        .front
        .script(Rule::on("ListObjectsV2").effect(Effect::HoldRequest(gate.clone())));
    let read = world
        .provider
        .read_data_source(crate::mongo_dumps::world::TYPE, world.config());
    let stopped = tokio::time::timeout(PROMPTLY, async {
        let stop = async {
            gate.reached().await;
            world.provider.stop().await.unwrap();
        };
        tokio::join!(read, stop).0
    });
    let outcome = stopped.await.expect("the read goes on").unwrap();
    assert_eq!(outcome.diagnostics.only_error().unwrap().summary, "Interrupted.");
    gate.open();
}

#[tokio::test]
async fn ctrl_c_ends_the_setup_of_a_client_that_hangs() {
    let (mut world, _) = world_with_a_dump().await;
    let account = json!({ "allowed_account_ids": ["000000000000"] });
    world.provider = configured(&world.front.url(), account).await;
    let gate = GateHandle::default();
    world
        .front
        .script(Rule::on("GetCallerIdentity").effect(Effect::HoldRequest(gate.clone())));
    let read = world
        .provider
        .read_data_source(crate::mongo_dumps::world::TYPE, world.config());
    let stopped = tokio::time::timeout(PROMPTLY, async {
        let stop = async {
            gate.reached().await;
            world.provider.stop().await.unwrap();
        };
        tokio::join!(read, stop).0
    });
    let outcome = stopped.await.expect("the read goes on").unwrap();
    assert_eq!(outcome.diagnostics.only_error().unwrap().summary, "Interrupted.");
    gate.open();
}

#[tokio::test]
async fn a_throttled_account_gets_the_dumps_all_the_same() {
    let (world, _) = world_with_a_dump().await;
    let more = (1..20).map(|hour| TestDump::at(1_778_000_000 + hour * 3_600));
    for dump in more {
        world.dump(&dump).await;
    }
    // Every third call, over all the calls at the same time.
    for after in (0..60).step_by(3) {
        world
            .front
            .script(Rule::on("*").after(after).effect(Effect::slow_down()));
    }
    let state: Value = world.quietly(world.config()).await;
    assert_eq!(runs(&state).len(), 20);
    assert_eq!(state["latest"]["status"], json!("complete"));
}
