//! CloudWatch's alarm evaluation as a pure function: definition and datapoints in, state out.
//!
//! Map of the crate:
//! - [`definition`]: what an alarm is: [`AlarmDefinition`], its operators, its missing-data treatment, its windows;
//! - [`statistic`]: raw samples to one number a period;
//! - [`history`]: raw samples by metric, the only input besides the definition;
//! - [`math`]: metric math, parsed and evaluated;
//! - [`mod@evaluate`]: the M-of-N decision with CloudWatch's published rules for missing data;
//! - [`mod@backtest`]: an alarm run over a stretch of time, which yields its transitions;
//! - [`rule`]: composite rules; [`suppression`]: a composite's actions held back by another alarm;
//! - [`calendar`]: UTC dates without a dependency.
//!
//! Nothing here reads a clock, a file or a network: time is an argument, in seconds since 1970-01-01T00:00:00Z.
//!
//! Source of every rule: Amazon CloudWatch User Guide, "Alarm evaluation", "Configuring how CloudWatch alarms treat missing
//! data", "Using metric math", "Suppressing composite alarm actions"; where the guide is silent the item says what was chosen.

pub mod backtest;
pub mod calendar;
pub mod definition;
pub mod evaluate;
pub mod history;
pub mod math;
pub mod rule;
pub mod statistic;
pub mod suppression;
pub mod window;

pub use backtest::{Transition, backtest};
pub use definition::{
    AlarmDefinition, ComparisonOperator, DefinitionError, EvaluationWindow, LowSampleCount, MathQueries, MetricId,
    MetricStat, Query, QuerySource, StateValue, TreatMissingData, Watched,
};
pub use evaluate::{Datapoint, Evaluation, evaluate};
pub use history::History;
pub use rule::Rule;
pub use statistic::{Sample, SampleValues, Statistic, StatisticError};
pub use suppression::{SuppressedBy, Suppression, SuppressionPeriods};
pub use window::Window;
