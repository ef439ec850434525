//! Failures on demand.

use std::sync::Mutex;

use crate::lock;
use crate::script::Script;

/// A failure as a test scripts it.
pub trait ScriptedFault: Script {
    /// What happens to a call that is struck.
    type Effect;

    /// Calls that it still strikes; `None`: all of them.
    fn times(&mut self) -> &mut Option<u32>;

    /// The chance to strike, from 0 to 1, and the state of the dice; `None`: it strikes for certain.
    fn dice(&mut self) -> Option<(f64, &mut u64)> {
        None
    }

    /// What happens to a call that is struck.
    fn effect(&self) -> Self::Effect;
}

/// The scripted failures of one emulator. Of several that match a call the oldest decides.
#[derive(Debug)]
pub struct Faults<F> {
    faults: Mutex<Vec<F>>,
}

impl<F> Default for Faults<F> {
    fn default() -> Self {
        Self {
            faults: Mutex::default(),
        }
    }
}

impl<F: ScriptedFault> Faults<F> {
    /// Scripts a failure, after those that there are.
    pub fn add(&self, fault: F) {
        lock(&self.faults).push(fault);
    }

    /// Those that can still strike, the oldest first, each with the calls that are left to it.
    pub fn list(&self) -> Vec<F>
    where
        F: Clone,
    {
        let mut faults = lock(&self.faults);
        faults.retain_mut(|fault| *fault.times() != Some(0));
        faults.clone()
    }

    /// Removes all of them.
    pub fn clear(&self) {
        lock(&self.faults).clear();
    }

    /// Counts a call against the faults that match it.
    pub fn strike(&self, call: &F::Call<'_>) -> Option<F::Effect> {
        let mut faults = lock(&self.faults);
        faults.retain_mut(|fault| *fault.times() != Some(0));
        faults.iter_mut().find_map(|fault| {
            if !fault.takes(call) {
                return None;
            }
            if let Some((chance, state)) = fault.dice()
                && chance < 1.0
                && roll(state) >= chance
            {
                return None;
            }
            let times = fault.times();
            *times = times.map(|times| times - 1);
            Some(fault.effect())
        })
    }
}

/// A number from 0 to 1, and the next state of the dice: splitmix64.
fn roll(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    f64::from(u32::try_from(mixed >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}
