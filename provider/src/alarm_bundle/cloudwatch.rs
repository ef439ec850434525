//! CloudWatch's alarm API in the bundle's own types.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{
    AlarmType, ComparisonOperator, Dimension, EvaluationWindow, Metric, MetricAlarm, MetricDataQuery, MetricStat,
    StandardUnit, Statistic, Tag,
};
use futures::{StreamExt, TryStreamExt, stream};
use provider_kit::Num;
use tf_provider::value::Value;

use super::model::EXPRESSION_ID;
use super::state::{Alarm, AlarmMetric, CompositeAlarm, Elements, Map, Number, Set, Suppressor, Text};
use crate::connection::aws::{Aws, AwsError};

/// Most names of one DescribeAlarms or DeleteAlarms call. Source: API_DescribeAlarms, API_DeleteAlarms.
pub(crate) const NAMES_PER_CALL: usize = 100;

/// DescribeAlarms calls at once; the account's quota is nine a second for everybody.
const READS_AT_ONCE: usize = 4;

/// An alarm as it is in CloudWatch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Existing {
    Metric(Box<Alarm>),
    Composite(Box<CompositeAlarm>),
}

impl Existing {
    pub(crate) fn description(&self) -> &Text {
        match self {
            Self::Metric(alarm) => &alarm.description,
            Self::Composite(alarm) => &alarm.description,
        }
    }

    pub(crate) fn arn(&self) -> &Text {
        match self {
            Self::Metric(alarm) => &alarm.arn,
            Self::Composite(alarm) => &alarm.arn,
        }
    }
}

/// Alarms by name.
pub(crate) type Described = BTreeMap<String, Existing>;

/// The API of one region. Writes keep to the provider's rate; retries and timeouts are the connection's.
pub(crate) struct CloudWatch<'a> {
    pub(crate) client: Client,
    pub(crate) aws: &'a Aws,
}

impl CloudWatch<'_> {
    /// Those of the named alarms that exist: one call per hundred names.
    pub(crate) async fn describe(&self, names: &BTreeSet<String>) -> Result<Described, AwsError> {
        let names: Vec<_> = names.iter().cloned().collect();
        let batches: Vec<_> = names.chunks(NAMES_PER_CALL).map(<[String]>::to_vec).collect();
        stream::iter(batches)
            .map(|batch| self.pages(Some(batch), None))
            .buffer_unordered(READS_AT_ONCE)
            .try_fold(Described::new(), |mut all, page| async move {
                all.extend(page);
                Ok(all)
            })
            .await
    }

    /// The alarms whose name begins with `prefix`.
    pub(crate) async fn describe_prefix(&self, prefix: &str) -> Result<Described, AwsError> {
        self.pages(None, Some(prefix.to_owned())).await
    }

    async fn pages(&self, names: Option<Vec<String>>, prefix: Option<String>) -> Result<Described, AwsError> {
        let mut found = Described::new();
        let mut next_token = None;
        loop {
            let page = self
                .client
                .describe_alarms()
                .set_alarm_names(names.clone())
                .set_alarm_name_prefix(prefix.clone())
                .alarm_types(AlarmType::MetricAlarm)
                .alarm_types(AlarmType::CompositeAlarm)
                .max_records(100)
                .set_next_token(next_token)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk("DescribeAlarms", error))?;
            for alarm in page.metric_alarms() {
                let name = alarm.alarm_name().unwrap_or_default().to_owned();
                found.insert(name, Existing::Metric(Box::new(from_metric_alarm(alarm))));
            }
            for alarm in page.composite_alarms() {
                let name = alarm.alarm_name().unwrap_or_default().to_owned();
                found.insert(name, Existing::Composite(Box::new(from_composite_alarm(alarm))));
            }
            next_token = page.next_token().map(str::to_owned);
            if next_token.is_none() {
                return Ok(found);
            }
        }
    }

    /// Names of the composite alarms whose rule has the alarm as a child. CloudWatch takes no filter beside this one.
    pub(crate) async fn parents(&self, name: &str) -> Result<Vec<String>, AwsError> {
        let (mut parents, mut next_token) = (Vec::new(), None);
        loop {
            let page = self
                .client
                .describe_alarms()
                .parents_of_alarm_name(name)
                .max_records(100)
                .set_next_token(next_token)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk("DescribeAlarms", error))?;
            parents.extend(
                page.composite_alarms()
                    .iter()
                    .filter_map(|alarm| alarm.alarm_name().map(str::to_owned)),
            );
            next_token = page.next_token().map(str::to_owned);
            if next_token.is_none() {
                return Ok(parents);
            }
        }
    }

    /// Waits for the next write's turn.
    pub(crate) async fn turn_to_write(&self) {
        self.aws.writes.turn().await;
    }

    /// Creates or overwrites. CloudWatch takes `tags` for a new alarm only and ignores them otherwise.
    pub(crate) async fn put_alarm(&self, alarm: &Alarm, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        let (statistic, extended_statistic) = split_statistic(text(&alarm.statistic));
        self.client
            .put_metric_alarm()
            .set_alarm_name(text(&alarm.name))
            .set_alarm_description(text(&alarm.description))
            .set_actions_enabled(alarm.actions_enabled.as_ref_option().copied())
            .set_alarm_actions(Some(items(&alarm.alarm_actions)))
            .set_ok_actions(Some(items(&alarm.ok_actions)))
            .set_insufficient_data_actions(Some(items(&alarm.insufficient_data_actions)))
            .set_namespace(text(&alarm.namespace))
            .set_metric_name(text(&alarm.metric_name))
            .set_dimensions(alarm.dimensions.as_ref_option().map(|_| dimensions(&alarm.dimensions)))
            .set_statistic(statistic)
            .set_extended_statistic(extended_statistic)
            .set_period(integer(&alarm.period))
            .set_unit(text(&alarm.unit).as_deref().map(StandardUnit::from))
            .set_metrics(queries(alarm))
            .set_evaluation_periods(integer(&alarm.evaluation_periods))
            .set_datapoints_to_alarm(integer(&alarm.datapoints_to_alarm))
            .set_comparison_operator(
                text(&alarm.comparison_operator)
                    .as_deref()
                    .map(ComparisonOperator::from),
            )
            .set_threshold(alarm.threshold.as_ref_option().map(Num::to_f64))
            .set_treat_missing_data(text(&alarm.treat_missing_data))
            .set_evaluate_low_sample_count_percentile(text(&alarm.evaluate_low_sample_count_percentile))
            .set_tags(sdk_tags(tags))
            .send()
            .await
            .map_err(|error| AwsError::from_sdk("PutMetricAlarm", error))?;
        Ok(())
    }

    /// Creates or overwrites; `tags` as in [`Self::put_alarm`].
    pub(crate) async fn put_composite(
        &self,
        alarm: &CompositeAlarm,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), AwsError> {
        let suppressor = alarm.suppressor.as_ref_option();
        self.client
            .put_composite_alarm()
            .set_alarm_name(text(&alarm.name))
            .set_alarm_description(text(&alarm.description))
            .set_alarm_rule(text(&alarm.rule))
            .set_actions_enabled(alarm.actions_enabled.as_ref_option().copied())
            .set_alarm_actions(Some(items(&alarm.alarm_actions)))
            .set_ok_actions(Some(items(&alarm.ok_actions)))
            .set_insufficient_data_actions(Some(items(&alarm.insufficient_data_actions)))
            .set_actions_suppressor(suppressor.and_then(|suppressor| text(&suppressor.alarm)))
            .set_actions_suppressor_wait_period(suppressor.and_then(|s| integer(&s.wait_period_seconds)))
            .set_actions_suppressor_extension_period(suppressor.and_then(|s| integer(&s.extension_period_seconds)))
            .set_tags(sdk_tags(tags))
            .send()
            .await
            .map_err(|error| AwsError::from_sdk("PutCompositeAlarm", error))?;
        Ok(())
    }

    /// Deletes up to a hundred alarms, at most one of them a composite; names that do not exist are ignored.
    pub(crate) async fn delete(&self, names: &[String]) -> Result<(), AwsError> {
        let deleted = self
            .client
            .delete_alarms()
            .set_alarm_names(Some(names.to_vec()))
            .send()
            .await;
        deleted.map_err(|error| AwsError::from_sdk("DeleteAlarms", error))?;
        Ok(())
    }

    pub(crate) async fn tags(&self, arn: &str) -> Result<BTreeMap<String, String>, AwsError> {
        self.aws.tag_reads.turn().await;
        let listed = self.client.list_tags_for_resource().resource_arn(arn).send().await;
        let listed = listed.map_err(|error| AwsError::from_sdk("ListTagsForResource", error))?;
        let pair = |tag: &Tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned()));
        Ok(listed.tags().iter().filter_map(pair).collect())
    }

    pub(crate) async fn tag(&self, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        let tagged = self
            .client
            .tag_resource()
            .resource_arn(arn)
            .set_tags(sdk_tags(tags))
            .send()
            .await;
        tagged.map_err(|error| AwsError::from_sdk("TagResource", error))?;
        Ok(())
    }

    pub(crate) async fn untag(&self, arn: &str, keys: Vec<String>) -> Result<(), AwsError> {
        let untagged = self
            .client
            .untag_resource()
            .resource_arn(arn)
            .set_tag_keys(Some(keys))
            .send()
            .await;
        untagged.map_err(|error| AwsError::from_sdk("UntagResource", error))?;
        Ok(())
    }
}

fn text(value: &Text) -> Option<String> {
    value.as_ref_option().cloned()
}

fn integer(value: &Number) -> Option<i32> {
    value
        .as_ref_option()
        .and_then(Num::to_i64)
        .and_then(|number| i32::try_from(number).ok())
}

fn items(set: &Set) -> Vec<String> {
    set.as_ref_option()
        .into_iter()
        .flat_map(Elements::iter)
        .filter_map(text)
        .collect()
}

fn split_statistic(statistic: Option<String>) -> (Option<Statistic>, Option<String>) {
    match statistic {
        Some(name) if Statistic::values().contains(&name.as_str()) => (Some(Statistic::from(name.as_str())), None),
        extended => (None, extended),
    }
}

fn dimensions(map: &Map<String>) -> Vec<Dimension> {
    let dimension =
        |(name, value): (&String, &Text)| Some(Dimension::builder().name(name).value(value.as_ref_option()?).build());
    map.as_ref_option()
        .into_iter()
        .flatten()
        .filter_map(dimension)
        .collect()
}

fn queries(alarm: &Alarm) -> Option<Vec<MetricDataQuery>> {
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

fn sdk_tags(tags: &BTreeMap<String, String>) -> Option<Vec<Tag>> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    (!tags.is_empty()).then(|| tags.iter().map(tag).collect())
}

fn known(value: Option<&str>) -> Text {
    value.map(str::to_owned).into()
}

fn number(value: Option<i32>) -> Number {
    value.map(|value| Num::from(i64::from(value))).into()
}

fn set(values: &[String]) -> Set {
    Value::Value(values.iter().cloned().map(Value::Value).collect())
}

fn dimension_map(dimensions: &[Dimension]) -> Map<String> {
    let pair = |dimension: &Dimension| {
        (
            dimension.name().unwrap_or_default().to_owned(),
            known(dimension.value()),
        )
    };
    Value::Value(dimensions.iter().map(pair).collect())
}

fn from_metric_alarm(alarm: &MetricAlarm) -> Alarm {
    let single = alarm.metrics().is_empty();
    let expression = alarm.metrics().iter().find(|query| query.return_data() != Some(false));
    let metrics = alarm
        .metrics()
        .iter()
        .filter(|query| Some(*query) != expression)
        .map(from_query)
        .collect();
    let statistic = alarm.statistic().map(Statistic::as_str).or(alarm.extended_statistic());
    Alarm {
        name: known(alarm.alarm_name()),
        arn: known(alarm.alarm_arn()),
        description: known(alarm.alarm_description()),
        severity: known(alarm.alarm_name().and_then(|name| name.rsplit('/').next())),
        namespace: known(alarm.namespace()),
        metric_name: known(alarm.metric_name()),
        dimensions: if single {
            dimension_map(alarm.dimensions())
        } else {
            Value::Null
        },
        statistic: known(statistic),
        metrics: if single { Value::Null } else { Value::Value(metrics) },
        expression: known(expression.and_then(MetricDataQuery::expression)),
        period: if single { number(alarm.period()) } else { Value::Null },
        evaluation_periods: number(alarm.evaluation_periods()),
        // left out means all of them
        datapoints_to_alarm: number(alarm.datapoints_to_alarm().or(alarm.evaluation_periods())),
        comparison_operator: known(alarm.comparison_operator().map(ComparisonOperator::as_str)),
        threshold: alarm.threshold().and_then(Num::from_f64).into(),
        // left out means "missing"; source: API_PutMetricAlarm
        treat_missing_data: known(alarm.treat_missing_data().or(Some("missing"))),
        // left out means "evaluate"; source: API_PutMetricAlarm
        evaluate_low_sample_count_percentile: known(
            alarm
                .evaluate_low_sample_count_percentile()
                .filter(|word| *word != "evaluate"),
        ),
        unit: known(alarm.unit().map(StandardUnit::as_str)),
        evaluation_window: known(match alarm.evaluation_window() {
            None | Some(EvaluationWindow::SlidingWindow(_)) => None,
            Some(EvaluationWindow::WallClockWindow(_)) => Some("wall_clock"),
            Some(_) => Some("unknown"),
        }),
        actions_enabled: alarm.actions_enabled().into(),
        alarm_actions: set(alarm.alarm_actions()),
        ok_actions: set(alarm.ok_actions()),
        insufficient_data_actions: set(alarm.insufficient_data_actions()),
    }
}

/// A query of a metric-math alarm. What a bundle never makes - a query that is an expression itself, a unit, another
/// account - shows in the statistic, so that it is seen and repaired.
fn from_query(query: &MetricDataQuery) -> (String, Value<AlarmMetric>) {
    let stat = query.metric_stat();
    let metric = stat.and_then(MetricStat::metric);
    let mut statistic = stat
        .and_then(MetricStat::stat)
        .or(query.expression())
        .map(str::to_owned);
    let unit = stat
        .and_then(MetricStat::unit)
        .map(|unit| format!("in {}", unit.as_str()));
    let account = query.account_id().map(|account| format!("of account {account}"));
    for extra in unit.into_iter().chain(account) {
        statistic = Some(format!("{} {extra}", statistic.unwrap_or_default()));
    }
    let shown = AlarmMetric {
        namespace: known(metric.and_then(Metric::namespace)),
        metric_name: known(metric.and_then(Metric::metric_name)),
        dimensions: metric.map_or(Value::Null, |metric| dimension_map(metric.dimensions())),
        statistic: statistic.into(),
        period: number(stat.and_then(MetricStat::period)),
    };
    (query.id().unwrap_or_default().to_owned(), Value::Value(shown))
}

fn from_composite_alarm(alarm: &aws_sdk_cloudwatch::types::CompositeAlarm) -> CompositeAlarm {
    let suppressor = alarm
        .actions_suppressor()
        .filter(|name| !name.is_empty())
        .map(|name| Suppressor {
            alarm: known(Some(name)),
            wait_period_seconds: number(alarm.actions_suppressor_wait_period()),
            extension_period_seconds: number(alarm.actions_suppressor_extension_period()),
        });
    CompositeAlarm {
        name: known(alarm.alarm_name()),
        arn: known(alarm.alarm_arn()),
        description: known(alarm.alarm_description()),
        rule: known(alarm.alarm_rule()),
        actions_enabled: alarm.actions_enabled().into(),
        alarm_actions: set(alarm.alarm_actions()),
        ok_actions: set(alarm.ok_actions()),
        insufficient_data_actions: set(alarm.insufficient_data_actions()),
        suppressor: suppressor.into(),
    }
}
