//! A local cloud in the background, for playing by hand: `local-cloud up`, `status` and `down`.
//!
//! The background process holds a lock for as long as it lives, so a state file that nobody locks is stale, whatever became
//! of the process that wrote it.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use crate::group::Group;
use crate::mirror::Mirror;
use crate::{LocalCloud, Options, cache, toolchain};

/// Until a started cloud must be ready, the venv not counted.
const READY: Duration = Duration::from_secs(90);

/// Until a stopped cloud must be gone.
const GONE: Duration = Duration::from_secs(15);

/// What a running background cloud says about itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    /// Its process.
    pub pid: i32,
    /// What to export to use it, in order.
    pub environment: Vec<(String, String)>,
    /// Where its emulators write their logs.
    pub folder: PathBuf,
}

impl State {
    /// `export NAME=value` lines for a shell.
    #[must_use]
    pub fn exports(&self) -> String {
        self.environment
            .iter()
            .map(|(name, value)| format!("export {name}={value}\n"))
            .collect()
    }
}

/// The files by which `up`, `status` and `down` find each other.
#[derive(Debug, Clone)]
pub struct Place {
    folder: PathBuf,
}

impl Place {
    /// In `folder`; by default `local-cloud` in the cache folder.
    ///
    /// # Errors
    /// When there is no cache folder, or the folder cannot be made.
    pub fn new(folder: Option<PathBuf>) -> Result<Self> {
        let folder = match folder {
            Some(folder) => std::path::absolute(folder)?,
            None => cache::folder()?.join("local-cloud"),
        };
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Self { folder })
    }

    fn state_file(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    /// What the background process prints.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.folder.join("up.log")
    }

    fn lock(&self, name: &str) -> Result<File> {
        let path = self.folder.join(name);
        File::create(&path).with_context(|| format!("cannot create {}", path.display()))
    }

    /// The lock of the running cloud, or `None` if a cloud holds it.
    fn try_hold(&self) -> Result<Option<File>> {
        let lock = self.lock("running.lock")?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The running cloud, if there is one. What a dead one left is removed.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn status(&self) -> Result<Option<State>> {
        let state = match fs::read(self.state_file()) {
            Ok(state) => state,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if let Some(_held) = self.try_hold()? {
            remove(&self.state_file())?;
            return Ok(None);
        }
        Ok(Some(serde_json::from_slice(&state)?))
    }

    /// Starts a cloud in the background and returns once it is ready; returns the running one if there is one. Terraform finds
    /// `provider` through the environment that the state names.
    ///
    /// # Errors
    /// When it does not get ready; the message has the end of what it printed.
    pub fn up(&self, moto: bool, provider: &Path) -> Result<State> {
        // Two `up` at once: the second one finds the first one's cloud.
        let starting = self.lock("starting.lock")?;
        starting.lock()?;
        if let Some(state) = self.status()? {
            return Ok(state);
        }
        toolchain::python_venv()?;
        toolchain::ferretdb()?;
        let log = File::create(self.log_file())?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg("--state-folder").arg(&self.folder);
        command.arg("--provider").arg(provider);
        if moto {
            command.arg("--moto");
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let mut group = Group::spawn(&mut command).with_context(|| format!("cannot run {command:?}"))?;
        let deadline = Instant::now() + READY;
        loop {
            if let Some(state) = self.status()? {
                group.detach();
                return Ok(state);
            }
            if let Some(status) = group.child().try_wait()? {
                bail!(
                    "the local cloud ended ({status}) before it was ready:\n{}",
                    self.log_text()
                );
            }
            if Instant::now() >= deadline {
                bail!(
                    "the local cloud was not ready after {} s:\n{}",
                    READY.as_secs(),
                    self.log_text()
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs a cloud in this process until `ended` returns; what `up` starts in the background. Terraform finds `provider`, if there
    /// is one, through the environment that the state names, and takes providers that the cloud does not have from their registry.
    ///
    /// # Errors
    /// When another cloud runs in this place, or the cloud cannot be started.
    pub fn serve(&self, options: Options, provider: Option<&Path>, ended: impl FnOnce()) -> Result<()> {
        let Some(_held) = self.try_hold()? else {
            bail!("a local cloud is already running; see `local-cloud status`")
        };
        let cloud = LocalCloud::start(options)?;
        let mut environment = cloud.environment();
        if let Some(provider) = provider {
            let mirror = Mirror::create(&cloud.folder().join("mirror"), provider, &toolchain::aws_provider()?)?;
            mirror.others_from_registry()?;
            environment.extend(mirror.environment());
        }
        let state = State {
            pid: i32::try_from(std::process::id())?,
            environment,
            folder: cloud.folder().to_owned(),
        };
        // Written beside and renamed: who reads it reads all of it.
        let mut unfinished = tempfile::NamedTempFile::new_in(&self.folder)?;
        unfinished.write_all(&serde_json::to_vec_pretty(&state)?)?;
        unfinished.persist(self.state_file())?;
        ended();
        // In this order: who no longer finds the state finds nothing of the cloud either.
        drop(cloud);
        remove(&self.state_file())
    }

    /// Ends the running cloud and waits until it is gone. Returns whether there was one.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub fn down(&self) -> Result<bool> {
        let Some(state) = self.status()? else { return Ok(false) };
        let pid = Pid::from_raw(state.pid).context("the state file has no process id")?;
        for signal in [Signal::TERM, Signal::KILL] {
            kill_process(pid, signal).ok();
            let deadline = Instant::now() + GONE;
            while Instant::now() < deadline {
                if self.status()?.is_none() && is_gone(state.pid) {
                    return Ok(true);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        bail!("process {} does not end", state.pid)
    }

    fn log_text(&self) -> String {
        let mut text = String::new();
        if let Ok(mut log) = File::open(self.log_file()) {
            log.read_to_string(&mut text).ok();
        }
        text
    }
}

/// Whether the process has ended. A zombie, which may stay where nobody waits for orphans, has; its command line is empty.
fn is_gone(pid: i32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).map_or(true, |command| command.is_empty())
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
