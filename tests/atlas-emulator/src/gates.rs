//! Calls held at a chosen point, so that a test can act exactly there.

use emulator_kit::Script;
use serde::Deserialize;

use crate::pattern;

/// Which one call to hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// HTTP method, or `*` for all.
    pub method: String,
    /// Path; `*` is any segment, a last `**` any rest. The base path may be left out.
    pub path: String,
    /// Matching calls that pass before the one that is held. Only authenticated calls count.
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

impl Script for Gate {
    /// Method and path, and whether its work is still to come.
    type Call<'a> = (&'a str, &'a str, bool);

    fn is_for(&self, (method, path, before): &Self::Call<'_>) -> bool {
        self.before == *before && pattern::matches(&self.method, &self.path, method, path)
    }

    fn skip(&mut self) -> &mut u32 {
        &mut self.skip
    }
}
