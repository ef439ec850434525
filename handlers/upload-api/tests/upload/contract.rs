//! What others rely on: the environment's names, the README, the events.

use std::cell::RefCell;
use std::path::Path;
use std::process::Command;

use aws_config::{BehaviorVersion, SdkConfig};
use lambda_kit::Environment;
use serde_json::Value;
use upload_api::UploadApi;

use crate::client::Form;
use crate::world::{World, complete_event, delete_event, send};

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn an_empty_environment_is_told_everything_that_it_lacks_and_the_readme_has_every_variable() {
    let names = RefCell::new(Vec::new());
    let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
    let environment = Environment::new(|name| {
        names.borrow_mut().push(name.to_owned());
        None
    });
    let failure = UploadApi::new(aws, environment).unwrap_err();
    assert_eq!(failure.name, "Misconfigured");
    for name in [
        "LECTERN_MONGO_SECRET_ARN",
        "LECTERN_MONGO_DATABASE",
        "LECTERN_FILES_BUCKET",
        "LECTERN_FILES_ROLE_ARN",
        "LECTERN_FILES_KMS_KEY_ARN",
    ] {
        assert!(failure.message.contains(name), "{name}: {}", failure.message);
    }
    let readme = file("README.md");
    let names = names.into_inner();
    assert!(names.len() >= 11, "{names:?}");
    for name in names {
        assert!(readme.contains(&format!("| `{name}` |")), "README.md lacks {name}");
    }
}

#[test]
fn started_by_hand_it_says_what_it_is() {
    let start = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_upload-api"));
        command
            .args(arguments)
            .env_remove("AWS_LAMBDA_RUNTIME_API")
            .output()
            .unwrap()
    };
    let (asked, unasked) = (start(&["--help"]), start(&[]));
    assert_eq!((asked.status.code(), unasked.status.code()), (Some(0), Some(2)));
    assert_eq!(asked.stdout, unasked.stderr);
    assert!(
        String::from_utf8(asked.stdout)
            .unwrap()
            .contains("handlers/upload-api/README.md")
    );
}

#[tokio::test]
async fn the_events_of_the_examples_are_served() {
    let world = World::start().await;
    let function = world.function();
    let event: Value = serde_json::from_str(&file("events/create_file.json")).unwrap();
    let created = send(&function, &event).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(Form::of(&created.body).send(b"hello").await.status, 204);
    assert_eq!(send(&function, &complete_event(&created.id())).await.status, 200);
    assert_eq!(send(&function, &delete_event(&created.id())).await.status, 204);
    // As they are they name a file that is not there.
    for name in ["events/complete_file.json", "events/delete_file.json"] {
        let sent = send(&function, &serde_json::from_str(&file(name)).unwrap()).await;
        sent.is_problem(404, "not-found", name);
    }
    let lines = world.metrics.lock().unwrap().join("\n");
    for operation in ["createFile", "completeFile", "deleteFile"] {
        assert!(lines.contains(operation), "{lines}");
    }
    // Metrics say nothing of who and what.
    assert!(!lines.contains("notes") && !lines.contains(&created.id()), "{lines}");
}
