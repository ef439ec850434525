//! Calls held at a chosen point, so that a test can act exactly there.

use std::sync::{Arc, Mutex};

use serde::Deserialize;
use tokio::sync::watch;

use crate::{lock, pattern};

/// Which one call to hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// HTTP method, or `*` for all.
    pub method: String,
    /// Path; `*` is any segment, a last `**` any rest. The base path may be left out.
    pub path: String,
    /// Matching calls that pass before the one that is held. Only calls that were let in count.
    pub skip: u32,
    /// Hold it before its work instead of after its work and before its answer.
    pub before: bool,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            method: "*".to_owned(),
            path: "**".to_owned(),
            skip: 0,
            before: false,
        }
    }
}

/// A gate that was set. Calls after the held one pass. Dropping this opens nothing.
#[derive(Debug, Clone)]
pub struct GateHandle {
    barrier: Arc<Barrier>,
}

#[derive(Debug)]
struct Barrier {
    id: u64,
    reached: watch::Sender<bool>,
    open: watch::Sender<bool>,
}

impl GateHandle {
    /// Number of the gate in `/_emulator/gates/<id>`.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.barrier.id
    }

    /// Returns as soon as a call is held here; at once if one was. Any async runtime.
    pub async fn reached(&self) {
        wait_until_true(&self.barrier.reached).await;
    }

    /// Is, or was, a call held here?
    #[must_use]
    pub fn is_reached(&self) -> bool {
        *self.barrier.reached.borrow()
    }

    /// Lets the held call go on; a call that comes later is not held.
    pub fn open(&self) {
        self.barrier.open.send_replace(true);
    }

    pub(crate) async fn hold(&self) {
        self.barrier.reached.send_replace(true);
        wait_until_true(&self.barrier.open).await;
    }
}

async fn wait_until_true(flag: &watch::Sender<bool>) {
    // It can only fail without a sender, and `flag` is one.
    let mut receiver = flag.subscribe();
    let _always_ok = receiver.wait_for(|flag| *flag).await;
}

#[derive(Debug, Default)]
pub(crate) struct Gates {
    set: Mutex<Set>,
}

#[derive(Debug, Default)]
struct Set {
    last_id: u64,
    waiting: Vec<(Gate, GateHandle)>,
    known: Vec<GateHandle>,
}

impl Gates {
    pub(crate) fn add(&self, gate: Gate) -> GateHandle {
        let mut set = lock(&self.set);
        set.last_id += 1;
        let handle = GateHandle {
            barrier: Arc::new(Barrier {
                id: set.last_id,
                reached: watch::Sender::new(false),
                open: watch::Sender::new(false),
            }),
        };
        set.waiting.push((gate, handle.clone()));
        set.known.push(handle.clone());
        handle
    }

    pub(crate) fn get(&self, id: u64) -> Option<GateHandle> {
        lock(&self.set).known.iter().find(|handle| handle.id() == id).cloned()
    }

    /// Counts a call at one of its two points; gives the gate that holds it there.
    pub(crate) fn arrive(&self, method: &str, path: &str, before: bool) -> Option<GateHandle> {
        let mut set = lock(&self.set);
        set.waiting.retain(|(_, handle)| !*handle.barrier.open.borrow());
        let index = set.waiting.iter_mut().position(|(gate, _)| {
            let matches = gate.before == before && pattern::matches(&gate.method, &gate.path, method, path);
            if matches && gate.skip > 0 {
                gate.skip -= 1;
                return false;
            }
            matches
        })?;
        Some(set.waiting.remove(index).1)
    }
}
