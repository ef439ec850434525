//! `GET /files/{id}` with links to S3.

use std::time::Instant;

use file_catalog::{Status, Visibility};
use mongodb::bson::DateTime;
use serde_json::Value;

use crate::world::{ID, REQUEST_ID, World, by_administrator, get_event, record, send};

/// Follows a link, as a browser does.
async fn download(url: &str) -> (u16, reqwest::header::HeaderMap, String) {
    let answer = reqwest::Client::new().get(url).send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, headers, answer.text().await.unwrap())
}

fn expires_at(body: &Value) -> i64 {
    let text = body["expires_at"].as_str().unwrap();
    DateTime::parse_rfc3339_str(text).unwrap().timestamp_millis() / 1000
}

fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).unwrap().1.to_owned()
}

#[tokio::test]
async fn the_link_gives_the_bytes_with_the_name_and_the_type_of_the_record() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("Übung \"1\"\r\nSet-Cookie: a=b.pdf", "hello").await;
    let sent = send(&world.function(), &get_event(ID)).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    assert_eq!(sent.headers["cache-control"], "no-store");
    let (status, headers, body) = download(sent.text("url")).await;
    assert_eq!((status, body.as_str()), (200, "hello"));
    assert_eq!(headers["content-type"], "application/pdf");
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"_bung _1___Set-Cookie: a=b.pdf\"; filename*=UTF-8''%C3%9Cbung%20%221%22__Set-Cookie%3A%20a%3Db.pdf"
    );
    assert_eq!(headers.get("set-cookie"), None);
    // Who uses this browser next has not asked for the file.
    assert_eq!(
        parameter(sent.text("url"), "response-cache-control"),
        "private%2C%20no-store"
    );
    assert_eq!(headers["cache-control"], "private, no-store");
    // An interrupted download resumes where it ended.
    let rest = reqwest::Client::new().get(sent.text("url")).header("range", "bytes=2-");
    let rest = rest.send().await.unwrap();
    assert_eq!(
        (
            rest.status().as_u16(),
            rest.headers()["content-range"].to_str().unwrap()
        ),
        (206, "bytes 2-4/5")
    );
    assert_eq!(rest.text().await.unwrap(), "llo");
}

#[tokio::test]
async fn the_link_gives_the_version_that_was_verified_and_no_later_one() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("notes.pdf", "verified").await;
    world.put("put over it").await;
    let sent = send(&world.function(), &get_event(ID)).await;
    let (status, _, body) = download(sent.text("url")).await;
    assert_eq!((status, body.as_str()), (200, "verified"));
}

#[tokio::test]
async fn a_link_that_is_altered_gives_nothing() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("notes.pdf", "verified").await;
    let other = world.put("another version").await;
    let sent = send(&world.function(), &get_event(ID)).await;
    let url = sent.text("url");
    let seconds = parameter(url, "X-Amz-Expires");
    for altered in [
        url.replace(&parameter(url, "versionId"), &other),
        url.replace("notes.pdf", "notes.exe"),
        url.replace("application%2Fpdf", "text%2Fhtml"),
        url.replace("private%2C%20no-store", "public"),
        url.replace(&format!("X-Amz-Expires={seconds}"), "X-Amz-Expires=86400"),
        url.replace(ID, &"f".repeat(32)),
    ] {
        assert_ne!(altered, url);
        assert_eq!(download(&altered).await.0, 403, "{altered}");
    }
}

#[tokio::test]
async fn a_link_expires() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("notes.pdf", "hello").await;
    let function = world.function();
    // Begun here so that its end is not near.
    assert_eq!(download(send(&function, &get_event(ID)).await.text("url")).await.0, 200);
    world.at(-301);
    let sent = send(&function, &get_event(ID)).await;
    let (status, _, body) = download(sent.text("url")).await;
    assert_eq!(status, 403, "{body}");
    assert!(body.contains("expired"), "{body}");
}

#[tokio::test]
async fn expires_at_is_when_the_url_expires() {
    let mut world = World::start().await;
    world.set("LECTERN_LINK_SECONDS", "60");
    world.member_of(&["algebra"]).await;
    world.upload("notes.pdf", "hello").await;
    let sent = send(&world.function(), &get_event(ID)).await;
    let url = sent.text("url");
    assert_eq!(parameter(url, "X-Amz-Expires"), "60");
    let date = parameter(url, "X-Amz-Date");
    let part = |from: usize, to: usize| date[from..to].to_owned();
    let start = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(9, 11),
        part(11, 13),
        part(13, 15)
    );
    let start = DateTime::parse_rfc3339_str(start).unwrap().timestamp_millis() / 1000;
    assert_eq!(expires_at(&sent.body), start + 60);
}

#[tokio::test]
async fn a_session_makes_links_until_too_little_of_it_is_left_and_no_link_outlives_it() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("notes.pdf", "hello").await;
    let function = world.function();
    let sessions = |expected: usize| assert_eq!(world.front.calls_of("AssumeRole"), expected);
    // The session that this begins ends in an hour, by the true time.
    let first = send(&function, &get_event(ID)).await;
    sessions(1);
    let end = expires_at(&first.body) - 300 + 3600;
    let token = parameter(first.text("url"), "X-Amz-Security-Token");
    world.at(3200);
    let later = send(&function, &get_event(ID)).await;
    sessions(1);
    assert_eq!(parameter(later.text("url"), "X-Amz-Security-Token"), token);
    // Less than a link's lifetime is left of the old one and, since it is the clock that moved, of the new one, too.
    world.at(3400);
    let asked = Instant::now();
    let last = send(&function, &get_event(ID)).await;
    let took = i64::try_from(asked.elapsed().as_secs()).unwrap() + 1;
    sessions(2);
    assert_ne!(parameter(last.text("url"), "X-Amz-Security-Token"), token);
    let beyond = expires_at(&last.body) - end;
    assert!(
        (0..60).contains(&beyond),
        "the link ends {beyond} s after the first session and with the second"
    );
    let seconds: i64 = parameter(last.text("url"), "X-Amz-Expires").parse().unwrap();
    // Of the second session 200 are left where it begins, and it begins no later than the request ends.
    assert!((1..=200 + took).contains(&seconds), "{seconds} s, after {took} s");
}

#[tokio::test]
async fn what_a_caller_may_not_see_is_not_there() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    let hidden = [
        (2, "physics", Visibility::Course, Status::Available),
        (3, "algebra", Visibility::Administrators, Status::Available),
        (4, "algebra", Visibility::Course, Status::Pending),
        (5, "algebra", Visibility::Everyone, Status::Deleting),
    ];
    for (number, course, visibility, status) in hidden {
        let mut record = record(&format!("{number:032x}"), course, visibility, 7);
        record.status = status;
        world.insert(&record).await;
    }
    world.insert(&record(ID, "algebra", Visibility::Course, 7)).await;
    let function = world.function();
    let mut answers = Vec::new();
    // Number 1 does not exist.
    for number in 1..=5 {
        answers.push(send(&function, &get_event(&format!("{number:032x}"))).await);
    }
    answers.push(send(&function, &get_event("../../etc/passwd")).await);
    let mut other_user = get_event(ID);
    other_user["requestContext"]["authorizer"]["claims"]["sub"] = "somebody-else".into();
    answers.push(send(&function, &other_user).await);
    for answer in &answers {
        answer.is_problem(404, "not-found", "hidden");
        assert_eq!(answer.text("request_id"), REQUEST_ID);
        assert_eq!(answer, &answers[0], "one can be told from the other");
    }
    assert_eq!(world.front.calls_of("AssumeRole"), 0, "nothing was signed for them");
    // An administrator sees what is available, and that alone.
    for (number, status) in [(1, 404), (2, 200), (3, 200), (4, 404), (5, 404)] {
        let event = by_administrator(get_event(&format!("{number:032x}")));
        assert_eq!(send(&function, &event).await.status, status, "{number}");
    }
    assert_eq!(send(&function, &get_event(ID)).await.status, 200);
}

#[tokio::test]
async fn a_file_without_a_verified_version_is_not_served() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    let mut record = record(ID, "algebra", Visibility::Course, 7);
    record.version_id = None;
    world.insert(&record).await;
    let sent = send(&world.function(), &get_event(ID)).await;
    sent.is_problem(500, "internal", "no version");
}

#[tokio::test]
async fn no_credentials_show_in_debug_output() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("notes.pdf", "hello").await;
    let function = world.function();
    let sent = send(&function, &get_event(ID)).await;
    let token = parameter(sent.text("url"), "X-Amz-Security-Token")
        .replace("%2F", "/")
        .replace("%2B", "+")
        .replace("%3D", "=");
    let shown = format!("{function:?}");
    assert!(shown.contains("Session") && !shown.contains(&token), "{shown}");
}
