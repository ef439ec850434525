//! Changes at the same time.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use futures::future::join_all;
use serde_json::json;

use crate::world::{NONE, SUBJECT, World, change, get, patch, send, whole};

#[tokio::test]
async fn of_twenty_first_changes_at_once_exactly_one_is_made() {
    one_wins(NONE, "GenerateDataKey", &World::start().await).await;
}

#[tokio::test]
async fn of_twenty_changes_of_one_version_exactly_one_is_made() {
    let world = World::start().await;
    let first = change(&world.function(), SUBJECT, &whole()).await;
    one_wins(first.tag(), "Decrypt", &world).await;
}

/// `needs` is the call of KMS between looking and writing: all of them have looked before the first one writes.
async fn one_wins(tag: &str, needs: &str, world: &World) {
    let gate = GateHandle::default();
    let held = Effect::HoldRequest(gate.clone());
    world.front.script(Rule::on(needs).always().effect(held));
    // Each as a sandbox of its own, as Lambda has it.
    let functions: Vec<_> = (0..20).map(|_| world.function()).collect();
    let sent = join_all(functions.iter().enumerate().map(|(number, function)| {
        let event = patch(tag, &json!({ "name": format!("Number {number}") }));
        async move { send(function, &event).await }
    }));
    let open = async {
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if world.front.calls_of(needs) >= functions.len() {
                gate.open();
            }
        }
    };
    let sent = tokio::select! {
        sent = sent => sent,
        () = open => unreachable!("it never ends"),
    };
    world.front.clear();
    let (won, lost): (Vec<_>, Vec<_>) = sent.into_iter().partition(|sent| sent.status == 200);
    assert_eq!(won.len(), 1, "{won:?}");
    for sent in lost {
        sent.is_problem(412, "precondition-failed", "somebody was faster");
    }
    let now = send(&world.function(), &get()).await;
    assert_eq!((now.tag(), &now.body), (won[0].tag(), &won[0].body));
}

#[tokio::test]
async fn whoever_loses_reads_again_and_nobody_s_change_is_lost() {
    let world = World::start().await;
    let function = world.function();
    let fields = [
        json!({ "name": "Ada" }),
        json!({ "phone": "+442071234567" }),
        json!({ "birth_date": "1990-12-10" }),
        json!({ "locale": "en" }),
        json!({ "time_zone": "Asia/Tokyo" }),
        json!({ "notifications": { "email": true } }),
    ];
    join_all(fields.iter().map(|field| async {
        loop {
            let now = send(&function, &get()).await;
            let sent = send(&function, &patch(now.tag(), field)).await;
            if sent.status == 200 {
                break;
            }
            sent.is_problem(412, "precondition-failed", "lost");
        }
    }))
    .await;
    let mut all = json!({});
    for field in &fields {
        for (name, value) in field.as_object().unwrap() {
            all[name] = value.clone();
        }
    }
    assert_eq!(send(&function, &get()).await.body, all);
}
