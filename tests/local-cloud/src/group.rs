//! A child process with everything it starts: one process group, ended as one.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

/// Every group that runs, for [`kill_all`].
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// Killed and waited for when dropped.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    pid: Pid,
}

impl Group {
    /// Starts `command` as the leader of its own process group.
    pub(crate) fn spawn(command: &mut Command) -> std::io::Result<Self> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command.process_group(0).spawn()?;
        let pid = Pid::from_child(&child);
        running.push(pid);
        Ok(Self { child, pid })
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits until the leader ends by itself.
    pub(crate) fn wait(mut self) -> std::io::Result<ExitStatus> {
        self.child.wait()
    }

    /// Lets it live on when this process ends.
    pub(crate) fn detach(self) {
        forget(self.pid);
        // Without the destructor, which would kill it.
        std::mem::forget(self);
    }

    /// Pauses what runs, or lets it continue.
    pub(crate) fn pause(&self, is_paused: bool) -> std::io::Result<()> {
        let signal = if is_paused { Signal::STOP } else { Signal::CONT };
        Ok(kill_process_group(self.pid, signal)?)
    }

    /// Kills what runs and waits for the leader.
    pub(crate) fn kill(&mut self) -> std::io::Result<ExitStatus> {
        // An error says that the group is gone, which is what is wanted.
        kill_process_group(self.pid, Signal::KILL).ok();
        self.child.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        forget(self.pid);
        // Nobody is left to tell; the group's own supervision is the second line.
        self.kill().ok();
    }
}

fn forget(pid: Pid) {
    RUNNING
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .retain(|running| *running != pid);
}

/// Runs a command in a group of its own to its end and returns all it said.
pub(crate) fn output(command: &mut Command) -> std::io::Result<Output> {
    let mut group = Group::spawn(
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped()),
    )?;
    let errors = group.child().stderr.take();
    let errors = std::thread::spawn(move || read_all(errors));
    let stdout = read_all(group.child().stdout.take())?;
    let stderr = errors
        .join()
        .map_err(|_| std::io::Error::other("reading stderr failed"))??;
    Ok(Output {
        status: group.wait()?,
        stdout,
        stderr,
    })
}

fn read_all(stream: Option<impl std::io::Read>) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    if let Some(mut stream) = stream {
        stream.read_to_end(&mut all)?;
    }
    Ok(all)
}

/// Kills every child process started here with all it started, for an exit that runs no destructors.
pub fn kill_all() {
    for pid in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        kill_process_group(*pid, Signal::KILL).ok();
    }
}
