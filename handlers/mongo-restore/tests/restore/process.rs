//! The real binary as a command.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::dump::{CLUSTER, PREFIX};
use crate::world::World;

/// A process that does not outlive its test, and whose output is always read.
pub(crate) struct Running {
    child: Child,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    })
}

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

/// A command that finds AWS at the front, and nothing of it in the machine's own settings.
pub(crate) fn command(environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mongo-restore"));
    command.env_clear();
    for (name, value) in environment {
        command.env(name, value);
    }
    command
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl World {
    /// `--from`, `--to-secret`, `--mode` and more.
    pub(crate) fn command(&self, mode: &str, more: &[&str]) -> Command {
        let mut command = command(&[("AWS_ENDPOINT_URL", &self.front.url())]);
        command
            .arg("--from")
            .arg(format!("s3://{}/{PREFIX}/{CLUSTER}", self.bucket));
        command
            .args(["--to-secret", &self.secret_arn, "--mode", mode])
            .args(more);
        command
    }

    pub(crate) async fn run(&self, mode: &str, more: &[&str]) -> Ended {
        end(start(self.command(mode, more))).await
    }
}

pub(crate) fn start(mut command: Command) -> Running {
    let mut child = command.spawn().unwrap();
    Running {
        stdout: child.stdout.take().map(collect),
        stderr: child.stderr.take().map(collect),
        child,
    }
}

impl Running {
    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn is_over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    /// SIGINT, as Ctrl-C sends it.
    pub(crate) fn interrupt(&self) {
        self.signal(rustix::process::Signal::INT);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_raw(i32::try_from(self.id()).unwrap()).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }
}

/// Waits for its end.
pub(crate) async fn end(mut running: Running) -> Ended {
    tokio::task::spawn_blocking(move || Ended {
        code: running.child.wait().unwrap().code(),
        stdout: running.stdout.take().unwrap().join().unwrap(),
        stderr: running.stderr.take().unwrap().join().unwrap(),
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_says_what_it_did_and_its_exit_code_how_it_ended() {
    use crate::dump::{Dump, Made};
    let world = World::start().await;
    let dump = Dump::of(vec![
        Made::numbered("shop.orders", 100),
        Made::numbered("shop.sessions", 5),
    ]);
    world.store(&dump).await;

    let planned = world
        .run("dry_run", &["--exclude", "*.sessions", "--rename", "shop=copy"])
        .await;
    assert_eq!(planned.code, Some(0), "{planned:?}");
    assert_eq!(planned.json()["outcome"], "planned");
    assert_eq!(planned.json()["namespaces"][0]["to"], "copy.orders");
    assert!(world.writes().is_empty());

    let restored = world.run("restore", &["--ttl", "defer"]).await;
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert_eq!(restored.json()["inserted"], 105);
    world.assert_restored(&dump);
    assert_eq!(world.run("verify", &[]).await.json()["outcome"], "verified");

    let refused = world.run("restore", &[]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stdout.is_empty() && refused.stderr.contains("TargetNotEmpty: "),
        "{refused:?}"
    );

    world.mongo.drop_collection("shop", "sessions");
    let different = world.run("verify", &[]).await;
    assert_eq!(different.code, Some(1));
    assert_eq!(different.json()["differences"][0]["namespace"], "shop.sessions");
    assert!(
        different.stderr.contains("ContentDiffers: 1 namespaces"),
        "{different:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_s_own_folder_names_that_dump() {
    use crate::dump::{Dump, Made};
    let world = World::start().await;
    let old = Dump::of(vec![Made::numbered("shop.orders", 3)]).at("20260505T180000Z-aaaaaa");
    world.store(&old).await;
    world.store(&Dump::of(vec![Made::numbered("shop.orders", 4)])).await;
    let from = format!("s3://{}/mongo/main/2026/05/05/20260505T180000Z-aaaaaa/", world.bucket);
    let mut command = command(&[("AWS_ENDPOINT_URL", &world.front.url())]);
    command.args(["--from", &from, "--to-secret", &world.secret_arn, "--mode", "restore"]);
    let ended = end(start(command)).await;
    assert_eq!(ended.json()["used"], "20260505T180000Z-aaaaaa");
    world.assert_restored(&old);
}

#[tokio::test]
async fn what_is_no_command_is_said_to_be_none_before_anything_is_called() {
    let arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:m";
    let good = [
        "--from",
        "s3://dumps/mongo/main",
        "--to-secret",
        arn,
        "--mode",
        "restore",
    ];
    let with = |replaced: &[(usize, &'static str)], more: &[&'static str]| {
        let mut arguments: Vec<_> = good.to_vec();
        for (at, value) in replaced {
            arguments[*at] = value;
        }
        arguments.extend(more);
        arguments.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    for (arguments, words) in [
        (Vec::new(), "--from"),
        (with(&[(1, "dumps/mongo/main")], &[]), "s3://BUCKET/PREFIX/CLUSTER"),
        (with(&[(1, "s3://dumps/main")], &[]), "s3://BUCKET/PREFIX/CLUSTER"),
        (
            with(&[(3, "mongodb://user:hunter2@host")], &[]),
            "--to-secret: not the ARN of a secret",
        ),
        (with(&[(5, "everything")], &[]), "possible values"),
        (with(&[], &["--rename", "shop"]), "FROM=TO"),
        (with(&[], &["--include", "shop"]), "--include: not "),
        (with(&[], &["--conflict", "ask"]), "possible values"),
    ] {
        let mut command = command(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")]);
        command.args(&arguments);
        let ended = end(start(command)).await;
        assert_eq!(ended.code, Some(2), "{arguments:?} {ended:?}");
        assert!(
            ended.stderr.contains(words) && ended.stdout.is_empty(),
            "{arguments:?} {ended:?}"
        );
        assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
    }
    let mut help = command(&[]);
    help.arg("--help");
    let help = end(start(help)).await;
    assert_eq!(help.code, Some(0));
    for words in [
        "Examples:",
        "--mode verify",
        "run exactly the same command again",
        "Exit codes: 0",
    ] {
        assert!(help.stdout.contains(words), "{}", help.stdout);
    }
}

/// Peak memory of a process so far, in KiB.
pub(crate) fn peak_kib(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let fields: BTreeMap<_, _> = status.lines().filter_map(|line| line.split_once(':')).collect();
    fields.get("VmHWM")?.trim().strip_suffix(" kB")?.parse().ok()
}
