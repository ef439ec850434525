//! The metric catalogue.

use crate::service::{Param, Service};
use crate::statistic::Statistic;

/// What a metric's value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// A percentage from 0 to 100.
    Percent,
    /// A share from 0 to 1; multiplied by 100 before it meets a threshold.
    Fraction,
    /// 1 for a success, 0 for a failure: the sum counts successes, the sample count counts attempts.
    Outcome,
    /// Things a second.
    PerSecond,
}

impl Unit {
    /// As the documentation writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Milliseconds => "milliseconds",
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::Percent => "percent 0-100",
            Self::Fraction => "fraction 0-1",
            Self::Outcome => "1 = success, 0 = failure",
            Self::PerSecond => "per second",
        }
    }

    /// As a threshold's unit is named: of a share or an outcome only the sum can be compared without metric math, and that is a count.
    #[must_use]
    pub const fn threshold_name(self) -> &'static str {
        match self {
            Self::Count | Self::Fraction | Self::Outcome => "count",
            Self::Percent => "percent",
            Self::Milliseconds | Self::Seconds | Self::Bytes | Self::PerSecond => self.name(),
        }
    }
}

/// Where the value of a dimension comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DimensionValue {
    /// A parameter of the target.
    Param(Param),
    /// The same for every target.
    Constant(&'static str),
    /// `<function_name>:<alias>`; the dimension is left out when the target has no alias.
    FunctionAlias,
}

/// One dimension of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dimension {
    /// CloudWatch's name.
    pub name: &'static str,
    /// Where its value comes from.
    pub value: DimensionValue,
}

/// A metric: what CloudWatch knows about it, and how this catalogue uses it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricSpec {
    /// The service it belongs to.
    pub service: Service,
    /// CloudWatch namespace.
    pub namespace: &'static str,
    /// CloudWatch name.
    pub name: &'static str,
    /// Dimensions for a target, in the order CloudWatch documents them.
    pub dimensions: &'static [Dimension],
    /// Smallest sets of dimension names the metric is published with; an alarm that names none of them stays silent for ever.
    pub dimension_sets: &'static [&'static [&'static str]],
    /// Basic statistics that mean something.
    pub basic_statistics: &'static [&'static str],
    /// Whether percentiles and the other extended statistics are valid.
    pub extended_statistics: bool,
    /// What the value counts.
    pub unit: Unit,
    /// Parameter a target must set (a flag: set to true) for the metric to exist.
    pub needs: Option<Param>,
    /// Statistic on the dashboard; `None` for a metric that no target covers and that only extra alarms may use.
    pub graph: Option<&'static str>,
    /// Where this was read.
    pub source: &'static str,
}

impl MetricSpec {
    /// Whether the metric has this statistic.
    #[must_use]
    pub fn has_statistic(&self, statistic: &Statistic) -> bool {
        match statistic {
            Statistic::Basic(name) => self.basic_statistics.contains(name),
            Statistic::Percentile(_) | Statistic::Extended(_) => self.extended_statistics,
        }
    }

    /// The valid statistics, for people.
    #[must_use]
    pub fn statistics_text(&self) -> String {
        let mut names = self.basic_statistics.to_vec();
        if self.extended_statistics {
            names.push("percentiles such as p90");
        }
        names.join(", ")
    }

    /// Whether these dimension names reach a published series.
    #[must_use]
    pub fn has_dimensions(&self, names: &[&str]) -> bool {
        self.dimension_sets
            .iter()
            .any(|set| set.iter().all(|name| names.contains(name)))
    }

    /// The sets of dimension names, for people.
    #[must_use]
    pub fn dimensions_text(&self) -> String {
        let sets: Vec<String> = self.dimension_sets.iter().map(|set| set.join(" + ")).collect();
        sets.join(", or ")
    }
}
