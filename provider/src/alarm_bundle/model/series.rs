//! One time series of an extra alarm, which may be of any namespace.

use std::collections::BTreeMap;

use alarm_catalog::{CLOUDFRONT_REGION, find_metric_by_namespace};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::limits;
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Map, Number, Text};

/// One series, single or under an id.
pub(crate) struct Series<'a> {
    /// Where it was typed.
    pub(crate) path: &'a AttributePath,
    /// Namespace.
    pub(crate) namespace: &'a Text,
    /// Name.
    pub(crate) metric_name: &'a Text,
    /// Dimensions.
    pub(crate) dimensions: &'a Map<String>,
    /// Statistic.
    pub(crate) statistic: &'a Text,
    /// Seconds, with the alarm's default.
    pub(crate) period: &'a Number,
}

impl Series<'_> {
    /// Checks it against CloudWatch's rules, and against the metric catalogue where that knows the metric.
    pub(crate) fn check(&self, region: &Text, diagnostics: &mut Diagnostics) {
        let at = |attribute: &'static str| self.path.clone().attribute(attribute);
        for (attribute, value, what) in [
            (
                "namespace",
                self.namespace,
                "Namespace of the metric, for example AWS/SQS.",
            ),
            ("metric_name", self.metric_name, "Name of the metric."),
            (
                "statistic",
                self.statistic,
                "Statistic of the metric, for example Sum or p99.",
            ),
        ] {
            if value.is_null() || value.as_deref_option().is_some_and(str::is_empty) {
                diagnostics::input_missing(diagnostics, at(attribute), what);
            }
        }
        limits::dimensions(diagnostics, &at("dimensions"), self.dimensions);
        for (attribute, value) in [("namespace", self.namespace), ("metric_name", self.metric_name)] {
            limits::metric_name(diagnostics, &at(attribute), value);
        }
        let statistic = limits::statistic(diagnostics, &at("statistic"), self.statistic);
        let (Value::Value(namespace), Value::Value(metric_name)) = (self.namespace, self.metric_name) else {
            return limits::period(diagnostics, &at("period"), self.period, None);
        };
        let metric = find_metric_by_namespace(namespace, metric_name);
        limits::period(
            diagnostics,
            &at("period"),
            self.period,
            metric.map(|metric| metric.name),
        );
        let Some(metric) = metric else { return };
        if let (Some(statistic), Value::Value(word)) = (statistic, self.statistic)
            && !metric.has_statistic(&statistic)
        {
            diagnostics::statistic_of_other_metric(diagnostics, at("statistic"), word, metric);
        }
        let names: Option<Vec<&str>> = match self.dimensions {
            Value::Null => Some(Vec::new()),
            Value::Value(map) => Some(
                map.iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, _)| name.as_str())
                    .collect(),
            ),
            Value::Unknown => None,
        };
        if let Some(names) = names
            && !metric.has_dimensions(&names)
        {
            diagnostics::dimensions_incomplete(diagnostics, at("dimensions"), metric, &names);
        }
        if let (true, Value::Value(region)) = (metric.namespace == "AWS/CloudFront", region)
            && region != CLOUDFRONT_REGION
        {
            diagnostics::cloudfront_in_other_region(diagnostics, at("namespace"), region);
        }
    }
}

/// The dimensions an alarm gets: null means none, a null value is left out.
pub(crate) fn effective_dimensions(dimensions: &Map<String>) -> Map<String> {
    match dimensions {
        Value::Value(map) => Value::Value(
            map.iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
        ),
        Value::Null => Value::Value(BTreeMap::new()),
        Value::Unknown => Value::Unknown,
    }
}
