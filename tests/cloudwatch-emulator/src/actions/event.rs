//! The event that EventBridge gets of a transition.
//!
//! User Guide, "Alarm events and EventBridge": CloudWatch sends an event whenever an alarm changes its state, and guarantees the delivery;
//! EventBridge's reference calls it durable, which is at least once. Whether the alarm's actions are enabled or suppressed does not
//! matter to it. The guide's sample of a metric alarm, shortened:
//!
//! ```json
//! { "version": "0", "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92", "detail-type": "CloudWatch Alarm State Change",
//!   "source": "aws.cloudwatch", "account": "123456789012", "time": "2019-10-02T17:04:40Z", "region": "us-east-1",
//!   "resources": ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:ServerCpuTooHigh"],
//!   "detail": {
//!     "alarmName": "ServerCpuTooHigh",
//!     "configuration": { "description": "...", "metrics": [{ "id": "30b6c6b2-...", "returnData": true, "metricStat": {
//!       "metric": { "dimensions": { "InstanceId": "i-12345678901234567" }, "name": "CPUUtilization", "namespace": "AWS/EC2" },
//!       "period": 300, "stat": "Average" } }] },
//!     "previousState": { "reason": "...", "reasonData": "...", "timestamp": "2019-10-01T13:56:40.987+0000", "value": "OK" },
//!     "state": { "reason": "...", "reasonData": "...", "timestamp": "2019-10-02T17:04:40.989+0000", "value": "ALARM" } } }
//! ```
//!
//! A composite alarm's configuration has `alarmRule` and what suppresses its actions in the place of `metrics`.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::endpoint::{Call, Endpoint};
use crate::alarm_store::Transition;
use crate::model::{AlarmState, CompositeDefinition, Definition, Dimension, MetricDataQuery, MetricDefinition};
use crate::timestamp::Timestamp;

/// The detail type.
const STATE_CHANGE: &str = "CloudWatch Alarm State Change";

/// Puts the event on the default bus of the alarm's account and region, as the service and not as one of its users: users may put no
/// event whose source begins with `aws.`.
pub(crate) async fn put(events: &Endpoint, transition: &Transition, old_state: &AlarmState) -> Result<()> {
    let entry = json!({
        "Source": "aws.cloudwatch",
        "DetailType": STATE_CHANGE,
        "Resources": [transition.alarm.arn],
        "Detail": detail(transition, old_state).to_string(),
    });
    let call = Call {
        service: "events",
        account: &transition.scope.account,
        region: &transition.scope.region,
        content_type: "application/x-amz-json-1.1",
        headers: &[
            ("x-amz-target", "AWSEvents.PutEvents"),
            ("x-lectern-service", "cloudwatch"),
        ],
        body: json!({ "Entries": [entry] }).to_string(),
    };
    events.send(&call, is_taken).await
}

/// PutEvents says 200 also of what it refuses.
fn is_taken(answer: &[u8]) -> bool {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    answer["FailedEntryCount"] == 0
}

/// The event's detail.
fn detail(transition: &Transition, old_state: &AlarmState) -> Value {
    let alarm = &transition.alarm;
    let mut configuration = match &alarm.definition {
        Definition::Metric(definition) => json!({ "metrics": metrics(definition) }),
        Definition::Composite(definition) => composite(definition),
    };
    if let Some(description) = &alarm.description {
        configuration["description"] = json!(description);
    }
    let mut current = state(&alarm.state);
    if let Some(composite) = alarm.composite()
        && let Some(by) = &composite.actions_suppressed_by
    {
        current["actionsSuppressedBy"] = json!(by);
        current["actionsSuppressedReason"] = json!(composite.actions_suppressed_reason);
    }
    json!({
        "alarmName": alarm.name,
        "configuration": configuration,
        "previousState": state(old_state),
        "state": current,
    })
}

fn state(state: &AlarmState) -> Value {
    let mut shown = json!({ "value": state.value, "reason": state.reason, "timestamp": time(state.updated) });
    if let Some(data) = &state.reason_data {
        shown["reasonData"] = json!(data);
    }
    shown
}

fn composite(definition: &CompositeDefinition) -> Value {
    let mut shown = json!({ "alarmRule": definition.alarm_rule });
    if let Some(suppressor) = &definition.actions_suppressor {
        shown["actionsSuppressor"] = json!(suppressor);
        shown["actionsSuppressorWaitPeriod"] = json!(definition.actions_suppressor_wait_period);
        shown["actionsSuppressorExtensionPeriod"] = json!(definition.actions_suppressor_extension_period);
    }
    shown
}

/// An alarm on one metric is shown as one query, with an id that AWS makes up.
fn metrics(definition: &MetricDefinition) -> Vec<Value> {
    if !definition.metrics.is_empty() {
        return definition.metrics.iter().map(query).collect();
    }
    let statistic = definition.statistic.as_ref().or(definition.extended_statistic.as_ref());
    vec![json!({
        "id": "00000000-0000-4000-8000-000000000000",
        "metricStat": {
            "metric": {
                "dimensions": dimensions(&definition.dimensions),
                "name": definition.metric_name,
                "namespace": definition.namespace,
            },
            "period": definition.period,
            "stat": statistic,
        },
        "returnData": true,
    })]
}

fn query(query: &MetricDataQuery) -> Value {
    let mut shown = json!({ "id": query.id, "returnData": query.return_data });
    if let Some(label) = &query.label {
        shown["label"] = json!(label);
    }
    if let Some(expression) = &query.expression {
        shown["expression"] = json!(expression);
    }
    if let Some(stat) = &query.metric_stat {
        shown["metricStat"] = json!({
            "metric": {
                "dimensions": dimensions(&stat.metric.dimensions),
                "name": stat.metric.metric_name,
                "namespace": stat.metric.namespace,
            },
            "period": stat.period,
            "stat": stat.stat,
        });
    }
    shown
}

fn dimensions(dimensions: &[Dimension]) -> Map<String, Value> {
    let pairs = dimensions.iter();
    pairs
        .map(|dimension| (dimension.name.clone(), json!(dimension.value)))
        .collect()
}

/// `2019-10-02T17:04:40.989+0000`.
fn time(time: Timestamp) -> String {
    time.rfc3339().replace('Z', "+0000")
}
