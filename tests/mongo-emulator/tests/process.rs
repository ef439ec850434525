//! The emulator as a process.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mongo_emulator::{MongoEmulator, Options};
use mongodb::Client;
use mongodb::bson::doc;
use support::{code, options};

/// A process that does not outlive its test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn spawn(arguments: &[&str]) -> (Process, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mongo-emulator"));
    let child = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut process = Process(child);
    let mut line = String::new();
    BufReader::new(process.0.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready = line
        .trim()
        .strip_prefix("{\"uri\":\"")
        .and_then(|rest| rest.strip_suffix("\"}"));
    let uri = ready.unwrap_or_else(|| panic!("{line:?}")).to_owned();
    (process, uri)
}

#[tokio::test]
async fn the_process_says_where_it_listens_and_ends_on_either_signal() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let ca = ca.to_str().unwrap();
    for signal in ["INT", "TERM"] {
        let (mut process, uri) = spawn(&[
            "--replica-set",
            "main",
            "--user",
            "me:mine",
            "--tls-ca-file",
            ca,
            "--generate",
            "school.students=1234",
            "--fault",
            "{\"fault\": \"refuse\", \"code\": 13, \"namespace\": \"school.grades\"}",
        ]);
        assert!(uri.starts_with("mongodb://me:mine@127.0.0.1:"), "{uri}");
        let client = Client::with_options(options(&format!("{uri}&tlsCAFile={ca}")).await).unwrap();
        let school = client.database("school");
        let students = school.collection::<mongodb::bson::Document>("students");
        assert_eq!(students.count_documents(doc! {}).await.unwrap(), 1234);
        let refused = school.run_command(doc! { "find": "grades" }).await.unwrap_err();
        assert_eq!(code(&refused), Some(13));

        let mut kill = Command::new("kill");
        assert!(
            kill.args(["-s", signal, &process.0.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        let begin = Instant::now();
        let ended = loop {
            match process.0.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(begin.elapsed() < Duration::from_secs(20), "SIG{signal}: still there"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        assert!(ended.success(), "SIG{signal}: {ended}");
    }
}

#[test]
fn a_port_that_is_taken_is_an_error_that_names_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mongo-emulator"));
    let output = command.args(["--port", &port.to_string()]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && message.contains(&port.to_string()),
        "{message}"
    );
    assert!(
        MongoEmulator::start(Options {
            port,
            ..Options::default()
        })
        .is_err()
    );
}

#[test]
fn help_and_readme_name_every_option() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mongo-emulator"));
    let output = command.arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let readme = include_str!("../README.md");
    for option in ["--generate", "--user", "--tls-ca-file", "--fault", "--standalone"] {
        assert!(help.contains(option), "--help: {option}");
        assert!(readme.contains(option), "README.md: {option}");
    }
}
