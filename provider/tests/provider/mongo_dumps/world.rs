//! A provider process, a bucket of the local cloud, and a function that writes dumps into it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_front::Front;
use aws_sdk_s3::Client;
use dump_format::key::{DataKey, Key, Location, Object, RunId};
use dump_format::manifest::{
    Asked, ClusterTime, Collection, Consistency, Header, Kind, Latest, Manifest, Part, Range, Server, SkipReason,
    Skipped, Topology,
};
use dump_format::names::{ClusterName, KmsKeyArn, Namespace, Ordinal, Prefix, ScheduleArn};
use dump_format::payload::{Compression, ReadConcern, Trigger};
use dump_format::{ContentHash, Sha256Hex, UtcSeconds};
use futures::{StreamExt as _, stream};
use local_cloud::{LocalCloud, Options};
use serde_json::{Value, json};
use tfplugin6_harness::{Diagnostic, Outcome, ProviderProcess};

pub(crate) const TYPE: &str = "lectern_mongo_dumps";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const HOUR: i64 = 3_600;

/// A local cloud that several tests may look at; it ends with the last of them.
pub(crate) struct Cloud {
    pub(crate) endpoint_url: String,
    pub(crate) sdk: SdkConfig,
    _running: Mutex<LocalCloud>,
}

/// One local cloud for the tests that run at the same time.
pub(crate) fn cloud() -> Arc<Cloud> {
    static CLOUD: Mutex<Weak<Cloud>> = Mutex::new(Weak::new());
    let mut shared = CLOUD.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let started = Arc::new(start(Options::default()));
        *shared = Arc::downgrade(&started);
        started
    })
}

pub(crate) fn start(options: Options) -> Cloud {
    let running = LocalCloud::start(options).unwrap();
    Cloud {
        endpoint_url: running.endpoint_url(),
        sdk: running.sdk_config(),
        _running: Mutex::new(running),
    }
}

/// A provider with these credentials that finds AWS at `url`, and nothing of it in the machine's own settings.
pub(crate) async fn spawn(url: &str, (id, secret): (&str, &str), more: &[(&str, &str)]) -> ProviderProcess {
    let mut environment = vec![
        ("AWS_ENDPOINT_URL", url),
        ("AWS_ACCESS_KEY_ID", id),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_REGION", REGION),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/nonexistent"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"),
    ];
    environment.extend_from_slice(more);
    ProviderProcess::spawn(env!("CARGO_BIN_EXE_terraform-provider-lectern").as_ref(), &environment)
        .await
        .unwrap()
}

pub(crate) async fn configured(url: &str, config: Value) -> ProviderProcess {
    let provider = spawn(url, ("test", "test"), &[]).await;
    provider.configure(config).await.unwrap().ok().unwrap();
    provider
}

pub(crate) struct World {
    // Dropped in this order: who calls, what is called.
    pub(crate) provider: ProviderProcess,
    pub(crate) front: Front,
    pub(crate) bucket: String,
    pub(crate) s3: Client,
    pub(crate) cloud: Arc<Cloud>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::on(cloud()).await
    }

    pub(crate) async fn on(cloud: Arc<Cloud>) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let front = Front::start(&cloud.endpoint_url).await.unwrap();
        let bucket = format!("dumps-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let s3 = client(&cloud.sdk);
        s3.create_bucket().bucket(&bucket).send().await.unwrap();
        Self {
            provider: configured(&front.url(), json!({})).await,
            front,
            bucket,
            s3,
            cloud,
        }
    }

    pub(crate) fn config(&self) -> Value {
        json!({ "bucket": self.bucket, "prefix": "mongo", "cluster": "main" })
    }

    pub(crate) async fn read(&self, config: Value) -> Outcome {
        self.provider.read_data_source(TYPE, config).await.unwrap()
    }

    /// Reads, and expects neither error nor warning.
    pub(crate) async fn quietly(&self, config: Value) -> Value {
        let outcome = self.read(config).await;
        assert!(outcome.diagnostics.0.is_empty(), "{:?}", outcome.diagnostics);
        outcome.value().clone()
    }

    /// Reads, and expects one warning and no error.
    pub(crate) async fn with_a_warning(&self, config: Value) -> (Value, Diagnostic) {
        let outcome = self.read(config).await.ok().unwrap();
        let warnings: Vec<_> = outcome.diagnostics.warnings().cloned().collect();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        (outcome.value().clone(), warnings[0].clone())
    }

    /// Reads, and expects this error, whose detail has these words.
    pub(crate) async fn refused(&self, config: Value, path: &str, summary: &str, words: &[&str]) {
        let outcome = self.read(config).await;
        let error = outcome.diagnostics.only_error().unwrap();
        assert_eq!(
            (error.path.as_str(), error.summary.as_str()),
            (path, summary),
            "{error:?}"
        );
        for word in words {
            assert!(error.detail.contains(word), "{word:?} is not in {:?}", error.detail);
        }
    }

    pub(crate) async fn put(&self, key: &str, bytes: impl Into<Vec<u8>>) {
        let put = self.s3.put_object().bucket(&self.bucket).key(key);
        put.body(bytes.into().into()).send().await.unwrap();
    }

    /// All of a dump, the manifest last.
    pub(crate) async fn dump(&self, dump: &TestDump) {
        for (key, bytes) in dump.objects() {
            self.put(&key, bytes).await;
        }
        self.put(&dump.manifest_key(), dump.manifest().render()).await;
    }

    /// Many small objects at once.
    pub(crate) async fn put_all(&self, objects: Vec<(String, Vec<u8>)>) {
        let puts = stream::iter(objects).map(|(key, bytes)| async move { self.put(&key, bytes).await });
        puts.buffer_unordered(16).collect::<Vec<()>>().await;
    }

    pub(crate) async fn point_at(&self, dump: &TestDump) {
        let latest = Latest::new(dump.run(), &dump.manifest().render());
        self.put(&location().render(&Key::Latest), latest.render()).await;
    }
}

/// S3 as the writer of the dumps uses it.
pub(crate) fn client(sdk: &SdkConfig) -> Client {
    Client::from_conf(aws_sdk_s3::config::Builder::from(sdk).force_path_style(true).build())
}

pub(crate) fn location() -> Location {
    Location {
        prefix: Prefix::parse("mongo").unwrap(),
        cluster: ClusterName::parse("main").unwrap(),
    }
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    since.as_secs().try_into().unwrap()
}

fn time(unix: i64) -> UtcSeconds {
    UtcSeconds::from_unix(unix).unwrap()
}

/// A dump as the dump function would have written it.
pub(crate) struct TestDump {
    /// When it was to begin, in seconds since 1970. It began two seconds later.
    pub(crate) scheduled: i64,
    /// How many objects of documents it has.
    pub(crate) parts: u32,
    /// A namespace that could not be read.
    pub(crate) gap: bool,
    pub(crate) snapshot: bool,
}

impl TestDump {
    pub(crate) fn at(scheduled: i64) -> Self {
        Self {
            scheduled,
            parts: 2,
            gap: false,
            snapshot: true,
        }
    }

    fn trigger(&self) -> Trigger {
        Trigger {
            schedule_arn: ScheduleArn::parse("arn:aws:scheduler:us-east-1:000000000000:schedule/default/Six").unwrap(),
            scheduled_time: time(self.scheduled),
        }
    }

    pub(crate) fn run(&self) -> RunId {
        RunId::of(&self.trigger())
    }

    pub(crate) fn folder(&self) -> String {
        location().run_folder(self.run())
    }

    pub(crate) fn manifest_key(&self) -> String {
        location().render(&Key::Run(self.run(), Object::Manifest))
    }

    fn part(number: u32) -> (DataKey, Vec<u8>) {
        let key = DataKey {
            namespace: Namespace::new("shop", "orders").unwrap(),
            range: Ordinal::default(),
            part: Ordinal::new(number).unwrap(),
            compression: Compression::Zstd,
        };
        (key, format!("part {number}").into_bytes())
    }

    /// Keys and bytes of everything but the manifest.
    pub(crate) fn objects(&self) -> Vec<(String, Vec<u8>)> {
        if self.parts == 0 {
            return Vec::new();
        }
        let key = |object: Object| location().render(&Key::Run(self.run(), object));
        let parts = (0..self.parts).map(|number| {
            let (data, bytes) = Self::part(number);
            (key(Object::Data(data)), bytes)
        });
        let meta = Object::Meta(Namespace::new("shop", "orders").unwrap());
        parts.chain([(key(meta), b"{}".to_vec())]).collect()
    }

    pub(crate) fn manifest(&self) -> Manifest {
        let header = Header {
            tool: "mongo-dump 0.1.0".to_owned(),
            run: self.run(),
            schedule_arn: self.trigger().schedule_arn,
            cluster: location().cluster,
            started: time(self.scheduled + 2),
            finished: time(self.scheduled + 60),
            asked: Asked {
                include: vec!["*".to_owned()],
                exclude: Vec::new(),
                compression: Compression::Zstd,
                read_concern: ReadConcern::Snapshot,
            },
            server: Server {
                version: "7.0.14".to_owned(),
                topology: Topology::ReplicaSet,
            },
            consistency: if self.snapshot {
                Consistency::Snapshot {
                    cluster_time: ClusterTime {
                        t: (self.scheduled + 1).try_into().unwrap(),
                        i: 3,
                    },
                }
            } else {
                Consistency::PerRange {
                    reason: dump_format::manifest::NoSnapshot::NotSupported,
                    code: None,
                }
            },
            kms_key_arn: KmsKeyArn::parse("arn:aws:kms:us-east-1:000000000000:key/1234").unwrap(),
        };
        let parts = (0..self.parts).map(|number| {
            let (key, bytes) = Self::part(number);
            Part {
                key,
                documents: 10,
                bytes_bson: 100,
                bytes_lines: 200,
                bytes: bytes.len() as u64,
                sha256: Sha256Hex::of(&bytes),
                content_hash: ContentHash::default(),
                version_id: None,
            }
        });
        let range = Range {
            range: Ordinal::default(),
            read_concern: ReadConcern::Snapshot,
            started: time(self.scheduled + 2),
            finished: time(self.scheduled + 59),
            parts: parts.collect(),
        };
        let orders = Namespace::new("shop", "orders").unwrap();
        let collections = match self.parts {
            0 => Vec::new(),
            _ => vec![Collection::new(orders, Kind::Collection, BTreeMap::new(), vec![range])],
        };
        let skipped = self.gap.then(|| Skipped {
            namespace: Namespace::new("shop", "secrets").unwrap(),
            reason: SkipReason::NotAllowed,
            code: Some(13),
        });
        Manifest::new(header, collections, skipped.into_iter().collect()).unwrap()
    }
}

/// A config with one attribute replaced.
pub(crate) fn with(config: &Value, attribute: &str, value: Value) -> Value {
    let mut config = config.clone();
    config[attribute] = value;
    config
}

/// The `run_id`s of `dumps`.
pub(crate) fn runs(state: &Value) -> Vec<String> {
    let dumps = state["dumps"].as_array().unwrap().iter();
    dumps.map(|dump| dump["run_id"].as_str().unwrap().to_owned()).collect()
}
