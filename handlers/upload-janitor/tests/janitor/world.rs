//! A bucket and a database of one test, upload-api that fills them, and the janitor.

use std::ops::Deref;
use std::time::{Duration, SystemTime};

use api_harness::{Cloud, Files, Scene, Sent, Server};
use aws_sdk_s3::types::{ChecksumAlgorithm, ServerSideEncryption};
use file_catalog::{Checksum, FILES, FileRecord, key};
use lambda_kit::{Deadline, Environment, Failure};
use mongodb::bson::{DateTime, doc};
use serde_json::{Value, json};
use upload_api::{Sizes, UploadApi};
use upload_janitor::{Limits, Report, UploadJanitor, handle};

pub(crate) const EVENT: &str = include_str!("../../events/schedule.json");
/// What the janitor's role may do to objects, and to the bucket.
pub(crate) const ON_OBJECTS: [&str; 4] = [
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:PutObjectVersionTagging",
];
pub(crate) const ON_BUCKET: &str = "s3:ListBucket";
/// What upload-api needs besides.
const OF_UPLOAD_API: [&str; 4] = [
    "s3:DeleteObjectVersionTagging",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
    "s3:PutObjectTagging",
];

/// Content of every part, and its SHA-256 in base64: `printf hello | openssl dgst -sha256 -binary | base64`.
const HELLO: &[u8] = b"hello";
const SUM: &str = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";
/// Files of one `HELLO` go in one request, larger ones in parts of one each.
const SIZES: Sizes = Sizes {
    form_bytes: 5,
    part_bytes: 5,
};

pub(crate) struct World {
    scene: Scene,
    /// Between the functions and MongoDB.
    pub(crate) mongo: Server,
    pub(crate) files: Files,
    role: String,
    role_arn: String,
}

impl Deref for World {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.scene
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        let cloud = Cloud::shared(&[("AUTH", "true")]).await.unwrap();
        let mongo = Server::start(cloud.mongo_address()).await.unwrap();
        let endpoint_url = cloud.endpoint_url.clone();
        let mut scene = Scene::start(cloud.clone(), &endpoint_url, mongo.address())
            .await
            .unwrap();
        let files = Files::start(&cloud, scene.number).await.unwrap();
        let upload_role = format!("upload-{}", scene.number);
        let actions = [ON_OBJECTS, OF_UPLOAD_API].concat();
        let upload_role_arn = files.role(&upload_role, &actions, &[ON_BUCKET]).await.unwrap();
        let role = format!("janitor-{}", scene.number);
        let role_arn = files.role(&role, &ON_OBJECTS, &[ON_BUCKET]).await.unwrap();
        scene.set("LECTERN_FILES_ROLE_ARN", &upload_role_arn);
        scene.set("LECTERN_FILES_BUCKET", &files.bucket);
        scene.set("LECTERN_FILES_KMS_KEY_ARN", &files.kms_key_arn);
        Self {
            scene,
            mongo,
            files,
            role,
            role_arn,
        }
    }

    /// The janitor's environment.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        if name == "LECTERN_FILES_ROLE_ARN" {
            return Some(self.role_arn.clone());
        }
        self.variables.get(name).cloned()
    }

    /// The janitor as it is after a cold start.
    pub(crate) async fn janitor(&self) -> UploadJanitor {
        let environment = Environment::new(|name| self.variable(name));
        let janitor = UploadJanitor::new(self.aws(), environment).await.unwrap();
        janitor.with_clock(self.clock()).with_metrics(self.sink())
    }

    /// One invocation after a cold start.
    pub(crate) async fn clean(&self) -> Report {
        clean(&self.janitor().await).await.unwrap()
    }

    /// Gives the janitor's role these actions and no others.
    pub(crate) async fn allow(&self, on_objects: &[&str], on_bucket: &[&str]) {
        self.files.allow(&self.role, on_objects, on_bucket).await.unwrap();
    }

    /// upload-api, by the true time whatever the janitor's clock says.
    async fn send(&self, event: &Value) -> Sent {
        let function = UploadApi::new(self.aws(), self.environment()).unwrap();
        let function = function.with_sizes(SIZES).with_metrics(|_| {});
        api_harness::send(|invocation| upload_api::handle(invocation, &function), event).await
    }

    /// Announces a file of this number of parts, one of which is uploaded with a form; returns its id.
    pub(crate) async fn announce(&self, parts: usize) -> String {
        let mut event: Value =
            serde_json::from_str(include_str!("../../../upload-api/events/create_file.json")).unwrap();
        let mut body = json!({
            "name": "notes.pdf",
            "size": parts * HELLO.len(),
            "content_type": "application/pdf",
            "course": "algebra",
            "visibility": "course",
        });
        if parts == 1 {
            body["sha256"] = SUM.into();
        } else {
            body["part_sha256"] = json!(vec![SUM; parts]);
        }
        event["body"] = body.to_string().into();
        let sent = self.send(&event).await;
        assert_eq!(sent.status, 201, "{}", sent.body);
        sent.id()
    }

    /// Announces a file and puts its content, as a client does.
    pub(crate) async fn arrived(&self, parts: usize) -> String {
        let id = self.announce(parts).await;
        let (s3, bucket) = (&self.files.s3, &self.files.bucket);
        match self.record(&id).await.unwrap().checksum {
            Checksum::Whole { .. } => {
                let call = s3.put_object().bucket(bucket).key(key(&id)).body(HELLO.to_vec().into());
                let call = call.content_type("application/pdf").tagging("upload=pending");
                let call = call.checksum_sha256(SUM).ssekms_key_id(&self.files.kms_key_arn);
                let call = call.server_side_encryption(ServerSideEncryption::AwsKms);
                call.send().await.unwrap();
            }
            Checksum::Parts { upload_id, sha256, .. } => {
                for number in (1..).take(sha256.len()) {
                    let call = s3.upload_part().bucket(bucket).key(key(&id)).upload_id(&upload_id);
                    let call = call.part_number(number).body(HELLO.to_vec().into());
                    let call = call.checksum_algorithm(ChecksumAlgorithm::Sha256).checksum_sha256(SUM);
                    call.send().await.unwrap();
                }
            }
        }
        id
    }

    /// `POST /files/{id}/complete`.
    pub(crate) async fn complete(&self, id: &str) -> Sent {
        self.send(&with_id(
            include_str!("../../../upload-api/events/complete_file.json"),
            id,
        ))
        .await
    }

    /// `DELETE /files/{id}`.
    pub(crate) async fn delete(&self, id: &str) -> Sent {
        self.send(&with_id(
            include_str!("../../../upload-api/events/delete_file.json"),
            id,
        ))
        .await
    }

    /// Changes a record to one that was given up this number of minutes ago.
    pub(crate) async fn given_up(&self, id: &str, minutes: u64) {
        let at = SystemTime::now() - Duration::from_secs(60 * minutes);
        let change = doc! { "$set": { "expires_at": DateTime::from_system_time(at) } };
        let files = self.database.collection::<FileRecord>(FILES);
        let updated = files.update_one(doc! { "_id": id }, change).await.unwrap();
        assert_eq!(updated.matched_count, 1);
    }

    pub(crate) async fn record(&self, id: &str) -> Option<FileRecord> {
        let files = self.database.collection::<FileRecord>(FILES);
        files.find_one(doc! { "_id": id }).await.unwrap()
    }

    /// Status of the record, if there is one.
    pub(crate) async fn status(&self, id: &str) -> Option<String> {
        let record = self.record(id).await?;
        Some(json!(record.status).as_str().unwrap().to_owned())
    }

    /// Whether neither record, nor object, nor parts are there.
    pub(crate) async fn is_gone(&self, id: &str) -> bool {
        let uploads = self.files.uploads().await.unwrap();
        let content = self.files.content(id).await.unwrap();
        (self.record(id).await, content, uploads) == (None, None, 0)
    }

    /// The metrics of the last invocation: removed, failed and left.
    pub(crate) fn last_metrics(&self) -> (Value, Value, Value) {
        let lines = self.metrics.lock().unwrap();
        let line: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
        let declared = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Namespace"], "Lectern/UploadJanitor");
        assert_eq!(line["Bucket"], self.files.bucket.as_str());
        (line["Removed"].clone(), line["Failed"].clone(), line["Left"].clone())
    }
}

/// A day and an hour: what was given up by then is abandoned.
pub(crate) const LONG_AGO: u64 = 25 * 60;

/// No limit that a test could meet by chance.
pub(crate) fn limits() -> Limits {
    Limits::default()
}

/// One invocation, with all the time that it wants.
pub(crate) async fn clean(janitor: &UploadJanitor) -> Result<Report, Failure> {
    handle(EVENT, Deadline::NONE, janitor).await
}

pub(crate) fn report(removed: u64, failed: &[&str], left: u64) -> Report {
    Report {
        removed,
        failed: failed.iter().map(|id| (*id).to_owned()).collect(),
        left: Some(left),
    }
}

fn with_id(event: &str, id: &str) -> Value {
    let mut event: Value = serde_json::from_str(event).unwrap();
    event["path"] = event["resource"].as_str().unwrap().replace("{id}", id).into();
    event["pathParameters"]["id"] = id.into();
    event
}
