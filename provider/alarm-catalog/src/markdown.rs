//! docs/guides/alarms.md, written from the catalogue.

use std::fmt::Write as _;

use crate::alarm::{AlarmSpec, Periods, Signal, Threshold};
use crate::metric::MetricSpec;
use crate::metrics::metrics;
use crate::presets::alarms;
use crate::service::{Param, ParamKind, Preset, Service, Severity};
use crate::{DEFAULT_MIN_REQUESTS, DEFAULT_TREAT_MISSING_DATA};

const HEAD: &str = "\
---
page_title: \"Alarms of lectern_alarm_bundle\"
subcategory: \"\"
description: |-
  Every alarm of the catalogue: its default threshold, when it fires, what to do, and where the numbers come from.
---

<!-- Generated from provider/alarm-catalog by `cargo run -p alarm-catalog --example generate_docs`. Do not edit: a test compares. -->

# Alarms of lectern_alarm_bundle

This page lists every alarm of the catalogue: first the [defaults](#defaults) in one table, then the rules for keys and
overrides, then each service with its inputs, alarms and metrics, and last the [sources](#sources) of all numbers.
IDs such as C2, in headings and sources, are numbers of requirements in docs/requirements.md in the repository of the provider.
The provider, the dashboard, the `lectern_alarm_catalog` data source and this page use the same data.
";

const DEFAULTS: &str = "\
## Defaults

These are the alarms of the preset `platform`, which is the default. A threshold is compared with one data point of the period. The column
\"periods\" shows how many of the last data points must breach the threshold before the alarm fires: \"3 of 5\" means three of the last five.
`>` and `<` show the direction. To change a threshold, set `overrides`, in the same unit.

";

const RECOMMENDED: &str = "\
### Preset `aws_recommended`

These are the alarms that AWS recommends. \"set it\" means that AWS gives no number: the alarm is created only if an override sets
`threshold`.

";

const SOURCES: &str = "\
## Sources

| preset | alarm | severity | source |
|---|---|---|---|
";

const KEYS: &str = "\
## Keys

The key of an alarm is `<service>/<target>/<alarm>/<severity>`, for example `lambda/upload/errors/critical`. The key of an extra alarm
is `extra/<name>/<severity>`. In CloudWatch, an alarm is named `<bundle name>/<key>`, and the composite alarm is named
`<bundle name>/composite/<severity>`.

In CloudWatch, the last line of every description is `lectern:<bundle name>:<owner token>`. It identifies the resource that owns the
alarm by its attribute `owner_token`. It is not part of the attribute `description`.

## Overrides

The keys of `overrides` are alarm keys without the severity: `<service>/<target>/<alarm>`. `*` matches one whole segment
(`s3/files/*`, `lambda/*/errors`, `*/*/*`); it does not match a part of a segment.

- A key that cannot match an alarm causes a plan error, and the error suggests similar keys. A target that the key names must exist in
  the bundle. With `*` as the target, the service does not need to have targets, for example `s3/*/errors_4xx` without an `s3` map.
- If the alarms of a key are not created because an input of the target is missing, the plan shows a warning. For example, an override of
  `lambda/upload/duration` has no effect without `timeout_seconds`.

If several settings apply to an alarm, the first of these takes precedence:

1. the exact key
2. the key with fewer `*`; of two keys with the same number, the one that names the target, then the one that names the alarm, then
   the one that names the service
3. the catalogue
4. `defaults`

Within one override, `warning` and `critical` take precedence over the attributes beside them. An override of `evaluation_periods`
alone changes `datapoints_to_alarm` to the same number, because every catalogue alarm fires when all its data points breach.

The tables below show the unit of each threshold. Rates are always percentages (0-100): the catalogue multiplies the rates of API
Gateway and S3, which are 0-1, by 100. The threshold of a `duration` alarm is in milliseconds: for 60 % of a timeout of 30 s, set
18000.
";

const COVERAGE: &str = "\
## Coverage

The attribute `coverage` has one entry for each metric of each target. Its key is `<service>/<target>/<metric>`:

| value | meaning |
|---|---|
| `alarm: <keys>` | these alarms evaluate the metric |
| `off: <key> (enabled = false)` | an override disables the alarm |
| `off: <key> (severities has no <severity>)` | `severities` does not have the severity of the alarm |
| `needs <input>` | the alarm, or the metric itself, requires this input |
| `graph` | no alarm evaluates the metric; it is shown on the dashboard only |

If several values apply, they are joined with `; ` in this order.
";

/// The whole of docs/guides/alarms.md.
#[must_use]
pub fn alarms_markdown() -> String {
    let mut page = String::from(HEAD);
    push(&mut page, DEFAULTS);
    page.push_str(&defaults(Preset::Platform));
    push(&mut page, RECOMMENDED);
    page.push_str(&defaults(Preset::AwsRecommended));
    push(&mut page, KEYS);
    push(&mut page, &deciding_inputs());
    push(&mut page, COVERAGE);
    push(&mut page, &missing_data());
    for service in Service::ALL {
        push(&mut page, &service_section(service));
    }
    push(&mut page, SOURCES);
    page.push_str(&sources());
    page
}

/// A row for each alarm of a preset, with the thresholds of both severities side by side.
fn defaults(preset: Preset) -> String {
    let mut text =
        String::from("| alarm | warning | critical | unit | periods | requires |\n|---|---|---|---|---|---|\n");
    for service in Service::ALL {
        let specs: Vec<&'static AlarmSpec> = alarms(preset).filter(|spec| spec.service == service).collect();
        let mut done: Vec<&str> = Vec::new();
        for spec in &specs {
            if done.contains(&spec.name) {
                continue;
            }
            done.push(spec.name);
            let of = |severity: Severity| {
                specs
                    .iter()
                    .find(|other| other.name == spec.name && other.severity == severity)
            };
            let (warning, critical) = (of(Severity::Warning), of(Severity::Critical));
            let compared = |spec: Option<&&'static AlarmSpec>| spec.map_or_else(String::new, |spec| compared(spec));
            let both = [warning, critical].into_iter().flatten();
            let mut lengths: Vec<String> = both.map(|spec| periods(spec)).collect();
            lengths.dedup();
            let needs = spec.needs.map_or_else(String::new, |param| format!("`{param}`"));
            line(
                &mut text,
                format_args!(
                    "| `{service}/*/{}` | {} | {} | {} | {} | {needs} |",
                    spec.name,
                    compared(warning),
                    compared(critical),
                    spec.threshold_unit(),
                    lengths.join("; "),
                ),
            );
        }
    }
    text
}

/// The comparison with the threshold: `> 80 % of `timeout_seconds``.
fn compared(spec: &'static AlarmSpec) -> String {
    let threshold = match spec.threshold {
        Threshold::FromOverride => "set it".to_owned(),
        _ => threshold(spec),
    };
    format!("{} {threshold}", operator(spec))
}

/// Where the numbers of every alarm and the names of every metric come from.
fn sources() -> String {
    let mut text = String::new();
    for preset in [Preset::Platform, Preset::AwsRecommended] {
        for spec in Service::ALL
            .into_iter()
            .flat_map(|service| alarms(preset).filter(move |spec| spec.service == service))
        {
            line(
                &mut text,
                format_args!(
                    "| `{preset}` | `{}/*/{}` | {} | {} |",
                    spec.service, spec.name, spec.severity, spec.source
                ),
            );
        }
    }
    text.push_str("\n| service | source of its metrics |\n|---|---|\n");
    for service in Service::ALL {
        let mut all: Vec<&str> = Vec::new();
        for metric in metrics().filter(|metric| metric.service == service) {
            if !all.contains(&metric.source) {
                all.push(metric.source);
            }
        }
        line(&mut text, format_args!("| `{service}` | {} |", all.join("; ")));
    }
    text
}

fn push(page: &mut String, section: &str) {
    page.push('\n');
    page.push_str(section);
}

fn line(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = page.write_fmt(text);
    page.push('\n');
}

/// The parameters that decide whether an alarm of any preset exists.
pub(crate) fn deciding_params(service: Service) -> Vec<Param> {
    let mut found = Vec::new();
    for preset in Preset::ALL {
        for spec in alarms(preset).filter(|spec| spec.service == service) {
            if let Some(param) = spec.needs.filter(|param| !found.contains(param)) {
                found.push(param);
            }
        }
    }
    found
}

fn deciding_inputs() -> String {
    let mut text = String::from(
        "## Inputs that must be known at plan\n\n\
         Most values can be unknown at plan: IDs, names, ARNs and numbers do not change which alarms are created. The \
         inputs below\ndecide whether an alarm is created, because a null value means that the alarm is not created. \
         While one of them is unknown,\nTerraform cannot list the alarms, and `alarms`, `coverage`, the dashboard and \
         the rule of the composite alarm are unknown:\n\n\
         - `preset`, `severities` and its keys, every map of targets and its keys, `extra_alarms` and the `severity` \
         of each extra\n\u{20} alarm, `overrides` and its keys\n- `enabled` in an override, and `threshold` in an \
         override of an alarm without a default (below: \"an override must set it\")\n",
    );
    for service in Service::ALL {
        let params: Vec<String> = deciding_params(service)
            .iter()
            .map(|param| format!("`{param}`"))
            .collect();
        if !params.is_empty() {
            line(
                &mut text,
                format_args!("- of `{service}` targets: {}", params.join(", ")),
            );
        }
    }
    text.push_str("\n`cache_enabled` changes coverage and the dashboard only, and `alias` changes dimensions only.\n");
    text
}

fn missing_data() -> String {
    format!(
        "## Missing data and low traffic\n\n\
         Where a table shows \"default\", `defaults.treat_missing_data` of the bundle applies. Its default \
         is\n`{DEFAULT_TREAT_MISSING_DATA}`, because an idle system is not a broken one. Alarms that detect missing \
         activity use `breaching`.\n\n\
         An expression with `min_requests` returns no data point for a period with fewer requests, so that one \
         failure at night does not\nfire an alarm. The number is `defaults.min_requests` ({DEFAULT_MIN_REQUESTS}), or \
         the one of an override.\n\n\
         Periods: \"5 of 5 x 60 s\" means that the alarm fires when all of the last five one-minute data points \
         breach.\n"
    )
}

fn service_section(service: Service) -> String {
    let mut text = format!("## {} (`{service}`, {})\n\n", service.title(), service.requirement());
    text.push_str("| input | required | description |\n|---|---|---|\n");
    for param in service.params() {
        let required = if param.required() { "yes" } else { "no" };
        line(&mut text, format_args!("| `{param}` | {required} | {} |", param.doc()));
    }
    for preset in [Preset::Platform, Preset::AwsRecommended] {
        let specs: Vec<&'static AlarmSpec> = alarms(preset).filter(|spec| spec.service == service).collect();
        line(&mut text, format_args!("\n### Preset `{preset}`: `{service}`\n"));
        if specs.is_empty() {
            text.push_str("AWS recommends no alarms for this service. The dashboard shows the metrics.\n");
            continue;
        }
        text.push_str(
            "| alarm | severity | fires when | threshold unit | periods | missing data | what to do \
             |\n|---|---|---|---|---|---|---|\n",
        );
        for spec in specs {
            line(
                &mut text,
                format_args!(
                    "| `{}` | {} | {} {} | {} | {} | {} | {} |",
                    spec.name,
                    spec.severity,
                    spec.title,
                    condition(spec),
                    spec.threshold_unit(),
                    periods(spec),
                    spec.treat_missing_data
                        .map_or_else(|| "default".to_owned(), |value| format!("`{value}`")),
                    spec.operator_action,
                ),
            );
        }
    }
    line(&mut text, format_args!("\n### Metrics: `{service}`\n"));
    text.push_str(
        "| metric | namespace | dimensions | valid statistics | unit | dashboard | needs \
         |\n|---|---|---|---|---|---|---|\n",
    );
    for metric in metrics().filter(|metric| metric.service == service) {
        line(
            &mut text,
            format_args!(
                "| `{}` | `{}` | {} | {} | {} | {} | {} |",
                metric.name,
                metric.namespace,
                dimensions(metric),
                metric.statistics_text(),
                metric.unit.name(),
                metric.graph.unwrap_or("extra alarms only"),
                metric.needs.map_or_else(String::new, |param| format!("`{param}`")),
            ),
        );
    }
    text
}

impl AlarmSpec {
    /// When it fires, in words: `Sum of `Errors` > 0`.
    #[must_use]
    pub fn fires_when(&'static self) -> String {
        condition(self)
    }

    /// The periods looked at: `5 of 5 x 60 s`.
    #[must_use]
    pub fn periods_text(&self) -> String {
        periods(self)
    }
}

fn dimensions(metric: &MetricSpec) -> String {
    let sets: Vec<String> = metric
        .dimension_sets
        .iter()
        .filter(|set| !set.is_empty())
        .map(|set| format!("`{}`", set.join(" + ")))
        .collect();
    sets.join(", ")
}

fn condition(spec: &'static AlarmSpec) -> String {
    let mut text = String::new();
    if let Some(param) = spec.needs {
        let value = if param.kind() == ParamKind::Flag { " = true" } else { "" };
        let _ = write!(text, "Requires `{param}`{value}. ");
    }
    let _ = write!(text, "{} {} {}", signal(&spec.signal), operator(spec), threshold(spec));
    text
}

fn operator(spec: &AlarmSpec) -> &'static str {
    match spec.comparison_operator {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => ">=",
        "LessThanThreshold" => "<",
        _ => "<=",
    }
}

fn signal(signal: &'static Signal) -> String {
    match signal {
        Signal::Metric { metric, statistic } => format!("{statistic} of `{metric}`"),
        Signal::Math { queries, expression } => {
            let names: Vec<String> = queries
                .iter()
                .map(|query| format!("{} = {} of `{}`", query.id, query.statistic, query.metric))
                .collect();
            format!(
                "`{}` ({})",
                expression.replace("{min_requests}", "min_requests"),
                names.join(", ")
            )
        }
        Signal::Either { param, set, unset } => {
            format!("{} (without `{param}`: {})", self::signal(set), self::signal(unset))
        }
    }
}

fn threshold(spec: &'static AlarmSpec) -> String {
    match spec.threshold {
        Threshold::Fixed(number) => format!("{number}{}", unit_suffix(spec.threshold_unit())),
        Threshold::Share {
            of,
            percent,
            unit_factor: 1,
        } => format!("{percent} % of `{of}`"),
        Threshold::Share { of, percent, .. } => {
            let default = of
                .default_number()
                .map_or_else(String::new, |number| format!(" (default: {number} s)"));
            format!("{percent} % of `{of}`{default}")
        }
        Threshold::FromOverride => "a threshold (an override must set it)".to_owned(),
    }
}

fn unit_suffix(unit: &str) -> &'static str {
    match unit {
        "percent" => " %",
        "milliseconds" => " ms",
        "seconds" => " s",
        _ => "",
    }
}

fn periods(spec: &AlarmSpec) -> String {
    match spec.evaluation_periods {
        Periods::Fixed(number) => format!("{number} of {number} x {} s", spec.period_seconds),
        Periods::Param(param) => format!("`{param}` of `{param}` x {} s", spec.period_seconds),
    }
}
