//! Sizes, margins and patience.

use std::time::Duration;

use lambda_kit::Backoff;

/// All sizes and time limits of a restore. The defaults keep the process below 70 MB for documents of ordinary size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of documents in one insert. The server's limit is 48 MB a message, and 16 MiB for what comes in the command
    /// itself, as here. Our choice: 1 MiB, of which the driver and we hold up to four copies for each insert under way.
    pub batch_bytes: usize,
    /// Documents in one insert. The server's limit is 100,000. Our choice: 5,000, because each document that already exists adds
    /// an entry to the answer.
    pub batch_documents: usize,
    /// Inserts under way at once. Our choice: 2, so that one is on its way while the server works on the other. Collections
    /// whose order counts (capped ones) have 1.
    pub inserts: usize,
    /// Bytes that one batch of a read should have.
    pub read_bytes: u64,
    /// Attempts of one call of MongoDB or of reading a part without getting a byte further, pauses growing from
    /// `pause_first` to `pause_most` in between. Our choice: with these an election of a new primary (12 s by MongoDB's
    /// manual) is waited for.
    pub attempts: u32,
    /// Before the second attempt.
    pub pause_first: Duration,
    /// Between later attempts, at most.
    pub pause_most: Duration,
    /// For the first answer of the deployment, all attempts together. Our choice: longer than an election of a new primary takes
    /// (12 s by MongoDB's manual), and short enough for somebody who waits to hear that the address is wrong.
    pub reach_timeout: Duration,
    /// For one insert, find or catalog command.
    pub command_timeout: Duration,
    /// For one createIndexes, which takes as long as the collection is large.
    pub index_timeout: Duration,
    /// Between two pieces of an object's body.
    pub body_timeout: Duration,
    /// Left before the deadline for handing over: this or twice the slowest part so far, whichever is more.
    pub handover_margin: Duration,
    /// A lease that is not renewed ends after this. Lambda runs a failed asynchronous event again after one minute, so by then
    /// the lease of a killed invocation has expired; and an election of a new primary (12 s by MongoDB's manual) does not cost it.
    pub lease: Duration,
    /// How long a lease holds for the next invocation of a restore that was handed over: Lambda may be late.
    pub lease_between: Duration,
    /// Invocations of one restore, at most: a restore that gets nowhere must end.
    pub hops: u32,
    /// Dumps looked at for `latest`, from the newest back.
    pub dumps_tried: usize,
    /// Names listed in a message or answer; the number is always said.
    pub names_listed: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            batch_bytes: 1 << 20,
            batch_documents: 5_000,
            inserts: 2,
            read_bytes: 1 << 20,
            attempts: 8,
            pause_first: Duration::from_millis(100),
            pause_most: Duration::from_secs(5),
            reach_timeout: Duration::from_secs(30),
            command_timeout: Duration::from_secs(60),
            index_timeout: Duration::from_secs(3_600),
            body_timeout: Duration::from_secs(30),
            handover_margin: Duration::from_secs(60),
            lease: Duration::from_secs(45),
            lease_between: Duration::from_secs(600),
            hops: 500,
            dumps_tried: 100,
            names_listed: 20,
        }
    }
}

impl Limits {
    /// The pause after this number of failed attempts.
    pub(crate) fn pause(&self, failed: u32) -> Duration {
        let backoff = Backoff {
            first: self.pause_first,
            most: self.pause_most,
        };
        backoff.pause(failed)
    }
}
