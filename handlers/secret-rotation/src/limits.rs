//! How long things may take.

use std::time::Duration;

use lambda_kit::Backoff;

/// Times of one invocation. All of a step is far below the 60 s that the module gives the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until a server that can be asked is found: longer than an election's 12 s, since a step that fails ends the rotation.
    pub selection: Duration,
    /// Until a connection is made.
    pub connect: Duration,
    /// Until a command is answered. The write concern of a change waits as long for the other members.
    pub reply: Duration,
    /// For a member of the replica set to know a new password.
    pub propagation: Duration,
    /// For the cluster to have a change that Atlas's Admin API took. 15 s were reported (hashicorp/vault-plugin-database-mongodbatlas, issue
    /// 10); a step that waits longer is repeated by Secrets Manager.
    pub deployment: Duration,
    /// For one call of Atlas's Admin API with its repetitions; no repetition begins later.
    pub calling: Duration,
    /// Of one call of Atlas's Admin API.
    pub attempts: u32,
    /// Between two attempts to sign in or to call Atlas.
    pub backoff: Backoff,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            selection: Duration::from_secs(15),
            connect: Duration::from_secs(5),
            reply: Duration::from_secs(10),
            propagation: Duration::from_secs(15),
            deployment: Duration::from_secs(40),
            calling: Duration::from_secs(20),
            attempts: 5,
            backoff: Backoff {
                first: Duration::from_millis(200),
                most: Duration::from_secs(2),
            },
        }
    }
}
