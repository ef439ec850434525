//! What a command works with, and what it gives.

use crate::bson::Builder;
use crate::faults::FaultKind;
use crate::refusal::Refusal;
use crate::request::Request;
use crate::session::Session;
use crate::state::{Shared, State};

/// What `buildInfo` and `serverStatus` say.
pub(super) const VERSION: &str = "7.0.14";

/// What a command works with.
pub(crate) struct Context<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) state: &'a mut State,
    pub(crate) request: &'a Request<'a>,
    pub(crate) session: &'a mut Session,
    pub(crate) fault: Option<&'a FaultKind>,
    /// For the log.
    pub(crate) documents: Option<u64>,
    pub(crate) at_cluster_time: Option<u64>,
}

pub(crate) type Answer = Result<Builder, Refusal>;
