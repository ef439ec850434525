//! A local cloud without profiles, and the function before it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use api_contract::Contract;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_front::Front;
use lambda_kit::{Deadline, Environment, Invocation};
use local_cloud::LocalCloud;
use mongodb::Client;
use mongodb::bson::{Document, doc};
use profile_api::{ProfileApi, handle};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::wire::Wire;

/// The user of the events.
pub(crate) const SUBJECT: &str = "6f1d4a52-50c1-70a3-9b1e-3f0c2f9f6b11";
/// Somebody else.
pub(crate) const OTHER: &str = "a1b2c3d4-0000-70a3-9b1e-3f0c2f9f6b11";
pub(crate) const REQUEST_ID: &str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";
/// The entity tag of nothing.
pub(crate) const NONE: &str = "\"0\"";

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
        assert_eq!(self.body["request_id"], REQUEST_ID, "{case}");
        assert_eq!(api_kit::violations("Problem", &self.body), [], "{case}");
        let retry = (status == 503).then_some("5");
        assert_eq!(self.headers.get("retry-after").map(String::as_str), retry, "{case}");
    }

    pub(crate) fn tag(&self) -> &str {
        &self.headers["etag"]
    }
}

pub(crate) struct World {
    pub(crate) front: Front,
    /// Between the front and AWS.
    pub(crate) aws_wire: Wire,
    /// Between the function and MongoDB.
    pub(crate) mongo: Wire,
    pub(crate) kms: aws_sdk_kms::Client,
    pub(crate) key_arn: String,
    pub(crate) database: mongodb::Database,
    pub(crate) metrics: Arc<Mutex<Vec<String>>>,
    variables: HashMap<String, String>,
    aws: SdkConfig,
    /// Seconds that the function's clock is ahead.
    ahead: Arc<AtomicI64>,
    _cloud: Arc<Cloud>,
}

impl World {
    /// With a key and a database of its own and nothing in it.
    pub(crate) async fn start() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let cloud = tokio::task::spawn_blocking(cloud).await.unwrap();
        let aws_wire = Wire::start(cloud.endpoint_url.trim_start_matches("http://").to_owned()).await;
        let front = Front::start(&format!("http://{}", aws_wire.address())).await.unwrap();
        let address = cloud.mongo_uri.strip_prefix("mongodb://").unwrap();
        let address = address.split('/').next().unwrap();
        let mongo = Wire::start(address.to_owned()).await;
        let kms = aws_sdk_kms::Client::new(&cloud.sdk);
        let key = kms.create_key().send().await.unwrap();
        let key_arn = key.key_metadata.unwrap().arn.unwrap();
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
            ("LECTERN_PROFILE_KMS_KEY_ARN", &key_arn),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            front,
            aws_wire,
            mongo,
            kms,
            key_arn,
            database,
            metrics: Arc::default(),
            variables: variables.into(),
            aws: aws.build(),
            ahead: Arc::default(),
            _cloud: cloud,
        }
    }

    /// The function as it is after a cold start.
    pub(crate) fn function(&self) -> ProfileApi {
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
        ProfileApi::new(self.aws.clone(), environment)
            .unwrap()
            .with_clock(Arc::new(clock))
            .with_metrics(move |line| metrics.lock().unwrap().push(line.render(SystemTime::now())))
    }

    /// Sets the function's clock, by seconds from the true time.
    pub(crate) fn at(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::Relaxed);
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
    let invocation = Invocation {
        event: RawValue::from_string(event.to_string()).unwrap(),
        request_id: "lambda-1".to_owned(),
        function_arn: "arn:aws:lambda:us-east-1:000000000000:function:profile-api:live".to_owned(),
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
    match route.and_then(|route| route.answers.get(&status)) {
        Some(schema) => assert_eq!(api_kit::violations(schema, &sent.body), [], "{}", sent.body),
        None if status == 204 => assert_eq!(sent.body, Value::Null),
        None => assert_eq!(api_kit::violations("Problem", &sent.body), [], "{}", sent.body),
    }
    sent
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
