//! A deployment, a bucket, a secret, and AWS as the function sees it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_front::Front;
use aws_sdk_s3::config::Credentials;
use dump_format::key::{Key, Location, Object, RunId};
use dump_format::line::Decoder;
use dump_format::manifest::{Latest, Manifest, Meta};
use dump_format::payload::{Action, Compression, DumpFields, Event, Trigger};
use dump_format::{ContentHash, Sha256Hex, UtcSeconds};
use lambda_kit::{Deadline, Failure};
use local_cloud::LocalCloud;
use mongo_dump::{Answer, Limits, Settings};
use mongo_emulator::MongoEmulator;
use serde_json::Value;

pub(crate) const REGION: &str = "us-east-1";
pub(crate) const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:mongo-dump:live";
const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/1234";
const ROLE: &str = "arn:aws:iam::000000000000:role/dump";

fn cloud() -> Arc<LocalCloud> {
    LocalCloud::shared(local_cloud::Options::default()).unwrap()
}

fn unique(prefix: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Small sizes and short times. S3 takes no smaller part but the last.
pub(crate) fn limits() -> Limits {
    Limits {
        reply: Duration::from_secs(5),
        read_pause: Duration::from_millis(640),
        lease: Duration::from_secs(8),
        checkpoint_bytes: 1,
        ..Limits::default()
    }
}

/// The driver looks for a server that failed as soon as it may.
pub(crate) fn quick(uri: &str) -> String {
    let separator = if uri.ends_with('?') { "" } else { "&" };
    format!("{uri}{separator}heartbeatFrequencyMS=500")
}

pub(crate) struct World {
    // Dropped in this order: who is called by whom.
    pub(crate) mongo: MongoEmulator,
    pub(crate) front: Front,
    pub(crate) bucket: String,
    pub(crate) limits: Limits,
    pub(crate) deadline: Deadline,
    pub(crate) fields: DumpFields,
    pub(crate) require_snapshot: bool,
    /// Seconds since 1970 that the run is scheduled for.
    pub(crate) scheduled: i64,
    pub(crate) metrics: Arc<Mutex<Vec<Value>>>,
    /// Past the front.
    pub(crate) s3: aws_sdk_s3::Client,
    cloud: Arc<LocalCloud>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(mongo_emulator::Options::default()).await
    }

    pub(crate) async fn with(options: mongo_emulator::Options) -> Self {
        let mongo = MongoEmulator::start(options).unwrap();
        let uri = quick(&mongo.uri());
        Self::before(mongo, &uri).await
    }

    /// With a connection string of the test's choice in the secret.
    pub(crate) async fn before(mongo: MongoEmulator, uri: &str) -> Self {
        let cloud = cloud();
        let front = Front::start(&cloud.endpoint_url()).await.unwrap();
        let bucket = unique("dumps");
        let s3 = lambda_kit::aws::s3(&cloud.sdk_config());
        s3.create_bucket().bucket(&bucket).send().await.unwrap();
        let secrets = aws_sdk_secretsmanager::Client::new(&cloud.sdk_config());
        let secret = serde_json::json!({ "uri": uri }).to_string();
        let secret = secrets
            .create_secret()
            .name(unique("mongo"))
            .secret_string(secret)
            .send()
            .await;
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let fields = DumpFields {
            cluster: "main".to_owned(),
            secret_arn: secret.unwrap().arn.unwrap(),
            bucket: bucket.clone(),
            prefix: "mongo".to_owned(),
            kms_key_arn: KEY.to_owned(),
            role_arn: ROLE.to_owned(),
            include: texts(&["*"]),
            exclude: Vec::new(),
            compression: "zstd".to_owned(),
            read_concern: "snapshot".to_owned(),
        };
        Self {
            mongo,
            front,
            bucket,
            limits: limits(),
            deadline: Deadline::NONE,
            fields,
            require_snapshot: false,
            scheduled: 1_778_090_400,
            metrics: Arc::default(),
            s3,
            cloud,
        }
    }

    pub(crate) async fn set_secret(&self, secret: &str) {
        let secrets = aws_sdk_secretsmanager::Client::new(&self.cloud.sdk_config());
        let put = secrets
            .put_secret_value()
            .secret_id(&self.fields.secret_arn)
            .secret_string(secret);
        put.send().await.unwrap();
    }

    pub(crate) fn event(&self, action: Action) -> Event {
        let arn = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/Six";
        Event {
            action,
            settings: self.fields.check().unwrap(),
            trigger: Trigger {
                schedule_arn: dump_format::names::ScheduleArn::parse(arn).unwrap(),
                scheduled_time: UtcSeconds::from_unix(self.scheduled).unwrap(),
            },
            require_snapshot: self.require_snapshot,
        }
    }

    pub(crate) fn run(&self) -> RunId {
        RunId::of(&self.event(Action::Dump).trigger)
    }

    pub(crate) fn location(&self) -> Location {
        self.event(Action::Dump).settings.location()
    }

    pub(crate) fn key(&self, object: Object) -> String {
        self.location().render(&Key::Run(self.run(), object))
    }

    /// An invocation's surroundings; each has a request id of its own.
    pub(crate) async fn settings(&self) -> Settings {
        let aws = aws(&self.front.url()).await;
        let mut settings = Settings::new(aws, FUNCTION.to_owned(), unique("request"), self.deadline);
        settings.limits = self.limits.clone();
        let seen = Arc::clone(&self.metrics);
        settings.metrics = Arc::new(move |metrics| {
            let line = metrics.render(std::time::SystemTime::now());
            seen.lock().unwrap().push(serde_json::from_str(&line).unwrap());
        });
        settings
    }

    pub(crate) async fn handle(&self, action: Action) -> Result<Answer, Failure> {
        let settings = self.settings().await;
        mongo_dump::handle(&self.event(action).render(), &settings).await
    }

    pub(crate) async fn dump(&self) -> Result<Answer, Failure> {
        self.handle(Action::Dump).await
    }

    /// A metric's values so far.
    pub(crate) fn metric(&self, name: &str) -> Vec<f64> {
        let seen = self.metrics.lock().unwrap();
        seen.iter().filter_map(|line| line[name].as_f64()).collect()
    }

    pub(crate) async fn get(&self, key: &str) -> Option<Vec<u8>> {
        let object = self.s3.get_object().bucket(&self.bucket).key(key).send().await.ok()?;
        Some(object.body.collect().await.unwrap().into_bytes().to_vec())
    }

    pub(crate) async fn keep_versions(&self) {
        let enabled = aws_sdk_s3::types::VersioningConfiguration::builder()
            .status(aws_sdk_s3::types::BucketVersioningStatus::Enabled)
            .build();
        let put = self.s3.put_bucket_versioning().bucket(&self.bucket);
        put.versioning_configuration(enabled).send().await.unwrap();
    }

    pub(crate) async fn get_version(&self, key: &str, version: &str) -> Vec<u8> {
        let get = self.s3.get_object().bucket(&self.bucket).key(key).version_id(version);
        let object = get.send().await.unwrap();
        object.body.collect().await.unwrap().into_bytes().to_vec()
    }

    pub(crate) async fn put(&self, key: &str, body: Vec<u8>) {
        let put = self.s3.put_object().bucket(&self.bucket).key(key).body(body.into());
        put.send().await.unwrap();
    }

    pub(crate) async fn json(&self, key: &str) -> Value {
        serde_json::from_slice(&self.get(key).await.unwrap()).unwrap()
    }

    /// Keys and sizes of all objects.
    pub(crate) async fn objects(&self) -> BTreeMap<String, u64> {
        let mut pages = self.s3.list_objects_v2().bucket(&self.bucket).into_paginator().send();
        let mut objects = BTreeMap::new();
        while let Some(page) = pages.next().await {
            for object in page.unwrap().contents() {
                let size = u64::try_from(object.size().unwrap()).unwrap();
                objects.insert(object.key().unwrap().to_owned(), size);
            }
        }
        objects
    }

    pub(crate) async fn manifest(&self) -> Option<Manifest> {
        let bytes = self.get(&self.key(Object::Manifest)).await?;
        Some(Manifest::parse(&bytes).unwrap())
    }

    pub(crate) async fn latest(&self) -> Option<Latest> {
        let bytes = self.get(&self.location().render(&Key::Latest)).await?;
        Some(Latest::parse(&bytes).unwrap())
    }

    pub(crate) async fn meta(&self, database: &str, collection: &str) -> Meta {
        let namespace = dump_format::names::Namespace::new(database, collection).unwrap();
        let bytes = self.get(&self.key(Object::Meta(namespace))).await.unwrap();
        Meta::parse(&bytes).unwrap()
    }

    /// The documents of the dump by `database.collection`, after all that its manifest says of them has been found to be true.
    pub(crate) async fn restored(&self) -> BTreeMap<String, Vec<Vec<u8>>> {
        let manifest = self.manifest().await.unwrap();
        let folder = self.location().run_folder(self.run());
        let objects = self.objects().await;
        let missing = manifest.missing(|key| objects.get(&format!("{folder}{key}")).copied());
        assert_eq!(missing, Vec::<String>::new());
        self.read_back(&manifest).await
    }

    /// The same of the versions that the manifest names, where it names any, whatever lies over them by now.
    pub(crate) async fn read_back(&self, manifest: &Manifest) -> BTreeMap<String, Vec<Vec<u8>>> {
        let folder = self.location().run_folder(self.run());
        let mut restored = BTreeMap::new();
        for collection in manifest.collections() {
            let mut documents = Vec::new();
            let mut hash = ContentHash::default();
            for part in collection.parts() {
                let key = format!("{folder}{}", String::from(part.key.clone()));
                let stored = match &part.version_id {
                    Some(version) => self.get_version(&key, version.as_str()).await,
                    None => self.get(&key).await.unwrap(),
                };
                assert_eq!(Sha256Hex::of(&stored), part.sha256, "{:?}", part.key);
                let lines = decompressed(part.key.compression, &stored);
                assert_eq!(lines.len() as u64, part.bytes_lines);
                let before = documents.len() as u64;
                let mut decoder = Decoder::new();
                for line in lines.split_inclusive(|&byte| byte == b'\n') {
                    let mut document = Vec::new();
                    decoder
                        .decode(line.strip_suffix(b"\n").unwrap(), &mut document)
                        .unwrap();
                    hash.add(&document);
                    documents.push(document);
                }
                assert_eq!(documents.len() as u64 - before, part.documents);
            }
            assert_eq!(hash, collection.content_hash, "{}", collection.namespace);
            restored.insert(collection.namespace.to_string(), documents);
        }
        restored
    }

    /// That the dump has exactly the documents that the deployment has now.
    pub(crate) async fn assert_equal_to_the_deployment(&self) {
        let mut restored = self.restored().await;
        for (namespace, documents) in &mut restored {
            let (database, collection) = namespace.split_once('.').unwrap();
            let mut there = self.mongo.documents(database, collection);
            assert_eq!(documents.len(), there.len(), "{namespace}");
            documents.sort();
            there.sort();
            assert!(*documents == there, "{namespace}");
        }
    }
}

/// AWS at an address: tried again soon, given up in time.
async fn aws(endpoint_url: &str) -> SdkConfig {
    let retries = RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(5));
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(30))
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .endpoint_url(endpoint_url)
        .retry_config(retries)
        .timeout_config(timeouts)
        .load()
        .await
}

fn decompressed(compression: Compression, stored: &[u8]) -> Vec<u8> {
    match compression {
        Compression::Zstd => zstd::decode_all(stored).unwrap(),
        Compression::Gzip => {
            let mut lines = Vec::new();
            flate2::read::GzDecoder::new(stored).read_to_end(&mut lines).unwrap();
            lines
        }
    }
}

/// The failure's name.
pub(crate) fn name(result: Result<Answer, Failure>) -> &'static str {
    match result {
        Ok(answer) => panic!("not failed: {answer:?}"),
        Err(failure) => failure.name,
    }
}

pub(crate) fn complete(result: Result<Answer, Failure>) -> mongo_dump::Report {
    match result {
        Ok(Answer::Complete(report)) => report,
        other => panic!("{other:?}"),
    }
}

/// An answer as Lambda gives it on.
pub(crate) fn shown(answer: &Answer) -> Value {
    serde_json::to_value(answer).unwrap()
}
