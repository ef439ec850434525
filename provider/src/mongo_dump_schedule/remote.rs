//! The four calls of Scheduler that a schedule needs.

use std::time::Duration;

use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::types::{
    DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, ScheduleState, Target,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::error::operation::BuildError;
use jiff::Timestamp;
use provider_kit::{Operation, OwnerToken};
use tokio::time::Instant;

use super::definition::Definition;
use super::marker::{marked, unmarked};
use super::place::Place;
use super::unanswered::{ReadError, WriteError};
use crate::connection::aws::{Aws, AwsError};

/// How long a new role is waited for. Our choice because IAM says that changes take "some time", which is seconds as a rule.
const ROLE_PATIENCE: Duration = Duration::from_secs(120);
const ROLE_PAUSE: Duration = Duration::from_secs(1);
const ROLE_PAUSE_MAX: Duration = Duration::from_secs(10);

/// A schedule as Scheduler has it.
pub(super) struct Found {
    pub(super) arn: String,
    pub(super) definition: Definition,
    /// The resource that wrote it last; `None` where it was another program, or version 0.1.0.
    pub(super) owner: Option<OwnerToken>,
}

/// One schedule at AWS.
pub(super) struct Remote<'a> {
    client: Client,
    place: &'a Place,
    operation: &'a Operation,
}

impl<'a> Remote<'a> {
    pub(super) async fn connect(aws: &Aws, place: &'a Place, operation: &'a Operation) -> Result<Self, ReadError> {
        let client = operation.read(aws.scheduler(&place.region)).await;
        Ok(Self {
            client: client.map_err(ReadError::Interrupted)?.map_err(ReadError::Aws)?,
            place,
            operation,
        })
    }

    /// `None` where there is no such schedule.
    pub(super) async fn get(&self) -> Result<Option<Found>, ReadError> {
        let call = self.client.get_schedule();
        let call = call.group_name(&self.place.group).name(&self.place.name).send();
        let answer = self.operation.read(call).await.map_err(ReadError::Interrupted)?;
        match answer.map_err(|error| AwsError::from_sdk("GetSchedule", error)) {
            Ok(found) => Ok(Some(Found {
                arn: found.arn().unwrap_or_default().to_owned(),
                definition: Definition::from_aws(&found),
                owner: found.description().and_then(|text| unmarked(text).1),
            })),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(ReadError::Aws(error)),
        }
    }

    /// The ARN of the new schedule. The SDK gives all attempts of the call the same random ClientToken, so a lost answer makes
    /// no conflict. A token made of the definition would also span a destroy in between, and then nothing would be made.
    pub(super) async fn create(&self, definition: &Definition) -> Result<String, WriteError> {
        let parts =
            Parts::of(definition, self.operation.owner()).map_err(|cause| unsendable("CreateSchedule", &cause))?;
        let parts = &parts;
        self.when_role_is_known(|| async move {
            let answer = self
                .client
                .create_schedule()
                .group_name(&self.place.group)
                .name(&self.place.name)
                .schedule_expression(&definition.expression)
                .schedule_expression_timezone(&definition.zone)
                .set_start_date(parts.start)
                .set_end_date(parts.end)
                .description(&parts.description)
                .set_kms_key_arn(definition.kms_key_arn.clone())
                .state(parts.state.clone())
                .flexible_time_window(parts.window.clone())
                .target(parts.target.clone())
                .send()
                .await;
            let answer = answer.map_err(|error| AwsError::from_sdk("CreateSchedule", error))?;
            Ok(answer.schedule_arn().to_owned())
        })
        .await
    }

    /// Replaces the whole definition, as UpdateSchedule does.
    pub(super) async fn update(&self, definition: &Definition) -> Result<String, WriteError> {
        let parts =
            Parts::of(definition, self.operation.owner()).map_err(|cause| unsendable("UpdateSchedule", &cause))?;
        let parts = &parts;
        self.when_role_is_known(|| async move {
            let answer = self
                .client
                .update_schedule()
                .group_name(&self.place.group)
                .name(&self.place.name)
                .schedule_expression(&definition.expression)
                .schedule_expression_timezone(&definition.zone)
                .set_start_date(parts.start)
                .set_end_date(parts.end)
                .description(&parts.description)
                .set_kms_key_arn(definition.kms_key_arn.clone())
                .state(parts.state.clone())
                .flexible_time_window(parts.window.clone())
                .target(parts.target.clone())
                .send()
                .await;
            let answer = answer.map_err(|error| AwsError::from_sdk("UpdateSchedule", error))?;
            Ok(answer.schedule_arn().to_owned())
        })
        .await
    }

    /// Gone is gone.
    pub(super) async fn delete(&self) -> Result<(), WriteError> {
        let call = self.client.delete_schedule();
        let call = call.group_name(&self.place.group).name(&self.place.name).send();
        let answer = self.operation.write(call).await.map_err(WriteError::Interrupted)?;
        match answer.map_err(|error| AwsError::from_sdk("DeleteSchedule", error)) {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(WriteError::Aws(error)),
        }
    }

    /// Repeats a write while Scheduler does not know yet that it may assume the role, which most often was made by the same
    /// apply a moment ago.
    async fn when_role_is_known<W>(&self, write: impl Fn() -> W) -> Result<String, WriteError>
    where
        W: Future<Output = Result<String, AwsError>>,
    {
        let deadline = Instant::now() + ROLE_PATIENCE;
        let mut pause = ROLE_PAUSE;
        loop {
            let answer = self.operation.write(write()).await;
            match answer.map_err(WriteError::Interrupted)? {
                Err(error) if role_is_not_assumable(&error) && Instant::now() < deadline => {
                    let paused = self.operation.read(tokio::time::sleep(pause)).await;
                    paused.map_err(WriteError::RoleUnknown)?;
                    pause = (pause * 2).min(ROLE_PAUSE_MAX);
                }
                written => return Ok(written?),
            }
        }
    }
}

/// By its text, because Scheduler has no code of its own for it.
fn role_is_not_assumable(error: &AwsError) -> bool {
    matches!(error, AwsError::Refused { code, message, .. } if code == "ValidationException" && message.contains("assume the role"))
}

/// Something required is missing, which the definition's type rules out.
fn unsendable(operation: &'static str, cause: &BuildError) -> AwsError {
    AwsError::Unreachable {
        operation,
        reason: cause.to_string(),
    }
}

/// What both writes send.
struct Parts {
    start: Option<DateTime>,
    end: Option<DateTime>,
    description: String,
    state: ScheduleState,
    window: FlexibleTimeWindow,
    target: Target,
}

impl Parts {
    fn of(definition: &Definition, owner: &OwnerToken) -> Result<Self, BuildError> {
        let date = |date: Timestamp| {
            DateTime::from_secs_and_nanos(date.as_second(), u32::try_from(date.subsec_nanosecond()).unwrap_or(0))
        };
        let number = |number: i64| i32::try_from(number).ok();
        let window = if definition.window_minutes == 0 {
            FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off)
        } else {
            FlexibleTimeWindow::builder()
                .mode(FlexibleTimeWindowMode::Flexible)
                .set_maximum_window_in_minutes(number(definition.window_minutes))
        };
        let retry = RetryPolicy::builder()
            .set_maximum_retry_attempts(number(definition.attempts))
            .set_maximum_event_age_in_seconds(number(definition.event_age_seconds));
        let dead_letters = definition.dead_letter_arn.as_ref();
        let target = Target::builder()
            .arn(&definition.target_arn)
            .role_arn(&definition.role_arn)
            .input(&definition.payload)
            .retry_policy(retry.build())
            .set_dead_letter_config(dead_letters.map(|arn| DeadLetterConfig::builder().arn(arn).build()));
        Ok(Self {
            start: definition.start.map(date),
            end: definition.end.map(date),
            description: marked(&definition.description, owner),
            state: if definition.enabled {
                ScheduleState::Enabled
            } else {
                ScheduleState::Disabled
            },
            window: window.build()?,
            target: target.build()?,
        })
    }
}
