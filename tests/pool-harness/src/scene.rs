//! What one test has of a local cloud.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_front::Front;
use aws_sdk_cognitoidentityprovider::types::{AliasAttributeType, AttributeDataType, SchemaAttributeType};
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use lambda_kit::aws;
use lambda_kit::emf::Metrics;
use local_cloud::{LocalCloud, Options};
use serde_json::{Value, json};

use crate::person::Person;

/// What the functions are invoked as.
pub const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:users:live";

/// Actions, and the resource that they are allowed on.
pub type Statement<'a> = (&'a [&'a str], &'a str);

/// One test's.
pub struct Scene {
    /// Tells this scene's things from those of others in the same cloud.
    pub number: usize,
    /// AWS as the function knows it.
    pub front: Front,
    /// Versioned.
    pub bucket: String,
    /// That S3 encrypts with.
    pub bucket_key_arn: String,
    /// That wraps data keys.
    pub key_arn: String,
    /// As the account's root, past the front.
    pub s3: aws_sdk_s3::Client,
    /// As the account's root, past the front.
    pub cognito: aws_sdk_cognitoidentityprovider::Client,
    /// As the account's root, past the front.
    pub kms: aws_sdk_kms::Client,
    /// The functions' metrics so far.
    pub metrics: Arc<Mutex<Vec<Value>>>,
    iam: aws_sdk_iam::Client,
    ahead: Arc<AtomicI64>,
    root: SdkConfig,
    // Dropped last: all of this is in it.
    cloud: Arc<LocalCloud>,
}

impl Scene {
    /// With a bucket and keys of its own.
    ///
    /// # Errors
    /// Something of it cannot be made.
    pub async fn start() -> Result<Self> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let options = Options {
            ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
            ..Options::default()
        };
        let cloud = tokio::task::spawn_blocking(|| LocalCloud::shared(options)).await??;
        let root = loaded(&cloud.sdk_config(), &cloud.endpoint_url()).await?;
        let s3 = aws::s3(&root);
        let bucket = format!("users-{number}");
        s3.create_bucket().bucket(&bucket).send().await?;
        let versioning = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled);
        let call = s3.put_bucket_versioning().bucket(&bucket);
        call.versioning_configuration(versioning.build()).send().await?;
        let kms = aws_sdk_kms::Client::new(&root);
        let (bucket_key_arn, key_arn) = (key(&kms).await?, key(&kms).await?);
        Ok(Self {
            number,
            front: Front::start(&cloud.endpoint_url()).await?,
            bucket,
            bucket_key_arn,
            key_arn,
            s3,
            cognito: aws_sdk_cognitoidentityprovider::Client::new(&root),
            kms,
            metrics: Arc::default(),
            iam: aws_sdk_iam::Client::new(&root),
            ahead: Arc::default(),
            root,
            cloud,
        })
    }

    /// A pool whose users can sign in by their email address too, with an attribute of its own; its id.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn pool(&self) -> Result<String> {
        let course = SchemaAttributeType::builder().name("course").mutable(true);
        let course = course.attribute_data_type(AttributeDataType::String).build();
        let call = self
            .cognito
            .create_user_pool()
            .pool_name(format!("pool-{}", self.number));
        let call = call.alias_attributes(AliasAttributeType::Email).schema(course);
        let pool = call.send().await?.user_pool.context("no pool in the answer")?;
        pool.id.context("a pool without an id")
    }

    /// Makes groups.
    ///
    /// # Errors
    /// One cannot be made.
    pub async fn groups(&self, pool: &str, names: &[&str]) -> Result<()> {
        for name in names {
            let call = self.cognito.create_group().user_pool_id(pool).group_name(*name);
            call.description(format!("Group {name}")).precedence(3).send().await?;
        }
        Ok(())
    }

    /// Puts people into a pool at once.
    ///
    /// # Errors
    /// The pool or a group is not there.
    pub async fn fill(&self, pool: &str, people: impl IntoIterator<Item = Person>) -> Result<()> {
        let users: Vec<_> = people.into_iter().map(|person| person.json()).collect();
        let order = json!({ "user_pool_id": pool, "users": users });
        let url = format!("{}/_lectern/cognito/users", self.cloud.endpoint_url());
        let answer = reqwest::Client::new().post(url).body(order.to_string()).send().await?;
        answer.error_for_status()?;
        Ok(())
    }

    /// Makes a role that the account can assume, with these rights and no others; its ARN.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn role(&self, name: &str, statements: &[Statement<'_>]) -> Result<String> {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::000000000000:root" },
                "Action": "sts:AssumeRole",
            }],
        });
        let name = format!("{name}-{}", self.number);
        let call = self.iam.create_role().role_name(&name);
        let made = call.assume_role_policy_document(trust.to_string()).send().await?;
        if !statements.is_empty() {
            self.allow(&name, statements).await?;
        }
        Ok(made.role.context("no role in the answer")?.arn)
    }

    /// Gives a role these rights and no others.
    ///
    /// # Errors
    /// There is no such role.
    pub async fn allow(&self, role: &str, statements: &[Statement<'_>]) -> Result<()> {
        let statements = statements.iter().filter(|(actions, _)| !actions.is_empty());
        let statements: Vec<_> = statements
            .map(|(actions, resource)| json!({ "Effect": "Allow", "Action": actions, "Resource": resource }))
            .collect();
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        let call = self.iam.put_role_policy().role_name(role).policy_name("all");
        call.policy_document(policy.to_string()).send().await?;
        Ok(())
    }

    /// AWS as a function with this role is configured for it.
    pub async fn aws(&self, role_arn: &str) -> SdkConfig {
        let config = self.root.to_builder().endpoint_url(self.front.url()).build();
        aws::assumed(&config, role_arn, "function").await
    }

    /// The account's root, past the front.
    #[must_use]
    pub fn root(&self) -> SdkConfig {
        self.root.clone()
    }

    /// What everything is in.
    #[must_use]
    pub fn cloud(&self) -> &LocalCloud {
        &self.cloud
    }

    /// What a process needs to work here.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut environment = self.cloud.environment();
        environment.push(("AWS_ENDPOINT_URL".to_owned(), self.front.url()));
        environment
    }

    /// Every version of every object.
    ///
    /// # Errors
    /// S3 does not tell.
    pub async fn objects(&self) -> Result<Vec<(String, Vec<u8>)>> {
        let mut objects = Vec::new();
        let mut marker: (Option<String>, Option<String>) = (None, None);
        loop {
            let call = self.s3.list_object_versions().bucket(&self.bucket);
            let call = call.set_key_marker(marker.0).set_version_id_marker(marker.1);
            let answer = call.send().await?;
            for version in answer.versions() {
                let key = version.key().context("a version without a key")?;
                let call = self.s3.get_object().bucket(&self.bucket).key(key);
                let object = call.set_version_id(version.version_id.clone()).send().await?;
                objects.push((key.to_owned(), object.body.collect().await?.into_bytes().to_vec()));
            }
            if answer.is_truncated() != Some(true) {
                return Ok(objects);
            }
            marker = (answer.next_key_marker, answer.next_version_id_marker);
        }
    }

    /// An object of JSON.
    ///
    /// # Errors
    /// It is not there.
    pub async fn json(&self, key: &str) -> Result<Value> {
        let object = self.s3.get_object().bucket(&self.bucket).key(key).send().await?;
        Ok(serde_json::from_slice(&object.body.collect().await?.into_bytes())?)
    }

    /// Sets the functions' clock, by seconds from the true time.
    pub fn at(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::Relaxed);
    }

    /// The functions' clock.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Fn() -> SystemTime + Send + Sync> {
        let ahead = Arc::clone(&self.ahead);
        Arc::new(move || {
            let seconds = ahead.load(Ordering::Relaxed);
            SystemTime::now() + Duration::from_secs(seconds.unsigned_abs())
        })
    }

    /// Where the functions' metrics go.
    pub fn sink(&self) -> impl Fn(&Metrics) + Send + Sync + 'static {
        let metrics = Arc::clone(&self.metrics);
        move |line| {
            let line = serde_json::from_str(&line.render(SystemTime::now())).unwrap_or_default();
            metrics.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    /// The values of a metric, one for each time that it was written.
    #[must_use]
    pub fn metric(&self, name: &str) -> Vec<f64> {
        let metrics = self.metrics.lock().unwrap_or_else(PoisonError::into_inner);
        metrics.iter().filter_map(|line| line[name].as_f64()).collect()
    }
}

/// The account's root, with everything that a role's credentials need, and attempts that follow each other quickly.
async fn loaded(bare: &SdkConfig, endpoint_url: &str) -> Result<SdkConfig> {
    let retry = RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(5));
    let credentials = bare.credentials_provider().context("nobody may call the local cloud")?;
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(bare.region().context("the local cloud is in no region")?.clone())
        .credentials_provider(credentials)
        .endpoint_url(endpoint_url)
        .retry_config(retry);
    Ok(config.load().await)
}

async fn key(kms: &aws_sdk_kms::Client) -> Result<String> {
    let made = kms.create_key().send().await?;
    made.key_metadata.and_then(|key| key.arn).context("a key without ARN")
}
