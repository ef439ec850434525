//! The next invocation of the same function, when this one's time has run out.

use aws_config::{Region, SdkConfig};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;

use crate::aws::{AwsError, region_of};

/// Invokes `function_arn`, version or alias included, asynchronously with this event. The function's role needs
/// `lambda:InvokeFunction` on itself.
///
/// # Errors
/// Lambda did not take the event.
pub async fn invoke(config: &SdkConfig, function_arn: &str, event: impl Into<Vec<u8>>) -> Result<(), AwsError> {
    let mut client = aws_sdk_lambda::config::Builder::from(config);
    if let Some(region) = region_of(function_arn) {
        client = client.region(Region::new(region.to_owned()));
    }
    let client = aws_sdk_lambda::Client::from_conf(client.build());
    let call = client.invoke().function_name(function_arn);
    let call = call.invocation_type(InvocationType::Event).payload(Blob::new(event));
    call.send().await.map_err(|error| AwsError::of("Invoke", error))?;
    Ok(())
}
