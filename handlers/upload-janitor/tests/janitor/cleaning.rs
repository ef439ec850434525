//! What is removed, when, and how much of it at once.

use std::time::Duration;

use aws_front::{Effect, GateHandle, Rule};
use file_catalog::key;
use lambda_kit::Deadline;
use serde_json::{Value, json};
use upload_janitor::{Limits, handle};

use crate::world::{EVENT, LONG_AGO, World, clean, limits, report};

#[tokio::test]
async fn what_nobody_completed_or_finished_is_removed_a_day_after_it_ended() {
    let world = World::start().await;
    // One that arrived and lost its tag, one in parts, one whose removal stopped, one that is available, and one of today.
    let arrived = world.arrived(1).await;
    let call = world.files.s3.delete_object_tagging().bucket(&world.files.bucket);
    call.key(key(&arrived)).send().await.unwrap();
    let call = world.files.s3.head_object().bucket(&world.files.bucket);
    let version = call.key(key(&arrived)).send().await.unwrap().version_id.unwrap();
    let in_parts = world.arrived(2).await;
    let kept = world.arrived(1).await;
    let stopped = world.arrived(1).await;
    for id in [&kept, &stopped] {
        assert_eq!(world.complete(id).await.status, 200);
    }
    let fault = Rule::on("DeleteObject").always().effect(Effect::slow_down());
    world.front.script(fault);
    assert_eq!(world.delete(&stopped).await.status, 503);
    world.front.clear();
    let of_today = world.arrived(1).await;

    let abandoned = [&arrived, &in_parts, &stopped];
    for id in abandoned {
        world.given_up(id, 24 * 60 - 1).await;
    }
    assert_eq!(world.clean().await, report(0, &[], 0), "not yet a day");
    for id in abandoned {
        world.given_up(id, 24 * 60 + 1).await;
    }
    assert_eq!(world.clean().await, report(3, &[], 0));
    assert_eq!(world.last_metrics(), (json!(3.0), json!(0.0), json!(0.0)));
    for id in abandoned {
        assert!(world.is_gone(id).await);
    }
    assert_eq!(world.status(&kept).await.as_deref(), Some("available"));
    assert_eq!(world.status(&of_today).await.as_deref(), Some("pending"));
    assert!(world.files.content(&of_today).await.unwrap().is_some());
    // By its tag the lifecycle rule removes what was uploaded. The emulator tells no tags of what is behind a delete marker.
    let call = world
        .files
        .s3
        .get_object()
        .bucket(&world.files.bucket)
        .key(key(&arrived));
    let hidden = call.version_id(version).send().await.unwrap();
    assert_eq!(hidden.tag_count(), Some(1));
    assert_eq!(world.clean().await, report(0, &[], 0), "again");
}

#[tokio::test]
async fn an_invocation_removes_the_oldest_up_to_its_limit_and_the_next_goes_on() {
    let world = World::start().await;
    let mut ids = Vec::new();
    for age in 0..5 {
        let id = world.announce(1).await;
        world.given_up(&id, LONG_AGO + age).await;
        ids.insert(0, id);
    }
    let janitor = world.janitor().await.with_limits(Limits {
        page: 1,
        pages: 2,
        ..limits()
    });
    for (removed, left) in [(2, 3), (2, 1), (1, 0), (0, 0)] {
        assert_eq!(clean(&janitor).await.unwrap(), report(removed, &[], left));
        for gone in ids.drain(..usize::try_from(removed).unwrap()) {
            assert_eq!(world.record(&gone).await, None);
        }
    }
}

#[tokio::test]
async fn with_little_time_left_no_removal_begins_and_what_is_left_is_counted() {
    let world = World::start().await;
    let id = world.arrived(2).await;
    world.given_up(&id, LONG_AGO).await;
    let janitor = world.janitor().await.with_limits(Limits {
        removal: Duration::from_secs(3600),
        ..limits()
    });
    let deadline = Deadline::after(Duration::from_secs(3600));
    assert_eq!(handle(EVENT, deadline, &janitor).await.unwrap(), report(0, &[], 1));
    assert_eq!(world.status(&id).await.as_deref(), Some("pending"));
    assert_eq!(world.last_metrics(), (json!(0.0), json!(0.0), json!(1.0)));
}

#[tokio::test]
async fn a_removal_that_the_deadline_cuts_off_is_a_failure_and_is_finished_later() {
    let world = World::start().await;
    let id = world.arrived(1).await;
    world.given_up(&id, LONG_AGO).await;
    let gate = GateHandle::default();
    world
        .front
        .script(Rule::on("DeleteObject").effect(Effect::HoldRequest(gate.clone())));
    let janitor = world.janitor().await.with_limits(Limits {
        removal: Duration::ZERO,
        ..limits()
    });
    let cut = handle(EVENT, Deadline::after(Duration::from_secs(4)), &janitor).await;
    assert_eq!(cut.unwrap_err().name, "OutOfTime");
    assert_eq!(world.last_metrics(), (json!(0.0), json!(1.0), Value::Null));
    gate.open();
    world.at(i64::try_from(60 * LONG_AGO).unwrap());
    assert_eq!(world.clean().await, report(1, &[], 0));
    assert!(world.is_gone(&id).await);
}

#[tokio::test]
async fn an_event_of_somebody_else_removes_nothing() {
    let world = World::start().await;
    let id = world.announce(1).await;
    world.given_up(&id, LONG_AGO).await;
    let janitor = world.janitor().await;
    for event in [
        "",
        "null",
        "{}",
        include_str!("../../../upload-api/events/delete_file.json"),
    ] {
        let failure = handle(event, Deadline::NONE, &janitor).await.unwrap_err();
        assert_eq!(failure.name, "EventInvalid", "{event}");
        assert_eq!(world.last_metrics(), (json!(0.0), json!(1.0), Value::Null));
    }
    assert_eq!(world.status(&id).await.as_deref(), Some("pending"));
}
