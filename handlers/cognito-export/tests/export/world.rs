//! A pool, a bucket and the roles of one test, and the function before them.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_front::{Effect, Rule};
use cognito_export::{Answer, CognitoExport, Limits, Report, handle};
use envelope::{DataKey, DataKeys};
use lambda_kit::{Deadline, Environment, Failure, Invocation};
use pool_harness::{FUNCTION, Scene};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use user_export::{EXPORT, Kind, Manifest, read};

/// What the function's role may do to the pool.
pub(crate) const ON_POOL: [&str; 4] = [
    "cognito-idp:DescribeUserPool",
    "cognito-idp:ListGroups",
    "cognito-idp:ListUsers",
    "cognito-idp:ListUsersInGroup",
];
/// To the key that wraps data keys.
pub(crate) const ON_KEY: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey"];
/// What the export role may do to objects of the pool.
pub(crate) const ON_OBJECTS: [&str; 3] = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"];

pub(crate) struct World {
    scene: Scene,
    pub(crate) pool: String,
    pub(crate) limits: Limits,
    role_arn: String,
    export_role_arn: String,
}

impl Deref for World {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.scene
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        let scene = Scene::start().await.unwrap();
        let pool = scene.pool().await.unwrap();
        let mut world = Self {
            pool,
            limits: Limits {
                part_pages: 3,
                lease: Duration::from_secs(8),
                ..Limits::default()
            },
            role_arn: String::new(),
            export_role_arn: String::new(),
            scene,
        };
        world.export_role_arn = world.role("export", &[]).await.unwrap();
        world.role_arn = world.role("function", &[]).await.unwrap();
        world.rights(&ON_POOL, &ON_KEY, &ON_OBJECTS).await;
        world
    }

    /// Gives the two roles these rights and no others.
    pub(crate) async fn rights(&self, on_pool: &[&str], on_key: &[&str], on_objects: &[&str]) {
        let pool = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{}", self.pool);
        let assume: &[&str] = &["sts:AssumeRole"];
        let of_function = [
            (on_pool, pool.as_str()),
            (on_key, &self.key_arn),
            (assume, &self.export_role_arn),
        ];
        self.allow(&format!("function-{}", self.number), &of_function)
            .await
            .unwrap();
        let objects = format!("arn:aws:s3:::{}/cognito/{}/*", self.bucket, self.pool);
        let kms: &[&str] = &["kms:GenerateDataKey", "kms:Decrypt"];
        let of_export = [(on_objects, objects.as_str()), (kms, &self.bucket_key_arn)];
        self.allow(&format!("export-{}", self.number), &of_export)
            .await
            .unwrap();
    }

    pub(crate) fn variables(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("LECTERN_USER_POOL_ID", self.pool.clone()),
            ("LECTERN_EXPORT_BUCKET", self.bucket.clone()),
            ("LECTERN_EXPORT_ROLE_ARN", self.export_role_arn.clone()),
            ("LECTERN_EXPORT_BUCKET_KMS_KEY_ARN", self.bucket_key_arn.clone()),
            ("LECTERN_EXPORT_KMS_KEY_ARN", self.key_arn.clone()),
        ])
    }

    /// The function after a cold start.
    pub(crate) async fn function(&self) -> CognitoExport {
        let aws = self.aws(&self.role_arn).await;
        self.with_credentials(aws)
    }

    pub(crate) fn with_credentials(&self, aws: SdkConfig) -> CognitoExport {
        let variables = self.variables();
        let environment = Environment::new(|name| variables.get(name).cloned());
        let function = CognitoExport::new(aws, environment).unwrap();
        function
            .with_limits(self.limits)
            .with_clock(self.clock())
            .with_metrics(self.sink())
    }

    /// One invocation of the run at this hour, after a cold start.
    pub(crate) async fn invoke(&self, hour: u32, deadline: Deadline) -> Result<Answer, Failure> {
        handle(&invocation(hour, deadline), &self.function().await).await
    }

    /// An export that becomes complete.
    pub(crate) async fn export(&self, hour: u32) -> Report {
        match self.invoke(hour, Deadline::NONE).await.unwrap() {
            Answer::Complete(report) => report,
            other => panic!("{other:?}"),
        }
    }

    /// Lambda takes events and does nothing with them: the test invokes the function again.
    pub(crate) fn take_events(&self) {
        let body = String::new();
        self.front
            .script(Rule::on("Invoke").always().effect(Effect::Answer { status: 202, body }));
    }

    pub(crate) async fn manifest(&self, report: &Report) -> Manifest {
        serde_json::from_value(self.json(&report.manifest).await.unwrap()).unwrap()
    }

    /// The lines of a kind that a manifest names.
    pub(crate) async fn lines<T: DeserializeOwned>(&self, manifest: &Manifest, kind: Kind) -> Vec<T> {
        let (store, key) = self.reader(manifest).await;
        let mut lines = Vec::new();
        for part in manifest.parts.iter().filter(|part| part.kind == kind) {
            lines.extend(
                read::<T>(&store, (EXPORT, manifest.run.as_str()), part, &key)
                    .await
                    .unwrap(),
            );
        }
        lines
    }

    pub(crate) async fn reader(&self, manifest: &Manifest) -> (job_kit::Store, std::sync::Arc<DataKey>) {
        use base64::Engine as _;
        let place = job_kit::Place {
            bucket: self.bucket.clone(),
            owner: None,
            kms_key: None,
        };
        let wrapped = base64::engine::general_purpose::STANDARD
            .decode(&manifest.data_key)
            .unwrap();
        let keys = DataKeys::new(&self.root(), manifest.kms_key_arn.clone(), EXPORT);
        let key = keys.unwrap(manifest.run.as_str(), &wrapped).await.unwrap();
        (job_kit::Store::new(&self.root(), place), key.key)
    }
}

/// The run that is scheduled for this hour.
pub(crate) fn invocation(hour: u32, deadline: Deadline) -> Invocation {
    let event = json!({
        "version": 1,
        "schedule_arn": "arn:aws:scheduler:us-east-1:000000000000:schedule/default/users",
        "scheduled_time": format!("2026-11-30T{hour:02}:00:00Z"),
    });
    raw(&event.to_string(), deadline)
}

pub(crate) fn raw(event: &str, deadline: Deadline) -> Invocation {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    Invocation {
        event: serde_json::from_str(event).unwrap(),
        request_id: format!("request-{number}"),
        function_arn: FUNCTION.to_owned(),
        deadline,
    }
}

/// Names of all users, in order, each once.
pub(crate) fn names(users: &[user_export::User]) -> Vec<String> {
    let mut names: Vec<_> = users.iter().map(|user| user.username.clone()).collect();
    names.sort();
    names.dedup();
    names
}

pub(crate) fn outcome(answer: &Answer) -> Value {
    json!(answer)["outcome"].clone()
}
