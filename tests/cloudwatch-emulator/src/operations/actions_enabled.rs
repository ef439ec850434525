//! EnableAlarmActions and DisableAlarmActions. Unknown names are passed over.

use serde::Deserialize;

use crate::error::ApiError;
use crate::operations::Context;
use crate::operations::put_alarm::too_many;
use crate::protocol::{Input, Reply};

const MAX_NAMES: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    alarm_names: Option<Vec<String>>,
}

pub(super) fn run(context: Context<'_>, input: &Input, enabled: bool) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    let names = request.alarm_names.ok_or_else(|| ApiError::missing("alarmNames"))?;
    if names.len() > MAX_NAMES {
        return Err(too_many("alarmNames", MAX_NAMES));
    }
    for name in &names {
        if let Some(alarm) = context.store.get_mut(context.scope, name) {
            alarm.actions_enabled = enabled;
            alarm.configuration_updated = context.now;
        }
    }
    Ok(None)
}
