//! What a schedule starts, and whether it can run a dump.

use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{LastUpdateStatus, State};
use jiff::SignedDuration;
use provider_kit::{Interrupt, Operation};
use tf_provider::Diagnostics;
use tokio::time::Instant;

use super::failures;
use crate::connection::aws::{Aws, AwsError};

/// Our choice because a dump needs some 40 MB whatever the database, 120 MB for the largest documents, and Lambda's share of a
/// processor, which compression needs, grows with memory: below this a dump of a few gigabytes runs into its time limit.
pub(super) const MEMORY_MB: i32 = 512;

/// How long a function that is being made or changed is waited for. Our choice because both take seconds.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(500);

/// What `target_arn` names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    Function {
        region: String,
        /// Without qualifier.
        arn: String,
        /// Alias or version.
        qualifier: Option<String>,
    },
    StateMachine {
        region: String,
    },
}

impl Target {
    pub(super) fn parse(arn: &str) -> Option<Self> {
        let words: Vec<&str> = arn.split(':').collect();
        let full = words.iter().all(|word| !word.is_empty());
        match words[..] {
            ["arn", _, "lambda", region, _, "function", _, ref qualifier @ ..] if full && qualifier.len() <= 1 => {
                Some(Self::Function {
                    region: region.to_owned(),
                    arn: words[..7].join(":"),
                    qualifier: qualifier.first().map(|&qualifier| qualifier.to_owned()),
                })
            }
            ["arn", _, "states", region, _, "stateMachine", _, ref qualifier @ ..] if full && qualifier.len() <= 1 => {
                Some(Self::StateMachine {
                    region: region.to_owned(),
                })
            }
            _ => None,
        }
    }

    pub(super) fn region(&self) -> &str {
        match self {
            Self::Function { region, .. } | Self::StateMachine { region } => region,
        }
    }
}

/// Looks whether the target can run a dump; errors and warnings in `diagnostics`. `shortest` is the time between two runs.
pub(super) async fn verify(
    aws: &Aws,
    target_arn: &str,
    shortest: Option<SignedDuration>,
    operation: &Operation,
    diagnostics: &mut Diagnostics,
) {
    let Some(Target::Function { region, arn, qualifier }) = Target::parse(target_arn) else {
        return;
    };
    let client = match operation.read(aws.lambda(&region)).await {
        Ok(Ok(client)) => client,
        Ok(Err(cause)) => return failures::target_not_looked_at(diagnostics, target_arn, &cause),
        Err(interrupt) => return interrupted(diagnostics, target_arn, interrupt, operation),
    };
    let deadline = Instant::now() + PATIENCE;
    loop {
        let seen = operation.read(look(&client, &arn, qualifier.clone())).await;
        let seen = match seen {
            Ok(seen) => seen,
            Err(interrupt) => return interrupted(diagnostics, target_arn, interrupt, operation),
        };
        match seen {
            Ok(function) if is_changing(&function) && Instant::now() < deadline => {
                if let Err(interrupt) = operation.read(tokio::time::sleep(PAUSE)).await {
                    return interrupted(diagnostics, target_arn, interrupt, operation);
                }
            }
            Ok(function) => return judge(&function, target_arn, shortest, diagnostics),
            Err(cause) if cause.is_not_found() => {
                let without = operation.read(look(&client, &arn, None));
                let has_function = qualifier.is_some() && matches!(without.await, Ok(Ok(_)));
                let qualifier = qualifier.as_deref().filter(|_| has_function);
                return failures::target_does_not_exist(diagnostics, &arn, qualifier);
            }
            Err(cause @ AwsError::AccessDenied { .. }) => {
                return failures::target_not_verified(diagnostics, target_arn, &cause);
            }
            Err(cause) => return failures::target_not_looked_at(diagnostics, target_arn, &cause),
        }
    }
}

fn interrupted(diagnostics: &mut Diagnostics, target_arn: &str, interrupt: Interrupt, operation: &Operation) {
    let doing = format!("reading the target {target_arn}");
    failures::interrupted(diagnostics, &doing, interrupt, operation.timeout());
}

async fn look(
    client: &Client,
    arn: &str,
    qualifier: Option<String>,
) -> Result<GetFunctionConfigurationOutput, AwsError> {
    let call = client
        .get_function_configuration()
        .function_name(arn)
        .set_qualifier(qualifier);
    let answer = call.send().await;
    answer.map_err(|error| AwsError::from_sdk("GetFunctionConfiguration", error))
}

fn is_changing(function: &GetFunctionConfigurationOutput) -> bool {
    function.state() == Some(&State::Pending) || function.last_update_status() == Some(&LastUpdateStatus::InProgress)
}

fn judge(
    function: &GetFunctionConfigurationOutput,
    arn: &str,
    shortest: Option<SignedDuration>,
    diagnostics: &mut Diagnostics,
) {
    if let Some(state) = function.state().filter(|state| **state != State::Active) {
        let reason = function.state_reason().unwrap_or("no reason");
        failures::target_is_not_active(diagnostics, arn, state.as_str(), reason);
    }
    if let Some(status) = function
        .last_update_status()
        .filter(|status| **status != LastUpdateStatus::Successful)
    {
        let reason = function.last_update_status_reason().unwrap_or("no reason");
        failures::target_update_failed(diagnostics, arn, status.as_str(), reason);
    }
    if let Some(memory) = function.memory_size().filter(|memory| *memory < MEMORY_MB) {
        failures::target_has_little_memory(diagnostics, arn, memory, MEMORY_MB);
    }
    if let (Some(timeout), Some(shortest)) = (function.timeout(), shortest)
        && shortest.as_secs() < i64::from(timeout)
    {
        failures::interval_is_below_timeout(diagnostics, arn, shortest.as_secs(), timeout);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_with_or_without_qualifier_and_state_machines_are_targets() {
        let function = |qualifier: Option<&str>| {
            Some(Target::Function {
                region: "eu-west-1".to_owned(),
                arn: "arn:aws:lambda:eu-west-1:111122223333:function:dump".to_owned(),
                qualifier: qualifier.map(str::to_owned),
            })
        };
        let machine = || {
            Some(Target::StateMachine {
                region: "eu-west-1".to_owned(),
            })
        };
        for (arn, expected) in [
            ("arn:aws:lambda:eu-west-1:111122223333:function:dump", function(None)),
            (
                "arn:aws:lambda:eu-west-1:111122223333:function:dump:live",
                function(Some("live")),
            ),
            (
                "arn:aws:lambda:eu-west-1:111122223333:function:dump:7",
                function(Some("7")),
            ),
            ("arn:aws:states:eu-west-1:111122223333:stateMachine:dump", machine()),
            (
                "arn:aws:states:eu-west-1:111122223333:stateMachine:dump:live",
                machine(),
            ),
            ("arn:aws:states:eu-west-1:111122223333:execution:dump:1", None),
            ("arn:aws:lambda:eu-west-1:111122223333:function:dump:", None),
            ("arn:aws:lambda:eu-west-1:111122223333:function:dump:live:2", None),
            ("arn:aws:lambda:eu-west-1:111122223333:layer:dump", None),
            ("arn:aws:sqs:eu-west-1:111122223333:dump", None),
            ("dump", None),
            ("", None),
        ] {
            assert_eq!(Target::parse(arn), expected, "{arn}");
        }
    }
}
