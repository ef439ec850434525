//! What becomes of the sample events.

use flow_log_guard::{Answer, handle};
use serde_json::{Value, json};

use crate::world::{CONTROL, DEFAULT_FORMAT, PACKET_ADDRESSES, PACKET_FORMAT, World, event, line, scanned};

fn ids(bodies: impl IntoIterator<Item = Value>) -> Vec<String> {
    let mut ids: Vec<_> = bodies
        .into_iter()
        .map(|body| body["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn flows_and_unreadable_lines_are_counted_and_published_once_each() {
    let world = World::start().await;
    let answer = handle(&world.function(), DEFAULT_FORMAT).await.unwrap();
    let expected = Answer::Scanned {
        records: 4,
        no_data: 1,
        skipped: 1,
        unreadable: 1,
        accepted: 1,
        rejected: 1,
        notices: 3,
    };
    assert_eq!(answer, expected);
    for (name, value) in [
        ("PublicAddressFlows", 1.0),
        ("RejectedPublicAddressFlows", 1.0),
        ("Records", 4.0),
        ("UnreadableRecords", 1.0),
        ("SkippedRecords", 1.0),
    ] {
        assert_eq!(world.metric(name), [value], "{name}");
    }

    let messages = world.heard_on_topic(3).await;
    let accepted = messages.iter().find(|(body, _)| body["action"] == "ACCEPT");
    let (body, attributes) = accepted.unwrap();
    assert_eq!(
        (&body["source"], &body["destination"]),
        (&json!("10.42.0.10"), &json!("198.51.100.7"))
    );
    // Two records of one five-tuple in one window.
    assert_eq!(
        (&body["records"], &body["packets"], &body["bytes"]),
        (&json!(2), &json!(15), &json!(5000))
    );
    assert_eq!(
        (&body["public"], &body["log_group"]),
        (&json!(["destination"]), &json!("/aws/vpc/edu/flow-logs"))
    );
    assert_eq!(
        (&attributes["kind"]["Value"], &attributes["action"]["Value"]),
        (&json!("public_address_flow"), &json!("ACCEPT"))
    );
    let rejected = messages.iter().find(|(body, _)| body["action"] == "REJECT").unwrap();
    assert_eq!(
        (&rejected.0["public"], &rejected.1["action"]["Value"]),
        (&json!(["source"]), &json!("REJECT"))
    );
    let unread = messages
        .iter()
        .find(|(body, _)| body["kind"] == "unreadable_records")
        .unwrap();
    assert_eq!((&unread.0["unreadable"], &unread.0["lines"]), (&json!(1), &json!(7)));

    let events = world.heard_on_bus(3).await;
    let mut types: Vec<_> = events
        .iter()
        .map(|event| event["detail-type"].as_str().unwrap())
        .collect();
    types.sort_unstable();
    assert_eq!(
        types,
        [
            "Public Address Flow",
            "Public Address Flow",
            "Unreadable Flow Log Records"
        ]
    );
    let details = events.into_iter().map(|mut event| event["detail"].take());
    assert_eq!(ids(details), ids(messages.into_iter().map(|(body, _)| body)));
}

#[tokio::test]
async fn s3_behind_its_gateway_is_no_stranger_and_own_ranges_are_not_public() {
    let mut world = World::start().await;
    world.set("LECTERN_FLOW_LOG_FORMAT", PACKET_FORMAT);
    world.set("LECTERN_PREFIX_LIST_IDS", "pl-63a5400a");
    world.set("LECTERN_OWN_CIDRS", "2001:db8:42::/56");
    world.prefix_list(&["52.218.0.0/17", "3.5.64.0/21"], 1);
    assert_eq!(scanned(&world.function(), PACKET_ADDRESSES).await, (1, 0, 1));
    let (body, _) = world.heard_on_topic(1).await.remove(0);
    assert_eq!(
        (&body["destination"], &body["public"]),
        (&json!("2600:1f00::7"), &json!(["destination"]))
    );
    assert_eq!(
        (&body["traffic_path"], &body["flow_direction"]),
        (&json!(8), &json!("egress"))
    );
    assert_eq!(
        (&body["destination_aws_service"], &body["source_port"]),
        (&json!("AMAZON"), &Value::Null)
    );
}

/// The emulator's own lists, by the ids that it gives them.
#[tokio::test]
async fn the_entries_of_a_prefix_list_are_read_from_ec2() {
    use sha2::{Digest as _, Sha256};
    let hash = Sha256::digest("com.amazonaws.us-east-1.s3");
    let bits = u32::from_be_bytes(hash[..4].try_into().unwrap());
    let address = std::net::Ipv4Addr::from_bits(0x6440_0000 | ((bits >> 18) << 8) | 7).to_string();
    let mut world = World::start().await;
    world.set("LECTERN_PREFIX_LIST_IDS", &format!("pl-{}", &hex::encode(hash)[..17]));
    let lines = [
        line("10.0.0.1", &address, "ACCEPT"),
        line("10.0.0.1", "100.64.0.0", "ACCEPT"),
    ];
    let event = event(1, &[&lines[0], &lines[1]]);
    assert_eq!(scanned(&world.function(), &event).await.0, 1, "{address}");
}

#[tokio::test]
async fn a_control_message_is_answered_and_nothing_is_counted() {
    let world = World::start().await;
    assert_eq!(handle(&world.function(), CONTROL).await, Ok(Answer::Present));
    assert_eq!(world.metric("Records"), [0.0; 0]);
    assert_eq!(world.front.operations(), [""; 0]);
}

#[tokio::test]
async fn an_event_that_is_delivered_twice_is_done_once_and_elsewhere_has_the_same_ids() {
    let world = World::start().await;
    let function = world.function();
    handle(&function, DEFAULT_FORMAT).await.unwrap();
    assert_eq!(handle(&function, DEFAULT_FORMAT).await, Ok(Answer::Repeated));
    assert_eq!(world.metric("PublicAddressFlows"), [1.0]);
    let first = ids(world.heard_on_topic(3).await.into_iter().map(|(body, _)| body));
    handle(&world.function(), DEFAULT_FORMAT).await.unwrap();
    assert_eq!(
        ids(world.heard_on_topic(3).await.into_iter().map(|(body, _)| body)),
        first
    );
}

#[tokio::test]
async fn a_flow_in_two_events_in_either_order_is_the_same_finding() {
    let world = World::start().await;
    let function = world.function();
    let first = line("10.0.0.1", "198.51.100.7", "ACCEPT");
    let later = first.replace("1700000041", "1700000070").replace("eni-1 ", "eni-2 ");
    let event_of = |number, line: &str| event(number, &[line]);
    for (number, line) in [(20, &later), (10, &first), (30, &first)] {
        assert_eq!(scanned(&function, &event_of(number, line)).await, (1, 0, 1));
    }
    let ids = ids(world.heard_on_topic(3).await.into_iter().map(|(body, _)| body));
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[tokio::test]
async fn of_many_flows_so_many_are_published_as_was_set_and_the_rest_is_named() {
    let mut world = World::start().await;
    world.set("LECTERN_FINDINGS_PER_EVENT", "25");
    world.set("LECTERN_REJECTED", "count");
    let lines: Vec<_> = (0..60)
        .map(|number| {
            line(
                "10.0.0.1",
                &format!("198.51.100.{number}"),
                if number < 30 { "ACCEPT" } else { "REJECT" },
            )
        })
        .collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    assert_eq!(scanned(&world.function(), &event(1, &lines)).await, (30, 30, 26));
    let messages = world.heard_on_topic(26).await;
    let more = messages
        .iter()
        .find(|(body, _)| body["kind"] == "more_public_address_flows")
        .unwrap();
    assert_eq!((&more.0["accepted"], &more.0["rejected"]), (&json!(5), &json!(0)));
    assert_eq!(
        (world.front.calls_of("PublishBatch"), world.front.calls_of("PutEvents")),
        (3, 3)
    );
}
