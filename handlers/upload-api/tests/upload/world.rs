//! A bucket, a key, a role and a database of one test, and the function before them.

use std::ops::{Deref, DerefMut};
use std::time::{Duration, SystemTime};

pub(crate) use api_harness::Sent;
use api_harness::{Cloud, Files, Scene, Server};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use file_catalog::{FILES, FileRecord};
use mongodb::bson::{DateTime, doc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use upload_api::{Sizes, UploadApi, handle};

/// A file that is not there.
pub(crate) const NOBODYS: &str = "ffffffffffffffffffffffffffffffff";
/// Smaller than the contract's, so that a test of parts moves little.
pub(crate) const SIZES: Sizes = Sizes {
    form_bytes: 1000,
    part_bytes: 400,
};
/// What the files role may do to objects.
pub(crate) const ON_OBJECTS: [&str; 8] = [
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:DeleteObjectVersionTagging",
    "s3:PutObjectVersionTagging",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
    "s3:PutObjectTagging",
];
/// And to the bucket.
pub(crate) const ON_BUCKET: &str = "s3:ListBucket";

pub(crate) struct World {
    scene: Scene,
    /// Between the function and MongoDB.
    pub(crate) mongo: Server,
    pub(crate) files: Files,
    /// The files role.
    role: String,
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
    /// In a cloud that enforces IAM.
    pub(crate) async fn start() -> Self {
        let cloud = Cloud::shared(&[("AUTH", "true")]).await.unwrap();
        let mongo = Server::start(cloud.mongo_address()).await.unwrap();
        let endpoint_url = cloud.endpoint_url.clone();
        let mut scene = Scene::start(cloud.clone(), &endpoint_url, mongo.address())
            .await
            .unwrap();
        let files = Files::start(&cloud, scene.number).await.unwrap();
        let role = format!("files-{}", scene.number);
        let role_arn = files.role(&role, &ON_OBJECTS, &[ON_BUCKET]).await.unwrap();
        scene.set("LECTERN_FILES_ROLE_ARN", &role_arn);
        scene.set("LECTERN_FILES_BUCKET", &files.bucket);
        scene.set("LECTERN_FILES_KMS_KEY_ARN", &files.kms_key_arn);
        Self {
            scene,
            mongo,
            files,
            role,
        }
    }

    /// Gives the files role these actions and no others.
    pub(crate) async fn allow(&self, on_objects: &[&str], on_bucket: &[&str]) {
        self.files.allow(&self.role, on_objects, on_bucket).await.unwrap();
    }

    /// The function as it is after a cold start.
    pub(crate) fn function(&self) -> UploadApi {
        UploadApi::new(self.aws(), self.environment())
            .unwrap()
            .with_sizes(SIZES)
            .with_clock(self.clock())
            .with_metrics(self.sink())
    }

    pub(crate) async fn record(&self, id: &str) -> Option<FileRecord> {
        let files = self.database.collection::<FileRecord>(FILES);
        files.find_one(doc! { "_id": id }).await.unwrap()
    }

    /// Changes a record to one that expired this number of seconds ago.
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
        self.files.content(id).await.unwrap()
    }

    /// Uploads in parts that were begun and not ended.
    pub(crate) async fn uploads(&self) -> usize {
        self.files.uploads().await.unwrap()
    }

    /// Tags of the current version.
    pub(crate) async fn tags(&self, id: &str) -> Vec<(String, String)> {
        self.files.tags(id, None).await.unwrap()
    }

    /// Tags of one version.
    pub(crate) async fn tags_of(&self, id: &str, version_id: &str) -> Vec<(String, String)> {
        self.files.tags(id, Some(version_id)).await.unwrap()
    }
}

/// Sends an event and checks the answer against the contract.
pub(crate) async fn send(function: &UploadApi, event: &Value) -> Sent {
    api_harness::send(|invocation| handle(invocation, function), event).await
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
