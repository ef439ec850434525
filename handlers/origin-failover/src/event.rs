//! What started the function: an alarm that changed its state, or the schedule. Either is a reason to look and nothing more: what is done
//! follows from what the alarms are now.

use lambda_kit::alarm_event::{self, AlarmEvent, AlarmEventError};
use lambda_kit::schedule;

use crate::settings::Settings;

/// A reason to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trigger {
    Schedule,
    Alarm(AlarmEvent),
}

/// Why an event is neither.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EventError {
    #[error("the event is neither {{\"version\": 1}}, which the schedule sends, nor a state change of an alarm")]
    Unknown(#[source] AlarmEventError),
    #[error(
        "the event is about an alarm that is neither LECTERN_PRIMARY_ALARM nor LECTERN_SECONDARY_ALARM: correct the rule of EventBridge or \
         the settings"
    )]
    OtherAlarm,
}

impl Trigger {
    pub(crate) fn read(event: &str, settings: &Settings) -> Result<Self, EventError> {
        if schedule::check(event).is_ok() {
            return Ok(Self::Schedule);
        }
        let event = alarm_event::read(event).map_err(EventError::Unknown)?;
        if ![&settings.primary_alarm, &settings.secondary_alarm].contains(&&event.alarm) {
            return Err(EventError::OtherAlarm);
        }
        Ok(Self::Alarm(event))
    }

    /// `schedule` or `alarm`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Alarm(_) => "alarm",
        }
    }
}
