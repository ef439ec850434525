//! EventBridge Scheduler's expressions: parsed, explained, and their runs (F1).
//!
//! - [`Expression`]: `rate(...)`, `cron(...)` or `at(...)`; [`ParseError`] says what is wrong and what to type.
//! - [`Zone`]: an IANA time zone. The rules of all of them are in the binary, so that a plan gives the same answer on every machine.
//! - [`Schedule`]: an expression in a zone between two dates. Its runs, the time between them, and why it never fires.
//!
//! Source: EventBridge Scheduler User Guide, schedule-types; cron's fields and signs: EventBridge User Guide,
//! eb-cron-expressions. What neither says is our choice, and said to be one.

mod at;
mod cron;
mod error;
mod expression;
mod intervals;
mod never;
mod rate;
mod schedule;
mod zone;

pub use at::At;
pub use cron::{Cron, Field};
pub use error::ParseError;
pub use expression::Expression;
pub use intervals::Intervals;
pub use never::NeverFires;
pub use rate::{Rate, Unit};
pub use schedule::{BoundsError, Schedule};
pub use zone::{UnknownZone, Zone};
