//! A local cloud with files in it, and the function before it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use api_contract::Contract;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_front::Front;
use download_api::{DownloadApi, handle};
use file_catalog::{Checksum, FILES, FileRecord, MEMBERSHIPS, Membership, Status, Visibility};
use lambda_kit::{Deadline, Environment, Invocation};
use local_cloud::LocalCloud;
use mongodb::Client;
use mongodb::bson::DateTime;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::server::Server;

/// The user of the events.
pub(crate) const SUBJECT: &str = "6f1d4a52-50c1-70a3-9b1e-3f0c2f9f6b11";
/// The file of the events.
pub(crate) const ID: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const REQUEST_ID: &str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";

/// A local cloud that several tests use; it ends with the last of them.
struct Cloud {
    endpoint_url: String,
    mongo_uri: String,
    sdk: SdkConfig,
    _running: Mutex<LocalCloud>,
}

fn cloud() -> Arc<Cloud> {
    static CLOUD: Mutex<Weak<Cloud>> = Mutex::new(Weak::new());
    let mut shared = CLOUD.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let options = local_cloud::Options {
            mongo: true,
            ..local_cloud::Options::default()
        };
        let running = LocalCloud::start(options).unwrap();
        let started = Arc::new(Cloud {
            endpoint_url: running.endpoint_url(),
            mongo_uri: running.mongo_uri().unwrap().to_owned(),
            sdk: running.sdk_config(),
            _running: Mutex::new(running),
        });
        *shared = Arc::downgrade(&started);
        started
    })
}

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

    pub(crate) fn text(&self, field: &str) -> &str {
        self.body[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field} in {}", self.body))
    }
}

pub(crate) struct World {
    pub(crate) front: Front,
    /// Between the function and MongoDB.
    pub(crate) mongo: Server,
    pub(crate) bucket: String,
    pub(crate) database: mongodb::Database,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) metrics: Arc<Mutex<Vec<String>>>,
    pub(crate) variables: HashMap<String, String>,
    s3: aws_sdk_s3::Client,
    aws: SdkConfig,
    /// Seconds that the function's clock is ahead.
    ahead: Arc<AtomicI64>,
    number: usize,
    _cloud: Arc<Cloud>,
}

impl World {
    /// With a bucket and a database of its own and nothing in them.
    pub(crate) async fn start() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let cloud = tokio::task::spawn_blocking(cloud).await.unwrap();
        let front = Front::start(&cloud.endpoint_url).await.unwrap();
        let address = cloud.mongo_uri.strip_prefix("mongodb://").unwrap();
        let address = address.split('/').next().unwrap();
        let mongo = Server::start(address.to_owned()).await;
        let s3 = lambda_kit::aws::s3(&cloud.sdk);
        let bucket = format!("files-{number}");
        s3.create_bucket().bucket(&bucket).send().await.unwrap();
        let versioning = aws_sdk_s3::types::VersioningConfiguration::builder()
            .status(aws_sdk_s3::types::BucketVersioningStatus::Enabled)
            .build();
        let call = s3.put_bucket_versioning().bucket(&bucket);
        call.versioning_configuration(versioning).send().await.unwrap();
        let secrets = aws_sdk_secretsmanager::Client::new(&cloud.sdk);
        let uri = cloud.mongo_uri.replace(address, mongo.address());
        let secret = secrets.create_secret().name(format!("mongo-{number}"));
        let secret = secret.secret_string(json!({ "uri": uri }).to_string());
        let secret_arn = secret.send().await.unwrap().arn.unwrap();
        let name = format!("lectern{number}");
        let database = Client::with_uri_str(&cloud.mongo_uri).await.unwrap().database(&name);
        let retry = RetryConfig::standard()
            .with_max_attempts(3)
            .with_initial_backoff(Duration::from_millis(5));
        let aws = cloud.sdk.to_builder().endpoint_url(front.url()).retry_config(retry);
        let variables = [
            ("LECTERN_MONGO_SECRET_ARN", secret_arn.as_str()),
            ("LECTERN_MONGO_DATABASE", &name),
            ("LECTERN_FILES_BUCKET", &bucket),
            ("LECTERN_FILES_ROLE_ARN", "arn:aws:iam::000000000000:role/files"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            front,
            mongo,
            bucket,
            database,
            secrets,
            metrics: Arc::default(),
            variables: variables.into(),
            s3,
            aws: aws.build(),
            ahead: Arc::default(),
            number,
            _cloud: cloud,
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// The function as it is after a cold start.
    pub(crate) fn function(&self) -> DownloadApi {
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
        DownloadApi::new(self.aws.clone(), environment)
            .unwrap()
            .with_clock(Arc::new(clock))
            .with_metrics(move |line| metrics.lock().unwrap().push(line.render(SystemTime::now())))
    }

    /// Sets the function's clock, by seconds from the true time.
    pub(crate) fn at(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::Relaxed);
    }

    pub(crate) async fn member_of(&self, courses: &[&str]) {
        let membership = Membership {
            subject: SUBJECT.to_owned(),
            courses: courses.iter().map(|course| (*course).to_owned()).collect(),
        };
        let memberships = self.database.collection(MEMBERSHIPS);
        memberships.insert_one(membership).await.unwrap();
    }

    pub(crate) async fn insert(&self, record: &FileRecord) {
        let files = self.database.collection::<FileRecord>(FILES);
        files.insert_one(record).await.unwrap();
    }

    /// An available file with this content; its record.
    pub(crate) async fn upload(&self, name: &str, content: &str) -> FileRecord {
        let mut record = record(ID, "algebra", Visibility::Course, 1_795_600_000_000);
        name.clone_into(&mut record.name);
        record.version_id = Some(self.put(content).await);
        self.insert(&record).await;
        record
    }

    /// Puts a version of the file's object.
    pub(crate) async fn put(&self, content: &str) -> String {
        let call = self.s3.put_object().bucket(&self.bucket).key(file_catalog::key(ID));
        let answer = call.body(content.as_bytes().to_vec().into()).send().await.unwrap();
        // What S3 calls the one version where it keeps no others.
        answer.version_id.unwrap_or_else(|| "null".to_owned())
    }

    /// Another bucket, without versions.
    pub(crate) async fn use_plain_bucket(&mut self) {
        self.bucket = format!("plain-{}", self.number);
        self.s3.create_bucket().bucket(&self.bucket).send().await.unwrap();
        let bucket = self.bucket.clone();
        self.set("LECTERN_FILES_BUCKET", &bucket);
    }

    /// Makes a secret of the CDN's key and tells the function of it.
    pub(crate) async fn use_cdn(&mut self, secret: &Value) {
        let call = self.secrets.create_secret().name(format!("key-{}", self.number));
        let answer = call.secret_string(secret.to_string()).send().await.unwrap();
        self.set("LECTERN_CDN_DOMAIN", "files.example.com");
        self.set("LECTERN_CDN_KEY_SECRET_ARN", &answer.arn.unwrap());
    }

    pub(crate) async fn rotate_key(&self, secret: &Value) {
        let arn = &self.variables["LECTERN_CDN_KEY_SECRET_ARN"];
        let call = self.secrets.put_secret_value().secret_id(arn);
        call.secret_string(secret.to_string()).send().await.unwrap();
    }
}

/// Sends an event and checks the answer against the contract.
pub(crate) async fn send(function: &DownloadApi, event: &Value) -> Sent {
    let invocation = Invocation {
        event: RawValue::from_string(event.to_string()).unwrap(),
        request_id: "lambda-1".to_owned(),
        function_arn: "arn:aws:lambda:us-east-1:000000000000:function:download-api:live".to_owned(),
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

/// `GET /files` of the user, with these parameters.
pub(crate) fn list_event(query: &[(&str, &str)]) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../events/list_files.json")).unwrap();
    let single: HashMap<_, _> = query.iter().copied().collect();
    let all: HashMap<_, _> = query.iter().map(|(name, value)| (*name, [*value])).collect();
    event["queryStringParameters"] = json!(single);
    event["multiValueQueryStringParameters"] = json!(all);
    event
}

/// `GET /files/{id}` of the user.
pub(crate) fn get_event(id: &str) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../events/get_file.json")).unwrap();
    event["path"] = format!("/files/{id}").into();
    event["pathParameters"]["id"] = id.into();
    event
}

/// The same event, sent by an administrator.
pub(crate) fn by_administrator(mut event: Value) -> Value {
    event["requestContext"]["authorizer"]["claims"]["cognito:groups"] = "teacher,admin".into();
    event
}

/// An available file without content.
pub(crate) fn record(id: &str, course: &str, visibility: Visibility, created_millis: i64) -> FileRecord {
    FileRecord {
        id: id.to_owned(),
        name: "notes.pdf".to_owned(),
        size: 5,
        content_type: "application/pdf".to_owned(),
        course: course.to_owned(),
        visibility,
        status: Status::Available,
        checksum: Checksum::Whole {
            sha256: format!("{}=", "A".repeat(43)),
        },
        created_by: "an-administrator".to_owned(),
        created_at: DateTime::from_millis(created_millis),
        expires_at: None,
        request_sha256: "0".repeat(64),
        version_id: Some("v1".to_owned()),
    }
}
