//! Calls held at a chosen point, so that a test can act exactly there.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use crate::lock;
use crate::script::Script;

/// A gate that was set. Calls after the held one pass. Dropping this opens nothing.
#[derive(Debug, Clone, Default)]
pub struct GateHandle {
    barrier: Arc<Barrier>,
}

#[derive(Debug, Default)]
struct Barrier {
    reached: watch::Sender<bool>,
    open: watch::Sender<bool>,
}

impl GateHandle {
    /// Returns as soon as a call is held here; at once if one was. Any async runtime.
    pub async fn reached(&self) {
        wait_until_true(&self.barrier.reached).await;
    }

    /// Is, or was, a call held here?
    #[must_use]
    pub fn is_reached(&self) -> bool {
        *self.barrier.reached.borrow()
    }

    /// Lets the held call continue; a call that comes later is not held.
    pub fn open(&self) {
        self.barrier.open.send_replace(true);
    }

    /// Holds the caller here until the gate is open.
    pub async fn hold(&self) {
        self.barrier.reached.send_replace(true);
        wait_until_true(&self.barrier.open).await;
    }

    fn is_open(&self) -> bool {
        *self.barrier.open.borrow()
    }
}

async fn wait_until_true(flag: &watch::Sender<bool>) {
    // It can only fail without a sender, and `flag` is one.
    let mut receiver = flag.subscribe();
    let _always_ok = receiver.wait_for(|flag| *flag).await;
}

/// The gates of one emulator. Each holds one call: of several that match it the oldest.
#[derive(Debug)]
pub struct Gates<G> {
    set: Mutex<Set<G>>,
}

#[derive(Debug)]
struct Set<G> {
    waiting: Vec<(G, GateHandle)>,
    known: Vec<GateHandle>,
}

impl<G> Default for Gates<G> {
    fn default() -> Self {
        let set = Set {
            waiting: Vec::new(),
            known: Vec::new(),
        };
        Self { set: Mutex::new(set) }
    }
}

impl<G: Script> Gates<G> {
    /// Sets a gate.
    pub fn add(&self, gate: G) -> GateHandle {
        self.add_numbered(gate).1
    }

    /// Sets a gate that [`Self::get`] finds by its number, from 1.
    pub fn add_numbered(&self, gate: G) -> (usize, GateHandle) {
        let mut set = lock(&self.set);
        let handle = GateHandle::default();
        set.waiting.push((gate, handle.clone()));
        set.known.push(handle.clone());
        (set.known.len(), handle)
    }

    /// A gate by its number.
    pub fn get(&self, number: usize) -> Option<GateHandle> {
        let index = number.checked_sub(1)?;
        lock(&self.set).known.get(index).cloned()
    }

    /// Counts a call at one of its points, and returns when no gate holds it there.
    pub async fn pass(&self, call: &G::Call<'_>) {
        let held = self.arrive(call);
        if let Some(gate) = held {
            gate.hold().await;
        }
    }

    fn arrive(&self, call: &G::Call<'_>) -> Option<GateHandle> {
        let mut set = lock(&self.set);
        set.waiting.retain(|(_, handle)| !handle.is_open());
        let index = set.waiting.iter_mut().position(|(gate, _)| gate.takes(call))?;
        Some(set.waiting.remove(index).1)
    }
}
