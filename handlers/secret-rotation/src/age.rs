//! The age of passwords: it shows that rotations no longer complete, even if none begins.

use lambda_kit::aws::AwsError;
use lambda_kit::chain;

use crate::error::RotationError;
use crate::report::{Age, Report};
use crate::rotation::SecretRotation;
use crate::versions::Secrets;

const DAY: f64 = 86_400.0;

/// Measures each secret. One that cannot be read has no value, and the others have theirs.
pub(crate) async fn measure(rotation: &SecretRotation) -> Result<Report, RotationError> {
    let mut secrets = Vec::new();
    for arn in &rotation.secret_arns {
        match age(rotation, arn).await {
            Ok(age) => {
                (rotation.metrics)(&age.metrics());
                secrets.push(age);
            }
            Err(error) => tracing::warn!(secret = arn, cause = chain(&error), "a secret's age could not be read"),
        }
    }
    match rotation.secret_arns.len() - secrets.len() {
        0 => Ok(Report::Ages { secrets }),
        unread => Err(RotationError::Ages(unread)),
    }
}

async fn age(rotation: &SecretRotation, arn: &str) -> Result<Age, AwsError> {
    let secret = Secrets::new(&rotation.aws, arn);
    let name = secret.describe().await?.name;
    let created = secret.current().await?.created;
    // A clock that is behind Secrets Manager's makes a new password's age negative.
    let age = created.and_then(|created| (rotation.clock)().duration_since(created).ok());
    Ok(Age {
        secret: name,
        days: age.unwrap_or_default().as_secs_f64() / DAY,
    })
}
