//! A secret whose rotation has begun, its two users in MongoDB, and AWS as the function sees it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use atlas_emulator::{AtlasEmulator, Credentials as AtlasCredentials, DEFAULT_PROJECT, Pace};
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_front::Front;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Credentials;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use lambda_kit::emf::Metrics;
use lambda_kit::{Backoff, Deadline, Environment, Failure};
use local_cloud::package::{self, BOOTSTRAP, Effort};
use local_cloud::{LocalCloud, Options};
use mongo_emulator::{MongoEmulator, User};
use mongodb::bson::doc;
use secret_rotation::{Limits, Report, SecretRotation, handle};
use serde_json::{Value, json};

pub(crate) const REGION: &str = "us-east-1";
pub(crate) const DAILY: &str = include_str!("../../events/schedule.json");
pub(crate) const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/// In every password that a test gives out, so that it can be looked for.
pub(crate) const SECRET: &str = "hunter2";

/// What the function's role may do to the secret, and to the administrator's.
pub(crate) const ON_SECRET: [&str; 4] = [
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
];
pub(crate) const ON_MASTER: [&str; 1] = ["secretsmanager:GetSecretValue"];

/// A function that does nothing, so that RotateSecret leaves a rotation that has just begun.
const IDLE: &str = r#"#!/usr/bin/env python3
import os, urllib.request
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as request:
        identity = request.headers["Lambda-Runtime-Aws-Request-Id"]
    urllib.request.urlopen(urllib.request.Request(f"{api}/{identity}/response", data=b"{}")).close()
"#;

fn number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Times that a test can wait for.
pub(crate) fn limits() -> Limits {
    Limits {
        selection: Duration::from_secs(3),
        connect: Duration::from_secs(3),
        reply: Duration::from_secs(2),
        propagation: Duration::from_millis(300),
        deployment: PATIENCE,
        calling: Duration::from_secs(6),
        attempts: 3,
        backoff: Backoff {
            first: Duration::from_millis(10),
            most: Duration::from_millis(50),
        },
    }
}

/// For what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// How the function changes passwords.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// As an administrator of the MongoDB.
    Commands,
    /// As a service account of Atlas, which waits so long for the cluster.
    Atlas(Duration),
}

/// Which form the secret has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Uri,
    Members,
}

pub(crate) struct World {
    // Dropped in this order: who is called by whom.
    atlas: Option<Atlas>,
    pub(crate) mongo: Arc<MongoEmulator>,
    pub(crate) front: Front,
    pub(crate) secret_arn: String,
    pub(crate) name: String,
    /// Of the administrator's secret, or of the service account's.
    pub(crate) master_arn: String,
    pub(crate) variables: Vec<(&'static str, String)>,
    /// As the account's root.
    pub(crate) secrets: Client,
    role: String,
    function: SecretRotation,
    pub(crate) lines: Arc<Mutex<Vec<Value>>>,
    pub(crate) ahead: Arc<AtomicU64>,
    cloud: Arc<LocalCloud>,
}

/// An Atlas whose cluster is the MongoDB: what is applied to it there comes here, and nothing else.
struct Atlas {
    emulator: Arc<AtlasEmulator>,
    cluster: tokio::task::JoinHandle<()>,
}

impl Drop for Atlas {
    fn drop(&mut self) {
        self.cluster.abort();
    }
}

impl Atlas {
    fn start(mongo: &Arc<MongoEmulator>) -> Self {
        let emulator = AtlasEmulator::start(atlas_emulator::Options {
            pace: Pace::TimeFactor(0.0),
            ..atlas_emulator::Options::default()
        });
        let emulator = Arc::new(emulator.unwrap());
        let (of_task, mongo) = (Arc::clone(&emulator), Arc::clone(mongo));
        let cluster = tokio::spawn(async move {
            let mut known = Vec::new();
            loop {
                let applied = of_task.project(DEFAULT_PROJECT).applied_database_users();
                for user in applied.iter().filter(|user| !known.contains(*user)) {
                    mongo.set_user(User {
                        name: user.name.clone(),
                        password: user.password.clone(),
                        database: user.database.clone(),
                        roles: user.roles.clone(),
                    });
                }
                known = applied;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        Self { emulator, cluster }
    }
}

/// A user as Atlas's API takes a new one.
pub(crate) fn atlas_user(name: &str, roles: &Value) -> Value {
    json!({
        "groupId": DEFAULT_PROJECT,
        "databaseName": "admin",
        "username": name,
        "password": format!("{SECRET}-first"),
        "roles": roles,
        "scopes": [{ "name": "main", "type": "CLUSTER" }],
    })
}

pub(crate) fn app(name: &str) -> User {
    User {
        roles: vec![("readWrite".to_owned(), "school".to_owned())],
        ..User::new(name, &format!("{SECRET}-first"))
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Form::Members, 1, json!({})).await
    }

    /// With a secret of this form and these members besides.
    pub(crate) async fn with(form: Form, members: u32, besides: Value) -> Self {
        Self::by(Way::Commands, form, members, besides).await
    }

    /// On Atlas.
    pub(crate) async fn on_atlas() -> Self {
        Self::by(Way::Atlas(PATIENCE), Form::Members, 1, json!({})).await
    }

    pub(crate) async fn by(way: Way, form: Form, members: u32, besides: Value) -> Self {
        let number = number();
        let mongo = MongoEmulator::start(mongo_emulator::Options {
            members,
            users: vec![User::new("admin", &format!("{SECRET}-admin")), app("app")],
            ..mongo_emulator::Options::default()
        })
        .unwrap();
        let mongo = Arc::new(mongo);
        let atlas = match way {
            Way::Commands => None,
            Way::Atlas(_) => {
                for command in ["usersInfo", "updateUser", "createUser"] {
                    mongo.forbid(command);
                }
                Some(Atlas::start(&mongo))
            }
        };
        let cloud = LocalCloud::shared(Options {
            ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
            ..Options::default()
        })
        .unwrap();
        let front = Front::start(&cloud.endpoint_url()).await.unwrap();
        let secrets = Client::new(&cloud.sdk_config());
        let admin = User::new("admin", &format!("{SECRET}-admin"));
        let account = AtlasCredentials::default();
        let master = match way {
            Way::Commands => json!({ "uri": mongo.uri_of(&admin) }),
            Way::Atlas(_) => json!({ "client_id": account.client_id, "client_secret": account.client_secret }),
        };
        let master = master.to_string();
        let master = secrets
            .create_secret()
            .name(format!("master-{number}"))
            .secret_string(master);
        let master_arn = master.send().await.unwrap().arn.unwrap();
        let mut value = match form {
            Form::Uri => json!({ "uri": mongo.uri_of(&app("app")) }),
            Form::Members => json!({
                "engine": "mongo",
                "host": "127.0.0.1",
                "port": mongo.address().port(),
                "ssl": false,
                "replicaSet": "rs0",
                "username": "app",
                "password": format!("{SECRET}-first"),
            }),
        };
        value
            .as_object_mut()
            .unwrap()
            .extend(besides.as_object().unwrap().clone());
        let name = format!("app-{number}");
        let secret = secrets.create_secret().name(&name).secret_string(value.to_string());
        let secret_arn = secret.send().await.unwrap().arn.unwrap();
        let role = format!("rotation-{number}");
        let aws = assumed(&cloud, &front.url(), &role).await;
        let lines: Arc<Mutex<Vec<Value>>> = Arc::default();
        let ahead = Arc::new(AtomicU64::new(0));
        let mut variables = vec![("LECTERN_SECRET_ARNS", secret_arn.clone())];
        match &atlas {
            None => variables.push(("LECTERN_MASTER_SECRET_ARN", master_arn.clone())),
            Some(atlas) => variables.extend([
                ("LECTERN_ATLAS_PROJECT_ID", DEFAULT_PROJECT.to_owned()),
                ("LECTERN_ATLAS_SECRET_ARN", master_arn.clone()),
                ("LECTERN_ATLAS_BASE_URL", atlas.emulator.base_url()),
                ("LECTERN_MONGO_HOST", mongo.address().to_string()),
            ]),
        }
        let read = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.clone())
        };
        let function = SecretRotation::new(&aws, Environment::new(read)).unwrap();
        let mut times = limits();
        if let Way::Atlas(deployment) = way {
            times.deployment = deployment;
        }
        let function = function.with_limits(times).with_metrics({
            let lines = Arc::clone(&lines);
            move |metrics: &Metrics| {
                let line = metrics.render(SystemTime::UNIX_EPOCH);
                lines.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        let function = function.with_clock({
            let ahead = Arc::clone(&ahead);
            Arc::new(move || SystemTime::now() + Duration::from_secs(ahead.load(Ordering::SeqCst)))
        });
        let world = Self {
            atlas,
            mongo,
            front,
            secret_arn,
            name,
            master_arn,
            variables,
            secrets,
            role,
            function,
            lines,
            ahead,
            cloud,
        };
        world.allow(&ON_SECRET, &ON_MASTER).await;
        if world.atlas.is_some() {
            let roles = json!([{ "roleName": "readWrite", "databaseName": "school" }]);
            world.add_to_atlas(&atlas_user("app", &roles));
        }
        world
    }

    /// Nothing fails from now on.
    pub(crate) fn clear_faults(&self) {
        self.front.clear();
        self.mongo.clear_faults();
        if let Some(atlas) = &self.atlas {
            atlas.emulator.clear_faults();
        }
    }

    /// The Atlas of a world that has one.
    pub(crate) fn atlas(&self) -> &AtlasEmulator {
        &self.atlas.as_ref().unwrap().emulator
    }

    /// Adds or replaces a user there; the cluster has it at once.
    pub(crate) fn add_to_atlas(&self, user: &Value) {
        let project = self.atlas().project(DEFAULT_PROJECT);
        project.add_database_user(user.as_object().unwrap()).unwrap();
    }

    /// Gives the function's role these actions and no others.
    pub(crate) async fn allow(&self, on_secret: &[&str], on_master: &[&str]) {
        let statements = [(on_secret, &self.secret_arn), (on_master, &self.master_arn)];
        let statements = statements.into_iter().filter(|(actions, _)| !actions.is_empty());
        let statements: Vec<_> = statements
            .map(|(actions, resource)| json!({ "Effect": "Allow", "Action": actions, "Resource": resource }))
            .collect();
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        let iam = aws_sdk_iam::Client::new(&self.cloud.sdk_config());
        let call = iam.put_role_policy().role_name(&self.role).policy_name("rotation");
        call.policy_document(policy.to_string()).send().await.unwrap();
    }

    /// A rotation begins; its token.
    pub(crate) async fn begin(&self) -> String {
        let function = idle(&self.cloud).await;
        let call = self.secrets.rotate_secret().secret_id(&self.secret_arn);
        let begun = call.rotation_lambda_arn(function).rotation_rules(
            aws_sdk_secretsmanager::types::RotationRulesType::builder()
                .automatically_after_days(30)
                .build(),
        );
        begun.send().await.unwrap().version_id.unwrap()
    }

    pub(crate) fn event(&self, step: &str, token: &str) -> String {
        let mut event: Value = serde_json::from_str(include_str!("../../events/rotation.json")).unwrap();
        event["Step"] = step.into();
        event["SecretId"] = self.secret_arn.as_str().into();
        event["ClientRequestToken"] = token.into();
        event.to_string()
    }

    /// One step; whether it had been done before.
    pub(crate) async fn step(&self, step: &str, token: &str) -> Result<bool, Failure> {
        match self.send(&self.event(step, token), Deadline::NONE).await? {
            Report::Step { was_done, .. } => Ok(was_done),
            report @ Report::Ages { .. } => panic!("{report:?}"),
        }
    }

    pub(crate) async fn send(&self, event: &str, deadline: Deadline) -> Result<Report, Failure> {
        let result = handle(event, deadline, &self.function).await;
        if let Err(failure) = &result {
            assert!(secret_rotation::FAILURES.contains(&failure.name), "{failure:?}");
            assert!(!format!("{failure:?}").contains(SECRET), "{failure:?}");
        }
        result
    }

    /// All four, as Secrets Manager calls them.
    pub(crate) async fn steps(&self, token: &str) -> Result<(), Failure> {
        for step in STEPS {
            self.step(step, token).await?;
        }
        Ok(())
    }

    /// A step that fails, and its failure's name.
    pub(crate) async fn fails(&self, step: &str, token: &str) -> &'static str {
        match self.step(step, token).await {
            Ok(was_done) => panic!("{step} did not fail: {was_done}"),
            Err(failure) => failure.name,
        }
    }

    /// The value in use, and its version.
    pub(crate) async fn current(&self) -> (Value, String) {
        let call = self.secrets.get_secret_value().secret_id(&self.secret_arn);
        let answer = call.send().await.unwrap();
        let value = serde_json::from_str(&answer.secret_string.unwrap()).unwrap();
        (value, answer.version_id.unwrap())
    }

    /// The value of the rotation.
    pub(crate) async fn pending(&self, token: &str) -> Option<Value> {
        let call = self
            .secrets
            .get_secret_value()
            .secret_id(&self.secret_arn)
            .version_id(token);
        let answer = call.send().await.ok()?;
        serde_json::from_str(&answer.secret_string?).ok()
    }

    /// Puts a value in use, past the rotation.
    pub(crate) async fn put(&self, value: &Value) {
        let call = self.secrets.put_secret_value().secret_id(&self.secret_arn);
        call.secret_string(value.to_string()).send().await.unwrap();
    }

    /// Whether the server accepts a client with this value of the secret, by the driver alone.
    pub(crate) async fn lets_in(&self, value: &Value) -> bool {
        let uri = match value["uri"].as_str() {
            Some(uri) => uri.to_owned(),
            None => format!(
                "mongodb://{}:{}@127.0.0.1:{}/?replicaSet=rs0",
                value["username"].as_str().unwrap(),
                value["password"].as_str().unwrap(),
                value["port"],
            ),
        };
        let client = mongodb::Client::with_uri_str(uri).await.unwrap();
        let answer = client
            .database("admin")
            .run_command(doc! { "connectionStatus": 1 })
            .await;
        client.shutdown().immediate(true).await;
        answer.is_ok()
    }

    /// Whether the server accepts a client that reads the secret now.
    pub(crate) async fn works(&self) -> bool {
        self.lets_in(&self.current().await.0).await
    }

    /// The sum of a metric of the secret so far, of one step where one is named.
    pub(crate) fn metric(&self, name: &str, step: Option<&str>) -> f64 {
        let lines = self.lines.lock().unwrap();
        let of_secret = lines.iter().filter(|line| line["Secret"] == self.name.as_str());
        let wanted = of_secret.filter(|line| line["Step"].as_str() == step);
        wanted.filter_map(|line| line[name].as_f64()).sum()
    }
}

/// AWS with the credentials of a role that may do nothing yet.
async fn assumed(cloud: &LocalCloud, endpoint_url: &str, role: &str) -> SdkConfig {
    let iam = aws_sdk_iam::Client::new(&cloud.sdk_config());
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::000000000000:root" },
            "Action": "sts:AssumeRole",
        }],
    });
    let call = iam.create_role().role_name(role);
    let made = call
        .assume_role_policy_document(trust.to_string())
        .send()
        .await
        .unwrap();
    let sts = aws_sdk_sts::Client::new(&cloud.sdk_config());
    let call = sts
        .assume_role()
        .role_arn(made.role.unwrap().arn)
        .role_session_name("test");
    let given = call.send().await.unwrap().credentials.unwrap();
    let credentials = Credentials::new(
        given.access_key_id,
        given.secret_access_key,
        Some(given.session_token),
        None,
        "tests",
    );
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(credentials)
        .endpoint_url(endpoint_url)
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(5)))
        .load()
        .await
}

/// The ARN of a function that does nothing; the tests of this program share it.
async fn idle(cloud: &LocalCloud) -> String {
    const NAME: &str = "idle";
    let lambda = aws_sdk_lambda::Client::new(&cloud.sdk_config());
    let is_done = |refused: Option<Option<&str>>| {
        assert!(
            [None, Some(Some("ResourceConflictException"))].contains(&refused),
            "{refused:?}"
        );
    };
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }],
    });
    let iam = aws_sdk_iam::Client::new(&cloud.sdk_config());
    let call = iam
        .create_role()
        .role_name(NAME)
        .assume_role_policy_document(trust.to_string());
    if let Err(error) = call.send().await {
        assert_eq!(error.code(), Some("EntityAlreadyExists"));
    }
    let role_arn = "arn:aws:iam::000000000000:role/idle";
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join(BOOTSTRAP);
    std::fs::write(&program, IDLE).unwrap();
    let code = package::zip(&program, BOOTSTRAP, Effort::Least).unwrap();
    let code = aws_sdk_lambda::types::FunctionCode::builder()
        .zip_file(code.into())
        .build();
    let call = lambda.create_function().function_name(NAME).code(code);
    let call = call
        .runtime(aws_sdk_lambda::types::Runtime::Providedal2023)
        .handler(BOOTSTRAP);
    let made = call.role(role_arn).send().await;
    // Where another test was first.
    is_done(made.err().as_ref().map(|error| error.code()));
    let call = lambda.add_permission().function_name(NAME).statement_id("rotation");
    let call = call
        .action("lambda:InvokeFunction")
        .principal("secretsmanager.amazonaws.com");
    let permitted = call.send().await;
    is_done(permitted.err().as_ref().map(|error| error.code()));
    format!("arn:aws:lambda:{REGION}:000000000000:function:{NAME}")
}
