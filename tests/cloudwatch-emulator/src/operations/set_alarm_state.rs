//! SetAlarmState: a state by hand, with its actions.

use alarm_evaluator::StateValue;
use serde::Deserialize;

use crate::error::ApiError;
use crate::operations::Context;
use crate::operations::put_alarm::too_long;
use crate::protocol::{Input, Reply};

const MAX_REASON: usize = 1023;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    alarm_name: Option<String>,
    state_value: Option<String>,
    state_reason: Option<String>,
    state_reason_data: Option<String>,
}

pub(super) fn run(context: Context<'_>, input: &Input) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    let name = request.alarm_name.ok_or_else(|| ApiError::missing("alarmName"))?;
    let value = request.state_value.ok_or_else(|| ApiError::missing("stateValue"))?;
    let value = StateValue::parse(&value).ok_or_else(|| {
        ApiError::constraint(
            "stateValue",
            &format!("'{value}'"),
            "Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
        )
    })?;
    let reason = request.state_reason.ok_or_else(|| ApiError::missing("stateReason"))?;
    if reason.chars().count() > MAX_REASON {
        return Err(too_long("stateReason", &reason, MAX_REASON));
    }
    if let Some(data) = &request.state_reason_data
        && serde_json::from_str::<serde::de::IgnoredAny>(data).is_err()
    {
        return Err(ApiError::invalid_format("StateReasonData is not valid JSON"));
    }
    if context.store.get(context.scope, &name).is_none() {
        return Err(ApiError::resource_not_found(format!("Alarm {name} does not exist")));
    }
    let transition = context.store.set_state(
        context.scope,
        &name,
        value,
        reason,
        request.state_reason_data,
        context.now,
    );
    if let Some(transition) = transition {
        context.publisher.publish(&transition);
    }
    Ok(None)
}
