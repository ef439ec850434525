//! The schema of `lectern_alarm_bundle`, attribute by attribute as `state` types them.

use alarm_catalog::{COMPARISON_OPERATORS, DEFAULT_MIN_REQUESTS, DEFAULT_TREAT_MISSING_DATA, TREAT_MISSING_DATA};
use provider_kit::{Attr, Schema};

type Attributes = Vec<(&'static str, Attr)>;

/// CloudFront's own default. Source: CloudFront API, CustomOriginConfig, OriginReadTimeout.
const ORIGIN_READ_TIMEOUT_SECONDS: i64 = 30;

pub(crate) fn schema() -> Schema {
    Schema::new(DESCRIPTION, attributes())
        .identity([("region", "Region of the alarms."), ("name", "Name of the bundle.")])
}

const DESCRIPTION: &str = "All the CloudWatch alarms of a set of targets: thresholds, severities, actions and missing-data \
    treatment from one catalogue, planned alarm by alarm and read in one call per hundred alarms. The catalogue, with the \
    source of every number and what to do when an alarm fires, is the guide [Alarms](../guides/alarms.md).";

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
            Attr::bool("Take over alarms of these names that exist and are not this bundle's.").default(false),
        ),
        (
            "severities",
            Attr::map(
                "Who is told, by severity. The catalogue uses `warning` and `critical`; the alarms of a severity that is not \
                 here are not created, and `coverage` says so. At most five actions a state. Alarms that tell nobody are warned of, \
                 unless an empty list says that it is on purpose.",
                actions("nobody"),
            )
            .required(),
        ),
        (
            "defaults",
            Attr::single(
                "Values for what the catalogue, or an extra alarm, leaves open.",
                [
                    (
                        "treat_missing_data",
                        Attr::string(missing_data()).default(DEFAULT_TREAT_MISSING_DATA),
                    ),
                    (
                        "min_requests",
                        Attr::number("Requests in a period below which a rate gives no datapoint.")
                            .default(i64::from(DEFAULT_MIN_REQUESTS)),
                    ),
                    ("runbook_url", Attr::string("Link in every description; `{key}` becomes the alarm's key.")),
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
                 An exact key wins over one with `*`, `warning` and `critical` win over the common fields.",
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
                        Attr::bool("Switch the children's actions off, so that only the composite tells anybody.")
                            .default(false),
                    ),
                    (
                        "actions_suppressor",
                        Attr::single("An alarm that silences the composite while it fires.", suppressor(false)),
                    ),
                ],
            ),
        ),
        ("tags", Attr::string_map("Tags of every alarm; they win over the provider's `default_tags`.")),
        ("tags_all", Attr::string_map("`tags` and the provider's `default_tags` together.").computed()),
        (
            "dashboard_body",
            Attr::string(
                "Body of a CloudWatch dashboard with every metric and threshold of the bundle, for \
                 `aws_cloudwatch_dashboard`.",
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
            Attr::string_set(format!("ARNs told when an alarm fires; {otherwise} when left out.")),
        ),
        (
            "ok_actions",
            Attr::string_set(format!("ARNs told when it is over; {otherwise} when left out.")),
        ),
        (
            "insufficient_data_actions",
            Attr::string_set(format!(
                "ARNs told when CloudWatch cannot tell; {otherwise} when left out. Never put a pager here."
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
                        Attr::string("Alias the callers use; null watches the whole function."),
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
                "MongoDB clusters measured by the mongo-probe handler.",
                [("cluster", Attr::string("Name of the cluster.").required())],
            ),
        ),
        (
            "flow_logs",
            Attr::map(
                "VPC flow logs read by the flow-log-guard handler.",
                [("flow_log_group", Attr::string("Log group of the flow log.").required())],
            ),
        ),
        (
            "mongo_dump",
            Attr::map(
                "Dump schedules; a dump that is missing for too long is an alarm.",
                [
                    ("schedule_name", Attr::string("Name of the schedule.").required()),
                    (
                        "max_age_hours",
                        Attr::number("Most hours without a complete dump, whole, 1-168.").required(),
                    ),
                ],
            ),
        ),
    ]
}

fn override_attributes(with_severities: bool) -> Attributes {
    let mut attributes = vec![
        ("enabled", Attr::bool("False: not created, and `coverage` says `off`.")),
        (
            "threshold",
            Attr::number("Threshold in the unit of docs/guides/alarms.md, rates in percent."),
        ),
        ("period", Attr::number("Seconds, a multiple of 60.")),
        (
            "evaluation_periods",
            Attr::number("Number of periods looked at; alone, it moves `datapoints_to_alarm` with it."),
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
            Attr::number("Requests in a period below which a rate gives no datapoint."),
        ),
        (
            "description",
            Attr::string("Replaces the catalogue's sentences; the runbook and marker lines still follow."),
        ),
        ("runbook_url", Attr::string("Replaces `defaults.runbook_url`.")),
        (
            "actions_enabled",
            Attr::bool("Whether the actions are on; off under `composite.mute_children`."),
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
        ("dimensions", Attr::string_map("Dimensions of the metric.")),
        (
            "statistic",
            Attr::string(
                "`Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or extended such as `p99` or `TM(10%:90%)`. Required \
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
                    ("period", Attr::number("Seconds; the alarm's `period` when left out.")),
                ],
            ),
        ),
        (
            "expression",
            Attr::string("Metric math over the ids, giving one time series; no SEARCH. Required with `metrics`."),
        ),
        (
            "period",
            Attr::number(
                "Seconds: 10, 20, 30 (high-resolution metrics) or a multiple of 60. With `metrics`, the default of each.",
            )
            .default(60),
        ),
        ("evaluation_periods", Attr::number("Number of periods looked at.").default(1)),
        ("datapoints_to_alarm", Attr::number("How many of them must breach; all when left out.")),
        ("comparison_operator", Attr::string(comparison_operator()).required()),
        ("threshold", Attr::number("Threshold.").required()),
        ("treat_missing_data", Attr::string(missing_data() + " `defaults.treat_missing_data` when left out.")),
        (
            "evaluate_low_sample_count_percentile",
            Attr::string("`evaluate` or `ignore`; for a percentile only."),
        ),
        ("unit", Attr::string("CloudWatch unit; only datapoints of that unit are looked at. Not with `metrics`.")),
        (
            "description",
            Attr::string("First lines of the description; the runbook and marker lines follow."),
        ),
        ("runbook_url", Attr::string("Link in the description; `defaults.runbook_url` when left out.")),
        ("actions_enabled", Attr::bool("Whether the actions are on; off under `composite.mute_children`.")),
    ];
    attributes.extend(actions("the severity's"));
    attributes
}

fn suppressor(computed: bool) -> Attributes {
    let attributes = [
        ("alarm", Attr::string("Name or ARN of the alarm.")),
        (
            "wait_period_seconds",
            Attr::number("Seconds the composite waits for the suppressor before it tells anybody."),
        ),
        (
            "extension_period_seconds",
            Attr::number("Seconds it stays silent after the suppressor is over."),
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
            Attr::string("Sentences, a runbook line if there is one, and the marker `lectern:<bundle name>`."),
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
        ("evaluation_periods", Attr::number("Periods looked at.")),
        ("datapoints_to_alarm", Attr::number("How many of them must breach.")),
        ("comparison_operator", Attr::string("CloudWatch's operator.")),
        ("threshold", Attr::number("Threshold.")),
        ("treat_missing_data", Attr::string("Treatment of missing data.")),
        ("evaluate_low_sample_count_percentile", Attr::string("Null unless set.")),
        ("unit", Attr::string("Null unless set.")),
        (
            "evaluation_window",
            Attr::string("Null for CloudWatch's sliding window, all a bundle makes; anything else was set by hand."),
        ),
        ("actions_enabled", Attr::bool("Whether the actions are on.")),
        ("alarm_actions", Attr::string_set("ARNs told when the alarm fires.")),
        ("ok_actions", Attr::string_set("ARNs told when it is over.")),
        (
            "insufficient_data_actions",
            Attr::string_set("ARNs told when CloudWatch cannot tell."),
        ),
    ])
}

fn composite_alarm() -> Attributes {
    all_computed(vec![
        ("name", Attr::string("`<bundle name>/composite/<severity>`.")),
        ("arn", Attr::string("ARN; known after apply.")),
        (
            "description",
            Attr::string("A sentence, and the marker `lectern:<bundle name>`."),
        ),
        ("rule", Attr::string("`ALARM(\"<name>\") OR ...`.")),
        ("actions_enabled", Attr::bool("Whether the actions are on.")),
        ("alarm_actions", Attr::string_set("ARNs told when the composite fires.")),
        ("ok_actions", Attr::string_set("ARNs told when it is over.")),
        (
            "insufficient_data_actions",
            Attr::string_set("ARNs told when CloudWatch cannot tell."),
        ),
        ("suppressor", Attr::single("Null when there is none.", suppressor(true))),
    ])
}
