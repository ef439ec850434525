//! What a test's subject takes for AWS: it passes calls on to an emulator, which cannot be told to fail, and fails them by
//! script.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use aws_front::{Effect, Front, Rule};
//!
//! let front = Front::start("http://127.0.0.1:4566").await?;
//! front.script(Rule::on("UploadPart").after(2).times(1).effect(Effect::refusal(503, "SlowDown", "Reduce your request rate")));
//! // ... give the subject front.url() as its endpoint ...
//! assert_eq!(front.calls_of("CompleteMultipartUpload"), 1);
//! # Ok(()) }
//! ```
//!
//! - [`Front`]: the server; [`Rule`], [`Effect`], [`GateHandle`]: what happens to which call; [`Call`]: what it has seen

mod call;
mod effect;
mod front;

pub use call::Call;
pub use effect::{Effect, Rule};
pub use emulator_kit::GateHandle;
pub use front::Front;
