//! A provider as one process that many Terraform commands use.
//!
//! A command starts every provider once for each of its walks, and each start of `hashicorp/aws` takes seconds of CPU. So it is started
//! once, and what Terraform starts in its place is `provider-relay`.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::schema;

/// Environment variable that tells the relay where the provider is: its handshake line.
pub const RELAY_TO: &str = "LECTERN_RELAY_TO";

/// Environment variable that tells the relay in which file the provider's schema is, as far as it is needed, once a relay has put it there.
pub const RELAY_SCHEMA: &str = "LECTERN_RELAY_SCHEMA";

/// Environment variable that tells the relay which types of `hashicorp/aws` are needed, with commas between them.
pub const RELAY_TYPES: &str = "LECTERN_RELAY_TYPES";

/// Terraform's magic cookie (terraform-plugin-go, `tf5server`): without it a provider believes that a person started it.
const MAGIC_COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// Lets programs written in Go collect garbage less often: half of what a Terraform command computes is that.
pub(crate) const RARE_COLLECTION: (&str, &str) = ("GOGC", "400");

/// Runs the provider and ends it when stdin ends: when its owner is dropped or dies in any other way.
const SUPERVISOR: &str =
    r#""$0" </dev/null & exec >/dev/null; while read -r line; do :; done; kill -KILL "$!" 2>/dev/null"#;

/// What a plugin says of itself on its first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// Version of Terraform's plugin protocol.
    pub version: String,
    /// Where it listens, without TLS.
    pub address: Address,
}

/// Where a plugin listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// As providers written in Go do.
    Unix(PathBuf),
    /// As ours does.
    Tcp(SocketAddr),
}

impl Handshake {
    /// Reads `1|5|unix|/tmp/plugin1|grpc|` or `1|6|tcp|127.0.0.1:1|grpc|`.
    ///
    /// # Errors
    /// The line is another.
    pub fn parse(line: &str) -> Result<Self> {
        let parts: Vec<_> = line.trim_end().split('|').collect();
        let (version, address) = match parts.as_slice() {
            ["1", version, "unix", socket, "grpc", ..] => (version, Address::Unix(socket.into())),
            ["1", version, "tcp", address, "grpc", ..] => (version, Address::Tcp(address.parse()?)),
            _ => bail!("not the handshake of a plugin: {line:?}"),
        };
        Ok(Self {
            version: (*version).to_owned(),
            address,
        })
    }
}

/// A provider that runs until this is dropped. It serves several commands at a time as long as none configures it otherwise than
/// another: mocked providers and `validate` do not configure it at all.
pub struct RunningProvider {
    handshake: String,
    supervisor: Child,
    /// The provider's socket, its log and its schema.
    folder: TempDir,
}

impl RunningProvider {
    /// Starts the provider's `binary` with nothing in its environment but this.
    ///
    /// # Errors
    /// It does not start; the error has its log.
    pub fn start(binary: &Path, environment: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("lectern-provider-").tempdir()?;
        // hashicorp/aws writes a line for every type of its schema, whatever TF_LOG says
        let log = folder.path().join("log");
        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISOR])
            .arg(binary)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", folder.path())
            .env("PLUGIN_UNIX_SOCKET_DIR", folder.path())
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .envs([MAGIC_COOKIE, RARE_COLLECTION])
            .envs(environment.iter().copied())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let mut supervisor = command.spawn().context("cannot run sh")?;
        let stdout = supervisor.stdout.take().context("the provider has no stdout")?;
        let mut handshake = String::new();
        BufReader::new(stdout).read_line(&mut handshake)?;
        let started = Self {
            handshake,
            supervisor,
            folder,
        };
        Handshake::parse(&started.handshake)
            .with_context(|| format!("its log: {}", std::fs::read_to_string(&log).unwrap_or_default()))?;
        Ok(started)
    }

    /// What a Terraform command needs in its environment to use this provider through the relay.
    ///
    /// # Errors
    /// The workspace's HCL cannot be read.
    pub fn relay(&self) -> Result<[(&'static str, String); 3]> {
        let schema = self.folder.path().join("schema");
        Ok([
            (RELAY_TO, self.handshake.trim_end().to_owned()),
            (RELAY_SCHEMA, schema.display().to_string()),
            (RELAY_TYPES, schema::used_types()?.join(",")),
        ])
    }
}

impl Drop for RunningProvider {
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
        for (line, version, address) in [
            (
                "1|5|unix|/tmp/p/plugin1|grpc|\n",
                "5",
                Address::Unix("/tmp/p/plugin1".into()),
            ),
            (
                "1|6|tcp|127.0.0.1:1|grpc|\n",
                "6",
                Address::Tcp("127.0.0.1:1".parse().unwrap()),
            ),
        ] {
            let read = Handshake::parse(line).unwrap();
            assert_eq!((read.version.as_str(), read.address), (version, address));
        }
        for line in [
            "",
            "This binary is a plugin.",
            "1|5|tcp|here|grpc|",
            "1|5|unix|/tmp/p/plugin1|netrpc|",
        ] {
            assert!(Handshake::parse(line).is_err(), "{line}");
        }
    }
}
