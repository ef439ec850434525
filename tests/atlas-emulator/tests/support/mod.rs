//! A client of the API that hides nothing: one connection a request, and its own digest.

#![allow(dead_code, reason = "every test file uses another part")]

use std::time::Duration;

use atlas_emulator::{AtlasEmulator, Credentials, DEFAULT_PROJECT, Options, Profile};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) const G: &str = DEFAULT_PROJECT;
pub(crate) const V: &str = "vpce-0123456789abcdef1";
pub(crate) const ACCEPT: &str = "application/vnd.atlas.2024-08-05+json";
const JSON: &str = "application/vnd.atlas.2023-01-01+json";

pub(crate) fn start() -> AtlasEmulator {
    AtlasEmulator::start(Options::default()).unwrap()
}

pub(crate) fn start_with(change: impl FnOnce(&mut Profile)) -> AtlasEmulator {
    let mut options = Options::default();
    change(&mut options.profile);
    AtlasEmulator::start(options).unwrap()
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The status, checked for what an error says of itself.
    pub(crate) fn error_code(&self) -> String {
        let json = self.json();
        assert_eq!(json["error"], self.status, "{self:?}");
        json["errorCode"].as_str().unwrap().to_owned()
    }
}

/// A connection that ended before the answer did, and what came until then.
#[derive(Debug)]
pub(crate) struct Broken(pub(crate) String);

/// Sends one request on a connection of its own.
pub(crate) async fn exchange(
    base_url: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Answer, Broken> {
    let address = base_url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut request = format!(
        "{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    // A reset is an end too.
    let _reset = stream.read_to_end(&mut read).await;
    let text = String::from_utf8(read).unwrap();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Err(Broken(text));
    };
    let answer = Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    };
    let length = answer
        .header("content-length")
        .map(|length| length.parse::<usize>().unwrap());
    if length.is_some_and(|length| length != body.len()) {
        return Err(Broken(text));
    }
    Ok(answer)
}

/// The value between `name="` and `"` in a challenge.
pub(crate) fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = challenge.split_once(&format!("{name}=\""))?;
    rest.split('"').next()
}

fn md5(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

/// An `Authorization` header for a challenge, with or without `qop` as it says.
pub(crate) fn digest(challenge: &str, keys: &Credentials, count: u32, method: &str, target: &str) -> String {
    let realm = parameter(challenge, "realm").unwrap();
    let nonce = parameter(challenge, "nonce").unwrap();
    let user = md5(&format!("{}:{realm}:{}", keys.public_key, keys.private_key));
    let request = md5(&format!("{method}:{target}"));
    let start = format!(
        "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{target}\"",
        keys.public_key
    );
    match parameter(challenge, "qop") {
        Some(_) => {
            let response = md5(&format!("{user}:{nonce}:{count:08x}:c11e47:auth:{request}"));
            format!("{start}, algorithm=MD5, qop=auth, nc={count:08x}, cnonce=\"c11e47\", response=\"{response}\"")
        }
        None => format!("{start}, response=\"{}\"", md5(&format!("{user}:{nonce}:{request}"))),
    }
}

/// `Authorization` for the token path.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")))
}

/// Asks for a token with this `Authorization`.
pub(crate) async fn token_answer(emulator: &AtlasEmulator, authorization: &str) -> Answer {
    let headers = [
        ("authorization", authorization),
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "application/json"),
    ];
    let form = "grant_type=client_credentials";
    exchange(&emulator.base_url(), "POST", "/api/oauth/token", &headers, form)
        .await
        .unwrap()
}

pub(crate) async fn token(emulator: &AtlasEmulator) -> String {
    let keys = Credentials::default();
    let answer = token_answer(emulator, &basic(&keys.client_id, &keys.client_secret)).await;
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// A client with the default key, challenged anew for every call.
pub(crate) struct Client {
    base_url: String,
}

impl Client {
    pub(crate) fn new(emulator: &AtlasEmulator) -> Self {
        Self {
            base_url: emulator.base_url(),
        }
    }

    /// One call of a path below the project.
    pub(crate) async fn try_call(&self, method: &str, path: &str, body: Value) -> Result<Answer, Broken> {
        let target = format!("/api/atlas/v2/groups/{G}{path}");
        self.try_raw(method, &target, &[("accept", ACCEPT), ("content-type", JSON)], body)
            .await
    }

    pub(crate) async fn try_raw(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Result<Answer, Broken> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let challenged = exchange(&self.base_url, method, target, headers, &body).await?;
        let Some(challenge) = challenged.header("www-authenticate") else {
            return Ok(challenged);
        };
        let authorization = digest(challenge, &Credentials::default(), 1, method, target);
        let mut headers = headers.to_vec();
        headers.push(("authorization", &authorization));
        exchange(&self.base_url, method, target, &headers, &body).await
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        self.try_call(method, path, body).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, Value::Null).await
    }

    /// A member of the object at a path.
    pub(crate) async fn member(&self, path: &str, name: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()[name].clone()
    }

    /// Creates a service and gives its path.
    pub(crate) async fn service(&self, region: &str) -> String {
        let body = json!({ "providerName": "AWS", "region": region });
        let answer = self.post(CREATE, body).await;
        assert!(answer.status < 300, "{answer:?}");
        format!("{LIST}/{}", answer.json()["id"].as_str().unwrap())
    }

    /// Creates a service and reads it until it is built.
    pub(crate) async fn ready_service(&self, region: &str) -> String {
        let path = self.service(region).await;
        self.until(&path, "status", "AVAILABLE").await;
        path
    }

    /// Creates a service and an endpoint, reads both until they are there, and gives their paths.
    pub(crate) async fn ready_endpoint(&self, region: &str, id: &str) -> (String, String) {
        let service = self.ready_service(region).await;
        let answer = self.post(&format!("{service}/endpoint"), json!({ "id": id })).await;
        assert!(answer.status < 300, "{answer:?}");
        let endpoint = format!("{service}/endpoint/{id}");
        self.until(&endpoint, "connectionStatus", "AVAILABLE").await;
        (service, endpoint)
    }

    /// Reads until a member has a value.
    pub(crate) async fn until(&self, path: &str, name: &str, value: &str) {
        for _ in 0..MANY {
            if self.member(path, name).await == value {
                return;
            }
        }
        panic!("{path} never has {name} {value}");
    }

    /// Reads until there is nothing.
    pub(crate) async fn until_gone(&self, path: &str) {
        for _ in 0..MANY {
            if self.get(path).await.status == 404 {
                return;
            }
        }
        panic!("{path} is never gone");
    }
}

/// More reads than any course takes.
const MANY: usize = 20;

pub(crate) const CREATE: &str = "/privateEndpoint/endpointService";
pub(crate) const LIST: &str = "/privateEndpoint/AWS/endpointService";

/// Longer than any answer takes, to see that none comes.
pub(crate) const A_WHILE: Duration = Duration::from_millis(200);
