//! Passwords changed by Atlas's Admin API: answered at once, and in the cluster later.

use std::time::Duration;

use atlas_emulator::{Fault, FaultKind, Gate};
use mongo_emulator::User;
use serde_json::{Value, json};

use crate::faults::{before, never_in_use};
use crate::kills::survives;
use crate::world::{Form, ON_MASTER, ON_SECRET, SECRET, STEPS, Way, World, app, atlas_user};

const TOKEN: &str = "/api/oauth/token";
const USERS: &str = "/groups/*/databaseUsers";
const USER: &str = "/groups/*/databaseUsers/*/*";

fn fault(method: &str, path: &str, times: Option<u32>, kind: FaultKind) -> Fault {
    Fault {
        method: method.to_owned(),
        path: path.to_owned(),
        times,
        kind,
        ..Fault::default()
    }
}

/// The methods of the calls that change users, so far.
fn changes(world: &World) -> Vec<String> {
    let calls = world.atlas().calls().into_iter();
    let users = calls.filter(|call| call.path.contains("/databaseUsers") && call.method != "GET");
    users.map(|call| call.method).collect()
}

/// Whether changes stay where they are, and reach no cluster.
fn hold_deployments(world: &World, held: bool) {
    let stuck = if held { vec!["PENDING".to_owned()] } else { Vec::new() };
    world.atlas().change_profile(|profile| profile.stuck_states = stuck);
}

async fn drop_pending(world: &World, token: &str) {
    let call = world.secrets.update_secret_version_stage().secret_id(&world.secret_arn);
    let call = call.version_stage("AWSPENDING").remove_from_version_id(token);
    call.send().await.unwrap();
}

#[tokio::test]
async fn two_users_of_a_project_get_new_passwords_in_turn_and_the_one_before_keeps_working() {
    let patience = Way::Atlas(Duration::from_secs(30));
    let world = World::by(patience, Form::Members, 1, json!({ "masterarn": "ignored" })).await;
    let mut held = world.current().await.0;
    for _ in 0..3 {
        let token = world.begin().await;
        for step in STEPS {
            assert_eq!(world.step(step, &token).await, Ok(false), "{step}");
            assert!(world.works().await && world.lets_in(&held).await, "{step}");
        }
        let (value, version) = world.current().await;
        assert!(version == token && value != held);
        held = value;
    }
    assert_eq!(changes(&world), ["POST", "PATCH", "PATCH"]);
    assert_eq!(world.metric("Rotations", None), 3.0);
    let project = world.atlas().project(atlas_emulator::DEFAULT_PROJECT);
    let users = project.applied_database_users();
    assert_eq!(users[0].roles, users[1].roles);
    let commands: Vec<_> = world.mongo.calls().into_iter().map(|call| call.command).collect();
    assert!(
        !commands.iter().any(|command| command.ends_with("User")),
        "{commands:?}"
    );
}

#[tokio::test]
async fn the_test_waits_until_the_cluster_has_the_change() {
    let world = World::on_atlas().await;
    let first = world.begin().await;
    world.steps(&first).await.unwrap();
    hold_deployments(&world, true);
    let token = before(&world, "testSecret").await;
    let pending = world.pending(&token).await.unwrap();
    assert!(!world.lets_in(&pending).await && world.works().await);
    // Not in the cluster yet, so the same password is set once more.
    assert_eq!(world.step("setSecret", &token).await, Ok(false));
    world.mongo.clear_calls();
    let deployed = async {
        let refused = || {
            world
                .mongo
                .calls()
                .iter()
                .filter(|call| call.outcome == "AuthenticationFailed")
                .count()
        };
        while refused() < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(world.works().await, "whoever reads the secret meanwhile");
        hold_deployments(&world, false);
    };
    let (tested, ()) = tokio::join!(world.step("testSecret", &token), deployed);
    assert_eq!(tested, Ok(false));
    assert_eq!(world.step("setSecret", &token).await, Ok(true));
    world.step("finishSecret", &token).await.unwrap();
    assert_eq!(world.current().await.0, pending);
    assert!(world.works().await);
}

#[tokio::test]
async fn a_change_that_does_not_reach_the_cluster_never_becomes_the_value_in_use() {
    let world = World::by(Way::Atlas(Duration::from_millis(50)), Form::Members, 1, json!({})).await;
    hold_deployments(&world, true);
    let token = before(&world, "testSecret").await;
    never_in_use(&world, &token).await;
}

#[tokio::test]
async fn killed_before_or_after_any_call_of_atlas_the_same_rotation_comes_to_its_end() {
    for before in [true, false] {
        let world = World::on_atlas().await;
        for (case, method, path, skip) in [
            // The first rotation of a world makes the other user.
            ("the other user is made", "POST", USERS, 0),
            ("the service account signs in", "POST", TOKEN, 0),
            ("the user in use is read", "GET", USER, 0),
            ("the other user is read", "GET", USER, 1),
            ("the other user is changed", "PATCH", USER, 0),
        ] {
            let case = format!("{case}, before: {before}");
            let hold = async || {
                world.atlas().gate(Gate {
                    method: method.to_owned(),
                    path: path.to_owned(),
                    skip,
                    before,
                })
            };
            assert!(survives(&world, "setSecret", &case, hold).await, "{case}: not reached");
        }
    }
}

#[tokio::test]
async fn what_passes_is_repeated() {
    let world = World::on_atlas().await;
    // An answer that was lost is found to have been one: the user is there by then.
    let token = before(&world, "setSecret").await;
    world
        .atlas()
        .fault(fault("POST", USERS, Some(1), FaultKind::AcceptThenReset));
    world.steps(&token).await.unwrap();
    assert_eq!(changes(&world), ["POST", "POST", "PATCH"]);
    // As long as the cluster does not have the change, the step makes it again.
    hold_deployments(&world, true);
    let token = before(&world, "setSecret").await;
    for (method, path, kind) in [
        (
            "POST",
            TOKEN,
            FaultKind::Throttle {
                retry_after_seconds: Some(0),
            },
        ),
        (
            "GET",
            USER,
            FaultKind::Unavailable {
                retry_after_seconds: None,
            },
        ),
        (
            "PATCH",
            USER,
            FaultKind::Throttle {
                retry_after_seconds: None,
            },
        ),
        ("PATCH", USER, FaultKind::AcceptThenInternalError),
        ("PATCH", USER, FaultKind::AcceptThenReset),
        ("PATCH", USER, FaultKind::ResetMidBody),
        ("PATCH", USER, FaultKind::BadGateway),
        ("PATCH", USER, FaultKind::Hang),
    ] {
        let case = format!("{method} {path}: {kind:?}");
        world.atlas().fault(fault(method, path, Some(1), kind));
        assert_eq!(world.step("setSecret", &token).await, Ok(false), "{case}");
        assert!(world.works().await, "{case}");
    }
    hold_deployments(&world, false);
    world.steps(&token).await.unwrap();
    assert!(world.works().await);
}

#[tokio::test]
async fn what_atlas_refuses_fails_the_step_and_changes_nothing() {
    let world = World::on_atlas().await;
    let token = before(&world, "setSecret").await;
    world.steps(&token).await.unwrap();
    let token = before(&world, "setSecret").await;
    let refuse = |status, code: &str| FaultKind::Refuse {
        status,
        error_code: code.to_owned(),
        detail: format!("the password {SECRET} is refused"),
    };
    for (method, path, kind, name) in [
        ("POST", TOKEN, FaultKind::NotAuthorized, "AtlasLoginRefused"),
        ("GET", USER, FaultKind::NotAuthorized, "AtlasLoginRefused"),
        ("GET", USER, FaultKind::RoleTooLow, "AtlasRefused"),
        ("PATCH", USER, FaultKind::RoleTooLow, "AtlasRefused"),
        ("PATCH", USER, FaultKind::IpAddressNotOnAccessList, "AtlasRefused"),
        ("PATCH", USER, refuse(400, "COMMON_PASSWORD"), "AtlasRefused"),
        (
            "PATCH",
            USER,
            refuse(400, &format!("the password {SECRET}")),
            "AtlasRefused",
        ),
        ("PATCH", USER, FaultKind::VersionGone, "AtlasRefused"),
        (
            "PATCH",
            USER,
            FaultKind::Unavailable {
                retry_after_seconds: None,
            },
            "AtlasUnreachable",
        ),
        ("GET", USER, FaultKind::ConnectionReset, "AtlasUnreachable"),
        (
            "GET",
            USER,
            FaultKind::Omit {
                members: vec!["roles".to_owned()],
            },
            "AtlasUnreachable",
        ),
    ] {
        let case = format!("{method} {path}: {kind:?}");
        world.atlas().fault(fault(method, path, None, kind));
        let current = world.current().await;
        assert_eq!(world.fails("setSecret", &token).await, name, "{case}");
        assert!(world.current().await == current && world.works().await, "{case}");
        world.clear_faults();
    }
    world.steps(&token).await.unwrap();
    assert!(world.works().await);
}

#[tokio::test]
async fn atlas_is_never_asked_earlier_than_it_wants() {
    let world = World::on_atlas().await;
    let token = before(&world, "setSecret").await;
    let later = FaultKind::Throttle {
        retry_after_seconds: Some(3600),
    };
    world.atlas().fault(fault("GET", USER, None, later));
    let failure = world.step("setSecret", &token).await.unwrap_err();
    assert_eq!(failure.name, "AtlasUnreachable");
    assert!(
        failure.message.contains("HTTP 429, RATE_LIMITED_TOKEN_BUCKET") && failure.message.contains("attempt 1"),
        "{failure:?}"
    );
    let reads = world
        .atlas()
        .calls()
        .into_iter()
        .filter(|call| call.path.contains("/databaseUsers"));
    assert_eq!(reads.count(), 1);
}

#[tokio::test]
async fn who_is_missing_on_atlas_is_told() {
    let world = World::on_atlas().await;
    let token = before(&world, "setSecret").await;
    let put = |value: Value| {
        world
            .secrets
            .put_secret_value()
            .secret_id(&world.master_arn)
            .secret_string(value.to_string())
    };
    let known = world
        .secrets
        .get_secret_value()
        .secret_id(&world.master_arn)
        .send()
        .await
        .unwrap();
    for (value, name) in [
        (json!({ "uri": "mongodb://h" }), "SecretInvalid"),
        (
            json!({ "client_id": "mdb_sa_id_1", "client_secret": format!("{SECRET}-expired") }),
            "AtlasLoginRefused",
        ),
    ] {
        put(value).send().await.unwrap();
        assert_eq!(world.fails("setSecret", &token).await, name);
    }
    let call = world.secrets.put_secret_value().secret_id(&world.master_arn);
    call.secret_string(known.secret_string.unwrap()).send().await.unwrap();
    world.allow(&ON_SECRET, &[]).await;
    assert_eq!(world.fails("setSecret", &token).await, "SecretUnreachable");
    world.allow(&ON_SECRET, &ON_MASTER).await;
    world.steps(&token).await.unwrap();
}

#[tokio::test]
async fn nobody_gets_rights_in_the_project_by_what_they_write_into_a_secret() {
    let world = World::on_atlas().await;
    let value = world.current().await.0;
    let roles = json!([{ "roleName": "readWrite", "databaseName": "school" }]);
    let elsewhere = {
        let mut user = atlas_user("elsewhere", &roles);
        user["scopes"] = json!([{ "name": "other", "type": "CLUSTER" }]);
        user
    };
    world.add_to_atlas(&elsewhere);
    world.add_to_atlas(&atlas_user(
        "owner",
        &json!([{ "roleName": "atlasAdmin", "databaseName": "admin" }]),
    ));
    world.add_to_atlas(&atlas_user(
        "one",
        &json!([{ "roleName": "readWrite", "databaseName": "school", "collectionName": "pupils" }]),
    ));
    for other in ["elsewhere", "owner", "one"] {
        let mut named = value.clone();
        named["usernames"] = json!(["app", other]);
        named["password"] = format!("{SECRET}-first").into();
        world.put(&named).await;
        let token = before(&world, "setSecret").await;
        // The password that all of them have here is not the new one.
        assert_eq!(world.fails("setSecret", &token).await, "RolesDiffer", "{other}");
        drop_pending(&world, &token).await;
    }
    // An attacker's server that accepts any user is not the cluster.
    let theirs = World::start().await;
    for name in ["app", "owner"] {
        let guessed = User {
            password: format!("{SECRET}-guessed"),
            ..app(name)
        };
        theirs.mongo.set_user(guessed);
        let mut named = value.clone();
        named["port"] = theirs.mongo.address().port().into();
        named["username"] = name.into();
        named["password"] = format!("{SECRET}-guessed").into();
        world.put(&named).await;
        let token = before(&world, "setSecret").await;
        assert_eq!(world.fails("setSecret", &token).await, "CurrentLoginRefused", "{name}");
        drop_pending(&world, &token).await;
    }
    assert_eq!(changes(&world), [""; 0]);
    // A user of the cluster that the project does not have.
    world.mongo.set_user(app("local"));
    let mut named = value.clone();
    named["username"] = "local".into();
    world.put(&named).await;
    let token = before(&world, "setSecret").await;
    assert_eq!(world.fails("setSecret", &token).await, "UserMissing");
}
