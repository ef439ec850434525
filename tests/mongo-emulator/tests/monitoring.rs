//! What a server says to monitoring clients, as a driver gets it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::Duration;

use mongo_emulator::{MongoEmulator, Options, ShardHealth, Topology, code as codes};
use mongodb::Client;
use mongodb::bson::{Document, doc};
use support::{code, options, start};

/// A client of one member, which sees nobody else.
async fn direct(address: &str) -> Client {
    let uri = format!("mongodb://{address}/?directConnection=true&retryReads=false");
    Client::with_options(options(&uri).await).unwrap()
}

async fn ask(client: &Client, command: Document) -> Document {
    client.database("admin").run_command(command).await.unwrap()
}

fn pid(status: &Document) -> i64 {
    status.get_i64("pid").unwrap()
}

async fn status(client: &Client) -> Document {
    ask(client, doc! { "serverStatus": 1 }).await
}

fn members(count: u32) -> MongoEmulator {
    MongoEmulator::start(Options {
        members: count,
        ..Options::default()
    })
    .unwrap()
}

fn addresses(emulator: &MongoEmulator) -> Vec<String> {
    let uri = emulator.uri();
    let hosts = uri.trim_start_matches("mongodb://").split('/').next().unwrap();
    hosts.split(',').map(str::to_owned).collect()
}

#[tokio::test]
async fn counters_count_what_was_done_by_its_kind() {
    let emulator = start();
    let client = direct(&emulator.address().to_string()).await;
    let before = status(&client).await;
    let collection = client.database("db").collection::<Document>("c");
    let numbers = (0..5).map(|number| doc! { "_id": number });
    collection.insert_many(numbers).await.unwrap();
    collection.find_one(doc! { "_id": 1 }).await.unwrap();
    collection.delete_one(doc! { "_id": 1 }).await.unwrap();
    let after = status(&client).await;
    let counted = |name: &str| {
        let of = |status: &Document| status.get_document("opcounters").unwrap().get_i64(name).unwrap();
        of(&after) - of(&before)
    };
    assert_eq!(counted("insert"), 5, "each document");
    assert_eq!((counted("query"), counted("delete"), counted("update")), (1, 1, 0));
    assert!(counted("command") >= 1, "serverStatus itself");
    assert_eq!(pid(&before), pid(&after));
    assert!(after.get_i64("uptimeMillis").unwrap() >= before.get_i64("uptimeMillis").unwrap());
}

#[tokio::test]
async fn sections_that_are_not_wanted_do_not_come() {
    let emulator = start();
    let client = direct(&emulator.address().to_string()).await;
    let all = status(&client).await;
    assert!(all.contains_key("wiredTiger") && all.contains_key("connections"));
    let less = ask(
        &client,
        doc! { "serverStatus": 1, "wiredTiger": 0, "opcounters": false },
    )
    .await;
    assert!(less.contains_key("connections") && !less.contains_key("wiredTiger") && !less.contains_key("opcounters"));
}

#[tokio::test]
async fn a_restarted_process_has_another_id_and_counts_from_zero() {
    let emulator = start();
    let client = direct(&emulator.address().to_string()).await;
    emulator.add_operations(0, 1_000);
    emulator.age(0, Duration::from_secs(3600));
    let before = status(&client).await;
    assert!(before.get_document("opcounters").unwrap().get_i64("query").unwrap() >= 1_000);
    assert!(before.get_f64("uptime").unwrap() >= 3600.0);
    emulator.restart(0);
    let client = direct(&emulator.address().to_string()).await;
    let after = status(&client).await;
    assert_ne!(pid(&before), pid(&after));
    assert!(after.get_f64("uptime").unwrap() < 3600.0);
    assert_eq!(after.get_document("opcounters").unwrap().get_i64("query").unwrap(), 0);
}

#[tokio::test]
async fn one_counter_that_is_too_large_begins_all_of_them_at_zero() {
    let emulator = start();
    let client = direct(&emulator.address().to_string()).await;
    emulator.add_operations(0, 1_000);
    let before = status(&client).await;
    emulator.let_counters_wrap(0);
    ask(&client, doc! { "ping": 1 }).await;
    let after = status(&client).await;
    assert_eq!(pid(&before), pid(&after), "the same process");
    assert!(after.get_document("opcounters").unwrap().get_i64("query").unwrap() < 1_000);
}

#[tokio::test]
async fn connections_are_those_that_are_open() {
    let emulator = start();
    let client = direct(&emulator.address().to_string()).await;
    let connections = status(&client).await.get_document("connections").unwrap().clone();
    let current = connections.get_i64("current").unwrap();
    assert!(current >= 1);
    assert_eq!(connections.get_i64("available").unwrap(), 65_536 - current);
    client.shutdown().immediate(true).await;
    // The server hears of the end when it reads it.
    while emulator.connections(0).0 > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(emulator.connections(0).1 >= 1);
}

#[tokio::test]
async fn every_member_is_a_server_of_its_own_and_one_is_the_primary() {
    let emulator = members(3);
    emulator.set_lag(2, Duration::from_secs(40));
    let addresses = addresses(&emulator);
    let mut pids = Vec::new();
    for (number, address) in addresses.iter().enumerate() {
        let client = direct(address).await;
        let hello = ask(&client, doc! { "hello": 1 }).await;
        assert_eq!(hello.get_str("me").unwrap(), address.as_str());
        assert_eq!(hello.get_str("primary").unwrap(), addresses[0].as_str());
        assert_eq!(hello.get_bool("isWritablePrimary").unwrap(), number == 0);
        pids.push(pid(&status(&client).await));
    }
    pids.sort_unstable();
    pids.dedup();
    assert_eq!(pids.len(), 3);
    emulator.set_down(1, true);
    let set = ask(&direct(&addresses[0]).await, doc! { "replSetGetStatus": 1 }).await;
    let of = |number: usize| set.get_array("members").unwrap()[number].as_document().unwrap().clone();
    let seconds = |member: &Document| member.get_datetime("optimeDate").unwrap().timestamp_millis() / 1000;
    for (number, state, health) in [(0, 1, 1.0), (1, 8, 0.0), (2, 2, 1.0)] {
        assert_eq!(of(number).get_i32("state").unwrap(), state);
        assert_eq!(of(number).get_f64("health").unwrap(), health);
    }
    assert_eq!(seconds(&of(0)) - seconds(&of(2)), 40);
    assert_eq!(seconds(&of(1)), 0, "nobody knows");
    emulator.fail_over();
    emulator.set_down(1, false);
    let hello = ask(&direct(&addresses[0]).await, doc! { "hello": 1 }).await;
    assert_eq!(hello.get_str("primary").unwrap(), addresses[1].as_str());
    let client = Client::with_options(options(&emulator.uri()).await).unwrap();
    client
        .database("db")
        .collection("c")
        .insert_one(doc! { "_id": 1 })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_command_that_the_user_may_not_send_is_refused() {
    let emulator = start();
    let client = direct(&emulator.address().to_string()).await;
    emulator.forbid("serverStatus");
    let refused = client.database("admin").run_command(doc! { "serverStatus": 1 }).await;
    assert_eq!(code(&refused.unwrap_err()), Some(codes::UNAUTHORIZED));
    ask(&client, doc! { "replSetGetStatus": 1 }).await;
}

#[tokio::test]
async fn routers_tell_of_the_shards() {
    let emulator = MongoEmulator::start(Options {
        topology: Topology::Sharded,
        members: 2,
        ..Options::default()
    })
    .unwrap();
    emulator.set_shard(
        1,
        ShardHealth {
            unreachable: 1,
            has_primary: false,
            disk_used_bytes: 5 << 30,
            ..ShardHealth::default()
        },
    );
    for address in addresses(&emulator) {
        let client = direct(&address).await;
        assert_eq!(status(&client).await.get_str("process").unwrap(), "mongos");
        assert!(!status(&client).await.contains_key("wiredTiger"));
        let shards = ask(&client, doc! { "listShards": 1 }).await;
        let shard = shards.get_array("shards").unwrap()[1].as_document().unwrap().clone();
        let (set, _) = shard.get_str("host").unwrap().split_once('/').unwrap();
        let pools = ask(&client, doc! { "connPoolStats": 1 }).await;
        let hosts = pools.get_document("replicaSets").unwrap().get_document(set).unwrap();
        let hosts: Vec<_> = hosts
            .get_array("hosts")
            .unwrap()
            .iter()
            .map(|host| host.as_document().unwrap())
            .collect();
        assert_eq!(hosts.len(), 3);
        let are = |field: &str| {
            hosts
                .iter()
                .map(|host| host.get_bool(field).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(are("ok"), [false, true, true]);
        assert_eq!(are("ismaster"), [false; 3]);
        let sizes = ask(&client, doc! { "dbStats": 1 }).await;
        let of = sizes
            .get_document("raw")
            .unwrap()
            .get_document(shard.get_str("host").unwrap())
            .unwrap();
        assert_eq!(
            of.get_f64("fsUsedSize").unwrap() / of.get_f64("fsTotalSize").unwrap(),
            0.5
        );
    }
    let replica_set = start();
    let client = support::client(&replica_set).await;
    let refused = client.database("admin").run_command(doc! { "listShards": 1 }).await;
    assert_eq!(code(&refused.unwrap_err()), Some(codes::COMMAND_NOT_FOUND));
}
