//! The other way: a record of Route 53.

use aws_front::{Effect, GateHandle, Rule};
use aws_sdk_cloudwatch::types::StateValue;
use origin_failover::Reason;
use origin_failover::Region::{Primary, Secondary};

use crate::world::{HOLD, PRIMARY_ALARM, RECORD, World, kept, look, switched};

const CNAME: &str = "<ResourceRecordSet><Name>write.example.com</Name><Type>CNAME</Type><TTL>37</TTL>\
     <ResourceRecords><ResourceRecord><Value>api-1.example.com</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>";
const ALIAS: &str = "<ResourceRecordSet><Name>write.example.com</Name><Type>A</Type><AliasTarget>\
     <HostedZoneId>ZONE1</HostedZoneId><DNSName>api-1.example.com</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth>\
     </AliasTarget></ResourceRecordSet>";

async fn world(record: &str) -> World {
    let mut world = World::start().await;
    world.use_record(record).await;
    world.set("LECTERN_PRIMARY_TARGET", "api-1.example.com");
    world.set("LECTERN_SECONDARY_TARGET", "api-2.example.com");
    world
}

#[tokio::test]
async fn a_record_goes_to_region_2_and_back_and_keeps_its_ttl() {
    let world = world(CNAME).await;
    let function = world.function();
    assert_eq!(look(&function).await.unwrap(), kept(Primary, Reason::Healthy));
    let before = world.record().await;
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    assert_eq!(
        look(&function).await.unwrap(),
        switched(Secondary, Reason::RegionUnhealthy)
    );
    let after = world.record().await;
    assert!(
        after.contains("api-2.example.com") && after.contains("<TTL>37</TTL>"),
        "{after}"
    );
    assert_eq!(after.replace("api-2", "api-1"), before);
    world.set_alarm(PRIMARY_ALARM, StateValue::Ok).await;
    world.clock.advance(HOLD);
    assert_eq!(look(&function).await.unwrap(), switched(Primary, Reason::Failback));
    assert_eq!(world.record().await, before);
    let notices = world.heard(2).await;
    assert_eq!(notices[0]["write_path"], RECORD);
}

#[tokio::test]
async fn an_alias_changes_with_the_zone_of_its_target() {
    let mut world = world(ALIAS).await;
    world.set("LECTERN_RECORD_TYPE", "A");
    world.set("LECTERN_PRIMARY_TARGET_ZONE_ID", "ZONE1");
    world.set("LECTERN_SECONDARY_TARGET_ZONE_ID", "ZONE2");
    let function = world.function();
    let before = world.record().await;
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    assert_eq!(
        look(&function).await.unwrap(),
        switched(Secondary, Reason::RegionUnhealthy)
    );
    let after = world.record().await;
    assert!(
        after.contains("api-2.example.com") && after.contains("ZONE2"),
        "{after}"
    );
    world.set_alarm(PRIMARY_ALARM, StateValue::Ok).await;
    world.clock.advance(HOLD);
    assert_eq!(look(&function).await.unwrap(), switched(Primary, Reason::Failback));
    assert_eq!(world.record().await, before);
}

#[tokio::test]
async fn a_record_that_somebody_changed_in_between_is_read_again_and_keeps_that_change() {
    let world = world(CNAME).await;
    let function = world.function();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let gate = GateHandle::default();
    let held = Effect::HoldRequest(gate.clone());
    world.front.script(Rule::on("ChangeResourceRecordSets").effect(held));
    let somebody = async {
        gate.reached().await;
        world.change_record("UPSERT", &CNAME.replace("api-1", "api-2")).await;
        world
            .change_record("UPSERT", &CNAME.replace("api-1.", "API-1.").replace("37", "41"))
            .await;
        gate.open();
    };
    let (answer, ()) = tokio::join!(look(&function), somebody);
    assert_eq!(answer.unwrap(), switched(Secondary, Reason::RegionUnhealthy));
    let after = world.record().await;
    assert!(
        after.contains("<TTL>41</TTL>") && after.contains("api-2.example.com"),
        "{after}"
    );
}

#[tokio::test]
async fn a_record_that_is_missing_or_goes_elsewhere_is_nothing_to_switch() {
    let world = world(CNAME).await;
    let function = world.function();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    let elsewhere = CNAME.replace("api-1", "api-9");
    world.change_record("UPSERT", &elsewhere).await;
    let failure = look(&function).await.unwrap_err();
    assert_eq!(failure.name, "NothingToSwitch");
    assert!(
        failure.message.contains("LECTERN_PRIMARY_TARGET"),
        "{}",
        failure.message
    );
    world.change_record("DELETE", &elsewhere).await;
    let failure = look(&function).await.unwrap_err();
    assert_eq!(failure.name, "NothingToSwitch");
    assert!(failure.message.contains("LECTERN_RECORD_NAME"), "{}", failure.message);
    assert_eq!(world.front.calls_of("ChangeResourceRecordSets"), 0);
}
