//! Runs that meet others, or themselves.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_front::{Effect, Rule};
use dump_format::key::{Key, Object};
use dump_format::payload::Action;
use lambda_kit::Deadline;
use mongo_dump::Answer;
use mongo_emulator::{Corpus, Gate};
use mongodb::bson::rawdoc;

use crate::world::{FUNCTION, World, complete, name, shown};

async fn world() -> World {
    let mut world = World::start().await;
    world.limits.batch_bytes = 40_000;
    world.mongo.generate(
        "school",
        "students",
        Corpus {
            documents: 400,
            ..Corpus::default()
        },
    );
    world
}

fn middle(world: &World) -> mongo_emulator::GateHandle {
    world.mongo.gate(Gate {
        command: "getMore".to_owned(),
        namespace: "school.*".to_owned(),
        skip: 2,
        before: true,
    })
}

#[tokio::test]
async fn a_doubled_event_of_a_finished_run_is_answered_with_its_manifest_and_counts_once() {
    let world = world().await;
    complete(world.dump().await);
    let before = world.objects().await;
    world.front.clear();
    let answer = world.dump().await.unwrap();
    assert!(
        matches!(&answer, Answer::AlreadyComplete(report) if report.documents == 400),
        "{answer:?}"
    );
    assert_eq!(world.metric("Completed"), [1.0]);
    assert_eq!(world.objects().await, before);
    assert_eq!(world.front.calls_of("GetSecretValue"), 0);
}

#[tokio::test]
async fn an_event_during_a_run_says_who_works_and_changes_nothing() {
    let world = world().await;
    let gate = middle(&world);
    let others = async {
        gate.reached().await;
        let before = world.objects().await;
        // The same run, and another one.
        let same = world.settings().await;
        let doubled = mongo_dump::handle(&world.event(Action::Dump).render(), &same)
            .await
            .unwrap();
        let later = world.event(Action::Dump).render().replace("18:00:00Z", "19:00:00Z");
        let other = mongo_dump::handle(&later, &same).await.unwrap();
        for answer in [doubled, other] {
            let json = shown(&answer);
            assert_eq!(json["outcome"], "busy");
            assert_eq!(json["holder"]["run"], world.run().to_string());
            assert!(json["holder"]["until"].as_str().unwrap().ends_with('Z'));
            assert_ne!(json["holder"]["owner"], same.request_id);
        }
        assert_eq!(world.objects().await, before);
        assert_eq!(world.metric("Failed"), [0.0; 0]);
        gate.open();
    };
    let (dumped, ()) = tokio::join!(world.dump(), others);
    complete(dumped);
    world.assert_equal_to_the_deployment().await;
}

#[tokio::test]
async fn two_events_at_once_are_one_dump() {
    let world = world().await;
    let (one, other) = tokio::join!(world.dump(), world.dump());
    let mut outcomes = [one, other].map(|answer| shown(&answer.unwrap())["outcome"].as_str().unwrap().to_owned());
    outcomes.sort();
    assert_eq!(outcomes, ["busy", "complete"]);
    world.assert_equal_to_the_deployment().await;
}

#[tokio::test]
async fn a_lease_is_kept_as_long_as_the_work_takes() {
    let mut world = world().await;
    world.limits.lease = Duration::from_secs(2);
    let gate = middle(&world);
    let wait = async {
        gate.reached().await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        let answer = world.dump().await.unwrap();
        assert_eq!(shown(&answer)["outcome"], "busy");
        gate.open();
    };
    let (dumped, ()) = tokio::join!(world.dump(), wait);
    complete(dumped);
}

#[tokio::test]
async fn whoever_loses_the_lease_stops_and_whoever_takes_it_finishes() {
    let mut world = world().await;
    world.limits.lease = Duration::from_secs(3);
    // No renewal arrives.
    world.front.script(
        Rule::on("PutObject")
            .path("lease.json")
            .after(1)
            .always()
            .effect(Effect::slow_down()),
    );
    let gate = middle(&world);
    let failed = world.dump().await;
    assert!(gate.is_reached());
    assert_eq!(name(failed), "LeaseLost");
    gate.open();
    world.front.clear();
    // Its time in the object is not over yet.
    assert_eq!(shown(&world.dump().await.unwrap())["outcome"], "busy");
    let mut settings = world.settings().await;
    settings.clock = Arc::new(|| SystemTime::now() + Duration::from_secs(4));
    complete(mongo_dump::handle(&world.event(Action::Dump).render(), &settings).await);
    world.assert_equal_to_the_deployment().await;
}

#[tokio::test]
async fn a_lease_taken_by_another_ends_the_work() {
    let mut world = world().await;
    world.limits.lease = Duration::from_secs(2);
    let gate = middle(&world);
    let thief = async {
        gate.reached().await;
        let lease = world.location().render(&Key::Lease);
        let mut json = world.json(&lease).await;
        json["owner"] = "thief".into();
        world.put(&lease, json.to_string().into_bytes()).await;
    };
    let (failed, ()) = tokio::join!(world.dump(), thief);
    assert_eq!(name(failed), "LeaseLost");
    gate.open();
    let lease = world.json(&world.location().render(&Key::Lease)).await;
    assert_eq!(lease["owner"], "thief");
}

#[tokio::test]
async fn a_failed_run_gives_its_lease_back() {
    let world = world().await;
    world.front.script(
        Rule::on("PutObject")
            .path("plan.json")
            .effect(Effect::refusal(403, "AccessDenied", "no")),
    );
    assert_eq!(name(world.dump().await), "StorageDenied");
    complete(world.dump().await);
}

#[tokio::test]
async fn settings_changed_within_a_run_are_refused_by_the_fields_name() {
    let mut world = world().await;
    world
        .front
        .script(
            Rule::on("PutObject")
                .path("/data/")
                .always()
                .effect(Effect::refusal(403, "AccessDenied", "no")),
        );
    assert_eq!(name(world.dump().await), "StorageDenied");
    world.front.clear();
    world.fields.compression = "gzip".to_owned();
    let failure = world.dump().await.unwrap_err();
    assert_eq!(failure.name, "PlanDiffers");
    assert!(failure.message.contains("compression"), "{}", failure.message);
    world.fields.compression = "zstd".to_owned();
    complete(world.dump().await);
}

/// Time for a few batches, then for the end of the object, then for last words.
fn hurried(world: &mut World) {
    world.deadline = Deadline::after(Duration::from_secs(8));
}

/// Every batch takes long enough that no invocation reads them all.
fn slowly(world: &World) {
    world.mongo.fault(mongo_emulator::Fault {
        command: "getMore".to_owned(),
        namespace: "school.*".to_owned(),
        kind: mongo_emulator::FaultKind::Delay { delay_ms: 900 },
        ..mongo_emulator::Fault::default()
    });
}

#[tokio::test]
async fn before_the_deadline_the_object_ends_and_the_same_event_goes_to_the_same_function() {
    let mut world = world().await;
    slowly(&world);
    let accepted = Effect::Answer {
        status: 202,
        body: String::new(),
    };
    world.front.script(Rule::on("Invoke").always().effect(accepted));
    let mut hops = 0;
    loop {
        hurried(&mut world);
        match world.dump().await.unwrap() {
            Answer::HandedOver { hops: count, .. } => {
                hops += 1;
                assert_eq!(count, hops);
                let lease = world.json(&world.location().render(&Key::Lease)).await;
                assert_eq!(lease["owner"], "between functions");
            }
            Answer::Complete(report) => {
                assert_eq!(report.documents, 400);
                assert!(report.parts > u64::from(hops), "{report:?}");
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(hops >= 1, "{hops}");
    let calls = world.front.calls();
    let invoked: Vec<_> = calls.iter().filter(|call| call.operation == "Invoke").collect();
    assert_eq!(invoked.len(), hops as usize);
    assert!(invoked[0].path.contains("mongo-dump"), "{} {FUNCTION}", invoked[0].path);
    world.assert_equal_to_the_deployment().await;
    assert_eq!(world.metric("Completed"), [1.0]);
}

#[tokio::test]
async fn between_two_functions_no_other_run_comes_in() {
    let mut world = world().await;
    slowly(&world);
    let accepted = Effect::Answer {
        status: 202,
        body: String::new(),
    };
    world.front.script(Rule::on("Invoke").always().effect(accepted));
    hurried(&mut world);
    assert_eq!(shown(&world.dump().await.unwrap())["outcome"], "handed_over");
    world.deadline = Deadline::NONE;
    world.scheduled += 3_600;
    assert_eq!(shown(&world.dump().await.unwrap())["outcome"], "busy");
    world.scheduled -= 3_600;
    world.mongo.clear_faults();
    complete(world.dump().await);
}

#[tokio::test]
async fn a_handover_that_fails_is_a_failure_and_the_event_can_be_sent_again() {
    let mut world = world().await;
    slowly(&world);
    world.front.script(Rule::on("Invoke").effect(Effect::denied()));
    hurried(&mut world);
    assert_eq!(name(world.dump().await), "HandoverFailed");
    world.mongo.clear_faults();
    world.deadline = Deadline::NONE;
    complete(world.dump().await);
    world.assert_equal_to_the_deployment().await;
}

#[tokio::test]
async fn handovers_without_progress_or_without_end_are_refused() {
    let mut world = world().await;
    // The first asks for the time of the snapshot.
    world.mongo.fault(mongo_emulator::Fault {
        command: "find".to_owned(),
        namespace: "school.*".to_owned(),
        skip: 1,
        kind: mongo_emulator::FaultKind::Hang,
        ..mongo_emulator::Fault::default()
    });
    hurried(&mut world);
    assert_eq!(name(world.dump().await), "NoProgress");
    world.mongo.clear_faults();
    slowly(&world);
    world.limits.hops = 0;
    hurried(&mut world);
    assert_eq!(name(world.dump().await), "TooManyHops");
    assert_eq!(world.front.calls_of("Invoke"), 0);
    world.mongo.clear_faults();
    world.deadline = Deadline::NONE;
    complete(world.dump().await);
    world.assert_equal_to_the_deployment().await;
}

async fn plan(world: &World) -> Vec<String> {
    let json = shown(&world.handle(Action::Plan).await.unwrap());
    assert_eq!(json["outcome"], "planned");
    json["ranges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|range| {
            let range = dump_format::names::Ordinal::new(u32::try_from(range.as_u64().unwrap()).unwrap());
            world.event(Action::Range(range.unwrap())).render()
        })
        .collect()
}

async fn send(world: &World, event: &str) -> Result<Answer, lambda_kit::Failure> {
    mongo_dump::handle(event, &world.settings().await).await
}

#[tokio::test]
async fn plan_ranges_and_commit_are_the_same_dump_in_steps() {
    let mut world = world().await;
    world.mongo.generate(
        "school",
        "mixed",
        Corpus {
            documents: 900,
            ids: mongo_emulator::Ids::Mixed,
            ..Corpus::default()
        },
    );
    world
        .mongo
        .insert_raw("other", "one", rawdoc! { "_id": 1 }.into_bytes());
    world.mongo.create(
        "other",
        "view",
        rawdoc! { "viewOn": "one", "pipeline": [] }.into_bytes(),
    );
    world.limits.range_bytes = 150_000;
    let ranges = plan(&world).await;
    assert!(ranges.len() >= 8, "{}", ranges.len());
    assert_eq!(plan(&world).await, ranges, "a repeated plan is the same plan");
    // Every range is read in the plan's snapshot.
    world
        .mongo
        .insert_raw("school", "mixed", rawdoc! { "_id": "zzz" }.into_bytes());

    // A commit that comes too early, and a range that does not exist.
    let failure = world.handle(Action::Commit).await.unwrap_err();
    assert_eq!(failure.name, "RangesMissing");
    let unknown = dump_format::names::Ordinal::new(99).unwrap();
    assert_eq!(name(world.handle(Action::Range(unknown)).await), "RangeUnknown");
    assert_eq!(name(world.dump().await), "PlanDiffers");

    let (first, rest) = ranges.split_at(4);
    let answers = tokio::join!(
        send(&world, &first[0]),
        send(&world, &first[1]),
        send(&world, &first[2]),
        send(&world, &first[3]),
    );
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(shown(&answer.unwrap())["outcome"], "range_done");
    }
    for event in rest.iter().rev() {
        assert_eq!(shown(&send(&world, event).await.unwrap())["outcome"], "range_done");
    }
    let again = shown(&send(&world, &ranges[0]).await.unwrap());
    assert_eq!(again["outcome"], "range_done");

    let report = complete(world.handle(Action::Commit).await);
    assert_eq!(report.documents, 1_301);
    let restored = world.restored().await;
    assert_eq!(restored["school.mixed"].len(), 900);
    let manifest = world.manifest().await.unwrap();
    let mixed = manifest
        .collections()
        .iter()
        .find(|it| it.namespace.collection() == "mixed")
        .unwrap();
    assert!(mixed.ranges.len() >= 4 && mixed.ranges.iter().all(|range| !range.parts.is_empty()));
    for action in [Action::Commit, Action::Plan] {
        assert_eq!(
            shown(&world.handle(action).await.unwrap())["outcome"],
            "already_complete"
        );
    }
    assert_eq!(
        shown(&send(&world, &ranges[0]).await.unwrap())["outcome"],
        "already_complete"
    );
    assert_eq!(world.metric("Completed"), [1.0]);
}

#[tokio::test]
async fn a_range_without_a_plan_and_a_range_that_somebody_works_on_are_refused_by_name() {
    let mut world = world().await;
    let zero = dump_format::names::Ordinal::new(0).unwrap();
    assert_eq!(name(world.handle(Action::Range(zero)).await), "PlanMissing");
    assert_eq!(name(world.handle(Action::Commit).await), "PlanMissing");
    let failed = world.metric("Failed").len();

    world.limits.range_bytes = 1 << 30;
    let ranges = plan(&world).await;
    let gate = middle(&world);
    let doubled = async {
        gate.reached().await;
        assert_eq!(name(send(&world, &ranges[0]).await), "LeaseHeld");
        let other = ranges[0].replace("18:00:00Z", "19:00:00Z");
        assert_eq!(name(send(&world, &other).await), "LeaseHeld");
        gate.open();
    };
    let (answer, ()) = tokio::join!(send(&world, &ranges[0]), doubled);
    assert_eq!(shown(&answer.unwrap())["documents"], 400);
    assert_eq!(world.metric("Failed").len(), failed, "held work is no failed run");
    complete(world.handle(Action::Commit).await);
}

#[tokio::test]
async fn a_range_whose_time_is_over_goes_on_with_the_same_event() {
    let mut world = world().await;
    let ranges = plan(&world).await;
    slowly(&world);
    hurried(&mut world);
    let answer = shown(&send(&world, &ranges[0]).await.unwrap());
    assert_eq!(answer["outcome"], "range_unfinished");
    assert_eq!(world.front.calls_of("Invoke"), 0);
    world.mongo.clear_faults();
    world.deadline = Deadline::NONE;
    assert_eq!(shown(&send(&world, &ranges[0]).await.unwrap())["documents"], 400);
    complete(world.handle(Action::Commit).await);
    world.assert_equal_to_the_deployment().await;
    assert!(world.get(&world.key(Object::State)).await.is_none());
}

#[tokio::test]
async fn a_plan_of_more_ranges_than_a_state_machine_can_pass_on_has_larger_ones_or_is_refused() {
    let mut world = world().await;
    world.limits.range_bytes = 10_000;
    world.limits.ranges = 10;
    let ranges = plan(&world).await;
    assert!((2..=10).contains(&ranges.len()), "{}", ranges.len());
    world.scheduled += 3_600;
    world.limits.ranges = 0;
    let mut settings = world.settings().await;
    settings.clock = Arc::new(|| SystemTime::now() + Duration::from_secs(1_000));
    let failure = mongo_dump::handle(&world.event(Action::Plan).render(), &settings)
        .await
        .unwrap_err();
    assert_eq!(failure.name, "TooManyRanges");
}

/// A plan that was killed leaves its lease. To answer that somebody is busy would end the state machine as if all was well.
#[tokio::test]
async fn a_plan_that_meets_its_own_run_is_to_be_tried_again_and_one_that_meets_another_is_not() {
    let world = world().await;
    let gate = aws_front::GateHandle::default();
    world.front.script(
        Rule::on("PutObject")
            .path("plan.json")
            .effect(Effect::HoldRequest(gate.clone())),
    );
    let others = async {
        gate.reached().await;
        assert_eq!(name(world.handle(Action::Plan).await), "LeaseHeld");
        let later = world.event(Action::Plan).render().replace("18:00:00Z", "19:00:00Z");
        let other = mongo_dump::handle(&later, &world.settings().await).await.unwrap();
        assert_eq!(shown(&other)["outcome"], "busy");
        gate.open();
    };
    let (planned, ()) = tokio::join!(world.handle(Action::Plan), others);
    assert_eq!(shown(&planned.unwrap())["outcome"], "planned");
    assert_eq!(world.metric("Failed"), [0.0; 0]);
}
