//! What PutMetricAlarm and PutCompositeAlarm have in common.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::ApiError;
use crate::model::{ActionConfiguration, AlarmState, Definition, Dimension, Scope, StoredAlarm, Tag};
use crate::operations::{Context, action, tags};
use crate::protocol::{Input, Reply};

/// Longest alarm name (API reference, PutMetricAlarm).
const MAX_NAME: usize = 255;
/// Longest description.
const MAX_DESCRIPTION: usize = 1024;
/// Most actions for one state.
const MAX_ACTIONS: usize = 5;
/// Longest ARN of an action.
const MAX_ACTION: usize = 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Common {
    alarm_name: Option<String>,
    alarm_description: Option<String>,
    actions_enabled: Option<bool>,
    #[serde(rename = "OKActions", default)]
    ok_actions: Vec<String>,
    #[serde(default)]
    alarm_actions: Vec<String>,
    #[serde(default)]
    insufficient_data_actions: Vec<String>,
    action_configuration: Option<ActionConfiguration>,
    #[serde(default)]
    tags: Vec<Tag>,
}

impl Common {
    pub(super) fn read(input: &Input, scope: &Scope) -> Result<Self, ApiError> {
        let common: Self = input.parse()?;
        let name = common
            .alarm_name
            .as_deref()
            .ok_or_else(|| ApiError::missing("alarmName"))?;
        check_name(name)?;
        if let Some(description) = &common.alarm_description
            && description.chars().count() > MAX_DESCRIPTION
        {
            return Err(too_long("alarmDescription", description, MAX_DESCRIPTION));
        }
        for (member, actions) in [
            ("oKActions", &common.ok_actions),
            ("alarmActions", &common.alarm_actions),
            ("insufficientDataActions", &common.insufficient_data_actions),
        ] {
            check_actions(scope, member, actions)?;
        }
        if common.tags.len() > tags::MAX_TAGS {
            return Err(too_many("tags", tags::MAX_TAGS));
        }
        tags::check(&common.tags)?;
        Ok(common)
    }

    /// Refuses actions on an instance where the alarm is not on a metric of one; `dimensions` are those of the one metric.
    pub(super) fn check_instance_actions(&self, dimensions: Option<&[Dimension]>) -> Result<(), ApiError> {
        let all = [&self.alarm_actions, &self.ok_actions, &self.insufficient_data_actions];
        action::check_instance(all.into_iter().flatten(), dimensions)
    }

    pub(super) fn name(&self) -> &str {
        self.alarm_name.as_deref().unwrap_or_default()
    }

    /// Creates, or overwrites everything but state, tags and ARN.
    pub(super) fn store(self, context: &mut Context<'_>, definition: Definition) -> Result<Reply, ApiError> {
        let name = self.name().to_owned();
        let existing = context.store.get(context.scope, &name);
        if let Some(existing) = existing
            && existing.metric().is_some() != matches!(definition, Definition::Metric(_))
        {
            let kind = if existing.metric().is_some() {
                "metric"
            } else {
                "composite"
            };
            return Err(ApiError::validation(format!(
                "Alarm {name} already exists as a {kind} alarm."
            )));
        }
        let (state, tags) = match existing {
            Some(existing) => (existing.state.clone(), existing.tags.clone()),
            None => (
                AlarmState::unchecked(context.now),
                self.tags
                    .into_iter()
                    .map(|tag| (tag.key, tag.value))
                    .collect::<BTreeMap<_, _>>(),
            ),
        };
        let alarm = StoredAlarm {
            arn: context.scope.alarm_arn(&name),
            name,
            description: self.alarm_description,
            actions_enabled: self.actions_enabled.unwrap_or(true),
            ok_actions: self.ok_actions,
            alarm_actions: self.alarm_actions,
            insufficient_data_actions: self.insufficient_data_actions,
            action_configuration: self.action_configuration,
            configuration_updated: context.now,
            state,
            definition,
            tags,
        };
        context.store.put(context.scope, alarm);
        Ok(None)
    }
}

/// 1 to 255 characters, none of them a control character.
fn check_name(name: &str) -> Result<(), ApiError> {
    match name.chars().count() {
        0 => Err(ApiError::constraint(
            "alarmName",
            "''",
            "Member must have length greater than or equal to 1",
        )),
        length if length > MAX_NAME => Err(too_long("alarmName", name, MAX_NAME)),
        _ if name.chars().any(char::is_control) => Err(ApiError::validation(
            "The alarm name must not contain control characters.",
        )),
        _ => Ok(()),
    }
}

fn check_actions(scope: &Scope, member: &str, actions: &[String]) -> Result<(), ApiError> {
    if actions.len() > MAX_ACTIONS {
        return Err(too_many(member, MAX_ACTIONS));
    }
    for action in actions {
        if action.len() > MAX_ACTION {
            return Err(too_long(member, action, MAX_ACTION));
        }
        action::check(scope, action)?;
    }
    Ok(())
}

pub(super) fn too_long(member: &str, value: &str, most: usize) -> ApiError {
    let constraint = format!("Member must have length less than or equal to {most}");
    ApiError::constraint(member, &format!("'{value}'"), &constraint)
}

pub(super) fn too_many(member: &str, most: usize) -> ApiError {
    let constraint = format!("Member must have length less than or equal to {most}");
    ApiError::constraint(member, "of a list", &constraint)
}
