//! When what is behind the function fails or changes: what is reported, and that a later invocation finishes it.

use aws_front::{Effect, GateHandle, Rule};
use lambda_kit::Deadline;
use pool_harness::Person;
use user_export::{Kind, User};

use crate::world::{World, names};

async fn filled() -> World {
    let world = World::start().await;
    world.groups(&world.pool, &["a"]).await.unwrap();
    let people = (0..130).map(|number| Person::new(number).within(&["a"]));
    world.fill(&world.pool, people).await.unwrap();
    world
}

fn answer(body: &str) -> Effect {
    Effect::Answer {
        status: 200,
        body: body.to_owned(),
    }
}

#[tokio::test]
async fn each_fault_has_its_name_and_the_same_event_finishes_the_export() {
    let world = filled().await;
    let throttled = || Effect::refusal(400, "TooManyRequestsException", "Rate exceeded");
    let cases = [
        ("DescribeUserPool", throttled(), "CognitoUnavailable"),
        ("ListUsers", throttled(), "CognitoUnavailable"),
        (
            "ListUsers",
            Effect::refusal(500, "InternalErrorException", "Oops"),
            "CognitoUnavailable",
        ),
        ("ListUsers", Effect::Reset, "CognitoUnavailable"),
        ("ListUsers", Effect::denied(), "CognitoDenied"),
        (
            "ListUsers",
            Effect::refusal(400, "ResourceNotFoundException", "No pool"),
            "CognitoRefused",
        ),
        ("ListUsers", answer("{\"Users\": [{\"Usern"), "CognitoUnavailable"),
        ("ListUsers", answer("{}"), "CognitoMalformed"),
        (
            "ListUsers",
            answer("{\"Users\": [{\"Enabled\": true}]}"),
            "CognitoMalformed",
        ),
        (
            "ListUsers",
            answer("{\"Users\": [{\"Username\": \"secret-name\"}]}"),
            "CognitoMalformed",
        ),
        (
            "ListUsers",
            answer("{\"Users\": [], \"PaginationToken\": \"7\"}"),
            "CognitoMalformed",
        ),
        ("ListGroups", answer("{}"), "CognitoMalformed"),
        ("ListGroups", throttled(), "CognitoUnavailable"),
        ("ListUsersInGroup", answer("{}"), "CognitoMalformed"),
        ("ListUsersInGroup", throttled(), "CognitoUnavailable"),
        (
            "GenerateDataKey",
            Effect::refusal(400, "DisabledException", "The key is disabled"),
            "KeyRefused",
        ),
        ("GenerateDataKey", Effect::throttle(), "KeyUnavailable"),
        ("PutObject", Effect::slow_down(), "StorageRefused"),
        ("PutObject", Effect::denied(), "StorageDenied"),
        ("AssumeRole", Effect::denied(), "RoleRefused"),
    ];
    for (hour, (operation, effect, name)) in (1..).zip(cases) {
        world.front.script(Rule::on(operation).always().effect(effect.clone()));
        let failure = world.invoke(hour, Deadline::NONE).await.unwrap_err();
        assert_eq!(failure.name, name, "{operation} {effect:?}: {}", failure.message);
        assert!(!failure.message.contains("secret-name"), "{}", failure.message);
        world.front.clear();
        world.at(i64::from(hour) * 60);
        let report = world.export(hour).await;
        assert_eq!(
            (report.counts.users, report.counts.memberships),
            (130, 130),
            "{operation} {effect:?}"
        );
    }
    assert_eq!(world.metric("Failed").len(), 20);
    assert_eq!(world.metric("Completed").len(), 20);
}

#[tokio::test]
async fn a_fault_that_passes_is_not_even_noticed() {
    let world = filled().await;
    for operation in ["DescribeUserPool", "ListUsers", "ListGroups", "ListUsersInGroup"] {
        let throttled = Effect::refusal(400, "TooManyRequestsException", "Rate exceeded");
        world.front.script(Rule::on(operation).times(2).effect(throttled));
    }
    world
        .front
        .script(Rule::on("PutObject").after(2).effect(Effect::LoseAnswer));
    assert_eq!(world.export(6).await.counts.users, 130);
    assert!(world.metric("Failed").is_empty());
}

/// Does something while the second page of users is asked for.
async fn meanwhile(
    world: &World,
    operation: &str,
    after: u32,
    change: impl Future<Output = ()>,
) -> cognito_export::Report {
    let gate = GateHandle::default();
    world.front.script(
        Rule::on(operation)
            .after(after)
            .effect(Effect::HoldRequest(gate.clone())),
    );
    let change = async {
        while world.front.calls_of(operation) <= after as usize {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        change.await;
        gate.open();
    };
    let (report, ()) = tokio::join!(world.export(6), change);
    report
}

#[tokio::test]
async fn users_who_go_while_pages_are_read_are_counted_as_they_were_listed() {
    let world = filled().await;
    let gone = async {
        // On the last page, which is not read yet.
        for number in 125..130 {
            let call = world.cognito.admin_delete_user().user_pool_id(&world.pool);
            call.username(format!("user-{number}")).send().await.unwrap();
        }
    };
    let report = meanwhile(&world, "ListUsers", 1, gone).await;
    let manifest = world.manifest(&report).await;
    let users: Vec<User> = world.lines(&manifest, Kind::Users).await;
    assert_eq!((report.counts.users, names(&users).len()), (125, 125));
    assert_eq!(
        manifest.estimated_users,
        (130, 125),
        "both are told, so that the difference shows"
    );
    assert_eq!(report.counts.memberships, 125);
}

#[tokio::test]
async fn a_group_that_vanishes_before_its_members_are_read_is_counted() {
    let world = filled().await;
    let gone = async {
        let call = world.cognito.delete_group().user_pool_id(&world.pool);
        call.group_name("a").send().await.unwrap();
    };
    let report = meanwhile(&world, "ListUsersInGroup", 0, gone).await;
    let counts = report.counts;
    assert_eq!(
        (counts.users, counts.groups, counts.groups_vanished, counts.memberships),
        (130, 1, 1, 0)
    );
}

#[tokio::test]
async fn a_state_that_somebody_edited_is_refused() {
    let world = filled().await;
    world
        .front
        .script(Rule::on("ListGroups").always().effect(Effect::denied()));
    world.invoke(6, Deadline::NONE).await.unwrap_err();
    world.front.clear();
    let objects = world.objects().await.unwrap();
    let (key, _) = objects.iter().find(|(key, _)| key.ends_with("state.json")).unwrap();
    let mut state = world.json(key).await.unwrap();
    state["user_pool_id"] = "us-east-1_another".into();
    let call = world.s3.put_object().bucket(&world.bucket).key(key);
    call.body(state.to_string().into_bytes().into()).send().await.unwrap();
    assert_eq!(
        world.invoke(6, Deadline::NONE).await.unwrap_err().name,
        "ControlForeign"
    );
}
