//! One Python emulator as a child process: `python/emulator.py` in the venv.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::bridge::Report;
use crate::group::Group;

const LAUNCHER: &str = include_str!("../python/emulator.py");
/// What it imports.
const MODULES: [(&str, &str); 6] = [
    ("edge.py", include_str!("../python/edge.py")),
    ("outage.py", include_str!("../python/outage.py")),
    ("replication.py", include_str!("../python/replication.py")),
    ("secret_replicas.py", include_str!("../python/secret_replicas.py")),
    ("service_metrics.py", include_str!("../python/service_metrics.py")),
    ("weights.py", include_str!("../python/weights.py")),
];

/// Lines of a child's log that a failure shows.
const LOG_LINES: usize = 40;

/// Which emulator, with the path that answers 200 once it is ready.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    ready_path: &'static str,
}

pub(crate) const MINISTACK: Kind = Kind {
    name: "ministack",
    ready_path: "/_ministack/ready",
};
pub(crate) const MOTO: Kind = Kind {
    name: "moto",
    ready_path: "/moto-api/",
};

/// A child that listens and has not been told yet what to run in.
pub(crate) struct ChildEmulator {
    kind: Kind,
    group: Group,
    stdin: ChildStdin,
    port: u16,
    // Behind a lock only so that threads may share a cloud.
    reports: Mutex<Option<Receiver<String>>>,
    log: PathBuf,
}

impl ChildEmulator {
    /// Starts the launcher in `folder` and waits until it listens.
    pub(crate) fn start(python: &Path, kind: Kind, folder: &Path, deadline: Instant) -> Result<Self> {
        let launcher = folder.join("emulator.py");
        fs::write(&launcher, LAUNCHER)?;
        for (name, text) in MODULES {
            fs::write(folder.join(name), text)?;
        }
        let log = folder.join(format!("{}.log", kind.name));
        let mut command = Command::new(python);
        command.arg("-u").arg(&launcher).arg(kind.name).current_dir(folder);
        // Functions inherit the emulator's environment. Nothing of the caller's belongs in it, least of all AWS settings.
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let mut group = Group::spawn(&mut command).with_context(|| format!("cannot run {}", python.display()))?;
        let stdin = group.child().stdin.take().context("the child has no stdin")?;
        let stdout = group.child().stdout.take().context("the child has no stdout")?;

        let (sender, reports) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut emulator = Self {
            kind,
            group,
            stdin,
            port: 0,
            reports: Mutex::default(),
            log,
        };
        let first = reports.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        match first.map(|line| serde_json::from_str(&line)) {
            Ok(Ok(Report::Listening { port })) => emulator.port = port,
            Ok(_) => return Err(emulator.failure("said something unexpected instead of its port")),
            Err(RecvTimeoutError::Timeout) => return Err(emulator.failure("did not say its port in time")),
            Err(RecvTimeoutError::Disconnected) => return Err(emulator.failure("ended before it listened")),
        }
        emulator.reports = Mutex::new(Some(reports));
        Ok(emulator)
    }

    pub(crate) fn end(&mut self) {
        // The launcher ends by itself when this process does; an error says that it has.
        self.group.kill().ok();
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Hands over the environment to run in, with temporary files kept in `folder`, and waits until the emulator answers.
    pub(crate) fn run(&mut self, folder: &Path, environment: &[(String, String)], deadline: Instant) -> Result<()> {
        let environment: serde_json::Map<_, _> = environment
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        let order = serde_json::json!({ "folder": folder, "environment": environment });
        if writeln!(self.stdin, "{order}").is_err() {
            return Err(self.failure("ended before it was told what to run"));
        }
        loop {
            if let Some(status) = self.group.child().try_wait()? {
                return Err(self.failure(&format!("ended ({status}) before it was ready")));
            }
            if self.answers() {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(self.failure("was not ready in time"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether the ready path answers 200. The listener exists from the start, so a connection waits in its queue until
    /// somebody serves it; the timeout keeps a look at the child and the deadline in between.
    fn answers(&self) -> bool {
        let ask = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            stream.set_read_timeout(Some(Duration::from_millis(500)))?;
            write!(
                stream,
                "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
                self.kind.ready_path
            )?;
            let mut status = [0; 12];
            stream.read_exact(&mut status)?;
            Ok(status.ends_with(b" 200"))
        };
        ask().unwrap_or(false)
    }

    /// What the emulator reports, a line each; there is one reader.
    pub(crate) fn take_reports(&mut self) -> Option<Receiver<String>> {
        self.reports.get_mut().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn failure(&mut self, what: &str) -> anyhow::Error {
        // The log is complete only when nobody writes to it.
        self.group.kill().ok();
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(LOG_LINES)..].join("\n");
        anyhow::anyhow!("{} {what}; the end of its log:\n{tail}", self.kind.name)
    }
}

/// The interpreter of a venv.
pub(crate) fn interpreter(venv: &Path) -> Result<PathBuf> {
    let python = venv.join("bin/python");
    if !python.exists() {
        bail!("no {}", python.display());
    }
    Ok(python)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A "python" that runs a shell script instead of the launcher.
    fn python(folder: &Path, script: &str) -> PathBuf {
        let path = folder.join("python");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn start(script: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let python = python(folder.path(), script);
        let deadline = Instant::now() + Duration::from_secs(2);
        let error = ChildEmulator::start(&python, MINISTACK, folder.path(), deadline)
            .and_then(|mut emulator| emulator.run(folder.path(), &[], deadline));
        error.unwrap_err().to_string()
    }

    #[test]
    fn a_failed_start_says_what_happened_and_shows_the_log() {
        for (case, script, expected) in [
            (
                "no port",
                "echo broken >&2; exit 3",
                "ministack ended before it listened; the end of its log:\nbroken",
            ),
            (
                "noise",
                "echo hello; sleep 60",
                "ministack said something unexpected instead of its port",
            ),
            ("silence", "sleep 60", "ministack did not say its port in time"),
            (
                "crash",
                r#"echo '{"event":"listening","port":1}'; read order; echo broken >&2; exit 3"#,
                "ministack ended (exit status: 3) before it was ready; the end of its log:\nbroken",
            ),
            (
                "never ready",
                r#"echo '{"event":"listening","port":1}'; echo waiting >&2; sleep 60"#,
                "ministack was not ready in time; the end of its log:\nwaiting",
            ),
        ] {
            let error = start(script);
            assert!(error.starts_with(expected), "{case}: {error}");
        }
    }
}
