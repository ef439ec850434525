//! A local cloud without profiles, and the function before it.

use std::ops::Deref;

pub(crate) use api_harness::Sent;
use api_harness::{Cloud, Scene};
use mongodb::bson::{Document, doc};
use profile_api::{ProfileApi, handle};
use serde_json::{Value, json};

use crate::wire::Wire;

/// The user of the events.
pub(crate) const SUBJECT: &str = "6f1d4a52-50c1-70a3-9b1e-3f0c2f9f6b11";
/// Somebody else.
pub(crate) const OTHER: &str = "a1b2c3d4-0000-70a3-9b1e-3f0c2f9f6b11";
/// The entity tag of nothing.
pub(crate) const NONE: &str = "\"0\"";

pub(crate) struct World {
    scene: Scene,
    /// Between the front and AWS.
    pub(crate) aws_wire: Wire,
    /// Between the function and MongoDB.
    pub(crate) mongo: Wire,
    pub(crate) kms: aws_sdk_kms::Client,
    pub(crate) key_arn: String,
}

impl Deref for World {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.scene
    }
}

impl World {
    /// With a key and a database of its own and nothing in it.
    pub(crate) async fn start() -> Self {
        let cloud = Cloud::shared(&[]).await.unwrap();
        let aws_wire = Wire::start(cloud.endpoint_url.trim_start_matches("http://").to_owned()).await;
        let mongo = Wire::start(cloud.mongo_address().to_owned()).await;
        let kms = aws_sdk_kms::Client::new(&cloud.sdk);
        let key = kms.create_key().send().await.unwrap();
        let key_arn = key.key_metadata.unwrap().arn.unwrap();
        let aws_url = format!("http://{}", aws_wire.address());
        let mut scene = Scene::start(cloud, &aws_url, mongo.address()).await.unwrap();
        scene.set("LECTERN_PROFILE_KMS_KEY_ARN", &key_arn);
        Self {
            scene,
            aws_wire,
            mongo,
            kms,
            key_arn,
        }
    }

    /// The function as it is after a cold start.
    pub(crate) fn function(&self) -> ProfileApi {
        ProfileApi::new(self.aws(), self.environment())
            .unwrap()
            .with_clock(self.clock())
            .with_metrics(self.sink())
    }

    pub(crate) fn profiles(&self) -> mongodb::Collection<Document> {
        self.database.collection("profiles")
    }

    /// A user's document as MongoDB has it.
    pub(crate) async fn document(&self, user: &str) -> Option<Document> {
        self.profiles().find_one(doc! { "_id": user }).await.unwrap()
    }

    /// Changes a user's document behind the function's back.
    pub(crate) async fn meddle(&self, user: &str, change: impl FnOnce(&mut Document)) {
        let mut document = self.document(user).await.unwrap();
        change(&mut document);
        let replaced = self
            .profiles()
            .replace_one(doc! { "_id": user }, document)
            .await
            .unwrap();
        assert_eq!(replaced.matched_count, 1);
    }
}

/// Sends an event and checks the answer against the contract.
pub(crate) async fn send(function: &ProfileApi, event: &Value) -> Sent {
    api_harness::send(|invocation| handle(invocation, function), event).await
}

pub(crate) fn get() -> Value {
    serde_json::from_str(include_str!("../../events/get_profile.json")).unwrap()
}

pub(crate) fn export() -> Value {
    serde_json::from_str(include_str!("../../events/export_profile.json")).unwrap()
}

pub(crate) fn delete() -> Value {
    serde_json::from_str(include_str!("../../events/delete_profile.json")).unwrap()
}

/// `DELETE /profile` of the version with this tag.
pub(crate) fn delete_if(tag: &str) -> Value {
    let mut event = delete();
    header(&mut event, "If-Match", &[tag]);
    event
}

/// `PATCH /profile` of the version with this tag.
pub(crate) fn patch(tag: &str, patch: &Value) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../events/patch_profile.json")).unwrap();
    event["body"] = patch.to_string().into();
    header(&mut event, "If-Match", &[tag]);
    event
}

/// Sets a header, in both places where API Gateway has it.
pub(crate) fn header(event: &mut Value, name: &str, values: &[&str]) {
    event["headers"][name] = json!(values.last());
    event["multiValueHeaders"][name] = json!(values);
}

/// The same event, sent by somebody else.
pub(crate) fn by(user: &str, mut event: Value) -> Value {
    event["requestContext"]["authorizer"]["claims"]["sub"] = user.into();
    event
}

/// Changes the profile of the event's user, whatever its version is.
pub(crate) async fn change(function: &ProfileApi, user: &str, to: &Value) -> Sent {
    let now = send(function, &by(user, get())).await;
    let sent = send(function, &by(user, patch(now.tag(), to))).await;
    assert_eq!(sent.status, 200, "{to}: {}", sent.body);
    sent
}

/// Everything that a profile can have.
pub(crate) fn whole() -> Value {
    json!({
        "name": "Ada Lovelace",
        "phone": "+442071234567",
        "birth_date": "1990-12-10",
        "address": { "lines": ["12 St James's Square"], "city": "London", "region": "Westminster", "postal_code": "SW1Y 4JH", "country": "GB" },
        "locale": "en-GB",
        "time_zone": "Europe/London",
        "notifications": { "email": true, "sms": false },
    })
}
