//! The words users type: services, target parameters, presets, severities.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A name that is none of the allowed ones.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name:?} is not a {kind}; known are {}", allowed.join(", "))]
pub struct UnknownName {
    /// What was asked for: `service`, `preset`, `severity`.
    pub kind: &'static str,
    /// The name as it was given.
    pub name: String,
    /// The names that exist.
    pub allowed: Vec<&'static str>,
}

macro_rules! named {
    ($type:ident, $kind:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .into_iter()
                    .find(|known| known.name() == name)
                    .ok_or_else(|| UnknownName {
                        kind: $kind,
                        name: name.to_owned(),
                        allowed: Self::ALL.iter().map(|known| known.name()).collect(),
                    })
            }
        }
    };
}

/// A kind of target: one attribute of the bundle, first segment of an alarm key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// AWS Lambda functions.
    Lambda,
    /// Amazon API Gateway REST APIs.
    ApiGateway,
    /// Amazon S3 buckets with a request-metrics configuration.
    S3,
    /// Amazon CloudFront distributions.
    #[serde(rename = "cloudfront")]
    CloudFront,
    /// Amazon Cognito user-pool clients.
    Cognito,
    /// Network Load Balancers, one target group each.
    Nlb,
    /// MongoDB clusters, measured by the mongo-probe handler.
    #[serde(rename = "mongodb")]
    MongoDb,
    /// VPC flow logs, read by the flow-log-guard handler.
    FlowLogs,
    /// Dump schedules, reported by the mongo-dump handler.
    MongoDump,
    /// User pools, exported by the cognito-export handler.
    CognitoExport,
    /// Buckets of files, cleaned by the upload-janitor handler.
    UploadJanitor,
    /// Secrets, rotated by the secret-rotation handler.
    SecretRotation,
    /// Write paths of a CDN, switched by the origin-failover handler.
    OriginFailover,
}

impl Service {
    /// Every service, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::Lambda,
        Self::ApiGateway,
        Self::S3,
        Self::CloudFront,
        Self::Cognito,
        Self::Nlb,
        Self::MongoDb,
        Self::FlowLogs,
        Self::MongoDump,
        Self::CognitoExport,
        Self::UploadJanitor,
        Self::SecretRotation,
        Self::OriginFailover,
    ];

    /// The name as users type it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lambda => "lambda",
            Self::ApiGateway => "api_gateway",
            Self::S3 => "s3",
            Self::CloudFront => "cloudfront",
            Self::Cognito => "cognito",
            Self::Nlb => "nlb",
            Self::MongoDb => "mongodb",
            Self::FlowLogs => "flow_logs",
            Self::MongoDump => "mongo_dump",
            Self::CognitoExport => "cognito_export",
            Self::UploadJanitor => "upload_janitor",
            Self::SecretRotation => "secret_rotation",
            Self::OriginFailover => "origin_failover",
        }
    }

    /// The name as people say it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Lambda => "AWS Lambda",
            Self::ApiGateway => "Amazon API Gateway (REST)",
            Self::S3 => "Amazon S3",
            Self::CloudFront => "Amazon CloudFront",
            Self::Cognito => "Amazon Cognito",
            Self::Nlb => "Network Load Balancer",
            Self::MongoDb => "MongoDB (mongo-probe handler)",
            Self::FlowLogs => "VPC flow logs (flow-log-guard handler)",
            Self::MongoDump => "MongoDB dumps (mongo-dump handler)",
            Self::CognitoExport => "Exports of users (cognito-export handler)",
            Self::UploadJanitor => "Abandoned uploads (upload-janitor handler)",
            Self::SecretRotation => "Secrets (secret-rotation handler)",
            Self::OriginFailover => "Write path of the CDN (origin-failover handler)",
        }
    }

    /// The parameters of a target, in the order of the documentation.
    #[must_use]
    pub const fn params(self) -> &'static [Param] {
        match self {
            Self::Lambda => &[
                Param::FunctionName,
                Param::Alias,
                Param::TimeoutSeconds,
                Param::ReservedConcurrency,
            ],
            Self::ApiGateway => &[
                Param::ApiName,
                Param::Stage,
                Param::CacheEnabled,
                Param::ExpectedPeakRpm,
            ],
            Self::S3 => &[Param::Bucket, Param::FilterId],
            Self::CloudFront => &[
                Param::DistributionId,
                Param::AdditionalMetrics,
                Param::OriginReadTimeoutSeconds,
            ],
            Self::Cognito => &[Param::UserPoolId, Param::ClientId, Param::IdentityProvider],
            Self::Nlb => &[Param::LoadBalancer, Param::TargetGroup],
            Self::MongoDb => &[Param::Cluster],
            Self::FlowLogs => &[Param::FlowLogGroup],
            Self::MongoDump => &[Param::ScheduleName, Param::MaxAgeHours],
            Self::CognitoExport => &[Param::UserPoolId, Param::MaxAgeHours],
            Self::UploadJanitor => &[Param::Bucket],
            Self::SecretRotation => &[Param::SecretName, Param::MaxAgeDays],
            Self::OriginFailover => &[Param::WritePath],
        }
    }

    /// The requirement this service's alarms answer.
    #[must_use]
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::Lambda => "C2",
            Self::ApiGateway => "C5",
            Self::S3 => "C3",
            Self::CloudFront => "C4",
            Self::Cognito => "C6",
            Self::Nlb => "B7",
            Self::MongoDb => "C1",
            Self::FlowLogs => "C7",
            Self::MongoDump => "C8",
            Self::CognitoExport => "F3",
            Self::UploadJanitor => "A1",
            Self::SecretRotation => "D2",
            Self::OriginFailover => "F5",
        }
    }
}

named!(Service, "service");

/// What a parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// A name or an id.
    Text,
    /// A number.
    Number,
    /// true or false; null means false.
    Flag,
}

/// A parameter of a target, named as its attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Param {
    /// Lambda: name of the function (not its ARN).
    FunctionName,
    /// Lambda: alias the callers use.
    Alias,
    /// Lambda: timeout of the function in seconds.
    TimeoutSeconds,
    /// Lambda: reserved concurrent executions of the function.
    ReservedConcurrency,
    /// API Gateway: name (not id) of the REST API.
    ApiName,
    /// API Gateway: stage.
    Stage,
    /// API Gateway: whether the stage has a cache.
    CacheEnabled,
    /// API Gateway: expected peak, in requests a minute.
    ExpectedPeakRpm,
    /// S3 and upload-janitor: bucket.
    Bucket,
    /// S3: id of the bucket's request-metrics configuration.
    FilterId,
    /// CloudFront: id of the distribution.
    DistributionId,
    /// CloudFront: whether the paid additional metrics are on.
    AdditionalMetrics,
    /// CloudFront: origin response timeout in seconds.
    OriginReadTimeoutSeconds,
    /// Cognito: id of the user pool.
    UserPoolId,
    /// Cognito: id of the app client.
    ClientId,
    /// Cognito: name of the federated identity provider.
    IdentityProvider,
    /// NLB: last part of the load balancer's ARN.
    LoadBalancer,
    /// NLB: last part of the target group's ARN.
    TargetGroup,
    /// MongoDB: name of the cluster.
    Cluster,
    /// Flow logs: log group of the flow log.
    FlowLogGroup,
    /// Dumps: name of the schedule.
    ScheduleName,
    /// Dumps: most hours between two complete dumps.
    MaxAgeHours,
    /// Secret: name.
    SecretName,
    /// Secret: the oldest that its value may be, in days.
    MaxAgeDays,
    /// Write path: id of the distribution, or name of the record.
    WritePath,
}

impl Param {
    /// The attribute's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FunctionName => "function_name",
            Self::Alias => "alias",
            Self::TimeoutSeconds => "timeout_seconds",
            Self::ReservedConcurrency => "reserved_concurrency",
            Self::ApiName => "api_name",
            Self::Stage => "stage",
            Self::CacheEnabled => "cache_enabled",
            Self::ExpectedPeakRpm => "expected_peak_rpm",
            Self::Bucket => "bucket",
            Self::FilterId => "filter_id",
            Self::DistributionId => "distribution_id",
            Self::AdditionalMetrics => "additional_metrics",
            Self::OriginReadTimeoutSeconds => "origin_read_timeout_seconds",
            Self::UserPoolId => "user_pool_id",
            Self::ClientId => "client_id",
            Self::IdentityProvider => "identity_provider",
            Self::LoadBalancer => "load_balancer",
            Self::TargetGroup => "target_group",
            Self::Cluster => "cluster",
            Self::FlowLogGroup => "flow_log_group",
            Self::ScheduleName => "schedule_name",
            Self::MaxAgeHours => "max_age_hours",
            Self::SecretName => "secret_name",
            Self::MaxAgeDays => "max_age_days",
            Self::WritePath => "write_path",
        }
    }

    /// Whether every target must set it.
    #[must_use]
    pub const fn required(self) -> bool {
        !matches!(
            self,
            Self::Alias
                | Self::TimeoutSeconds
                | Self::ReservedConcurrency
                | Self::CacheEnabled
                | Self::ExpectedPeakRpm
                | Self::AdditionalMetrics
                | Self::OriginReadTimeoutSeconds
                | Self::IdentityProvider
        )
    }

    /// What it holds.
    #[must_use]
    pub const fn kind(self) -> ParamKind {
        match self {
            Self::TimeoutSeconds
            | Self::ReservedConcurrency
            | Self::ExpectedPeakRpm
            | Self::OriginReadTimeoutSeconds
            | Self::MaxAgeHours
            | Self::MaxAgeDays => ParamKind::Number,
            Self::CacheEnabled | Self::AdditionalMetrics => ParamKind::Flag,
            _ => ParamKind::Text,
        }
    }

    /// The number used when the parameter is null; `None` where null has a meaning of its own.
    #[must_use]
    pub const fn default_number(self) -> Option<u32> {
        match self {
            // CloudFront's own default response timeout (CloudFront Developer Guide, origin settings).
            Self::OriginReadTimeoutSeconds => Some(30),
            _ => None,
        }
    }

    /// The least and the largest number it takes, and whether it must be whole.
    #[must_use]
    pub const fn range(self) -> Option<(u32, u32)> {
        match self {
            // Lambda quotas: function timeout.
            Self::TimeoutSeconds => Some((1, 900)),
            // 0 is how a function is switched off.
            Self::ReservedConcurrency => Some((0, 1_000_000)),
            Self::ExpectedPeakRpm => Some((1, 1_000_000_000)),
            // CloudFront quotas: 1-60 s, up to 180 s by a quota increase.
            Self::OriginReadTimeoutSeconds => Some((1, 180)),
            // 168 periods of an hour are the longest window CloudWatch evaluates (604,800 s).
            Self::MaxAgeHours => Some((1, 168)),
            // Secrets Manager rotates at least every 1000 days.
            Self::MaxAgeDays => Some((1, 1000)),
            _ => None,
        }
    }

    /// One sentence for the schema and the documentation.
    #[must_use]
    pub const fn doc(self) -> &'static str {
        match self {
            Self::FunctionName => "Name (not the ARN) of the function.",
            Self::Alias => {
                "Alias that callers invoke. If set, the alarms use the metrics of the alias (dimension Resource = \
                 `<function>:<alias>`); if null, those of the whole function."
            }
            Self::TimeoutSeconds => "Timeout of the function in seconds, 1 to 900. Required for the duration alarms.",
            Self::ReservedConcurrency => {
                "Reserved concurrent executions of the function. Required for the concurrency alarms. -1, the value \
                 of `aws_lambda_function` without a reservation, is the same as null."
            }
            Self::ApiName => "Name (not the ID) of the REST API: the CloudWatch dimension is the name.",
            Self::Stage => "Stage of the API.",
            Self::CacheEnabled => {
                "Whether API caching is enabled for the stage. If true, cache hits and misses are graphed. Default: \
                 false."
            }
            Self::ExpectedPeakRpm => {
                "Expected peak traffic in requests per minute. Required for the request_count alarm."
            }
            Self::Bucket => "Name of the bucket.",
            Self::FilterId => {
                "ID of the request metrics configuration of the bucket (`aws_s3_bucket_metric`). Without it S3 \
                 publishes no request metrics."
            }
            Self::DistributionId => "ID of the distribution. The bundle must be in us-east-1.",
            Self::AdditionalMetrics => {
                "Whether additional metrics are enabled for the distribution \
                 (`aws_cloudfront_monitoring_subscription`, at extra cost). Required for the origin_latency alarm. \
                 Default: false."
            }
            Self::OriginReadTimeoutSeconds => {
                "Response timeout of the origin in seconds, 1 to 180. Default: 30, as in CloudFront."
            }
            Self::UserPoolId => "ID of the user pool.",
            Self::ClientId => {
                "ID of the app client. Can also be `Admin` or `Invalid`, which Cognito uses as client \
                names in metrics."
            }
            Self::IdentityProvider => "Name of the federated identity provider. Required for the federation alarms.",
            Self::LoadBalancer => "`arn_suffix` of the load balancer: `net/<name>/<id>`.",
            Self::TargetGroup => "`arn_suffix` of the target group: `targetgroup/<name>/<id>`.",
            Self::Cluster => "Name of the cluster, as in the metrics of the mongo-probe function.",
            Self::FlowLogGroup => {
                "Name of the log group of the flow log, as in the metrics of the flow-log-guard \
                function."
            }
            Self::ScheduleName => "Name of the dump schedule, as in the metrics of the mongo-dump function.",
            Self::MaxAgeHours => "Maximum number of hours between complete dumps or exports. Whole number, 1 to 168.",
            Self::SecretName => "Name (not the ARN) of the secret.",
            Self::MaxAgeDays => {
                "Maximum age of the current value in days. Whole number, 1 to 1000. Set it to the rotation interval \
                 plus a few days."
            }
            Self::WritePath => {
                "ID of the distribution, or name of the record, as in the metrics of the origin-failover function."
            }
        }
    }
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of alarms with thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// The alarms of this platform: two severities, percent thresholds, low-traffic gates.
    #[default]
    Platform,
    /// AWS's published recommendations.
    AwsRecommended,
    /// No catalogue alarm: dashboard, coverage and extra alarms only.
    None,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 3] = [Self::Platform, Self::AwsRecommended, Self::None];

    /// The name as users type it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::AwsRecommended => "aws_recommended",
            Self::None => "none",
        }
    }
}

named!(Preset, "preset");

/// A severity the catalogue uses. Bundles may have others, for extra alarms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Look at it during working hours.
    Warning,
    /// Somebody must act now.
    Critical,
}

impl Severity {
    /// Every severity of the catalogue.
    pub const ALL: [Self; 2] = [Self::Warning, Self::Critical];

    /// The name as users type it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

named!(Severity, "severity");
