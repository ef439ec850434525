//! The provider's configuration: as typed, then validated once.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use atlas_client::AtlasConfig;
use provider_kit::{Attr, Num, Schema};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::config_failures as failures;
use super::region::{is_region, region_is_malformed};
use super::tags::check_tags;

/// CloudWatch's default quota for PutMetricAlarm, per account and region.
/// Source: "CloudWatch service quotas", PutMetricAlarm: 3 per second.
const ALARM_WRITES_PER_SECOND: i64 = 3;

/// Calls per second that make sense. Our choice: one write in 100 s at least, and no more than any account's quota.
const WRITE_RATES: RangeInclusive<f64> = 0.01..=1000.0;

/// Name of the sessions in roles, visible in CloudTrail, where nothing else is configured.
pub(crate) const SESSION_NAME: &str = "lectern";

/// The configuration as Terraform hands it over; every leaf may be null or unknown.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Typed {
    region: Value<String>,
    profile: Value<String>,
    allowed_account_ids: Value<Vec<Value<String>>>,
    assume_role: Value<TypedAssumeRole>,
    endpoints: Value<TypedEndpoints>,
    default_tags: Value<BTreeMap<String, Value<String>>>,
    alarm_writes_per_second: Value<Num>,
    atlas: Value<TypedAtlas>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct TypedAssumeRole {
    role_arn: Value<String>,
    session_name: Value<String>,
    external_id: Value<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct TypedEndpoints {
    cloudwatch: Value<String>,
    lambda: Value<String>,
    resourcegroupstaggingapi: Value<String>,
    s3: Value<String>,
    scheduler: Value<String>,
    sts: Value<String>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct TypedAtlas {
    base_url: Value<String>,
    public_key: Value<String>,
    private_key: Value<String>,
    client_id: Value<String>,
    client_secret: Value<String>,
}

/// Without the secrets.
impl fmt::Debug for TypedAtlas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedAtlas")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// A setting that may not be known until apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Setting<T> {
    /// Known.
    Known(T),
    /// Comes from a resource that does not exist yet.
    Unknown,
}

impl<T> Default for Setting<Option<T>> {
    fn default() -> Self {
        Self::Known(None)
    }
}

/// The role to assume before any other call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AssumeRole {
    pub(crate) role_arn: String,
    pub(crate) session_name: String,
    pub(crate) external_id: Option<String>,
}

/// How to reach Atlas, as far as the provider block says; the environment fills in the rest when a call needs it.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct AtlasSettings {
    pub(crate) base_url: Setting<Option<String>>,
    pub(crate) public_key: Setting<Option<String>>,
    pub(crate) private_key: Setting<Option<String>>,
    pub(crate) client_id: Setting<Option<String>>,
    pub(crate) client_secret: Setting<Option<String>>,
}

/// Without the secrets.
impl fmt::Debug for AtlasSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AtlasSettings")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// The configuration, checked. What may be unknown at plan says so in its type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    pub(crate) region: Setting<Option<String>>,
    pub(crate) profile: Setting<Option<String>>,
    pub(crate) allowed_account_ids: Setting<Vec<String>>,
    pub(crate) assume_role: Setting<Option<AssumeRole>>,
    pub(crate) cloudwatch_endpoint: Setting<Option<String>>,
    pub(crate) lambda_endpoint: Setting<Option<String>>,
    pub(crate) s3_endpoint: Setting<Option<String>>,
    pub(crate) scheduler_endpoint: Setting<Option<String>>,
    pub(crate) sts_endpoint: Setting<Option<String>>,
    pub(crate) tagging_endpoint: Setting<Option<String>>,
    pub(crate) default_tags: Setting<BTreeMap<String, Value<String>>>,
    /// PutMetricAlarm and PutCompositeAlarm calls per second; `None` = no limit.
    pub(crate) alarm_writes_per_second: Setting<Option<f64>>,
    pub(crate) atlas: AtlasSettings,
}

/// The provider block.
#[must_use]
pub(crate) fn schema() -> Schema {
    Schema::new(
        "Creates recommended CloudWatch alarms in bulk, manages MongoDB Atlas private endpoints and IP access lists, \
         and schedules MongoDB backups to Amazon S3. All arguments are optional. AWS credentials come from the \
         default credential chain of the AWS SDK.",
        [
            (
                "region",
                Attr::string(
                    "AWS Region. Can also be set with the `AWS_REGION` or `AWS_DEFAULT_REGION` environment variable, \
                     or in the shared config profile. The provider does not look up the Region in the instance \
                     metadata service.",
                ),
            ),
            (
                "profile",
                Attr::string(
                    "Name of the profile in the shared AWS config and credentials files. Can also be \
                set with the `AWS_PROFILE` environment variable.",
                ),
            ),
            (
                "allowed_account_ids",
                Attr::strings(
                    "List of allowed AWS account IDs (12 digits each). The provider checks them once, before its \
                     first other AWS call, and returns an error if the credentials belong to another account. \
                     Default: all accounts are allowed.",
                ),
            ),
            (
                "assume_role",
                Attr::single(
                    "IAM role to assume for all AWS calls.",
                    [
                        ("role_arn", Attr::string("ARN of the role.").required()),
                        (
                            "session_name",
                            Attr::string("Session name. It is visible in CloudTrail.").default(SESSION_NAME),
                        ),
                        (
                            "external_id",
                            Attr::string("External ID, if the trust policy of the role requires one."),
                        ),
                    ],
                ),
            ),
            (
                "endpoints",
                Attr::single(
                    "Custom endpoint URLs, for example for emulators. Can also be set with the `AWS_ENDPOINT_URL` and \
                     `AWS_ENDPOINT_URL_<SERVICE>` environment variables.",
                    [
                        (
                            "cloudwatch",
                            Attr::string(
                                "Endpoint URL of CloudWatch. Can also be set with \
                            `AWS_ENDPOINT_URL_CLOUDWATCH`.",
                            ),
                        ),
                        (
                            "lambda",
                            Attr::string(
                                "Endpoint URL of Lambda. Can also be set with \
                            `AWS_ENDPOINT_URL_LAMBDA`.",
                            ),
                        ),
                        (
                            "resourcegroupstaggingapi",
                            Attr::string(
                                "Endpoint URL of the Resource Groups Tagging API, which the provider uses to read the \
                                 tags of many alarms in one call. Can also be set with \
                                 `AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API`.",
                            ),
                        ),
                        (
                            "s3",
                            Attr::string(
                                "Endpoint URL of S3. Can also be set with `AWS_ENDPOINT_URL_S3`. With a custom \
                                 endpoint, the provider uses path-style requests.",
                            ),
                        ),
                        (
                            "scheduler",
                            Attr::string(
                                "Endpoint URL of EventBridge Scheduler. Can also be set with \
                            `AWS_ENDPOINT_URL_SCHEDULER`.",
                            ),
                        ),
                        (
                            "sts",
                            Attr::string("Endpoint URL of STS. Can also be set with `AWS_ENDPOINT_URL_STS`."),
                        ),
                    ],
                ),
            ),
            (
                "default_tags",
                Attr::string_map(
                    "Map of tags to assign to all resources that support tags. Tags with \
                the same key in the `tags` of a resource take precedence.",
                ),
            ),
            (
                "alarm_writes_per_second",
                Attr::number(
                    "Maximum number of `PutMetricAlarm` and `PutCompositeAlarm` calls per second, for all bundles of \
                     one run together. The default is the CloudWatch quota per account and Region. 0 disables the \
                     limit.",
                )
                .default(ALARM_WRITES_PER_SECOND),
            ),
            (
                "atlas",
                Attr::single(
                    "Credentials for MongoDB Atlas: an API key (`public_key` and `private_key`) or a service account \
                     (`client_id` and `client_secret`), not both. Required for the `lectern_atlas_` resources only. \
                     We recommend ephemeral values for the secrets.",
                    [
                        (
                            "base_url",
                            Attr::string(
                                "Base URL of the Atlas Administration API. Can also be set with the \
                                 `MONGODB_ATLAS_BASE_URL` environment variable. Default: `https://cloud.mongodb.com`. \
                                 `http://` URLs are accepted only for localhost. All other URLs must use `https://`.",
                            ),
                        ),
                        (
                            "public_key",
                            Attr::string(
                                "Public key of the API key. Can also be set with the \
                            `MONGODB_ATLAS_PUBLIC_API_KEY` environment variable.",
                            ),
                        ),
                        (
                            "private_key",
                            Attr::string(
                                "Private key of the API key. Can also be set with the \
                            `MONGODB_ATLAS_PRIVATE_API_KEY` environment variable.",
                            )
                            .sensitive(),
                        ),
                        (
                            "client_id",
                            Attr::string(
                                "Client ID of the service account. Can also be set with the \
                            `MONGODB_ATLAS_CLIENT_ID` environment variable.",
                            ),
                        ),
                        (
                            "client_secret",
                            Attr::string(
                                "Client secret of the service account. Can also be set with \
                            the `MONGODB_ATLAS_CLIENT_SECRET` environment variable.",
                            )
                            .sensitive(),
                        ),
                    ],
                ),
            ),
        ],
    )
}

impl Typed {
    /// Checks what is known; the rest is checked when it becomes known.
    pub(crate) fn validated(self, diagnostics: &mut Diagnostics) -> Config {
        let allowed_account_ids = match self.allowed_account_ids {
            Value::Unknown => Setting::Unknown,
            Value::Null => Setting::Known(Vec::new()),
            Value::Value(ids) if ids.iter().any(Value::is_unknown) => Setting::Unknown,
            // a null among them would let every account in, unseen: it is refused below like any other text that is no id
            Value::Value(ids) => Setting::Known(ids.into_iter().map(Value::unwrap_or_default).collect()),
        };
        if let Setting::Known(ids) = &allowed_account_ids {
            for (index, id) in (0_i64..).zip(ids) {
                if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
                    failures::account_id_is_malformed(diagnostics, index, id);
                }
            }
        }
        let region = setting(self.region);
        if let Setting::Known(Some(region)) = &region
            && !is_region(region)
        {
            region_is_malformed(diagnostics, AttributePath::new("region"), region);
        }
        let assume_role = match self.assume_role {
            Value::Unknown => Setting::Unknown,
            Value::Null => Setting::Known(None),
            Value::Value(role) => match (role.role_arn, role.session_name, role.external_id) {
                (Value::Value(role_arn), session_name, external_id)
                    if !session_name.is_unknown() && !external_id.is_unknown() =>
                {
                    if !role_arn.starts_with("arn:") || !role_arn.contains(":role/") {
                        failures::role_arn_is_malformed(diagnostics, &role_arn);
                    }
                    let session_name = session_name.as_option().unwrap_or_default();
                    Setting::Known(Some(AssumeRole {
                        role_arn,
                        session_name,
                        external_id: external_id.as_option(),
                    }))
                }
                _ => Setting::Unknown,
            },
        };
        let endpoints = match self.endpoints {
            Value::Value(endpoints) => endpoints,
            Value::Null => TypedEndpoints::default(),
            Value::Unknown => TypedEndpoints {
                cloudwatch: Value::Unknown,
                lambda: Value::Unknown,
                resourcegroupstaggingapi: Value::Unknown,
                s3: Value::Unknown,
                scheduler: Value::Unknown,
                sts: Value::Unknown,
            },
        };
        let mut endpoint = |name: &'static str, url: Value<String>| {
            let url = setting(url);
            if let Setting::Known(Some(url)) = &url
                && !(url.starts_with("http://") || url.starts_with("https://"))
            {
                failures::endpoint_is_not_a_url(diagnostics, name, url);
            }
            url
        };
        let cloudwatch_endpoint = endpoint("cloudwatch", endpoints.cloudwatch);
        let lambda_endpoint = endpoint("lambda", endpoints.lambda);
        let s3_endpoint = endpoint("s3", endpoints.s3);
        let scheduler_endpoint = endpoint("scheduler", endpoints.scheduler);
        let sts_endpoint = endpoint("sts", endpoints.sts);
        let tagging_endpoint = endpoint("resourcegroupstaggingapi", endpoints.resourcegroupstaggingapi);
        let alarm_writes_per_second = match self.alarm_writes_per_second {
            Value::Unknown => Setting::Unknown,
            Value::Null => Setting::Known(None),
            Value::Value(rate) => {
                let rate = rate.to_f64();
                let is_limit = WRITE_RATES.contains(&rate);
                if !is_limit && rate != 0.0 {
                    failures::write_rate_is_out_of_range(diagnostics, rate, &WRITE_RATES);
                }
                Setting::Known(is_limit.then_some(rate))
            }
        };
        let atlas = match self.atlas {
            Value::Null => AtlasSettings::default(),
            Value::Unknown => AtlasSettings {
                base_url: Setting::Unknown,
                public_key: Setting::Unknown,
                private_key: Setting::Unknown,
                client_id: Setting::Unknown,
                client_secret: Setting::Unknown,
            },
            Value::Value(atlas) => AtlasSettings {
                base_url: setting(atlas.base_url),
                public_key: setting(atlas.public_key),
                private_key: setting(atlas.private_key),
                client_id: setting(atlas.client_id),
                client_secret: setting(atlas.client_secret),
            },
        };
        if let Setting::Known(Some(url)) = &atlas.base_url
            && let Err(cause) = AtlasConfig::check_base_url(url)
        {
            failures::atlas_base_url_is_not_usable(diagnostics, &cause);
        }
        let given = |settings: [&Setting<Option<String>>; 2]| {
            settings
                .iter()
                .any(|setting| matches!(setting, Setting::Known(Some(_))))
        };
        if given([&atlas.public_key, &atlas.private_key]) && given([&atlas.client_id, &atlas.client_secret]) {
            failures::atlas_credentials_twice(diagnostics);
        }
        if let Value::Value(tags) = &self.default_tags {
            check_tags(diagnostics, &AttributePath::new("default_tags"), tags);
        }
        Config {
            region,
            profile: setting(self.profile),
            allowed_account_ids,
            assume_role,
            cloudwatch_endpoint,
            lambda_endpoint,
            s3_endpoint,
            scheduler_endpoint,
            sts_endpoint,
            tagging_endpoint,
            default_tags: match self.default_tags {
                Value::Unknown => Setting::Unknown,
                tags => Setting::Known(tags.as_option().unwrap_or_default()),
            },
            alarm_writes_per_second,
            atlas,
        }
    }
}

/// An empty string means the same as leaving the attribute out.
fn setting(value: Value<String>) -> Setting<Option<String>> {
    match value {
        Value::Unknown => Setting::Unknown,
        value => Setting::Known(value.as_option().filter(|text| !text.is_empty())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn check(typed: Typed) -> (Config, Vec<(String, String)>) {
        let mut diagnostics = Diagnostics::default();
        let config = typed.validated(&mut diagnostics);
        let seen = diagnostics
            .errors
            .iter()
            .map(|e| (e.attribute.to_string(), e.summary.to_string()))
            .collect();
        (config, seen)
    }

    #[test]
    fn each_malformed_setting_is_refused_at_its_own_path() {
        let text = |text: &str| Value::Value(text.to_owned());
        let cases = [
            (
                "an account id of 11 digits",
                Typed {
                    allowed_account_ids: Value::Value(vec![text("12345678901")]),
                    ..Typed::default()
                },
                "allowed_account_ids[0]",
                "Account id is not 12 digits.",
            ),
            (
                "a user's ARN as role",
                Typed {
                    assume_role: Value::Value(TypedAssumeRole {
                        role_arn: text("arn:aws:iam::111122223333:user/a"),
                        ..TypedAssumeRole::default()
                    }),
                    ..Typed::default()
                },
                "assume_role.role_arn",
                "Role ARN is malformed.",
            ),
            (
                "an endpoint without scheme",
                Typed {
                    endpoints: Value::Value(TypedEndpoints {
                        sts: text("localhost:4566"),
                        ..TypedEndpoints::default()
                    }),
                    ..Typed::default()
                },
                "endpoints.sts",
                "Endpoint is not a URL.",
            ),
            (
                "a negative rate",
                Typed {
                    alarm_writes_per_second: Value::Value((-1).into()),
                    ..Typed::default()
                },
                "alarm_writes_per_second",
                "Write rate is out of range.",
            ),
            (
                "a rate of one write in ages",
                Typed {
                    alarm_writes_per_second: Value::Value("1e-30".parse().unwrap()),
                    ..Typed::default()
                },
                "alarm_writes_per_second",
                "Write rate is out of range.",
            ),
            (
                "a region that is none",
                Typed {
                    region: text("Frankfurt"),
                    ..Typed::default()
                },
                "region",
                "Region is malformed.",
            ),
            (
                "a default tag of AWS",
                Typed {
                    default_tags: Value::Value(BTreeMap::from([
                        ("aws:team".to_owned(), text("x")),
                        ("team".to_owned(), Value::Null),
                    ])),
                    ..Typed::default()
                },
                "default_tags[\"aws:team\"]",
                "Tag is invalid.",
            ),
            (
                "a default tag without key",
                Typed {
                    default_tags: Value::Value(BTreeMap::from([(String::new(), Value::Unknown)])),
                    ..Typed::default()
                },
                "default_tags[\"\"]",
                "Tag is invalid.",
            ),
            (
                "a default tag with a long value",
                Typed {
                    default_tags: Value::Value(BTreeMap::from([("team".to_owned(), text(&"v".repeat(257)))])),
                    ..Typed::default()
                },
                "default_tags[\"team\"]",
                "Tag is invalid.",
            ),
            (
                "a null account id",
                Typed {
                    allowed_account_ids: Value::Value(vec![Value::Null]),
                    ..Typed::default()
                },
                "allowed_account_ids[0]",
                "Account id is not 12 digits.",
            ),
            (
                "an Atlas URL without scheme",
                Typed {
                    atlas: Value::Value(TypedAtlas {
                        base_url: text("cloud.mongodb.com"),
                        ..TypedAtlas::default()
                    }),
                    ..Typed::default()
                },
                "atlas.base_url",
                "Atlas URL cannot be used.",
            ),
            (
                "an API key and a service account",
                Typed {
                    atlas: Value::Value(TypedAtlas {
                        public_key: text("abcdefgh"),
                        client_secret: text("mdb_sa_sk_x"),
                        ..TypedAtlas::default()
                    }),
                    ..Typed::default()
                },
                "atlas",
                "Atlas credentials are given twice.",
            ),
        ];
        for (case, typed, path, summary) in cases {
            assert_eq!(check(typed).1, [(path.to_owned(), summary.to_owned())], "{case}");
        }
    }

    #[test]
    fn regions_are_known_by_their_form() {
        for region in ["eu-central-1", "us-gov-west-1", "ap-southeast-7", "us-isob-east-1"] {
            assert!(is_region(region), "{region}");
        }
        for text in [
            "",
            "mars",
            "eu-centrl-1",
            "eu-central",
            "eu-central-1a",
            "EU_CENTRAL_1",
            "eu--1",
            "eu central-1-1",
        ] {
            assert!(!is_region(text), "{text}");
        }
    }

    #[test]
    fn an_unknown_setting_is_no_error_and_stays_unknown() {
        let (config, errors) = check(Typed {
            region: Value::Unknown,
            allowed_account_ids: Value::Value(vec![Value::Unknown]),
            assume_role: Value::Value(TypedAssumeRole {
                role_arn: Value::Unknown,
                ..TypedAssumeRole::default()
            }),
            ..Typed::default()
        });
        assert!(errors.is_empty());
        assert_eq!(config.region, Setting::Unknown);
        assert_eq!(config.allowed_account_ids, Setting::Unknown);
        assert_eq!(config.assume_role, Setting::Unknown);
    }

    #[test]
    fn zero_writes_per_second_means_no_limit() {
        let rate = |rate: &str| Typed {
            alarm_writes_per_second: Value::Value(rate.parse().unwrap()),
            ..Typed::default()
        };
        assert_eq!(check(rate("0")).0.alarm_writes_per_second, Setting::Known(None));
        assert_eq!(check(rate("0.5")).0.alarm_writes_per_second, Setting::Known(Some(0.5)));
    }
}
