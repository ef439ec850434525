//! Who works on something, as a lease says it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// What a lease says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Which run works: an id that stays the same over all invocations of it.
    pub run: String,
    /// Id of the invocation that does, or that the run is between two of them.
    pub owner: String,
    /// When others may take it.
    pub until: Moment,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run {} (invocation {}, until {})", self.run, self.owner, self.until)
    }
}
