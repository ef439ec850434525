//! DeleteAlarms (API reference, DeleteAlarms): at most 100, at most one composite, none that a composite alarm's rule names.

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

/// Unknown names are passed over.
pub(super) fn run(context: Context<'_>, input: &Input) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    let names = request.alarm_names.ok_or_else(|| ApiError::missing("alarmNames"))?;
    if names.len() > MAX_NAMES {
        return Err(too_many("alarmNames", MAX_NAMES));
    }
    let existing = || names.iter().filter_map(|name| context.store.get(context.scope, name));
    if existing().filter(|alarm| alarm.composite().is_some()).count() > 1 {
        return Err(ApiError::validation(
            "Only one composite alarm can be deleted at a time.",
        ));
    }
    // Also if the parent goes in the same call: the reference promises nothing, so a client must not count on it.
    for alarm in existing() {
        let parents = context.store.parents_of(context.scope, &alarm.name);
        if !parents.is_empty() {
            return Err(ApiError::validation(format!(
                "Cannot delete {} as there are composite alarm(s) depending on it: [{}]",
                alarm.name,
                parents.join(", ")
            )));
        }
    }
    for name in &names {
        context.store.remove(context.scope, name);
    }
    Ok(None)
}
