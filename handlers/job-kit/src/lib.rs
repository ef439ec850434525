//! What work needs that takes longer than one invocation: its results and its progress are objects of one bucket.
//!
//! A job takes a [`Lease`], opens its [`Checkpoint`], works until its [`Pace`] says that the time has run out, and then hands over to its next
//! invocation or writes its manifest. An invocation can be killed at any point, or come twice: the next one resumes from the checkpoint.
//!
//! - [`Store`]: objects of one bucket, written under a condition ([`Expect`]) or by version; [`Place`] says where; [`Digest`], [`Tag`]
//! - [`Lease`]: one leader at a time, for the length in its [`Terms`]; [`Fence`] asks whether it still leads; [`Shared`] is for many workers of
//!   one run
//! - [`Checkpoint`]: how far a job is, saved at its [`Rhythm`]
//! - [`upload`]: large objects in constant memory
//! - [`commit`]: the manifest, last, and a pointer that only moves forwards
//! - [`Pace`], [`Handovers`]: when to stop, and how often a job may continue in another invocation
//! - [`JobError`]: what all of this fails with
//!
//! **Who writes what, so that a former leader does no harm.** S3 has no locks. The state is written under the condition that it is the one
//! that was read (`If-Match`), so a former leader's save fails. An object of data is written without a condition, and the manifest names
//! its version and its SHA-256: a write that arrives late makes another version, which nobody reads. The manifest is written under the
//! condition that there is none (`If-None-Match`). What no condition protects, such as a call of another service, comes after
//! [`Fence::check`] and has to be safe to repeat.

mod checkpoint;
pub mod commit;
mod digest;
mod error;
mod handover;
mod holder;
mod lease;
mod moment;
mod multipart;
mod pace;
mod shared;
mod store;
mod terms;
pub mod upload;

pub use checkpoint::{Checkpoint, Rhythm, load};
pub use digest::Digest;
pub use error::{FAILURES, JobError};
pub use handover::Handovers;
pub use holder::Holder;
pub use lease::{Fence, Lease};
pub use moment::Moment;
pub use pace::Pace;
pub use shared::Shared;
pub use store::{Expect, Kept, Place, Store, Stored, Tag, Written};
pub use terms::Terms;
pub use upload::UploadError;
