//! The real `terraform`, found on PATH, against the probe.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tfplugin6_harness::{
    ProviderProcess, UNKNOWN,
    config::complete_config,
    proposed::proposed_new,
    schema::implied_type,
    value::{decode, encode},
};

mod support;
use support::probe;

/// Far more than anything here takes, also on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);

const HEADER: &str = r#"
terraform {
  required_providers {
    probe = { source = "lectern/probe" }
  }
}
"#;

/// A folder with a configuration, and a CLI configuration that finds the probe and nothing else.
struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    fn new(configuration: &str) -> Self {
        let workspace = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        workspace.write("main.tf", &format!("{HEADER}{configuration}"));
        let binaries = workspace.path("bin");
        fs::create_dir(&binaries).unwrap();
        std::os::unix::fs::symlink(probe(), binaries.join("terraform-provider-probe")).unwrap();
        let overrides = format!(
            "dev_overrides {{ \"lectern/probe\" = {:?} }}",
            binaries.display().to_string()
        );
        workspace.write(
            "with-override.tfrc",
            &format!("provider_installation {{\n{overrides}\n}}\n"),
        );
        workspace.write("without.tfrc", "");
        workspace
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Nothing of the user's environment reaches Terraform but PATH.
    fn terraform(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("terraform");
        command
            .args(arguments)
            .arg("-no-color")
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_CLI_CONFIG_FILE", self.path("with-override.tfrc"))
            .stdin(Stdio::null());
        command
    }

    fn state(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("terraform.tfstate")).unwrap()).unwrap()
    }
}

/// Runs to the end.
fn finish(command: &mut Command) -> (Output, String) {
    let output = command.output().unwrap_or_else(|error| missing(&error));
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output, text)
}

fn missing(error: &std::io::Error) -> ! {
    panic!(
        "cannot run terraform: {error}. These tests need Terraform 1.11 or newer on PATH: install it from \
         https://developer.hashicorp.com/terraform/install"
    )
}

/// Leads a process group of its own; killed with all of it when dropped.
struct Group(Child);

impl Group {
    fn start(command: &mut Command) -> Self {
        Self(command.process_group(0).spawn().unwrap_or_else(|error| missing(&error)))
    }

    /// Ctrl-C.
    fn interrupt(&self) {
        kill_process_group(Pid::from_child(&self.0), Signal::INT).unwrap();
    }

    fn finish(&mut self) -> std::process::ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "still running");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Fails when the whole group has ended already.
        let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
        let _ = self.0.wait();
    }
}

fn wait_for(file: &Path) {
    let deadline = Instant::now() + PATIENCE;
    while !file.exists() {
        assert!(Instant::now() < deadline, "{} did not appear", file.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}

const EVERYTHING: &str = r#"
resource "probe_thing" "a" {
  name  = "a"
  parts = { x = { size = 0.1 } }
}
data "probe_echo" "b" {
  text = "hello"
}
output "all" {
  value = {
    id       = probe_thing.a.id
    label    = probe_thing.a.parts["x"].label
    echo     = data.probe_echo.b.echo
    reversed = provider::probe::reverse("abc")
  }
}
"#;

const ALL: &str = r#"{"echo":"hello","id":"id-of-a","label":"part x","reversed":"cba"}"#;

#[test]
fn terraform_applies_and_then_has_nothing_to_do() {
    let workspace = Workspace::new(EVERYTHING);
    let (apply, text) = finish(&mut workspace.terraform(&["apply", "-auto-approve"]));
    assert!(apply.status.success(), "{text}");
    assert_eq!(workspace.state()["outputs"]["all"]["value"].to_string(), ALL);
    let (plan, text) = finish(&mut workspace.terraform(&["plan", "-detailed-exitcode"]));
    assert_eq!(plan.status.code(), Some(0), "the second plan is not empty: {text}");
    let (destroy, text) = finish(&mut workspace.terraform(&["destroy", "-auto-approve"]));
    assert!(destroy.status.success(), "{text}");
    assert_eq!(workspace.state()["resources"], serde_json::json!([]));
}

#[test]
fn ctrl_c_in_a_slow_create_leaves_the_object_in_the_state() {
    let workspace = Workspace::new("resource \"probe_thing\" \"a\" {\n  name = \"a\"\n  mode = \"slow\"\n}\n");
    let marker = workspace.path("marker");
    let output = fs::File::create(workspace.path("output")).unwrap();
    let mut apply = Group::start(
        workspace
            .terraform(&["apply", "-auto-approve"])
            .env("PROBE_MARKER", &marker)
            .env("TF_LOG_PROVIDER", "WARN")
            .stdout(output.try_clone().unwrap())
            .stderr(output),
    );
    wait_for(&marker);
    apply.interrupt();
    let status = apply.finish();
    let text = fs::read_to_string(workspace.path("output")).unwrap();
    assert!(!status.success() && text.contains("Stopped."), "{text}");
    assert!(
        text.contains("[WARN]  provider.terraform-provider-probe: apply is waiting"),
        "the log's level: {text}"
    );
    let instance = &workspace.state()["resources"][0]["instances"][0];
    assert_eq!(instance["attributes"]["id"], "id-of-a", "{text}");
    assert_eq!(instance["status"], "tainted", "{text}");
}

#[test]
fn a_panic_is_shown_as_our_diagnostic() {
    for (mode, rpc) in [
        ("panic-plan", "PlanResourceChange"),
        ("panic-apply", "ApplyResourceChange"),
    ] {
        let configuration = format!("resource \"probe_thing\" \"a\" {{\n  name = \"a\"\n  mode = \"{mode}\"\n}}\n");
        let workspace = Workspace::new(&configuration);
        let (apply, text) = finish(&mut workspace.terraform(&["apply", "-auto-approve"]));
        assert!(!apply.status.success(), "{mode}: {text}");
        assert!(
            text.contains("Error: Provider panicked.") && text.contains(rpc),
            "{mode}: {text}"
        );
        assert!(!text.contains("hunter2"), "{mode}: {text}");
    }
}

#[test]
fn terraform_agrees_with_the_harness_about_bugs_in_a_provider() {
    for (mode, expected) in [
        ("wrong-plan", "Provider produced invalid plan"),
        ("wrong-apply", "Provider produced inconsistent result after apply"),
        ("unknown-apply", "Provider returned invalid result object after apply"),
    ] {
        let configuration = format!("resource \"probe_thing\" \"a\" {{\n  name = \"a\"\n  mode = \"{mode}\"\n}}\n");
        let workspace = Workspace::new(&configuration);
        let (apply, text) = finish(&mut workspace.terraform(&["apply", "-auto-approve"]));
        assert!(!apply.status.success() && text.contains(expected), "{mode}: {text}");
    }
}

/// The harness stands in for Terraform in most tests, so Terraform says whether it encodes and proposes the same bytes.
#[tokio::test]
async fn the_harness_proposes_the_very_bytes_that_terraform_proposes() {
    let provider = ProviderProcess::spawn(&probe(), &[]).await.unwrap();
    let attributes = &provider.schema().resources["probe_thing"].attributes;
    let workspace = Workspace::new("");
    let proposed = workspace.path("proposed");
    let steps = [
        (
            r#"
              name    = "a"
              payload = "p"
              parts   = { x = { size = 0.1 }, y = { size = 2.5 }, z = { size = 3 } }
            "#,
            json!({
                "name": "a", "payload": "p",
                "parts": { "x": { "size": 0.1 }, "y": { "size": 2.5 }, "z": { "size": 3 } },
            }),
        ),
        (
            r#"
              name  = "a"
              parts = { x = { size = 0.2 }, new = { size = -1234567890123456789012.5 }, z = { size = 3 } }
            "#,
            json!({
                "name": "a",
                "parts": { "x": { "size": 0.2 }, "new": { "size": "-1234567890123456789012.5" }, "z": { "size": 3 } },
            }),
        ),
        (
            r#"
              name    = "a"
              payload = terraform_data.unknown.output
              parts   = {}
            "#,
            json!({ "name": "a", "payload": UNKNOWN, "parts": {} }),
        ),
    ];
    let mut prior = Value::Null;
    for (body, config) in steps {
        let thing = format!("resource \"probe_thing\" \"a\" {{{body}}}\n");
        let unknown = if body.contains("unknown") {
            "resource \"terraform_data\" \"unknown\" { input = 1 }\n"
        } else {
            ""
        };
        workspace.write("main.tf", &format!("{HEADER}{thing}{unknown}"));
        let (plan, text) = finish(
            workspace
                .terraform(&["plan", "-out=planned"])
                .env("PROBE_PROPOSED", &proposed),
        );
        assert!(plan.status.success(), "{body}: {text}");
        let ours = proposed_new(attributes, &prior, &complete_config(attributes, &config, "").unwrap());
        let terraforms = fs::read(&proposed).unwrap();
        assert_eq!(decode(&implied_type(attributes), &terraforms).unwrap(), ours, "{body}");
        assert_eq!(encode(&implied_type(attributes), &ours).unwrap(), terraforms, "{body}");
        let (apply, text) = finish(&mut workspace.terraform(&["apply", "-auto-approve"]));
        assert!(apply.status.success(), "{body}: {text}");
        prior = workspace.state()["resources"][0]["instances"][0]["attributes"].clone();
    }
}

/// `--debug`, up to the line to be set.
fn debug_session() -> (Group, BufReader<ChildStdout>, String) {
    let mut session = Group::start(
        Command::new(probe())
            .arg("--debug")
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    );
    let mut stdout = BufReader::new(session.0.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("TF_REATTACH_PROVIDERS=") {
        line.clear();
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "ended without the variable");
    }
    let json = line
        .trim_end()
        .strip_prefix("TF_REATTACH_PROVIDERS='")
        .unwrap()
        .strip_suffix('\'')
        .unwrap()
        .to_owned();
    (session, stdout, json)
}

#[test]
fn terraform_attaches_to_a_debug_session_again_and_again() {
    let (mut session, _stdout, reattach) = debug_session();
    let keys: serde_json::Map<String, Value> = serde_json::from_str(&reattach).unwrap();
    let keys: Vec<_> = keys.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "registry.opentofu.org/lectern/probe",
            "registry.terraform.io/lectern/probe"
        ]
    );

    let workspace = Workspace::new(EVERYTHING);
    for action in ["apply", "destroy", "apply"] {
        let mut terraform = workspace.terraform(&[action, "-auto-approve"]);
        // Without an override Terraform has no other way to find the provider.
        terraform
            .env("TF_CLI_CONFIG_FILE", workspace.path("without.tfrc"))
            .env("TF_REATTACH_PROVIDERS", &reattach);
        let (output, text) = finish(&mut terraform);
        assert!(output.status.success(), "{action}: {text}");
        assert_eq!(session.0.try_wait().unwrap(), None, "{action} ended the session");
    }
    assert_eq!(workspace.state()["outputs"]["all"]["value"].to_string(), ALL);
    session.interrupt();
    assert!(session.finish().success());
}
