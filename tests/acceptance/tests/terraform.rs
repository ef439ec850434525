//! The bundle under real Terraform and OpenTofu: a user's whole day against the emulator (C, G1, G6).

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, REQUIRED_PROVIDERS, Workdir, aws_provider_or_skip};
use atlas_emulator::AtlasEmulator;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Credentials, Region};
use cloudwatch_emulator::{Emulator, Fault, FaultKind, Gate, Options};
use serde_json::json;

const ACCOUNT: &str = "111122223333";

const BUNDLE: &str = r#"
provider "lectern" {
  alarm_writes_per_second = 0
}

variable "threshold" {
  type    = number
  default = 0
}

resource "lectern_alarm_bundle" "edu" {
  name       = "edu"
  severities = { warning = {}, critical = { alarm_actions = ["arn:aws:sns:us-east-1:111122223333:page"] } }

  lambda = {
    upload   = { function_name = "edu-upload", alias = "live", timeout_seconds = 30 }
    download = { function_name = "edu-download", timeout_seconds = 12 }
  }
  overrides = { "lambda/*/errors" = { threshold = var.threshold } }
  composite = { severity = "critical", mute_children = true }
}

output "names" {
  value = [for alarm in lectern_alarm_bundle.edu.alarms : alarm.name]
}

output "private" {
  value = provider::lectern::is_private_cidr("10.0.0.0/8")
}

data "lectern_alarm_catalog" "lambda" {
  service = "lambda"
}

output "sources" {
  value = [for entry in data.lectern_alarm_catalog.lambda.entries : entry.source]
}
"#;

async fn emulator() -> Emulator {
    Emulator::start(Options::default()).await.unwrap()
}

fn workdir(engine: Engine, emulator: &Emulator) -> Workdir {
    let endpoint = emulator.endpoint_url();
    let workdir = Workdir::new(
        engine,
        &[
            ("AWS_ENDPOINT_URL", &endpoint),
            ("AWS_ACCESS_KEY_ID", ACCOUNT),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "us-east-1"),
        ],
    )
    .unwrap();
    workdir.write("versions.tf", REQUIRED_PROVIDERS).unwrap();
    workdir.write("main.tf", BUNDLE).unwrap();
    workdir.init().unwrap();
    workdir
}

fn console(emulator: &Emulator) -> Client {
    let config = aws_sdk_cloudwatch::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(ACCOUNT, "secret", None, None, "test"))
        .endpoint_url(emulator.endpoint_url())
        .build();
    Client::from_conf(config)
}

async fn count(emulator: &Emulator) -> usize {
    let page = console(emulator).describe_alarms().send().await.unwrap();
    page.metric_alarms().len()
}

async fn a_users_day(engine: Engine) {
    let emulator = emulator().await;
    let workdir = workdir(engine, &emulator);
    workdir.run(&["validate", "-no-color"]).unwrap().ok().unwrap();

    let plan = workdir.plan().unwrap();
    assert_eq!(plan.code, 2, "{}", plan.text);
    assert!(plan.text.contains("\"lambda/upload/errors/critical\""), "{}", plan.text);
    workdir.apply().unwrap().ok().unwrap();
    let state = workdir.state_of("lectern_alarm_bundle.edu").unwrap();
    assert_eq!(state["alarms"].as_object().unwrap().len(), 8);
    assert_eq!(
        state["alarms"]["lambda/download/duration/warning"]["threshold"],
        json!(9600)
    );
    let second = workdir.plan().unwrap();
    assert_eq!(second.code, 0, "the second plan is empty: {}", second.text);

    // drift: changed, disabled and deleted by hand
    let console = console(&emulator);
    console
        .disable_alarm_actions()
        .alarm_names("edu/composite/critical")
        .send()
        .await
        .unwrap();
    console
        .delete_alarms()
        .alarm_names("edu/lambda/upload/duration/warning")
        .send()
        .await
        .unwrap();
    let drift = workdir.plan().unwrap();
    assert_eq!(drift.code, 2, "{}", drift.text);
    assert!(
        drift.text.contains("actions_enabled") && drift.text.contains("\"lambda/upload/duration/warning\""),
        "{}",
        drift.text
    );
    assert!(
        drift.text.contains("0 to add, 1 to change, 0 to destroy"),
        "{}",
        drift.text
    );
    workdir.apply().unwrap().ok().unwrap();
    assert_eq!(workdir.plan().unwrap().code, 0);

    // a decimal threshold, which travels as text
    workdir.write("terraform.tfvars", "threshold = 0.1\n").unwrap();
    let change = workdir.plan().unwrap();
    assert!(
        change.text.contains("threshold                 = 0 -> 0.1"),
        "{}",
        change.text
    );
    workdir.apply().unwrap().ok().unwrap();
    assert_eq!(workdir.plan().unwrap().code, 0, "0.1 is settled");
    // and one with more digits than CloudWatch keeps
    let third = format!("threshold = 0.{}\n", "3".repeat(60));
    workdir.write("terraform.tfvars", &third).unwrap();
    workdir.apply().unwrap().ok().unwrap();
    let settled = workdir.plan().unwrap();
    assert_eq!(settled.code, 0, "a third is settled: {}", settled.text);

    // forget, import, settle without a write
    workdir
        .run(&["state", "rm", "lectern_alarm_bundle.edu"])
        .unwrap()
        .ok()
        .unwrap();
    workdir
        .run(&["import", "-no-color", "lectern_alarm_bundle.edu", "us-east-1/edu"])
        .unwrap()
        .ok()
        .unwrap();
    emulator.clear_calls();
    workdir.apply().unwrap().ok().unwrap();
    let writes: Vec<_> = emulator
        .calls()
        .into_iter()
        .map(|call| call.operation)
        .filter(|name| name.starts_with("Put"))
        .collect();
    assert!(writes.is_empty(), "{writes:?}");
    assert_eq!(workdir.plan().unwrap().code, 0);

    let destroyed = workdir.destroy().unwrap().ok().unwrap();
    assert!(
        destroyed.contains("Destroy complete! Resources: 1 destroyed."),
        "{destroyed}"
    );
    assert_eq!(count(&emulator).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_day_under_terraform() {
    a_users_day(Engine::Terraform).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_day_under_opentofu() {
    a_users_day(Engine::OpenTofu).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_day_under_a_newer_terraform() {
    a_users_day(Engine::NewerTerraform).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_day_under_a_newer_opentofu() {
    a_users_day(Engine::NewerOpenTofu).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_bundle_is_planned_without_credentials_and_network() {
    for engine in [Engine::Terraform, Engine::OpenTofu] {
        let workdir = Workdir::new(
            engine,
            &[("AWS_REGION", "us-east-1"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9")],
        )
        .unwrap();
        workdir.write("versions.tf", REQUIRED_PROVIDERS).unwrap();
        workdir.write("main.tf", BUNDLE).unwrap();
        workdir.init().unwrap();
        let plan = workdir.plan().unwrap();
        assert_eq!(plan.code, 2, "{engine:?}: {}", plan.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_shown_at_their_line_with_what_to_type() {
    let emulator = emulator().await;
    let workdir = workdir(Engine::Terraform, &emulator);
    let config = BUNDLE.replace("\"lambda/*/errors\"", "\"lambda/upload/erors\"");
    workdir.write("main.tf", &config).unwrap();
    let plan = workdir.plan().unwrap();
    assert_eq!(plan.code, 1);
    let said = plan.flat();
    assert!(
        said.contains("lambda/upload/errors"),
        "suggests the nearest key: {said}"
    );
    assert!(
        said.contains("with lectern_alarm_bundle.edu, on main.tf line"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_in_the_middle_of_a_create_leaves_a_state_that_the_next_apply_finishes() {
    let emulator = emulator().await;
    let workdir = workdir(Engine::Terraform, &emulator);
    let gate = emulator.gate(Gate {
        operation: "PutMetricAlarm".to_owned(),
        skip: 3,
        before: true,
    });
    let apply = workdir
        .spawn(&["apply", "-no-color", "-input=false", "-auto-approve"])
        .unwrap();
    gate.reached().await;
    let group = rustix::process::Pid::from_raw(i32::try_from(apply.id()).unwrap()).unwrap();
    let interrupted = Instant::now();
    rustix::process::kill_process_group(group, rustix::process::Signal::INT).unwrap();
    let output = tokio::task::spawn_blocking(move || apply.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    gate.open();
    assert!(
        interrupted.elapsed() < Duration::from_secs(60),
        "it does not wait for the timeout of 30 minutes"
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("Interrupted."), "{said}");
    assert!(!said.contains("Plugin did not respond"), "{said}");
    let state = workdir.state_of("lectern_alarm_bundle.edu").unwrap();
    assert!(
        !state["alarms"].as_object().unwrap().is_empty(),
        "the state lists what was made: {state}"
    );

    workdir.apply().unwrap().ok().unwrap();
    assert_eq!(workdir.plan().unwrap().code, 0);
    assert_eq!(count(&emulator).await, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_apply_says_what_failed_and_the_next_one_converges() {
    let emulator = emulator().await;
    let workdir = workdir(Engine::Terraform, &emulator);
    emulator.fail(Fault {
        operation: "PutMetricAlarm".to_owned(),
        alarm_name: Some("edu/lambda/upload/throttles/critical".to_owned()),
        kind: FaultKind::ValidationError,
        ..Fault::default()
    });
    let apply = workdir.apply().unwrap();
    assert_eq!(apply.code, 1);
    assert!(
        apply.flat().contains("edu/lambda/upload/throttles/critical"),
        "{}",
        apply.text
    );
    emulator.clear_faults();
    workdir.apply().unwrap().ok().unwrap();
    assert_eq!(workdir.plan().unwrap().code, 0);
}

/// The examples of the registry's pages: a name, and the file or folder. Not those of imports, nor of the data source that reads S3, which
/// `mongo_dumps` reads.
fn registry_examples() -> Vec<(String, PathBuf)> {
    let examples = local_cloud::workspace::root().join("examples");
    let mut found = Vec::new();
    for kind in ["resources", "data-sources", "functions"] {
        for folder in std::fs::read_dir(examples.join(kind)).unwrap() {
            for entry in std::fs::read_dir(folder.unwrap().path()).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let is_import = name.starts_with("import");
                let reads_s3 = path.parent().unwrap().ends_with("lectern_mongo_dumps");
                if !is_import && !reads_s3 {
                    found.push((format!("e{:02}", found.len()), path));
                }
            }
        }
    }
    assert!(found.len() > 20, "{found:?}");
    found
}

/// The text of an example, for what is in it.
fn text_of(example: &Path) -> String {
    if example.is_dir() {
        String::new()
    } else {
        std::fs::read_to_string(example).unwrap()
    }
}

const AWS_WITHOUT_CALLS: &str = r#"
provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
"#;

/// One plan of all, each example as a module.
#[tokio::test(flavor = "multi_thread")]
async fn the_registry_examples_are_valid_and_plan() {
    const TEST: &str = "the_registry_examples_are_valid_and_plan: those with hashicorp/aws";
    let emulator = emulator().await;
    // for the data source, which reads at plan
    let atlas = AtlasEmulator::start(atlas_emulator::Options::default()).unwrap();
    atlas.project("5f1b2c3d4e5f60718293a4b5").add_service("EU_CENTRAL_1");
    let environment = [
        ("AWS_REGION", "eu-central-1"),
        ("MONGODB_ATLAS_BASE_URL", &atlas.base_url()),
        ("MONGODB_ATLAS_PUBLIC_API_KEY", "emulated"),
        ("MONGODB_ATLAS_PRIVATE_API_KEY", "emulated-private-key"),
    ];
    let aws = aws_provider_or_skip(TEST).unwrap();
    let aws = aws.map(|binary| RunningProvider::start(&binary, &[]).unwrap());
    for engine in [Engine::Terraform, Engine::OpenTofu] {
        let with_aws = aws.as_ref().filter(|_| engine == Engine::Terraform);
        let workdir = match with_aws {
            Some(aws) => Workdir::with_running_aws(engine, &environment, aws).unwrap(),
            None => Workdir::new(engine, &environment).unwrap(),
        };
        let provider = local_cloud::workspace::root().join("examples/provider/provider.tf");
        let mut root = std::fs::read_to_string(provider).unwrap();
        if with_aws.is_some() {
            root.push_str(AWS_WITHOUT_CALLS);
        }
        for (name, example) in registry_examples() {
            if with_aws.is_none() && text_of(&example).contains("resource \"aws_") {
                continue;
            }
            let folder = workdir.path().join(&name);
            std::fs::create_dir(&folder).unwrap();
            if example.is_dir() {
                copy_folder(&example, &folder);
            } else {
                std::fs::copy(&example, folder.join("example.tf")).unwrap();
                std::fs::write(folder.join("versions.tf"), REQUIRED_PROVIDERS).unwrap();
            }
            root.push_str(&format!(
                "\n# {}\nmodule \"{name}\" {{\n  source = \"./{name}\"\n}}\n",
                example.display()
            ));
        }
        workdir.write("main.tf", &root).unwrap();
        workdir.init().unwrap();
        workdir.run(&["validate", "-no-color"]).unwrap().ok().unwrap();
        let plan = workdir.plan().unwrap();
        assert!(plan.code == 2, "{engine:?}: {root}\n{}", plan.text);
    }
    assert_eq!(count(&emulator).await, 0, "a plan writes nothing");
    let calls = atlas.calls();
    assert!(
        calls.iter().all(|call| call.method == "GET"),
        "a plan writes nothing: {calls:?}"
    );
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir(&to).unwrap();
            copy_folder(&path, &to);
        } else {
            std::fs::copy(&path, to).unwrap();
        }
    }
}
