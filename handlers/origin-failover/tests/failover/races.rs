//! Others change the same distribution at the same time, and answers are lost.

use aws_front::{Effect, GateHandle, Rule};
use aws_sdk_cloudwatch::types::StateValue;
use origin_failover::Reason;
use origin_failover::Region::{Primary, Secondary};

use crate::world::{PRIMARY_ALARM, World, kept, look, switched};

#[tokio::test]
async fn of_two_events_at_once_one_switches_and_it_is_told_once() {
    let world = World::start().await;
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let (one, other) = (world.function(), world.function());
    let gate = GateHandle::default();
    let held = Effect::HoldRequest(gate.clone());
    world.front.script(Rule::on("UpdateDistribution").effect(held));
    let second = async {
        gate.reached().await;
        let answer = look(&other).await;
        gate.open();
        answer
    };
    let (first, second) = tokio::join!(look(&one), second);
    assert_eq!(second.unwrap(), switched(Secondary, Reason::RegionUnhealthy));
    assert_eq!(first.unwrap(), kept(Secondary, Reason::Healthy));
    assert_eq!(world.targets().await[1..3], ["api-2 & co", "api-2 & co"]);
    world.heard(1).await;
}

#[tokio::test]
async fn somebody_elses_change_in_between_is_kept() {
    let world = World::start().await;
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let function = world.function();
    let gate = GateHandle::default();
    let held = Effect::HoldRequest(gate.clone());
    world.front.script(Rule::on("UpdateDistribution").effect(held));
    let somebody = async {
        gate.reached().await;
        world.reconfigure("&lt;and&gt; more", "and less").await;
        gate.open();
    };
    let (answer, ()) = tokio::join!(look(&function), somebody);
    assert_eq!(answer.unwrap(), switched(Secondary, Reason::RegionUnhealthy));
    let (after, _) = world.configuration().await;
    assert!(after.contains("<Comment>api-1 and less</Comment>"), "{after}");
    assert_eq!(world.front.calls_of("UpdateDistribution"), 2);
}

#[tokio::test]
async fn a_distribution_that_is_being_deployed_is_switched_and_back() {
    let world = World::start().await;
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    world.reconfigure("<Enabled>true<", "<Enabled>false<").await;
    assert_eq!(world.status().await, "InProgress");
    let function = world.function();
    assert_eq!(
        look(&function).await.unwrap(),
        switched(Secondary, Reason::RegionUnhealthy)
    );
    assert_eq!(world.status().await, "InProgress");
    world.order("primary").await;
    assert_eq!(look(&function).await.unwrap(), switched(Primary, Reason::ByHand));
    assert_eq!(world.targets().await, ["files", "api-1", "api-1", "api-1"]);
}

#[tokio::test]
async fn a_switch_whose_answer_is_lost_is_told_once_and_made_once() {
    let world = World::start().await;
    let function = world.function();
    for effect in [Effect::LoseAnswer, Effect::Reset] {
        world.order("auto").await;
        world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
        world
            .front
            .script(Rule::on("UpdateDistribution").effect(effect.clone()));
        let answer = look(&function).await.unwrap();
        assert_eq!(answer, switched(Secondary, Reason::RegionUnhealthy), "{effect:?}");
        assert_eq!(world.heard(1).await[0]["to"], "secondary");
        world.order("primary").await;
        look(&function).await.unwrap();
        world.heard(1).await;
    }
    assert_eq!(world.metric("Switched"), [1.0; 4]);
}

#[tokio::test]
async fn a_distribution_that_changes_again_and_again_is_given_up_by_name_and_the_next_event_goes_on() {
    let world = World::start().await;
    let function = world.function();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    for (status, code) in [(412, "PreconditionFailed"), (400, "InvalidIfMatchVersion")] {
        let stale = Effect::refusal(status, code, "The precondition is false.");
        world
            .front
            .script(Rule::on("UpdateDistribution").always().effect(stale));
        let before = world.front.calls_of("UpdateDistribution");
        let failure = look(&function).await.unwrap_err();
        assert_eq!(failure.name, "SwitchContested", "{}", failure.message);
        assert_eq!(world.front.calls_of("UpdateDistribution") - before, 4);
        world.front.clear();
    }
    assert_eq!(world.last("Failed"), Some(1.0));
    assert_eq!(
        look(&function).await.unwrap(),
        switched(Secondary, Reason::RegionUnhealthy)
    );
}
