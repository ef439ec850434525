//! What an invocation needs besides its event.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use aws_config::SdkConfig;
use dump_format::UtcSeconds;
use job_kit::Terms;
use lambda_kit::emf::{MetricSink, Metrics};
use lambda_kit::{Clock, Deadline};

use crate::limits::Limits;

/// Surroundings of one invocation.
#[derive(Clone)]
pub struct Settings {
    /// Credentials of the function itself, region, time limits and retries: all calls of AWS are made with them, those of S3
    /// with the event's role.
    pub aws: SdkConfig,
    /// What was invoked, version or alias included: a handover invokes it again.
    pub function_arn: String,
    /// Lambda's id of the invocation: the owner in the lease.
    pub request_id: String,
    /// When Lambda ends the invocation.
    pub deadline: Deadline,
    /// Sizes and times.
    pub limits: Limits,
    /// The time of day, for the lease and the manifest.
    pub clock: Clock,
    /// Where metrics go.
    pub metrics: MetricSink,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("function_arn", &self.function_arn)
            .field("request_id", &self.request_id)
            .field("deadline", &self.deadline)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// With the documented limits, the system's clock, and metrics as log lines.
    #[must_use]
    pub fn new(aws: SdkConfig, function_arn: String, request_id: String, deadline: Deadline) -> Self {
        Self {
            aws,
            function_arn,
            request_id,
            deadline,
            limits: Limits::default(),
            clock: Arc::new(SystemTime::now),
            metrics: Arc::new(Metrics::emit),
        }
    }

    pub(crate) fn now(&self) -> UtcSeconds {
        seconds((self.clock)())
    }

    pub(crate) fn terms(&self) -> Terms {
        Terms {
            owner: self.request_id.clone(),
            length: self.limits.lease,
            between: self.limits.lease_between,
            clock: Arc::clone(&self.clock),
        }
    }
}

/// A clock outside the years 1970 to 9999 counts as their nearer end.
fn seconds(time: SystemTime) -> UtcSeconds {
    let since_1970 = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let seconds = i64::try_from(since_1970).unwrap_or(i64::MAX);
    UtcSeconds::from_unix(seconds).unwrap_or(UtcSeconds::MAX)
}
