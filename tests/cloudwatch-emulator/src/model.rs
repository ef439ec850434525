//! An alarm as it is stored and as DescribeAlarms shows it: one type for the store, both protocols and the admin endpoints.

use std::collections::BTreeMap;

use alarm_evaluator::StateValue;
use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// Account and region: every one of them has alarms of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Scope {
    /// Twelve digits.
    pub account: String,
    /// For example `eu-west-1`.
    pub region: String,
}

impl Scope {
    /// From its parts.
    pub fn new(account: impl Into<String>, region: impl Into<String>) -> Self {
        Self {
            account: account.into(),
            region: region.into(),
        }
    }

    pub(crate) fn alarm_arn(&self, name: &str) -> String {
        format!("arn:aws:cloudwatch:{}:{}:alarm:{name}", self.region, self.account)
    }
}

/// An alarm of either kind, with its state and tags. Field names serialise as the API's members.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StoredAlarm {
    /// Name, unique in account and region over both kinds.
    #[serde(rename = "AlarmName")]
    pub name: String,
    /// ARN.
    #[serde(rename = "AlarmArn")]
    pub arn: String,
    /// Description.
    #[serde(rename = "AlarmDescription", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether actions run at all.
    pub actions_enabled: bool,
    /// ARNs for a change to OK.
    #[serde(rename = "OKActions")]
    pub ok_actions: Vec<String>,
    /// ARNs for a change to ALARM.
    pub alarm_actions: Vec<String>,
    /// ARNs for a change to INSUFFICIENT_DATA.
    pub insufficient_data_actions: Vec<String>,
    /// Which tags go along with actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_configuration: Option<ActionConfiguration>,
    /// When it was last put, or its actions enabled or disabled.
    #[serde(rename = "AlarmConfigurationUpdatedTimestamp")]
    pub configuration_updated: Timestamp,
    /// State.
    #[serde(flatten)]
    pub state: AlarmState,
    /// What it watches.
    #[serde(flatten)]
    pub definition: Definition,
    /// Tags; DescribeAlarms does not show them.
    #[serde(skip)]
    pub tags: BTreeMap<String, String>,
}

impl StoredAlarm {
    /// The metric alarm's definition, if it is one.
    #[must_use]
    pub fn metric(&self) -> Option<&MetricDefinition> {
        match &self.definition {
            Definition::Metric(definition) => Some(definition),
            Definition::Composite(_) => None,
        }
    }

    /// The composite alarm's definition, if it is one.
    #[must_use]
    pub fn composite(&self) -> Option<&CompositeDefinition> {
        match &self.definition {
            Definition::Composite(definition) => Some(definition),
            Definition::Metric(_) => None,
        }
    }

    /// ARNs for a change to `state`.
    #[must_use]
    pub fn actions_for(&self, state: StateValue) -> &[String] {
        match state {
            StateValue::Ok => &self.ok_actions,
            StateValue::Alarm => &self.alarm_actions,
            StateValue::InsufficientData => &self.insufficient_data_actions,
        }
    }
}

/// State of an alarm and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlarmState {
    /// State.
    #[serde(rename = "StateValue")]
    pub value: StateValue,
    /// Why, for people.
    #[serde(rename = "StateReason")]
    pub reason: String,
    /// Why, as JSON.
    #[serde(rename = "StateReasonData", skip_serializing_if = "Option::is_none")]
    pub reason_data: Option<String>,
    /// When the state was last set, also to the same value.
    #[serde(rename = "StateUpdatedTimestamp")]
    pub updated: Timestamp,
    /// When the value last changed.
    #[serde(rename = "StateTransitionedTimestamp")]
    pub transitioned: Timestamp,
}

impl AlarmState {
    /// A new alarm's state.
    pub(crate) fn unchecked(now: Timestamp) -> Self {
        Self {
            value: StateValue::InsufficientData,
            reason: "Unchecked: Initial alarm creation".to_owned(),
            reason_data: None,
            updated: now,
            transitioned: now,
        }
    }
}

/// What an alarm watches.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Definition {
    /// One metric, or metric math.
    Metric(Box<MetricDefinition>),
    /// Other alarms.
    Composite(Box<CompositeDefinition>),
}

/// The members of PutMetricAlarm that say what is watched, as they were put.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[allow(missing_docs, reason = "each is PutMetricAlarm's member of that name")]
pub struct MetricDefinition {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_statistic: Option<String>,
    pub dimensions: Vec<Dimension>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_periods: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datapoints_to_alarm: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison_operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treat_missing_data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluate_low_sample_count_percentile: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricDataQuery>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold_metric_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_window: Option<EvaluationWindow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_up_configuration: Option<WarmUpConfiguration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_criteria: Option<EvaluationCriteria>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_interval: Option<i64>,
}

/// A dimension of a metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, reason = "API members")]
pub struct Dimension {
    pub name: String,
    pub value: String,
}

/// One entry of `Metrics`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, reason = "API members")]
pub struct MetricDataQuery {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_stat: Option<MetricStat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// CloudWatch takes a missing one for true, and shows it.
    #[serde(default = "returned")]
    pub return_data: bool,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
}

fn returned() -> bool {
    true
}

/// A metric's statistic over a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, reason = "API members")]
pub struct MetricStat {
    pub metric: Metric,
    /// Seconds.
    pub period: i64,
    pub stat: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A metric.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[allow(missing_docs, reason = "API members")]
pub struct Metric {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<String>,
    pub dimensions: Vec<Dimension>,
}

/// Where evaluated periods begin and end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "API members")]
pub enum EvaluationWindow {
    SlidingWindow {},
    #[serde(rename_all = "PascalCase")]
    WallClockWindow {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timezone: Option<String>,
    },
}

/// Grace for a new alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, reason = "API members")]
pub struct WarmUpConfiguration {
    pub warm_up_period_duration_in_minutes: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_start_evaluating_after_warm_up_period_ends: Option<bool>,
}

/// What an alarm without `MetricName` and `Metrics` watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "API members")]
pub enum EvaluationCriteria {
    #[serde(rename = "PromQLCriteria", rename_all = "PascalCase")]
    PromQlCriteria {
        query: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pending_period: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recovery_period: Option<i64>,
    },
}

/// Which tags go along with actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, reason = "API members")]
pub struct ActionConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm_tags_propagation: Option<AlarmTagsPropagation>,
}

/// Which tags go along with actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, reason = "API members")]
pub struct AlarmTagsPropagation {
    pub enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included_tag_keys: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded_tag_keys: Option<Vec<String>>,
}

/// What a composite alarm watches, as it was put, and whether its actions are held back now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(
    missing_docs,
    reason = "each is PutCompositeAlarm's or DescribeAlarms' member of that name"
)]
pub struct CompositeDefinition {
    pub alarm_rule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_suppressor: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_suppressor_wait_period: Option<i64>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_suppressor_extension_period: Option<i64>,
    /// `WaitPeriod`, `ExtensionPeriod` or `Alarm`; set by the evaluation, never by a request.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub actions_suppressed_by: Option<String>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub actions_suppressed_reason: Option<String>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(missing_docs, reason = "API members")]
pub struct Tag {
    pub key: String,
    pub value: String,
}
