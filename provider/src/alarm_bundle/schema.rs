//! The schema of `lectern_alarm_bundle`, attribute by attribute as `state` types them.

use alarm_catalog::{
    COMPARISON_OPERATORS, DEFAULT_MIN_REQUESTS, DEFAULT_TREAT_MISSING_DATA, TREAT_MISSING_DATA,
    alarms_by_threshold_unit,
};
use provider_kit::{Attr, Schema};

use super::upgrade;

type Attributes = Vec<(&'static str, Attr)>;

/// CloudFront's own default. Source: CloudFront API, CustomOriginConfig, OriginReadTimeout.
const ORIGIN_READ_TIMEOUT_SECONDS: i64 = 30;

/// The unit of every threshold that has no other.
const COUNT: &str = "count";

pub(crate) fn schema() -> Schema {
    Schema::new(DESCRIPTION, attributes())
        .version(upgrade::VERSION)
        .identity([("region", "Region of the alarms."), ("name", "Name of the bundle.")])
}

const DESCRIPTION: &str = "Creates the recommended CloudWatch alarms for a set of targets, for example Lambda \
    functions and API Gateway stages. Thresholds, severities, actions and missing-data treatment come from one \
    catalogue. The plan shows every alarm, and a refresh reads up to 100 alarms in one call. The guide \
    [Alarms](../guides/alarms.md) lists the catalogue, with the source of every number and what to do when an alarm \
    fires.\n\n\
    An alarm belongs to one resource in one Terraform state. The description of the alarm in CloudWatch ends with a \
    marker that names the owner. If alarms with the same names exist and belong to another resource, the apply \
    returns an error, even if they are equal to the planned alarms. See `adopt_existing`. Destroy deletes only the \
    alarms that this resource still owns.\n\n\
    `lifecycle.ignore_changes`, also with `all`, ignores changes of the configuration only. Alarms that were changed \
    or deleted outside of Terraform are still planned for repair, because Terraform treats them as a change of the \
    computed attribute `alarms`. To manage an alarm elsewhere, set `enabled = false` for it in `overrides`.";

fn attributes() -> Attributes {
    let mut attributes = vec![
        (
            "id",
            Attr::string("`<region>/<name>`, also the import id.")
                .computed()
                .keep_known(),
        ),
        (
            "name",
            Attr::string(
                "Prefix of the alarm names. Each alarm is named `<name>/<key>`. Must not contain `/`, `\"`, `\\` or \
                 control characters, and must not begin or end with a space.",
            )
            .required()
            .requires_replace(),
        ),
        (
            "region",
            Attr::string(
                "Region of the alarms. Default: the provider's Region. CloudFront targets require \
                `us-east-1`.",
            )
            .optional_computed()
            .requires_replace(),
        ),
        (
            "preset",
            Attr::string("Set of catalogue alarms to create. Valid values: `platform`, `aws_recommended`, `none`.")
                .default("platform"),
        ),
        (
            "adopt_existing",
            Attr::bool(
                "Whether to overwrite existing alarms with the same names (`<name>/<key>`) that belong to another \
                 resource or to no resource. The previous settings are replaced and are not shown in the plan; to \
                 review them first, use `terraform import`. If false, existing alarms are an error, even if they are \
                 equal to the planned alarms.",
            )
            .default(false),
        ),
        (
            "severities",
            Attr::map(
                "Map of severity name to alarm actions. The catalogue uses `warning` and `critical`. Alarms of a \
                 severity that is not a key of this map are not created, and `coverage` shows them under `off`. Each \
                 list accepts up to five ARNs, in the Region of the alarms; ARNs without a Region are accepted too. \
                 If an alarm has no `alarm_actions`, the plan shows a warning. To confirm that this is intended, set \
                 `alarm_actions = []`.",
                actions("none"),
            )
            .required(),
        ),
        (
            "defaults",
            Attr::single(
                "Default values for alarms whose catalogue entry, or `extra_alarms` entry, does not set the attribute.",
                [
                    (
                        "treat_missing_data",
                        Attr::string(missing_data()).default(DEFAULT_TREAT_MISSING_DATA),
                    ),
                    (
                        "min_requests",
                        Attr::number(
                            "Minimum number of requests in a period for a rate alarm to evaluate the period. \
                            Periods with fewer requests have no data point.",
                        )
                        .default(i64::from(DEFAULT_MIN_REQUESTS)),
                    ),
                    (
                        "runbook_url",
                        Attr::string(
                            "URL to add to the description of every alarm. `{key}` is replaced \
                        with the key of the alarm.",
                        ),
                    ),
                ],
            ),
        ),
    ];
    attributes.extend(targets());
    attributes.extend([
        (
            "overrides",
            Attr::map(
                "Map of alarm key (`<service>/<target>/<alarm>`) to the settings to change for catalogue alarms. `*` \
                 matches one whole segment. An exact key takes precedence over a key with `*`. The `warning` and \
                 `critical` blocks take precedence over the attributes beside them.",
                override_attributes(true),
            ),
        ),
        (
            "extra_alarms",
            Attr::map(
                "Map of name to additional alarm. An alarm evaluates one metric (`namespace`, `metric_name`, \
                 `statistic`) or one metric math expression (`metrics`, `expression`). Its key is \
                 `extra/<name>/<severity>`.",
                extra_alarm(),
            ),
        ),
        (
            "composite",
            Attr::single(
                "Composite alarm that fires when any alarm of one severity fires. It is named \
                 `<name>/composite/<severity>`.",
                [
                    (
                        "severity",
                        Attr::string(
                            "Key of `severities`. The alarms of this severity are the children of the \
                            composite alarm, and the actions of this severity are its actions.",
                        )
                        .required(),
                    ),
                    (
                        "mute_children",
                        Attr::bool(
                            "Whether to disable the actions of the child alarms, so that only the composite \
                            alarm sends notifications.",
                        )
                        .default(false),
                    ),
                    (
                        "actions_suppressor",
                        Attr::single(
                            "Alarm that suppresses the actions of the composite alarm while it is in the \
                            `ALARM` state.",
                            suppressor(false),
                        ),
                    ),
                ],
            ),
        ),
        (
            "tags",
            Attr::string_map(
                "Map of tags to assign to every alarm. Tags with the same key as a tag in the provider's \
                 `default_tags` take precedence. Maximum: 50 tags, including `default_tags`. Keys have 1 to 128 \
                 characters and must not begin with `aws:`. Values have up to 256 characters.",
            ),
        ),
        (
            "tags_all",
            Attr::string_map("Map of all tags of the alarms, including the provider's `default_tags`.").computed(),
        ),
        (
            "dashboard",
            Attr::bool("Whether to generate `dashboard_body`. Leave it false to keep plans short.").default(false),
        ),
        (
            "dashboard_body",
            Attr::string(
                "JSON body of a CloudWatch dashboard that shows every metric and threshold of the bundle. Use it as \
                 `dashboard_body` of `aws_cloudwatch_dashboard`. Null unless `dashboard` is true.",
            )
            .computed(),
        ),
        (
            "coverage",
            Attr::string_map(
                "Map of metric (`<service>/<target>/<metric>`) to how it is monitored: `alarm: ...` (the alarms on \
                 the metric), `off: ...` (why there is no alarm), `needs ...` (the attribute to set to get an alarm) \
                 or `graph` (dashboard only).",
            )
            .computed(),
        ),
        (
            "alarms",
            Attr::map(
                "Map of alarm key (`<service>/<target>/<alarm>/<severity>` or `extra/<name>/<severity>`) to the alarm \
                 as it is in CloudWatch. Changes that were made outside of Terraform are shown in the next plan, \
                 attribute by attribute.",
                alarm(),
            )
            .computed(),
        ),
        (
            "composite_alarm",
            Attr::single(
                "Composite alarm as it is in CloudWatch. Null if `composite` is not set.",
                composite_alarm(),
            )
            .computed(),
        ),
        (
            "timeouts",
            Attr::timeouts(&[("create", "30m"), ("update", "30m"), ("delete", "15m")]),
        ),
    ]);
    attributes
}

fn actions(otherwise: &str) -> Attributes {
    vec![
        (
            "alarm_actions",
            Attr::string_set(format!(
                "ARNs of the actions to run when the alarm enters the `ALARM` state. Default: \
                {otherwise}."
            )),
        ),
        (
            "ok_actions",
            Attr::string_set(format!(
                "ARNs of the actions to run when the alarm returns to the `OK` state. Default: \
                {otherwise}."
            )),
        ),
        (
            "insufficient_data_actions",
            Attr::string_set(format!(
                "ARNs of the actions to run when the alarm enters the `INSUFFICIENT_DATA` state. Default: \
                 {otherwise}. Paging on this state is not recommended."
            )),
        ),
    ]
}

fn missing_data() -> String {
    format!(
        "How to treat missing data points. Valid values: `{}`.",
        TREAT_MISSING_DATA.join("`, `")
    )
}

fn comparison_operator() -> String {
    format!(
        "Comparison operator. Valid values: `{}`.",
        COMPARISON_OPERATORS.join("`, `")
    )
}

fn targets() -> Attributes {
    vec![
        (
            "lambda",
            Attr::map(
                "Map of target name to Lambda function to monitor. Target names, here and in the maps below, have 1 \
                 to 64 letters, digits, `_` and `-`.",
                [
                    (
                        "function_name",
                        Attr::string("Name (not the ARN) of the function.").required(),
                    ),
                    (
                        "alias",
                        Attr::string(
                            "Alias that callers invoke. If set, the alarms monitor the alias only. Default: \
                            the alarms monitor the whole function.",
                        ),
                    ),
                    (
                        "timeout_seconds",
                        Attr::number(
                            "Timeout of the function in seconds, 1 to 900. Required for the `duration` \
                            alarms.",
                        ),
                    ),
                    (
                        "reserved_concurrency",
                        Attr::number(
                            "Reserved concurrent executions of the function. Required for the `concurrency` alarms. \
                             -1 is the same as null.",
                        ),
                    ),
                ],
            ),
        ),
        (
            "api_gateway",
            Attr::map(
                "Map of target name to API Gateway REST API stage to monitor.",
                [
                    (
                        "api_name",
                        Attr::string("Name (not the ID) of the REST API.").required(),
                    ),
                    ("stage", Attr::string("Name of the stage.").required()),
                    (
                        "cache_enabled",
                        Attr::bool("Whether API caching is enabled for the stage.").default(false),
                    ),
                    (
                        "expected_peak_rpm",
                        Attr::number(
                            "Expected peak traffic in requests per minute. Required for the `request_count` alarm.",
                        ),
                    ),
                ],
            ),
        ),
        (
            "s3",
            Attr::map(
                "Map of target name to S3 bucket to monitor. The bucket must have a request metrics configuration.",
                [
                    ("bucket", Attr::string("Name of the bucket.").required()),
                    (
                        "filter_id",
                        Attr::string("ID of the request metrics configuration of the bucket.").required(),
                    ),
                ],
            ),
        ),
        (
            "cloudfront",
            Attr::map(
                "Map of target name to CloudFront distribution to monitor. The Region of the bundle must be \
                 `us-east-1`.",
                [
                    ("distribution_id", Attr::string("ID of the distribution.").required()),
                    (
                        "additional_metrics",
                        Attr::bool(
                            "Whether additional metrics are enabled for the distribution. Required for the \
                            `origin_latency` alarm.",
                        )
                        .default(false),
                    ),
                    (
                        "origin_read_timeout_seconds",
                        Attr::number("Response timeout of the origin in seconds, 1 to 180.")
                            .default(ORIGIN_READ_TIMEOUT_SECONDS),
                    ),
                ],
            ),
        ),
        (
            "cognito",
            Attr::map(
                "Map of target name to Cognito app client to monitor.",
                [
                    ("user_pool_id", Attr::string("ID of the user pool.").required()),
                    ("client_id", Attr::string("ID of the app client.").required()),
                    (
                        "identity_provider",
                        Attr::string("Name of the federated identity provider. Required for the federation alarms."),
                    ),
                ],
            ),
        ),
        (
            "nlb",
            Attr::map(
                "Map of target name to Network Load Balancer and target group to monitor.",
                [
                    (
                        "load_balancer",
                        Attr::string("`arn_suffix` of the load balancer: `net/<name>/<id>`.").required(),
                    ),
                    (
                        "target_group",
                        Attr::string("`arn_suffix` of the target group: `targetgroup/<name>/<id>`.").required(),
                    ),
                ],
            ),
        ),
        (
            "mongodb",
            Attr::map(
                "Map of target name to MongoDB cluster to monitor. The metrics come from the mongo-probe function. \
                 The `probe_silent` alarm stays in the `ALARM` state until a probe publishes metrics for the cluster.",
                [(
                    "cluster",
                    Attr::string("Name of the cluster. Must be equal to `LECTERN_CLUSTER` of the probe.").required(),
                )],
            ),
        ),
        (
            "flow_logs",
            Attr::map(
                "Map of target name to VPC flow log to monitor. The metric comes from the flow-log-guard function. \
                 Until it publishes the metric, the alarm does not fire.",
                [(
                    "flow_log_group",
                    Attr::string("Name of the CloudWatch Logs log group of the flow log.").required(),
                )],
            ),
        ),
        (
            "mongo_dump",
            Attr::map(
                "Map of target name to dump schedule to monitor. An alarm fires when no dump completes within \
                 `max_age_hours`.",
                [
                    ("schedule_name", Attr::string("Name of the schedule.").required()),
                    (
                        "max_age_hours",
                        Attr::number("Maximum number of hours between complete dumps. Whole number, 1 to 168.")
                            .required(),
                    ),
                ],
            ),
        ),
        (
            "cognito_export",
            Attr::map(
                "Map of target name to user pool whose exports to monitor. The metrics come from the cognito-export \
                 function. An alarm fires when no export completes within `max_age_hours`.",
                [
                    ("user_pool_id", Attr::string("ID of the user pool.").required()),
                    (
                        "max_age_hours",
                        Attr::number("Maximum number of hours between complete exports. Whole number, 1 to 168.")
                            .required(),
                    ),
                ],
            ),
        ),
        (
            "upload_janitor",
            Attr::map(
                "Map of target name to upload bucket to monitor. The metrics come from the upload-janitor function. \
                 An alarm fires when abandoned uploads are not deleted.",
                [("bucket", Attr::string("Name of the bucket.").required())],
            ),
        ),
        (
            "secret_rotation",
            Attr::map(
                "Map of target name to secret to monitor. The metrics come from the secret-rotation function. Alarms \
                 fire when a rotation step fails, when the current value is too old, or when its age is no longer \
                 published.",
                [
                    (
                        "secret_name",
                        Attr::string("Name (not the ARN) of the secret.").required(),
                    ),
                    (
                        "max_age_days",
                        Attr::number(
                            "Maximum age of the current value in days. Whole number, 1 to 1000. Set it to the \
                             rotation interval plus a few days.",
                        )
                        .required(),
                    ),
                ],
            ),
        ),
        (
            "origin_failover",
            Attr::map(
                "Map of target name to write path to monitor. The metrics come from the origin-failover function, so \
                 the bundle must be in the Region of that function. Alarms fire when the write path points to Region \
                 2, when a switch is rejected or fails, and when the function is not ready to switch. The `not_ready` \
                 alarm stays in the `ALARM` state until the function runs.",
                [(
                    "write_path",
                    Attr::string(
                        "ID of the CloudFront distribution, or name of the Route 53 record, that the \
                        function switches.",
                    )
                    .required(),
                )],
            ),
        ),
    ]
}

/// The units of all thresholds, once on a page.
fn threshold(in_full: bool) -> String {
    if !in_full {
        return "Value to compare the metric with, in the unit described for `threshold` of the override.".to_owned();
    }
    let units: Vec<String> = alarms_by_threshold_unit()
        .into_iter()
        .filter(|(unit, _)| *unit != COUNT)
        .map(|(unit, alarms)| format!("{unit} for `{}`", alarms.join("`, `")))
        .collect();
    format!(
        "Value to compare the metric with, in the unit of the alarm: {}; a count for all other alarms. The value \
         replaces a computed default such as \"80 % of `timeout_seconds`\": a `duration` threshold of 60 means 60 \
         milliseconds, not 60 % of the timeout.",
        units.join("; ")
    )
}

fn override_attributes(with_severities: bool) -> Attributes {
    let mut attributes = vec![
        (
            "enabled",
            Attr::bool("Whether to create the alarm. If false, `coverage` shows `off`."),
        ),
        ("threshold", Attr::number(threshold(with_severities))),
        (
            "period",
            Attr::number("Length of one evaluation period in seconds. Must be a multiple of 60."),
        ),
        (
            "evaluation_periods",
            Attr::number(
                "Number of most recent periods to evaluate. If you set it without `datapoints_to_alarm`, all of these \
                 periods must breach the threshold.",
            ),
        ),
        (
            "datapoints_to_alarm",
            Attr::number(
                "Number of data points within the evaluation period that must breach the threshold to trigger the \
                 alarm.",
            ),
        ),
        ("treat_missing_data", Attr::string(missing_data())),
        ("comparison_operator", Attr::string(comparison_operator())),
        (
            "statistic",
            Attr::string(
                "Statistic of the metric, for example `Sum` or `p99`. Not valid for an alarm on an \
                expression.",
            ),
        ),
        (
            "min_requests",
            Attr::number(
                "Minimum number of requests in a period for a rate alarm to evaluate the period. Periods \
                with fewer requests have no data point.",
            ),
        ),
        (
            "description",
            Attr::string("Description that replaces the one of the catalogue. The runbook URL is still added."),
        ),
        (
            "runbook_url",
            Attr::string("Runbook URL of the alarm. Default: `defaults.runbook_url`."),
        ),
        (
            "actions_enabled",
            Attr::bool(
                "Whether actions run when the alarm changes state. Default: true, or false if \
                `composite.mute_children` applies to the alarm.",
            ),
        ),
    ];
    attributes.extend(actions("the actions of the severity"));
    if with_severities {
        attributes.extend([
            (
                "warning",
                Attr::single("Settings for the `warning` alarm only.", override_attributes(false)),
            ),
            (
                "critical",
                Attr::single("Settings for the `critical` alarm only.", override_attributes(false)),
            ),
        ]);
    }
    attributes
}

fn extra_alarm() -> Attributes {
    let mut attributes = vec![
        (
            "severity",
            Attr::string("Severity of the alarm. Must be a key of `severities`.").required(),
        ),
        (
            "namespace",
            Attr::string("Namespace of the metric. Required unless `metrics` is set."),
        ),
        (
            "metric_name",
            Attr::string("Name of the metric. Required unless `metrics` is set."),
        ),
        ("dimensions", Attr::string_map("Dimensions of the metric. Maximum: 30.")),
        (
            "statistic",
            Attr::string(
                "Statistic: `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or an extended statistic, for \
                 example `p99`, `IQM`, `tm90` or `TM(10%:90%)`. Required unless `metrics` is set.",
            ),
        ),
        (
            "metrics",
            Attr::map(
                "Map of ID to metric that the expression uses. An ID begins with a lowercase letter and contains \
                 letters, digits and `_`; `expr` is reserved. Maximum: ten metrics.",
                [
                    ("namespace", Attr::string("Namespace of the metric.").required()),
                    ("metric_name", Attr::string("Name of the metric.").required()),
                    ("dimensions", Attr::string_map("Dimensions of the metric.")),
                    ("statistic", Attr::string("Statistic of the metric.").required()),
                    (
                        "period",
                        Attr::number("Period of the metric in seconds. Default: `period` of the alarm."),
                    ),
                ],
            ),
        ),
        (
            "expression",
            Attr::string(
                "Metric math expression over the IDs in `metrics`. It must return one time series. `SEARCH`, anomaly \
                 detection bands and SQL queries are not supported. Required with `metrics`.",
            ),
        ),
        (
            "period",
            Attr::number(
                "Period in seconds: 10, 20 or 30 for a high-resolution metric, otherwise a multiple of 60. With \
                 `metrics`, the default `period` of each metric.",
            )
            .default(60),
        ),
        (
            "evaluation_periods",
            Attr::number("Number of most recent periods to evaluate.").default(1),
        ),
        (
            "datapoints_to_alarm",
            Attr::number(
                "Number of data points within the evaluation period that must breach the \
            threshold to trigger the alarm. Default: the value of `evaluation_periods`.",
            ),
        ),
        ("comparison_operator", Attr::string(comparison_operator()).required()),
        (
            "threshold",
            Attr::number("Value to compare the metric or the result of the expression with.").required(),
        ),
        (
            "treat_missing_data",
            Attr::string(missing_data() + " Default: `defaults.treat_missing_data`."),
        ),
        (
            "evaluate_low_sample_count_percentile",
            Attr::string(
                "For percentile statistics, whether to evaluate the alarm when there are too few data \
                points. Valid values: `evaluate`, `ignore`.",
            ),
        ),
        (
            "unit",
            Attr::string(
                "Unit of the metric. If set, CloudWatch evaluates only data points with this unit. \
            Conflicts with `metrics`.",
            ),
        ),
        (
            "description",
            Attr::string("Description of the alarm. The runbook URL is added to it."),
        ),
        (
            "runbook_url",
            Attr::string("Runbook URL of the alarm. Default: `defaults.runbook_url`."),
        ),
        (
            "actions_enabled",
            Attr::bool(
                "Whether actions run when the alarm changes state. Default: true, or false if \
                `composite.mute_children` applies to the alarm.",
            ),
        ),
    ];
    attributes.extend(actions("the actions of the severity"));
    attributes
}

fn suppressor(computed: bool) -> Attributes {
    let attributes = [
        ("alarm", Attr::string("Name or ARN of the suppressor alarm.")),
        (
            "wait_period_seconds",
            Attr::number(
                "Maximum number of seconds to wait for the suppressor alarm to enter the `ALARM` state \
                before the composite alarm runs its actions.",
            ),
        ),
        (
            "extension_period_seconds",
            Attr::number(
                "Number of seconds that the actions stay suppressed after the suppressor alarm leaves the \
                `ALARM` state.",
            ),
        ),
    ];
    attributes
        .into_iter()
        .map(|(name, attr)| (name, if computed { attr.computed() } else { attr.required() }))
        .collect()
}

fn all_computed(attributes: Attributes) -> Attributes {
    attributes
        .into_iter()
        .map(|(name, attr)| (name, attr.computed()))
        .collect()
}

fn alarm() -> Attributes {
    all_computed(vec![
        ("name", Attr::string("Name of the alarm: `<bundle name>/<key>`.")),
        ("arn", Attr::string("ARN of the alarm.")),
        (
            "description",
            Attr::string(
                "Description of the alarm, with the runbook URL if one is set. In CloudWatch, one more line follows: \
                 the marker `lectern:<bundle name>:<owner token>`, by which this resource recognises its alarms.",
            ),
        ),
        ("severity", Attr::string("Severity of the alarm.")),
        (
            "namespace",
            Attr::string("Namespace of the metric. Null for an expression."),
        ),
        (
            "metric_name",
            Attr::string("Name of the metric. Null for an expression."),
        ),
        (
            "dimensions",
            Attr::string_map("Dimensions of the metric. Null for an expression."),
        ),
        (
            "statistic",
            Attr::string("Statistic of the metric. Null for an expression."),
        ),
        (
            "metrics",
            Attr::map(
                "Metrics of the expression by ID. Null for a single metric.",
                all_computed(vec![
                    ("namespace", Attr::string("Namespace of the metric.")),
                    ("metric_name", Attr::string("Name of the metric.")),
                    ("dimensions", Attr::string_map("Dimensions of the metric.")),
                    ("statistic", Attr::string("Statistic of the metric.")),
                    ("period", Attr::number("Period of the metric in seconds.")),
                ]),
            ),
        ),
        (
            "expression",
            Attr::string("Metric math expression. Null for a single metric."),
        ),
        (
            "period",
            Attr::number("Period in seconds. Null for an expression, whose metrics have their own periods."),
        ),
        (
            "evaluation_periods",
            Attr::number("Number of most recent periods that are evaluated."),
        ),
        (
            "datapoints_to_alarm",
            Attr::number(
                "Number of data points within the evaluation period that must breach the \
            threshold to trigger the alarm.",
            ),
        ),
        ("comparison_operator", Attr::string("Comparison operator.")),
        (
            "threshold",
            Attr::number("Value that the metric or the result of the expression is compared with."),
        ),
        (
            "treat_missing_data",
            Attr::string("How missing data points are treated."),
        ),
        (
            "evaluate_low_sample_count_percentile",
            Attr::string(
                "For percentile statistics, whether the alarm is evaluated when there are too few data points. Null \
                 unless set.",
            ),
        ),
        ("unit", Attr::string("Unit of the metric. Null unless set.")),
        (
            "evaluation_window",
            Attr::string(
                "Evaluation window of the alarm. Always null (sliding window) unless somebody changed it outside of \
                 Terraform.",
            ),
        ),
        (
            "actions_enabled",
            Attr::bool("Whether actions run when the alarm changes state."),
        ),
        (
            "alarm_actions",
            Attr::string_set("ARNs of the actions to run when the alarm enters the `ALARM` state."),
        ),
        (
            "ok_actions",
            Attr::string_set("ARNs of the actions to run when the alarm returns to the `OK` state."),
        ),
        (
            "insufficient_data_actions",
            Attr::string_set("ARNs of the actions to run when the alarm enters the `INSUFFICIENT_DATA` state."),
        ),
    ])
}

fn composite_alarm() -> Attributes {
    all_computed(vec![
        (
            "name",
            Attr::string("Name of the composite alarm: `<bundle name>/composite/<severity>`."),
        ),
        ("arn", Attr::string("ARN of the alarm.")),
        (
            "description",
            Attr::string("Description of the composite alarm, without the marker (see `alarms`)."),
        ),
        ("rule", Attr::string("Alarm rule: `ALARM(\"<name>\") OR ...`.")),
        (
            "actions_enabled",
            Attr::bool("Whether actions run when the alarm changes state."),
        ),
        (
            "alarm_actions",
            Attr::string_set("ARNs of the actions to run when the composite alarm enters the `ALARM` state."),
        ),
        (
            "ok_actions",
            Attr::string_set("ARNs of the actions to run when the alarm returns to the `OK` state."),
        ),
        (
            "insufficient_data_actions",
            Attr::string_set("ARNs of the actions to run when the alarm enters the `INSUFFICIENT_DATA` state."),
        ),
        (
            "suppressor",
            Attr::single(
                "Alarm that suppresses the actions of the composite alarm. Null if \
            `composite.actions_suppressor` is not set.",
                suppressor(true),
            ),
        ),
    ])
}
