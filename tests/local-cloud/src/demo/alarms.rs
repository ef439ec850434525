//! A look at CloudWatch's alarms, and a hand in them.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use aws_config::SdkConfig;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{MetricAlarm, StateValue};

pub(super) struct Alarms {
    client: Client,
}

impl Alarms {
    pub(super) fn new(cloudwatch: &SdkConfig) -> Self {
        Self {
            client: Client::new(cloudwatch),
        }
    }

    async fn of(&self, bundle: &str) -> Result<Vec<MetricAlarm>> {
        let pages = self.client.describe_alarms().alarm_name_prefix(format!("{bundle}/"));
        let mut pages = pages.into_paginator().send();
        let mut alarms = Vec::new();
        while let Some(page) = pages.try_next().await? {
            alarms.extend(page.metric_alarms().to_vec());
        }
        Ok(alarms)
    }

    pub(super) async fn names(&self, bundle: &str) -> Result<Vec<String>> {
        Ok(self
            .of(bundle)
            .await?
            .iter()
            .filter_map(|alarm| alarm.alarm_name().map(str::to_owned))
            .collect())
    }

    /// Name, condition and state of every alarm, in columns.
    pub(super) async fn table(&self, bundle: &str) -> Result<Vec<String>> {
        let mut rows = vec![["alarm".to_owned(), "condition".to_owned(), "state".to_owned()]];
        for alarm in self.of(bundle).await? {
            rows.push([
                alarm.alarm_name().unwrap_or_default().to_owned(),
                condition(&alarm),
                alarm
                    .state_value()
                    .map_or_else(String::new, |state| state.as_str().to_owned()),
            ]);
        }
        Ok(columns(&rows))
    }

    pub(super) async fn delete(&self, name: &str) -> Result<()> {
        self.expect(name).await?;
        self.client.delete_alarms().alarm_names(name).send().await?;
        Ok(())
    }

    /// Disables the alarm's actions.
    pub(super) async fn mute(&self, name: &str) -> Result<()> {
        self.expect(name).await?;
        self.client.disable_alarm_actions().alarm_names(name).send().await?;
        Ok(())
    }

    /// Waits until the alarm is in `state`.
    pub(super) async fn wait_for(&self, name: &str, state: &StateValue, limit: Duration) -> Result<()> {
        let deadline = Instant::now() + limit;
        loop {
            let alarm = self.expect(name).await?;
            if alarm.state_value() == Some(state) {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let found = alarm.state_value().map_or("no state", StateValue::as_str);
                bail!(
                    "{name} is {found} and not {state} after {} s: {:?}",
                    limit.as_secs(),
                    alarm.state_reason()
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn expect(&self, name: &str) -> Result<MetricAlarm> {
        let found = self.client.describe_alarms().alarm_names(name).send().await?;
        match found.metric_alarms() {
            [alarm] => Ok(alarm.clone()),
            _ => bail!("there is no alarm {name}"),
        }
    }
}

/// `Sum Errors > 0, 1 of 1 x 60 s`.
fn condition(alarm: &MetricAlarm) -> String {
    let what = match alarm.metric_name() {
        Some(metric) => {
            let statistic = alarm
                .statistic()
                .map(|statistic| statistic.as_str())
                .or(alarm.extended_statistic());
            format!("{} {metric}", statistic.unwrap_or_default())
        }
        None => {
            let mut expressions = alarm.metrics().iter().filter_map(|query| query.expression());
            expressions.next().unwrap_or_default().to_owned()
        }
    };
    let comparison = match alarm.comparison_operator().map_or("", |operator| operator.as_str()) {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => ">=",
        "LessThanThreshold" => "<",
        "LessThanOrEqualToThreshold" => "<=",
        other => other,
    };
    let periods = alarm.evaluation_periods().unwrap_or_default();
    format!(
        "{what} {comparison} {}, {} of {periods} x {} s",
        alarm.threshold().unwrap_or_default(),
        alarm.datapoints_to_alarm().unwrap_or(periods),
        alarm
            .period()
            .or_else(|| alarm.metrics().iter().find_map(|query| query.metric_stat()?.period()))
            .unwrap_or_default(),
    )
}

fn columns<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        assert_eq!(
            columns(&[row("alarm", "state"), row("a/longer/name", "OK")]),
            ["alarm          state", "a/longer/name  OK"]
        );
    }

    #[test]
    fn a_condition_reads_as_a_sentence() {
        use aws_sdk_cloudwatch::types::{ComparisonOperator, Statistic};
        let alarm = MetricAlarm::builder()
            .metric_name("Errors")
            .statistic(Statistic::Sum)
            .comparison_operator(ComparisonOperator::GreaterThanThreshold)
            .threshold(0.0)
            .period(60)
            .evaluation_periods(1)
            .build();
        assert_eq!(condition(&alarm), "Sum Errors > 0, 1 of 1 x 60 s");
    }
}
