//! Whether the run continues in another invocation.

use job_kit::{Handovers, JobError};

use crate::error::DumpError;
use crate::run::Run;
use crate::state::Checkpoint;

/// Counts a handover, and refuses one that leads nowhere.
pub(crate) async fn count(run: &Run<'_>, checkpoint: &mut Checkpoint<'_>, namespace: String) -> Result<u32, DumpError> {
    let state = &mut checkpoint.state;
    let before = Handovers {
        hops: state.hops,
        done_at_hop: state.done_at_hop,
    };
    match before.next(state.done(), run.settings.limits.hops) {
        Ok(next) => {
            (state.hops, state.done_at_hop) = (next.hops, next.done_at_hop);
            checkpoint.save().await?;
            Ok(next.hops)
        }
        Err(error) => {
            checkpoint.flush().await?;
            Err(match error {
                JobError::NoProgress => DumpError::NoProgress { namespace },
                error => error.into(),
            })
        }
    }
}
