//! Reads VPC flow logs as CloudWatch Logs delivers them, and reports flows from or to public addresses (requirement C7).
//!
//! [`FlowLogGuard`] is the function, [`handle`] one event, from its JSON to an [`Answer`]. From the event inwards:
//! - `handler`: the story of one event; `answer`, `error`: how it ends; [`Settings`]: what it runs with;
//! - [`Envelope`]: what CloudWatch Logs packs lines into; `deliveries`: which were here before;
//! - [`Scan`]: the lines of one delivery, each read by a [`Format`], and which flows among them are reported, by [`Rules`];
//! - [`Ranges`]: sets of addresses; `prefix_lists`: those of S3 and DynamoDB, which `ec2` reads;
//! - `notice`: what is published of a scan; `publishing`: to SNS and EventBridge.

mod answer;
mod deliveries;
mod ec2;
mod envelope;
mod error;
mod format;
mod function;
mod guard;
mod handler;
mod notice;
mod prefix_lists;
mod publishing;
mod ranges;
mod scan;
mod settings;

pub use answer::Answer;
pub use envelope::{Delivery, Envelope, EnvelopeError, LogEvent};
pub use error::FAILURES;
pub use format::{Action, DEFAULT_FORMAT, FIELDS, Format, FormatError, Line, Record, Unreadable};
pub use guard::FlowLogGuard;
pub use handler::handle;
pub use ranges::Ranges;
pub use scan::{Counts, Flow, Rules, Scan, Total};
pub use settings::{Settings, UnderRejection};
