//! Commands held at a chosen point, so that a test can act exactly there.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use crate::{lock, pattern};

/// Which one command to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Name of the command, or `*`, as for a [`Fault`](crate::Fault).
    pub command: String,
    /// Namespace, in which `*` stands for any text.
    pub namespace: String,
    /// Matching commands that pass before the one that is held.
    pub skip: u32,
    /// Hold it before its work instead of after its work and before its answer.
    pub before: bool,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            command: "*".to_owned(),
            namespace: "*".to_owned(),
            skip: 0,
            before: false,
        }
    }
}

/// A gate that was set. Commands after the held one pass. Dropping this opens nothing.
#[derive(Debug, Clone)]
pub struct GateHandle {
    barrier: Arc<Barrier>,
}

#[derive(Debug)]
struct Barrier {
    reached: watch::Sender<bool>,
    open: watch::Sender<bool>,
}

impl GateHandle {
    /// Returns as soon as a command is held here; at once if one was. Any async runtime.
    pub async fn reached(&self) {
        wait_until_true(&self.barrier.reached).await;
    }

    /// Is, or was, a command held here?
    #[must_use]
    pub fn is_reached(&self) -> bool {
        *self.barrier.reached.borrow()
    }

    /// Lets the held command go on; one that comes later is not held.
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
    waiting: Mutex<Vec<(Gate, GateHandle)>>,
}

impl Gates {
    pub(crate) fn add(&self, gate: Gate) -> GateHandle {
        let barrier = Barrier {
            reached: watch::Sender::new(false),
            open: watch::Sender::new(false),
        };
        let handle = GateHandle {
            barrier: Arc::new(barrier),
        };
        lock(&self.waiting).push((gate, handle.clone()));
        handle
    }

    /// Counts a command at one of its two points; gives the gate that holds it there.
    pub(crate) fn arrive(&self, command: &str, namespace: &str, before: bool) -> Option<GateHandle> {
        let mut waiting = lock(&self.waiting);
        waiting.retain(|(_, handle)| !*handle.barrier.open.borrow());
        let index = waiting.iter_mut().position(|(gate, _)| {
            let matches = gate.before == before && pattern::matches(&gate.command, &gate.namespace, command, namespace);
            if matches && gate.skip > 0 {
                gate.skip -= 1;
                return false;
            }
            matches
        })?;
        Some(waiting.remove(index).1)
    }
}
