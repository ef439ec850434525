//! When what is behind the function fails, or Cognito takes somebody not.

use aws_front::{Effect, Rule};
use lambda_kit::Deadline;
use pool_harness::Person;

use crate::world::World;

#[tokio::test]
async fn each_fault_has_its_name_and_the_same_event_finishes_the_import() {
    let mut world = World::start().await;
    world.groups(&world.source, &["a"]).await.unwrap();
    world
        .export((0..2).map(|number| Person::new(number).within(&["a"]).disabled()))
        .await;
    let throttled = || Effect::refusal(400, "TooManyRequestsException", "Rate exceeded");
    let cases = [
        ("GetGroup", Effect::Reset, "CognitoUnavailable"),
        (
            "AdminGetUser",
            Effect::Answer {
                status: 200,
                body: "{}".to_owned(),
            },
            "CognitoMalformed",
        ),
        ("AdminCreateUser", Effect::denied(), "CognitoDenied"),
        (
            "AdminAddUserToGroup",
            Effect::refusal(500, "InternalErrorException", "Oops"),
            "CognitoUnavailable",
        ),
        ("AdminSetUserPassword", throttled(), "CognitoUnavailable"),
        ("AdminDisableUser", throttled(), "CognitoUnavailable"),
        (
            "Decrypt",
            Effect::refusal(400, "DisabledException", "The key is disabled"),
            "KeyRefused",
        ),
        ("GenerateDataKey", Effect::throttle(), "KeyUnavailable"),
        ("PutObject", Effect::denied(), "StorageDenied"),
    ];
    for (operation, effect, name) in cases {
        world.target = world.pool().await.unwrap();
        world
            .rights(
                &crate::world::ON_POOL,
                &crate::world::ON_KEY,
                &crate::world::ON_EXPORTS,
                &crate::world::ON_IMPORTS,
            )
            .await;
        world.front.script(Rule::on(operation).always().effect(effect.clone()));
        let failure = world.invoke(false, Deadline::NONE).await.unwrap_err();
        assert_eq!(failure.name, name, "{operation} {effect:?}: {}", failure.message);
        world.front.clear();
        let counts = world.import(false).await.counts;
        assert_eq!(
            (counts.created, counts.equal, counts.differs),
            (2, 0, 0),
            "{operation} {effect:?}: {counts:?}"
        );
    }
    assert_eq!(world.metric("Failed").len(), 9);
}

#[tokio::test]
async fn a_lost_answer_makes_nobody_twice_and_nobody_refused() {
    let world = World::start().await;
    world.groups(&world.source, &["a"]).await.unwrap();
    world
        .export((0..5).map(|number| Person::new(number).within(&["a"])))
        .await;
    for operation in [
        "CreateGroup",
        "AdminCreateUser",
        "AdminAddUserToGroup",
        "AdminSetUserPassword",
        "PutObject",
    ] {
        world.front.script(Rule::on(operation).effect(Effect::LoseAnswer));
    }
    let counts = world.import(false).await.counts;
    assert_eq!(
        (counts.created, counts.refused, counts.groups_created),
        (5, 0, 1),
        "{counts:?}"
    );
}

#[tokio::test]
async fn whom_cognito_refuses_is_counted_by_its_code_and_the_others_are_made() {
    let world = World::start().await;
    world.export((0..20).map(Person::new)).await;
    for code in ["AliasExistsException", "InvalidParameterException"] {
        let refused = Effect::refusal(400, code, "Value 'person3@people.example' is wrong");
        world.front.script(Rule::on("AdminCreateUser").after(3).effect(refused));
    }
    let report = world.import(false).await;
    assert_eq!((report.counts.created, report.counts.refused), (18, 2));
    assert_eq!(report.counts.refused_by.values().sum::<u64>(), 2);
    assert!(
        report.counts.refused_by.contains_key("AliasExistsException"),
        "{:?}",
        report.counts
    );
    let refused = world
        .results(&report)
        .await
        .into_values()
        .filter(|result| result.refused_by.is_some());
    assert!(refused.into_iter().all(|result| result.new_sub.is_none()));
}

#[tokio::test]
async fn an_export_whose_parts_are_not_all_there_yet_is_not_imported_in_part() {
    let world = World::start().await;
    world.export((0..200).map(Person::new)).await;
    let objects = world.objects().await.unwrap();
    let last = objects
        .iter()
        .filter(|(key, _)| key.contains("/users/"))
        .map(|(key, _)| key)
        .max()
        .unwrap();
    let versions = world
        .s3
        .list_object_versions()
        .bucket(&world.bucket)
        .prefix(last)
        .send()
        .await
        .unwrap();
    for version in versions.versions() {
        let call = world.s3.delete_object().bucket(&world.bucket).key(last);
        call.set_version_id(version.version_id.clone()).send().await.unwrap();
    }
    let failure = world.invoke(false, Deadline::NONE).await.unwrap_err();
    assert_eq!(failure.name, "PartUnreadable", "{}", failure.message);
}
