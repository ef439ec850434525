//! `GET /files`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use download_api::DownloadApi;
use file_catalog::{Status, Visibility};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::world::{World, by_administrator, list_event, record, send};

fn ids(page: &Value) -> Vec<String> {
    let files = page["files"].as_array().unwrap_or_else(|| panic!("{page}"));
    files
        .iter()
        .map(|file| file["id"].as_str().unwrap().to_owned())
        .collect()
}

/// 32 digits that end with the number.
fn id(number: u64) -> String {
    format!("{number:032x}")
}

#[tokio::test]
async fn a_user_sees_what_is_for_everyone_and_for_the_courses_and_nothing_else() {
    let world = World::start().await;
    world.member_of(&["algebra", "music"]).await;
    let files = [
        (1, "algebra", Visibility::Course, Status::Available),
        (2, "algebra", Visibility::Administrators, Status::Available),
        (3, "physics", Visibility::Course, Status::Available),
        (4, "physics", Visibility::Everyone, Status::Available),
        (5, "music", Visibility::Course, Status::Available),
        (6, "music", Visibility::Everyone, Status::Pending),
        (7, "algebra", Visibility::Course, Status::Deleting),
    ];
    for (number, course, visibility, status) in files {
        let mut record = record(&id(number), course, visibility, i64::try_from(number).unwrap());
        record.status = status;
        world.insert(&record).await;
    }
    let function = world.function();
    let page = async |event| ids(&send(&function, &event).await.body);
    assert_eq!(page(list_event(&[])).await, [5, 4, 1].map(id));
    assert_eq!(page(list_event(&[("course", "algebra")])).await, [1].map(id));
    assert_eq!(page(list_event(&[("course", "physics")])).await, [4].map(id));
    assert_eq!(page(list_event(&[("course", "nothing")])).await, [] as [String; 0]);
    assert_eq!(page(by_administrator(list_event(&[]))).await, [5, 4, 3, 2, 1].map(id));
    // Another user, whom the enrolment does not know.
    let mut event = list_event(&[]);
    event["requestContext"]["authorizer"]["claims"]["sub"] = "somebody-else".into();
    assert_eq!(page(event).await, [4].map(id));
    // A group whose name only looks like the administrators'.
    let mut event = list_event(&[]);
    event["requestContext"]["authorizer"]["claims"]["cognito:groups"] = "x, admin".into();
    assert_eq!(page(event).await, [5, 4, 1].map(id));
}

#[tokio::test]
async fn a_page_has_fifty_files_unless_asked_otherwise_and_the_last_one_no_cursor() {
    let world = World::start().await;
    for number in 0..102 {
        world
            .insert(&record(&id(number), "algebra", Visibility::Everyone, 7))
            .await;
    }
    let function = world.function();
    let whole: Vec<_> = (0..102).rev().map(id).collect();
    let first = send(&function, &list_event(&[])).await;
    assert_eq!(ids(&first.body), whole[..50]);
    let next = first.text("next_cursor");
    let second = send(&function, &list_event(&[("cursor", next), ("limit", "100")])).await;
    assert_eq!(ids(&second.body), whole[50..]);
    assert_eq!(second.body.get("next_cursor"), None);
    // As many as there are: nothing comes after them.
    let all = send(&function, &list_event(&[("cursor", next), ("limit", "52")])).await;
    assert_eq!(all.body, second.body);
}

#[tokio::test]
async fn a_file_is_shown_as_the_contract_says_and_without_what_is_ours() {
    let world = World::start().await;
    world
        .insert(&record(&id(1), "algebra", Visibility::Everyone, 1_795_600_000_123))
        .await;
    let sent = send(&world.function(), &list_event(&[])).await;
    let expected = serde_json::json!({ "files": [{
        "id": id(1), "name": "notes.pdf", "size": 5, "content_type": "application/pdf", "course": "algebra",
        "visibility": "everyone", "status": "available", "created_at": "2026-11-25T09:46:40.123Z",
    }] });
    assert_eq!(sent.body, expected);
}

/// What happens between one page and the next.
#[derive(Debug, Clone)]
enum Step {
    Add(u64, i64),
    Page,
}

fn step() -> impl Strategy<Value = Step> {
    // Few times, so that many files have the same one; ids in no order.
    let add = (any::<u64>(), 0_i64..4).prop_map(|(number, time)| Step::Add(number, time));
    prop_oneof![2 => add, 1 => Just(Step::Page)]
}

/// A walk over all pages of one course, with other files added between them.
#[derive(Debug, Clone)]
struct Walk {
    first: BTreeMap<u64, i64>,
    steps: Vec<Step>,
    limit: u8,
}

fn walk() -> impl Strategy<Value = Walk> {
    let first = proptest::collection::btree_map(any::<u64>(), 0_i64..4, 0..16);
    let steps = proptest::collection::vec(step(), 0..16);
    (first, steps, 1_u8..5).prop_map(|(first, steps, limit)| Walk { first, steps, limit })
}

/// Ids of the files before the walk, of all files after it, and of those that were shown.
async fn walked(world: &World, function: &DownloadApi, walk: &Walk) -> [Vec<String>; 3] {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let (course, limit) = (format!("c{number}"), walk.limit.to_string());
    // An id has one owner in the whole database.
    let own = |file: u64| format!("{number:016x}{file:016x}");
    let add = async |file: u64, time: i64| {
        let record = record(&own(file), &course, Visibility::Everyone, time);
        world.insert(&record).await;
    };
    let mut known: BTreeSet<u64> = walk.first.keys().copied().collect();
    for (file, time) in &walk.first {
        add(*file, *time).await;
    }
    let mut shown = Vec::new();
    let mut cursor: Option<String> = None;
    let mut steps = walk.steps.iter();
    loop {
        // When no steps are left, the remaining pages are read.
        match steps.next().unwrap_or(&Step::Page) {
            Step::Add(file, time) => {
                if known.insert(*file) {
                    add(*file, *time).await;
                }
            }
            Step::Page => {
                let mut query = vec![("course", course.as_str()), ("limit", limit.as_str())];
                query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
                let page = send(function, &list_event(&query)).await;
                shown.extend(ids(&page.body));
                cursor = page.body["next_cursor"].as_str().map(str::to_owned);
                // More than there are: pages that repeat themselves need not end.
                if cursor.is_none() || shown.len() > known.len() {
                    break;
                }
            }
        }
    }
    let before = walk.first.keys().copied().map(own).collect();
    [before, known.into_iter().map(own).collect(), shown]
}

/// A file that was there when the walk began comes once, whatever is added meanwhile; one that was added comes at most once.
#[test]
fn no_file_is_lost_or_repeated_while_others_are_added() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::start());
    let function = world.function();
    let held = TestRunner::new(Config::with_cases(24)).run(&walk(), |walk| {
        let [before, known, shown] = runtime.block_on(walked(&world, &function, &walk));
        let once: BTreeSet<_> = shown.iter().collect();
        prop_assert_eq!(once.len(), shown.len(), "repeated");
        prop_assert!(before.iter().all(|id| once.contains(id)), "lost");
        prop_assert!(shown.iter().all(|id| known.contains(id)), "made up");
        Ok(())
    });
    held.unwrap();
}
