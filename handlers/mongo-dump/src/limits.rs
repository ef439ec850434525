//! Sizes and times of a dump. The function runs with the defaults; tests make them small.

use std::time::Duration;

use lambda_kit::Backoff;

/// How large, how long, how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a part of a multipart upload. S3 takes 5 MiB to 5 GiB, and 10,000 parts an object (S3 User Guide, multipart
    /// upload limits). Our choice: 5 MiB, since three of them are in memory at a time where S3 is slower than the cursor.
    pub part_bytes: usize,
    /// An object ends after the document with which its stored bytes reach this. Our choice: 256 MiB, so that a finished
    /// object is a checkpoint every few seconds and a restore can read many at once.
    pub object_bytes: u64,
    /// Parts of one object that are sent at a time. Our choice: one connection carries more than a cursor delivers.
    pub parts_in_flight: usize,
    /// Bytes of documents that a cursor's answer is meant to have; the server's own are 16 MiB. Smaller ones take less memory
    /// and no longer.
    pub batch_bytes: u64,
    /// The state is saved after an object if this number of stored bytes is not in it yet, or if `checkpoint_every` has passed. Small
    /// collections would otherwise cost two writes each.
    pub checkpoint_bytes: u64,
    /// See `checkpoint_bytes`.
    pub checkpoint_every: Duration,
    /// Action `plan`: bytes of documents in a range.
    pub range_bytes: u64,
    /// Action `plan`: bytes of documents in a range, at least, where more ranges are made so that they are read in time. Smaller ones take longer to begin than to
    /// read. Our choice.
    pub least_range_bytes: u64,
    /// Action `plan`: ranges, at most. Their numbers are the answer, and Step Functions passes on 256 KiB (quotas, state input
    /// or output).
    pub ranges: usize,
    /// A lease that is not renewed ends after this. Lambda runs a failed asynchronous event again after one minute, so by then
    /// that of a killed function has ended.
    pub lease: Duration,
    /// How long a run's lease is held for the next function: the continuation after a handover, or the ranges after a plan.
    /// Lambda and Step Functions start them within seconds unless they are throttled.
    pub lease_between: Duration,
    /// A cursor's answer that takes longer is given up and asked for again.
    pub reply: Duration,
    /// Attempts to read on before a collection or the run is given up; progress starts the count again.
    pub read_attempts: u32,
    /// The longest pause between two of them; the first is a 32nd of it, each with jitter.
    pub read_pause: Duration,
    /// Attempts to write one object when its upload is lost or what S3 stored is not what was sent.
    pub object_attempts: u32,
    /// Less than this (at most a quarter of the invocation's whole time), or twice the slowest part, before the deadline the
    /// function ends its object and hands over.
    pub handover: Duration,
    /// Handovers of one run. 100 functions of 15 minutes are more than a day.
    pub hops: u32,
}

impl Limits {
    pub(crate) fn backoff(&self) -> Backoff {
        Backoff {
            first: self.read_pause / 32,
            most: self.read_pause,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            part_bytes: 5 << 20,
            object_bytes: 256 << 20,
            parts_in_flight: 2,
            batch_bytes: 1 << 20,
            checkpoint_bytes: 8 << 20,
            checkpoint_every: Duration::from_secs(2),
            range_bytes: 1 << 30,
            least_range_bytes: 32 << 20,
            ranges: 40_000,
            lease: Duration::from_secs(45),
            lease_between: Duration::from_secs(600),
            reply: Duration::from_secs(30),
            read_attempts: 8,
            read_pause: Duration::from_secs(8),
            object_attempts: 4,
            handover: Duration::from_secs(60),
            hops: 100,
        }
    }
}
