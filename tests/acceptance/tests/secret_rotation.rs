//! The module secret-rotation on a local cloud that enforces IAM: the apply begins a rotation, RotateSecret another one, and clients that
//! read the secret meanwhile sign in.

use std::time::{Duration, Instant};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use local_cloud::package::{self, BOOTSTRAP, Effort};
use local_cloud::{LocalCloud, Options, workspace};
use mongo_emulator::{MongoEmulator, User};
use mongodb::Client;
use mongodb::bson::doc;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    lectern = {
      source = "lectern/lectern"
    }
  }
}

provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

resource "lectern_alarm_bundle" "rotation" {
  name            = "rotation"
  severities      = { warning = {}, critical = {} }
  secret_rotation = module.rotation.alarm_targets
}

variable "secret_arn" {
  type = string
}

variable "master_secret_arn" {
  type = string
}

variable "package_path" {
  type = string
}

module "rotation" {
  source = "./modules/secret-rotation"

  name          = "edu"
  secrets       = { app = { arn = var.secret_arn } }
  master_secret = { arn = var.master_secret_arn }
  package       = { path = var.package_path }
}
"#;

const FAILURES: &str = "rotation/secret_rotation/app/failures/warning";

fn alarm_state(cloud: &LocalCloud, name: &str) -> Option<String> {
    let alarm = cloud
        .cloudwatch()
        .alarm(cloudwatch_emulator::DEFAULT_ACCOUNT, "us-east-1", name)?;
    Some(alarm.state.value.as_str().to_owned())
}

struct Secret {
    client: aws_sdk_secretsmanager::Client,
    arn: String,
}

impl Secret {
    async fn value(&self) -> Value {
        let call = self.client.get_secret_value().secret_id(&self.arn).send();
        serde_json::from_str(&call.await.unwrap().secret_string.unwrap()).unwrap()
    }

    /// Reads the secret and signs in with it, as its clients do; returns the URI in it.
    async fn signs_in(&self) -> String {
        let value = self.value().await;
        let uri = value["uri"].as_str().unwrap();
        let client = Client::with_uri_str(uri).await.unwrap();
        let answer = client
            .database("admin")
            .run_command(doc! { "connectionStatus": 1 })
            .await;
        client.shutdown().immediate(true).await;
        assert!(answer.is_ok(), "refused: {answer:?}");
        uri.to_owned()
    }

    /// Signs in again and again until the user of the secret is this one.
    async fn is_rotated_to(&self, user: &str, cloud: &LocalCloud) {
        let started = Instant::now();
        while !self.signs_in().await.starts_with(&format!("mongodb://{user}:")) {
            let log = || std::fs::read_to_string(cloud.folder().join("ministack.log")).unwrap_or_default();
            assert!(started.elapsed() < PATIENCE, "the secret is not rotated:\n{}", log());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_manager_rotates_by_the_function_of_the_module_and_nobody_is_refused() {
    const TEST: &str = "secrets_manager_rotates_by_the_function_of_the_module_and_nobody_is_refused";
    let Some(aws_provider) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let cloud = tokio::task::spawn_blocking(|| {
        LocalCloud::start(Options {
            ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
            ..Options::default()
        })
    });
    let cloud = cloud.await.unwrap().unwrap();
    let admin = User::new("admin", "of-all");
    let app = User {
        roles: vec![("readWrite".to_owned(), "school".to_owned())],
        ..User::new("app", "first")
    };
    let mongo = MongoEmulator::start(mongo_emulator::Options {
        users: vec![admin.clone(), app.clone()],
        members: 2,
        ..mongo_emulator::Options::default()
    })
    .unwrap();
    let client = aws_sdk_secretsmanager::Client::new(&cloud.sdk_config());
    let mut arns = Vec::new();
    for (name, user) in [("mongo-admin", &admin), ("mongo/app", &app)] {
        let value = json!({ "uri": mongo.uri_of(user), "note": "ours" }).to_string();
        let made = client
            .create_secret()
            .name(name)
            .secret_string(value)
            .send()
            .await
            .unwrap();
        arns.push(made.arn.unwrap());
    }
    let secret = Secret {
        client,
        arn: arns[1].clone(),
    };

    let environment = cloud.environment();
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let aws = RunningProvider::start(&aws_provider, &environment).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
    workdir.copy_modules().unwrap();
    workdir.write("main.tf", CONFIGURATION).unwrap();
    let binary = workspace::binary("secret-rotation").unwrap();
    let zip = package::zip(&binary, BOOTSTRAP, Effort::Least).unwrap();
    // The provider that runs already has a folder of its own.
    let package = workdir.path().join("secret-rotation.zip");
    std::fs::write(&package, zip).unwrap();
    workdir.set("package_path", json!(package)).unwrap();
    workdir.set("master_secret_arn", json!(arns[0])).unwrap();
    workdir.set("secret_arn", json!(arns[1])).unwrap();
    workdir.init().unwrap();
    workdir.apply().unwrap().ok().unwrap();

    // The first rotation begins with the apply.
    secret.is_rotated_to("app%5Fclone", &cloud).await;
    let held = secret.value().await;
    // The rotation has ended when Secrets Manager says so, a moment after the label moved.
    let started = Instant::now();
    while let Err(error) = secret.client.rotate_secret().secret_id(&secret.arn).send().await {
        assert!(started.elapsed() < PATIENCE, "no second rotation: {error:?}");
    }
    secret.is_rotated_to("app", &cloud).await;
    assert_eq!(secret.value().await["note"], "ours");
    let still = Client::with_uri_str(held["uri"].as_str().unwrap()).await.unwrap();
    let answer = still
        .database("admin")
        .run_command(doc! { "connectionStatus": 1 })
        .await;
    assert!(answer.is_ok(), "whoever has the value from before: {answer:?}");

    let plan = workdir.plan().unwrap();
    assert_eq!(plan.code, 0, "{}", plan.text);

    // Somebody changes the administrator's password and not the secret: the rotation fails, its alarm says so, and clients still sign in.
    let stale = json!({ "uri": mongo.uri_of(&User::new("admin", "another")) }).to_string();
    let put = secret.client.put_secret_value().secret_id(&arns[0]);
    put.secret_string(stale).send().await.unwrap();
    secret
        .client
        .rotate_secret()
        .secret_id(&secret.arn)
        .send()
        .await
        .unwrap();
    let started = Instant::now();
    while alarm_state(&cloud, FAILURES).as_deref() != Some("ALARM") {
        assert!(started.elapsed() < PATIENCE, "{:?}", alarm_state(&cloud, FAILURES));
        secret.signs_in().await;
    }

    workdir.destroy().unwrap().ok().unwrap();
    let described = secret.client.describe_secret().secret_id(&secret.arn).send().await;
    assert_eq!(described.unwrap().rotation_enabled, Some(false));
    secret.signs_in().await;
}
