//! How the regions are: both alarms in one read.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{AlarmType, StateValue};
use lambda_kit::aws::AwsError;

use crate::decision::Health;
use crate::event::Trigger;

/// Reads until CloudWatch shows what the event told. Our choice: a read may be some seconds behind, and the schedule looks again.
const READS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(500);

/// One alarm as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alarm {
    /// `OK`, `ALARM`, `INSUFFICIENT_DATA`.
    pub(crate) state: String,
    /// When the state's value changed last.
    pub(crate) since: SystemTime,
    /// When it was set last, also to the same value.
    updated: SystemTime,
}

/// Both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alarms {
    pub(crate) primary: Alarm,
    pub(crate) secondary: Alarm,
}

/// Why nobody knows how the regions are.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AlarmsError {
    #[error(transparent)]
    Call(AwsError),
    #[error(
        "the alarm that {variable} names does not exist in the Region of the function: create it, or correct the name"
    )]
    Missing { variable: &'static str },
}

impl Alarm {
    pub(crate) fn health(&self) -> Health {
        match self.state.as_str() {
            "OK" => Health::Healthy(self.since),
            "ALARM" => Health::Unhealthy,
            _ => Health::Unknown,
        }
    }
}

/// The alarms of these names, metric alarms or composite ones, at least as new as what the event told.
pub(crate) async fn read(
    client: &Client,
    (primary, secondary): (&str, &str),
    trigger: &Trigger,
) -> Result<Alarms, AlarmsError> {
    let mut reads = 1;
    loop {
        let alarms = once(client, primary, secondary).await?;
        let is_behind = match trigger {
            Trigger::Schedule => false,
            Trigger::Alarm(event) => {
                let alarm = if event.alarm == primary {
                    &alarms.primary
                } else {
                    &alarms.secondary
                };
                alarm.updated + Duration::from_millis(1) < event.at
            }
        };
        if !is_behind || reads == READS {
            return Ok(alarms);
        }
        reads += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

async fn once(client: &Client, primary: &str, secondary: &str) -> Result<Alarms, AlarmsError> {
    // Unless they are asked for, composite alarms are left out (API reference, DescribeAlarms).
    let call = client
        .describe_alarms()
        .alarm_names(primary)
        .alarm_names(secondary)
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm);
    let answer = call.send().await;
    let answer = answer.map_err(|error| AlarmsError::Call(AwsError::of("DescribeAlarms", error)))?;
    let find = |name: &str, variable| {
        let metric = answer
            .metric_alarms()
            .iter()
            .find(|alarm| alarm.alarm_name() == Some(name));
        let metric = metric.map(|alarm| {
            (
                alarm.state_value(),
                alarm.state_transitioned_timestamp(),
                alarm.state_updated_timestamp(),
            )
        });
        let composite = || {
            let mut alarms = answer.composite_alarms().iter();
            let alarm = alarms.find(|alarm| alarm.alarm_name() == Some(name))?;
            Some((
                alarm.state_value(),
                alarm.state_transitioned_timestamp(),
                alarm.state_updated_timestamp(),
            ))
        };
        let (state, transitioned, updated) = metric.or_else(composite).ok_or(AlarmsError::Missing { variable })?;
        let updated = time(updated);
        Ok(Alarm {
            state: state.map_or("INSUFFICIENT_DATA", StateValue::as_str).to_owned(),
            since: transitioned.map_or(updated, |time| self::time(Some(time))),
            updated,
        })
    };
    Ok(Alarms {
        primary: find(primary, "LECTERN_PRIMARY_ALARM")?,
        secondary: find(secondary, "LECTERN_SECONDARY_ALARM")?,
    })
}

/// A time that is missing counts as now: then nothing has been waited for.
fn time(time: Option<&DateTime>) -> SystemTime {
    let time = time.and_then(|time| SystemTime::try_from(*time).ok());
    time.unwrap_or_else(SystemTime::now)
}
