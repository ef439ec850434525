//! A project's access list.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, SystemTime};

use atlas_emulator::{Fault, FaultKind};
use serde_json::{Value, json};
use support::{Client, G, start, start_with};

const LIST: &str = "/accessList";

fn in_seconds(seconds: u64) -> String {
    let time = SystemTime::now() + Duration::from_secs(seconds);
    humantime::format_rfc3339_seconds(time).to_string()
}

fn values(page: &Value) -> Vec<&str> {
    let entries = page["results"].as_array().unwrap();
    entries.iter().filter_map(|entry| entry["cidrBlock"].as_str()).collect()
}

#[tokio::test]
async fn posting_adds_or_changes_and_answers_with_the_whole_list() {
    let emulator = start();
    let client = Client::new(&emulator);
    let first = client
        .post(LIST, json!([{ "ipAddress": "203.0.113.7", "comment": "office" }]))
        .await;
    assert_eq!(first.status, 201);
    assert_eq!(first.header("ratelimit-limit").unwrap(), "1200");
    let second = client
        .post(
            LIST,
            json!([{ "cidrBlock": "10.0.0.0/8" }, { "cidrBlock": "192.168.1.1/32" }]),
        )
        .await;
    let page = second.json();
    assert_eq!(values(&page), ["203.0.113.7/32", "10.0.0.0/8", "192.168.1.1/32"]);
    assert_eq!(page["totalCount"], 3);
    let entry = &page["results"][0];
    let href = entry["links"][0]["href"].as_str().unwrap();
    assert!(
        href.starts_with(&emulator.base_url()) && href.ends_with("/accessList/203.0.113.7%2F32"),
        "{href}"
    );
    assert_eq!(
        entry,
        &json!({
            "cidrBlock": "203.0.113.7/32",
            "comment": "office",
            "groupId": G,
            "ipAddress": "203.0.113.7",
            "links": [{ "href": href, "rel": "self" }],
        })
    );
    assert_eq!(page["results"][1].get("ipAddress"), None);
    assert_eq!(page["results"][2]["ipAddress"], "192.168.1.1");

    let changed = client
        .post(LIST, json!([{ "cidrBlock": "203.0.113.7/32", "comment": "home" }]))
        .await;
    assert_eq!((changed.status, changed.json()["totalCount"].clone()), (201, json!(3)));
    assert_eq!(changed.json()["results"][0]["comment"], "home");
    assert_eq!(client.get(LIST).await.json()["results"], changed.json()["results"]);
}

#[tokio::test]
async fn an_entry_is_found_by_address_or_escaped_block_and_is_active_soon() {
    let emulator = start();
    let client = Client::new(&emulator);
    client
        .post(
            LIST,
            json!([{ "ipAddress": "203.0.113.7" }, { "cidrBlock": "10.0.0.0/8" }]),
        )
        .await;
    for value in ["203.0.113.7", "203.0.113.7%2F32", "10.0.0.0%2F8"] {
        assert_eq!(client.get(&format!("{LIST}/{value}")).await.status, 200, "{value}");
    }
    assert_eq!(
        client.get(&format!("{LIST}/10.0.0.0/8")).await.status,
        404,
        "an unescaped block is another path"
    );
    let missing = client.get(&format!("{LIST}/10.0.0.0")).await;
    assert_eq!(
        (missing.status, missing.error_code().as_str()),
        (404, "ATLAS_NETWORK_PERMISSION_ENTRY_NOT_FOUND")
    );
    let status = format!("{LIST}/10.0.0.0%2F8/status");
    assert_eq!(client.get(&status).await.body, "{\"STATUS\":\"PENDING\"}");
    assert_eq!(client.get(&status).await.body, "{\"STATUS\":\"ACTIVE\"}");
    let deleted = client.delete(&format!("{LIST}/10.0.0.0%2F8")).await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(client.delete(&format!("{LIST}/10.0.0.0%2F8")).await.status, 404);
    assert_eq!(client.delete(&format!("{LIST}/203.0.113.7")).await.status, 204);
    assert!(emulator.project(G).snapshot().access_list.is_empty());
}

#[tokio::test]
async fn pages_link_to_their_neighbours() {
    let emulator = start();
    for number in 1..=5 {
        let entry = json!({ "cidrBlock": format!("10.{number}.0.0/16") });
        emulator.project(G).add_access_list_entry(&entry).unwrap();
    }
    let client = Client::new(&emulator);
    let mut seen = Vec::new();
    let mut query = "?itemsPerPage=2".to_owned();
    let mut rels = Vec::new();
    loop {
        let page = client.get(&format!("{LIST}{query}")).await.json();
        assert_eq!(page["totalCount"], 5);
        seen.extend(values(&page).into_iter().map(str::to_owned));
        let links = page["links"].as_array().unwrap();
        rels.push(
            links
                .iter()
                .map(|link| link["rel"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>(),
        );
        let Some(next) = links.iter().find(|link| link["rel"] == "next") else {
            break;
        };
        let href = next["href"].as_str().unwrap();
        assert!(
            href.starts_with(&format!("{}/api/atlas/v2/groups/{G}/accessList?", emulator.base_url())),
            "{href}"
        );
        query = format!("?{}", href.split_once('?').unwrap().1);
    }
    assert_eq!(
        seen,
        (1..=5).map(|number| format!("10.{number}.0.0/16")).collect::<Vec<_>>()
    );
    assert_eq!(
        rels,
        [
            vec!["self", "next"],
            vec!["previous", "self", "next"],
            vec!["previous", "self"]
        ]
    );
    let uncounted = client.get(&format!("{LIST}?includeCount=false")).await.json();
    assert_eq!((uncounted.get("totalCount"), values(&uncounted).len()), (None, 5));
    for query in ["pageNum=0", "itemsPerPage=501", "itemsPerPage=x", "includeCount=maybe"] {
        assert_eq!(client.get(&format!("{LIST}?{query}")).await.status, 400, "{query}");
    }
    assert!(values(&client.get(&format!("{LIST}?pageNum=9")).await.json()).is_empty());
}

#[tokio::test]
async fn entries_that_are_not_allowed_change_nothing() {
    let emulator = start();
    let client = Client::new(&emulator);
    for (case, entry) in [
        ("no value", json!({ "comment": "x" })),
        ("no address", json!({ "ipAddress": "10.0.0.256" })),
        ("no block", json!({ "cidrBlock": "10.0.0.0/33" })),
        ("no mask", json!({ "cidrBlock": "10.0.0.0" })),
        (
            "two values",
            json!({ "ipAddress": "10.0.0.1", "cidrBlock": "10.0.0.0/8" }),
        ),
        ("group without peering", json!({ "awsSecurityGroup": "sg-1" })),
        (
            "long comment",
            json!({ "ipAddress": "10.0.0.1", "comment": "x".repeat(81) }),
        ),
        (
            "past",
            json!({ "ipAddress": "10.0.0.1", "deleteAfterDate": "2020-01-01T00:00:00Z" }),
        ),
        (
            "far",
            json!({ "ipAddress": "10.0.0.1", "deleteAfterDate": in_seconds(8 * 24 * 3600) }),
        ),
        (
            "no date",
            json!({ "ipAddress": "10.0.0.1", "deleteAfterDate": "tomorrow" }),
        ),
        ("no object", json!("10.0.0.1")),
    ] {
        let answer = client.post(LIST, json!([{ "ipAddress": "10.9.9.9" }, entry])).await;
        assert_eq!(answer.status, 400, "{case}: {answer:?}");
    }
    assert_eq!(
        client.post(LIST, json!({ "ipAddress": "10.0.0.1" })).await.status,
        400,
        "no array"
    );
    assert!(emulator.project(G).snapshot().access_list.is_empty());
}

#[tokio::test]
async fn security_groups_need_peering_and_do_not_expire() {
    let emulator = start();
    emulator.project(G).set_vpc_peering(true);
    let client = Client::new(&emulator);
    let page = client
        .post(LIST, json!([{ "awsSecurityGroup": "sg-0a1b" }]))
        .await
        .json();
    assert_eq!(page["results"][0]["awsSecurityGroup"], "sg-0a1b");
    assert_eq!(page["results"][0].get("cidrBlock"), None);
    assert_eq!(client.get(&format!("{LIST}/sg-0a1b")).await.status, 200);
    let expiring = json!([{ "awsSecurityGroup": "sg-0a1b", "deleteAfterDate": in_seconds(60) }]);
    assert_eq!(client.post(LIST, expiring).await.status, 400);
}

#[tokio::test]
async fn an_entry_shows_when_it_ends_and_then_is_gone() {
    let emulator = start();
    let client = Client::new(&emulator);
    let end = in_seconds(3);
    let page = client
        .post(LIST, json!([{ "ipAddress": "10.0.0.1", "deleteAfterDate": end }]))
        .await
        .json();
    assert_eq!(page["results"][0]["deleteAfterDate"], end.as_str());
    let mut tries = 0;
    while client.get(&format!("{LIST}/10.0.0.1")).await.status != 404 {
        tries += 1;
        assert!(tries < 400, "never gone");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(client.get(LIST).await.json()["totalCount"], 0);
}

#[tokio::test]
async fn an_entry_is_not_seen_at_once_if_reads_are_stale() {
    let emulator = start_with(|profile| profile.stale_reads_after_create = 2);
    let client = Client::new(&emulator);
    let posted = client.post(LIST, json!([{ "ipAddress": "10.0.0.1" }])).await.json();
    assert_eq!(posted["totalCount"], 1, "the answer to the post is not a read");
    assert_eq!(client.get(&format!("{LIST}/10.0.0.1")).await.status, 404);
    assert_eq!(client.get(LIST).await.json()["totalCount"], 0);
    assert_eq!(client.get(&format!("{LIST}/10.0.0.1")).await.status, 200);
}

#[tokio::test]
async fn overlapping_posts_fail_if_the_profile_says_so() {
    let emulator = start_with(|profile| profile.refuse_overlapping_access_list_posts = true);
    let held = emulator.gate(atlas_emulator::Gate {
        method: "POST".into(),
        ..Default::default()
    });
    let (client, other) = (Client::new(&emulator), Client::new(&emulator));
    let first = tokio::spawn(async move { client.post(LIST, json!([{ "ipAddress": "10.0.0.1" }])).await.status });
    held.reached().await;
    let second = other.post(LIST, json!([{ "ipAddress": "10.0.0.2" }])).await;
    assert_eq!((second.status, second.error_code().as_str()), (500, "UNEXPECTED_ERROR"));
    held.open();
    assert_eq!(first.await.unwrap(), 201);
    assert_eq!(other.post(LIST, json!([{ "ipAddress": "10.0.0.2" }])).await.status, 201);
}

#[tokio::test]
async fn entries_change_behind_a_clients_back() {
    let emulator = start();
    let project = emulator.project(G);
    project
        .add_access_list_entry(&json!({ "ipAddress": "10.0.0.1", "comment": "by hand" }))
        .unwrap();
    project
        .add_access_list_entry(&json!({ "ipAddress": "10.0.0.300" }))
        .unwrap_err();
    let client = Client::new(&emulator);
    assert_eq!(client.member(&format!("{LIST}/10.0.0.1"), "comment").await, "by hand");
    assert!(project.remove_access_list_entry("10.0.0.1") && !project.remove_access_list_entry("10.0.0.1"));
    assert_eq!(client.get(&format!("{LIST}/10.0.0.1")).await.status, 404);
    emulator.fault(Fault {
        path: "/groups/*/accessList/*".into(),
        times: Some(1),
        kind: FaultKind::Unavailable {
            retry_after_seconds: None,
        },
        ..Fault::default()
    });
    assert_eq!(client.get(&format!("{LIST}/10.0.0.1%2F32")).await.status, 503);
}
