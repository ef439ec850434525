//! A local cloud with files in it, and the function before it.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};

pub(crate) use api_harness::Sent;
use api_harness::{Cloud, Scene, Server};
use download_api::{DownloadApi, handle};
use file_catalog::{Checksum, FILES, FileRecord, MEMBERSHIPS, Membership, Status, Visibility};
use mongodb::bson::DateTime;
use serde_json::{Value, json};

/// The user of the events.
pub(crate) const SUBJECT: &str = "6f1d4a52-50c1-70a3-9b1e-3f0c2f9f6b11";
/// The file of the events.
pub(crate) const ID: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const REQUEST_ID: &str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";

pub(crate) struct World {
    scene: Scene,
    /// Between the function and MongoDB.
    pub(crate) mongo: Server,
    pub(crate) bucket: String,
    s3: aws_sdk_s3::Client,
}

impl Deref for World {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.scene
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Scene {
        &mut self.scene
    }
}

impl World {
    /// With a bucket and a database of its own and nothing in them.
    pub(crate) async fn start() -> Self {
        let cloud = Cloud::shared(&[]).await.unwrap();
        let mongo = Server::start(cloud.mongo_address()).await.unwrap();
        let s3 = lambda_kit::aws::s3(&cloud.sdk);
        let endpoint_url = cloud.endpoint_url.clone();
        let mut scene = Scene::start(cloud, &endpoint_url, mongo.address()).await.unwrap();
        let bucket = format!("files-{}", scene.number);
        s3.create_bucket().bucket(&bucket).send().await.unwrap();
        let versioning = aws_sdk_s3::types::VersioningConfiguration::builder()
            .status(aws_sdk_s3::types::BucketVersioningStatus::Enabled)
            .build();
        let call = s3.put_bucket_versioning().bucket(&bucket);
        call.versioning_configuration(versioning).send().await.unwrap();
        scene.set("LECTERN_FILES_BUCKET", &bucket);
        scene.set("LECTERN_FILES_ROLE_ARN", "arn:aws:iam::000000000000:role/files");
        Self {
            scene,
            mongo,
            bucket,
            s3,
        }
    }

    /// The function as it is after a cold start.
    pub(crate) fn function(&self) -> DownloadApi {
        DownloadApi::new(self.aws(), self.environment())
            .unwrap()
            .with_clock(self.clock())
            .with_metrics(self.sink())
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
        answer.version_id.unwrap()
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
    api_harness::send(|invocation| handle(invocation, function), event).await
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
