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

const DESCRIPTION: &str = "All the CloudWatch alarms of a set of targets: thresholds, severities, actions and missing-data \
    treatment from one catalogue, planned alarm by alarm and read in one call per hundred alarms. The catalogue, with the \
    source of every number and what to do when an alarm fires, is the guide [Alarms](../guides/alarms.md).\n\n\
    An alarm belongs to one resource of one state. Its description in CloudWatch ends with a marker that names the owner. Alarms of \
    the same names that belong to another resource are an error at apply, also if they are equal to what is planned; see \
    `adopt_existing`. A destroy removes only what this resource still owns.\n\n\
    `lifecycle.ignore_changes` keeps the values of the configuration as they were, also with `all`. It does not cover alarms that were \
    changed or deleted by hand: they are planned for repair, because for Terraform that is a change of the computed `alarms` and \
    not of the configuration. To leave an alarm to somebody else, set `enabled = false` for it in `overrides`.";

fn attributes() -> Attributes {
    let mut attributes = vec![
        ("id", Attr::string("`<region>/<name>`, also the import id.").computed().keep_known()),
        (
            "name",
            Attr::string(
                "Prefix of every alarm's name, which is `<name>/<key>`. No `/`, `\"`, `\\`, control \
                 character, nor space at either end.",
            )
            .required()
            .requires_replace(),
        ),
        (
            "region",
            Attr::string("Region of the alarms; the provider's when left out. CloudFront targets need `us-east-1`.")
                .optional_computed()
                .requires_replace(),
        ),
        (
            "preset",
            Attr::string("The set of catalogue alarms: `platform`, `aws_recommended` or `none`.").default("platform"),
        ),
        (
            "adopt_existing",
            Attr::bool(
                "Take over alarms of these names that exist and belong to another resource or to nobody. Without it they are an \
                 error, also if they are equal to what is planned.",
            )
            .default(false),
        ),
        (
            "severities",
            Attr::map(
                "Actions by severity. The catalogue uses `warning` and `critical`; the alarms of a severity that is not a key here are not \
                 created, and `coverage` says so. CloudWatch accepts at most five actions for each state, in the region of the alarms; an ARN \
                 without a region is accepted too. Alarms without `alarm_actions` cause a warning, unless an empty list shows that this is \
                 intended.",
                actions("none"),
            )
            .required(),
        ),
        (
            "defaults",
            Attr::single(
                "Values that apply where the catalogue, or an extra alarm, sets none.",
                [
                    (
                        "treat_missing_data",
                        Attr::string(missing_data()).default(DEFAULT_TREAT_MISSING_DATA),
                    ),
                    (
                        "min_requests",
                        Attr::number("Requests in a period below which a rate has no datapoint.")
                            .default(i64::from(DEFAULT_MIN_REQUESTS)),
                    ),
                    ("runbook_url", Attr::string("Link in every description; `{key}` is replaced by the alarm's key.")),
                ],
            ),
        ),
    ];
    attributes.extend(targets());
    attributes.extend([
        (
            "overrides",
            Attr::map(
                "Partial changes of catalogue alarms, keyed `<service>/<target>/<alarm>`; `*` stands for one whole segment. \
                 An exact key wins over one with `*`; `warning` and `critical` win over the common attributes.",
                override_attributes(true),
            ),
        ),
        (
            "extra_alarms",
            Attr::map(
                "Alarms on any metric (`namespace`, `metric_name`, `statistic`) or on an expression (`metrics`, `expression`). \
                 Their key is `extra/<name>/<severity>`.",
                extra_alarm(),
            ),
        ),
        (
            "composite",
            Attr::single(
                "One composite alarm over all the alarms of one severity, named `<name>/composite/<severity>`.",
                [
                    (
                        "severity",
                        Attr::string("A key of `severities`: its alarms are the children, its actions the composite's.")
                            .required(),
                    ),
                    (
                        "mute_children",
                        Attr::bool("Disable the children's actions, so that only the composite notifies.").default(false),
                    ),
                    (
                        "actions_suppressor",
                        Attr::single("An alarm that suppresses the composite's actions while it fires.", suppressor(false)),
                    ),
                ],
            ),
        ),
        (
            "tags",
            Attr::string_map(
                "Tags of every alarm; they win over the provider's `default_tags`. At most 50 together; keys have 1 to 128 characters and do not \
                 begin with `aws:`, values at most 256.",
            ),
        ),
        ("tags_all", Attr::string_map("`tags` and the provider's `default_tags` together.").computed()),
        (
            "dashboard",
            Attr::bool("Whether to fill `dashboard_body`. Without it plans are shorter: the JSON is most of a bundle's plan.")
                .default(false),
        ),
        (
            "dashboard_body",
            Attr::string(
                "Body of a CloudWatch dashboard with every metric and threshold of the bundle, for \
                 `aws_cloudwatch_dashboard`; null unless `dashboard` is true.",
            )
            .computed(),
        ),
        (
            "coverage",
            Attr::string_map(
                "What watches each documented metric of each target, keyed `<service>/<target>/<metric>`: `alarm: ...`, \
                 `off: ...`, `needs ...` or `graph`.",
            )
            .computed(),
        ),
        (
            "alarms",
            Attr::map(
                "The alarms, keyed `<service>/<target>/<alarm>/<severity>` or `extra/<name>/<severity>`, as they are in \
                 CloudWatch: a change made elsewhere shows in the next plan, field by field.",
                alarm(),
            )
            .computed(),
        ),
        (
            "composite_alarm",
            Attr::single("The composite alarm as it is in CloudWatch; null when there is none.", composite_alarm()).computed(),
        ),
        ("timeouts", Attr::timeouts(&[("create", "30m"), ("update", "30m"), ("delete", "15m")])),
    ]);
    attributes
}

fn actions(otherwise: &str) -> Attributes {
    vec![
        (
            "alarm_actions",
            Attr::string_set(format!("ARNs to notify when an alarm fires; {otherwise} if not set.")),
        ),
        (
            "ok_actions",
            Attr::string_set(format!("ARNs to notify when it returns to OK; {otherwise} if not set.")),
        ),
        (
            "insufficient_data_actions",
            Attr::string_set(format!(
                "ARNs to notify when there is not enough data; {otherwise} if not set. Do not page for this state."
            )),
        ),
    ]
}

fn missing_data() -> String {
    format!("Treatment of missing data: `{}`.", TREAT_MISSING_DATA.join("`, `"))
}

fn comparison_operator() -> String {
    format!("`{}`.", COMPARISON_OPERATORS.join("`, `"))
}

fn targets() -> Attributes {
    vec![
        (
            "lambda",
            Attr::map(
                "Lambda functions to watch, by target name `[A-Za-z0-9_-]{1,64}` (as for every kind of target).",
                [
                    (
                        "function_name",
                        Attr::string("Name of the function, not its ARN.").required(),
                    ),
                    (
                        "alias",
                        Attr::string("Alias that the callers use; if null, the whole function is watched."),
                    ),
                    (
                        "timeout_seconds",
                        Attr::number("The function's timeout, 1-900. The duration alarms exist only with it."),
                    ),
                    (
                        "reserved_concurrency",
                        Attr::number(
                            "Reserved concurrent executions. The concurrency alarms exist only with it; -1 means null.",
                        ),
                    ),
                ],
            ),
        ),
        (
            "api_gateway",
            Attr::map(
                "API Gateway REST API stages to watch.",
                [
                    ("api_name", Attr::string("Name of the REST API, not its id.").required()),
                    ("stage", Attr::string("Stage.").required()),
                    (
                        "cache_enabled",
                        Attr::bool("Whether the stage has a cache.").default(false),
                    ),
                    (
                        "expected_peak_rpm",
                        Attr::number(
                            "Expected peak in requests a minute. The request_count alarm exists only with it.",
                        ),
                    ),
                ],
            ),
        ),
        (
            "s3",
            Attr::map(
                "S3 buckets to watch; each needs a request-metrics configuration.",
                [
                    ("bucket", Attr::string("Name of the bucket.").required()),
                    (
                        "filter_id",
                        Attr::string("Id of its request-metrics configuration.").required(),
                    ),
                ],
            ),
        ),
        (
            "cloudfront",
            Attr::map(
                "CloudFront distributions to watch; the bundle must be in `us-east-1`.",
                [
                    ("distribution_id", Attr::string("Id of the distribution.").required()),
                    (
                        "additional_metrics",
                        Attr::bool("Whether its additional metrics are on. The origin_latency alarm exists only then.")
                            .default(false),
                    ),
                    (
                        "origin_read_timeout_seconds",
                        Attr::number("Response timeout of the origin, 1-180.").default(ORIGIN_READ_TIMEOUT_SECONDS),
                    ),
                ],
            ),
        ),
        (
            "cognito",
            Attr::map(
                "Cognito user-pool clients to watch.",
                [
                    ("user_pool_id", Attr::string("Id of the user pool.").required()),
                    ("client_id", Attr::string("Id of the app client.").required()),
                    (
                        "identity_provider",
                        Attr::string("Federated identity provider. The federation alarms exist only with it."),
                    ),
                ],
            ),
        ),
        (
            "nlb",
            Attr::map(
                "Network Load Balancers to watch, one target group each.",
                [
                    (
                        "load_balancer",
                        Attr::string("`net/<name>/<id>`, the load balancer's `arn_suffix`.").required(),
                    ),
                    (
                        "target_group",
                        Attr::string("`targetgroup/<name>/<id>`, the target group's `arn_suffix`.").required(),
                    ),
                ],
            ),
        ),
        (
            "mongodb",
            Attr::map(
                "MongoDB clusters, by the metrics of the function mongo-probe. Until a probe measures a cluster of this name, `probe_silent` is in \
                 ALARM.",
                [(
                    "cluster",
                    Attr::string("Name of the cluster, as the probe's `LECTERN_CLUSTER` has it.").required(),
                )],
            ),
        ),
        (
            "flow_logs",
            Attr::map(
                "VPC flow logs, by the metric of the function flow-log-guard. This version does not include that function: until something \
                 publishes the metric, the alarm never fires.",
                [("flow_log_group", Attr::string("Log group of the flow log.").required())],
            ),
        ),
        (
            "mongo_dump",
            Attr::map(
                "Dump schedules; an alarm fires when no dump completes for too long.",
                [
                    ("schedule_name", Attr::string("Name of the schedule.").required()),
                    (
                        "max_age_hours",
                        Attr::number("Most hours without a complete dump, whole, 1-168.").required(),
                    ),
                ],
            ),
        ),
        (
            "cognito_export",
            Attr::map(
                "User pools, by the metrics of the function cognito-export; an alarm fires when no export of users completes for too long.",
                [
                    ("user_pool_id", Attr::string("Id of the user pool.").required()),
                    (
                        "max_age_hours",
                        Attr::number("Most hours without a complete export, whole, 1-168.").required(),
                    ),
                ],
            ),
        ),
        (
            "upload_janitor",
            Attr::map(
                "Buckets of files, by the metrics of the function upload-janitor; an alarm fires when abandoned uploads are not removed.",
                [("bucket", Attr::string("Name of the bucket.").required())],
            ),
        ),
        (
            "secret_rotation",
            Attr::map(
                "Secrets, by the metrics of the function secret-rotation. Alarms fire when a step of a rotation fails, and when the current value is \
                 too old or its age is not measured any more.",
                [
                    ("secret_name", Attr::string("Name of the secret, not its ARN.").required()),
                    (
                        "max_age_days",
                        Attr::number(
                            "Oldest that the current value may become in days, whole, 1-1000: the rotation's interval and a few days.",
                        )
                        .required(),
                    ),
                ],
            ),
        ),
        (
            "origin_failover",
            Attr::map(
                "Write paths of a CDN, by the metrics of the function origin-failover, in that function's region. Alarms fire when a write path \
                 points to region 2, when a switch is refused or fails, and when the function would not switch. Until the function runs, \
                 `not_ready` is in ALARM.",
                [(
                    "write_path",
                    Attr::string("Id of the CloudFront distribution, or name of the Route 53 record, that the function switches.").required(),
                )],
            ),
        ),
    ]
}

/// The units of all thresholds, once on a page.
fn threshold(in_full: bool) -> String {
    if !in_full {
        return "Threshold, in the unit named for `threshold` of the override itself.".to_owned();
    }
    let units: Vec<String> = alarms_by_threshold_unit()
        .into_iter()
        .filter(|(unit, _)| *unit != COUNT)
        .map(|(unit, alarms)| format!("{unit} for `{}`", alarms.join("`, `")))
        .collect();
    format!(
        "Threshold, in the alarm's unit: {}; a count for all others. A `duration` of 60 is 60 ms, not 60 % of the timeout.",
        units.join("; ")
    )
}

fn override_attributes(with_severities: bool) -> Attributes {
    let mut attributes = vec![
        (
            "enabled",
            Attr::bool("Whether the alarm is created; if false, `coverage` says `off`."),
        ),
        ("threshold", Attr::number(threshold(with_severities))),
        ("period", Attr::number("Seconds, a multiple of 60.")),
        (
            "evaluation_periods",
            Attr::number(
                "Number of periods that are evaluated; `datapoints_to_alarm` follows it unless it is set as well.",
            ),
        ),
        ("datapoints_to_alarm", Attr::number("How many of them must breach.")),
        ("treat_missing_data", Attr::string(missing_data())),
        ("comparison_operator", Attr::string(comparison_operator())),
        (
            "statistic",
            Attr::string("Statistic (`Sum`, `p99`) the metric has; not for an alarm on an expression."),
        ),
        (
            "min_requests",
            Attr::number("Requests in a period below which a rate has no datapoint."),
        ),
        (
            "description",
            Attr::string("Replaces the catalogue's sentences; the runbook line still follows."),
        ),
        ("runbook_url", Attr::string("Replaces `defaults.runbook_url`.")),
        (
            "actions_enabled",
            Attr::bool("Whether the actions are enabled; by default they are, except under `composite.mute_children`."),
        ),
    ];
    attributes.extend(actions("the severity's"));
    if with_severities {
        attributes.extend([
            (
                "warning",
                Attr::single("For the warning alarm only.", override_attributes(false)),
            ),
            (
                "critical",
                Attr::single("For the critical alarm only.", override_attributes(false)),
            ),
        ]);
    }
    attributes
}

fn extra_alarm() -> Attributes {
    let mut attributes = vec![
        ("severity", Attr::string("A key of `severities`.").required()),
        ("namespace", Attr::string("Namespace. Required without `metrics`.")),
        ("metric_name", Attr::string("Name of the metric. Required without `metrics`.")),
        ("dimensions", Attr::string_map("Dimensions of the metric, at most 30.")),
        (
            "statistic",
            Attr::string(
                "`Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or extended such as `p99`, `IQM`, `tm90` or `TM(10%:90%)`. Required \
                 without `metrics`.",
            ),
        ),
        (
            "metrics",
            Attr::map(
                "Metrics of the expression by id (`[a-z][A-Za-z0-9_]*`, not `expr`), at most ten.",
                [
                    ("namespace", Attr::string("Namespace.").required()),
                    ("metric_name", Attr::string("Name of the metric.").required()),
                    ("dimensions", Attr::string_map("Dimensions of the metric.")),
                    ("statistic", Attr::string("Statistic.").required()),
                    ("period", Attr::number("Seconds; the alarm's `period` if not set.")),
                ],
            ),
        ),
        (
            "expression",
            Attr::string(
                "Metric math over the ids that returns one time series. SEARCH, anomaly detection bands and SQL queries are not supported. \
                 Required with `metrics`.",
            ),
        ),
        (
            "period",
            Attr::number(
                "Seconds: 10, 20, 30 (high-resolution metrics) or a multiple of 60. With `metrics`, the default of each.",
            )
            .default(60),
        ),
        ("evaluation_periods", Attr::number("Number of periods that are evaluated.").default(1)),
        ("datapoints_to_alarm", Attr::number("How many of them must breach; all if not set.")),
        ("comparison_operator", Attr::string(comparison_operator()).required()),
        ("threshold", Attr::number("Threshold, in the metric's unit or that of the expression's result.").required()),
        ("treat_missing_data", Attr::string(missing_data() + " `defaults.treat_missing_data` if not set.")),
        (
            "evaluate_low_sample_count_percentile",
            Attr::string("`evaluate` or `ignore`; for a percentile only."),
        ),
        ("unit", Attr::string("CloudWatch unit; only datapoints of that unit are evaluated. Not with `metrics`.")),
        (
            "description",
            Attr::string("First lines of the description; the runbook line follows."),
        ),
        ("runbook_url", Attr::string("Link in the description; `defaults.runbook_url` if not set.")),
        (
            "actions_enabled",
            Attr::bool("Whether the actions are enabled; by default they are, except under `composite.mute_children`."),
        ),
    ];
    attributes.extend(actions("the severity's"));
    attributes
}

fn suppressor(computed: bool) -> Attributes {
    let attributes = [
        ("alarm", Attr::string("Name or ARN of the alarm.")),
        (
            "wait_period_seconds",
            Attr::number("Seconds for which the composite waits for the suppressor before it notifies."),
        ),
        (
            "extension_period_seconds",
            Attr::number("Seconds for which its actions stay suppressed after the suppressor is over."),
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
        ("name", Attr::string("`<bundle name>/<key>`.")),
        ("arn", Attr::string("ARN; known after apply.")),
        (
            "description",
            Attr::string(
                "Sentences, and a runbook line if there is one. CloudWatch shows one more line, the marker `lectern:<bundle \
                 name>:<owner token>`, by which this resource recognises its alarms.",
            ),
        ),
        ("severity", Attr::string("Last segment of the key.")),
        ("namespace", Attr::string("Namespace; null for an expression.")),
        (
            "metric_name",
            Attr::string("Name of the metric; null for an expression."),
        ),
        ("dimensions", Attr::string_map("Dimensions; null for an expression.")),
        (
            "statistic",
            Attr::string("`Sum` ... or extended such as `p99`; null for an expression."),
        ),
        (
            "metrics",
            Attr::map(
                "Metrics of the expression by id; null for a single metric.",
                all_computed(vec![
                    ("namespace", Attr::string("Namespace.")),
                    ("metric_name", Attr::string("Name of the metric.")),
                    ("dimensions", Attr::string_map("Dimensions.")),
                    ("statistic", Attr::string("Statistic.")),
                    ("period", Attr::number("Seconds.")),
                ]),
            ),
        ),
        ("expression", Attr::string("Metric math; null for a single metric.")),
        (
            "period",
            Attr::number("Seconds; null for an expression, whose metrics have their own."),
        ),
        (
            "evaluation_periods",
            Attr::number("Number of periods that are evaluated."),
        ),
        ("datapoints_to_alarm", Attr::number("How many of them must breach.")),
        ("comparison_operator", Attr::string("CloudWatch's operator.")),
        ("threshold", Attr::number("Threshold, in the unit of what is compared.")),
        ("treat_missing_data", Attr::string("Treatment of missing data.")),
        ("evaluate_low_sample_count_percentile", Attr::string("Null unless set.")),
        ("unit", Attr::string("Null unless set.")),
        (
            "evaluation_window",
            Attr::string(
                "Null for CloudWatch's sliding window, the only one a bundle creates; anything else was set outside Terraform.",
            ),
        ),
        ("actions_enabled", Attr::bool("Whether the actions are enabled.")),
        (
            "alarm_actions",
            Attr::string_set("ARNs to notify when the alarm fires."),
        ),
        ("ok_actions", Attr::string_set("ARNs to notify when it returns to OK.")),
        (
            "insufficient_data_actions",
            Attr::string_set("ARNs to notify when there is not enough data."),
        ),
    ])
}

fn composite_alarm() -> Attributes {
    all_computed(vec![
        ("name", Attr::string("`<bundle name>/composite/<severity>`.")),
        ("arn", Attr::string("ARN; known after apply.")),
        ("description", Attr::string("A sentence; the marker as for `alarms`.")),
        ("rule", Attr::string("`ALARM(\"<name>\") OR ...`.")),
        ("actions_enabled", Attr::bool("Whether the actions are enabled.")),
        (
            "alarm_actions",
            Attr::string_set("ARNs to notify when the composite fires."),
        ),
        ("ok_actions", Attr::string_set("ARNs to notify when it returns to OK.")),
        (
            "insufficient_data_actions",
            Attr::string_set("ARNs to notify when there is not enough data."),
        ),
        ("suppressor", Attr::single("Null when there is none.", suppressor(true))),
    ])
}
