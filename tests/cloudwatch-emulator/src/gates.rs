//! Calls held at a chosen point, so that a test can act exactly there.

use emulator_kit::Script;
use serde::Deserialize;

use crate::faults::matches_operation;

/// Which one call to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Gate {
    /// Operation, or `*` for all.
    pub operation: String,
    /// Matching calls that pass before the one that is held.
    #[serde(default)]
    pub skip: u32,
    /// Hold it before its work instead of after its work and before its answer.
    #[serde(default)]
    pub before: bool,
}

impl Script for Gate {
    /// The operation, and whether its work is still to come.
    type Call<'a> = (&'a str, bool);

    fn is_for(&self, (operation, before): &Self::Call<'_>) -> bool {
        self.before == *before && matches_operation(&self.operation, operation)
    }

    fn skip(&mut self) -> &mut u32 {
        &mut self.skip
    }
}
