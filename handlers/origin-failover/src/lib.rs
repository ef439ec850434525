//! Switches the write path of the CDN to the second region when the first one fails, and back (requirement F5).
//!
//! [`OriginFailover`] is the function, [`handle`] one event, from its JSON to an [`Answer`]. From the event inwards:
//! - `handler`: the story of one event; `answer`, `error`: how it ends; [`Settings`]: what it runs with
//! - [`decide`]: what is done about which facts, pure
//! - `event`: what started it; `alarms`: how the regions are; `mode`: what a person decided
//! - `write_path`: where requests that write go, and the change of it: a CloudFront `distribution` or a Route 53 `record`, both by
//!   cutting `xml` open at the values that change
//! - `notice`: what is published of a decision; `publishing`: to SNS and EventBridge

mod alarms;
mod answer;
mod decision;
mod error;
mod event;
mod failover;
mod function;
mod handler;
mod mode;
mod notice;
mod publishing;
mod settings;
mod write_path;
mod xml;

pub use answer::Answer;
pub use decision::{Decision, Facts, Failback, Health, Mode, Position, Reason, Region, Rules, decide};
pub use error::FAILURES;
pub use failover::OriginFailover;
pub use handler::handle;
pub use settings::{RecordKind, RecordTarget, Settings, WritePathSettings};
