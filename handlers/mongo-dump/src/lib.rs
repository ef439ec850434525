//! Copies a MongoDB deployment to S3 as docs/dump-format.md says: every document byte for byte, in constant memory, resumable.
//!
//! [`handle`] is one event, from its JSON to an [`Answer`]; outside of it there is only the loop in `main.rs`. From the event
//! inwards:
//! - `handler`: the story of one event; `answer`, `error`: how it ends; [`Settings`] and [`Limits`]: what it runs with;
//! - `lease`: one run works at a time; `handover`: the next function goes on;
//! - `plan`, `catalog`, `split`: what is to be dumped, in which ranges; `state`: what of it is done;
//! - `range`: one range, from `reader` (a cursor that survives failures) through `object` (lines, compression, hashes) to
//!   `upload`;
//! - `commit`: manifest and pointer;
//! - `source`, `raw`: MongoDB; `store`: S3.

mod answer;
mod catalog;
mod commit;
mod error;
mod handler;
mod handover;
mod lease;
mod limits;
mod object;
mod plan;
mod range;
mod raw;
mod reader;
mod settings;
mod source;
mod split;
mod state;
mod store;
mod upload;

pub use answer::{Answer, Report};
pub use error::FAILURES;
pub use handler::handle;
pub use lease::Holder;
pub use limits::Limits;
pub use settings::{Clock, MetricSink, Settings};

/// What a dump's manifest calls the tool that wrote it.
pub(crate) const TOOL: &str = concat!("mongo-dump ", env!("CARGO_PKG_VERSION"));
