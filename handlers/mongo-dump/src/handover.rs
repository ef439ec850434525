//! The run's next invocation: the same event to the same function, asynchronously.

use lambda_kit::again;

use crate::error::DumpError;
use crate::run::Run;
use crate::state::Checkpoint;

/// Counts a handover, and refuses one that leads nowhere.
pub(crate) async fn count(run: &Run<'_>, checkpoint: &mut Checkpoint<'_>, namespace: String) -> Result<u32, DumpError> {
    let done = checkpoint.state.done();
    if checkpoint.state.done_at_hop.unwrap_or_default() == done {
        checkpoint.flush().await?;
        return Err(DumpError::NoProgress { namespace });
    }
    let hops = checkpoint.state.hops;
    if hops >= run.settings.limits.hops {
        checkpoint.flush().await?;
        return Err(DumpError::TooManyHops { hops });
    }
    checkpoint.state.hops += 1;
    checkpoint.state.done_at_hop = Some(done);
    checkpoint.save().await?;
    Ok(checkpoint.state.hops)
}

/// Invokes the function again.
pub(crate) async fn invoke(run: &Run<'_>) -> Result<(), DumpError> {
    let sent = again::invoke(&run.settings.aws, &run.settings.function_arn, run.event.render()).await;
    sent.map_err(DumpError::Handover)
}
