//! From the bundle's types to those of the SDK.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, Statistic, Tag};
use provider_kit::Num;
use tf_provider::value::Value;

use crate::alarm_bundle::state::{Alarm, AlarmMetric, EXPRESSION_ID, Elements, Map, Number, Set, Text};

pub(super) fn text(value: &Text) -> Option<String> {
    value.as_ref_option().cloned()
}

pub(super) fn integer(value: &Number) -> Option<i32> {
    value
        .as_ref_option()
        .and_then(Num::to_i64)
        .and_then(|number| i32::try_from(number).ok())
}

pub(super) fn items(set: &Set) -> Vec<String> {
    set.as_ref_option()
        .into_iter()
        .flat_map(Elements::iter)
        .filter_map(text)
        .collect()
}

pub(super) fn split_statistic(statistic: Option<String>) -> (Option<Statistic>, Option<String>) {
    match statistic {
        Some(name) if Statistic::values().contains(&name.as_str()) => (Some(Statistic::from(name.as_str())), None),
        extended => (None, extended),
    }
}

pub(super) fn dimensions(map: &Map<String>) -> Vec<Dimension> {
    let dimension =
        |(name, value): (&String, &Text)| Some(Dimension::builder().name(name).value(value.as_ref_option()?).build());
    map.as_ref_option()
        .into_iter()
        .flatten()
        .filter_map(dimension)
        .collect()
}

pub(super) fn queries(alarm: &Alarm) -> Option<Vec<MetricDataQuery>> {
    let metrics = alarm.metrics.as_ref_option()?;
    let metric = |(id, metric): (&String, &Value<AlarmMetric>)| {
        let metric = metric.as_ref_option()?;
        let source = Metric::builder()
            .set_namespace(text(&metric.namespace))
            .set_metric_name(text(&metric.metric_name))
            .set_dimensions(Some(dimensions(&metric.dimensions)))
            .build();
        let stat = MetricStat::builder()
            .metric(source)
            .set_period(integer(&metric.period))
            .set_stat(text(&metric.statistic))
            .build();
        Some(
            MetricDataQuery::builder()
                .id(id)
                .metric_stat(stat)
                .return_data(false)
                .build(),
        )
    };
    let expression = MetricDataQuery::builder()
        .id(EXPRESSION_ID)
        .set_expression(text(&alarm.expression))
        .return_data(true)
        .build();
    Some(metrics.iter().filter_map(metric).chain([expression]).collect())
}

pub(super) fn sdk_tags(tags: &BTreeMap<String, String>) -> Option<Vec<Tag>> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    (!tags.is_empty()).then(|| tags.iter().map(tag).collect())
}
