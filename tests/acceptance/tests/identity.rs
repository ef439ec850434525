//! Resource identity under a Terraform and an OpenTofu that know it, and a state that goes between these and those that do not.

use acceptance::terraform::{Engine, REQUIRED_PROVIDERS, Workdir};
use cloudwatch_emulator::{Emulator, Options};
use serde_json::{Value, json};

const BUNDLE: &str = r#"
provider "lectern" {
  alarm_writes_per_second = 0
}

resource "lectern_alarm_bundle" "edu" {
  name       = "edu"
  severities = { warning = {}, critical = { alarm_actions = ["arn:aws:sns:us-east-1:111122223333:page"] } }
  lambda     = { upload = { function_name = "edu-upload", timeout_seconds = 30 } }
}
"#;

const IMPORT: &str = r#"
import {
  to = lectern_alarm_bundle.edu
  identity = {
    region = "us-east-1"
    name   = "edu"
  }
}
"#;

fn workdir(engine: Engine, emulator: &Emulator) -> Workdir {
    let endpoint = emulator.endpoint_url();
    let environment = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", "111122223333"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
    ];
    let workdir = Workdir::new(engine, &environment).unwrap();
    workdir.write("versions.tf", REQUIRED_PROVIDERS).unwrap();
    workdir.write("main.tf", BUNDLE).unwrap();
    workdir.init().unwrap();
    workdir
}

/// The identity of the only object in the state.
fn stored_identity(workdir: &Workdir) -> Value {
    let state = std::fs::read(workdir.path().join("terraform.tfstate")).unwrap();
    let state: Value = serde_json::from_slice(&state).unwrap();
    state["resources"][0]["instances"][0]["identity"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_imported_by_its_identity_under_terraform() {
    imported_by_identity(Engine::NewerTerraform).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_imported_by_its_identity_under_opentofu() {
    imported_by_identity(Engine::NewerOpenTofu).await;
}

async fn imported_by_identity(engine: Engine) {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let workdir = workdir(engine, &emulator);
    workdir.apply().unwrap().ok().unwrap();
    let identity = json!({ "region": "us-east-1", "name": "edu" });
    assert_eq!(stored_identity(&workdir), identity);

    let forgotten = workdir.run(&["state", "rm", "lectern_alarm_bundle.edu"]);
    forgotten.unwrap().ok().unwrap();
    workdir.write("import.tf", IMPORT).unwrap();
    let plan = workdir.plan().unwrap();
    assert!(plan.text.contains("Plan: 1 to import, 0 to add"), "{}", plan.text);
    assert!(plan.text.contains("0 to destroy"), "{}", plan.text);
    emulator.clear_calls();
    workdir.apply().unwrap().ok().unwrap();
    let calls = emulator.calls().into_iter().map(|call| call.operation);
    let writes: Vec<_> = calls.filter(|name| name.starts_with("Put")).collect();
    assert!(writes.is_empty(), "{writes:?}");
    assert_eq!(stored_identity(&workdir), identity);
    let second = workdir.plan().unwrap();
    assert_eq!(second.code, 0, "the second plan is empty: {}", second.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_names_nothing_is_an_error_that_says_so() {
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let workdir = workdir(Engine::NewerTerraform, &emulator);
    for (case, name, expected) in [
        ("absent", "edu", "The bundle does not exist."),
        ("malformed", "edu/more", "Import identity is malformed."),
    ] {
        let import = IMPORT.replace("\"edu\"", &format!("{name:?}"));
        workdir.write("import.tf", &import).unwrap();
        let plan = workdir.plan().unwrap();
        assert_eq!(plan.code, 1, "{case}: {}", plan.text);
        assert!(plan.flat().contains(expected), "{case}: {}", plan.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_goes_from_an_engine_without_identities_to_one_with_them_and_back() {
    for [old, new] in [
        [Engine::Terraform, Engine::NewerTerraform],
        [Engine::OpenTofu, Engine::NewerOpenTofu],
    ] {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        let mut workdir = workdir(old, &emulator);
        workdir.apply().unwrap().ok().unwrap();

        workdir.switch(new).unwrap();
        let plan = workdir.plan().unwrap();
        assert_eq!(plan.code, 0, "{new:?}: {}", plan.text);
        workdir.refresh().unwrap();
        let identity = json!({ "region": "us-east-1", "name": "edu" });
        assert_eq!(stored_identity(&workdir), identity, "{new:?}");

        workdir.switch(old).unwrap();
        let plan = workdir.plan().unwrap();
        assert_eq!(plan.code, 0, "{old:?}: {}", plan.text);
        workdir.destroy().unwrap().ok().unwrap();
    }
}
