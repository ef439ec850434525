//! CloudWatch in the bundle's own types. Nothing here waits for an operation's limits or decides anything.
//!
//! | module | holds |
//! |---|---|
//! | `from_sdk`, `to_sdk` | the types, both ways |
//! | `tags` | tags, read by the hundred or one by one, and written |

mod from_sdk;
mod tags;
mod to_sdk;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{AlarmType, ComparisonOperator, StandardUnit};
use futures::{StreamExt, TryStreamExt, stream};
use provider_kit::Num;

use super::marker::Marker;
use super::objects::Described;
use super::state::{Alarm, CompositeAlarm};
use crate::connection::aws::{Aws, AwsError};
use to_sdk::{dimensions, integer, items, queries, sdk_tags, split_statistic, text};

/// Most names of one DescribeAlarms or DeleteAlarms call. Source: API_DescribeAlarms, API_DeleteAlarms.
pub(crate) const NAMES_PER_CALL: usize = 100;

/// DescribeAlarms calls at once; the account's quota is nine a second for everybody.
const READS_AT_ONCE: usize = 4;

/// The alarms of one bundle in one region. Writes keep to the provider's rate; retries and timeouts are the connection's.
pub(crate) struct Remote<'a> {
    pub(crate) client: Client,
    pub(crate) aws: &'a Aws,
    pub(crate) region: &'a str,
    pub(crate) marker: Marker<'a>,
}

impl Remote<'_> {
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
        let bundle = self.marker.bundle;
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
                found.insert(name, from_sdk::metric_alarm(alarm, bundle));
            }
            for alarm in page.composite_alarms() {
                let name = alarm.alarm_name().unwrap_or_default().to_owned();
                found.insert(name, from_sdk::composite_alarm(alarm, bundle));
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

    /// Creates or overwrites, with the marker. CloudWatch takes `tags` for a new alarm only and ignores them otherwise.
    pub(crate) async fn put_alarm(&self, alarm: &Alarm, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        let (statistic, extended_statistic) = split_statistic(text(&alarm.statistic));
        self.client
            .put_metric_alarm()
            .set_alarm_name(text(&alarm.name))
            .alarm_description(self.marker.add_to(alarm.description.as_deref_option()))
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
            .alarm_description(self.marker.add_to(alarm.description.as_deref_option()))
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
}
