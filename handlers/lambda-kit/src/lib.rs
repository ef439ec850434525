//! What every handler needs around its own code.
//!
//! - [`runtime`]: the process of a [`Function`], and the loop of the Lambda Runtime API, one [`Invocation`] at a time; [`Failure`] is what
//!   Lambda shows of an error
//! - [`Environment`]: settings from environment variables
//! - [`Deadline`]: when Lambda ends the invocation; [`guard()`] ends the work before it does, and makes a failure of a panic
//! - [`again`]: the next invocation of the same function; [`Backoff`]: the pause before another attempt
//! - [`Clock`]: what time it is, which a test decides
//! - [`emf`]: metrics, written as log lines
//! - [`schedule`]: the event of a function that runs by the clock; [`alarm_event`]: that of an alarm that changed its state;
//!   [`rotation`]: that of a step of a secret's rotation
//! - [`aws`]: configuration with time limits and retries, assumed roles, and what an SDK error says; [`signed`]: calls without an SDK's crate
//! - [`mongo`]: a MongoDB client from a secret, single operations on a database, and which of a server's errors pass

pub mod again;
pub mod alarm_event;
pub mod aws;
mod backoff;
mod clock;
mod deadline;
pub mod emf;
mod environment;
mod failure;
mod guard;
pub mod mongo;
pub mod rotation;
pub mod runtime;
pub mod schedule;
pub mod signed;

pub use backoff::Backoff;
pub use clock::Clock;
pub use deadline::Deadline;
pub use environment::{Environment, EnvironmentError};
pub use failure::{Failure, chain};
pub use guard::{Cut, LAST_WORDS, guard};
pub use runtime::{Function, Invocation};
