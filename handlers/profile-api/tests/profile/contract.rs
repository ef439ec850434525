//! What others rely on: the environment's names, the README, the events.

use std::path::Path;

use aws_config::{BehaviorVersion, SdkConfig};
use lambda_kit::Environment;
use profile_api::ProfileApi;

use crate::world::{World, send};

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn aws() -> SdkConfig {
    SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build()
}

#[test]
fn an_environment_with_nothing_in_it_is_told_everything_that_it_lacks() {
    let failure = ProfileApi::new(aws(), Environment::new(|_| None)).unwrap_err();
    assert_eq!(failure.name, "Misconfigured");
    for name in [
        "LECTERN_MONGO_SECRET_ARN",
        "LECTERN_MONGO_DATABASE",
        "LECTERN_PROFILE_KMS_KEY_ARN",
    ] {
        assert!(failure.message.contains(name), "{name}: {}", failure.message);
    }
}

#[test]
fn the_readme_has_every_variable_that_is_read() {
    let readme = file("README.md");
    let names = std::cell::RefCell::new(Vec::new());
    let environment = Environment::new(|name| {
        names.borrow_mut().push(name.to_owned());
        None
    });
    assert!(ProfileApi::new(aws(), environment).is_err());
    let names = names.into_inner();
    assert!(names.len() >= 6, "{names:?}");
    for name in names {
        assert!(readme.contains(&format!("| `{name}` |")), "README.md lacks {name}");
    }
}

#[tokio::test]
async fn the_events_of_the_examples_are_served() {
    let world = World::start().await;
    let function = world.function();
    for (name, status) in [
        ("events/patch_profile.json", 200),
        ("events/get_profile.json", 200),
        ("events/export_profile.json", 200),
        ("events/delete_profile.json", 204),
    ] {
        let sent = send(&function, &serde_json::from_str(&file(name)).unwrap()).await;
        assert_eq!(sent.status, status, "{name}: {}", sent.body);
    }
    let lines = world.metrics.lock().unwrap().join("\n");
    for operation in ["patchProfile", "getProfile", "exportProfile", "deleteProfile"] {
        assert!(lines.contains(operation), "{operation}: {lines}");
    }
}
