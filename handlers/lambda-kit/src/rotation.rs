//! What Secrets Manager sends to a rotation function: one event for each of the four steps.
//!
//! Source: Secrets Manager user guide, "Lambda rotation functions". Members besides, such as `RotationToken`, are ignored.

use aws_lambda_events::secretsmanager::SecretsManagerSecretRotationEvent;

/// A step of a rotation, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A new version with the label `AWSPENDING` gets its value.
    Create,
    /// The service gets the new value.
    Set,
    /// The new value is tried.
    Test,
    /// The label `AWSCURRENT` moves to the new version.
    Finish,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Create, Self::Set, Self::Test, Self::Finish];

    /// As the event has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "createSecret",
            Self::Set => "setSecret",
            Self::Test => "testSecret",
            Self::Finish => "finishSecret",
        }
    }
}

/// One step of the rotation of one secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationEvent {
    /// What to do.
    pub step: Step,
    /// ARN of the secret.
    pub secret_arn: String,
    /// Id of the version that is being made: the same in all steps of a rotation.
    pub token: String,
}

/// Why an event is no step of a rotation. It quotes nothing of the event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotationEventError {
    /// Not JSON, or a member is missing or of another type.
    #[error("it has not Step, SecretId and ClientRequestToken as texts: line {line}, column {column}")]
    Form {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// Another step.
    #[error("its Step is not createSecret, setSecret, testSecret or finishSecret")]
    Step,
    /// A name, or an ARN of something else.
    #[error("its SecretId is not the ARN of a secret")]
    Secret,
    /// No id of a version.
    #[error("its ClientRequestToken has not 32 to 64 characters")]
    Token,
}

/// Reads an event.
///
/// # Errors
/// [`RotationEventError`].
pub fn read(event: &str) -> Result<RotationEvent, RotationEventError> {
    let event: SecretsManagerSecretRotationEvent =
        serde_json::from_str(event).map_err(|error| RotationEventError::Form {
            line: error.line(),
            column: error.column(),
        })?;
    let step = Step::ALL.into_iter().find(|step| step.name() == event.step);
    let parts: Vec<_> = event.secret_id.splitn(7, ':').collect();
    let is_secret = matches!(parts[..], ["arn", _, "secretsmanager", _, _, "secret", name] if !name.is_empty());
    if !is_secret {
        return Err(RotationEventError::Secret);
    }
    // The API reference's limits of a ClientRequestToken.
    if !(32..=64).contains(&event.client_request_token.chars().count()) {
        return Err(RotationEventError::Token);
    }
    Ok(RotationEvent {
        step: step.ok_or(RotationEventError::Step)?,
        secret_arn: event.secret_id,
        token: event.client_request_token,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf";
    const TOKEN: &str = "2b8ac7a5-0c1f-4d7e-9f5b-1c1a4a1f6a11";

    fn event(member: &str, value: Value) -> String {
        let mut event =
            json!({ "Step": "setSecret", "SecretId": ARN, "ClientRequestToken": TOKEN, "RotationToken": "t" });
        event[member] = value;
        event.to_string()
    }

    #[test]
    fn every_step_is_read_and_members_that_are_new_do_not_matter() {
        for step in Step::ALL {
            let expected = RotationEvent {
                step,
                secret_arn: ARN.to_owned(),
                token: TOKEN.to_owned(),
            };
            assert_eq!(read(&event("Step", step.name().into())), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_step_of_a_rotation_is_refused_without_a_word_of_it() {
        for (member, value, told) in [
            ("Step", json!("hunter2"), "Step is not createSecret"),
            ("Step", json!(1), "Step, SecretId and ClientRequestToken as texts"),
            ("SecretId", json!("hunter2"), "not the ARN"),
            (
                "SecretId",
                json!("arn:aws:s3:eu-west-1:123456789012:secret:hunter2"),
                "not the ARN",
            ),
            ("ClientRequestToken", json!("hunter2"), "32 to 64"),
        ] {
            let error = read(&event(member, value)).map_err(|error| error.to_string());
            assert!(
                matches!(&error, Err(text) if text.contains(told) && !text.contains("hunter2")),
                "{error:?}"
            );
        }
        assert!(read("{").is_err());
    }
}
