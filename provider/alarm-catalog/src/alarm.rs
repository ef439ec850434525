//! The alarm catalogue: what a preset watches, when it fires, where that comes from and what an operator does.

use crate::metric::{MetricSpec, Unit};
use crate::metrics::find_metric;
use crate::service::{Param, Preset, Service, Severity};

/// One time series of a metric-math alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    /// Id in the expression.
    pub id: &'static str,
    /// Name of a metric of the alarm's service.
    pub metric: &'static str,
    /// Statistic.
    pub statistic: &'static str,
    /// Whether the alarm watches this metric; false for one that only gates the expression.
    pub watched: bool,
}

/// What an alarm compares with its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// One metric.
    Metric {
        /// Name of a metric of the alarm's service.
        metric: &'static str,
        /// Statistic.
        statistic: &'static str,
    },
    /// Metric math.
    Math {
        /// The time series.
        queries: &'static [Query],
        /// The expression; `{min_requests}` stands for the bundle's number.
        expression: &'static str,
    },
    /// Two forms, chosen by whether a parameter is set.
    Either {
        /// The parameter.
        param: Param,
        /// The form when it is set.
        set: &'static Self,
        /// The form when it is null.
        unset: &'static Self,
    },
}

impl Signal {
    /// Every form the signal can take.
    #[must_use]
    pub fn forms(&'static self) -> Vec<&'static Self> {
        match self {
            Self::Metric { .. } | Self::Math { .. } => vec![self],
            Self::Either { set, unset, .. } => [set.forms(), unset.forms()].concat(),
        }
    }
}

/// The number a signal is compared with, in the unit users type (rates in percent).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// The same for every target.
    Fixed(u32),
    /// A share of a parameter: `param * unit_factor * percent / 100`.
    Share {
        /// The parameter.
        of: Param,
        /// The share.
        percent: u32,
        /// From the parameter's unit to the metric's: 1000 from seconds to milliseconds.
        unit_factor: u32,
    },
    /// Only the user can know it: the alarm exists once an override gives a threshold.
    FromOverride,
}

/// A number of periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Periods {
    /// The same for every target.
    Fixed(u32),
    /// As many as a parameter says.
    Param(Param),
}

/// One alarm of one severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlarmSpec {
    /// The preset it belongs to.
    pub preset: Preset,
    /// The service it watches.
    pub service: Service,
    /// Third segment of the alarm key.
    pub name: &'static str,
    /// Fourth segment of the alarm key.
    pub severity: Severity,
    /// What is wrong when it fires, in a few words.
    pub title: &'static str,
    /// Parameter a target must set (a flag: set to true) for the alarm to exist.
    pub needs: Option<Param>,
    /// What is compared.
    pub signal: Signal,
    /// Seconds of one period.
    pub period_seconds: u32,
    /// Periods looked at; as many datapoints must breach.
    pub evaluation_periods: Periods,
    /// CloudWatch's comparison operator.
    pub comparison_operator: &'static str,
    /// The threshold.
    pub threshold: Threshold,
    /// Whether the threshold is a percentage, so that more than 100 can never be.
    pub percent: bool,
    /// Treatment of missing data; `None` leaves it to the bundle's defaults.
    pub treat_missing_data: Option<&'static str>,
    /// Where the numbers come from: a vendor's page, a line of docs/requirements.md, or our choice and its reason.
    pub source: &'static str,
    /// What an operator does when it fires.
    pub operator_action: &'static str,
}

impl AlarmSpec {
    /// The metrics the alarm watches, without those that only gate it. Of two forms of a signal, all.
    #[must_use]
    pub fn watched_metrics(&'static self) -> Vec<&'static MetricSpec> {
        let mut found: Vec<&'static MetricSpec> = Vec::new();
        for form in self.signal.forms() {
            let names: Vec<&str> = match form {
                Signal::Metric { metric, .. } => vec![metric],
                Signal::Math { queries, .. } => queries
                    .iter()
                    .filter(|query| query.watched)
                    .map(|query| query.metric)
                    .collect(),
                Signal::Either { .. } => Vec::new(),
            };
            for metric in names.into_iter().filter_map(|name| find_metric(self.service, name)) {
                if !found.iter().any(|known| known.name == metric.name) {
                    found.push(metric);
                }
            }
        }
        found
    }

    /// The unit of the threshold: `percent`, `milliseconds`, `seconds`, `bytes`, `per second` or `count`.
    #[must_use]
    pub fn threshold_unit(&'static self) -> &'static str {
        if self.percent {
            return Unit::Percent.threshold_name();
        }
        let first = match self.signal.forms().first() {
            Some(Signal::Metric { metric, statistic }) => Some((*metric, *statistic)),
            Some(Signal::Math { queries, .. }) => queries.first().map(|query| (query.metric, query.statistic)),
            Some(Signal::Either { .. }) | None => None,
        };
        match first.and_then(|(metric, statistic)| Some((find_metric(self.service, metric)?, statistic))) {
            Some((metric, statistic)) if statistic != "SampleCount" => metric.unit.threshold_name(),
            _ => Unit::Count.threshold_name(),
        }
    }

    /// What a threshold in milliseconds may be compared with: a parameter of the target, and how many of the threshold's units are in one
    /// of the parameter's.
    #[must_use]
    pub fn time_limit(&self) -> Option<(Param, u32)> {
        match self.threshold {
            Threshold::Share { of, unit_factor, .. } if unit_factor > 1 => Some((of, unit_factor)),
            Threshold::FromOverride if matches!(self.signal, Signal::Metric { metric: "Duration", .. }) => {
                Some((Param::TimeoutSeconds, 1000))
            }
            _ => None,
        }
    }

    /// Whether the expression is gated by the number of requests.
    #[must_use]
    pub fn is_gated(&'static self) -> bool {
        self.signal
            .forms()
            .iter()
            .any(|form| matches!(form, Signal::Math { expression, .. } if expression.contains("{min_requests}")))
    }
}
