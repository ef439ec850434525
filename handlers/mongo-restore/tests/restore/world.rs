//! S3 and Secrets Manager behind a proxy, and a deployment to restore to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_front::Front;
use local_cloud::LocalCloud;
use mongo_emulator::{MongoEmulator, Options};
use mongo_restore::answer::Answer;
use mongo_restore::{Failed, Place, Settings, handle};
use mongodb::bson::Document;
use serde_json::{Value, json};

use crate::dump::{CLUSTER, Dump, PREFIX};

/// What the names of a restore's own collections begin with.
const OWN: &str = "lectern_restore.";

fn cloud() -> Arc<LocalCloud> {
    LocalCloud::shared(local_cloud::Options::default()).unwrap()
}

pub(crate) struct World {
    pub(crate) front: Front,
    pub(crate) mongo: MongoEmulator,
    pub(crate) bucket: String,
    pub(crate) secret_arn: String,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) settings: Settings,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let (cloud, mongo) = tokio::task::spawn_blocking(|| (cloud(), MongoEmulator::start(options).unwrap()))
            .await
            .unwrap();
        let front = Front::start(&cloud.endpoint_url()).await.unwrap();
        let s3 = lambda_kit::aws::s3(&cloud.sdk_config());
        let bucket = format!("dumps-{number}");
        s3.create_bucket().bucket(&bucket).send().await.unwrap();
        let secrets = aws_sdk_secretsmanager::Client::new(&cloud.sdk_config());
        let secret = secrets.create_secret().name(format!("mongo-{number}"));
        let uri = mongo.uri();
        let secret = secret.secret_string(json!({"uri": patient(&uri)}).to_string());
        let secret_arn = secret.send().await.unwrap().arn.unwrap();
        let aws = cloud
            .sdk_config()
            .to_builder()
            .endpoint_url(front.url())
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(4)
                    .with_initial_backoff(Duration::from_millis(5)),
            )
            .build();
        let mut settings = Settings::new(aws);
        settings.limits.pause_first = Duration::from_millis(5);
        settings.limits.pause_most = Duration::from_millis(300);
        Self {
            front,
            mongo,
            bucket,
            secret_arn,
            s3,
            settings,
        }
    }

    /// An event for the newest dump.
    pub(crate) fn event(&self, mode: &str) -> Value {
        json!({
            "version": 1,
            "dump_id": "latest",
            "source": {"bucket": self.bucket, "prefix": PREFIX, "cluster": CLUSTER},
            "target": {"secret_arn": self.secret_arn},
            "mode": mode,
        })
    }

    pub(crate) async fn handle(&self, event: &Value) -> Result<Answer, Failed> {
        handle(&event.to_string(), &self.settings, &Place::COMMAND_LINE).await
    }

    /// What fails, by its name.
    pub(crate) async fn refused(&self, event: &Value) -> (&'static str, String) {
        let failed = self.handle(event).await.unwrap_err();
        assert!(mongo_restore::NAMES.contains(&failed.failure.name), "{failed}");
        (failed.failure.name, failed.failure.message)
    }

    pub(crate) async fn put(&self, key: &str, body: Vec<u8>) {
        let call = self.s3.put_object().bucket(&self.bucket).key(key);
        call.body(body.into()).send().await.unwrap();
    }

    pub(crate) async fn delete(&self, key: &str) {
        let call = self.s3.delete_object().bucket(&self.bucket).key(key);
        call.send().await.unwrap();
    }

    pub(crate) async fn get(&self, key: &str) -> Vec<u8> {
        let call = self.s3.get_object().bucket(&self.bucket).key(key);
        call.send()
            .await
            .unwrap()
            .body
            .collect()
            .await
            .unwrap()
            .into_bytes()
            .to_vec()
    }

    /// Writes a dump as its function does, the pointer included.
    pub(crate) async fn store(&self, dump: &Dump) {
        for (key, body) in dump.objects() {
            self.put(&key, body).await;
        }
        let (key, body) = dump.latest();
        self.put(&key, body).await;
    }

    /// What a restore must leave behind: the dump's documents under these names, and nothing of its own.
    pub(crate) fn assert_restored(&self, dump: &Dump) {
        for made in &dump.made {
            let found = sorted(self.mongo.documents(&made.database, &made.collection));
            let name = format!("{}.{}", made.database, made.collection);
            assert_eq!(found.len(), made.documents.len(), "{name}");
            assert!(found == sorted(made.documents.clone()), "{name} has other documents");
        }
        self.assert_nothing_of_its_own();
    }

    pub(crate) fn assert_nothing_of_its_own(&self) {
        let counts = self.mongo.counts();
        let own: Vec<_> = counts.keys().filter(|name| name.starts_with(OWN)).collect();
        assert!(own.is_empty(), "{own:?}");
    }

    /// Commands that change something but notes, by their names.
    pub(crate) fn writes(&self) -> Vec<String> {
        let changes = [
            "insert",
            "update",
            "delete",
            "create",
            "createIndexes",
            "drop",
            "dropDatabase",
            "collMod",
        ];
        let calls = self.mongo.calls().into_iter();
        let calls = calls.filter(|call| !call.namespace.starts_with(OWN));
        calls
            .map(|call| call.command)
            .filter(|command| changes.contains(&command.as_str()))
            .collect()
    }

    /// Every command's notes: `database.collection`.
    pub(crate) fn notes(&self) -> Vec<String> {
        let counts = self.mongo.counts();
        counts
            .into_keys()
            .filter_map(|name| name.strip_prefix(OWN).map(str::to_owned))
            .collect()
    }

    /// One of a command's own documents.
    pub(crate) fn own_document(&self, collection: &str, id: &str) -> Option<Document> {
        let documents = self.mongo.documents(OWN.trim_end_matches('.'), collection).into_iter();
        let mut documents = documents.map(|bytes| Document::from_reader(bytes.as_slice()).unwrap());
        documents.find(|document| document.get_str("_id").is_ok_and(|found| found == id))
    }

    /// Changes all leases that there are: who has them, and what else they say.
    pub(crate) fn change_leases(&self, owner: &str, change: impl Fn(&mut Value)) {
        for collection in self.notes() {
            let Some(mut lease) = self.own_document(&collection, "lease") else {
                continue;
            };
            let mut state: Value = serde_json::from_str(lease.get_str("state").unwrap()).unwrap();
            change(&mut state);
            lease.insert("owner", owner);
            lease.insert("state", state.to_string());
            let lease = lease.to_vec().unwrap();
            assert!(self.mongo.replace_raw(OWN.trim_end_matches('.'), &collection, &lease));
        }
    }

    /// The time passes that a killed process's lease needs to end.
    pub(crate) fn the_leases_end(&self) {
        self.change_leases("killed", |state| state["until_ms"] = json!(0));
    }
}

/// A driver waits for its monitor after a failure: here as short as it may.
pub(crate) fn patient(uri: &str) -> String {
    format!("{uri}&heartbeatFrequencyMS=500&serverSelectionTimeoutMS=5000")
}

pub(crate) fn sorted(mut documents: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    documents.sort();
    documents
}
