//! Copies a MongoDB deployment to S3 as docs/dump-format.md says: every document byte for byte, in constant memory, resumable.
//!
//! [`MongoDump`] is the function, [`handle`] one event, from its JSON to an [`Answer`]. From the event
//! inwards:
//! - `handler`: the story of one event; `answer`, `error`: how it ends; [`Settings`] and [`Limits`]: what it runs with;
//! - `run`: the event with all that it works with; `handover`: the next function continues;
//! - `planning` makes a `plan`: `probing` finds a time and a list of the `catalog` that fit together, `sharding` says what is spread over
//!   shards, `window` how large a range may be, `split` where it ends; `state`: what of it is done;
//! - `range`: one range, from `reader` (a cursor that survives failures, by the `tail` of what it gave) through `batch` and `object`
//!   (lines, compression, hashes) to [`job_kit::upload`];
//! - `commit`: manifest and pointer;
//! - `source`, `raw`: MongoDB. S3 is `job_kit`'s: the store, the lease by which one run works at a time, what is kept of the state.

mod answer;
mod batch;
mod catalog;
mod commit;
mod error;
mod function;
mod handler;
mod handover;
mod limits;
mod object;
mod plan;
mod planning;
mod probing;
mod range;
mod raw;
mod reader;
mod run;
mod settings;
mod sharding;
mod source;
mod split;
mod state;
mod tail;
mod window;

pub use answer::{Answer, Report};
pub use error::FAILURES;
pub use function::MongoDump;
pub use handler::handle;
pub use job_kit::Holder;
pub use limits::Limits;
pub use settings::Settings;
