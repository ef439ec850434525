//! A bucket with versions, a role, and AWS as the job knows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_front::Front;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use job_kit::{JobError, Pace, Place, Store, Terms};
use lambda_kit::Deadline;
use local_cloud::LocalCloud;
use serde_json::{Value, json};

/// The local cloud's account.
pub(crate) const ACCOUNT: &str = "000000000000";
pub(crate) const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:job:live";
pub(crate) const LEASE: &str = "job/lease.json";

/// What the role may do to objects.
pub(crate) const ON_OBJECTS: [&str; 4] = [
    "s3:PutObject",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:AbortMultipartUpload",
];
/// And to the bucket.
pub(crate) const ON_BUCKET: &str = "s3:ListBucketMultipartUploads";

pub(crate) struct World {
    pub(crate) front: Front,
    /// As the account's root, past the front.
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) bucket: String,
    pub(crate) kms_key: String,
    pub(crate) aws: SdkConfig,
    iam: aws_sdk_iam::Client,
    role: String,
    role_arn: String,
    // Dropped last: all of this is in it.
    _cloud: Arc<LocalCloud>,
}

impl World {
    pub(crate) async fn start() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let options = local_cloud::Options {
            ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
            ..local_cloud::Options::default()
        };
        let cloud = tokio::task::spawn_blocking(|| LocalCloud::shared(options));
        let cloud = cloud.await.unwrap().unwrap();
        let root = cloud.sdk_config();
        let front = Front::start(&cloud.endpoint_url()).await.unwrap();

        let s3 = lambda_kit::aws::s3(&root);
        let bucket = format!("job-{number}");
        s3.create_bucket().bucket(&bucket).send().await.unwrap();
        let versioning = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled);
        let call = s3.put_bucket_versioning().bucket(&bucket);
        call.versioning_configuration(versioning.build()).send().await.unwrap();
        let key = aws_sdk_kms::Client::new(&root).create_key().send().await.unwrap();

        let iam = aws_sdk_iam::Client::new(&root);
        let role = format!("job-{number}");
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:root") }, "Action": "sts:AssumeRole" }],
        });
        let call = iam.create_role().role_name(&role);
        let made = call.assume_role_policy_document(trust.to_string()).send().await;

        let retries = RetryConfig::standard()
            .with_max_attempts(4)
            .with_initial_backoff(Duration::from_millis(5));
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(20));
        let aws = aws_config::defaults(BehaviorVersion::latest())
            .region(root.region().unwrap().clone())
            .credentials_provider(root.credentials_provider().unwrap())
            .endpoint_url(front.url())
            .retry_config(retries)
            .timeout_config(timeouts.build());
        let world = Self {
            front,
            s3,
            bucket,
            kms_key: key.key_metadata.unwrap().arn.unwrap(),
            aws: aws.load().await,
            iam,
            role,
            role_arn: made.unwrap().role.unwrap().arn,
            _cloud: cloud,
        };
        world.allow(&ON_OBJECTS, &[ON_BUCKET]).await;
        world
    }

    /// Gives the role these actions and no others.
    pub(crate) async fn allow(&self, on_objects: &[&str], on_bucket: &[&str]) {
        let bucket = format!("arn:aws:s3:::{}", self.bucket);
        let statements = [(on_objects, format!("{bucket}/job/*")), (on_bucket, bucket)];
        let statements: Vec<_> = statements
            .into_iter()
            .filter(|(actions, _)| !actions.is_empty())
            .map(|(actions, resource)| json!({ "Effect": "Allow", "Action": actions, "Resource": resource }))
            .collect();
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        let call = self.iam.put_role_policy().role_name(&self.role).policy_name("job");
        call.policy_document(policy.to_string()).send().await.unwrap();
    }

    pub(crate) fn place(&self) -> Place {
        Place {
            bucket: self.bucket.clone(),
            owner: Some(ACCOUNT.to_owned()),
            kms_key: Some(self.kms_key.clone()),
        }
    }

    /// As the job's role, through the front.
    pub(crate) async fn store(&self) -> Store {
        self.store_at(self.place()).await
    }

    pub(crate) async fn store_at(&self, place: Place) -> Store {
        Store::assuming(&self.aws, &self.role_arn, "job", place).await
    }

    /// What is at a key now, past the front.
    pub(crate) async fn get(&self, key: &str) -> Option<Vec<u8>> {
        let object = self.s3.get_object().bucket(&self.bucket).key(key).send().await.ok()?;
        Some(object.body.collect().await.unwrap().into_bytes().to_vec())
    }

    pub(crate) async fn json(&self, key: &str) -> Value {
        serde_json::from_slice(&self.get(key).await.unwrap()).unwrap()
    }

    /// Writes past the front, whatever is there.
    pub(crate) async fn put(&self, key: &str, body: &[u8]) {
        let put = self.s3.put_object().bucket(&self.bucket).key(key);
        put.body(body.to_vec().into()).send().await.unwrap();
    }

    /// How many uploads in parts were begun and not ended.
    pub(crate) async fn uploads(&self) -> usize {
        let answer = self.s3.list_multipart_uploads().bucket(&self.bucket).send().await;
        answer.unwrap().uploads().len()
    }
}

/// An invocation's terms with a lease of `length` milliseconds, by a clock that is `ahead` seconds ahead.
pub(crate) fn terms(owner: &str, length: u64, ahead: u64) -> Terms {
    Terms {
        owner: owner.to_owned(),
        length: Duration::from_millis(length),
        between: Duration::from_secs(600),
        clock: Arc::new(move || SystemTime::now() + Duration::from_secs(ahead)),
    }
}

pub(crate) fn pace() -> Pace {
    Pace::new(Deadline::NONE, Duration::ZERO)
}

/// The failure's name.
pub(crate) fn name<T>(result: Result<T, JobError>) -> &'static str {
    result.err().map_or("none", |error| error.name())
}
