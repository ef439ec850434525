//! As much of CodeDeploy as a function's deployment takes: it moves the alias by the weights of the deployment configuration, reads the
//! alarms of the group while it waits, and moves the alias back if one fires.
//!
//! CodeDeploy User Guide, "Deployments on an AWS Lambda compute platform", "Redeploy and roll back a deployment with CodeDeploy",
//! "Monitoring deployments with Amazon CloudWatch alarms in CodeDeploy". Only canaries are here, and hooks are not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_lambda::types::AliasRoutingConfiguration;
use local_cloud::LocalCloud;
use serde_json::{Value, json};

use crate::http;

/// A minute of a deployment configuration.
const MINUTE: Duration = Duration::from_secs(3);

pub(crate) struct CodeDeploy {
    pub(crate) url: String,
}

#[derive(Default)]
struct Records {
    /// By the operation that made it and its name, with what was sent.
    made: BTreeMap<(&'static str, String), Value>,
    /// Status and reason.
    deployments: Vec<(&'static str, String)>,
}

#[derive(Clone)]
struct Mover {
    lambda: aws_sdk_lambda::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
    records: Arc<Mutex<Records>>,
}

impl CodeDeploy {
    pub(crate) fn start(cloud: &LocalCloud) -> Self {
        let mover = Mover {
            lambda: aws_sdk_lambda::Client::new(&cloud.sdk_config()),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&cloud.cloudwatch_sdk_config()),
            records: Arc::default(),
        };
        let runtime = tokio::runtime::Handle::current();
        let url = http::serve(move |request| {
            let operation = request
                .header("x-amz-target")
                .trim_start_matches("CodeDeploy_20141006.");
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            ("200 OK", mover.answer(&runtime, operation, body).to_string())
        });
        Self { url }
    }
}

impl Mover {
    fn answer(&self, runtime: &tokio::runtime::Handle, operation: &str, mut body: Value) -> Value {
        let mut records = self.records.lock().unwrap();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        let (kind, name) = match operation {
            "CreateApplication" | "GetApplication" => ("application", "applicationName"),
            "CreateDeploymentConfig" | "GetDeploymentConfig" => ("deploymentConfig", "deploymentConfigName"),
            "CreateDeploymentGroup" | "GetDeploymentGroup" => ("deploymentGroup", "deploymentGroupName"),
            "ListTagsForResource" => return json!({ "Tags": [] }),
            "CreateDeployment" => {
                let of = |kind, name: &str| records.made[&(kind, name.to_owned())].clone();
                let group = of("deploymentGroup", &text("deploymentGroupName"));
                let config = of("deploymentConfig", group["deploymentConfigName"].as_str().unwrap());
                let content = body["revision"]["appSpecContent"]["content"].as_str().unwrap();
                let app_spec: Value = serde_json::from_str(content).unwrap();
                records.deployments.push(("InProgress", String::new()));
                let number = records.deployments.len() - 1;
                let mover = self.clone();
                runtime.spawn(async move {
                    let outcome = mover.deploy(&app_spec, &group, &config).await;
                    mover.records.lock().unwrap().deployments[number] = match outcome {
                        Ok(()) => ("Succeeded", String::new()),
                        Err(reason) => ("Stopped", reason),
                    };
                });
                return json!({ "deploymentId": format!("d-{number}") });
            }
            "GetDeployment" => {
                let id = text("deploymentId");
                let (status, reason) = &records.deployments[id[2..].parse::<usize>().unwrap()];
                return json!({ "deploymentInfo": { "deploymentId": id, "status": status, "errorInformation": { "message": reason } } });
            }
            other => panic!("{other} is not here: {body}"),
        };
        let key = (kind, text(name));
        let id = format!("{kind}Id");
        if operation.starts_with("Create") {
            body[&id] = key.1.as_str().into();
            records.made.insert(key, body.clone());
            json!({ id.as_str(): body[id.as_str()] })
        } else {
            let suffix = if kind == "application" { "" } else { "Info" };
            json!({ format!("{kind}{suffix}"): records.made[&key] })
        }
    }

    async fn deploy(&self, app_spec: &Value, group: &Value, config: &Value) -> Result<(), String> {
        let resource = app_spec["Resources"][0].as_object().unwrap().values().next().unwrap();
        assert_eq!(resource["Type"], "AWS::Lambda::Function");
        let property = |name: &str| resource["Properties"][name].as_str().unwrap();
        let (function, alias) = (property("Name"), property("Alias"));
        let (current, target) = (property("CurrentVersion"), property("TargetVersion"));
        let routing = &config["trafficRoutingConfig"];
        assert_eq!(routing["type"], "TimeBasedCanary");
        let canary = &routing["timeBasedCanary"];
        let weight = canary["canaryPercentage"].as_f64().unwrap() / 100.0;
        let interval = MINUTE * u32::try_from(canary["canaryInterval"].as_u64().unwrap()).unwrap();
        let events = group["autoRollbackConfiguration"]["events"].to_string();
        assert!(events.contains("DEPLOYMENT_STOP_ON_ALARM"), "{events}");

        self.point(function, alias, current, Some((target, weight))).await;
        let started = Instant::now();
        while started.elapsed() < interval {
            let alarms = self.active(&group["alarmConfiguration"]).await;
            if !alarms.is_empty() {
                self.point(function, alias, current, None).await;
                return Err(format!("Activated alarms: {}", alarms.join(", ")));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.point(function, alias, target, None).await;
        Ok(())
    }

    async fn point(&self, function: &str, alias: &str, version: &str, additional: Option<(&str, f64)>) {
        let mut routing = AliasRoutingConfiguration::builder().set_additional_version_weights(Some([].into()));
        if let Some((version, weight)) = additional {
            routing = routing.additional_version_weights(version, weight);
        }
        let update = self.lambda.update_alias().function_name(function).name(alias);
        let update = update.function_version(version).routing_config(routing.build());
        update.send().await.unwrap();
    }

    async fn active(&self, configuration: &Value) -> Vec<String> {
        assert_eq!(configuration["enabled"], true);
        let names = configuration["alarms"].as_array().unwrap().iter();
        let names: Vec<_> = names.map(|alarm| alarm["name"].as_str().unwrap().to_owned()).collect();
        let describe = self.cloudwatch.describe_alarms().set_alarm_names(Some(names.clone()));
        let found = describe.send().await.unwrap();
        assert_eq!(
            found.metric_alarms().len(),
            names.len(),
            "a group names alarms that are not there"
        );
        let active = found
            .metric_alarms()
            .iter()
            .filter(|alarm| alarm.state_value() == Some(&StateValue::Alarm));
        active.map(|alarm| alarm.alarm_name().unwrap().to_owned()).collect()
    }
}
