//! The Atlas resources under real Terraform and OpenTofu: a user's day against the emulator (B2, D1, G2, G3, G6).

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, REQUIRED_PROVIDERS, Workdir, aws_provider_or_skip};
use atlas_emulator::{AtlasEmulator, DEFAULT_PROJECT, Options, Profile};
use serde_json::{Value, json};

/// The provider block is empty: everything about Atlas comes from the environment.
const CONFIGURATION: &str = r#"
provider "lectern" {}

variable "cluster_names" {
  type    = set(string)
  default = []
}

resource "lectern_atlas_private_link" "main" {
  project_id = "0123456789abcdef01234567"
  region     = "eu-west-1"
}

resource "lectern_atlas_private_link_endpoint" "zone" {
  for_each = { a = "vpce-0a1b2c3d4e5f60718", b = "vpce-0b1b2c3d4e5f60718" }

  project_id            = lectern_atlas_private_link.main.project_id
  private_link_id       = lectern_atlas_private_link.main.private_link_id
  interface_endpoint_id = each.value
  cluster_names         = var.cluster_names
}

resource "lectern_atlas_access_list" "project" {
  project_id = lectern_atlas_private_link.main.project_id
  entries    = { "10.1.0.0/16" = { comment = "office" } }
}

output "srv" {
  value = [for endpoint in lectern_atlas_private_link_endpoint.zone : endpoint.connection_strings["main"].srv if contains(keys(endpoint.connection_strings), "main")]
}

output "region" {
  value = provider::lectern::atlas_region("eu-west-1")
}
"#;

fn workdir(engine: Engine, emulator: &AtlasEmulator, configuration: &str) -> Workdir {
    let base_url = emulator.base_url();
    let environment = [
        ("MONGODB_ATLAS_BASE_URL", base_url.as_str()),
        ("MONGODB_ATLAS_PUBLIC_API_KEY", "emulated"),
        ("MONGODB_ATLAS_PRIVATE_API_KEY", "emulated-private-key"),
    ];
    let workdir = Workdir::new(engine, &environment).unwrap();
    workdir.write("versions.tf", REQUIRED_PROVIDERS).unwrap();
    workdir.write("main.tf", configuration).unwrap();
    workdir.init().unwrap();
    workdir
}

fn a_users_day(engine: Engine) {
    let emulator = AtlasEmulator::start(Options::default()).unwrap();
    let project = emulator.project(DEFAULT_PROJECT);
    project.add_cluster("main", &["EU_WEST_1"]);
    let workdir = workdir(engine, &emulator, CONFIGURATION);
    workdir.run(&["validate", "-no-color"]).unwrap().ok().unwrap();
    workdir.apply().unwrap().ok().unwrap();
    assert_eq!(workdir.plan().unwrap().code, 0, "the second plan is empty");

    workdir
        .write("terraform.tfvars", "cluster_names = [\"main\"]\n")
        .unwrap();
    workdir.apply().unwrap().ok().unwrap();
    assert_eq!(workdir.plan().unwrap().code, 0, "and after the strings came, too");
    let strings: Value =
        serde_json::from_str(&workdir.run(&["output", "-json", "srv"]).unwrap().ok().unwrap()).unwrap();
    assert_eq!(strings.as_array().unwrap().len(), 2, "{strings}");

    // by hand in Atlas: one endpoint removed, one entry added
    let link = project.snapshot().services[0].id.clone();
    project.remove_endpoint(&link, "vpce-0a1b2c3d4e5f60718");
    project
        .add_access_list_entry(&json!({ "ipAddress": "10.9.9.9", "comment": "me" }))
        .unwrap();
    let drift = workdir.plan().unwrap();
    assert!(
        drift.text.contains("1 to add, 1 to change, 0 to destroy"),
        "{}",
        drift.text
    );
    assert!(drift.text.contains("- \"10.9.9.9\""), "{}", drift.text);
    workdir.apply().unwrap().ok().unwrap();
    let repaired = workdir.plan().unwrap();
    assert_eq!(repaired.code, 0, "repaired: {}", repaired.text);

    workdir
        .run(&["state", "rm", "lectern_atlas_private_link.main"])
        .unwrap()
        .ok()
        .unwrap();
    let import = format!("{DEFAULT_PROJECT}/eu-west-1");
    let imported = workdir
        .run(&["import", "-no-color", "lectern_atlas_private_link.main", &import])
        .unwrap();
    imported.ok().unwrap();
    let settled = workdir.plan().unwrap();
    assert_eq!(settled.code, 0, "{}", settled.text);
    workdir.destroy().unwrap().ok().unwrap();
    let left = project.snapshot();
    assert_eq!((left.services, left.access_list), (vec![], vec![]));
}

#[test]
fn a_users_day_with_terraform() {
    a_users_day(Engine::Terraform);
}

#[test]
fn a_users_day_with_opentofu() {
    a_users_day(Engine::OpenTofu);
}

#[test]
fn ctrl_c_during_the_wait_returns_soon_with_progress_told_and_the_link_kept() {
    let profile = Profile {
        stuck_states: vec!["INITIATING".to_owned()],
        ..Profile::default()
    };
    let emulator = AtlasEmulator::start(Options {
        profile,
        ..Options::default()
    })
    .unwrap();
    let link_only = CONFIGURATION
        .split("resource \"lectern_atlas_private_link_endpoint\"")
        .next()
        .unwrap();
    let workdir = workdir(Engine::Terraform, &emulator, link_only);
    let mut apply = workdir.command(&["apply", "-no-color", "-input=false", "-auto-approve"]);
    apply
        .env("TF_LOG_PROVIDER", "INFO")
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = apply.spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        let _ends_with_the_process = stderr.read_to_string(&mut text);
        text
    });
    let id = || {
        emulator
            .project(DEFAULT_PROJECT)
            .snapshot()
            .services
            .first()
            .map(|service| service.id.clone())
    };
    let looks = || {
        emulator
            .calls()
            .iter()
            .filter(|call| call.path.contains("/endpointService/"))
            .count()
    };
    while id().is_none() || looks() < 2 {
        std::thread::sleep(Duration::from_millis(20));
    }
    let pressed = Instant::now();
    // as a terminal does: to the whole process group
    let group = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process_group(group, rustix::process::Signal::INT).unwrap();
    child.wait().unwrap();
    assert!(
        pressed.elapsed() < Duration::from_secs(20),
        "it does not wait for Atlas"
    );
    let log = log.join().unwrap();
    assert!(
        log.contains("waiting for endpoint service") && log.contains("it is INITIATING"),
        "{log}"
    );

    let state = workdir.state_of("lectern_atlas_private_link.main").unwrap();
    assert_eq!(
        (&state["private_link_id"], &state["status"]),
        (&json!(id().unwrap()), &json!("INITIATING"))
    );
    emulator.change_profile(|profile| profile.stuck_states.clear());
    let on = workdir.apply().unwrap().ok().unwrap();
    assert!(
        on.contains("0 added,") && on.contains("0 destroyed"),
        "it continues from there: {on}"
    );
    assert_eq!(workdir.plan().unwrap().code, 0);
    assert_eq!(emulator.project(DEFAULT_PROJECT).snapshot().services.len(), 1);
}

/// Without credentials of any kind, and never with the whole internet.
#[test]
fn the_plan_of_a_public_entry_is_an_error_at_the_entry() {
    let emulator = AtlasEmulator::start(Options::default()).unwrap();
    let open = CONFIGURATION.replace("10.1.0.0/16", "0.0.0.0/0");
    let workdir = workdir(Engine::Terraform, &emulator, &open);
    let refused = workdir.plan().unwrap();
    assert_eq!(refused.code, 1);
    assert!(
        refused.flat().contains("Access list entry allows the internet."),
        "{}",
        refused.text
    );
}

#[test]
fn the_two_zone_example_is_valid() {
    let Some(binary) = aws_provider_or_skip("the_two_zone_example_is_valid").unwrap() else {
        return;
    };
    let aws = RunningProvider::start(&binary, &[]).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &[], &aws).unwrap();
    let example = local_cloud::workspace::root().join("examples/private-link");
    for name in ["main.tf", "variables.tf", "outputs.tf", "versions.tf"] {
        workdir
            .write(name, &std::fs::read_to_string(example.join(name)).unwrap())
            .unwrap();
    }
    workdir.init().unwrap();
    workdir.run(&["validate", "-no-color"]).unwrap().ok().unwrap();
}

/// Resources of mongodb/mongodbatlas, behind a switch.
const STANDARD_RESOURCES: &str = r#"
terraform {
  required_providers {
    mongodbatlas = {
      source  = "mongodb/mongodbatlas"
      version = "~> 2.0"
    }
  }
}

provider "mongodbatlas" {}

variable "atlas" {
  type    = number
  default = 0
}

resource "mongodbatlas_project" "main" {
  count  = var.atlas
  org_id = "0123456789abcdef01234567"
  name   = "edu"
}

resource "mongodbatlas_database_user" "app" {
  count              = var.atlas
  project_id         = mongodbatlas_project.main[count.index].id
  username           = "app"
  password           = "hunter2"
  auth_database_name = "admin"

  roles {
    role_name     = "readWrite"
    database_name = "lectern"
  }
}
"#;

/// The real provider is not to be had everywhere: its stand-in (tests/atlas-provider) plans, and creates nothing.
#[test]
fn resources_of_the_standard_provider_are_planned_and_switched_off_without_atlas() {
    for engine in [Engine::Terraform, Engine::OpenTofu] {
        let workdir = Workdir::new(engine, &[]).unwrap();
        workdir.write("main.tf", STANDARD_RESOURCES).unwrap();
        workdir.init().unwrap();
        workdir.run(&["validate", "-no-color"]).unwrap().ok().unwrap();
        workdir.apply().unwrap().ok().unwrap();

        workdir.set("atlas", json!(1)).unwrap();
        let plan = workdir.plan().unwrap();
        assert_eq!(plan.code, 2, "{engine:?}: {}", plan.text);
        assert!(!plan.text.contains("hunter2"), "{engine:?}: {}", plan.text);
        let changes = workdir.planned_changes().unwrap();
        assert_eq!(changes.len(), 2, "{engine:?}: {changes:?}");
        if engine == Engine::Terraform
            && let Some(opa) = crate::plan_rules::opa_or_skip("atlas_password_in_a_plan_of_the_stand_in")
        {
            let findings = crate::plan_rules::findings(&opa, &workdir);
            let of_the_password =
                |finding: &&String| finding.starts_with("deny atlas-password mongodbatlas_database_user.app[0]");
            assert_eq!(findings.iter().filter(of_the_password).count(), 1, "{findings:?}");
        }
        let said = workdir.apply().unwrap();
        let expected = "Got the request to create mongodbatlas_project.";
        assert!(
            said.code == 1 && said.flat().contains(expected),
            "{engine:?}: {}",
            said.text
        );
        let state = workdir.run(&["state", "list"]).unwrap();
        assert!(!state.text.contains("mongodbatlas"), "{engine:?}: {}", state.text);
    }
}
