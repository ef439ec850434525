//! DescribeAlarms (API reference, DescribeAlarms).

use alarm_evaluator::StateValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::alarm_store::children_of;
use crate::error::ApiError;
use crate::model::StoredAlarm;
use crate::operations::Context;
use crate::operations::put_alarm::too_many;
use crate::protocol::{Input, Reply, reply};
use crate::timestamp::Timestamp;

const MAX_NAMES: usize = 100;
const MAX_RECORDS: usize = 100;
const DEFAULT_RECORDS: usize = 50;
const TYPES: [&str; 3] = ["CompositeAlarm", "MetricAlarm", "LogAlarm"];

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Request {
    alarm_names: Vec<String>,
    alarm_name_prefix: Option<String>,
    alarm_types: Vec<String>,
    children_of_alarm_name: Option<String>,
    parents_of_alarm_name: Option<String>,
    state_value: Option<String>,
    action_prefix: Option<String>,
    max_records: Option<i64>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    metric_alarms: Vec<Shown<'a>>,
    composite_alarms: Vec<Shown<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// How much of an alarm is shown.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown<'a> {
    Whole(&'a StoredAlarm),
    #[serde(rename_all = "PascalCase")]
    Child {
        alarm_name: &'a str,
        alarm_arn: &'a str,
        state_value: StateValue,
        state_updated_timestamp: Timestamp,
    },
    #[serde(rename_all = "PascalCase")]
    Parent {
        alarm_name: &'a str,
        alarm_arn: &'a str,
    },
}

impl<'a> Shown<'a> {
    fn child(alarm: &'a StoredAlarm) -> Self {
        Self::Child {
            alarm_name: &alarm.name,
            alarm_arn: &alarm.arn,
            state_value: alarm.state.value,
            state_updated_timestamp: alarm.state.updated,
        }
    }

    fn parent(alarm: &'a StoredAlarm) -> Self {
        Self::Parent {
            alarm_name: &alarm.name,
            alarm_arn: &alarm.arn,
        }
    }
}

impl Request {
    fn check(&self) -> Result<(), ApiError> {
        if self.alarm_names.len() > MAX_NAMES {
            return Err(too_many("alarmNames", MAX_NAMES));
        }
        if !self.alarm_names.is_empty() && self.alarm_name_prefix.is_some() {
            return Err(ApiError::validation(
                "AlarmNames and AlarmNamePrefix cannot be specified together",
            ));
        }
        let filtered = !self.alarm_names.is_empty()
            || self.alarm_name_prefix.is_some()
            || !self.alarm_types.is_empty()
            || self.state_value.is_some()
            || self.action_prefix.is_some();
        let relatives = [&self.children_of_alarm_name, &self.parents_of_alarm_name];
        let related = relatives.iter().filter(|name| name.is_some()).count();
        if related > 1 || (related == 1 && filtered) {
            return Err(ApiError::validation(
                "ChildrenOfAlarmName and ParentsOfAlarmName can only be specified with MaxRecords and NextToken",
            ));
        }
        if let Some(unknown) = self.alarm_types.iter().find(|kind| !TYPES.contains(&kind.as_str())) {
            let constraint = format!("Member must satisfy enum value set: [{}]", TYPES.join(", "));
            return Err(ApiError::constraint("alarmTypes", &format!("'{unknown}'"), &constraint));
        }
        if let Some(state) = &self.state_value
            && StateValue::parse(state).is_none()
        {
            let constraint = "Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]";
            return Err(ApiError::constraint("stateValue", &format!("'{state}'"), constraint));
        }
        Ok(())
    }

    fn page_size(&self) -> Result<usize, ApiError> {
        let Some(records) = self.max_records else {
            return Ok(DEFAULT_RECORDS);
        };
        usize::try_from(records)
            .ok()
            .filter(|records| (1..=MAX_RECORDS).contains(records))
            .ok_or_else(|| {
                let constraint = "Member must have value between 1 and 100";
                ApiError::constraint("maxRecords", &records.to_string(), constraint)
            })
    }

    fn selects(&self, alarm: &StoredAlarm) -> bool {
        // Composite alarms come only if asked for.
        let kind = if alarm.metric().is_some() {
            "MetricAlarm"
        } else {
            "CompositeAlarm"
        };
        let of_kind = match self.alarm_types.as_slice() {
            [] => kind == "MetricAlarm",
            kinds => kinds.iter().any(|wanted| wanted == kind),
        };
        of_kind
            && (self.alarm_names.is_empty() || self.alarm_names.contains(&alarm.name))
            && self
                .alarm_name_prefix
                .as_ref()
                .is_none_or(|prefix| alarm.name.starts_with(prefix))
            && self
                .state_value
                .as_ref()
                .is_none_or(|state| alarm.state.value.as_str() == state)
            && self.action_prefix.as_ref().is_none_or(|prefix| {
                let lists = [
                    &alarm.ok_actions,
                    &alarm.alarm_actions,
                    &alarm.insufficient_data_actions,
                ];
                lists.into_iter().flatten().any(|action| action.starts_with(prefix))
            })
    }
}

pub(super) fn run(context: Context<'_>, input: &Input) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    request.check()?;
    let most = request.page_size()?;
    let after = request.next_token.as_deref().map(name_of_token).transpose()?;
    // Every source is sorted by name, so a token is the last name shown.
    let mut found: Vec<(&StoredAlarm, Shown<'_>)> = if let Some(parent) = &request.children_of_alarm_name {
        let children = children_of(existing(&context, parent)?);
        let children = children
            .iter()
            .filter_map(|child| context.store.get(context.scope, child));
        children.map(|alarm| (alarm, Shown::child(alarm))).collect()
    } else if let Some(child) = &request.parents_of_alarm_name {
        let child = &existing(&context, child)?.name;
        let alarms = context.store.alarms(context.scope);
        let parents = alarms.filter(|alarm| children_of(alarm).contains(child));
        parents.map(|alarm| (alarm, Shown::parent(alarm))).collect()
    } else {
        let selected = context
            .store
            .alarms(context.scope)
            .filter(|alarm| request.selects(alarm));
        selected.map(|alarm| (alarm, Shown::Whole(alarm))).collect()
    };
    if let Some(after) = &after {
        found.retain(|(alarm, _)| alarm.name > *after);
    }
    let next_token = (found.len() > most).then(|| token_of(&found[most - 1].0.name));
    found.truncate(most);
    let (metric, composite): (Vec<_>, Vec<_>) = found.into_iter().partition(|(alarm, _)| alarm.metric().is_some());
    let shown = |found: Vec<(_, _)>| found.into_iter().map(|(_, shown)| shown).collect();
    reply(&Answer {
        metric_alarms: shown(metric),
        composite_alarms: shown(composite),
        next_token,
    })
}

fn existing<'a>(context: &'a Context<'_>, name: &str) -> Result<&'a StoredAlarm, ApiError> {
    let alarm = context.store.get(context.scope, name);
    alarm.ok_or_else(|| ApiError::validation(format!("Alarm {name} does not exist")))
}

fn token_of(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(name)
}

fn name_of_token(token: &str) -> Result<String, ApiError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(token)
        .map_err(|_| ApiError::invalid_next_token())?;
    String::from_utf8(bytes).map_err(|_| ApiError::invalid_next_token())
}
