//! A provider process, the CloudWatch emulator, and somebody at the console.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, MetricAlarm};
use cloudwatch_emulator::{Emulator, Options};
use serde_json::{Value, json};
use tfplugin6::proto::{DynamicValue, apply_resource_change};
use tfplugin6_harness::config::complete_config;
use tfplugin6_harness::schema::implied_type;
use tfplugin6_harness::value::{decode, encode};
use tfplugin6_harness::{Action, Outcome, Plan, ProviderProcess, State};

pub(crate) const TYPE: &str = "lectern_alarm_bundle";
/// The emulator takes twelve digits of access key for the account.
pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OTHER_ACCOUNT: &str = "444455556666";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const PAGE: &str = "arn:aws:sns:us-east-1:111122223333:page";
pub(crate) const WARN: &str = "arn:aws:sns:us-east-1:111122223333:warn";

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) provider: ProviderProcess,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(json!({ "alarm_writes_per_second": 0 })).await
    }

    pub(crate) async fn with(provider_config: Value) -> Self {
        let emulator = Emulator::start(Options::default()).await.unwrap();
        let provider = spawn(Some(&emulator), ACCOUNT, provider_config).await;
        Self { emulator, provider }
    }

    /// A world in which this bundle is made.
    pub(crate) async fn with_bundle(config: &Value) -> (Self, State) {
        let world = Self::start().await;
        let state = world.create(config).await;
        (world, state)
    }

    /// Another process of the provider, as another Terraform command starts it.
    pub(crate) async fn another_provider(&self, account: &str, config: Value) -> ProviderProcess {
        spawn(Some(&self.emulator), account, config).await
    }

    pub(crate) async fn restart_provider(&mut self) {
        self.provider = self
            .another_provider(ACCOUNT, json!({ "alarm_writes_per_second": 0 }))
            .await;
    }

    pub(crate) async fn plan(&self, prior: Option<&State>, config: &Value) -> Plan {
        self.provider.plan(TYPE, prior, config.clone()).await.unwrap()
    }

    pub(crate) async fn apply(&self, prior: Option<&State>, config: &Value) -> Outcome {
        self.provider.plan_and_apply(TYPE, prior, config.clone()).await.unwrap()
    }

    /// Creates, and expects success.
    pub(crate) async fn create(&self, config: &Value) -> State {
        self.apply(None, config).await.ok().unwrap().state.unwrap()
    }

    /// Refreshes, and expects success.
    pub(crate) async fn refresh(&self, state: &State) -> Option<State> {
        self.provider.read(TYPE, state).await.unwrap().ok().unwrap().state
    }

    /// After a refresh there is nothing to do, and nothing was written to find that out.
    pub(crate) async fn assert_settled(&self, state: &State, config: &Value, case: &str) {
        let refreshed = self.refresh(state).await.unwrap_or_else(|| panic!("{case}: gone"));
        let plan = self.plan(Some(&refreshed), config).await.ok().unwrap();
        assert_eq!(
            plan.action,
            Action::NoOp,
            "{case}: {:#?}",
            changes(&refreshed.value, &plan.planned)
        );
    }

    /// CloudWatch as somebody at the console uses it.
    pub(crate) fn console(&self) -> Client {
        self.console_of(ACCOUNT, REGION)
    }

    pub(crate) fn console_of(&self, account: &str, region: &str) -> Client {
        let config = aws_sdk_cloudwatch::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(Credentials::new(account, "secret", None, None, "test"))
            .endpoint_url(self.emulator.endpoint_url())
            .build();
        Client::from_conf(config)
    }

    pub(crate) async fn names(&self) -> BTreeSet<String> {
        let (alarms, composites) = describe(&self.console()).await;
        let alarms = alarms.into_iter().filter_map(|alarm| alarm.alarm_name);
        alarms
            .chain(composites.into_iter().filter_map(|alarm| alarm.alarm_name))
            .collect()
    }

    /// Names of the calls since the last `clear_calls`.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.emulator.calls().into_iter().map(|call| call.operation).collect()
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.operations().into_iter().filter(|name| name == operation).count()
    }
}

/// One `ApplyResourceChange` of a plan, with another configuration beside it.
pub(crate) async fn apply_with_config(provider: &ProviderProcess, plan: &Plan, config: &Value) -> State {
    let attributes = &provider.schema().resources[TYPE].attributes;
    let r#type = implied_type(attributes);
    let packed = |value: &Value| {
        let msgpack = encode(&r#type, value).unwrap();
        Some(DynamicValue {
            msgpack,
            json: Vec::new(),
        })
    };
    let request = apply_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: packed(&plan.prior.as_ref().unwrap().value),
        planned_state: packed(&plan.planned),
        config: packed(&complete_config(attributes, config, "").unwrap()),
        planned_private: plan.private.clone(),
        provider_meta: None,
        planned_identity: None,
    };
    let answer = provider
        .client()
        .apply_resource_change(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.diagnostics, Vec::new());
    State {
        value: decode(&r#type, &answer.new_state.unwrap().msgpack).unwrap(),
        private: answer.private,
        tainted: false,
        identity: Value::Null,
    }
}

pub(crate) async fn describe(client: &Client) -> (Vec<MetricAlarm>, Vec<CompositeAlarm>) {
    let (mut alarms, mut composites, mut token) = (Vec::new(), Vec::new(), None);
    loop {
        let page = client
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .set_next_token(token)
            .send()
            .await
            .unwrap();
        alarms.extend(page.metric_alarms().to_vec());
        composites.extend(page.composite_alarms().to_vec());
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return (alarms, composites);
        }
    }
}

/// A configured provider. Without an emulator it has no credentials and an address where nobody listens.
pub(crate) async fn spawn(emulator: Option<&Emulator>, account: &str, config: Value) -> ProviderProcess {
    let provider = spawn_unconfigured(emulator, account, &[]).await;
    provider.configure(config).await.unwrap().ok().unwrap();
    provider
}

pub(crate) async fn spawn_unconfigured(
    emulator: Option<&Emulator>,
    account: &str,
    env: &[(&str, &str)],
) -> ProviderProcess {
    let endpoint = emulator.map_or("http://127.0.0.1:9".to_owned(), Emulator::endpoint_url);
    let mut all = vec![
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", if emulator.is_some() { account } else { "" }),
        ("AWS_SECRET_ACCESS_KEY", if emulator.is_some() { "secret" } else { "" }),
        ("AWS_REGION", REGION),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/nonexistent"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"),
    ];
    all.extend_from_slice(env);
    ProviderProcess::spawn(env!("CARGO_BIN_EXE_terraform-provider-lectern").as_ref(), &all)
        .await
        .unwrap()
}

/// A bundle with two severities and one function: errors, throttles (critical) and duration (both).
pub(crate) fn small_bundle() -> Value {
    json!({
        "name": "edu",
        "severities": {
            "warning": { "alarm_actions": [WARN] },
            "critical": { "alarm_actions": [PAGE], "ok_actions": [PAGE] },
        },
        "lambda": { "upload": { "function_name": "edu-upload", "alias": "live", "timeout_seconds": 30 } },
    })
}

/// A bundle with one target of every kind, an extra alarm of each sort, and a composite.
pub(crate) fn full_bundle() -> Value {
    json!({
        "name": "edu",
        "severities": {
            "warning": { "alarm_actions": [WARN] },
            "critical": { "alarm_actions": [PAGE], "ok_actions": [PAGE], "insufficient_data_actions": [WARN] },
        },
        "defaults": { "runbook_url": "https://runbooks.example.com/{key}" },
        "lambda": { "upload": { "function_name": "edu-upload", "alias": "live", "timeout_seconds": 30, "reserved_concurrency": 50 } },
        "api_gateway": { "main": { "api_name": "edu", "stage": "v1", "cache_enabled": true, "expected_peak_rpm": 1000 } },
        "s3": { "files": { "bucket": "edu-files", "filter_id": "EntireBucket" } },
        "cloudfront": { "site": { "distribution_id": "E1234567890", "additional_metrics": true } },
        "cognito": { "web": { "user_pool_id": "us-east-1_abc", "client_id": "client", "identity_provider": "Google" } },
        "nlb": { "mongo": { "load_balancer": "net/mongo/0123456789abcdef", "target_group": "targetgroup/mongo/0123456789abcdef" } },
        "mongodb": { "main": { "cluster": "main" } },
        "flow_logs": { "vpc": { "flow_log_group": "/vpc/flow" } },
        "mongo_dump": { "six_hourly": { "schedule_name": "MongoDBDumpEvery6Hours", "max_age_hours": 7 } },
        "cognito_export": { "users": { "user_pool_id": "eu-west-1_AbCdEf", "max_age_hours": 25 } },
        "upload_janitor": { "files": { "bucket": "edu-files" } },
        "secret_rotation": { "app": { "secret_name": "mongo-app", "max_age_days": 35 } },
        "origin_failover": { "writes": { "write_path": "E2QWRUHAPOMQZL" } },
        "extra_alarms": {
            "queue_age": {
                "severity": "critical", "namespace": "AWS/SQS", "metric_name": "ApproximateAgeOfOldestMessage",
                "dimensions": { "QueueName": "jobs" }, "statistic": "p99.9", "comparison_operator": "GreaterThanThreshold",
                "threshold": 0.1, "period": 60, "evaluation_periods": 5,
                "evaluate_low_sample_count_percentile": "ignore", "unit": "Seconds",
            },
            "ratio": {
                "severity": "warning",
                "metrics": {
                    "e": { "namespace": "Edu", "metric_name": "Failed", "statistic": "Sum", "period": 300 },
                    "n": { "namespace": "Edu", "metric_name": "All", "statistic": "Sum", "dimensions": { "Kind": "x" }, "period": 300 },
                },
                "expression": "100*e/n", "comparison_operator": "GreaterThanOrEqualToThreshold", "threshold": 5,
            },
        },
        "composite": { "severity": "critical", "mute_children": true },
        "tags": { "team": "platform" },
    })
}

/// `{ "a.b": [before, after] }` of two objects, for messages.
pub(crate) fn changes(before: &Value, after: &Value) -> Vec<String> {
    fn walk(path: String, before: &Value, after: &Value, found: &mut Vec<String>) {
        match (before, after) {
            (Value::Object(left), Value::Object(right)) => {
                let keys: BTreeSet<_> = left.keys().chain(right.keys()).collect();
                for key in keys {
                    let path = if path.is_empty() {
                        key.clone()
                    } else {
                        format!("{path}.{key}")
                    };
                    walk(
                        path,
                        left.get(key).unwrap_or(&Value::Null),
                        right.get(key).unwrap_or(&Value::Null),
                        found,
                    );
                }
            }
            _ if before == after => {}
            _ => found.push(format!("{path}: {before} -> {after}")),
        }
    }
    let mut found = Vec::new();
    walk(String::new(), before, after, &mut found);
    found
}

/// A config with one attribute replaced; `path` is dotted.
pub(crate) fn with(config: &Value, path: &str, value: Value) -> Value {
    let mut config = config.clone();
    let mut at = &mut config;
    for segment in path.split('.') {
        at = &mut at[segment];
    }
    *at = value;
    config
}
