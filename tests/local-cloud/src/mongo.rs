//! MongoDB of the local cloud: FerretDB, which speaks MongoDB's protocol and shares no code with the project's own emulator.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::group::Group;
use crate::toolchain;

/// A server that runs; it ends when this is dropped, and when this process ends in any other way.
pub(crate) struct Mongo {
    uri: String,
    // Its end tells the child to end.
    _stdin: ChildStdin,
    group: Group,
}

impl Mongo {
    /// Starts one that keeps its files and its log in `folder`, by its name, and waits until it listens.
    pub(crate) fn start(folder: &Path, name: &str, deadline: Instant) -> Result<Self> {
        let binary = toolchain::ferretdb()?;
        let log = folder.join(format!("{name}.log"));
        let mut command = Command::new(&binary);
        command.arg(folder.join(name)).env_clear();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?);
        let mut group = Group::spawn(&mut command).with_context(|| format!("cannot run {}", binary.display()))?;
        let stdin = group.child().stdin.take().context("the child has no stdin")?;
        let stdout = group.child().stdout.take().context("the child has no stdout")?;
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            if BufReader::new(stdout).read_line(&mut line).is_ok() {
                sender.send(line).ok();
            }
        });
        let left = deadline
            .saturating_duration_since(Instant::now())
            .max(Duration::from_millis(1));
        let line = lines.recv_timeout(left).unwrap_or_default();
        let uri = line.trim_end();
        if !uri.starts_with("mongodb://") {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            bail!("FerretDB did not say its address in time:\n{}", log.trim_end());
        }
        Ok(Self {
            uri: uri.to_owned(),
            _stdin: stdin,
            group,
        })
    }

    /// Lets no client be answered, or again.
    pub(crate) fn pause(&self, is_paused: bool) -> Result<()> {
        Ok(self.group.pause(is_paused)?)
    }

    pub(crate) fn uri(&self) -> &str {
        &self.uri
    }
}
