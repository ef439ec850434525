//! A bucket, a key, a role and a database of one test, and the function before them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use api_contract::Contract;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_front::Front;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use file_catalog::{FILES, FileRecord, key};
use lambda_kit::{Deadline, Environment, Invocation};
use mongodb::Client;
use mongodb::bson::{DateTime, doc};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use upload_api::{Sizes, UploadApi, handle};

use crate::cloud::Cloud;
use crate::server::Server;

/// A file that is not there.
pub(crate) const NOBODYS: &str = "ffffffffffffffffffffffffffffffff";
/// Smaller than the contract's, so that a test of parts moves little.
pub(crate) const SIZES: Sizes = Sizes {
    form_bytes: 1000,
    part_bytes: 400,
};
/// What the files role may do to objects.
pub(crate) const ON_OBJECTS: [&str; 7] = [
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:DeleteObjectVersionTagging",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
    "s3:PutObjectTagging",
];
/// And to the bucket.
pub(crate) const ON_BUCKET: &str = "s3:ListBucket";

/// What API Gateway would send to the client.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    pub(crate) status: i64,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Value,
}

impl Sent {
    /// Checks that it is a problem of this status and name.
    pub(crate) fn is_problem(&self, status: i64, name: &str, case: &str) {
        assert_eq!(self.status, status, "{case}: {}", self.body);
        assert_eq!(self.body["type"], format!("urn:lectern:problem:{name}"), "{case}");
        assert_eq!(self.headers["content-type"], "application/problem+json", "{case}");
        assert_eq!(api_kit::violations("Problem", &self.body), [], "{case}");
        let retry = (status == 503).then_some("5");
        assert_eq!(self.headers.get("retry-after").map(String::as_str), retry, "{case}");
    }

    /// Fields that a problem names.
    pub(crate) fn fields(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|error| error["field"].as_str().unwrap()).collect()
    }

    /// Id of the file of a ticket.
    pub(crate) fn id(&self) -> String {
        let id = self.body["file"]["id"].as_str();
        id.unwrap_or_else(|| panic!("no file in {}", self.body)).to_owned()
    }
}

pub(crate) struct World {
    pub(crate) front: Front,
    /// Between the function and MongoDB.
    pub(crate) mongo: Server,
    pub(crate) bucket: String,
    pub(crate) kms_key_arn: String,
    pub(crate) role: String,
    /// As the account's root.
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) database: mongodb::Database,
    pub(crate) metrics: Arc<Mutex<Vec<String>>>,
    pub(crate) variables: HashMap<String, String>,
    aws: SdkConfig,
    /// Seconds that the function's clock is ahead.
    ahead: Arc<AtomicI64>,
    _cloud: Arc<Cloud>,
}

impl World {
    pub(crate) async fn start() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let cloud = Cloud::shared().await;
        let front = Front::start(&cloud.endpoint_url).await.unwrap();
        let address = cloud.mongo_uri.strip_prefix("mongodb://").unwrap();
        let address = address.split('/').next().unwrap();
        let mongo = Server::start(address.to_owned()).await;
        let bucket = format!("files-{number}");
        let s3 = lambda_kit::aws::s3(&cloud.sdk);
        s3.create_bucket().bucket(&bucket).send().await.unwrap();
        let versioning = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled);
        let call = s3.put_bucket_versioning().bucket(&bucket);
        call.versioning_configuration(versioning.build()).send().await.unwrap();
        let kms = aws_sdk_kms::Client::new(&cloud.sdk);
        let made = kms.create_key().send().await.unwrap();
        let kms_key_arn = made.key_metadata.unwrap().arn.unwrap();
        let role = format!("files-{number}");
        let iam = aws_sdk_iam::Client::new(&cloud.sdk);
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::000000000000:root" },
                "Action": "sts:AssumeRole",
            }],
        });
        let call = iam.create_role().role_name(&role);
        let made = call.assume_role_policy_document(trust.to_string()).send().await;
        let role_arn = made.unwrap().role.unwrap().arn;
        let secrets = aws_sdk_secretsmanager::Client::new(&cloud.sdk);
        let uri = cloud.mongo_uri.replace(address, mongo.address());
        let call = secrets.create_secret().name(format!("mongo-{number}"));
        let secret = call.secret_string(json!({ "uri": uri }).to_string()).send().await;
        let name = format!("lectern{number}");
        let database = Client::with_uri_str(&cloud.mongo_uri).await.unwrap().database(&name);
        let retry = RetryConfig::standard()
            .with_max_attempts(3)
            .with_initial_backoff(Duration::from_millis(5));
        let aws = cloud.sdk.to_builder().endpoint_url(front.url()).retry_config(retry);
        let variables = [
            ("LECTERN_MONGO_SECRET_ARN", secret.unwrap().arn.unwrap()),
            ("LECTERN_MONGO_DATABASE", name),
            ("LECTERN_FILES_BUCKET", bucket.clone()),
            ("LECTERN_FILES_ROLE_ARN", role_arn),
            ("LECTERN_FILES_KMS_KEY_ARN", kms_key_arn.clone()),
        ];
        let world = Self {
            front,
            mongo,
            bucket,
            kms_key_arn,
            role,
            s3,
            iam,
            database,
            metrics: Arc::default(),
            variables: variables.map(|(name, value)| (name.to_owned(), value)).into(),
            aws: aws.build(),
            ahead: Arc::default(),
            _cloud: cloud,
        };
        world.allow(&ON_OBJECTS, &[ON_BUCKET]).await;
        world
    }

    /// Gives the files role these actions on the objects of files and on their bucket, and no others.
    pub(crate) async fn allow(&self, on_objects: &[&str], on_bucket: &[&str]) {
        let bucket = format!("arn:aws:s3:::{}", self.bucket);
        let statements = [(on_objects, format!("{bucket}/files/*")), (on_bucket, bucket)];
        let statements = statements.into_iter().filter(|(actions, _)| !actions.is_empty());
        let statements = statements
            .map(|(actions, resource)| json!({ "Effect": "Allow", "Action": actions, "Resource": resource }))
            .collect::<Vec<_>>();
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        let call = self.iam.put_role_policy().role_name(&self.role).policy_name("files");
        call.policy_document(policy.to_string()).send().await.unwrap();
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// The function as it is after a cold start.
    pub(crate) fn function(&self) -> UploadApi {
        let environment = Environment::new(|name| self.variables.get(name).cloned());
        let metrics = Arc::clone(&self.metrics);
        let ahead = Arc::clone(&self.ahead);
        let clock = move || {
            let seconds = ahead.load(Ordering::Relaxed);
            let shift = Duration::from_secs(seconds.unsigned_abs());
            if seconds < 0 {
                SystemTime::now() - shift
            } else {
                SystemTime::now() + shift
            }
        };
        UploadApi::new(self.aws.clone(), environment)
            .unwrap()
            .with_sizes(SIZES)
            .with_clock(Arc::new(clock))
            .with_metrics(move |line| metrics.lock().unwrap().push(line.render(SystemTime::now())))
    }

    /// Sets the function's clock, by seconds from the true time.
    pub(crate) fn at(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::Relaxed);
    }

    pub(crate) async fn record(&self, id: &str) -> Option<FileRecord> {
        let files = self.database.collection::<FileRecord>(FILES);
        files.find_one(doc! { "_id": id }).await.unwrap()
    }

    /// Makes a record one that expired so many seconds ago.
    pub(crate) async fn expired_since(&self, id: &str, seconds: u64) {
        let at = DateTime::from_system_time(SystemTime::now() - Duration::from_secs(seconds));
        let files = self.database.collection::<FileRecord>(FILES);
        let updated = files
            .update_one(doc! { "_id": id }, doc! { "$set": { "expires_at": at } })
            .await;
        assert_eq!(updated.unwrap().modified_count, 1);
    }

    /// Status of the record, if there is one.
    pub(crate) async fn status(&self, id: &str) -> Option<String> {
        let record = self.record(id).await?;
        Some(json!(record.status).as_str().unwrap().to_owned())
    }

    pub(crate) async fn records(&self) -> u64 {
        let files = self.database.collection::<FileRecord>(FILES);
        files.count_documents(doc! {}).await.unwrap()
    }

    /// The current content of a file, if it has any.
    pub(crate) async fn content(&self, id: &str) -> Option<Vec<u8>> {
        let answer = self.s3.get_object().bucket(&self.bucket).key(key(id)).send().await;
        Some(answer.ok()?.body.collect().await.unwrap().to_vec())
    }

    /// Uploads in parts that were begun and not ended.
    pub(crate) async fn uploads(&self) -> usize {
        let answer = self.s3.list_multipart_uploads().bucket(&self.bucket).send().await;
        answer.unwrap().uploads().len()
    }

    /// Tags of the current version.
    pub(crate) async fn tags(&self, id: &str) -> Vec<(String, String)> {
        let call = self.s3.get_object_tagging().bucket(&self.bucket).key(key(id));
        let answer = call.send().await.unwrap();
        let tags = answer.tag_set().iter();
        tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
    }
}

/// Sends an event and checks the answer against the contract.
pub(crate) async fn send(function: &UploadApi, event: &Value) -> Sent {
    let invocation = Invocation {
        event: RawValue::from_string(event.to_string()).unwrap(),
        request_id: "lambda-1".to_owned(),
        function_arn: "arn:aws:lambda:us-east-1:000000000000:function:upload-api:live".to_owned(),
        deadline: Deadline::NONE,
    };
    let reply = serde_json::to_value(handle(invocation, function).await.unwrap()).unwrap();
    let headers = reply["headers"].as_object().unwrap().iter();
    let sent = Sent {
        status: reply["statusCode"].as_i64().unwrap(),
        headers: headers
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
        body: reply["body"]
            .as_str()
            .map_or(Value::Null, |body| serde_json::from_str(body).unwrap()),
    };
    let method = event["httpMethod"].as_str().unwrap_or_default();
    let route = Contract::embedded().route(method, event["resource"].as_str().unwrap_or_default());
    let status = u16::try_from(sent.status).unwrap();
    if let Some(schema) = route.and_then(|route| route.answers.get(&status)) {
        assert_eq!(api_kit::violations(schema, &sent.body), [], "{}", sent.body);
    }
    sent
}

/// SHA-256 in base64.
pub(crate) fn sum(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

/// Bytes that are no text and nowhere the same.
pub(crate) fn bytes(count: usize) -> Vec<u8> {
    (0..=250_u8)
        .map(|byte| byte.wrapping_mul(31))
        .cycle()
        .take(count)
        .collect()
}

/// What announces a file of this content.
pub(crate) fn announcement(content: &[u8]) -> Value {
    let mut body = json!({
        "name": "notes – week 1.pdf",
        "size": content.len(),
        "content_type": "application/pdf",
        "course": "algebra",
        "visibility": "course",
    });
    if content.len() > 1000 {
        body["part_sha256"] = content.chunks(400).map(sum).collect();
    } else {
        body["sha256"] = sum(content).into();
    }
    body
}

/// `POST /files` with this body.
pub(crate) fn create_event(body: &Value) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../events/create_file.json")).unwrap();
    event["body"] = body.to_string().into();
    event
}

/// The same event with an Idempotency-Key.
pub(crate) fn keyed(mut event: Value, key: &str) -> Value {
    event["headers"]["Idempotency-Key"] = key.into();
    event["multiValueHeaders"]["Idempotency-Key"] = json!([key]);
    event
}

/// `POST /files/{id}/complete`.
pub(crate) fn complete_event(id: &str) -> Value {
    with_id(include_str!("../../events/complete_file.json"), id)
}

/// `DELETE /files/{id}`.
pub(crate) fn delete_event(id: &str) -> Value {
    with_id(include_str!("../../events/delete_file.json"), id)
}

fn with_id(event: &str, id: &str) -> Value {
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["path"] = event["resource"].as_str().unwrap().replace("{id}", id).into();
    event["pathParameters"]["id"] = id.into();
    event
}
