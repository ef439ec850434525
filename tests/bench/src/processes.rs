//! CPU and peak memory of one command and everything it starts, read from /proc while it runs.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How often /proc is read. A peak is the kernel's own (VmHWM), so only a process shorter than this escapes.
const EVERY: Duration = Duration::from_millis(10);

/// What one run cost.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) wall_seconds: f64,
    /// User and system time of the provider's processes.
    pub(crate) provider_cpu_seconds: f64,
    /// Peak memory of the largest of them.
    pub(crate) provider_peak_mib: f64,
}

/// Runs `command` to its end, measuring the processes below it whose program name starts with `provider`.
pub(crate) fn run(command: &mut Command, provider: &str) -> Result<Cost> {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut seen: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    let status = loop {
        for (pid, cpu, peak) in below(child.id(), provider) {
            seen.insert(pid, (cpu, peak));
        }
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(EVERY);
    };
    let wall_seconds = start.elapsed().as_secs_f64();
    if !status.success() {
        let mut said = String::new();
        std::io::Read::read_to_string(&mut child.stderr.take().context("no stderr")?, &mut said)?;
        bail!("{command:?} failed: {status}\n{said}");
    }
    Ok(Cost {
        wall_seconds,
        provider_cpu_seconds: seen.values().map(|(cpu, _)| cpu).sum(),
        provider_peak_mib: seen.values().map(|(_, peak)| *peak).fold(0.0, f64::max),
    })
}

/// Process id, CPU seconds and peak MiB of the descendants of `root` with that name.
fn below(root: u32, name: &str) -> Vec<(u32, f64, f64)> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids: Vec<u32> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    let parents: BTreeMap<u32, u32> = pids.iter().filter_map(|pid| Some((*pid, stat(*pid)?.0))).collect();
    let descends = |mut pid: u32| {
        while let Some(parent) = parents.get(&pid) {
            if *parent == root {
                return true;
            }
            pid = *parent;
        }
        false
    };
    let program = |pid: u32| {
        fs::read_link(format!("/proc/{pid}/exe"))
            .ok()
            .and_then(|path| path.file_name()?.to_str().map(str::to_owned))
    };
    pids.into_iter()
        .filter(|pid| descends(*pid) && program(*pid).is_some_and(|program| program.starts_with(name)))
        .filter_map(|pid| Some((pid, stat(pid)?.1, memory_mib(pid, "VmHWM")?)))
        .collect()
}

/// Parent and CPU seconds of a process. Source: proc_pid_stat(5), fields 4, 14 and 15, after the name in parentheses.
fn stat(pid: u32) -> Option<(u32, f64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some((
        fields.get(1)?.parse().ok()?,
        ticks / rustix::param::clock_ticks_per_second() as f64,
    ))
}

/// A line of /proc/<pid>/status, in MiB.
pub(crate) fn memory_mib(pid: u32, line: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let value = status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
    Some(value.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}
