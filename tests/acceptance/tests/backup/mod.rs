//! The backup module on a local cloud that enforces IAM: the schedule's dump, a restore, a drill, the state machine, and that
//! each role can do what it is for and nothing else.

mod roles;
mod world;

pub(crate) use world::s3;

use serde_json::{Value, json};
use world::World;

/// Sets up once and walks through the life of a backup: each step needs what the one before it made.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_dumped_restored_and_drilled_with_least_privilege() {
    const TEST: &str = "a_cluster_is_dumped_restored_and_drilled_with_least_privilege";
    let Some(aws_provider) = acceptance::terraform::aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let world = World::start(&aws_provider).await;
    world.workdir.init().unwrap();
    world.workdir.apply().unwrap().ok().unwrap();
    the_first_dump_begins_with_the_apply_and_terraform_sees_it(&world).await;
    the_restore_function_brings_every_document_back(&world).await;
    a_drill_leaves_nothing_behind_and_measures(&world).await;
    roles::the_dump_roles_do_what_they_are_for_and_nothing_else(&world).await;
    roles::the_restore_roles_do_what_they_are_for_and_nothing_else(&world).await;
    roles::failures_can_be_told(&world).await;
    a_state_machine_dumps_by_ranges(&world).await;
    a_destroy_that_stops_leaves_the_dumps_readable(&world).await;
}

async fn the_first_dump_begins_with_the_apply_and_terraform_sees_it(world: &World) {
    let latest = world.latest(None).await;
    let manifest = world.manifest(&latest).await;
    assert_eq!(
        (&manifest["outcome"], &manifest["totals"]["documents"]),
        (&json!("complete"), &json!(world::DOCUMENTS))
    );
    world.workdir.refresh().unwrap();
    let uri = world.output("latest");
    assert!(uri.as_str().unwrap().ends_with(&latest), "{uri} {latest}");
    // Nothing is left to do: module, bundle and schedule are read back as they were written.
    let plan = world.workdir.plan().unwrap();
    assert_eq!(plan.code, 0, "{}", plan.text);
}

async fn the_restore_function_brings_every_document_back(world: &World) {
    let answer = world
        .restore(json!({ "mode": "restore", "rename": [{ "from": "school", "to": "copy" }] }))
        .await;
    assert_eq!(answer["outcome"], "restored", "{answer}");
    assert_eq!(world.documents("copy").await, world.documents("school").await);
    let answer = world
        .restore(json!({ "mode": "verify", "rename": [{ "from": "school", "to": "copy" }] }))
        .await;
    assert_eq!(answer["outcome"], "verified", "{answer}");
}

async fn a_drill_leaves_nothing_behind_and_measures(world: &World) {
    let before = world.databases().await;
    let answer = world.restore(json!({ "mode": "drill" })).await;
    assert_eq!(answer["outcome"], "drilled", "{answer}");
    assert_eq!(world.databases().await, before);
    world.metric("Lectern/MongoRestore", "DrillCompleted").await;
}

async fn a_state_machine_dumps_by_ranges(world: &World) {
    let before = world.latest(None).await;
    world.set("large", json!(true));
    world.workdir.apply().unwrap().ok().unwrap();
    // A dump may have come since: outputs may change, resources may not.
    world.workdir.plan().unwrap();
    assert_eq!(world.workdir.planned_changes().unwrap(), <Vec<String>>::new());
    let backup = world.output("backup");
    let payload = backup["schedule"]["payload"].as_str().unwrap();
    let payload = payload
        .replace(
            "<aws.scheduler.schedule-arn>",
            "arn:aws:scheduler:us-east-1:000000000000:schedule/default/MongoDBDumpEvery6Hours",
        )
        .replace("<aws.scheduler.scheduled-time>", "2036-05-06T18:00:00Z");
    let machine = backup["state_machine_arn"].as_str().unwrap();
    let answer: Value = world.execute(machine, &payload).await;
    assert_eq!(answer["outcome"], "complete", "{answer}");
    let manifest = world.manifest(&world.latest(Some(&before)).await).await;
    // The restored copy is dumped as well.
    assert_eq!(manifest["totals"]["documents"], 2 * world::DOCUMENTS);
    let ranges: usize = manifest["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|collection| collection["ranges"].as_array().unwrap().len())
        .sum();
    assert!(ranges >= 2, "{manifest}");
    // The same event again is the same run: nothing is dumped twice.
    let answer = world.execute(machine, &payload).await;
    assert_eq!(answer["outcome"], "already_complete", "{answer}");
}

/// Without `force_destroy`, the destroy stops at the bucket, before it deletes the key of the bucket's files. With it, the destroy resumes
/// where it stopped; the packages have been deleted by then.
async fn a_destroy_that_stops_leaves_the_dumps_readable(world: &World) {
    let key = world.output("backup")["kms_key_arn"].as_str().unwrap().to_owned();
    world.set("force_destroy", json!(false));
    world.workdir.apply().unwrap().ok().unwrap();
    world.lose_packages();
    let stopped = world.workdir.destroy().unwrap();
    assert_ne!(stopped.code, 0, "{}", stopped.text);
    assert!(stopped.flat().contains("BucketNotEmpty"), "{}", stopped.text);
    assert_eq!(world.key_state(&key), "Enabled");
    world.empty_bucket().await;
    world.workdir.destroy().unwrap().ok().unwrap();
    assert_eq!(world.key_state(&key), "PendingDeletion");
}
