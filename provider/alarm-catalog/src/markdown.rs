//! docs/guides/alarms.md, written from the catalogue.

use std::fmt::Write as _;

use crate::alarm::{AlarmSpec, Periods, Signal, Threshold};
use crate::metric::MetricSpec;
use crate::metrics::metrics;
use crate::presets::alarms;
use crate::service::{Param, ParamKind, Preset, Service};
use crate::{DEFAULT_MIN_REQUESTS, DEFAULT_TREAT_MISSING_DATA};

const HEAD: &str = "\
---
page_title: \"Alarms of lectern_alarm_bundle\"
subcategory: \"\"
description: |-
  Every alarm of the catalogue: when it fires, where its threshold comes from, and what to do.
---

<!-- Generated from provider/alarm-catalog by `cargo run -p alarm-catalog --example generate_docs`. Do not edit: a test compares. -->

# Alarms of lectern_alarm_bundle

Every alarm the catalogue knows, every metric it watches or graphs, and where the numbers come from. The provider, the
dashboard, the `lectern_alarm_catalog` data source and this page read the same data. Ids such as C2 are lines of
docs/requirements.md in the provider's repository.
";

const KEYS: &str = "\
## Keys

An alarm's key is `<service>/<target>/<alarm>/<severity>`, for example `lambda/upload/errors/critical`; an extra alarm's is
`extra/<name>/<severity>`. Its name in CloudWatch is `<bundle name>/<key>`, the composite's `<bundle name>/composite/<severity>`.
In CloudWatch the last line of every description is `lectern:<bundle name>:<owner token>`. It says which resource owns the alarm, by its
attribute `owner_token`, and is not part of the attribute `description`.

## Overrides

`overrides` addresses catalogue alarms without the severity: `<service>/<target>/<alarm>`. `*` stands for one whole segment
(`s3/files/*`, `lambda/*/errors`, `*/*/*`); it does not match a part of a segment. A key that cannot match any alarm is a plan error
that suggests the nearest keys: a target that the key names must be configured. An override of alarms that do not exist because an
input of the target is missing is a warning.

Precedence, weakest first: `defaults`, the catalogue, overrides with more `*`, overrides with fewer (of two with as many, the
one that names the target wins over the one that names the alarm, which wins over the one that names the service), the exact key.
Within one override the common fields are weaker than its `warning` and `critical`. An override of `evaluation_periods` alone
changes `datapoints_to_alarm` to the same number, because every catalogue alarm fires when all its datapoints breach.

Every table below has the unit of each threshold. Rates are percentages wherever you set or read one; the catalogue multiplies API
Gateway's and S3's 0-1 by 100 and leaves CloudFront's 0-100 unchanged. The threshold of a `duration` alarm is in milliseconds, as
CloudWatch measures it: for 60 % of a timeout of 30 s, set 18000.
";

const COVERAGE: &str = "\
## Coverage

`coverage` has one entry for each metric below of each target, keyed `<service>/<target>/<metric>`:

| value | meaning |
|---|---|
| `alarm: <keys>` | these alarms watch it |
| `off: <key> (enabled = false)` | an override switched the alarm off |
| `off: <key> (severities has no <severity>)` | the bundle does not use that severity |
| `needs <input>` | the alarm, or the metric itself, exists once that input is set |
| `graph` | no alarm watches it; it is on the dashboard only |

Several of them are joined with `; `, in this order.
";

/// The whole of docs/guides/alarms.md.
#[must_use]
pub fn alarms_markdown() -> String {
    let mut page = String::from(HEAD);
    push(&mut page, KEYS);
    push(&mut page, &deciding_inputs());
    push(&mut page, COVERAGE);
    push(&mut page, &missing_data());
    for service in Service::ALL {
        push(&mut page, &service_section(service));
    }
    page
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
        "## Inputs that decide whether an alarm exists\n\n\
         Unknown ids, names, ARNs and numbers leave every alarm key known at plan. While one of these inputs is unknown, the keys\n\
         cannot be known, and the whole `alarms` map, `coverage`, the dashboard and the composite's rule are unknown:\n\n\
         - `preset`, `severities` and each of its keys, every map of targets and each of its keys, `extra_alarms` and the `severity` of\n\
         \u{20} each of them, `overrides` and each of its keys;\n\
         - `enabled` in an override, and `threshold` in an override where AWS gives none (below: \"an override must set it\");\n",
    );
    for service in Service::ALL {
        let params: Vec<String> = deciding_params(service)
            .iter()
            .map(|param| format!("`{param}`"))
            .collect();
        if !params.is_empty() {
            line(
                &mut text,
                format_args!("- of `{service}` targets: {}.", params.join(", ")),
            );
        }
    }
    text.push_str(
        "\nThey decide because null has a meaning of its own there. `cache_enabled` decides coverage and dashboard only; `alias`\n\
         decides dimensions only.\n",
    );
    text
}

fn missing_data() -> String {
    format!(
        "## Missing data, low traffic\n\n\
         Where a table says \"default\", missing data is treated as the bundle's `defaults.treat_missing_data` says, and as\n\
         `{DEFAULT_TREAT_MISSING_DATA}` when that is null: an idle system is not a broken one. Alarms that detect silence use `breaching`.\n\n\
         An expression with `min_requests` returns no datapoint for a period with fewer requests, so that one failure at night does not\n\
         fire an alarm. The number is `defaults.min_requests` ({DEFAULT_MIN_REQUESTS}), or an override's.\n\n\
         Periods: \"5 of 5 x 60 s\" fires when all of the last five one-minute datapoints breach.\n"
    )
}

fn service_section(service: Service) -> String {
    let mut text = format!("## {} (`{service}`, {})\n\n", service.title(), service.requirement());
    text.push_str("| input | required | what |\n|---|---|---|\n");
    for param in service.params() {
        let required = if param.required() { "yes" } else { "no" };
        line(&mut text, format_args!("| `{param}` | {required} | {} |", param.doc()));
    }
    for preset in [Preset::Platform, Preset::AwsRecommended] {
        let specs: Vec<&'static AlarmSpec> = alarms(preset).filter(|spec| spec.service == service).collect();
        line(&mut text, format_args!("\n### Preset `{preset}`: `{service}`\n"));
        if specs.is_empty() {
            text.push_str("AWS recommends none; the metrics are graphed.\n");
            continue;
        }
        text.push_str(
            "| alarm | severity | fires when | threshold unit | periods | missing data | source | what to do |\n|---|---|---|---|---|---|---|---|\n",
        );
        for spec in specs {
            line(
                &mut text,
                format_args!(
                    "| `{}` | {} | {} {} | {} | {} | {} | {} | {} |",
                    spec.name,
                    spec.severity,
                    spec.title,
                    condition(spec),
                    spec.threshold_unit(),
                    periods(spec),
                    spec.treat_missing_data
                        .map_or_else(|| "default".to_owned(), |value| format!("`{value}`")),
                    spec.source,
                    spec.operator_action,
                ),
            );
        }
    }
    line(&mut text, format_args!("\n### Metrics: `{service}`\n"));
    text.push_str(
        "| metric | namespace | dimensions | valid statistics | unit | dashboard | needs | source |\n|---|---|---|---|---|---|---|---|\n",
    );
    for metric in metrics().filter(|metric| metric.service == service) {
        line(
            &mut text,
            format_args!(
                "| `{}` | `{}` | {} | {} | {} | {} | {} | {} |",
                metric.name,
                metric.namespace,
                dimensions(metric),
                metric.statistics_text(),
                metric.unit.name(),
                metric.graph.unwrap_or("extra alarms only"),
                metric.needs.map_or_else(String::new, |param| format!("`{param}`")),
                metric.source,
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
        let _ = write!(text, "Only with `{param}`{value}. ");
    }
    let operator = match spec.comparison_operator {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => ">=",
        "LessThanThreshold" => "<",
        _ => "<=",
    };
    let _ = write!(text, "{} {operator} {}", signal(&spec.signal), threshold(spec));
    text
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
                .map_or_else(String::new, |number| format!(" (null: {number} s)"));
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
