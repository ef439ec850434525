//! How long things may take.

use std::time::Duration;

/// Times of one invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until a server that can be asked is found. Shorter than an election: a minute without a primary is to be seen as one.
    pub selection: Duration,
    /// Until a connection is made.
    pub connect: Duration,
    /// Until a command is answered.
    pub reply: Duration,
    /// Until the address is read anew: SRV records and secrets change, and are worth a call four times an hour.
    pub address: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            selection: Duration::from_secs(4),
            connect: Duration::from_secs(3),
            reply: Duration::from_secs(3),
            address: Duration::from_secs(15 * 60),
        }
    }
}
