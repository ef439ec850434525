//! What one test has of a local cloud.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_front::Front;
use lambda_kit::Environment;
use lambda_kit::emf::Metrics;
use mongodb::Client;
use serde_json::json;

use crate::cloud::Cloud;

/// The surroundings of a function.
pub struct Scene {
    /// Tells this scene's things from those of others in the same cloud.
    pub number: usize,
    /// AWS as the function knows it.
    pub front: Front,
    /// The function's database, past what is between the two.
    pub database: mongodb::Database,
    /// As the account's root.
    pub secrets: aws_sdk_secretsmanager::Client,
    /// The function's metrics so far, as lines.
    pub metrics: Arc<Mutex<Vec<String>>>,
    /// The function's environment.
    pub variables: HashMap<String, String>,
    aws: SdkConfig,
    /// Seconds that the function's clock is ahead.
    ahead: Arc<AtomicI64>,
    // Dropped last: all of this is in it.
    _cloud: Arc<Cloud>,
}

impl Scene {
    /// With a database of its own and a secret that leads to it at `mongo_address`; AWS is behind `aws_url`.
    ///
    /// # Errors
    /// Something of it cannot be made.
    pub async fn start(cloud: Arc<Cloud>, aws_url: &str, mongo_address: &str) -> Result<Self> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let front = Front::start(aws_url).await?;
        let secrets = aws_sdk_secretsmanager::Client::new(&cloud.sdk);
        let uri = cloud.mongo_uri.replace(cloud.mongo_address(), mongo_address);
        let call = secrets.create_secret().name(format!("mongo-{number}"));
        let secret = call.secret_string(json!({ "uri": uri }).to_string()).send().await?;
        let name = format!("lectern{number}");
        let database = Client::with_uri_str(&cloud.mongo_uri).await?.database(&name);
        let retry = RetryConfig::standard()
            .with_max_attempts(3)
            .with_initial_backoff(Duration::from_millis(5));
        let region = cloud.sdk.region().context("the local cloud is in no region")?;
        let credentials = cloud
            .sdk
            .credentials_provider()
            .context("nobody may call the local cloud")?;
        let aws = aws_config::defaults(BehaviorVersion::latest())
            .region(region.clone())
            .credentials_provider(credentials)
            .endpoint_url(front.url())
            .retry_config(retry);
        let variables = [
            ("LECTERN_MONGO_SECRET_ARN", secret.arn.context("the secret has no ARN")?),
            ("LECTERN_MONGO_DATABASE", name),
        ];
        Ok(Self {
            number,
            front,
            database,
            secrets,
            metrics: Arc::default(),
            variables: variables.map(|(name, value)| (name.to_owned(), value)).into(),
            aws: aws.load().await,
            ahead: Arc::default(),
            _cloud: cloud,
        })
    }

    /// Sets a variable of the function's environment.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// The function's environment.
    #[must_use]
    pub fn environment(&self) -> Environment<'_> {
        Environment::new(|name| self.variables.get(name).cloned())
    }

    /// AWS as the function is configured for it.
    #[must_use]
    pub fn aws(&self) -> SdkConfig {
        self.aws.clone()
    }

    /// Sets the function's clock, by seconds from the true time.
    pub fn at(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::Relaxed);
    }

    /// The function's clock.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Fn() -> SystemTime + Send + Sync> {
        let ahead = Arc::clone(&self.ahead);
        Arc::new(move || {
            let seconds = ahead.load(Ordering::Relaxed);
            let shift = Duration::from_secs(seconds.unsigned_abs());
            if seconds < 0 {
                SystemTime::now() - shift
            } else {
                SystemTime::now() + shift
            }
        })
    }

    /// Where the function's metrics go.
    pub fn sink(&self) -> impl Fn(&Metrics) + Send + Sync + 'static {
        let metrics = Arc::clone(&self.metrics);
        move |line| {
            let mut metrics = metrics.lock().unwrap_or_else(PoisonError::into_inner);
            metrics.push(line.render(SystemTime::now()));
        }
    }
}
