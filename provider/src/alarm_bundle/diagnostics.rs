//! One function per user-facing failure of a bundle's configuration: attribute path, one fixed sentence, and what was seen,
//! why it matters, what to type. A mistake that many alarms share is reported once.

use alarm_catalog::{CLOUDFRONT_REGION, MAX_METRICS_PER_ALARM, MetricSpec, Preset, Severity};
use provider_kit::{Num, error, warning};
use tf_provider::{AttributePath, Diagnostics};

use super::model::EXPRESSION_ID;

fn refuse(diagnostics: &mut Diagnostics, path: AttributePath, summary: &'static str, detail: String) {
    if !diagnostics
        .errors
        .iter()
        .any(|other| other.attribute == path && other.summary == summary)
    {
        error(diagnostics, path, summary, detail);
    }
}

fn list(words: &[&str]) -> String {
    words.join(", ")
}

pub(crate) fn bundle_name_invalid(diagnostics: &mut Diagnostics, name: &str) {
    refuse(
        diagnostics,
        AttributePath::new("name"),
        "Bundle name is invalid.",
        format!(
            "Got {name:?}. Alarms are named <name>/<key>, read back from that name and quoted in composite rules, so the name takes no \"/\", \
             quote, backslash, control character, nor space at either end. Type for example \"edu-prod\"."
        ),
    );
}

pub(crate) fn name_invalid(diagnostics: &mut Diagnostics, path: AttributePath, kind: &str, name: &str) {
    refuse(
        diagnostics,
        path,
        "Name is invalid.",
        format!(
            "Got {name:?} as {kind} name. It is a segment of alarm keys, so it takes 1-64 letters, digits, \"_\" and \"-\". Rename it, for example \
             \"upload_api\"."
        ),
    );
}

pub(crate) fn alarm_name_too_long(diagnostics: &mut Diagnostics, longest: &str, length: usize, count: usize) {
    refuse(
        diagnostics,
        AttributePath::new("name"),
        "Alarm name is too long.",
        format!(
            "{count} alarm names are longer than the 255 characters CloudWatch takes; the longest has {length}: {longest:?}. Shorten the \
             bundle's name by {} characters, or the names of the targets.",
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
            "The bundle's region is {region}, where CloudFront publishes no metrics: its alarms would stay silent for ever. Composites cannot \
             cross regions either, so put the distributions into a bundle of their own with region = \"{CLOUDFRONT_REGION}\"."
        ),
    );
}

pub(crate) fn input_missing(diagnostics: &mut Diagnostics, path: AttributePath, what: &str) {
    refuse(
        diagnostics,
        path,
        "Required input is missing.",
        format!("Got nothing, and without it there can be no alarm. Type it: {what}"),
    );
}

pub(crate) fn function_name_invalid(diagnostics: &mut Diagnostics, path: AttributePath, value: &str) {
    refuse(
        diagnostics,
        path,
        "Function name is invalid.",
        format!(
            "Got {value:?}, but CloudWatch's dimension holds the bare name (letters, digits, \"-\" and \"_\"), so the alarm would stay silent \
             for ever. Type aws_lambda_function.<name>.function_name, and an alias or version in `alias`."
        ),
    );
}

pub(crate) fn action_is_not_an_arn(diagnostics: &mut Diagnostics, path: AttributePath, action: &str) {
    refuse(
        diagnostics,
        path,
        "Action is not an ARN.",
        format!(
            "Got {action:?}, which CloudWatch refuses. Type the ARN of what is to be told, for example aws_sns_topic.page.arn."
        ),
    );
}

pub(crate) fn number_too_large(diagnostics: &mut Diagnostics, path: AttributePath) {
    refuse(
        diagnostics,
        path,
        "Number is too large.",
        format!(
            "Got a number beyond {:e}, the largest that CloudWatch can hold. Type a smaller one.",
            f64::MAX
        ),
    );
}

pub(crate) fn bundle_without_alarms(diagnostics: &mut Diagnostics, severities: &[&str]) {
    let given = if severities.is_empty() {
        "none".to_owned()
    } else {
        list(severities)
    };
    warning(
        diagnostics,
        AttributePath::new("severities"),
        "The bundle has no alarm.",
        format!(
            "There are targets, but nothing watches them: severities has {given}, and the catalogue's alarms have warning and critical; \
             `coverage` says what became of each metric. Add those severities, or an extra alarm, or remove the targets."
        ),
    );
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

pub(crate) fn input_is_an_arn(diagnostics: &mut Diagnostics, path: AttributePath, value: &str, what: &str) {
    refuse(
        diagnostics,
        path,
        "Input is an ARN.",
        format!(
            "Got {value:?}, but CloudWatch's dimension holds no ARN, so the alarm would stay silent for ever. Type it: {what}"
        ),
    );
}

pub(crate) fn input_without_prefix(diagnostics: &mut Diagnostics, path: AttributePath, value: &str, prefix: &str) {
    refuse(
        diagnostics,
        path,
        "Input is not the last part of an ARN.",
        format!(
            "Got {value:?}, but CloudWatch's dimension begins with {prefix:?}, so the alarm would stay silent for ever. Type the resource's \
             arn_suffix, for example \"{prefix}mongo/0123456789abcdef\"."
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
        format!(
            "Got {}, and AWS takes whole numbers from {least} to {largest} here. Type one of those.",
            short(number)
        ),
    );
}

pub(crate) fn threshold_negative(diagnostics: &mut Diagnostics, path: AttributePath, number: &Num) {
    refuse(
        diagnostics,
        path,
        "Threshold is negative.",
        format!(
            "Got {number}, but no metric of the catalogue is ever below zero: the alarm would always fire, or never. Type 0 or more."
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
            "Got {number} for {key}, whose threshold is a percentage, so it could never be reached. Type a number from 0 to 100."
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
    warning(
        diagnostics,
        path,
        "Warning fires after critical.",
        format!(
            "The warning beside {key} has threshold {low}, the critical alarm {high}: whoever gets the warning hears of it last. Swap the two \
             thresholds in overrides, or switch one off with enabled = false."
        ),
    );
}

pub(crate) fn period_refused(diagnostics: &mut Diagnostics, path: AttributePath, number: &Num) {
    refuse(
        diagnostics,
        path,
        "Period is refused by CloudWatch.",
        format!(
            "Got {} s. Type 10, 20 or 30 for a high-resolution metric, else a multiple of 60 up to 604800 (seven days).",
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
            "Got {number} s, but {metric} has one datapoint a minute: most periods would be empty. Type a multiple of 60."
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
            "{key} looks at {periods} periods of {period} s, together {} s; CloudWatch takes at most {largest} s for that period. Type at most {} \
             for evaluation_periods, or a longer period (from 3600 s on, seven days are allowed).",
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
            "{key} wants {datapoints} breaching datapoints of {periods} periods, which can never be. Type datapoints_to_alarm = {periods} or \
             less, or more evaluation_periods."
        ),
    );
}

pub(crate) fn word_unknown(diagnostics: &mut Diagnostics, path: AttributePath, word: &str, allowed: &[&str]) {
    refuse(
        diagnostics,
        path,
        "Word is not one of those allowed.",
        format!(
            "Got {word:?}, which is none of the words known here. Type one of: {}.",
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
            "Got {word:?}, which CloudWatch does not compute. Type, in this spelling, SampleCount, Average, Sum, Minimum, Maximum, a percentile such as p99, or another extended statistic such as \
             TM(10%:90%)."
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
            "Got {word:?}, but {} {} has only {}; with another one the alarm would compare a meaningless number. Type one of those. Source: {}.",
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
            "The alarm {alarm} compares a metric-math expression, whose metrics have statistics of their own. Remove statistic here, or define \
             the alarm you want in extra_alarms."
        ),
    );
}

pub(crate) fn low_sample_without_percentile(diagnostics: &mut Diagnostics, path: AttributePath, statistic: &str) {
    refuse(
        diagnostics,
        path,
        "Low sample treatment needs a percentile.",
        format!(
            "The statistic is {statistic:?}, for which CloudWatch takes no such field. Remove it, or type a percentile such as p99."
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
            "Got {given}, but {} {} is published only with {}; with fewer the alarm would stay silent for ever. Add what is missing.",
            metric.namespace,
            metric.name,
            metric.dimensions_text()
        ),
    );
}

pub(crate) fn too_many_metrics(diagnostics: &mut Diagnostics, path: AttributePath, count: usize) {
    refuse(
        diagnostics,
        path,
        "Too many metrics in one alarm.",
        format!(
            "Got {count}; CloudWatch takes at most {MAX_METRICS_PER_ALARM} in an alarm on an expression. Split it into several alarms."
        ),
    );
}

pub(crate) fn metric_and_metrics(diagnostics: &mut Diagnostics, path: AttributePath, given: &[&str]) {
    refuse(
        diagnostics,
        path,
        "Alarm has both a metric and an expression.",
        format!(
            "Beside metrics and expression there is also {}. An alarm compares one metric (namespace, metric_name, statistic) or one \
             expression (metrics, expression). Remove one of the two.",
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
            "Got {id:?}. CloudWatch takes ids that begin with a small letter and hold letters, digits and \"_\"; {EXPRESSION_ID:?} is the \
             expression's own. Rename it, for example \"errors\"."
        ),
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
            "{} is not in metrics, which has {}. Add the metric, or correct the expression.",
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
            "It uses {function}, which CloudWatch refuses in alarms because it may give any number of series. Name each metric in metrics."
        ),
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
            "Got {severity:?}, but severities has {known}: nobody would be told. Type one of those, or add {severity:?} to severities."
        ),
    );
}

/// What Terraform does with an attribute of a nested object that the schema does not have, and the provider cannot see.
const DROPPED_IN_SILENCE: &str = "Terraform drops a misspelled attribute in here without a word";

pub(crate) fn severity_tells_nobody(diagnostics: &mut Diagnostics, severity: &str) {
    warning(
        diagnostics,
        AttributePath::new("severities").key(severity.to_owned()),
        "Severity tells nobody.",
        format!(
            "The severity {severity:?} has no actions, nor has any of its alarms, so nobody hears of them. {DROPPED_IN_SILENCE}: check the \
             spelling of alarm_actions, ok_actions and insufficient_data_actions. If nobody is to be told, type alarm_actions = []."
        ),
    );
}

pub(crate) fn severity_misspelled(diagnostics: &mut Diagnostics, severity: &str, meant: &str) {
    refuse(
        diagnostics,
        AttributePath::new("severities").key(severity.to_owned()),
        "Severity is misspelled.",
        format!(
            "Got {severity:?}, a severity of no alarm, and without {meant:?} the catalogue's {meant} alarms would not be created. Type {meant:?}, or \
             remove this one."
        ),
    );
}

pub(crate) fn override_sets_nothing(diagnostics: &mut Diagnostics, path: AttributePath) {
    warning(
        diagnostics,
        path,
        "Override changes nothing.",
        format!(
            "Every attribute in it is null or left out, so the alarms stay as they are. {DROPPED_IN_SILENCE}: check the spelling against the \
             documentation of overrides, or remove the override."
        ),
    );
}

pub(crate) fn too_many_actions(diagnostics: &mut Diagnostics, path: AttributePath, count: usize) {
    refuse(
        diagnostics,
        path,
        "Too many actions for one state.",
        format!(
            "Got {count}; CloudWatch takes at most 5 a state. Send to one SNS topic and subscribe the others to it."
        ),
    );
}

pub(crate) fn runbook_not_a_link(diagnostics: &mut Diagnostics, path: AttributePath, url: &str) {
    refuse(
        diagnostics,
        path,
        "Runbook is not a link.",
        format!(
            "Got {url:?}, which nobody can open from an alarm. Type it with its scheme, for example \"https://runbooks.example.com/{{key}}\"."
        ),
    );
}

pub(crate) fn runbook_placeholder_unknown(diagnostics: &mut Diagnostics, path: AttributePath, url: &str) {
    refuse(
        diagnostics,
        path,
        "Runbook link has an unknown placeholder.",
        format!(
            "Got {url:?}. Only {{key}} is replaced, by the alarm's key; anything else in braces would stay as it is. Type {{key}} or nothing."
        ),
    );
}

pub(crate) fn description_too_long(diagnostics: &mut Diagnostics, path: AttributePath, key: &str, length: usize) {
    refuse(
        diagnostics,
        path,
        "Description is too long.",
        format!(
            "With its runbook and marker lines the description of {key} has {length} characters; CloudWatch takes 1024. Shorten it by {}.",
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
            "Type preset = {:?}, which has it, or remove the override.",
            other.name()
        )
    } else if near.is_empty() {
        "The keys are listed in docs/guides/alarms.md and in the bundle's alarms output.".to_owned()
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
            "Got {key:?}, but preset {:?} has no such alarm for these targets, so the override would do nothing. A key is \
             <service>/<target>/<alarm>, without the severity; \"*\" stands for one whole segment; an extra alarm is changed in extra_alarms. {advice}",
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
        "Override is of a severity the alarm does not have.",
        format!(
            "The alarm {alarm} has no {severity} in this preset, so the override would do nothing. Put the fields directly into the override, or \
             define the alarm you want in extra_alarms."
        ),
    );
}

pub(crate) fn override_of_ungated_alarm(diagnostics: &mut Diagnostics, path: AttributePath, alarm: &str) {
    refuse(
        diagnostics,
        path,
        "Alarm has no low-traffic gate.",
        format!("The alarm {alarm} looks at no number of requests, so min_requests would do nothing. Remove it."),
    );
}

pub(crate) fn composite_without_children(diagnostics: &mut Diagnostics, path: AttributePath, severity: &str) {
    refuse(
        diagnostics,
        path,
        "Composite has no children.",
        format!(
            "No alarm of this bundle has severity {severity:?}, so the composite could never fire. Type another severity, add a target, or \
             remove composite."
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
            "{count} alarms of this bundle have severity {severity:?}; CloudWatch takes at most 100 in a composite. Split the targets over several \
             bundles, or remove composite."
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
            "The rule over the {severity} alarms has {length} characters; CloudWatch takes 10240. Shorten the bundle's or the targets' names, or \
             split the targets over several bundles."
        ),
    );
}

pub(crate) fn too_many_tags(diagnostics: &mut Diagnostics, count: usize, most: usize) {
    refuse(
        diagnostics,
        AttributePath::new("tags"),
        "Too many tags.",
        format!("Together with the provider's default_tags there are {count}; an alarm takes {most}. Remove some."),
    );
}

pub(crate) fn tag_invalid(diagnostics: &mut Diagnostics, path: AttributePath, key: &str) {
    refuse(
        diagnostics,
        path,
        "Tag is invalid.",
        format!(
            "AWS refuses the tag {key:?}: keys have 1-128 characters and do not begin with \"aws:\", values have at most 256. Shorten or rename it."
        ),
    );
}
