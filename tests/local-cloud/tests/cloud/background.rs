//! `local-cloud up`, `status` and `down`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{eventually, processes_that_name};
use local_cloud::background::State;
use rustix::process::{Pid, Signal, kill_process};

/// Runs the binary with the place of this test.
fn local_cloud(place: &Path, verb: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-cloud"));
    command.arg(verb).arg("--state-folder").arg(place);
    if verb == "up" {
        // any program will do: nothing runs it here, and building the real one takes minutes
        command.args(["--provider", env!("CARGO_BIN_EXE_local-cloud")]);
    }
    command.output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn state(place: &Path) -> State {
    serde_json::from_slice(&fs::read(place.join("state.json")).unwrap()).unwrap()
}

/// Takes the cloud down also when an assertion fails.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        local_cloud(self.0.path(), "down");
    }
}

#[test]
fn up_prints_what_to_export_and_a_second_up_prints_the_same() {
    let place = Place::new();
    let first = stdout(&local_cloud(place.0.path(), "up"));
    for name in [
        "AWS_ENDPOINT_URL=http://127.0.0.1:",
        "AWS_ENDPOINT_URL_CLOUDWATCH=http://127.0.0.1:",
        "AWS_ACCESS_KEY_ID=test",
        "AWS_SECRET_ACCESS_KEY=test",
        "AWS_REGION=us-east-1",
        "AWS_DEFAULT_REGION=us-east-1",
        "TF_CLI_CONFIG_FILE=/",
        "MONGODB_ATLAS_BASE_URL=http://127.0.0.1:",
        "MONGODB_ATLAS_PUBLIC_API_KEY=emulated",
        "MONGODB_ATLAS_PRIVATE_API_KEY=emulated-private-key",
    ] {
        assert!(first.contains(&format!("export {name}")), "{name} in {first}");
    }
    assert_eq!(stdout(&local_cloud(place.0.path(), "up")), first);
    assert_eq!(stdout(&local_cloud(place.0.path(), "status")), first);
    let config = first
        .lines()
        .find_map(|line| line.strip_prefix("export TF_CLI_CONFIG_FILE="));
    assert!(
        fs::read_to_string(config.unwrap())
            .unwrap()
            .contains("filesystem_mirror")
    );
}

#[test]
fn down_leaves_nothing_and_may_be_said_twice() {
    let place = Place::new();
    stdout(&local_cloud(place.0.path(), "up"));
    let state = state(place.0.path());
    stdout(&local_cloud(place.0.path(), "down"));
    assert!(!state.folder.exists());
    assert_eq!(processes_that_name(&state.folder), Vec::<String>::new());
    assert_eq!(processes_that_name(place.0.path()), Vec::<String>::new());
    assert_eq!(local_cloud(place.0.path(), "status").status.code(), Some(1));
    stdout(&local_cloud(place.0.path(), "down"));
}

#[test]
fn the_state_of_a_killed_cloud_is_known_to_be_stale_and_its_emulators_are_gone() {
    let place = Place::new();
    stdout(&local_cloud(place.0.path(), "up"));
    let killed = state(place.0.path());
    kill_process(Pid::from_raw(killed.pid).unwrap(), Signal::KILL).unwrap();
    eventually("the lock is free", || {
        local_cloud(place.0.path(), "status").status.code() == Some(1)
    });
    eventually("the folder is gone", || !killed.folder.exists());
    eventually("no process names the folder", || {
        processes_that_name(&killed.folder).is_empty()
    });
    stdout(&local_cloud(place.0.path(), "up"));
    assert_ne!(state(place.0.path()).pid, killed.pid);
}

#[test]
fn a_cloud_in_the_foreground_ends_by_itself_at_ctrl_c_and_sigterm() {
    for signal in [Signal::INT, Signal::TERM] {
        let place = Place::new();
        let mut serve = Command::new(env!("CARGO_BIN_EXE_local-cloud"));
        let mut serve = serve
            .arg("serve")
            .arg("--state-folder")
            .arg(place.0.path())
            .spawn()
            .unwrap();
        eventually("the cloud is ready", || place.0.path().join("state.json").exists());
        let state = state(place.0.path());
        kill_process(Pid::from_child(&serve), signal).unwrap();
        assert!(serve.wait().unwrap().success(), "{signal:?}");
        assert!(!state.folder.exists(), "{signal:?}");
        assert_eq!(processes_that_name(&state.folder), Vec::<String>::new(), "{signal:?}");
    }
}
