//! The run's next invocation: the same event to the same function, asynchronously.

use aws_config::Region;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use lambda_kit::aws::{AwsError, region_of};

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
    let arn = &run.settings.function_arn;
    let mut config = aws_sdk_lambda::config::Builder::from(&run.settings.aws);
    if let Some(region) = region_of(arn) {
        config = config.region(Region::new(region.to_owned()));
    }
    let client = aws_sdk_lambda::Client::from_conf(config.build());
    let sent = client
        .invoke()
        .function_name(arn)
        .invocation_type(InvocationType::Event)
        .payload(Blob::new(run.event.render()))
        .send()
        .await;
    sent.map_err(|error| DumpError::Handover(AwsError::of("Invoke", error)))?;
    Ok(())
}
