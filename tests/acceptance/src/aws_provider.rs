//! The `hashicorp/aws` provider as one process that many Terraform commands use.
//!
//! A command starts every provider once for each of its walks, and each start of this one takes seconds of CPU. So it is started once,
//! and what Terraform starts in its place is `provider-relay`.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

/// Environment variable that tells the relay where the provider is: its handshake line.
pub const RELAY_TO: &str = "LECTERN_RELAY_TO";

/// Terraform's magic cookie (terraform-plugin-go, `tf5server`): without it a provider believes that a person started it.
const MAGIC_COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a191cb4d6991ca9872b2",
);

/// Runs the provider and ends it when stdin ends: when its owner is dropped or dies in any other way.
const SUPERVISOR: &str = r#""$0" </dev/null & exec >/dev/null; while read -r line; do :; done; kill -KILL "$!""#;

/// What a plugin says of itself on its first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// Version of Terraform's plugin protocol.
    pub version: String,
    /// Unix socket it listens on, without TLS.
    pub socket: PathBuf,
}

impl Handshake {
    /// Reads `1|5|unix|/tmp/plugin1|grpc|`.
    ///
    /// # Errors
    /// The line is another.
    pub fn parse(line: &str) -> Result<Self> {
        match line.trim_end().split('|').collect::<Vec<_>>().as_slice() {
            ["1", version, "unix", socket, "grpc", ..] => Ok(Self {
                version: (*version).to_owned(),
                socket: socket.into(),
            }),
            _ => bail!("not the handshake of a plugin on a Unix socket: {line:?}"),
        }
    }
}

/// A provider that runs until this is dropped. It serves several commands at a time as long as none configures it otherwise than
/// another: mocked providers and `validate` do not configure it at all.
pub struct RunningAwsProvider {
    handshake: String,
    supervisor: Child,
    // Its socket.
    _folder: TempDir,
}

impl RunningAwsProvider {
    /// Starts the provider's `binary` with nothing in its environment but this: here it reads AWS settings.
    ///
    /// # Errors
    /// It does not start; its log is on stderr.
    pub fn start(binary: &Path, environment: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("lectern-aws-provider-").tempdir()?;
        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISOR])
            .arg(binary)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", folder.path())
            .env("PLUGIN_UNIX_SOCKET_DIR", folder.path())
            .env("PLUGIN_PROTOCOL_VERSIONS", "5")
            .env("TF_LOG", "ERROR")
            .envs([MAGIC_COOKIE])
            .envs(environment.iter().copied())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut supervisor = command.spawn().context("cannot run sh")?;
        let stdout = supervisor.stdout.take().context("the provider has no stdout")?;
        let mut handshake = String::new();
        BufReader::new(stdout).read_line(&mut handshake)?;
        let started = Self {
            handshake,
            supervisor,
            _folder: folder,
        };
        let socket = Handshake::parse(&started.handshake)?.socket;
        ensure!(socket.exists(), "{} is not there", socket.display());
        Ok(started)
    }

    /// What a Terraform command needs in its environment to use this provider through the relay.
    #[must_use]
    pub fn relay(&self) -> (&'static str, &str) {
        (RELAY_TO, self.handshake.trim_end())
    }
}

impl Drop for RunningAwsProvider {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        // It ends when the provider is killed; nobody is left to tell if not.
        self.supervisor.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_handshake_is_read_and_anything_else_is_refused() {
        let read = Handshake::parse("1|5|unix|/tmp/p/plugin1|grpc|\n").unwrap();
        assert_eq!((read.version.as_str(), read.socket.to_str().unwrap()), ("5", "/tmp/p/plugin1"));
        for line in ["", "This binary is a plugin.", "1|5|tcp|127.0.0.1:1|grpc|"] {
            assert!(Handshake::parse(line).is_err(), "{line}");
        }
    }
}
