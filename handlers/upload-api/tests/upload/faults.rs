//! When what is behind the function fails: what is answered, what is left, and that the same request again continues from there.

use aws_front::{Effect, Rule};

use crate::client::{Form, Part};
use crate::world::{Sent, World, announcement, bytes, complete_event, create_event, keyed, send};

/// What may happen to a call; the first two leave it undone, the others do not.
fn effects() -> [Effect; 5] {
    [
        Effect::slow_down(),
        Effect::Reset,
        Effect::LoseAnswer,
        Effect::CutBody(10),
        Effect::refusal(503, "ServiceUnavailable", "later"),
    ]
}

async fn arrived(world: &World, content: &[u8]) -> Sent {
    let created = send(&world.function(), &create_event(&announcement(content))).await;
    if content.len() > 1000 {
        for (part, bytes) in Part::all(&created.body).iter().zip(content.chunks(400)) {
            assert_eq!(part.send(bytes).await.status, 200);
        }
    } else {
        assert_eq!(Form::of(&created.body).send(content).await.status, 204);
    }
    created
}

#[tokio::test]
async fn wherever_completing_is_cut_off_nothing_is_available_and_it_goes_on_from_there() {
    let world = World::start().await;
    let cases = [
        ("AssumeRole", bytes(10)),
        ("HeadObject", bytes(10)),
        ("DeleteObjectTagging", bytes(10)),
        ("ListParts", bytes(1200)),
        ("CompleteMultipartUpload", bytes(1200)),
        ("HeadObject", bytes(1200)),
        ("DeleteObjectTagging", bytes(1200)),
    ];
    for (operation, content) in cases {
        for effect in effects() {
            // Neither a HEAD nor an answer without a body has one that could be cut.
            if ["HeadObject", "DeleteObjectTagging"].contains(&operation) && matches!(effect, Effect::CutBody(_)) {
                continue;
            }
            let created = arrived(&world, &content).await;
            world.front.clear();
            let case = format!("{operation} of {} bytes: {effect:?}", content.len());
            world.front.script(Rule::on(operation).always().effect(effect));
            let function = world.function();
            let sent = send(&function, &complete_event(&created.id())).await;
            sent.is_problem(503, "unavailable", &case);
            assert!(!sent.body.to_string().contains("arn:"), "{}", sent.body);
            assert_eq!(world.status(&created.id()).await.as_deref(), Some("pending"), "{case}");
            world.front.clear();
            let sent = send(&function, &complete_event(&created.id())).await;
            assert_eq!(sent.status, 200, "{case}: {}", sent.body);
            assert_eq!(world.content(&created.id()).await, Some(content.clone()), "{case}");
            assert_eq!(world.tags(&created.id()).await, [], "{case}");
        }
    }
}

#[tokio::test]
async fn wherever_announcing_is_cut_off_no_record_is_left_and_the_same_again_succeeds() {
    let world = World::start().await;
    for (number, (operation, content)) in [("AssumeRole", bytes(10)), ("CreateMultipartUpload", bytes(1200))]
        .into_iter()
        .enumerate()
    {
        for (effect, place) in effects().into_iter().zip(0..) {
            let case = format!("{operation}: {effect:?}");
            let records = world.records().await;
            world.front.script(Rule::on(operation).always().effect(effect));
            let event = keyed(
                create_event(&announcement(&content)),
                &format!("key-0000-{number}-{place}"),
            );
            let function = world.function();
            let sent = send(&function, &event).await;
            sent.is_problem(503, "unavailable", &case);
            assert_eq!(world.records().await, records, "{case}");
            world.front.clear();
            let sent = send(&function, &event).await;
            assert_eq!(sent.status, 201, "{case}: {}", sent.body);
        }
    }
}

#[tokio::test]
async fn one_failed_call_is_repeated_and_not_noticed() {
    let world = World::start().await;
    for operation in [
        "GetSecretValue",
        "AssumeRole",
        "CreateMultipartUpload",
        "ListParts",
        "CompleteMultipartUpload",
        "HeadObject",
        "DeleteObjectTagging",
    ] {
        world.front.script(Rule::on(operation).effect(Effect::Reset));
    }
    let function = world.function();
    let content = bytes(1200);
    let created = send(&function, &create_event(&announcement(&content))).await;
    assert_eq!(created.status, 201, "{}", created.body);
    for (part, bytes) in Part::all(&created.body).iter().zip(content.chunks(400)) {
        assert_eq!(part.send(bytes).await.status, 200);
    }
    let sent = send(&function, &complete_event(&created.id())).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    assert_eq!(world.front.calls_of("HeadObject"), 2);
}

#[tokio::test]
async fn refusals_and_throttling_have_the_status_that_is_true() {
    let world = World::start().await;
    let created = arrived(&world, &bytes(10)).await;
    for (operation, effect, status, name) in [
        (
            "AssumeRole",
            Effect::refusal(400, "Throttling", "Rate exceeded"),
            503,
            "unavailable",
        ),
        (
            "AssumeRole",
            Effect::refusal(403, "AccessDenied", "no"),
            500,
            "internal",
        ),
        ("GetSecretValue", Effect::throttle(), 503, "unavailable"),
        ("GetSecretValue", Effect::denied(), 500, "internal"),
        (
            "DeleteObjectTagging",
            Effect::refusal(403, "AccessDenied", "no"),
            500,
            "internal",
        ),
        (
            "DeleteObjectTagging",
            Effect::refusal(400, "KMS.ThrottlingException", "no"),
            503,
            "unavailable",
        ),
        (
            "DeleteObjectTagging",
            Effect::refusal(400, "KMS.DisabledException", "no"),
            500,
            "internal",
        ),
        ("HeadObject", Effect::refusal(403, "", ""), 500, "internal"),
    ] {
        let case = format!("{operation} {effect:?}");
        world.front.script(Rule::on(operation).always().effect(effect));
        let sent = send(&world.function(), &complete_event(&created.id())).await;
        sent.is_problem(status, name, &case);
        world.front.clear();
    }
    assert_eq!(world.status(&created.id()).await.as_deref(), Some("pending"));
}

/// S3 may say 200 and then in the body that it did not put the parts together.
#[tokio::test]
async fn an_error_in_the_body_of_a_success_is_one() {
    let world = World::start().await;
    let created = arrived(&world, &bytes(1200)).await;
    let error = "<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>";
    let effect = Effect::Answer {
        status: 200,
        body: error.to_owned(),
    };
    world
        .front
        .script(Rule::on("CompleteMultipartUpload").always().effect(effect));
    let sent = send(&world.function(), &complete_event(&created.id())).await;
    sent.is_problem(503, "unavailable", "a 200 with an error");
    assert_eq!(world.status(&created.id()).await.as_deref(), Some("pending"));
    world.front.clear();
    assert_eq!(
        send(&world.function(), &complete_event(&created.id())).await.status,
        200
    );
}

#[tokio::test]
async fn a_failover_of_mongodb_is_503_and_over_with_the_same_process() {
    let world = World::start().await;
    let function = world.function();
    let content = bytes(10);
    let event = |key: &str| keyed(create_event(&announcement(&content)), key);
    let created = send(&function, &event("key-00001")).await;
    assert_eq!(Form::of(&created.body).send(&content).await.status, 204);
    world.mongo.down();
    let events = [event("key-00002"), complete_event(&created.id())];
    for sent in futures::future::join_all(events.iter().map(|event| send(&function, event))).await {
        sent.is_problem(503, "unavailable", "down");
    }
    world.mongo.up();
    assert_eq!(send(&function, &event("key-00002")).await.status, 201);
    assert_eq!(send(&function, &complete_event(&created.id())).await.status, 200);
    let lines = world.metrics.lock().unwrap().clone();
    let failed = lines.iter().filter(|line| line.contains("\"ServerErrors\":1")).count();
    assert_eq!((lines.len(), failed), (5, 2), "{lines:?}");
}

/// Without a key nobody ever learns of an upload whose record may or may not be there; with one a repetition finds it.
#[tokio::test]
async fn an_upload_in_parts_is_ended_unless_a_repetition_can_find_it() {
    let world = World::start().await;
    let function = world.function();
    // The function is connected, so that what comes next fails at the insert.
    send(&function, &complete_event(crate::world::NOBODYS)).await;
    let gate = aws_front::GateHandle::default();
    let effect = Effect::HoldAnswer(gate.clone());
    world.front.script(Rule::on("CreateMultipartUpload").effect(effect));
    let down = async {
        gate.reached().await;
        world.mongo.down();
        gate.open();
    };
    let event = create_event(&announcement(&bytes(1200)));
    let (sent, ()) = tokio::join!(send(&function, &event), down);
    sent.is_problem(503, "unavailable", "down");
    assert_eq!(world.front.calls_of("AbortMultipartUpload"), 1);
    world.mongo.up();
    assert_eq!((world.uploads().await, world.records().await), (0, 0));
}

#[tokio::test]
async fn connections_that_died_while_the_sandbox_was_frozen_are_not_noticed() {
    let world = World::start().await;
    let function = world.function();
    for number in 0..3 {
        world.mongo.cut();
        let event = keyed(create_event(&announcement(b"hello")), &format!("key-0000{number}"));
        assert_eq!(send(&function, &event).await.status, 201);
        world.mongo.cut();
        let again = send(&function, &event).await;
        assert_eq!(again.status, 200, "{}", again.body);
    }
}
