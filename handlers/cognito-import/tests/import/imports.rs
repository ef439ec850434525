//! What an import makes, what it leaves as it is, and what it says of it.

use std::collections::BTreeSet;

use cognito_import::{Outcome, handle};
use lambda_kit::Deadline;
use pool_harness::Person;
use serde_json::json;
use user_export::NOT_CARRIED;

use crate::world::{World, complete, outcome, raw};

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[tokio::test]
async fn users_come_back_with_attributes_groups_and_status_and_have_to_set_a_new_password() {
    let world = World::start().await;
    world.groups(&world.source, &["admins", "teachers"]).await.unwrap();
    let people = [
        Person::new(1).within(&["admins", "teachers"]),
        Person::new(2).disabled().within(&["teachers"]),
        Person::new(3).status("FORCE_CHANGE_PASSWORD"),
        Person::new(4).status("EXTERNAL_PROVIDER"),
        Person::new(5).status("UNCONFIRMED"),
        Person::new(6).status("RESET_REQUIRED"),
        Person::new(7).with("email_verified", "false"),
    ];
    world.export(people).await;

    // First what would be done: nothing is.
    let dry = world.import(true).await;
    assert!(dry.dry_run && world.found("user-1").await.is_none());
    assert_eq!((dry.counts.created, dry.counts.groups_created), (5, 2));
    assert!(world.metric("Completed").is_empty());
    let report = world.import(false).await;
    let counts = &report.counts;
    assert_eq!((counts.created, counts.federated, counts.unconfirmed), (5, 1, 1));
    assert_eq!((counts.equal, counts.differs, counts.refused), (0, 0, 0));
    assert_eq!(
        (
            counts.groups_created,
            counts.memberships_matched,
            counts.memberships_orphaned
        ),
        (2, 3, 0)
    );
    assert_eq!((counts.to_invite, counts.without_recovery), (1, 1));
    assert_eq!(report.not_carried, NOT_CARRIED);
    assert_eq!(
        (world.metric("Completed"), world.metric("Created")),
        (vec![1.0], vec![5.0])
    );

    let ada = world.found("user-1").await.unwrap();
    assert_eq!((ada.enabled, ada.status.as_str()), (true, "CONFIRMED"));
    let told = |name: &str| ada.attributes.get(name).map(String::as_str);
    assert_eq!(told("email"), Some("person1@people.example"));
    assert_eq!(told("email_verified"), Some("true"));
    assert_eq!(told("phone_number_verified"), Some("false"));
    assert_eq!(told("custom:course"), Some("course-1"));
    assert_eq!(world.groups_of("user-1").await, set(&["admins", "teachers"]));
    let bob = world.found("user-2").await.unwrap();
    assert_eq!((bob.enabled, bob.status.as_str()), (false, "CONFIRMED"));
    assert_eq!(world.found("user-3").await.unwrap().status, "FORCE_CHANGE_PASSWORD");
    assert_eq!(world.found("user-6").await.unwrap().status, "CONFIRMED");
    for nobody in ["user-4", "user-5"] {
        assert!(world.found(nobody).await.is_none(), "{nobody}");
    }
    // The map of old and new.
    let results = world.results(&report).await;
    assert_eq!(results.len(), 7);
    let (new, old) = (&results["user-1"].new_sub, &results["user-1"].old_sub);
    assert_eq!(new.as_deref(), told("sub"));
    assert!(old.is_some() && new != old);
    assert_eq!(results["user-4"].outcome, Outcome::Federated);
    let kept = world.json(&report.report).await.unwrap();
    assert_eq!(kept["counts"]["created"], 5);
}

#[tokio::test]
async fn an_import_that_comes_again_finds_everybody_equal_and_changes_nothing() {
    let world = World::start().await;
    world.groups(&world.source, &["a"]).await.unwrap();
    world
        .export((0..25).map(|number| Person::new(number).within(&["a"])))
        .await;
    let first = world.import(false).await;
    let before = world.front.operations().len();
    let second = world.import(false).await;
    let counts = &second.counts;
    assert_eq!(
        (counts.created, counts.equal, counts.differs, counts.groups_equal),
        (0, 25, 0, 1)
    );
    let operations = world.front.operations().split_off(before);
    let writes = [
        "AdminCreateUser",
        "AdminSetUserPassword",
        "AdminAddUserToGroup",
        "AdminDisableUser",
        "CreateGroup",
    ];
    assert!(
        !operations.iter().any(|operation| writes.contains(&operation.as_str())),
        "{operations:?}"
    );
    assert_ne!(first.report, second.report, "each has its report");
    // The second has the map too.
    let (first, second) = (world.results(&first).await, world.results(&second).await);
    assert!(
        first
            .iter()
            .all(|(name, result)| result.new_sub == second[name].new_sub)
    );
}

#[tokio::test]
async fn who_is_there_and_differs_is_reported_and_never_changed() {
    let world = World::start().await;
    world.groups(&world.source, &["a"]).await.unwrap();
    world.groups(&world.target, &["a"]).await.unwrap();
    let there = [
        Person::new(0).within(&["a"]),
        Person::new(1).with("name", "Somebody Else"),
        Person::new(2).disabled(),
        Person::new(3),
        Person::new(4).within(&["a"]).with("email", "new@people.example"),
    ];
    world.fill(&world.target, there).await.unwrap();
    let exported =
        (0..5).map(|number| Person::new(number).within(if number == 4 || number == 0 { &[] } else { &["a"] }));
    world.export(exported).await;
    let before: Vec<_> = [
        world.found("user-0").await,
        world.found("user-1").await,
        world.found("user-2").await,
        world.found("user-3").await,
        world.found("user-4").await,
    ]
    .into();
    let report = world.import(false).await;
    assert_eq!(
        (report.counts.created, report.counts.differs, report.counts.equal),
        (0, 5, 0)
    );
    let expected = json!({ "email": 1, "enabled": 1, "groups": 5, "name": 1 });
    assert_eq!(json!(report.counts.differs_in), expected);
    let results = world.results(&report).await;
    assert_eq!(results["user-1"].differs_in, ["name", "groups"]);
    for (number, before) in before.into_iter().enumerate() {
        assert!(world.found(&format!("user-{number}")).await == before, "{number}");
    }
    assert_eq!(world.metric("Unresolved"), [5.0]);
}

#[tokio::test]
async fn memberships_of_users_who_came_after_the_list_was_read_are_counted() {
    let world = World::start().await;
    world.groups(&world.source, &["a"]).await.unwrap();
    world
        .fill(&world.source, (0..3).map(|number| Person::new(number).within(&["a"])))
        .await
        .unwrap();
    // Between the list of users and the members of groups: the emulator's list forgets one, as a page read too early does.
    let page = json!({ "Users": [
        { "Username": "user-0", "Attributes": [], "Enabled": true, "UserStatus": "CONFIRMED" },
        { "Username": "user-1", "Attributes": [], "Enabled": true, "UserStatus": "CONFIRMED" },
    ] });
    let front = aws_front::Front::start(world.root().endpoint_url().unwrap())
        .await
        .unwrap();
    front.script(aws_front::Rule::on("ListUsers").effect(aws_front::Effect::Answer {
        status: 200,
        body: page.to_string(),
    }));
    world.export_through(&front, 6).await;
    let report = world.import(false).await;
    assert_eq!(
        (report.counts.memberships_matched, report.counts.memberships_orphaned),
        (2, 1)
    );
}

#[tokio::test]
async fn a_pool_that_users_do_not_fit_into_is_refused_before_anything_is_made() {
    let mut world = World::start().await;
    world.export([Person::new(1)]).await;
    let other = world.cognito.create_user_pool().pool_name("other");
    let other = other.username_attributes("email".into()).send().await.unwrap();
    world.target = other.user_pool.unwrap().id.unwrap();
    world
        .rights(
            &crate::world::ON_POOL,
            &crate::world::ON_KEY,
            &crate::world::ON_EXPORTS,
            &crate::world::ON_IMPORTS,
        )
        .await;
    let failure = world.invoke(false, Deadline::NONE).await.unwrap_err();
    assert_eq!(failure.name, "PoolDiffers", "{}", failure.message);
    for part in ["username_attributes", "alias_attributes", "custom:course"] {
        assert!(failure.message.contains(part), "{part}: {}", failure.message);
    }
    assert_eq!(world.front.calls_of("AdminCreateUser"), 0);
}

#[tokio::test]
async fn users_of_a_pool_that_signs_in_by_email_are_found_by_it_and_keep_their_groups() {
    let mut world = World::start().await;
    for pool in [true, false] {
        let made = world
            .cognito
            .create_user_pool()
            .pool_name("by-email")
            .username_attributes("email".into());
        let course = aws_sdk_cognitoidentityprovider::types::SchemaAttributeType::builder().name("course");
        let course = course.attribute_data_type("String".into()).mutable(true).build();
        let made = made.schema(course).send().await.unwrap().user_pool.unwrap().id.unwrap();
        if pool { world.source = made } else { world.target = made }
    }
    world
        .rights(
            &crate::world::ON_POOL,
            &crate::world::ON_KEY,
            &crate::world::ON_EXPORTS,
            &crate::world::ON_IMPORTS,
        )
        .await;
    world.groups(&world.source, &["a"]).await.unwrap();
    // In such a pool the name is a UUID of the pool's own.
    let people = (0..15).map(|number| {
        let mut person = Person::new(number).within(&["a"]);
        person.username = format!("00000000-0000-4000-8000-{number:012}");
        person
    });
    world.export(people).await;
    let report = world.import(false).await;
    assert_eq!((report.counts.created, report.counts.refused), (15, 0), "{report:?}");
    let found = world.found("person3@people.example").await.unwrap();
    assert_ne!(found.username, "00000000-0000-4000-8000-000000000003");
    assert_eq!(world.groups_of(&found.username).await, set(&["a"]));
    assert_eq!(world.import(false).await.counts.equal, 15);
}

#[tokio::test]
async fn two_imports_into_a_pool_do_not_work_at_once() {
    let world = World::start().await;
    world.export([Person::new(1)]).await;
    let gate = aws_front::GateHandle::default();
    world
        .front
        .script(aws_front::Rule::on("AdminGetUser").effect(aws_front::Effect::HoldRequest(gate.clone())));
    let second = async {
        while world.front.calls_of("AdminGetUser") == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let busy = world.invoke(true, Deadline::NONE).await.unwrap();
        gate.open();
        busy
    };
    let (first, busy) = tokio::join!(world.import(false), second);
    assert_eq!(outcome(&busy), "busy");
    assert_eq!(first.counts.created, 1);
}

#[tokio::test]
async fn an_export_is_taken_by_its_run_and_one_that_is_not_there_is_named() {
    let world = World::start().await;
    assert_eq!(
        world.invoke(false, Deadline::NONE).await.unwrap_err().name,
        "ExportMissing"
    );
    let first = world.export([Person::new(1)]).await;
    world.fill(&world.source, [Person::new(2)]).await.unwrap();
    world.export_again(12).await;
    let function = world.function().await;
    let report = complete(
        handle(&raw(&world.event(&first, false), Deadline::NONE), &function)
            .await
            .unwrap(),
    );
    assert_eq!((report.export.to_string(), report.counts.created), (first, 1));
    let missing = raw(&world.event("20261130T060000Z-000000", false), Deadline::NONE);
    assert_eq!(handle(&missing, &function).await.unwrap_err().name, "ExportMissing");
    for event in ["null", "{}", r#"{"version": 1}"#] {
        assert_eq!(
            handle(&raw(event, Deadline::NONE), &function).await.unwrap_err().name,
            "EventInvalid"
        );
    }
}
