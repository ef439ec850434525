//! What an export has, what its objects are, and how invocations of one or two runs meet.

use std::collections::BTreeMap;

use cognito_export::Answer;
use lambda_kit::Deadline;
use pool_harness::Person;
use serde_json::json;
use user_export::{Group, Kind, Membership, NOT_CARRIED, User};

use crate::world::{World, invocation, names, outcome, raw};

#[tokio::test]
async fn users_groups_and_memberships_are_exported_as_they_are_and_the_manifest_counts_them() {
    let world = World::start().await;
    let pool = world.pool.clone();
    world.groups(&pool, &["admins", "teachers", "empty"]).await.unwrap();
    let mut people: Vec<_> = (0..500).map(Person::new).collect();
    people[1] = Person::new(1).within(&["admins", "teachers"]).disabled();
    people[2] = Person::new(2).within(&["teachers"]).status("FORCE_CHANGE_PASSWORD");
    people[3] = Person::new(3).status("EXTERNAL_PROVIDER");
    for (number, person) in people.iter_mut().enumerate().take(230).skip(100) {
        *person = Person::new(number).within(&["teachers"]);
    }
    world.fill(&pool, people).await.unwrap();

    let report = world.export(6).await;
    assert_eq!(report.counts.users, 500);
    assert_eq!((report.counts.groups, report.counts.memberships), (3, 133));
    assert_eq!((report.counts.disabled, report.counts.groups_vanished), (1, 0));
    let statuses = [
        ("CONFIRMED", 498),
        ("EXTERNAL_PROVIDER", 1),
        ("FORCE_CHANGE_PASSWORD", 1),
    ];
    let statuses: BTreeMap<_, _> = statuses.map(|(status, count)| (status.to_owned(), count)).into();
    assert_eq!(report.counts.by_status, statuses);

    let manifest = world.manifest(&report).await;
    assert_eq!(manifest.user_pool_id, pool);
    assert_eq!(manifest.estimated_users, (500, 500));
    assert_eq!(manifest.pool.alias_attributes, ["email".to_owned()].into());
    assert!(manifest.pool.attributes.contains("custom:course"));
    assert!(manifest.attributes_used.contains("custom:course"));
    assert!(!manifest.attributes_used.contains("locale"));
    assert_eq!(manifest.not_carried, NOT_CARRIED);
    assert!(manifest.parts.iter().all(|part| part.version_id.is_some()));
    assert!(manifest.parts.len() > 4, "{}", manifest.parts.len());

    let users: Vec<User> = world.lines(&manifest, Kind::Users).await;
    assert_eq!(names(&users).len(), 500);
    let ada = users.iter().find(|user| user.username == "user-1").unwrap();
    assert_eq!((ada.enabled, ada.status.as_str()), (false, "CONFIRMED"));
    assert_eq!(ada.attributes["email"], "person1@people.example");
    assert_eq!(ada.attributes["email_verified"], "true");
    assert_eq!(ada.attributes["custom:course"], "course-1");
    assert!(ada.sub().is_some() && ada.created_at.is_some());
    let groups: Vec<Group> = world.lines(&manifest, Kind::Groups).await;
    let told: Vec<_> = groups
        .iter()
        .map(|group| (group.name.as_str(), group.description.as_deref(), group.precedence))
        .collect();
    let expected = [
        ("admins", Some("Group admins"), Some(3)),
        ("empty", Some("Group empty"), Some(3)),
        ("teachers", Some("Group teachers"), Some(3)),
    ];
    assert_eq!(told, expected);
    let members: Vec<Membership> = world.lines(&manifest, Kind::Memberships).await;
    let admins: Vec<_> = members.iter().filter(|member| member.group == "admins").collect();
    assert_eq!(admins.len(), 1);
    assert_eq!(admins[0].username, "user-1");

    let latest = world.json(&format!("cognito/{pool}/latest.json")).await.unwrap();
    assert_eq!(latest["manifest"], report.manifest.as_str());
    assert_eq!(world.metric("Completed"), [1.0]);
    assert_eq!(world.metric("Users"), [500.0]);
    assert!(world.metric("Failed").is_empty());
    // What the local cloud would have let through: AWS refuses a larger page.
    let refused = world.cognito.list_users().user_pool_id(&pool).limit(61).send().await;
    assert!(format!("{refused:?}").contains("less than or equal to 60"));
}

#[tokio::test]
async fn an_empty_pool_is_an_export_too() {
    let world = World::start().await;
    let report = world.export(6).await;
    assert_eq!((report.counts.users, report.parts), (0, 0));
    assert_eq!(world.metric("Completed"), [1.0]);
}

#[tokio::test]
async fn a_doubled_event_meets_its_own_run_and_an_older_run_does_not_move_the_pointer_back() {
    let world = World::start().await;
    world.fill(&world.pool, (0..3).map(Person::new)).await.unwrap();
    let newer = world.export(12).await;
    let again = world.invoke(12, Deadline::NONE).await.unwrap();
    assert_eq!(again, Answer::AlreadyComplete(newer.clone()));
    assert_eq!(world.metric("Completed"), [1.0], "it counts once");
    let older = world.export(6).await;
    assert_ne!(older.run, newer.run);
    let latest = world
        .json(&format!("cognito/{}/latest.json", world.pool))
        .await
        .unwrap();
    assert_eq!(latest["run"], json!(newer.run));
}

#[tokio::test]
async fn two_runs_of_a_pool_do_not_work_at_once() {
    let world = World::start().await;
    world.fill(&world.pool, (0..3).map(Person::new)).await.unwrap();
    let gate = aws_front::GateHandle::default();
    let hold = aws_front::Effect::HoldRequest(gate.clone());
    world.front.script(aws_front::Rule::on("ListUsers").effect(hold));
    let function = world.function().await;
    let held = invocation(6, Deadline::NONE);
    let first = cognito_export::handle(&held, &function);
    let second = async {
        while world.front.calls_of("ListUsers") == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let busy = world.invoke(12, Deadline::NONE).await.unwrap();
        gate.open();
        busy
    };
    let (first, busy) = tokio::join!(first, second);
    assert_eq!(outcome(&busy), "busy");
    assert_eq!(outcome(&first.unwrap()), "complete");
    assert!(world.metric("Failed").is_empty(), "who waits has not failed");
    assert_eq!(world.export(12).await.counts.users, 3);
}

#[tokio::test]
async fn an_event_of_somebody_else_exports_nothing() {
    let world = World::start().await;
    let function = world.function().await;
    for event in [
        "null",
        "{}",
        r#"{"version": 1}"#,
        r#"{"version": 1, "httpMethod": "GET"}"#,
    ] {
        let failure = cognito_export::handle(&raw(event, Deadline::NONE), &function)
            .await
            .unwrap_err();
        assert_eq!(failure.name, "EventInvalid", "{event}");
    }
    assert!(world.front.operations().is_empty());
    assert_eq!(world.metric("Failed"), [1.0; 4]);
}
