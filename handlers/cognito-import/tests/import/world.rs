//! Two pools, an export of the first, and the function that imports it into the second.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_front::{Effect, Rule};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cognito_export::CognitoExport;
use cognito_import::{Answer, CognitoImport, Limits, Report, UserResult, handle};
use envelope::DataKeys;
use lambda_kit::{Deadline, Environment, Failure, Invocation};
use pool_harness::{FUNCTION, Person, Scene};
use serde_json::{Value, json};
use user_export::{Found, IMPORT, Pool, Rates, read};

/// What the function's role may do to the pool that it imports into.
pub(crate) const ON_POOL: [&str; 9] = [
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminDisableUser",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminListGroupsForUser",
    "cognito-idp:AdminSetUserPassword",
    "cognito-idp:CreateGroup",
    "cognito-idp:DescribeUserPool",
    "cognito-idp:GetGroup",
];
/// To the key that wraps data keys.
pub(crate) const ON_KEY: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey"];
/// What the import role may do to exports.
pub(crate) const ON_EXPORTS: [&str; 2] = ["s3:GetObject", "s3:GetObjectVersion"];
/// To its own objects.
pub(crate) const ON_IMPORTS: [&str; 2] = ["s3:GetObject", "s3:PutObject"];

pub(crate) struct World {
    scene: Scene,
    pub(crate) source: String,
    pub(crate) target: String,
    pub(crate) limits: Limits,
    role_arn: String,
    import_role_arn: String,
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
        let mut world = Self {
            source: scene.pool().await.unwrap(),
            target: scene.pool().await.unwrap(),
            limits: Limits {
                batch: 10,
                lease: Duration::from_secs(8),
                ..Limits::default()
            },
            role_arn: String::new(),
            import_role_arn: String::new(),
            scene,
        };
        world.import_role_arn = world.role("import", &[]).await.unwrap();
        world.role_arn = world.role("function", &[]).await.unwrap();
        world.rights(&ON_POOL, &ON_KEY, &ON_EXPORTS, &ON_IMPORTS).await;
        world
    }

    /// Gives the two roles these rights and no others.
    pub(crate) async fn rights(&self, on_pool: &[&str], on_key: &[&str], on_exports: &[&str], on_imports: &[&str]) {
        let pool = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{}", self.target);
        let assume: &[&str] = &["sts:AssumeRole"];
        let of_function = [
            (on_pool, pool.as_str()),
            (on_key, &self.key_arn),
            (assume, &self.import_role_arn),
        ];
        self.allow(&format!("function-{}", self.number), &of_function)
            .await
            .unwrap();
        let exports = format!("arn:aws:s3:::{}/cognito/{}/*", self.bucket, self.source);
        let imports = format!("arn:aws:s3:::{}/cognito/imports/{}/*", self.bucket, self.target);
        let kms: &[&str] = &["kms:GenerateDataKey", "kms:Decrypt"];
        let of_import = [
            (on_exports, exports.as_str()),
            (on_imports, &imports),
            (kms, &self.bucket_key_arn),
        ];
        self.allow(&format!("import-{}", self.number), &of_import)
            .await
            .unwrap();
    }

    pub(crate) fn variables(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("LECTERN_EXPORT_BUCKET", self.bucket.clone()),
            ("LECTERN_IMPORT_ROLE_ARN", self.import_role_arn.clone()),
            ("LECTERN_EXPORT_BUCKET_KMS_KEY_ARN", self.bucket_key_arn.clone()),
            ("LECTERN_EXPORT_KMS_KEY_ARN", self.key_arn.clone()),
        ])
    }

    /// Fills the first pool and exports it as the account's root; the run.
    pub(crate) async fn export(&self, people: impl IntoIterator<Item = Person>) -> String {
        self.fill(&self.source, people).await.unwrap();
        self.export_again(6).await
    }

    pub(crate) async fn export_again(&self, hour: u32) -> String {
        self.export_with(self.root(), hour).await
    }

    /// Exports with a front of the export's own.
    pub(crate) async fn export_through(&self, front: &aws_front::Front, hour: u32) -> String {
        let aws = self.root().to_builder().endpoint_url(front.url()).build();
        self.export_with(aws, hour).await
    }

    async fn export_with(&self, aws: aws_config::SdkConfig, hour: u32) -> String {
        let role = self
            .role(&format!("export-{hour}"), &[(&["s3:*", "kms:*"], "*")])
            .await
            .unwrap();
        let mut variables = self.variables();
        variables.insert("LECTERN_EXPORT_ROLE_ARN", role);
        variables.insert("LECTERN_USER_POOL_ID", self.source.clone());
        let environment = Environment::new(|name| variables.get(name).cloned());
        let export = CognitoExport::new(aws, environment).unwrap().with_metrics(|_| {});
        let export = export.with_limits(cognito_export::Limits {
            part_pages: 2,
            ..cognito_export::Limits::default()
        });
        let event =
            json!({ "version": 1, "schedule_arn": "test", "scheduled_time": format!("2026-11-30T{hour:02}:00:00Z") });
        match cognito_export::handle(&raw(&event.to_string(), Deadline::NONE), &export)
            .await
            .unwrap()
        {
            cognito_export::Answer::Complete(report) => report.run.to_string(),
            other => panic!("{other:?}"),
        }
    }

    /// The function after a cold start.
    pub(crate) async fn function(&self) -> CognitoImport {
        let variables = self.variables();
        let environment = Environment::new(|name| variables.get(name).cloned());
        let function = CognitoImport::new(self.aws(&self.role_arn).await, environment).unwrap();
        function
            .with_limits(self.limits)
            .with_clock(self.clock())
            .with_metrics(self.sink())
    }

    pub(crate) fn event(&self, export: &str, dry_run: bool) -> String {
        let event = json!({
            "version": 1,
            "export": export,
            "source_user_pool_id": self.source,
            "user_pool_id": self.target,
            "dry_run": dry_run,
        });
        event.to_string()
    }

    /// One invocation after a cold start.
    pub(crate) async fn invoke(&self, dry_run: bool, deadline: Deadline) -> Result<Answer, Failure> {
        handle(&raw(&self.event("latest", dry_run), deadline), &self.function().await).await
    }

    /// An import of the newest export that comes to its end.
    pub(crate) async fn import(&self, dry_run: bool) -> Report {
        complete(self.invoke(dry_run, Deadline::NONE).await.unwrap())
    }

    /// Lambda takes events and does nothing with them: the test invokes the function again.
    pub(crate) fn take_events(&self) {
        let body = String::new();
        self.front
            .script(Rule::on("Invoke").always().effect(Effect::Answer { status: 202, body }));
    }

    /// Somebody in the second pool.
    pub(crate) async fn found(&self, username: &str) -> Option<Found> {
        let pool = Pool::new(&self.root(), &self.target, Rates::unlimited());
        pool.user(username).await.unwrap()
    }

    pub(crate) async fn groups_of(&self, username: &str) -> BTreeSet<String> {
        let pool = Pool::new(&self.root(), &self.target, Rates::unlimited());
        pool.groups_of(username).await.unwrap()
    }

    /// What a report says of each user, by name.
    pub(crate) async fn results(&self, report: &Report) -> BTreeMap<String, UserResult> {
        let place = job_kit::Place {
            bucket: self.bucket.clone(),
            owner: None,
            kms_key: None,
        };
        let store = job_kit::Store::new(&self.root(), place);
        let keys = DataKeys::new(&self.root(), self.key_arn.clone(), IMPORT);
        let key = keys
            .unwrap(&report.data_key_run, &STANDARD.decode(&report.data_key).unwrap())
            .await
            .unwrap();
        let mut results = BTreeMap::new();
        for part in &report.results {
            for line in read::<UserResult>(&store, (IMPORT, &report.data_key_run), part, &key.key)
                .await
                .unwrap()
            {
                results.insert(line.username.clone(), line);
            }
        }
        results
    }
}

pub(crate) fn complete(answer: Answer) -> Report {
    match answer {
        Answer::Complete(report) => *report,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn raw(event: &str, deadline: Deadline) -> Invocation {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    Invocation {
        event: serde_json::from_str(event).unwrap(),
        request_id: format!("request-{}", NEXT.fetch_add(1, Ordering::Relaxed)),
        function_arn: FUNCTION.to_owned(),
        deadline,
    }
}

pub(crate) fn outcome(answer: &Answer) -> Value {
    json!(answer)["outcome"].clone()
}
