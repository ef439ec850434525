//! CloudWatch's alarm and metric API on 127.0.0.1, with failures on demand.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use cloudwatch_emulator::{Emulator, Fault, FaultKind, Options};
//!
//! let emulator = Emulator::start(Options::default()).await?;
//! emulator.fail(Fault { operation: "PutMetricAlarm".into(), times: Some(2), kind: FaultKind::Throttle, ..Fault::default() });
//! // ... point an SDK at emulator.endpoint_url() ...
//! assert_eq!(emulator.calls()[0].outcome, "Throttling");
//! # Ok(()) }
//! ```
//!
//! Map of the crate, from the wire inwards:
//! - `emulator_kit`: connections, and the machinery of scripts; `server`: HTTP, and the life of one call: gates, faults, quotas, work, answer; `admin`: the same controls over HTTP;
//! - `protocol`: rpcv2Cbor (Rust SDK), awsJson (boto3) and awsQuery (older SDKs, STS) to and from one tree of members;
//!   `credential_scope`: account and region of a call;
//! - `operations`: one file an operation: its members, its refusals, its effect;
//! - [`model`] and [`alarm_store`]: alarms, and all there are of them; `timestamp` and [`clock`]: their time;
//! - [`metric_store`] and `evaluation`: samples, and what becomes of the alarms;
//! - `actions`: SNS messages and the EventBridge event of a transition;
//! - `faults`, `gates`, `stale_reads`, `quotas`, `call_log`: what a test scripts and looks at;
//! - `emulator`: the library's front.

mod actions;
mod admin;
pub mod alarm_store;
mod call_log;
pub mod clock;
mod credential_scope;
mod emulator;
mod error;
mod evaluation;
mod faults;
mod gates;
pub mod metric_store;
pub mod model;
mod operations;
mod protocol;
mod quotas;
mod server;
mod stale_reads;
mod timestamp;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use emulator_kit::lock;
use emulator_kit::{CallLog, Faults, Gates};

pub use actions::DeliveryFailure;
pub use alarm_evaluator::StateValue;
pub use call_log::Call;
pub use clock::{Clock, ManualClock, RunningClock};
pub use emulator::{DEFAULT_ACCOUNT, Emulator, Options};
pub use emulator_kit::GateHandle;
pub use faults::{Fault, FaultKind};
pub use gates::Gate;
pub use model::StoredAlarm;
pub use stale_reads::StaleReads;
pub use timestamp::Timestamp;

/// All that a call, the evaluation and the library's front share.
pub(crate) struct Shared {
    pub(crate) default_account: String,
    pub(crate) clock: Clock,
    pub(crate) quotas: Option<quotas::Quotas>,
    pub(crate) publisher: actions::Publisher,
    pub(crate) alarms: Mutex<alarm_store::AlarmStore>,
    pub(crate) dashboards: Mutex<operations::dashboards::Dashboards>,
    pub(crate) metrics: Mutex<metric_store::MetricStore>,
    pub(crate) suppressions: Mutex<evaluation::Suppressions>,
    pub(crate) count_running_period: bool,
    pub(crate) calls: CallLog<Call>,
    pub(crate) faults: Faults<Fault>,
    pub(crate) gates: Gates<Gate>,
    pub(crate) stale_reads: stale_reads::Scripts,
    pub(crate) requests: AtomicU64,
}

impl Shared {
    /// A number in the shape of a UUID: clients print it, nobody reads it.
    pub(crate) fn request_id(&self) -> String {
        format!(
            "00000000-0000-4000-8000-{:012x}",
            self.requests.fetch_add(1, Ordering::Relaxed)
        )
    }
}
