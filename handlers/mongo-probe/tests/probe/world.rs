//! A cluster, its secret, and AWS as the function sees it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_front::Front;
use lambda_kit::emf::Metrics;
use lambda_kit::{Deadline, Environment, Failure};
use local_cloud::LocalCloud;
use mongo_emulator::{MongoEmulator, Options};
use mongo_probe::{Limits, MongoProbe, Report, handle};
use serde_json::{Value, json};

pub(crate) const REGION: &str = "us-east-1";
pub(crate) const EVENT: &str = include_str!("../../events/schedule.json");
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

fn unique(prefix: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Times that a test can wait for.
pub(crate) fn limits() -> Limits {
    Limits {
        selection: Duration::from_secs(1),
        connect: Duration::from_secs(1),
        reply: Duration::from_secs(2),
        ..Limits::default()
    }
}

pub(crate) struct World {
    // Dropped in this order: who is called by whom.
    pub(crate) mongo: MongoEmulator,
    pub(crate) front: Front,
    pub(crate) secret_arn: String,
    probe: MongoProbe,
    lines: Arc<Mutex<Vec<Value>>>,
    now: Arc<AtomicU64>,
    cloud: Arc<LocalCloud>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn members(members: u32) -> Self {
        Self::with(Options {
            members,
            ..Options::default()
        })
        .await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let mongo = MongoEmulator::start(options).unwrap();
        let cloud = LocalCloud::shared(local_cloud::Options::default()).unwrap();
        let front = Front::start(&cloud.endpoint_url()).await.unwrap();
        let secrets = aws_sdk_secretsmanager::Client::new(&cloud.sdk_config());
        // What the real binary waits for a server that is away.
        let uri = mongo.uri();
        let joint = if uri.ends_with('?') { "" } else { "&" };
        let uri = format!("{uri}{joint}serverSelectionTimeoutMS=1000");
        let secret = json!({ "uri": uri }).to_string();
        let secret = secrets.create_secret().name(unique("mongo")).secret_string(secret);
        let secret_arn = secret.send().await.unwrap().arn.unwrap();
        let lines: Arc<Mutex<Vec<Value>>> = Arc::default();
        let now = Arc::new(AtomicU64::new(1_800_000_000));
        let environment = Environment::new(|name| match name {
            "LECTERN_MONGO_SECRET_ARN" => Some(secret_arn.clone()),
            "LECTERN_CLUSTER" => Some("main".to_owned()),
            _ => None,
        });
        let probe = MongoProbe::new(aws(&front.url()).await, environment).unwrap();
        let probe = probe.with_limits(limits());
        let probe = probe.with_metrics({
            let lines = Arc::clone(&lines);
            move |metrics: &Metrics| {
                let line = metrics.render(SystemTime::UNIX_EPOCH);
                lines.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        let probe = probe.with_clock({
            let now = Arc::clone(&now);
            Arc::new(move || SystemTime::UNIX_EPOCH + Duration::from_secs(now.load(Ordering::SeqCst)))
        });
        Self {
            mongo,
            front,
            secret_arn,
            probe,
            lines,
            now,
            cloud,
        }
    }

    pub(crate) async fn set_secret(&self, secret: &str) {
        let secrets = aws_sdk_secretsmanager::Client::new(&self.cloud.sdk_config());
        let put = secrets.put_secret_value().secret_id(&self.secret_arn);
        put.secret_string(secret).send().await.unwrap();
    }

    /// Time passes for the function and for all processes of the cluster.
    pub(crate) fn pass(&self, time: Duration, members: usize) {
        self.now.fetch_add(time.as_secs(), Ordering::SeqCst);
        (0..members).for_each(|member| self.mongo.age(member, time));
    }

    pub(crate) async fn probe(&self) -> Result<Report, Failure> {
        self.within(Deadline::NONE).await
    }

    pub(crate) async fn within(&self, deadline: Deadline) -> Result<Report, Failure> {
        self.of(EVENT, deadline).await
    }

    pub(crate) async fn of(&self, event: &str, deadline: Deadline) -> Result<Report, Failure> {
        self.lines.lock().unwrap().clear();
        handle(event, deadline, &self.probe).await
    }

    /// The lines of the last event, the cluster's first.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.lines.lock().unwrap().clone()
    }

    /// A metric of the cluster, of the last event.
    pub(crate) fn metric(&self, name: &str) -> Option<f64> {
        self.lines().first()?[name].as_f64()
    }
}

async fn aws(endpoint_url: &str) -> SdkConfig {
    let credentials = aws_sdk_secretsmanager::config::Credentials::new("test", "test", None, None, "tests");
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(10));
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(credentials)
        .endpoint_url(endpoint_url)
        .retry_config(retries)
        .load()
        .await
}

/// The failure's name.
pub(crate) fn name(result: &Result<Report, Failure>) -> &'static str {
    match result {
        Ok(report) => panic!("not failed: {report:?}"),
        Err(failure) => failure.name,
    }
}
