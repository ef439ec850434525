//! CPU and peak memory of commands, read from /proc while they run.

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
    /// User and system time of the processes that were watched.
    pub(crate) cpu_seconds: f64,
    /// Peak memory of the largest of them.
    pub(crate) peak_mib: f64,
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
        cpu_seconds: seen.values().map(|(cpu, _)| cpu).sum(),
        peak_mib: seen.values().map(|(_, peak)| *peak).fold(0.0, f64::max),
    })
}

/// Runs `command`, which is one process, to its end.
pub(crate) fn run_alone(command: &mut Command) -> Result<Cost> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut peak_mib = 0.0;
    // A process that has ended keeps its times, though not its memory, until its parent asks for its status.
    let cost = loop {
        let stat = stat(child.id()).context("a child has no /proc/<pid>/stat")?;
        if stat.has_ended {
            break Cost {
                wall_seconds: start.elapsed().as_secs_f64(),
                cpu_seconds: stat.cpu_seconds,
                peak_mib,
            };
        }
        peak_mib = memory_mib(child.id(), "VmHWM").map_or(peak_mib, |now| now.max(peak_mib));
        std::thread::sleep(EVERY);
    };
    let status = child.wait()?;
    if !status.success() {
        bail!("{command:?} failed: {status}");
    }
    Ok(cost)
}

/// What a process that still runs has cost since its start.
pub(crate) fn so_far(pid: u32, wall_seconds: f64) -> Option<Cost> {
    Some(Cost {
        wall_seconds,
        // Neither has too much: the first loses parts of a tick, the second threads that have ended.
        cpu_seconds: stat(pid)?.cpu_seconds.max(of_threads(pid).unwrap_or_default()),
        peak_mib: memory_mib(pid, "VmHWM")?,
    })
}

/// CPU seconds of the threads that a process has now, to the nanosecond. Source: Documentation/scheduler/sched-stats.rst of Linux,
/// `/proc/<pid>/schedstat`, the first field.
fn of_threads(pid: u32) -> Option<f64> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    Some(nanoseconds.sum::<u64>() as f64 / 1e9)
}

/// CPU seconds of this process so far: what the emulators in it take.
pub(crate) fn own_cpu_seconds() -> Option<f64> {
    Some(stat(std::process::id())?.cpu_seconds)
}

/// CPU seconds of this thread so far.
pub(crate) fn thread_cpu_seconds() -> Option<f64> {
    Some(stat_at("/proc/thread-self/stat")?.cpu_seconds)
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
    let parents: BTreeMap<u32, u32> = pids.iter().filter_map(|pid| Some((*pid, stat(*pid)?.parent))).collect();
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
        .filter_map(|pid| Some((pid, stat(pid)?.cpu_seconds, memory_mib(pid, "VmHWM")?)))
        .collect()
}

struct Stat {
    has_ended: bool,
    parent: u32,
    cpu_seconds: f64,
}

fn stat(pid: u32) -> Option<Stat> {
    stat_at(&format!("/proc/{pid}/stat"))
}

/// Source: proc_pid_stat(5), fields 3, 4, 14 and 15; the first here is the third, after the name in parentheses.
fn stat_at(path: &str) -> Option<Stat> {
    let text = fs::read_to_string(path).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(Stat {
        has_ended: *fields.first()? == "Z",
        parent: fields.get(1)?.parse().ok()?,
        cpu_seconds: ticks / rustix::param::clock_ticks_per_second() as f64,
    })
}

/// A line of /proc/<pid>/status, in MiB.
pub(crate) fn memory_mib(pid: u32, line: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let value = status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
    Some(value.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}
