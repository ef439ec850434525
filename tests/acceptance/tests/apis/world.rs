//! The example apis, applied to a local cloud that enforces IAM, as often as wanted.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir};
use aws_config::{Region, SdkConfig};
use aws_sdk_lambda::primitives::Blob;
use local_cloud::package::{self, BOOTSTRAP, Effort};
use local_cloud::{LocalCloud, Options, toolchain, workspace};
use mongodb::bson::{DateTime, Document, doc};
use mongodb::{Client, Collection};
use serde_json::{Value, json};

const HANDLERS: [&str; 4] = ["upload-api", "upload-janitor", "download-api", "profile-api"];
const PATIENCE: Duration = Duration::from_secs(120);

/// What makes one copy of the example another one than its neighbours.
pub(crate) struct Copy {
    /// The variable name.
    pub(crate) name: &'static str,
    pub(crate) region: &'static str,
    /// In MongoDB.
    pub(crate) database: &'static str,
}

/// A local cloud with a MongoDB, in which copies live side by side.
pub(crate) async fn cloud() -> Arc<LocalCloud> {
    let cloud = tokio::task::spawn_blocking(|| {
        LocalCloud::start(Options {
            mongo: true,
            ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
            ..Options::default()
        })
    });
    Arc::new(cloud.await.unwrap().unwrap())
}

pub(crate) struct World {
    // Dropped in this order: who uses the cloud, the cloud.
    pub(crate) workdir: Workdir,
    _aws: RunningProvider,
    pub(crate) mongo: Client,
    pub(crate) sdk: SdkConfig,
    cloud: Arc<LocalCloud>,
    pub(crate) copy: Copy,
}

impl World {
    /// MongoDB's secret, the packages, and the example with its variables set; nothing applied yet.
    pub(crate) async fn start(cloud: &Arc<LocalCloud>, aws_provider: &Path, copy: Copy) -> Self {
        let uri = cloud.mongo_uri().unwrap().to_owned();
        let sdk = cloud
            .sdk_config()
            .into_builder()
            .region(Region::new(copy.region))
            .build();
        let secrets = aws_sdk_secretsmanager::Client::new(&sdk);
        let secret = secrets
            .create_secret()
            .name("mongo")
            .secret_string(json!({ "uri": uri }).to_string());
        let secret_arn = secret.send().await.unwrap().arn().unwrap().to_owned();

        let environment = environment(cloud, copy.region);
        let environment: Vec<_> = environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let aws = RunningProvider::start(aws_provider, &environment).unwrap();
        let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
        workdir.keep_state_in(cloud).unwrap();
        workdir.copy_example("apis").unwrap();
        let local = workdir.path().join("local.tfvars");
        fs::rename(local, workdir.path().join("local.auto.tfvars")).unwrap();
        for name in HANDLERS {
            let binary = workspace::binary(name).unwrap();
            let zip = package::zip(&binary, BOOTSTRAP, Effort::Least).unwrap();
            fs::write(workdir.path().join(format!("{name}.zip")), zip).unwrap();
        }
        // Of all files with variables this one counts most.
        let variables = json!({
            "name": copy.name,
            // The provider that runs already has a folder of its own.
            "packages": workdir.path(),
            "bucket": format!("{}-files", copy.name),
            "mongo_secret": { "arn": secret_arn },
            "mongo_database": copy.database,
            "environment": { "AWS_ENDPOINT_URL": cloud.endpoint_url() },
        });
        workdir.write("z.auto.tfvars.json", &variables.to_string()).unwrap();
        workdir.init().unwrap();
        Self {
            workdir,
            _aws: aws,
            mongo: Client::with_uri_str(&uri).await.unwrap(),
            sdk,
            cloud: Arc::clone(cloud),
            copy,
        }
    }

    /// Applies a half, as an apply leaves it whose other branches were refused. (One that is interrupted leaves besides what
    /// hashicorp/aws was making at that moment, if the call got through: the provider drops the answer.)
    pub(crate) fn apply_half(&self) {
        let half = ["-target=module.upload", "-target=module.auth"];
        let arguments = ["apply", "-no-color", "-input=false", "-auto-approve"];
        self.workdir
            .run(&[&arguments[..], &half].concat())
            .unwrap()
            .ok()
            .unwrap();
    }

    /// Takes the packages away, as on a machine that never had them.
    pub(crate) fn lose_packages(&self) {
        for name in HANDLERS {
            fs::remove_file(self.workdir.path().join(format!("{name}.zip"))).unwrap();
        }
    }

    /// The configuration of the users of `api_users.py`.
    fn configuration(&self, secrets: &[&str]) -> Value {
        let output = |name| self.workdir.output(name).unwrap();
        json!({
            "endpoint": self.cloud.endpoint_url(),
            "name": self.copy.name,
            "region": self.copy.region,
            "api": output("rest_api_id"),
            "stage": output("stage"),
            "url": output("url"),
            "user_pool_id": output("user_pool_id"),
            "client_id": output("client_id"),
            "secrets": secrets,
        })
    }

    /// Lets users take a step, and returns what they print. A panic after a failed step includes the functions' logs.
    pub(crate) fn users(&self, step: &str, secrets: &[&str]) -> String {
        let output = self.python(step, secrets);
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let traces = self.python("traces", secrets).stdout;
            panic!("{said}\n{}", String::from_utf8_lossy(&traces));
        }
        String::from_utf8(output.stdout).unwrap()
    }

    fn python(&self, step: &str, secrets: &[&str]) -> Output {
        toolchain::python("tests/acceptance/python/api_users.py")
            .unwrap()
            .args([self.configuration(secrets).to_string().as_str(), step])
            .envs(environment(&self.cloud, self.copy.region))
            .output()
            .unwrap()
    }

    /// Enrols a user, as the platform does.
    pub(crate) async fn enrol(&self, subject: &str, course: &str) {
        let memberships = self.mongo.database(self.copy.database).collection("memberships");
        let membership = doc! { "_id": subject, "courses": [course] };
        memberships.insert_one(membership).await.unwrap();
    }

    /// A record of an upload that was given up two days ago, and of which nothing ever arrived.
    pub(crate) async fn leave_an_upload(&self, id: &str) {
        let record = doc! {
            "_id": id,
            "name": "lost.pdf",
            "size": 5_i64,
            "content_type": "application/pdf",
            "course": "algebra",
            "visibility": "course",
            "status": "pending",
            "checksum": { "kind": "whole", "sha256": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=" },
            "created_by": "somebody",
            "created_at": ago(3),
            "expires_at": ago(2),
            "request_sha256": "",
        };
        self.files().insert_one(record).await.unwrap();
    }

    /// Makes an upload one that was given up two days ago.
    pub(crate) async fn give_up(&self, id: &str) {
        let change = doc! { "$set": { "expires_at": ago(2) } };
        let changed = self.files().update_one(doc! { "_id": id }, change).await.unwrap();
        assert_eq!(changed.matched_count, 1);
    }

    pub(crate) fn files(&self) -> Collection<Document> {
        self.mongo.database(self.copy.database).collection("files")
    }

    /// Waits until a file has no record.
    pub(crate) async fn forgotten(&self, id: &str) {
        let started = Instant::now();
        while self.files().find_one(doc! { "_id": id }).await.unwrap().is_some() {
            assert!(started.elapsed() < PATIENCE, "{id} is still there");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// Objects that are seen, and uploads in parts that are open, of some files.
    pub(crate) async fn contents(&self, ids: &[String]) -> usize {
        let config = aws_sdk_s3::config::Builder::from(&self.sdk).force_path_style(true);
        let s3 = aws_sdk_s3::Client::from_conf(config.build());
        let bucket = format!("{}-files", self.copy.name);
        let uploads = s3.list_multipart_uploads().bucket(&bucket).send().await.unwrap();
        let mut found = uploads.uploads().len();
        for id in ids {
            let head = s3.head_object().bucket(&bucket).key(format!("files/{id}")).send().await;
            found += usize::from(head.is_ok());
        }
        found
    }

    /// Invokes a function past the API, and returns its answer or the name of its error.
    pub(crate) async fn invoke(&self, function: &str, event: &Value) -> Result<Value, String> {
        let lambda = aws_sdk_lambda::Client::new(&self.sdk);
        let invoke = lambda
            .invoke()
            .function_name(function)
            .qualifier("live")
            .payload(Blob::new(event.to_string()));
        let answer = invoke.send().await.unwrap();
        let body: Value = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
        match answer.function_error() {
            None => Ok(body),
            Some(_) => Err(body["errorType"].as_str().unwrap().to_owned()),
        }
    }

    /// Waits until an alarm is in a state.
    pub(crate) async fn alarm(&self, name: &str, state: &str) {
        let cloudwatch = aws_sdk_cloudwatch::Client::new(&self.cloud.cloudwatch_sdk_config());
        let started = Instant::now();
        loop {
            let alarms = cloudwatch.describe_alarms().alarm_names(name).send().await.unwrap();
            let found = alarms.metric_alarms().first();
            let is = found
                .and_then(|alarm| alarm.state_value())
                .map(|state| state.as_str().to_owned());
            if is.as_deref() == Some(state) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{name} is {is:?} instead of {state}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// The cloud's, of another region.
fn environment(cloud: &LocalCloud, region: &str) -> Vec<(String, String)> {
    let mut environment = cloud.environment();
    for (name, value) in &mut environment {
        if name == "AWS_REGION" || name == "AWS_DEFAULT_REGION" {
            region.clone_into(value);
        }
    }
    environment
}

fn ago(days: u64) -> DateTime {
    DateTime::from_system_time(SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60))
}
