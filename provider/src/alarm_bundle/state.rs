//! The resource as Terraform sees it: configuration as typed, computed attributes as planned or read.
//!
//! Each field's comment says the attribute's place in the schema (required, optional, computed), its default and its
//! meaning. A default is applied by the model, never by the schema: null stays null in configuration and state.

use std::collections::BTreeMap;

use alarm_catalog::{Param, Service};
use provider_kit::{Num, map_by_element};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// Id of the expression itself among the metrics of an alarm.
pub(crate) const EXPRESSION_ID: &str = "expr";

/// A string.
pub(crate) type Text = Value<String>;
/// A number.
pub(crate) type Number = Value<Num>;
/// A boolean.
pub(crate) type Flag = Value<bool>;
/// A map. In configuration, a null element is an element left out.
pub(crate) type Map<T> = Value<BTreeMap<String, Value<T>>>;
/// A set of strings: CloudWatch keeps no order of actions.
pub(crate) type Set = Value<Elements>;

/// The elements of a set, sorted. A known value occurs once. Every unknown one counts: unknown values may turn out to differ,
/// and Terraform refuses a plan in which there are fewer of them than in the configuration.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Text>", into = "Vec<Text>")]
pub(crate) struct Elements(Vec<Text>);

impl Elements {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Text> {
        self.0.iter()
    }
}

impl From<Vec<Text>> for Elements {
    fn from(mut elements: Vec<Text>) -> Self {
        elements.sort();
        elements.dedup_by(|left, right| left == right && !left.is_unknown());
        Self(elements)
    }
}

impl From<Elements> for Vec<Text> {
    fn from(elements: Elements) -> Self {
        elements.0
    }
}

impl FromIterator<Text> for Elements {
    fn from_iter<I: IntoIterator<Item = Text>>(elements: I) -> Self {
        elements.into_iter().collect::<Vec<_>>().into()
    }
}

/// `lectern_alarm_bundle`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Bundle {
    /// Computed: `<region>/<name>`, also the import id. Keeps its value over updates.
    pub(crate) id: Text,
    /// Required, a change replaces: prefix of every alarm's name, which is `<name>/<key>` and at most 255 characters. No `/`, `"`, `\`,
    /// control character, nor space at either end.
    pub(crate) name: Text,
    /// Optional and computed, a change of the effective region replaces: region of the alarms. Default: the provider's. CloudFront targets
    /// need `us-east-1`.
    pub(crate) region: Text,
    /// Optional, default `platform`: the set of catalogue alarms. `platform`, `aws_recommended` or `none`.
    pub(crate) preset: Text,
    /// Optional, default false: take over alarms of these names that exist and belong to another resource or to nobody.
    pub(crate) adopt_existing: Flag,
    /// Required, may be empty: the alarm actions, by severity. The catalogue uses `warning` and `critical`; alarms of a severity that is not here
    /// are not created. Keys are `[A-Za-z0-9_-]{1,64}`.
    pub(crate) severities: Map<SeverityActions>,
    /// Optional: values for what the catalogue, or an extra alarm, leaves open.
    pub(crate) defaults: Value<Defaults>,
    /// Optional: Lambda functions to watch, by target name `[A-Za-z0-9_-]{1,64}` (as for every kind of target).
    #[serde(deserialize_with = "map_by_element")]
    pub(crate) lambda: Map<LambdaTarget>,
    /// Optional: API Gateway REST API stages to watch.
    pub(crate) api_gateway: Map<ApiGatewayTarget>,
    /// Optional: S3 buckets to watch; each needs a request-metrics configuration.
    pub(crate) s3: Map<S3Target>,
    /// Optional: CloudFront distributions to watch; the bundle must be in `us-east-1`.
    pub(crate) cloudfront: Map<CloudFrontTarget>,
    /// Optional: Cognito user-pool clients to watch.
    pub(crate) cognito: Map<CognitoTarget>,
    /// Optional: Network Load Balancers to watch, one target group each.
    pub(crate) nlb: Map<NlbTarget>,
    /// Optional: MongoDB clusters measured by the mongo-probe handler.
    pub(crate) mongodb: Map<MongoDbTarget>,
    /// Optional: VPC flow logs read by the flow-log-guard handler.
    pub(crate) flow_logs: Map<FlowLogsTarget>,
    /// Optional: dump schedules; a dump that is missing for too long is an alarm.
    pub(crate) mongo_dump: Map<MongoDumpTarget>,
    /// Optional: user pools; an export of users that is missing for too long is an alarm.
    pub(crate) cognito_export: Map<CognitoExportTarget>,
    /// Optional: buckets of files whose abandoned uploads the upload-janitor handler removes.
    pub(crate) upload_janitor: Map<UploadJanitorTarget>,
    /// Optional: secrets that the secret-rotation handler rotates.
    pub(crate) secret_rotation: Map<SecretRotationTarget>,
    /// Optional: write paths of a CDN that the origin-failover handler switches; the bundle must be in that function's region.
    pub(crate) origin_failover: Map<OriginFailoverTarget>,
    /// Optional: partial changes of catalogue alarms, by `<service>/<target>/<alarm>`; `*` stands for one whole segment. Stronger than the
    /// catalogue: more `*` before fewer, exact last; within one, `warning` and `critical` last.
    #[serde(deserialize_with = "map_by_element")]
    pub(crate) overrides: Map<Override>,
    /// Optional: alarms on any metric or expression, by name `[A-Za-z0-9_-]{1,64}`. Key: `extra/<name>/<severity>`.
    #[serde(deserialize_with = "map_by_element")]
    pub(crate) extra_alarms: Map<ExtraAlarm>,
    /// Optional, default none: one composite alarm over all the alarms of one severity, named `<name>/composite/<severity>`.
    pub(crate) composite: Value<Composite>,
    /// Optional: tags of every alarm, stronger than the provider's `default_tags`.
    pub(crate) tags: Map<String>,
    /// Computed: `tags` and the provider's `default_tags` together.
    pub(crate) tags_all: Map<String>,
    /// Optional, default false: whether `dashboard_body` is filled.
    pub(crate) dashboard: Flag,
    /// Computed: body of a CloudWatch dashboard with every metric and threshold of the bundle, JSON; null unless `dashboard` is true.
    pub(crate) dashboard_body: Text,
    /// Computed: what watches each documented metric of each target, by `<service>/<target>/<metric>`: `alarm: ...`, `off: ...`,
    /// `needs ...` or `graph`.
    #[serde(deserialize_with = "map_by_element")]
    pub(crate) coverage: Map<String>,
    /// Computed: the alarms by key `<service>/<target>/<alarm>/<severity>` or `extra/<name>/<severity>`.
    #[serde(deserialize_with = "map_by_element")]
    pub(crate) alarms: Map<Alarm>,
    /// Computed: the composite alarm, null when there is none.
    pub(crate) composite_alarm: Value<CompositeAlarm>,
    /// Optional: how long create, update and delete may take.
    pub(crate) timeouts: Value<Timeouts>,
}

/// `severities["..."]`: at most five actions a state.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct SeverityActions {
    /// Optional, default none: ARNs of the actions for the `ALARM` state.
    pub(crate) alarm_actions: Set,
    /// Optional, default none: ARNs of the actions for the `OK` state.
    pub(crate) ok_actions: Set,
    /// Optional, default none: ARNs of the actions for the `INSUFFICIENT_DATA` state. Never put a pager here.
    pub(crate) insufficient_data_actions: Set,
}

impl SeverityActions {
    /// The three lists, in the order of their attributes.
    pub(crate) fn lists(&self) -> [&Set; 3] {
        [&self.alarm_actions, &self.ok_actions, &self.insufficient_data_actions]
    }
}

/// `defaults`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Defaults {
    /// Optional, default `notBreaching`: `breaching`, `notBreaching`, `ignore` or `missing`.
    pub(crate) treat_missing_data: Text,
    /// Optional, default 20: requests in a period below which a rate gives no datapoint.
    pub(crate) min_requests: Number,
    /// Optional, default none: link in every description; `{key}` becomes the alarm's key. Starts with `https://` or `http://`.
    pub(crate) runbook_url: Text,
}

/// `lambda["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct LambdaTarget {
    /// Required: name of the function, not its ARN.
    pub(crate) function_name: Text,
    /// Optional: alias the callers use; null watches the whole function.
    pub(crate) alias: Text,
    /// Optional: the function's timeout, 1-900; the duration alarms exist only with it.
    pub(crate) timeout_seconds: Number,
    /// Optional: reserved concurrent executions; the concurrency alarms exist only with it. -1 means null.
    pub(crate) reserved_concurrency: Number,
}

/// `api_gateway["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct ApiGatewayTarget {
    /// Required: name of the REST API, not its id.
    pub(crate) api_name: Text,
    /// Required: stage.
    pub(crate) stage: Text,
    /// Optional, default false: whether the stage has a cache.
    pub(crate) cache_enabled: Flag,
    /// Optional: expected peak in requests a minute; the request_count alarm exists only with it.
    pub(crate) expected_peak_rpm: Number,
}

/// `s3["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct S3Target {
    /// Required: name of the bucket.
    pub(crate) bucket: Text,
    /// Required: id of its request-metrics configuration.
    pub(crate) filter_id: Text,
}

/// `cloudfront["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct CloudFrontTarget {
    /// Required: id of the distribution.
    pub(crate) distribution_id: Text,
    /// Optional, default false: whether its additional metrics are on; the origin_latency alarm exists only then.
    pub(crate) additional_metrics: Flag,
    /// Optional, default 30 (CloudFront's own): response timeout of the origin, 1-180.
    pub(crate) origin_read_timeout_seconds: Number,
}

/// `cognito["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct CognitoTarget {
    /// Required: id of the user pool.
    pub(crate) user_pool_id: Text,
    /// Required: id of the app client.
    pub(crate) client_id: Text,
    /// Optional: federated identity provider; the federation alarms exist only with it.
    pub(crate) identity_provider: Text,
}

/// `nlb["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct NlbTarget {
    /// Required: `net/<name>/<id>`, the load balancer's `arn_suffix`.
    pub(crate) load_balancer: Text,
    /// Required: `targetgroup/<name>/<id>`, the target group's `arn_suffix`.
    pub(crate) target_group: Text,
}

/// `mongodb["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct MongoDbTarget {
    /// Required: name of the cluster.
    pub(crate) cluster: Text,
}

/// `flow_logs["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct FlowLogsTarget {
    /// Required: log group of the flow log.
    pub(crate) flow_log_group: Text,
}

/// `mongo_dump["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct MongoDumpTarget {
    /// Required: name of the schedule.
    pub(crate) schedule_name: Text,
    /// Required: most hours without a complete dump, whole, 1-168.
    pub(crate) max_age_hours: Number,
}

/// `cognito_export["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct CognitoExportTarget {
    /// Required: id of the user pool.
    pub(crate) user_pool_id: Text,
    /// Required: hours without a complete export, at most.
    pub(crate) max_age_hours: Number,
}

/// `upload_janitor["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct UploadJanitorTarget {
    /// Required: name of the bucket.
    pub(crate) bucket: Text,
}

/// `secret_rotation["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct SecretRotationTarget {
    /// Required: name of the secret.
    pub(crate) secret_name: Text,
    /// Required: maximum age of the current value in days, whole, 1-1000.
    pub(crate) max_age_days: Number,
}

/// `origin_failover["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct OriginFailoverTarget {
    /// Required: id of the distribution, or name of the record.
    pub(crate) write_path: Text,
}

macro_rules! override_fields {
    ($(#[$meta:meta])* $name:ident { $($(#[$extra_meta:meta])* $extra:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
        pub(crate) struct $name {
            /// Optional, default true: false means not created; coverage says `off`.
            pub(crate) enabled: Flag,
            /// Optional: threshold in the alarm's unit: percent for rates, milliseconds for durations, otherwise a count.
            pub(crate) threshold: Number,
            /// Optional: seconds, a multiple of 60.
            pub(crate) period: Number,
            /// Optional: number of periods looked at; alone, it moves `datapoints_to_alarm` with it.
            pub(crate) evaluation_periods: Number,
            /// Optional, default `evaluation_periods`: how many of them must breach.
            pub(crate) datapoints_to_alarm: Number,
            /// Optional: `breaching`, `notBreaching`, `ignore` or `missing`.
            pub(crate) treat_missing_data: Text,
            /// Optional: `GreaterThanThreshold`, `GreaterThanOrEqualToThreshold`, `LessThanThreshold` or `LessThanOrEqualToThreshold`.
            pub(crate) comparison_operator: Text,
            /// Optional: statistic (`Sum`, `p99`) the metric has; not for an alarm on an expression.
            pub(crate) statistic: Text,
            /// Optional: requests in a period below which a rate gives no datapoint.
            pub(crate) min_requests: Number,
            /// Optional: replaces the catalogue's sentences; the runbook line still follows.
            pub(crate) description: Text,
            /// Optional: replaces `defaults.runbook_url`.
            pub(crate) runbook_url: Text,
            /// Optional, default true, or false under `composite.mute_children`.
            pub(crate) actions_enabled: Flag,
            /// Optional: replaces the severity's.
            pub(crate) alarm_actions: Set,
            /// Optional: replaces the severity's.
            pub(crate) ok_actions: Set,
            /// Optional: replaces the severity's.
            pub(crate) insufficient_data_actions: Set,
            $($(#[$extra_meta])* pub(crate) $extra: $type,)*
        }
    };
}

override_fields! {
    /// `overrides["..."].warning` and `.critical`: the common fields, for one severity.
    OverrideFields {}
}

override_fields! {
    /// `overrides["..."]`: the common fields, and the same again for one severity.
    Override {
        /// Optional: for the warning alarm only.
        warning: Value<OverrideFields>,
        /// Optional: for the critical alarm only.
        critical: Value<OverrideFields>,
    }
}

impl Override {
    /// The common fields.
    pub(crate) fn common(&self) -> OverrideFields {
        let own = self.clone();
        OverrideFields {
            enabled: own.enabled,
            threshold: own.threshold,
            period: own.period,
            evaluation_periods: own.evaluation_periods,
            datapoints_to_alarm: own.datapoints_to_alarm,
            treat_missing_data: own.treat_missing_data,
            comparison_operator: own.comparison_operator,
            statistic: own.statistic,
            min_requests: own.min_requests,
            description: own.description,
            runbook_url: own.runbook_url,
            actions_enabled: own.actions_enabled,
            alarm_actions: own.alarm_actions,
            ok_actions: own.ok_actions,
            insufficient_data_actions: own.insufficient_data_actions,
        }
    }
}

/// `extra_alarms["..."]`: one metric (`namespace`, `metric_name`, `statistic`), or `metrics` and `expression`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct ExtraAlarm {
    /// Required: a key of `severities`.
    pub(crate) severity: Text,
    /// Required without `metrics`.
    pub(crate) namespace: Text,
    /// Required without `metrics`.
    pub(crate) metric_name: Text,
    /// Optional, default none: dimensions of the metric.
    pub(crate) dimensions: Map<String>,
    /// Required without `metrics`: `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or extended such as `p99`, `TM(10%:90%)`.
    pub(crate) statistic: Text,
    /// Optional: metrics of an expression by id (`[a-z][A-Za-z0-9_]*`, not `expr`), at most ten.
    pub(crate) metrics: Map<ExtraMetric>,
    /// Required with `metrics`: metric math over their ids, giving one time series; no SEARCH.
    pub(crate) expression: Text,
    /// Optional, default 60: seconds; 10, 20, 30 (high-resolution metrics) or a multiple of 60. With `metrics`, the default of each.
    pub(crate) period: Number,
    /// Optional, default 1: number of periods looked at.
    pub(crate) evaluation_periods: Number,
    /// Optional, default `evaluation_periods`: how many of them must breach.
    pub(crate) datapoints_to_alarm: Number,
    /// Required: `GreaterThanThreshold`, `GreaterThanOrEqualToThreshold`, `LessThanThreshold` or `LessThanOrEqualToThreshold`.
    pub(crate) comparison_operator: Text,
    /// Required: threshold.
    pub(crate) threshold: Number,
    /// Optional, default `defaults.treat_missing_data`.
    pub(crate) treat_missing_data: Text,
    /// Optional: `evaluate` or `ignore`, for a percentile only.
    pub(crate) evaluate_low_sample_count_percentile: Text,
    /// Optional: CloudWatch unit; only datapoints of that unit are looked at. Not with `metrics`.
    pub(crate) unit: Text,
    /// Optional, default made from the definition: first lines of the description; the runbook line follows.
    pub(crate) description: Text,
    /// Optional, default `defaults.runbook_url`.
    pub(crate) runbook_url: Text,
    /// Optional, default true, or false under `composite.mute_children`.
    pub(crate) actions_enabled: Flag,
    /// Optional, default the severity's.
    pub(crate) alarm_actions: Set,
    /// Optional, default the severity's.
    pub(crate) ok_actions: Set,
    /// Optional, default the severity's.
    pub(crate) insufficient_data_actions: Set,
}

/// `extra_alarms["..."].metrics["..."]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct ExtraMetric {
    /// Required.
    pub(crate) namespace: Text,
    /// Required.
    pub(crate) metric_name: Text,
    /// Optional, default none.
    pub(crate) dimensions: Map<String>,
    /// Required.
    pub(crate) statistic: Text,
    /// Optional, default the alarm's `period`.
    pub(crate) period: Number,
}

/// `composite`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Composite {
    /// Required: a key of `severities`; its alarms are the children, its actions the composite's.
    pub(crate) severity: Text,
    /// Optional, default false: create the children with their actions off, so that only the composite tells anybody.
    pub(crate) mute_children: Flag,
    /// Optional: an alarm that silences the composite while it fires.
    pub(crate) actions_suppressor: Value<Suppressor>,
}

/// `composite.actions_suppressor` and `composite_alarm.suppressor`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Suppressor {
    /// Required: name or ARN of the alarm.
    pub(crate) alarm: Text,
    /// Required: seconds the composite waits for the suppressor before it tells anybody.
    pub(crate) wait_period_seconds: Number,
    /// Required: seconds it stays silent after the suppressor has returned to `OK`.
    pub(crate) extension_period_seconds: Number,
}

/// `alarms["..."]`: all computed. Null where CloudWatch has no such field for that kind of alarm.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Alarm {
    /// `<bundle name>/<key>`.
    pub(crate) name: Text,
    /// Known after apply: it holds the account id.
    pub(crate) arn: Text,
    /// Sentences, and a runbook line if there is one; without the marker.
    pub(crate) description: Text,
    /// Last segment of the key.
    pub(crate) severity: Text,
    /// Null for an expression.
    pub(crate) namespace: Text,
    /// Null for an expression.
    pub(crate) metric_name: Text,
    /// Null for an expression.
    pub(crate) dimensions: Map<String>,
    /// `Sum` ... or extended such as `p99`. Null for an expression.
    pub(crate) statistic: Text,
    /// Metrics of the expression by id. Null for a single metric.
    pub(crate) metrics: Map<AlarmMetric>,
    /// Null for a single metric.
    pub(crate) expression: Text,
    /// Seconds. Null for an expression, whose metrics have their own.
    pub(crate) period: Number,
    /// Periods looked at.
    pub(crate) evaluation_periods: Number,
    /// Number of data points that must breach.
    pub(crate) datapoints_to_alarm: Number,
    /// CloudWatch's operator.
    pub(crate) comparison_operator: Text,
    /// Threshold.
    pub(crate) threshold: Number,
    /// Treatment of missing data.
    pub(crate) treat_missing_data: Text,
    /// Null unless set.
    pub(crate) evaluate_low_sample_count_percentile: Text,
    /// Null unless set.
    pub(crate) unit: Text,
    /// Null for the sliding window, the only one a bundle makes; `wall_clock` when somebody set it by hand.
    pub(crate) evaluation_window: Text,
    /// Whether the actions are on.
    pub(crate) actions_enabled: Flag,
    /// ARNs.
    pub(crate) alarm_actions: Set,
    /// ARNs.
    pub(crate) ok_actions: Set,
    /// ARNs.
    pub(crate) insufficient_data_actions: Set,
}

/// `alarms["..."].metrics["..."]`: all computed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct AlarmMetric {
    /// Namespace.
    pub(crate) namespace: Text,
    /// Name.
    pub(crate) metric_name: Text,
    /// Dimensions.
    pub(crate) dimensions: Map<String>,
    /// Statistic.
    pub(crate) statistic: Text,
    /// Seconds.
    pub(crate) period: Number,
}

/// `composite_alarm`: all computed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct CompositeAlarm {
    /// `<bundle name>/composite/<severity>`.
    pub(crate) name: Text,
    /// Known after apply.
    pub(crate) arn: Text,
    /// A sentence; without the marker.
    pub(crate) description: Text,
    /// `ALARM("<name>") OR ...`.
    pub(crate) rule: Text,
    /// Whether the actions are on.
    pub(crate) actions_enabled: Flag,
    /// ARNs.
    pub(crate) alarm_actions: Set,
    /// ARNs.
    pub(crate) ok_actions: Set,
    /// ARNs.
    pub(crate) insufficient_data_actions: Set,
    /// Null when there is none.
    pub(crate) suppressor: Value<Suppressor>,
}

/// `timeouts`: durations such as `30m`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Timeouts {
    /// Optional, default `30m`.
    pub(crate) create: Text,
    /// Optional, default `30m`.
    pub(crate) update: Text,
    /// Optional, default `15m`.
    pub(crate) delete: Text,
}

/// One parameter of a target as typed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ParamValue {
    /// A name or an id.
    Text(Text),
    /// A number.
    Number(Number),
    /// A flag.
    Flag(Flag),
}

/// A kind of target, read by parameter.
pub(crate) trait TargetFields {
    /// The service.
    const SERVICE: Service;

    /// The parameters, in the catalogue's order.
    fn params(&self) -> Vec<(Param, ParamValue)>;
}

macro_rules! target_fields {
    ($type:ident, $service:ident, { $($field:ident: $kind:ident = $param:ident),* $(,)? }) => {
        impl TargetFields for $type {
            const SERVICE: Service = Service::$service;

            fn params(&self) -> Vec<(Param, ParamValue)> {
                vec![$((Param::$param, ParamValue::$kind(self.$field.clone())),)*]
            }
        }
    };
}

target_fields!(LambdaTarget, Lambda, {
    function_name: Text = FunctionName,
    alias: Text = Alias,
    timeout_seconds: Number = TimeoutSeconds,
    reserved_concurrency: Number = ReservedConcurrency,
});
target_fields!(ApiGatewayTarget, ApiGateway, {
    api_name: Text = ApiName,
    stage: Text = Stage,
    cache_enabled: Flag = CacheEnabled,
    expected_peak_rpm: Number = ExpectedPeakRpm,
});
target_fields!(S3Target, S3, { bucket: Text = Bucket, filter_id: Text = FilterId });
target_fields!(CloudFrontTarget, CloudFront, {
    distribution_id: Text = DistributionId,
    additional_metrics: Flag = AdditionalMetrics,
    origin_read_timeout_seconds: Number = OriginReadTimeoutSeconds,
});
target_fields!(CognitoTarget, Cognito, {
    user_pool_id: Text = UserPoolId,
    client_id: Text = ClientId,
    identity_provider: Text = IdentityProvider,
});
target_fields!(NlbTarget, Nlb, { load_balancer: Text = LoadBalancer, target_group: Text = TargetGroup });
target_fields!(MongoDbTarget, MongoDb, { cluster: Text = Cluster });
target_fields!(FlowLogsTarget, FlowLogs, { flow_log_group: Text = FlowLogGroup });
target_fields!(MongoDumpTarget, MongoDump, { schedule_name: Text = ScheduleName, max_age_hours: Number = MaxAgeHours });
target_fields!(CognitoExportTarget, CognitoExport, { user_pool_id: Text = UserPoolId, max_age_hours: Number = MaxAgeHours });
target_fields!(UploadJanitorTarget, UploadJanitor, { bucket: Text = Bucket });
target_fields!(SecretRotationTarget, SecretRotation, { secret_name: Text = SecretName, max_age_days: Number = MaxAgeDays });
target_fields!(OriginFailoverTarget, OriginFailover, { write_path: Text = WritePath });

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use provider_kit::Tree;

    use super::*;

    #[test]
    fn a_set_has_known_values_once_and_every_unknown_one() {
        let known = |text: &str| Value::Value(text.to_owned());
        let set: Elements = [known("b"), Value::Unknown, known("a"), Value::Unknown, known("b")]
            .into_iter()
            .collect();
        assert_eq!(Tree::encode(&set).unwrap().decode::<Elements>().unwrap(), set);
        assert_eq!(set.iter().filter(|element| element.is_unknown()).count(), 2);
        assert_eq!(set.iter().filter(|element| element.is_value()).count(), 2);
    }
}
