//! HTTP digest against a server that computes the response itself and counts strictly.

use crate::support::{PRIVATE_KEY, Reply, Seen, Server, api_key, client, config, json, project, refusal};
use atlas_client::{AccessListEntry, AccessListValue, AtlasApi, AtlasError, Credentials, HttpAtlas, Secret};
use md5::{Digest, Md5};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Issues nonces `n1`, `n2`, ... and takes each `uses` times, its counts going up by one.
#[derive(Clone)]
struct Gate {
    counts: Arc<Mutex<HashMap<String, u32>>>,
    realm: &'static str,
    uses: u32,
    with_qop: bool,
    /// Whether a 401 for a nonce that is used up says so.
    says_stale: bool,
}

impl Gate {
    fn new(uses: u32) -> Self {
        Self {
            counts: Arc::default(),
            realm: "MMS Public API",
            uses,
            with_qop: true,
            says_stale: true,
        }
    }

    fn challenge(&self, stale: bool) -> Reply {
        let mut counts = self.counts.lock().unwrap();
        let nonce = format!("n{}", counts.len() + 1);
        counts.insert(nonce.clone(), 0);
        let qop = if self.with_qop { r#", qop="auth""# } else { "" };
        let realm = self.realm;
        let header =
            format!(r#"Digest realm="{realm}", domain="", nonce="{nonce}", algorithm=MD5{qop}, stale={stale}"#);
        refusal(401, "UNAUTHORIZED", "You are not authorized for this resource.").with("WWW-Authenticate", header)
    }

    /// `None`: come in.
    fn check(&self, request: &Seen) -> Option<Reply> {
        let Some(header) = request.header("authorization") else {
            return Some(self.challenge(false));
        };
        let field = fields(header);
        let (nonce, count) = (field["nonce"].clone(), field.get("nc").map_or("", String::as_str));
        let expected = md5(&match self.with_qop {
            true => format!(
                "{}:{nonce}:{count}:{}:auth:{}",
                self.ha1(),
                field["cnonce"],
                ha2(request)
            ),
            false => format!("{}:{nonce}:{}", self.ha1(), ha2(request)),
        });
        if field["realm"] != self.realm || field["uri"] != request.target || field["response"] != expected {
            return Some(self.challenge(false));
        }
        let mut counts = self.counts.lock().unwrap();
        let used = counts.entry(nonce).or_insert(self.uses);
        let in_order = !self.with_qop || count == format!("{:08x}", *used + 1);
        if *used < self.uses && in_order {
            *used += 1;
            return None;
        }
        drop(counts);
        Some(self.challenge(self.says_stale))
    }

    fn ha1(&self) -> String {
        md5(&format!("abcdefgh:{}:{PRIVATE_KEY}", self.realm))
    }

    async fn serve(&self) -> Server {
        let gate = self.clone();
        Server::new(move |request, _| gate.check(request).unwrap_or_else(|| json(200, "[]"))).await
    }
}

fn ha2(request: &Seen) -> String {
    md5(&format!("{}:{}", request.method, request.target))
}

fn md5(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

fn fields(header: &str) -> HashMap<String, String> {
    let fields = header.strip_prefix("Digest ").unwrap().split(", ");
    let fields = fields.map(|field| field.split_once('=').unwrap());
    fields
        .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
        .collect()
}

/// For each request its nonce and count, or "-" where it is not signed.
fn signatures(server: &Server) -> Vec<String> {
    let signature = |request: &Seen| match request.header("authorization").map(fields) {
        Some(field) => format!("{}/{}", field["nonce"], field["nc"].trim_start_matches('0')),
        None => "-".to_owned(),
    };
    server.seen().iter().map(signature).collect()
}

#[tokio::test]
async fn one_challenge_serves_many_calls_and_the_count_goes_up() {
    let server = Gate::new(100).serve().await;
    let client = client(&server);
    for _ in 0..3 {
        client.list_endpoint_services(&project()).await.unwrap();
    }
    assert_eq!(signatures(&server), ["-", "n1/1", "n1/2", "n1/3"]);
    let field = fields(server.seen()[1].header("authorization").unwrap());
    assert_eq!(
        (field["username"].as_str(), field["algorithm"].as_str()),
        ("abcdefgh", "MD5")
    );
    assert!(!field.contains_key("opaque"));
}

#[tokio::test]
async fn the_query_is_signed_and_the_body_is_sent_with_every_request() {
    let gate = Gate::new(100);
    let server =
        Server::new(move |request, _| gate.check(request).unwrap_or_else(|| json(200, r#"{"results":[]}"#))).await;
    let client = client(&server);
    client.list_access_list(&project()).await.unwrap();
    let value = AccessListValue::parse("10.1.0.0/16").unwrap();
    let entry = AccessListEntry {
        value: value.clone(),
        comment: None,
        delete_after_date: None,
    };
    client.put_access_list_entries(&project(), &[entry]).await.unwrap();
    client.remove_access_list_entry(&project(), &value).await.unwrap();
    assert_eq!(signatures(&server), ["-", "n1/1", "n1/2", "n1/3"]);
    assert!(
        fields(server.seen()[1].header("authorization").unwrap())["uri"]
            .ends_with("/accessList?pageNum=1&itemsPerPage=500")
    );
    assert_eq!(server.seen()[2].body, r#"[{"cidrBlock":"10.1.0.0/16"}]"#);
}

#[tokio::test]
async fn a_stale_nonce_is_replaced_within_the_call() {
    let server = Gate::new(2).serve().await;
    let client = client(&server);
    for _ in 0..4 {
        client.list_endpoint_services(&project()).await.unwrap();
    }
    assert_eq!(signatures(&server), ["-", "n1/1", "n1/2", "n1/3", "n2/1", "n2/2"]);
}

#[tokio::test]
async fn an_earlier_nonce_that_is_forgotten_without_the_word_stale_is_replaced_too() {
    let mut gate = Gate::new(1);
    gate.says_stale = false;
    let server = gate.serve().await;
    let client = client(&server);
    client.list_endpoint_services(&project()).await.unwrap();
    client.list_endpoint_services(&project()).await.unwrap();
    assert_eq!(signatures(&server), ["-", "n1/1", "n1/2", "n2/1"]);
}

#[tokio::test]
async fn a_realm_that_changes_is_followed() {
    let (old, mut new) = (Gate::new(100), Gate::new(100));
    new.realm = "Another API";
    let server = Server::new(move |request, n| {
        let gate = if n < 2 { &old } else { &new };
        gate.check(request).unwrap_or_else(|| json(200, "[]"))
    })
    .await;
    let client = client(&server);
    client.list_endpoint_services(&project()).await.unwrap();
    client.list_endpoint_services(&project()).await.unwrap();
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn a_server_without_qop_is_answered_in_the_old_way() {
    let mut gate = Gate::new(100);
    gate.with_qop = false;
    let server = gate.serve().await;
    client(&server).list_endpoint_services(&project()).await.unwrap();
    assert!(!server.seen()[1].header("authorization").unwrap().contains("cnonce"));
}

#[tokio::test]
async fn a_wrong_key_is_told_after_two_requests_and_not_tried_again() {
    let server = Gate::new(100).serve().await;
    let key = Credentials::ApiKey {
        public_key: "abcdefgh".into(),
        private_key: Secret::new("wrong"),
    };
    let error = HttpAtlas::new(config(&server.url, key))
        .unwrap()
        .list_endpoint_services(&project())
        .await
        .unwrap_err();
    assert!(matches!(error, AtlasError::Unauthorized { .. }), "{error}");
    assert!(
        error.to_string().contains("You are not authorized for this resource."),
        "{error}"
    );
    assert_eq!(signatures(&server), ["-", "n1/1"]);
}

#[tokio::test]
async fn a_401_without_a_digest_challenge_is_final() {
    for challenge in [None, Some("Basic realm=\"x\""), Some("Digest realm=\"no nonce\"")] {
        let reply = refusal(401, "UNAUTHORIZED", "-");
        let reply = challenge.map_or(reply.clone(), |challenge| reply.with("WWW-Authenticate", challenge));
        let server = Server::scripted([reply]).await;
        let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
        assert!(
            matches!(error, AtlasError::Unauthorized { .. }),
            "{challenge:?}: {error}"
        );
    }
}

#[tokio::test]
async fn a_server_that_calls_every_nonce_stale_is_given_up_as_no_matter_of_the_key() {
    let server = Gate::new(0).serve().await;
    let error = client(&server).list_endpoint_services(&project()).await.unwrap_err();
    assert!(matches!(error, AtlasError::Transport { attempts: 4, .. }), "{error:?}");
    assert_eq!(server.seen().len(), 16);
}

#[tokio::test]
async fn parallel_calls_never_use_one_nonce_out_of_order() {
    let server = Gate::new(1000).serve().await;
    let client = client(&server);
    for _ in 0..3 {
        let project = project();
        let calls = (0..20).map(|_| client.list_endpoint_services(&project));
        futures::future::try_join_all(calls).await.unwrap();
    }
    let signatures = signatures(&server);
    // The gate takes counts in strict order only, so nothing was refused: 60 calls, and a challenge for each nonce.
    let challenges = signatures.iter().filter(|signature| *signature == "-").count();
    assert_eq!(signatures.len(), 60 + challenges);
    assert!(challenges <= 20, "{challenges}");
}

#[tokio::test]
async fn a_nonce_whose_answer_was_lost_is_not_used_again() {
    let gate = Gate::new(100);
    let server = Server::new(move |request, n| match (gate.check(request), n) {
        (Some(reply), _) => reply,
        (None, 2) => Reply::Reset,
        (None, _) => json(200, "[]"),
    })
    .await;
    let client = HttpAtlas::new(config(&server.url, api_key())).unwrap();
    client.list_endpoint_services(&project()).await.unwrap();
    client.list_endpoint_services(&project()).await.unwrap();
    assert_eq!(signatures(&server), ["-", "n1/1", "n1/2", "-", "n2/1"]);
}
