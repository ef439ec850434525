//! PutCompositeAlarm and its refusals (API reference, PutCompositeAlarm).

use std::collections::BTreeSet;

use alarm_evaluator::Rule;
use alarm_evaluator::rule::{MAX_LENGTH, alarm_name};
use serde::Deserialize;

use crate::alarm_store::children_of;
use crate::error::ApiError;
use crate::model::{CompositeDefinition, Definition};
use crate::operations::Context;
use crate::operations::put_alarm::{Common, too_long};
use crate::protocol::{Input, Reply};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    alarm_rule: Option<String>,
}

pub(super) fn run(mut context: Context<'_>, input: &Input) -> Result<Reply, ApiError> {
    let common = Common::read(input, context.scope)?;
    common.check_instance_actions(None)?;
    let request: Request = input.parse()?;
    let rule = request.alarm_rule.ok_or_else(|| ApiError::missing("alarmRule"))?;
    check_rule(&context, common.name(), &rule)?;
    let definition: CompositeDefinition = input.parse()?;
    check_suppressor(&context, common.name(), &definition)?;
    common.store(&mut context, Definition::Composite(Box::new(definition)))
}

fn check_rule(context: &Context<'_>, name: &str, text: &str) -> Result<(), ApiError> {
    if text.chars().count() > MAX_LENGTH {
        return Err(too_long("alarmRule", text, MAX_LENGTH));
    }
    let rule = Rule::parse(text).map_err(|error| ApiError::validation(format!("Error in AlarmRule: {error}")))?;
    let children = rule.children();
    let exists = |child: &str| child == name || context.store.get(context.scope, child).is_some();
    let unknown: Vec<&str> = children.iter().copied().filter(|child| !exists(child)).collect();
    if !unknown.is_empty() {
        return Err(ApiError::validation(format!(
            "AlarmRule must not reference alarms that do not exist: [{}]",
            unknown.join(", ")
        )));
    }
    if leads_to(context, &children, name) {
        return Err(ApiError::validation(format!("AlarmRule of {name} would form a cycle")));
    }
    Ok(())
}

/// Does a rule over `children` lead back to `name`? Stricter than CloudWatch, which accepts such a cycle and can then neither
/// evaluate nor delete any of its alarms.
fn leads_to(context: &Context<'_>, children: &BTreeSet<&str>, name: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<String> = children.iter().map(|&child| child.to_owned()).collect();
    while let Some(child) = open.pop() {
        if child == name {
            return true;
        }
        if let Some(alarm) = context.store.get(context.scope, &child) {
            open.extend(
                children_of(alarm)
                    .into_iter()
                    .filter(|grandchild| !seen.contains(grandchild)),
            );
        }
        seen.insert(child);
    }
    false
}

/// The three suppressor members come together, and the suppressor is another alarm.
fn check_suppressor(context: &Context<'_>, name: &str, definition: &CompositeDefinition) -> Result<(), ApiError> {
    let periods = [
        ("actionsSuppressorWaitPeriod", definition.actions_suppressor_wait_period),
        (
            "actionsSuppressorExtensionPeriod",
            definition.actions_suppressor_extension_period,
        ),
    ];
    let Some(suppressor) = &definition.actions_suppressor else {
        return match periods.iter().find(|(_, period)| period.is_some()) {
            Some((member, _)) => Err(ApiError::validation(format!("{member} needs actionsSuppressor"))),
            None => Ok(()),
        };
    };
    for (member, period) in periods {
        match period {
            None => return Err(ApiError::validation(format!("actionsSuppressor needs {member}"))),
            Some(period) if period < 0 => {
                let constraint = "Member must have value greater than or equal to 0";
                return Err(ApiError::constraint(member, &period.to_string(), constraint));
            }
            Some(_) => {}
        }
    }
    let suppressor = alarm_name(suppressor);
    if suppressor == name || context.store.get(context.scope, suppressor).is_none() {
        return Err(ApiError::validation(format!(
            "ActionsSuppressor {suppressor} is not another alarm that exists"
        )));
    }
    Ok(())
}
