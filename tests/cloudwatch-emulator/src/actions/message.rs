//! The text CloudWatch sends to a topic: subject and JSON body (User Guide, "Amazon SNS message format", and messages received).

use alarm_evaluator::{Rule, StateValue};
use serde_json::{Map, Value, json};

use crate::alarm_store::Transition;
use crate::model::{Definition, Dimension, MetricDataQuery, MetricDefinition, StoredAlarm};
use crate::timestamp::Timestamp;

/// SNS refuses longer subjects.
const MAX_SUBJECT: usize = 100;

/// `ALARM: "name" in US East (N. Virginia)`, cut to SNS's limit. SNS takes ASCII only.
pub(crate) fn subject(transition: &Transition) -> String {
    let alarm = &transition.alarm;
    let region = region_name(&transition.scope.region);
    let subject = format!("{}: \"{}\" in {region}", alarm.state.value, alarm.name);
    let ascii = subject.chars().map(|character| {
        if character.is_ascii_graphic() || character == ' ' {
            character
        } else {
            '?'
        }
    });
    ascii.take(MAX_SUBJECT).collect()
}

/// The body.
pub(crate) fn body(transition: &Transition) -> Value {
    let Transition {
        scope,
        alarm,
        old_state,
    } = transition;
    let mut body = json!({
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": scope.account,
        "AlarmConfigurationUpdatedTimestamp": sns_time(alarm.configuration_updated),
        "NewStateValue": alarm.state.value,
        "NewStateReason": alarm.state.reason,
        "StateChangeTime": sns_time(alarm.state.updated),
        "Region": region_name(&scope.region),
        "AlarmArn": alarm.arn,
        "OldStateValue": old_state.as_ref().map_or(StateValue::InsufficientData, |state| state.value),
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
    });
    match &alarm.definition {
        Definition::Metric(definition) => body["Trigger"] = trigger(definition),
        Definition::Composite(definition) => {
            body["AlarmRule"] = json!(definition.alarm_rule);
            body["TriggeringChildren"] = json!(children(scope_arn(alarm), &definition.alarm_rule));
        }
    }
    body
}

fn scope_arn(alarm: &StoredAlarm) -> &str {
    alarm.arn.strip_suffix(&alarm.name).unwrap_or(&alarm.arn)
}

fn children(arn_prefix: &str, rule: &str) -> Vec<Value> {
    let rule = Rule::parse(rule).ok();
    rule.iter()
        .flat_map(Rule::children)
        .map(|child| json!({ "Arn": format!("{arn_prefix}{child}") }))
        .collect()
}

fn trigger(definition: &MetricDefinition) -> Value {
    let mut trigger = Map::new();
    let mut set = |key: &str, value: Value| trigger.insert(key.to_owned(), value);
    if definition.metrics.is_empty() {
        set("MetricName", json!(definition.metric_name));
        set("Namespace", json!(definition.namespace));
        match (&definition.statistic, &definition.extended_statistic) {
            (Some(statistic), _) => {
                set("StatisticType", json!("Statistic"));
                set("Statistic", json!(upper_snake(statistic)));
            }
            (None, extended) => {
                set("StatisticType", json!("ExtendedStatistic"));
                set("ExtendedStatistic", json!(extended));
            }
        }
        set("Unit", json!(definition.unit));
        set("Dimensions", dimensions(&definition.dimensions));
    } else {
        set("Metrics", definition.metrics.iter().map(query).collect());
    }
    let longest = definition.metrics.iter().filter_map(query_period).max();
    set("Period", json!(definition.period.or(longest)));
    set("EvaluationPeriods", json!(definition.evaluation_periods));
    if let Some(datapoints) = definition.datapoints_to_alarm {
        set("DatapointsToAlarm", json!(datapoints));
    }
    set("ComparisonOperator", json!(definition.comparison_operator));
    set("Threshold", json!(definition.threshold));
    set(
        "TreatMissingData",
        json!(definition.treat_missing_data.as_deref().unwrap_or("missing")),
    );
    let low = definition.evaluate_low_sample_count_percentile.as_deref();
    set("EvaluateLowSampleCountPercentile", json!(low.unwrap_or_default()));
    Value::Object(trigger)
}

fn query_period(query: &MetricDataQuery) -> Option<i64> {
    query.metric_stat.as_ref().map(|stat| stat.period).or(query.period)
}

fn query(query: &MetricDataQuery) -> Value {
    let mut shown = json!({ "Id": query.id, "ReturnData": query.return_data });
    if let Some(label) = &query.label {
        shown["Label"] = json!(label);
    }
    if let Some(expression) = &query.expression {
        shown["Expression"] = json!(expression);
    }
    if let Some(stat) = &query.metric_stat {
        shown["MetricStat"] = json!({
            "Metric": {
                "Dimensions": dimensions(&stat.metric.dimensions),
                "MetricName": stat.metric.metric_name,
                "Namespace": stat.metric.namespace,
            },
            "Period": stat.period,
            "Stat": stat.stat,
        });
    }
    shown
}

/// Lower-case keys, here only.
fn dimensions(dimensions: &[Dimension]) -> Value {
    dimensions
        .iter()
        .map(|dimension| json!({ "value": dimension.value, "name": dimension.name }))
        .collect()
}

/// `SampleCount` to `SAMPLE_COUNT`.
fn upper_snake(word: &str) -> String {
    let mut out = String::new();
    for (index, character) in word.char_indices() {
        if index > 0 && character.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(character.to_ascii_uppercase());
    }
    out
}

/// `2026-11-24T08:32:00.123+0000`.
fn sns_time(time: Timestamp) -> String {
    time.rfc3339().replace('Z', "+0000")
}

/// The name for people, as far as this list goes; the code for others.
fn region_name(region: &str) -> &str {
    match region {
        "us-east-1" => "US East (N. Virginia)",
        "us-east-2" => "US East (Ohio)",
        "us-west-1" => "US West (N. California)",
        "us-west-2" => "US West (Oregon)",
        "ca-central-1" => "Canada (Central)",
        "eu-west-1" => "EU (Ireland)",
        "eu-west-2" => "EU (London)",
        "eu-west-3" => "EU (Paris)",
        "eu-central-1" => "EU (Frankfurt)",
        "eu-north-1" => "EU (Stockholm)",
        "ap-northeast-1" => "Asia Pacific (Tokyo)",
        "ap-northeast-2" => "Asia Pacific (Seoul)",
        "ap-south-1" => "Asia Pacific (Mumbai)",
        "ap-southeast-1" => "Asia Pacific (Singapore)",
        "ap-southeast-2" => "Asia Pacific (Sydney)",
        "sa-east-1" => "South America (Sao Paulo)",
        other => other,
    }
}
