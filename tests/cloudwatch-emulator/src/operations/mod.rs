//! What every operation does, whatever protocol it came by.

mod action;
mod actions_enabled;
mod caller_identity;
pub(crate) mod dashboards;
mod delete_alarms;
mod describe_alarms;
mod get_resources;
mod metric_data;
mod put_alarm;
mod put_composite_alarm;
mod put_metric_alarm;
mod put_metric_data;
mod set_alarm_state;
mod statistic;
mod tags;

use serde::Deserialize;

use crate::actions::Publisher;
use crate::alarm_store::AlarmStore;
use crate::error::ApiError;
use crate::model::Scope;
use crate::protocol::{Input, Reply};
use crate::timestamp::Timestamp;
use crate::{Shared, lock};

/// One call, ready to be run.
pub(crate) struct Context<'a> {
    pub(crate) store: &'a mut AlarmStore,
    pub(crate) publisher: &'a Publisher,
    pub(crate) scope: &'a Scope,
    pub(crate) now: Timestamp,
}

/// Runs an operation; all of it happens, or nothing.
pub(crate) fn run(shared: &Shared, scope: &Scope, operation: &str, input: &Input) -> Result<Reply, ApiError> {
    let now: Timestamp = shared.clock.now().into();
    match operation {
        "PutMetricData" => {
            let samples = put_metric_data::samples(input, now)?;
            let mut metrics = lock(&shared.metrics);
            for (metric, sample) in samples {
                metrics.insert(scope, metric, sample);
            }
            return Ok(None);
        }
        "GetMetricData" => return metric_data::get_metric_data(lock(&shared.metrics).history(scope), input),
        "GetMetricStatistics" => {
            return metric_data::get_metric_statistics(lock(&shared.metrics).history(scope), input);
        }
        "PutDashboard" => return dashboards::put(&mut lock(&shared.dashboards), scope, input),
        "GetDashboard" => return dashboards::get(&lock(&shared.dashboards), scope, input),
        "DeleteDashboards" => return dashboards::delete(&mut lock(&shared.dashboards), scope, input),
        "ListMetrics" => return metric_data::list_metrics(lock(&shared.metrics).history(scope), input),
        _ => {}
    }
    let mut stale = shared.stale_reads.seen_by(operation);
    let mut alarms = lock(&shared.alarms);
    let context = Context {
        store: stale.as_mut().unwrap_or(&mut alarms),
        publisher: &shared.publisher,
        scope,
        now,
    };
    match operation {
        "PutMetricAlarm" => put_metric_alarm::run(context, input),
        "PutCompositeAlarm" => put_composite_alarm::run(context, input),
        "DescribeAlarms" => describe_alarms::run(context, input),
        "DeleteAlarms" => delete_alarms::run(context, input),
        "EnableAlarmActions" => actions_enabled::run(context, input, true),
        "DisableAlarmActions" => actions_enabled::run(context, input, false),
        "SetAlarmState" => set_alarm_state::run(context, input),
        "ListTagsForResource" => tags::list(context, input),
        "TagResource" => tags::tag(context, input),
        "UntagResource" => tags::untag(context, input),
        "GetResources" => get_resources::run(context, input),
        "GetCallerIdentity" => caller_identity::run(scope),
        _ => Err(ApiError::unknown_operation(operation)),
    }
}

/// Members of any request that name alarms.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Naming {
    #[serde(rename = "AlarmName")]
    alarm_name: Option<String>,
    #[serde(rename = "AlarmNames")]
    alarm_names: Vec<String>,
    #[serde(rename = "ResourceARN")]
    resource_arn: Option<String>,
    #[serde(rename = "ResourceARNList")]
    resource_arn_list: Vec<String>,
}

/// Names of the alarms a request is about.
pub(crate) fn alarm_names(input: &Input) -> Vec<String> {
    let naming: Naming = input.parse().unwrap_or_default();
    let arns = naming.resource_arn.iter().chain(&naming.resource_arn_list);
    let tagged: Vec<_> = arns.filter_map(|arn| name_in_arn(arn)).map(str::to_owned).collect();
    naming
        .alarm_name
        .into_iter()
        .chain(naming.alarm_names)
        .chain(tagged)
        .collect()
}

fn name_in_arn(arn: &str) -> Option<&str> {
    arn.split_once(":alarm:").map(|(_, name)| name)
}
