//! Lines on stderr for what takes longer than a few seconds.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Nothing is printed for what ends sooner.
const QUIET: Duration = Duration::from_secs(3);

/// Says what takes so long, first after [`QUIET`], then ever more rarely, until it is dropped.
pub(crate) struct Progress {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    pub(crate) fn start(what: String, usual: Option<Duration>) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let started = Instant::now();
            let mut pause = QUIET;
            let mut said = false;
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let elapsed = started.elapsed().as_secs();
                match usual {
                    Some(usual) => eprintln!("{what} ({elapsed} s; usually about {})", readable(usual)),
                    None => eprintln!("{what} ({elapsed} s)"),
                }
                said = true;
                pause = (pause * 2).min(Duration::from_secs(60));
            }
            if said {
                eprintln!("{what}: ended after {} s", started.elapsed().as_secs());
            }
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            eprintln!("the progress display failed");
        }
    }
}

/// A duration in the unit a person would say.
pub(crate) fn readable(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}
