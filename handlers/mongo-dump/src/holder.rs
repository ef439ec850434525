//! Who works on something, as a lease says it.

use std::fmt;

use dump_format::UtcSeconds;
use dump_format::key::RunId;
use serde::{Deserialize, Serialize};

/// What the lease says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Which run works.
    pub run: RunId,
    /// Id of the invocation that does, or that the run is between two of them.
    pub owner: String,
    /// When others may take it.
    pub until: UtcSeconds,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run {} (invocation {}, until {})", self.run, self.owner, self.until)
    }
}
