//! One function per user-facing failure of a bundle's configuration: attribute path, one fixed sentence, and what was seen, why it
//! matters, what to set. A mistake that many alarms share is reported once.

use alarm_catalog::{CLOUDFRONT_REGION, MAX_METRICS_PER_ALARM, MetricSpec, Preset, Severity};
use provider_kit::{Num, error, warning};
use tf_provider::{AttributePath, Diagnostics};

use super::state::EXPRESSION_ID;

fn refuse(diagnostics: &mut Diagnostics, path: AttributePath, summary: &'static str, detail: String) {
    if !diagnostics
        .errors
        .iter()
        .any(|other| other.attribute == path && other.summary == summary)
    {
        error(diagnostics, path, summary, detail);
    }
}

fn warn(diagnostics: &mut Diagnostics, path: AttributePath, summary: &'static str, detail: String) {
    if !diagnostics
        .warnings
        .iter()
        .any(|other| other.attribute == path && other.summary == summary)
    {
        warning(diagnostics, path, summary, detail);
    }
}

fn list(words: &[&str]) -> String {
    words.join(", ")
}

/// A number of any size in a few characters.
fn short(number: &Num) -> String {
    let text = number.to_string();
    if text.len() > 24 {
        format!("{:e}", number.to_f64())
    } else {
        text
    }
}

pub(crate) fn bundle_name_invalid(diagnostics: &mut Diagnostics, name: &str) {
    refuse(
        diagnostics,
        AttributePath::new("name"),
        "Bundle name is invalid.",
        format!(
            "Got {name:?}. Alarms are named <name>/<key>, and composite rules quote that name. Therefore the name \
             must not contain \"/\", quotes, backslashes or control characters, and must not begin or end with a \
             space. Set, for example, `name = \"edu-prod\"`."
        ),
    );
}

pub(crate) fn name_invalid(diagnostics: &mut Diagnostics, path: AttributePath, kind: &str, name: &str) {
    refuse(
        diagnostics,
        path,
        "Name is invalid.",
        format!(
            "Got {name:?} as {kind} name. It is a segment of alarm keys and must have 1 to 64 letters, digits, \"_\" \
             and \"-\". Rename it, for example to \"upload_api\"."
        ),
    );
}

pub(crate) fn alarm_name_too_long(diagnostics: &mut Diagnostics, longest: &str, length: usize, count: usize) {
    refuse(
        diagnostics,
        AttributePath::new("name"),
        "Alarm name is too long.",
        format!(
            "{count} alarm names are longer than 255 characters, CloudWatch's limit; the longest has {length}: \
             {longest:?}. Shorten the bundle's `name` by {} characters, or the names of the targets.",
            length.saturating_sub(255)
        ),
    );
}

pub(crate) fn cloudfront_in_other_region(diagnostics: &mut Diagnostics, path: AttributePath, region: &str) {
    refuse(
        diagnostics,
        path,
        "CloudFront alarms must be in us-east-1.",
        format!(
            "The bundle's region is {region}, where CloudFront publishes no metrics, so these alarms would never \
             fire. A composite alarm cannot cross regions either. Move the distributions to a bundle of their own and \
             set `region = \"{CLOUDFRONT_REGION}\"` there."
        ),
    );
}

pub(crate) fn input_missing(diagnostics: &mut Diagnostics, path: AttributePath, what: &str) {
    let name = name_of(&path);
    refuse(
        diagnostics,
        path,
        "Required input is missing.",
        format!("The value is null or empty, but the alarm requires it. Set {name}: {what}"),
    );
}

/// The last attribute of a path as users write it.
fn name_of(path: &AttributePath) -> String {
    let text = path.to_string();
    let name = text.rsplit('.').next().unwrap_or_default();
    format!("`{name}`")
}

pub(crate) fn function_name_invalid(diagnostics: &mut Diagnostics, path: AttributePath, value: &str) {
    refuse(
        diagnostics,
        path,
        "Function name is invalid.",
        format!(
            "Got {value:?}. The CloudWatch dimension contains the name only (letters, digits, \"-\" and \"_\"), so \
             the alarm would never fire with this value. Set `function_name = \
             aws_lambda_function.<name>.function_name`, and an alias or version in `alias`."
        ),
    );
}

pub(crate) fn action_is_not_an_arn(diagnostics: &mut Diagnostics, path: AttributePath, action: &str) {
    refuse(
        diagnostics,
        path,
        "Action is not an ARN.",
        format!(
            "Got {action:?}, which CloudWatch refuses: an ARN is \
             arn:<partition>:<service>:<region>:<account>:<resource>, without white space. Set the ARN of the topic \
             or function to notify, for example `aws_sns_topic.page.arn`."
        ),
    );
}

pub(crate) fn action_in_other_region(diagnostics: &mut Diagnostics, path: AttributePath, action: &str, region: &str) {
    refuse(
        diagnostics,
        path,
        "Action is in another region.",
        format!(
            "Got {action:?}, and the bundle's region is {region}. CloudWatch refuses actions of another region. Set \
             an ARN of {region}: an SNS topic there can forward to other regions."
        ),
    );
}

pub(crate) fn action_in_other_partition(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    action: &str,
    region: &str,
    partition: &str,
) {
    refuse(
        diagnostics,
        path,
        "Action is in another partition.",
        format!(
            "Got {action:?}, and the bundle's region {region} is in the partition {partition}. CloudWatch refuses \
             actions of another partition. Set an ARN that begins with \"arn:{partition}:\"."
        ),
    );
}

pub(crate) fn ec2_action_without_instance(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    action: &str,
    alarm: &str,
) {
    refuse(
        diagnostics,
        path,
        "EC2 action needs a metric of an instance.",
        format!(
            "Got {action:?} for {alarm}. CloudWatch accepts EC2 actions only for an alarm on one metric with the \
             dimension InstanceId, and refuses them for expressions and composite alarms. Remove the action here, or \
             set it in `alarm_actions` of an extra alarm on such a metric."
        ),
    );
}

pub(crate) fn number_too_large(diagnostics: &mut Diagnostics, path: AttributePath) {
    refuse(
        diagnostics,
        path,
        "Number is too large.",
        format!(
            "The number is larger than {:e}, the largest that CloudWatch can store. Set a smaller number.",
            f64::MAX
        ),
    );
}

/// What the catalogue's alarms of a bundle without alarms wait for.
#[derive(Debug, Default)]
pub(crate) struct Missing<'a> {
    /// Severities that `severities` does not have.
    pub(crate) severities: Vec<&'a str>,
    /// Overrides, by key, in which only a threshold is missing.
    pub(crate) thresholds: Vec<String>,
    /// Inputs of targets, by path.
    pub(crate) inputs: Vec<String>,
    /// Alarms that an override switches off.
    pub(crate) disabled: bool,
}

pub(crate) fn bundle_without_alarms(diagnostics: &mut Diagnostics, preset: Preset, missing: &Missing<'_>) {
    let mut advice = Vec::new();
    if !missing.severities.is_empty() {
        advice.push(format!("add {} to `severities`", missing.severities.join(" and ")));
    }
    if let Some(first) = missing.thresholds.first() {
        advice.push(format!(
            "set `threshold` in overrides, for example in overrides[{first:?}] ({} alarms of preset {:?} have none by \
             default)",
            missing.thresholds.len(),
            preset.name()
        ));
    }
    if !missing.inputs.is_empty() {
        advice.push(format!("set {}", missing.inputs.join(", ")));
    }
    if missing.disabled {
        advice.push("remove `enabled = false` from overrides".to_owned());
    }
    if advice.is_empty() {
        advice.push(format!(
            "set another `preset`, because {:?} has no alarms for these targets",
            preset.name()
        ));
    }
    warn(
        diagnostics,
        AttributePath::new("severities"),
        "The bundle has no alarm.",
        format!(
            "This bundle creates no alarms for its targets. `coverage` shows the reason for each metric. To create \
             alarms, {}. You can also add an extra alarm, or remove the targets.",
            advice.join("; or ")
        ),
    );
}

pub(crate) fn input_is_an_arn(diagnostics: &mut Diagnostics, path: AttributePath, value: &str, what: &str) {
    let name = name_of(&path);
    refuse(
        diagnostics,
        path,
        "Input is an ARN.",
        format!(
            "Got {value:?}. The CloudWatch dimension does not contain an ARN, so the alarm would never fire. Set \
             {name}: {what}"
        ),
    );
}

pub(crate) fn input_without_prefix(diagnostics: &mut Diagnostics, path: AttributePath, value: &str, prefix: &str) {
    refuse(
        diagnostics,
        path,
        "Input is not the last part of an ARN.",
        format!(
            "Got {value:?}. The CloudWatch dimension begins with {prefix:?}, so the alarm would never fire with this \
             value. Set the resource's `arn_suffix`, for example \"{prefix}mongo/0123456789abcdef\"."
        ),
    );
}

pub(crate) fn number_out_of_range(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    number: &Num,
    least: i64,
    largest: i64,
) {
    refuse(
        diagnostics,
        path,
        "Number is out of range.",
        format!("Got {}. Set a whole number from {least} to {largest}.", short(number)),
    );
}

pub(crate) fn threshold_negative(diagnostics: &mut Diagnostics, path: AttributePath, number: &Num) {
    refuse(
        diagnostics,
        path,
        "Threshold is negative.",
        format!(
            "Got {}. No metric of the catalogue is ever below zero, so the alarm would fire always or never. Set 0 or \
             more.",
            short(number)
        ),
    );
}

pub(crate) fn threshold_above_hundred_percent(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    key: &str,
    number: &Num,
) {
    refuse(
        diagnostics,
        path,
        "Threshold is above 100 percent.",
        format!(
            "Got {} for {key}, whose threshold is a percentage, so the alarm could never fire. Set a number from 0 to \
             100.",
            short(number)
        ),
    );
}

/// `limit` is the input with its number in seconds, `whole` the same in the threshold's unit.
pub(crate) fn threshold_far_below_limit(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    key: &str,
    number: &Num,
    unit: &str,
    limit: (&str, &Num),
    whole: f64,
) {
    let share = number.to_f64() / whole * 100.0;
    let in_percent = Num::from_f64(whole * number.to_f64() / 100.0)
        .filter(|_| (1.0..=100.0).contains(&number.to_f64()))
        .map(|meant| format!(" If you mean {number} % of `{}`, set `threshold = {meant}`.", limit.0))
        .unwrap_or_default();
    warn(
        diagnostics,
        path,
        "Threshold is below 5 percent of the timeout.",
        format!(
            "Got {number} for {key}, whose threshold is in {unit}: that is {share:.1} % of `{}` ({} s), so the alarm \
             fires for nearly every call.{in_percent}",
            limit.0, limit.1
        ),
    );
}

pub(crate) fn warning_above_critical(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    key: &str,
    low: &Num,
    high: &Num,
) {
    // several alarms of one target may have this
    warning(
        diagnostics,
        path,
        "Warning fires after critical.",
        format!(
            "{key} has threshold {high} and the warning alarm of the same metric has {low}, so the warning fires \
             last. Swap the two thresholds in overrides, or set `enabled = false` for one of them."
        ),
    );
}

pub(crate) fn period_refused(diagnostics: &mut Diagnostics, path: AttributePath, number: &Num) {
    refuse(
        diagnostics,
        path,
        "Period is refused by CloudWatch.",
        format!(
            "Got {} s. Set 10, 20 or 30 for a high-resolution metric, otherwise a multiple of 60 up to 604800 (seven \
             days).",
            short(number)
        ),
    );
}

pub(crate) fn period_below_resolution(diagnostics: &mut Diagnostics, path: AttributePath, number: &Num, metric: &str) {
    refuse(
        diagnostics,
        path,
        "Period is below the metric's resolution.",
        format!(
            "Got {number} s, but {metric} has one data point per minute, so most periods would be empty. Set a \
             multiple of 60."
        ),
    );
}

pub(crate) fn window_too_long(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    key: &str,
    period: i64,
    periods: i64,
    largest: i64,
) {
    refuse(
        diagnostics,
        path,
        "Evaluation window is too long.",
        format!(
            "{key} evaluates {periods} periods of {period} s, together {} s; CloudWatch's limit for that period is \
             {largest} s. Set `evaluation_periods` to at most {}, or a longer `period` (from 3600 s on, seven days \
             are allowed).",
            period.saturating_mul(periods),
            largest / period.max(1)
        ),
    );
}

pub(crate) fn too_many_datapoints(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    key: &str,
    datapoints: &Num,
    periods: &Num,
) {
    refuse(
        diagnostics,
        path,
        "More datapoints than periods.",
        format!(
            "{key} has {datapoints} datapoints to alarm and {periods} evaluation periods, so it could never fire. Set \
             `datapoints_to_alarm` to at most {periods}, or raise `evaluation_periods`."
        ),
    );
}

pub(crate) fn word_unknown(diagnostics: &mut Diagnostics, path: AttributePath, word: &str, allowed: &[&str]) {
    refuse(
        diagnostics,
        path,
        "Value is not one of those allowed.",
        format!("Got {word:?}. Set one of: {}.", list(allowed)),
    );
}

pub(crate) fn operator_needs_a_band(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    operator: &str,
    allowed: &[&str],
) {
    refuse(
        diagnostics,
        path,
        "Anomaly detection is not supported.",
        format!(
            "Got {operator:?}, which compares with an anomaly detection band. A bundle compares with a fixed \
             threshold only. Set one of: {}; or define this alarm as an `aws_cloudwatch_metric_alarm`.",
            list(allowed)
        ),
    );
}

pub(crate) fn statistic_unknown(diagnostics: &mut Diagnostics, path: AttributePath, word: &str) {
    refuse(
        diagnostics,
        path,
        "Statistic is unknown.",
        format!(
            "Got {word:?}, which CloudWatch refuses. Set, in this spelling, SampleCount, Average, Sum, Minimum, \
             Maximum, a percentile such as p99, IQM, one of tm99, wm99, tc99 and ts99, or one with bounds, such as \
             TM(10%:90%) or PR(:300). Percentages are from 0 to 100."
        ),
    );
}

pub(crate) fn statistic_of_other_metric(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    word: &str,
    metric: &MetricSpec,
) {
    refuse(
        diagnostics,
        path,
        "Metric does not have this statistic.",
        format!(
            "Got {word:?}, but {} {} has only {}; another statistic of it has no meaning. Set one of those. Source: \
             {}.",
            metric.namespace,
            metric.name,
            metric.statistics_text(),
            metric.source
        ),
    );
}

pub(crate) fn statistic_of_expression(diagnostics: &mut Diagnostics, path: AttributePath, alarm: &str) {
    refuse(
        diagnostics,
        path,
        "Alarm on an expression has no statistic.",
        format!(
            "The alarm {alarm} evaluates a metric-math expression, and each metric of the expression has its own \
             statistic. Remove `statistic` here, or define the alarm in `extra_alarms`."
        ),
    );
}

pub(crate) fn low_sample_without_percentile(diagnostics: &mut Diagnostics, path: AttributePath, statistic: &str) {
    refuse(
        diagnostics,
        path,
        "Low sample treatment needs a percentile.",
        format!(
            "The statistic is {statistic:?}, and CloudWatch accepts this attribute for percentiles only. Remove it, \
             or set a percentile such as p99."
        ),
    );
}

pub(crate) fn dimensions_incomplete(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    metric: &MetricSpec,
    names: &[&str],
) {
    let given = if names.is_empty() {
        "none".to_owned()
    } else {
        list(names)
    };
    refuse(
        diagnostics,
        path,
        "Dimensions are incomplete.",
        format!(
            "Got {given}, but {} {} is published only with {}; with fewer dimensions the alarm would never fire. Add \
             the missing dimensions.",
            metric.namespace,
            metric.name,
            metric.dimensions_text()
        ),
    );
}

pub(crate) fn too_many_dimensions(diagnostics: &mut Diagnostics, path: AttributePath, count: usize, most: usize) {
    refuse(
        diagnostics,
        path,
        "Too many dimensions.",
        format!("Got {count}; CloudWatch accepts at most {most} for a metric. Remove some."),
    );
}

pub(crate) fn dimension_invalid(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    part: &str,
    text: &str,
    most: usize,
) {
    refuse(
        diagnostics,
        path,
        "Dimension is invalid.",
        format!(
            "Got the {part} {:?}. CloudWatch accepts 1 to {most} ASCII characters with at least one that is not white \
             space, no control characters, and no colon at the start of a name. Correct it.",
            text.chars().take(60).collect::<String>()
        ),
    );
}

pub(crate) fn metric_name_invalid(diagnostics: &mut Diagnostics, path: AttributePath, text: &str) {
    refuse(
        diagnostics,
        path,
        "Metric or namespace is invalid.",
        format!(
            "Got {:?}. CloudWatch accepts 1 to 255 characters, and a namespace must not begin with a colon. Correct \
             it.",
            text.chars().take(60).collect::<String>()
        ),
    );
}

pub(crate) fn too_many_metrics(diagnostics: &mut Diagnostics, path: AttributePath, count: usize) {
    refuse(
        diagnostics,
        path,
        "Too many metrics in one alarm.",
        format!(
            "Got {count}; CloudWatch accepts at most {MAX_METRICS_PER_ALARM} metrics and the expression. Split the \
             alarm into several alarms."
        ),
    );
}

pub(crate) fn metric_and_metrics(diagnostics: &mut Diagnostics, path: AttributePath, given: &[&str]) {
    refuse(
        diagnostics,
        path,
        "Alarm has both a metric and an expression.",
        format!(
            "In addition to `metrics` and `expression`, {} is set. An alarm evaluates one metric (`namespace`, \
             `metric_name`, `statistic`) or one expression (`metrics`, `expression`). Remove one of the two.",
            list(given)
        ),
    );
}

pub(crate) fn metric_id_invalid(diagnostics: &mut Diagnostics, path: AttributePath, id: &str) {
    refuse(
        diagnostics,
        path,
        "Metric id is invalid.",
        format!(
            "Got {id:?}. An id begins with a lowercase letter and has letters, digits and \"_\"; {EXPRESSION_ID:?} is \
             reserved for the expression. Rename it, for example to \"errors\"."
        ),
    );
}

pub(crate) fn expression_invalid(diagnostics: &mut Diagnostics, path: AttributePath, expression: &str, problem: &str) {
    refuse(
        diagnostics,
        path,
        "Expression is invalid.",
        format!("Got {expression:?}, which CloudWatch refuses: {problem}. Correct the expression."),
    );
}

pub(crate) fn expression_id_unknown(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    unknown: &[&str],
    known: &[&str],
) {
    refuse(
        diagnostics,
        path,
        "Expression uses an unknown id.",
        format!(
            "{} is not in `metrics`, which has {}. Add the metric, or correct the expression.",
            list(unknown),
            list(known)
        ),
    );
}

pub(crate) fn expression_gives_many_series(diagnostics: &mut Diagnostics, path: AttributePath, function: &str) {
    refuse(
        diagnostics,
        path,
        "Expression cannot be alarmed on.",
        format!(
            "The expression uses {function}, which CloudWatch rejects in alarms because it can return any number of \
             time series. Set each metric in `metrics`."
        ),
    );
}

pub(crate) fn expression_is_a_query(diagnostics: &mut Diagnostics, path: AttributePath) {
    refuse(
        diagnostics,
        path,
        "Metrics Insights queries are not supported.",
        "The expression is a SQL query (SELECT ...), and a bundle supports metric math only. Set each metric in \
         `metrics` and an expression over their ids, or define this alarm as an `aws_cloudwatch_metric_alarm` with \
         `metric_query`."
            .to_owned(),
    );
}

pub(crate) fn expression_is_a_band(diagnostics: &mut Diagnostics, path: AttributePath) {
    refuse(
        diagnostics,
        path,
        "Anomaly detection is not supported.",
        "The expression uses ANOMALY_DETECTION_BAND, whose result CloudWatch compares by other operators and without \
         a fixed threshold. Set a `threshold` for the metric itself, or define this alarm as an \
         `aws_cloudwatch_metric_alarm` with `threshold_metric_id`."
            .to_owned(),
    );
}

pub(crate) fn severity_not_in_severities(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    severity: &str,
    known: &[&str],
) {
    let known = if known.is_empty() {
        "no keys".to_owned()
    } else {
        list(known)
    };
    refuse(
        diagnostics,
        path,
        "Severity is not in severities.",
        format!(
            "Got {severity:?}, but `severities` has {known}, so the alarm would have no actions. Set one of those, or \
             add {severity:?} to `severities`."
        ),
    );
}

/// What Terraform does with an attribute of a nested object that the schema does not have, and the provider cannot see.
const DROPPED_IN_SILENCE: &str = "Terraform ignores misspelled attributes of nested objects without a message";

pub(crate) fn severity_without_actions(diagnostics: &mut Diagnostics, severity: &str) {
    warn(
        diagnostics,
        AttributePath::new("severities").key(severity.to_owned()),
        "Severity has no actions.",
        format!(
            "Neither the severity {severity:?} nor any of its alarms has actions, so no notifications are sent. \
             {DROPPED_IN_SILENCE}. Check the spelling of `alarm_actions`, `ok_actions` and \
             `insufficient_data_actions`. If this is intended, set `alarm_actions = []`."
        ),
    );
}

pub(crate) fn severity_without_alarm_actions(diagnostics: &mut Diagnostics, severity: &str, given: &[&str]) {
    warn(
        diagnostics,
        AttributePath::new("severities").key(severity.to_owned()),
        "Severity has no alarm_actions.",
        format!(
            "Neither the severity {severity:?} nor any of its alarms has `alarm_actions`, so no notification is sent \
             when an alarm fires{}. {DROPPED_IN_SILENCE}. Check the spelling of `alarm_actions`. If this is intended, \
             set `alarm_actions = []`.",
            if given.is_empty() {
                String::new()
            } else {
                format!(" ({} is set)", list(given))
            }
        ),
    );
}

pub(crate) fn severity_misspelled(diagnostics: &mut Diagnostics, severity: &str, meant: &str) {
    refuse(
        diagnostics,
        AttributePath::new("severities").key(severity.to_owned()),
        "Severity is misspelled.",
        format!(
            "Got {severity:?}, which no alarm uses, and {meant:?} is missing, so the catalogue's {meant} alarms would \
             not be created. Rename it to {meant:?}, or remove it."
        ),
    );
}

pub(crate) fn override_sets_nothing(diagnostics: &mut Diagnostics, path: AttributePath) {
    warn(
        diagnostics,
        path,
        "Override changes nothing.",
        format!(
            "Every attribute of the override is null, so the alarms keep their values. {DROPPED_IN_SILENCE}. Either an \
             attribute is misspelled, or the type of the module's variable does not have the attribute. Compare both \
             with the documentation of `overrides`, or remove the override."
        ),
    );
}

pub(crate) fn override_without_alarm(diagnostics: &mut Diagnostics, path: AttributePath, needs: &[String]) {
    warn(
        diagnostics,
        path,
        "Override has no effect.",
        format!(
            "The override applies to alarms that are not created, because they require an attribute that is not set. \
             Set {}, or remove the override.",
            needs.join(", ")
        ),
    );
}

pub(crate) fn too_many_actions(diagnostics: &mut Diagnostics, path: AttributePath, count: usize) {
    refuse(
        diagnostics,
        path,
        "Too many actions for one state.",
        format!(
            "Got {count}; CloudWatch accepts at most 5 for each state. Use one SNS topic and subscribe the others to \
             it."
        ),
    );
}

pub(crate) fn runbook_not_a_link(diagnostics: &mut Diagnostics, path: AttributePath, url: &str) {
    refuse(
        diagnostics,
        path,
        "Runbook is not a link.",
        format!(
            "Got {url:?}, which is not a URL. Set a URL with its scheme, for example \
             \"https://runbooks.example.com/{{key}}\"."
        ),
    );
}

pub(crate) fn runbook_placeholder_unknown(diagnostics: &mut Diagnostics, path: AttributePath, url: &str) {
    refuse(
        diagnostics,
        path,
        "Runbook link has an unknown placeholder.",
        format!(
            "Got {url:?}. Only {{key}} is replaced, with the key of the alarm. Other text in braces is not replaced. \
             Use {{key}}, or remove the braces."
        ),
    );
}

pub(crate) fn description_too_long(diagnostics: &mut Diagnostics, path: AttributePath, key: &str, length: usize) {
    refuse(
        diagnostics,
        path,
        "Description is too long.",
        format!(
            "With its runbook and marker lines the description of {key} has {length} characters; CloudWatch's limit \
             is 1024. Shorten it by {}.",
            length.saturating_sub(1024)
        ),
    );
}

pub(crate) fn override_unknown(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    key: &str,
    preset: Preset,
    other: Option<Preset>,
    near: &[&str],
) {
    let advice = if let Some(other) = other {
        format!(
            "Set `preset = {:?}`, which has it, or remove the override.",
            other.name()
        )
    } else if near.is_empty() {
        "The guide \"Alarms\" and the bundle's `alarms` attribute list the keys.".to_owned()
    } else {
        format!(
            "Did you mean {}?",
            near.iter()
                .map(|key| format!("{key:?}"))
                .collect::<Vec<_>>()
                .join(" or ")
        )
    };
    refuse(
        diagnostics,
        path,
        "Override matches no alarm.",
        format!(
            "Got {key:?}, but preset {:?} has no such alarm for these targets. A key is <service>/<target>/<alarm>, \
             without the severity; \"*\" stands for one whole segment; an extra alarm is changed in `extra_alarms`. \
             {advice}",
            preset.name()
        ),
    );
}

pub(crate) fn override_of_missing_severity(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    alarm: &str,
    severity: Severity,
) {
    refuse(
        diagnostics,
        path,
        "Override is for a severity that the alarm does not have.",
        format!(
            "The alarm {alarm} has no {severity} alarm in this preset, so these attributes have no effect. Move them \
             into the override itself, or define the alarm in `extra_alarms`."
        ),
    );
}

pub(crate) fn override_of_ungated_alarm(diagnostics: &mut Diagnostics, path: AttributePath, alarm: &str) {
    refuse(
        diagnostics,
        path,
        "Alarm has no low-traffic gate.",
        format!(
            "The alarm {alarm} does not depend on the number of requests, so `min_requests` has no effect. Remove it."
        ),
    );
}

pub(crate) fn composite_without_children(diagnostics: &mut Diagnostics, path: AttributePath, severity: &str) {
    refuse(
        diagnostics,
        path,
        "Composite has no children.",
        format!(
            "No alarm of this bundle has severity {severity:?}, so the composite could never fire. Set another \
             severity, add a target, or remove `composite`."
        ),
    );
}

pub(crate) fn composite_with_too_many_children(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    severity: &str,
    count: usize,
) {
    refuse(
        diagnostics,
        path,
        "Composite has too many children.",
        format!(
            "{count} alarms of this bundle have severity {severity:?}; CloudWatch accepts at most 100 in a composite. \
             Split the targets over several bundles, or remove `composite`."
        ),
    );
}

pub(crate) fn composite_rule_too_long(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    severity: &str,
    length: usize,
) {
    refuse(
        diagnostics,
        path,
        "Composite rule is too long.",
        format!(
            "The rule over the {severity} alarms has {length} characters; CloudWatch's limit is 10240. Shorten the \
             bundle's or the targets' names, or split the targets over several bundles."
        ),
    );
}

pub(crate) fn too_many_tags(diagnostics: &mut Diagnostics, count: usize, most: usize) {
    refuse(
        diagnostics,
        AttributePath::new("tags"),
        "Too many tags.",
        format!(
            "There are {count} tags, including the provider's `default_tags`. An alarm can have {most}. Remove some tags."
        ),
    );
}
