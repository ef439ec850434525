//! The example mongo-backup, applied to a local cloud that enforces IAM.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir};
use aws_config::SdkConfig;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime, State};
use futures::TryStreamExt as _;
use local_cloud::package::{self, BOOTSTRAP, Effort};
use local_cloud::{LocalCloud, Options, toolchain, workspace};
use mongodb::Client;
use mongodb::bson::doc;
use mongodb::bson::raw::RawDocumentBuf;
use serde_json::{Value, json};

/// In the cluster, over both collections.
pub(crate) const DOCUMENTS: u32 = 43;
pub(crate) const BUCKET: &str = "edu-dumps";
const HANDLERS: [&str; 2] = ["mongo-dump", "mongo-restore"];
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct World {
    // Dropped in this order: who uses the cloud, the cloud.
    pub(crate) workdir: Workdir,
    _aws: RunningProvider,
    mongo: Client,
    pub(crate) sdk: SdkConfig,
    pub(crate) secret_arn: String,
    cloud: LocalCloud,
}

pub(crate) fn s3(sdk: &SdkConfig) -> aws_sdk_s3::Client {
    aws_sdk_s3::Client::from_conf(aws_sdk_s3::config::Builder::from(sdk).force_path_style(true).build())
}

impl World {
    /// Documents in MongoDB, its secret, the packages, and the example with its variables set; nothing applied yet.
    pub(crate) async fn start(aws_provider: &Path) -> Self {
        let cloud = tokio::task::spawn_blocking(|| {
            LocalCloud::start(Options {
                mongo: true,
                ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
                ..Options::default()
            })
        });
        let cloud = cloud.await.unwrap().unwrap();
        let uri = cloud.mongo_uri().unwrap().to_owned();
        let mongo = Client::with_uri_str(&uri).await.unwrap();
        let school = mongo.database("school");
        let courses = (0..3).map(|number| doc! { "_id": number, "title": format!("Course {number}") });
        school.collection("courses").insert_many(courses).await.unwrap();
        let students = (0..40).map(|number| doc! { "_id": format!("s{number}"), "course": number % 3, "grade": 4.5 });
        school.collection("students").insert_many(students).await.unwrap();

        let sdk = cloud.sdk_config();
        let secrets = aws_sdk_secretsmanager::Client::new(&sdk);
        let secret = secrets
            .create_secret()
            .name("mongo")
            .secret_string(json!({ "uri": uri }).to_string());
        let secret_arn = secret.send().await.unwrap().arn().unwrap().to_owned();

        let environment = cloud.environment();
        let environment: Vec<_> = environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let aws = RunningProvider::start(aws_provider, &environment).unwrap();
        let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
        workdir.keep_state_in(&cloud).unwrap();
        workdir.copy_example("mongo-backup").unwrap();
        for name in HANDLERS {
            let binary = workspace::binary(name).unwrap();
            let zip = package::zip(&binary, BOOTSTRAP, Effort::Least).unwrap();
            fs::write(workdir.path().join(format!("{name}.zip")), zip).unwrap();
        }
        let world = Self {
            workdir,
            _aws: aws,
            mongo,
            sdk,
            secret_arn,
            cloud,
        };
        // The provider that runs already has a folder of its own.
        world.set("packages", json!(world.workdir.path()));
        world.set("bucket", json!(BUCKET));
        world.set("secret_arn", json!(world.secret_arn));
        world.set("drill_secret_arn", json!(world.secret_arn));
        world.set("force_destroy", json!(true));
        world.set("local_cloud", json!(true));
        world
    }

    /// Gives a variable a value.
    pub(crate) fn set(&self, variable: &str, value: Value) {
        self.workdir.set(variable, value).unwrap();
    }

    pub(crate) fn output(&self, name: &str) -> Value {
        self.workdir.output(name).unwrap()
    }

    /// Takes the packages away, as on a machine that never had them.
    pub(crate) fn lose_packages(&self) {
        for name in HANDLERS {
            fs::remove_file(self.workdir.path().join(format!("{name}.zip"))).unwrap();
        }
    }

    /// What a script of tests/acceptance/python prints. It receives the cloud's endpoint in addition to its configuration.
    pub(crate) fn python(&self, script: &str, configuration: &Value) -> String {
        let mut configuration = configuration.clone();
        configuration["endpoint"] = json!(self.cloud.endpoint_url());
        configuration["region"] = json!("us-east-1");
        let mut script = toolchain::python(&format!("tests/acceptance/python/{script}")).unwrap();
        script.arg(configuration.to_string()).envs(self.cloud.environment());
        let printed = toolchain::printed(&mut script).unwrap_or_else(|error| panic!("{error}\n{}", self.log()));
        String::from_utf8(printed).unwrap()
    }

    /// What KMS says of a key.
    pub(crate) fn key_state(&self, key: &str) -> String {
        let state = self.python("key_state.py", &json!({ "key": key }));
        state.trim().to_owned()
    }

    /// Removes every version of every object, past the functions.
    pub(crate) async fn empty_bucket(&self) {
        let s3 = s3(&self.sdk);
        loop {
            let page = s3.list_object_versions().bucket(BUCKET).send().await.unwrap();
            let objects = page.versions().iter().map(|one| (one.key(), one.version_id()));
            let markers = page.delete_markers().iter().map(|one| (one.key(), one.version_id()));
            let all: Vec<_> = objects.chain(markers).collect();
            if all.is_empty() {
                return;
            }
            for (key, version) in all {
                let delete = s3.delete_object().bucket(BUCKET).set_key(key.map(str::to_owned));
                delete.set_version_id(version.map(str::to_owned)).send().await.unwrap();
            }
        }
    }

    async fn object(&self, key: &str) -> Option<Value> {
        let object = s3(&self.sdk).get_object().bucket(BUCKET).key(key).send().await;
        let object = match object {
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => return None,
            object => object.unwrap(),
        };
        let body = object.body.collect().await.unwrap().to_vec();
        Some(serde_json::from_slice(&body).unwrap())
    }

    /// The run that latest.json names, once it names one that is not `before`.
    pub(crate) async fn latest(&self, before: Option<&str>) -> String {
        let started = Instant::now();
        loop {
            let latest = self.object("mongo/main/latest.json").await;
            let run = latest.and_then(|latest| latest["run"].as_str().map(str::to_owned));
            if let Some(run) = run.filter(|run| Some(run.as_str()) != before) {
                return run;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "no dump was complete in time:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    pub(crate) async fn manifest(&self, run: &str) -> Value {
        let (year, month, day) = (&run[..4], &run[4..6], &run[6..8]);
        let key = format!("mongo/main/{year}/{month}/{day}/{run}/manifest.json");
        self.object(&key).await.unwrap()
    }

    /// The end of the emulator's log, where functions' output is.
    fn log(&self) -> String {
        let log = fs::read_to_string(self.cloud.folder().join("ministack.log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Invokes a function and returns its answer.
    pub(crate) async fn invoke(&self, function: &str, event: &Value) -> Value {
        let lambda = aws_sdk_lambda::Client::new(&self.sdk);
        let payload = Blob::new(event.to_string());
        let answer = lambda
            .invoke()
            .function_name(function)
            .payload(payload)
            .send()
            .await
            .unwrap();
        let body = answer.payload().map(|body| body.as_ref().to_vec()).unwrap_or_default();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(answer.function_error(), None, "{body}\n{}", self.log());
        body
    }

    /// Invokes the restore function with an event that differs in `fields`.
    pub(crate) async fn restore(&self, fields: Value) -> Value {
        let backup = self.output("backup");
        let mut event = json!({
            "version": 1,
            "dump_id": "latest",
            "source": backup["dumps"],
            "target": { "secret_arn": self.secret_arn },
        });
        for (name, value) in fields.as_object().unwrap() {
            event[name] = value.clone();
        }
        self.invoke(backup["restore_function_arn"].as_str().unwrap(), &event)
            .await
    }

    /// All documents of a database's collections, as bytes.
    pub(crate) async fn documents(&self, database: &str) -> Vec<(String, Vec<Vec<u8>>)> {
        let database = self.mongo.database(database);
        let mut names = database.list_collection_names().await.unwrap();
        names.sort();
        let mut all = Vec::new();
        for name in names {
            let documents = database
                .collection::<RawDocumentBuf>(&name)
                .find(doc! {})
                .await
                .unwrap();
            let documents: Vec<RawDocumentBuf> = documents.try_collect().await.unwrap();
            let mut documents: Vec<_> = documents.into_iter().map(RawDocumentBuf::into_bytes).collect();
            documents.sort();
            all.push((name, documents));
        }
        all
    }

    pub(crate) async fn databases(&self) -> Vec<String> {
        let mut names = self.mongo.list_database_names().await.unwrap();
        names.sort();
        names
    }

    /// Waits until CloudWatch has a metric.
    pub(crate) async fn metric(&self, namespace: &str, name: &str) {
        let cloudwatch = aws_sdk_cloudwatch::Client::new(&self.cloud.cloudwatch_sdk_config());
        let started = Instant::now();
        loop {
            let metrics = cloudwatch.list_metrics().namespace(namespace).metric_name(name).send();
            if !metrics.await.unwrap().metrics().is_empty() {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{namespace} {name} was never reported");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Runs a state machine to its end and returns its output.
    pub(crate) async fn execute(&self, machine: &str, input: &str) -> Value {
        let machines = aws_sdk_sfn::Client::new(&self.sdk);
        let started = machines
            .start_execution()
            .state_machine_arn(machine)
            .input(input)
            .send()
            .await
            .unwrap();
        let since = Instant::now();
        loop {
            let execution = machines
                .describe_execution()
                .execution_arn(started.execution_arn())
                .send()
                .await
                .unwrap();
            match execution.status().as_str() {
                "RUNNING" => assert!(
                    since.elapsed() < PATIENCE,
                    "the execution does not end:\n{}",
                    self.log()
                ),
                "SUCCEEDED" => return serde_json::from_str(execution.output().unwrap()).unwrap(),
                other => panic!(
                    "{other}: {:?} {:?}\n{}",
                    execution.error(),
                    execution.cause(),
                    self.log()
                ),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Makes a function of a script that runs as a role, and returns what it answers.
    pub(crate) async fn run_as(&self, role_arn: &str, name: &str, script: &str) -> Value {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("script");
        fs::write(&file, script).unwrap();
        let lambda = aws_sdk_lambda::Client::new(&self.sdk);
        let zip = package::zip(&file, BOOTSTRAP, Effort::Least).unwrap();
        lambda
            .create_function()
            .function_name(name)
            .runtime(Runtime::Providedal2023)
            .handler(BOOTSTRAP)
            .role(role_arn)
            .timeout(30)
            .code(FunctionCode::builder().zip_file(Blob::new(zip)).build())
            .send()
            .await
            .unwrap();
        loop {
            let made = lambda
                .get_function_configuration()
                .function_name(name)
                .send()
                .await
                .unwrap();
            if made.state() == Some(&State::Active) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let answer = self.invoke(name, &json!({})).await;
        lambda.delete_function().function_name(name).send().await.unwrap();
        answer
    }

    /// Puts an object past the functions.
    pub(crate) async fn put(&self, key: &str) {
        let body = aws_sdk_s3::primitives::ByteStream::from_static(b"{}");
        s3(&self.sdk)
            .put_object()
            .bucket(BUCKET)
            .key(key)
            .body(body)
            .send()
            .await
            .unwrap();
    }
}
