//! What others rely on: the environment's names, the README, the events.

use std::path::Path;

use aws_config::{BehaviorVersion, SdkConfig};
use download_api::DownloadApi;
use lambda_kit::Environment;

use crate::world::{ID, World, get_event, list_event, send};

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn an_environment_with_nothing_in_it_is_told_everything_that_it_lacks() {
    let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
    let failure = DownloadApi::new(aws, Environment::new(|_| None)).unwrap_err();
    assert_eq!(failure.name, "Misconfigured");
    for name in [
        "LECTERN_MONGO_SECRET_ARN",
        "LECTERN_MONGO_DATABASE",
        "LECTERN_FILES_BUCKET",
        "LECTERN_FILES_ROLE_ARN",
    ] {
        assert!(failure.message.contains(name), "{name}: {}", failure.message);
    }
}

#[test]
fn the_readme_has_every_variable_that_is_read() {
    let readme = file("README.md");
    let names = std::cell::RefCell::new(Vec::new());
    let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
    let environment = Environment::new(|name| {
        names.borrow_mut().push(name.to_owned());
        None
    });
    assert!(DownloadApi::new(aws, environment).is_err());
    let names = names.into_inner();
    assert!(names.len() >= 9, "{names:?}");
    for name in names {
        assert!(readme.contains(&format!("| `{name}` |")), "README.md lacks {name}");
    }
}

#[tokio::test]
async fn the_events_of_the_examples_are_served() {
    let world = World::start().await;
    world.member_of(&["algebra"]).await;
    world.upload("notes.pdf", "hello").await;
    let function = world.function();
    for name in ["events/list_files.json", "events/get_file.json"] {
        let sent = send(&function, &serde_json::from_str(&file(name)).unwrap()).await;
        assert_eq!(sent.status, 200, "{name}: {}", sent.body);
    }
    let lines = world.metrics.lock().unwrap().join("\n");
    assert!(lines.contains("listFiles") && lines.contains("getFile"), "{lines}");
    // Metrics say nothing of who and what.
    assert!(!lines.contains("notes") && !lines.contains(ID), "{lines}");
    assert_eq!(list_event(&[])["resource"], "/files");
    assert_eq!(get_event(ID)["resource"], "/files/{id}");
}
