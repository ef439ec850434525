//! The project's IP access list: pages, forms of an entry, one write at a time.

use crate::support::{PROJECT, Reply, Server, client, json, project, refusal};
use atlas_client::{AccessListEntry, AccessListValue, AtlasApi};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn entry(value: &str, comment: Option<&str>) -> AccessListEntry {
    let value = AccessListValue::parse(value).unwrap();
    AccessListEntry {
        value,
        comment: comment.map(str::to_owned),
        delete_after_date: None,
    }
}

fn listed(values: &[&str]) -> String {
    let entries: Vec<String> = values
        .iter()
        .map(|value| format!(r#"{{"cidrBlock":"{value}"}}"#))
        .collect();
    format!("[{}]", entries.join(","))
}

fn values(entries: &[AccessListEntry]) -> Vec<String> {
    entries.iter().map(|entry| entry.value.to_string()).collect()
}

#[tokio::test]
async fn three_pages_are_one_list_and_an_entry_that_moves_counts_once() {
    let next = r#""links":[{"rel":"self","href":"https://elsewhere.example/1"},{"rel":"next","href":"https://elsewhere.example/2"}]"#;
    let last = r#""links":[{"rel":"self","href":"x"},{"rel":"previous","href":"x"}]"#;
    let server = Server::scripted([
        json(
            200,
            &format!(r#"{{"results":{},{next}}}"#, listed(&["10.0.0.0/16", "10.1.0.0/16"])),
        ),
        json(
            200,
            &format!(
                r#"{{"results":{},{next},"totalCount":5}}"#,
                listed(&["10.1.0.0/16", "10.2.0.0/16"])
            ),
        ),
        json(
            200,
            &format!(r#"{{"results":{},{last},"totalCount":5}}"#, listed(&["10.3.0.0/16"])),
        ),
    ])
    .await;
    let entries = client(&server).list_access_list(&project()).await.unwrap();
    assert_eq!(
        values(&entries),
        ["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"]
    );
    let path = format!("GET /api/atlas/v2/groups/{PROJECT}/accessList");
    let page = |n| format!("{path}?pageNum={n}&itemsPerPage=500");
    assert_eq!(server.lines(), [page(1), page(2), page(3)]);
}

#[tokio::test]
async fn the_last_page_is_found_with_whatever_the_answer_tells() {
    let full: Vec<String> = (0..500).map(|n| format!("10.{}.{}.0/24", n / 250, n % 250)).collect();
    let full = listed(&full.iter().map(String::as_str).collect::<Vec<_>>());
    let one = listed(&["192.0.2.0/24"]);
    let page = |results: &str, rest: &str| json(200, &format!(r#"{{"results":{results}{rest}}}"#));
    for (case, replies, entries) in [
        ("a part of a page, no total, no links", vec![page(&one, "")], 1),
        (
            "a full page and an empty one",
            vec![page(&full, ""), page("[]", "")],
            500,
        ),
        ("a full page and a rest", vec![page(&full, ""), page(&one, "")], 501),
        (
            "a total alone",
            vec![page(&full, r#","totalCount":501"#), page(&one, r#","totalCount":501"#)],
            501,
        ),
        (
            "a full page that is all",
            vec![page(&full, r#","totalCount":500,"links":[]"#)],
            500,
        ),
        (
            "a total too high",
            vec![page(&one, r#","totalCount":9"#), page("[]", r#","totalCount":9"#)],
            1,
        ),
        ("an empty list", vec![page("[]", r#","totalCount":0"#)], 0),
    ] {
        let pages = replies.len();
        let server = Server::scripted(replies).await;
        let list = client(&server).list_access_list(&project()).await;
        assert_eq!(
            (list.map(|list| list.len()).ok(), server.seen().len()),
            (Some(entries), pages),
            "{case}"
        );
    }
}

#[tokio::test]
async fn every_form_of_an_entry_is_read() {
    let body = r#"{"results":[
        {"ipAddress":"203.0.113.7","cidrBlock":"203.0.113.7/32","comment":"office","groupId":"x","links":[]},
        {"cidrBlock":"10.1.0.0/16","deleteAfterDate":"2026-12-01T00:00:00Z","comment":null},
        {"awsSecurityGroup":"sg-0a1b2c3d","comment":""},
        {"cidrBlock":"10.1.2.3/24"}]}"#;
    let of_tomorrow = r#"{"results":[{"awsPrefixList":"pl-1","comment":"new"},{"ipAddress":"203.0.113.7"}]}"#;
    let server = Server::scripted([json(200, body), json(200, of_tomorrow)]).await;
    let client = client(&server);
    let entries = client.list_access_list(&project()).await.unwrap();
    assert_eq!(
        values(&entries),
        ["203.0.113.7", "10.1.0.0/16", "sg-0a1b2c3d", "10.1.2.3/24"]
    );
    assert_eq!(entries[0].comment.as_deref(), Some("office"));
    assert_eq!(entries[1].delete_after_date.as_deref(), Some("2026-12-01T00:00:00Z"));
    assert_eq!(entries[1].comment, None);
    let entries = client.list_access_list(&project()).await.unwrap();
    assert_eq!(values(&entries), ["203.0.113.7"], "an unknown kind hides no other");
}

#[tokio::test]
async fn entries_are_written_under_the_field_of_their_kind() {
    let server = Server::scripted([json(201, "not read")]).await;
    let mut temporary = entry("203.0.113.7/32", None);
    temporary.delete_after_date = Some("2026-12-01T00:00:00Z".into());
    let entries = [entry("10.1.0.0/16", Some("vpc")), temporary, entry("sg-0a1b2c3d", None)];
    let client = client(&server);
    client.put_access_list_entries(&project(), &[]).await.unwrap();
    client.put_access_list_entries(&project(), &entries).await.unwrap();
    assert_eq!(
        server.lines(),
        [format!("POST /api/atlas/v2/groups/{PROJECT}/accessList")]
    );
    let body = r#"[{"cidrBlock":"10.1.0.0/16","comment":"vpc"},{"ipAddress":"203.0.113.7","deleteAfterDate":"2026-12-01T00:00:00Z"},{"awsSecurityGroup":"sg-0a1b2c3d"}]"#;
    assert_eq!(server.seen()[0].body, body);
}

#[tokio::test]
async fn an_entry_is_removed_by_its_escaped_value_and_may_be_gone() {
    let server = Server::scripted([
        json(204, ""),
        json(204, ""),
        json(204, ""),
        refusal(404, "ATLAS_NETWORK_PERMISSION_ENTRY_NOT_FOUND", "-"),
    ])
    .await;
    let client = client(&server);
    for value in ["10.1.0.0/16", "203.0.113.7", "2001:db8::/32", "sg-0a1b2c3d"] {
        client
            .remove_access_list_entry(&project(), &AccessListValue::parse(value).unwrap())
            .await
            .unwrap();
    }
    let line = |value| format!("DELETE /api/atlas/v2/groups/{PROJECT}/accessList/{value}");
    let lines = [
        line("10.1.0.0%2F16"),
        line("203.0.113.7"),
        line("2001:db8::%2F32"),
        line("sg-0a1b2c3d"),
    ];
    assert_eq!(server.lines(), lines);
}

#[tokio::test]
async fn writes_to_one_project_wait_for_each_other_and_a_dropped_one_makes_room() {
    let under_way = Arc::new(AtomicUsize::new(0));
    let counter = under_way.clone();
    let server = Server::new(move |_, n| {
        counter.fetch_add(1, Ordering::SeqCst);
        if n == 0 { Reply::Silence } else { json(201, "{}") }
    })
    .await;
    let client = Arc::new(client(&server));
    let put = |client: Arc<atlas_client::HttpAtlas>| async move {
        client
            .put_access_list_entries(&project(), &[entry("10.1.0.0/16", None)])
            .await
    };
    let first = tokio::spawn(put(client.clone()));
    while under_way.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let second = tokio::spawn(put(client.clone()));
    // Another project does not wait, and by the time it is answered a second write without a lock would have arrived,
    // too.
    let other = atlas_client::ProjectId::parse("000000000000000000000000").unwrap();
    client
        .put_access_list_entries(&other, &[entry("10.1.0.0/16", None)])
        .await
        .unwrap();
    assert!(!second.is_finished());
    assert_eq!(under_way.load(Ordering::SeqCst), 2, "{:?}", server.lines());
    first.abort();
    second.await.unwrap().unwrap();
    assert_eq!(server.seen().len(), 3);
}
