//! Commands held at a chosen point, so that a test can act exactly there.

use emulator_kit::Script;

use crate::pattern;

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

impl Script for Gate {
    /// Command and namespace, and whether its work is still to come.
    type Call<'a> = (&'a str, &'a str, bool);

    fn is_for(&self, (command, namespace, before): &Self::Call<'_>) -> bool {
        self.before == *before && pattern::matches(&self.command, &self.namespace, command, namespace)
    }

    fn skip(&mut self) -> &mut u32 {
        &mut self.skip
    }
}
