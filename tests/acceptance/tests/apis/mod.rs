//! The three APIs by `terraform apply` of examples/apis, on a local cloud that enforces IAM: users sign in, upload, download and
//! change their profiles, and users without the permission are rejected.

mod world;

use std::thread;

use futures::TryStreamExt as _;
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};
use world::{Copy, World};

use crate::plan_rules;

/// A file's name, and what Bob's profile holds.
const SECRETS: [&str; 4] = [
    "Krankmeldung Grete Samsa.pdf",
    "Gregor Samsa",
    "+4973112345678",
    "Charlottenstrasse 37",
];

/// An upload that was abandoned before the apply.
const LOST: &str = "10570000000000000000000000000000";

/// One is used by everybody; the other, in another region, comes after a half one was taken down, and both are used
/// and destroyed. Both live at once.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: .ci/run starts it, and `cargo test --workspace --test acceptance -- --ignored`"]
async fn users_upload_download_and_keep_a_profile_through_the_applied_apis() {
    const TEST: &str = "users_upload_download_and_keep_a_profile_through_the_applied_apis";
    let Some(aws_provider) = acceptance::terraform::aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let cloud = world::cloud().await;
    let [first, second] = [
        Copy {
            name: "edu",
            region: "us-east-1",
            database: "lectern",
        },
        Copy {
            name: "north",
            region: "eu-west-1",
            database: "north",
        },
    ]
    .map(|copy| World::start(&cloud, &aws_provider, copy));
    let (first, second) = tokio::join!(first, second);
    let before = first.users("left", &SECRETS);
    first.leave_an_upload(LOST).await;
    thread::scope(|scope| {
        scope.spawn(|| {
            assert_eq!(first.workdir.plan().unwrap().code, 2);
            the_rules_deny(&first, &[]);
            let saved = ["apply", "-no-color", "-input=false", "tfplan"];
            first.workdir.run(&saved).unwrap().ok().unwrap()
        });
        scope.spawn(|| {
            let before = second.users("left-here", &SECRETS);
            second.apply_half();
            second.workdir.destroy().unwrap().ok().unwrap();
            assert_eq!(second.users("left-here", &SECRETS), before);
            second.workdir.apply().unwrap().ok().unwrap();
        });
    });
    a_second_plan_changes_nothing_but_what_the_local_cloud_is_to_blame_for(&first);
    for world in [&first, &second] {
        let subjects: Value = serde_json::from_str(&world.users("sign-up", &SECRETS)).unwrap();
        world.enrol(subjects["bob"].as_str().unwrap(), "algebra").await;
        world.enrol(subjects["eve"].as_str().unwrap(), "poetry").await;
        world.users("use", &SECRETS);
    }
    uploads_that_nobody_completes_are_removed(&first).await;
    nothing_personal_is_in_plain_text_anywhere(&first).await;
    a_fault_raises_its_alarm(&first).await;
    // Who destroys need not have what was deployed.
    first.lose_packages();
    thread::scope(|scope| {
        for world in [&first, &second] {
            scope.spawn(|| world.workdir.destroy().unwrap().ok().unwrap());
        }
    });
    assert_eq!(first.users("left", &SECRETS), before);
}

/// What a second plan changes in the local cloud and nowhere else: a group that a rule refers to is said to be of another account,
/// since the AWS provider knows of none (`local_cloud`).
const OF_ANOTHER_ACCOUNT: [&str; 4] = [
    "module.network.aws_vpc_security_group_egress_rule.lambda_to_endpoints referenced_security_group_id",
    "module.network.aws_vpc_security_group_egress_rule.lambda_to_mongodb referenced_security_group_id",
    "module.network.aws_vpc_security_group_ingress_rule.endpoints_from_lambda referenced_security_group_id",
    "module.network.aws_vpc_security_group_ingress_rule.mongodb_from_lambda referenced_security_group_id",
];

fn a_second_plan_changes_nothing_but_what_the_local_cloud_is_to_blame_for(world: &World) {
    let plan = world.workdir.plan().unwrap();
    assert!(matches!(plan.code, 0 | 2), "{}", plan.text);
    assert_eq!(
        world.workdir.planned_changes().unwrap(),
        OF_ANOTHER_ACCOUNT,
        "{}",
        plan.text
    );
    // Now everything is known.
    the_rules_deny(world, &[OPEN_GROUP]);
}

/// The local cloud keeps the egress rule that every new group has: it does not know it again in the form in which the AWS provider revokes it.
const OPEN_GROUP: &str = "deny network-egress module.network.aws_security_group.lambda egress to 0.0.0.0/0 from a security group of a function";

/// What the rules for plans (terraform/policy) deny in the last plan, and that they do read it.
fn the_rules_deny(world: &World, expected: &[&str]) {
    let Some(opa) = plan_rules::opa_or_skip("the rules for plans on the example apis") else {
        return;
    };
    let found = plan_rules::findings(&opa, &world.workdir);
    let denied: Vec<_> = found.iter().filter(|finding| finding.starts_with("deny ")).collect();
    assert_eq!(denied, expected);
    let is_found = |rule: &str| {
        found
            .iter()
            .any(|finding| finding.starts_with(&format!("warn {rule} ")))
    };
    assert!(
        is_found("cognito-mfa-optional") && is_found("api-guarded"),
        "{found:#?}"
    );
}

/// A profile's fields are nowhere; a file's name is in its own record alone.
async fn nothing_personal_is_in_plain_text_anywhere(world: &World) {
    let database = world.mongo.database(world.copy.database);
    for name in database.list_collection_names().await.unwrap() {
        let found = database.collection::<Document>(&name).find(doc! {}).await.unwrap();
        let found: Vec<Document> = found.try_collect().await.unwrap();
        assert!(!found.is_empty(), "{name}");
        for document in found {
            let bytes = document.to_vec().unwrap();
            for secret in &SECRETS[1..] {
                let is_there = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!is_there, "{secret} is in {name}: {document}");
            }
        }
    }
    let traces = world.users("traces", &SECRETS);
    assert!(traces.contains("patchProfile"), "no log has a request in it: {traces}");
    assert!(traces.contains("%PDF-1.7"), "no object is there: {traces}");
    for secret in SECRETS {
        assert!(!traces.contains(secret), "{secret} is in {traces}");
    }
}

/// The schedule starts the function at once, and then every hour: the second run is by hand.
async fn uploads_that_nobody_completes_are_removed(world: &World) {
    world.forgotten(LOST).await;
    let ids: Vec<String> = serde_json::from_str(&world.users("abandon", &SECRETS)).unwrap();
    assert_eq!(world.contents(&ids).await, 2);
    let functions = world.workdir.output("functions").unwrap();
    let janitor = functions["upload-janitor"].as_str().unwrap();
    let nothing = json!({ "removed": 0, "failed": [], "left": 0 });
    let event = json!({ "version": 1 });
    assert_eq!(world.invoke(janitor, &event).await, Ok(nothing), "they are of today");
    for id in &ids {
        world.give_up(id).await;
    }
    let both = json!({ "removed": 2, "failed": [], "left": 0 });
    assert_eq!(world.invoke(janitor, &event).await, Ok(both));
    for id in &ids {
        world.forgotten(id).await;
    }
    assert_eq!(world.contents(&ids).await, 0);
}

async fn a_fault_raises_its_alarm(world: &World) {
    let functions = world.workdir.output("functions").unwrap();
    let upload = functions["upload-api"].as_str().unwrap();
    let error = world.invoke(upload, &json!({ "action": "upload" })).await;
    assert_eq!(error, Err("NotAnApiEvent".to_owned()));
    world.alarm("edu/lambda/upload/errors/critical", "ALARM").await;
}
