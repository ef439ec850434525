//! Start and end of a local cloud.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use atlas_emulator::{AtlasEmulator, DEFAULT_PROJECT, Pace};
use aws_config::SdkConfig;
use cloudwatch_emulator::{Clock, RunningClock};
use reqwest::Method;
use tempfile::TempDir;

use crate::bridge::Forwarder;
use crate::emulator::{self, ChildEmulator, MINISTACK, MOTO};
use crate::mongo::Mongo;
use crate::sdk::sdk_config;
use crate::toolchain;

/// Until an emulator must be ready. It takes 2 s on an idle machine.
const READY: Duration = Duration::from_secs(60);

/// How often alarms are evaluated. AWS does it every 10 s to a minute; nobody here wants to wait for that.
const EVALUATION: Duration = Duration::from_secs(1);

/// A minute at Atlas is a second here: a private link takes 2.4 s to build, long enough to be seen building.
const ATLAS_PACE: Pace = Pace::TimeFactor(1.0 / 60.0);

/// The cluster that Atlas' project has from the start.
const ATLAS_CLUSTER: &str = "main";

/// What to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Region of clients and functions.
    pub region: String,
    /// Also start moto, for services that ministack lacks.
    pub moto: bool,
    /// Also start FerretDB, a MongoDB.
    pub mongo: bool,
    /// Also start a second one, for a second Region.
    pub standby_mongo: bool,
    /// Switches for ministack, such as `AUTH=true` or `CLOUDTRAIL_RECORDING=1`.
    pub ministack_environment: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            region: "us-east-1".into(),
            moto: false,
            mongo: false,
            standby_mongo: false,
            ministack_environment: Vec::new(),
        }
    }
}

/// Emulators that run: ministack, the CloudWatch emulator, the Atlas emulator, and moto and FerretDB if asked for. Everything listens on
/// 127.0.0.1 on ports of its own and writes into one temporary folder, so several run side by side. Dropping it ends it all,
/// files included; so does the end of this process, even by SIGKILL.
pub struct LocalCloud {
    // Dropped in this order: the emulators, the bridge that reads from them, the folder they write to.
    moto: Option<ChildEmulator>,
    mongo: Option<Mongo>,
    standby_mongo: Option<Mongo>,
    ministack: ChildEmulator,
    bridge: Option<JoinHandle<()>>,
    cloudwatch: cloudwatch_emulator::Emulator,
    atlas: AtlasEmulator,
    atlas_credentials: atlas_emulator::Credentials,
    folder: TempDir,
    region: String,
}

impl LocalCloud {
    /// Starts and waits until everything answers: 2 s, and a minute the first time on a machine, for the Python venv.
    /// Blocks; needs no async runtime and may be called from one.
    ///
    /// # Errors
    /// When the venv cannot be made or an emulator does not get ready; the message has the end of the emulator's log.
    pub fn start(options: Options) -> Result<Self> {
        let python = emulator::interpreter(&toolchain::python_venv()?)?;
        if options.mongo || options.standby_mongo {
            // Before the clock starts: the first time it is built.
            toolchain::ferretdb()?;
        }
        let folder = tempfile::Builder::new().prefix("lectern-local-cloud-").tempdir()?;
        let deadline = Instant::now() + READY;
        let mut ministack = ChildEmulator::start(&python, MINISTACK, folder.path(), deadline)?;
        let clock = RunningClock::default();
        let cloudwatch = cloudwatch_emulator::Emulator::start_blocking(cloudwatch_emulator::Options {
            clock: Clock::Running(clock.clone()),
            sns_endpoint: Some(ministack.url()),
            events_endpoint: Some(ministack.url()),
            count_running_period: true,
            evaluation_interval: Some(EVALUATION),
            ..Default::default()
        })?;

        let atlas_credentials = atlas_emulator::Credentials::default();
        let atlas = AtlasEmulator::start(atlas_emulator::Options {
            credentials: atlas_credentials.clone(),
            pace: ATLAS_PACE,
            ..Default::default()
        })?;
        atlas
            .project(DEFAULT_PROJECT)
            .add_cluster(ATLAS_CLUSTER, &[&options.region]);

        let temporary = folder.path().join("tmp");
        std::fs::create_dir(&temporary)?;
        let inside = |name: &str| folder.path().join(name).display().to_string();
        let mut environment: Vec<(String, String)> = [
            ("TMPDIR", inside("tmp")),
            ("HOME", inside("tmp")),
            ("S3_DATA_DIR", inside("s3")),
            ("STATE_DIR", inside("state")),
            ("MINISTACK_REGION", options.region.clone()),
            ("BIND_HOST", "127.0.0.1".into()),
            // Listeners on fixed ports, one of them on every interface.
            ("IOT_MTLS_ENABLED", "0".into()),
            ("SFTP_ENABLED", "0".into()),
            // With a Docker daemon ministack would remove every container that another ministack made.
            ("DOCKER_HOST", format!("unix://{}", inside("no-docker.sock"))),
            ("AWS_ENDPOINT_URL", ministack.url()),
            ("AWS_ENDPOINT_URL_CLOUDWATCH", cloudwatch.endpoint_url()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        environment.extend(options.ministack_environment);
        ministack.run(folder.path(), &environment, deadline)?;

        let moto = if options.moto {
            let mut moto = ChildEmulator::start(&python, MOTO, folder.path(), deadline)?;
            moto.run(folder.path(), &environment, deadline)?;
            Some(moto)
        } else {
            None
        };
        let start_mongo = |wanted: bool, name| wanted.then(|| Mongo::start(folder.path(), name, deadline)).transpose();
        let mongo = start_mongo(options.mongo, "ferretdb")?;
        let standby_mongo = start_mongo(options.standby_mongo, "standby-ferretdb")?;
        let reports = ministack.take_reports().context("the reports have a reader already")?;
        let bridge = std::thread::Builder::new().name("bridge".into()).spawn({
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let forwarder = Forwarder::new(cloudwatch.endpoint_url(), clock);
            move || runtime.block_on(carry(&reports, forwarder))
        })?;
        Ok(Self {
            moto,
            mongo,
            standby_mongo,
            ministack,
            bridge: Some(bridge),
            cloudwatch,
            atlas,
            atlas_credentials,
            folder,
            region: options.region,
        })
    }

    /// The cloud of this process with these options: started by who asks first, and there until the process ends. Who shares it names
    /// its buckets, functions and alarms so that nobody else means them.
    ///
    /// # Errors
    /// As [`LocalCloud::start`].
    pub fn shared(options: Options) -> Result<Arc<Self>> {
        static RUNNING: Mutex<Vec<(Options, Arc<LocalCloud>)>> = Mutex::new(Vec::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, cloud)) = running.iter().find(|(started, _)| *started == options) {
            return Ok(Arc::clone(cloud));
        }
        let cloud = Arc::new(Self::start(options.clone())?);
        running.push((options, Arc::clone(&cloud)));
        Ok(cloud)
    }

    /// Address of ministack: every service but CloudWatch.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        self.ministack.url()
    }

    /// The CloudWatch emulator, for its address and its scripted faults.
    #[must_use]
    pub fn cloudwatch(&self) -> &cloudwatch_emulator::Emulator {
        &self.cloudwatch
    }

    /// The Atlas emulator, for its address and what is in it: [`DEFAULT_PROJECT`], with one cluster.
    #[must_use]
    pub fn atlas(&self) -> &AtlasEmulator {
        &self.atlas
    }

    /// Address of moto, if it was asked for.
    #[must_use]
    pub fn moto_url(&self) -> Option<String> {
        self.moto.as_ref().map(ChildEmulator::url)
    }

    /// Address of FerretDB, if it was asked for. It accepts any client.
    #[must_use]
    pub fn mongo_uri(&self) -> Option<&str> {
        self.mongo.as_ref().map(Mongo::uri)
    }

    /// Address of the second FerretDB, if it was asked for.
    #[must_use]
    pub fn standby_mongo_uri(&self) -> Option<&str> {
        self.standby_mongo.as_ref().map(Mongo::uri)
    }

    /// Takes a Region away, or brings it back: everything in it is refused with 503, and nothing in it runs.
    ///
    /// # Errors
    /// The emulator does not answer.
    pub async fn lose_region(&self, region: &str, is_lost: bool) -> Result<()> {
        let method = if is_lost { Method::PUT } else { Method::DELETE };
        let url = format!("{}/_lectern/regions/{region}/lost", self.endpoint_url());
        let answer = reqwest::Client::new().request(method, url).send().await?;
        answer.error_for_status()?;
        Ok(())
    }

    /// Replicates no object whose key matches one of these patterns (`mongo/*/data/*`), until the next call. What waited is replicated by then,
    /// unless it is held again.
    ///
    /// # Errors
    /// The emulator does not answer.
    pub async fn hold_replication(&self, patterns: &[&str]) -> Result<()> {
        let url = format!("{}/_lectern/s3/replication", self.endpoint_url());
        let order = serde_json::json!({ "hold": patterns }).to_string();
        let answer = reqwest::Client::new().put(url).body(order).send().await?;
        answer.error_for_status()?;
        Ok(())
    }

    /// Lets no client of the first FerretDB be answered, or again.
    ///
    /// # Errors
    /// It was not asked for, or is gone.
    pub fn pause_mongo(&self, is_paused: bool) -> Result<()> {
        self.mongo.as_ref().context("there is no MongoDB")?.pause(is_paused)
    }

    /// Lets no client of the second FerretDB be answered, or again.
    ///
    /// # Errors
    /// It was not asked for, or is gone.
    pub fn pause_standby_mongo(&self, is_paused: bool) -> Result<()> {
        let mongo = self.standby_mongo.as_ref().context("there is no second MongoDB")?;
        mongo.pause(is_paused)
    }

    /// Where the emulators write their logs. It goes with the cloud, whatever is in it.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// What to export so that Terraform and any AWS SDK or CLI use this cloud, Atlas included, and where its MongoDB is.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut environment: Vec<(String, String)> = [
            ("AWS_ENDPOINT_URL", self.endpoint_url()),
            ("AWS_ENDPOINT_URL_CLOUDWATCH", self.cloudwatch.endpoint_url()),
            // the tags of alarms are where the alarms are
            (
                "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API",
                self.cloudwatch.endpoint_url(),
            ),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
            ("AWS_REGION", self.region.clone()),
            // the one that boto3 reads
            ("AWS_DEFAULT_REGION", self.region.clone()),
            ("MONGODB_ATLAS_BASE_URL", self.atlas.base_url()),
            (
                "MONGODB_ATLAS_PUBLIC_API_KEY",
                self.atlas_credentials.public_key.clone(),
            ),
            (
                "MONGODB_ATLAS_PRIVATE_API_KEY",
                self.atlas_credentials.private_key.clone(),
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if let Some(uri) = self.mongo_uri() {
            environment.push(("LECTERN_MONGO_URI".into(), uri.into()));
        }
        environment
    }

    /// Settings for an SDK client of any service but CloudWatch.
    #[must_use]
    pub fn sdk_config(&self) -> SdkConfig {
        sdk_config(&self.endpoint_url(), &self.region)
    }

    /// Settings for an SDK client of CloudWatch.
    #[must_use]
    pub fn cloudwatch_sdk_config(&self) -> SdkConfig {
        sdk_config(&self.cloudwatch.endpoint_url(), &self.region)
    }
}

impl Drop for LocalCloud {
    fn drop(&mut self) {
        self.ministack.end();
        // Its channel ends with the emulator, so the thread does too.
        if let Some(bridge) = self.bridge.take() {
            bridge.join().ok();
        }
    }
}

/// Carries reports until the emulator that sends them is gone.
async fn carry(reports: &Receiver<String>, mut forwarder: Forwarder) {
    while let Ok(first) = reports.recv() {
        let mut lines = vec![first];
        lines.extend(reports.try_iter());
        forwarder.forward(lines).await;
    }
}
