//! Every call that arrived.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::lock;

/// The calls of one emulator, in order of arrival.
#[derive(Debug)]
pub struct CallLog<C> {
    calls: Mutex<Vec<(u64, C)>>,
    next: AtomicU64,
}

impl<C> Default for CallLog<C> {
    fn default() -> Self {
        Self {
            calls: Mutex::default(),
            next: AtomicU64::default(),
        }
    }
}

impl<C: Clone> CallLog<C> {
    /// Records a call's arrival and gives the number to change it by.
    pub fn arrived(&self, call: C) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.calls).push((number, call));
        number
    }

    /// Changes a call. The log may have been cleared meanwhile.
    pub fn change(&self, number: u64, change: impl FnOnce(&mut C)) {
        // From the end: it came lately.
        if let Some((_, call)) = lock(&self.calls).iter_mut().rev().find(|(at, _)| *at == number) {
            change(call);
        }
    }

    /// The calls since the start or the last [`Self::clear`].
    pub fn calls(&self) -> Vec<C> {
        lock(&self.calls).iter().map(|(_, call)| call.clone()).collect()
    }

    /// Forgets the calls so far.
    pub fn clear(&self) {
        lock(&self.calls).clear();
    }
}
