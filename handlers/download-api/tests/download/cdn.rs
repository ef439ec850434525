//! `GET /files/{id}` with links through CloudFront.

use aws_front::{Effect, Rule};
use serde_json::{Value, json};

use crate::python::{Key, keys};
use crate::world::{ID, World, get_event, send};

fn secret(name: &str, pem: &str) -> Value {
    json!({ "key_pair_id": name, "private_key": pem })
}

async fn world(secret: &Value) -> World {
    let mut world = World::start().await;
    world.use_cdn(secret).await;
    world.member_of(&["algebra"]).await;
    world.upload("Übung 1.pdf", "hello").await;
    world
}

/// A signed URL, taken apart as CloudFront does: what is signed, and what CloudFront adds to it.
struct Signed {
    resource: String,
    expires: i64,
    signature: String,
    key_pair_id: String,
}

impl Signed {
    fn of(url: &str) -> Self {
        let (resource, rest) = url.split_once("&Expires=").unwrap();
        let (expires, rest) = rest.split_once("&Signature=").unwrap();
        let (signature, rest) = rest.split_once("&Key-Pair-Id=").unwrap();
        // Without it CloudFront takes the signature for one with SHA-1.
        let key_pair_id = rest.strip_suffix("&Hash-Algorithm=SHA256").unwrap();
        // 256 bytes, in characters that need no escape in a URL.
        assert!(signature.len() == 344 && signature.ends_with("__"), "{signature}");
        assert!(
            signature
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte)),
            "{signature}"
        );
        Self {
            resource: resource.to_owned(),
            expires: expires.parse().unwrap(),
            signature: signature.to_owned(),
            key_pair_id: key_pair_id.to_owned(),
        }
    }

    /// The canned policy that CloudFront makes of the URL.
    fn policy(&self) -> String {
        let (resource, expires) = (&self.resource, self.expires);
        format!(
            "{{\"Statement\":[{{\"Resource\":\"{resource}\",\"Condition\":{{\"DateLessThan\":{{\"AWS:EpochTime\":{expires}}}}}}}]}}"
        )
    }

    fn is_by(&self, key: &Key) -> bool {
        key.signed(&self.policy(), &self.signature)
    }
}

#[tokio::test]
async fn the_url_is_signed_so_that_another_implementation_finds_it_right() {
    let [key, other, _] = keys();
    for pem in [&key.pkcs1, &key.pkcs8] {
        let world = world(&secret("K2JCJMDEHXQW5F", pem)).await;
        let sent = send(&world.function(), &get_event(ID)).await;
        assert_eq!(sent.status, 200, "{}", sent.body);
        let url = sent.text("url");
        let signed = Signed::of(url);
        assert_eq!(signed.key_pair_id, "K2JCJMDEHXQW5F");
        assert!(signed.is_by(&key) && !signed.is_by(&other));
        assert!(
            !Signed {
                expires: signed.expires + 1,
                ..signed
            }
            .is_by(&key)
        );
        // The name, the type and the version are signed with it.
        let resource = Signed::of(url).resource;
        let expected = format!(
            "https://files.example.com/files/{ID}?response-content-disposition=attachment%3B%20filename%3D%22_bung%201.pdf%22%3B%20\
             filename%2A%3DUTF-8%27%27%25C3%259Cbung%25201.pdf&response-content-type=application%2Fpdf&versionId="
        );
        assert!(resource.starts_with(&expected), "{resource}");
        assert!(url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'), "{url}");
        let expires = mongodb::bson::DateTime::from_millis(Signed::of(url).expires * 1000);
        assert_eq!(sent.text("expires_at"), expires.try_to_rfc3339_string().unwrap());
        // Nobody's session is needed.
        assert_eq!(world.front.calls_of("AssumeRole"), 0);
    }
}

#[tokio::test]
async fn the_key_is_read_once_in_five_minutes_and_a_rotated_one_is_used_then() {
    let [old, new, _] = keys();
    let world = world(&secret("K1", &old.pkcs8)).await;
    let function = world.function();
    let signed = async || Signed::of(send(&function, &get_event(ID)).await.text("url"));
    assert_eq!(signed().await.key_pair_id, "K1");
    world.rotate_key(&secret("K2", &new.pkcs8)).await;
    world.at(290);
    let before = world.front.calls_of("GetSecretValue");
    assert_eq!(signed().await.key_pair_id, "K1");
    assert_eq!(world.front.calls_of("GetSecretValue"), before);
    world.at(310);
    let after = signed().await;
    assert_eq!(after.key_pair_id, "K2");
    assert!(after.is_by(&new));
}

#[tokio::test]
async fn while_secrets_manager_is_gone_the_key_goes_on_being_used() {
    let [key, ..] = keys();
    let world = world(&secret("K1", &key.pkcs8)).await;
    let function = world.function();
    assert_eq!(send(&function, &get_event(ID)).await.status, 200);
    for effect in [
        Effect::Reset,
        Effect::refusal(503, "ServiceUnavailable", "later"),
        Effect::denied(),
    ] {
        world.front.clear();
        world.front.script(Rule::on("GetSecretValue").always().effect(effect));
        world.at(4000);
        let sent = send(&function, &get_event(ID)).await;
        assert!(Signed::of(sent.text("url")).is_by(&key));
        let asked = world.front.calls_of("GetSecretValue");
        assert_ne!(asked, 0);
        // The next request does not wait for it again.
        assert_eq!(send(&function, &get_event(ID)).await.status, 200);
        assert_eq!(world.front.calls_of("GetSecretValue"), asked);
        // Back to where the key is old again.
        world.front.clear();
        world.at(0);
        assert_eq!(send(&function, &get_event(ID)).await.status, 200);
    }
}

#[tokio::test]
async fn without_a_key_from_the_start_the_answer_says_whether_to_come_back() {
    let [key, ..] = keys();
    let world = world(&secret("K1", &key.pkcs8)).await;
    for (effect, status, name) in [
        (Effect::Reset, 503, "unavailable"),
        (Effect::throttle(), 503, "unavailable"),
        (
            Effect::refusal(500, "InternalServiceError", "sorry"),
            503,
            "unavailable",
        ),
        (Effect::denied(), 500, "internal"),
        (
            Effect::refusal(400, "ResourceNotFoundException", "no such secret"),
            500,
            "internal",
        ),
    ] {
        world.front.clear();
        let function = world.function();
        // MongoDB's own secret is read first: this is about the other.
        assert_eq!(send(&function, &crate::world::list_event(&[])).await.status, 200);
        world
            .front
            .script(Rule::on("GetSecretValue").always().effect(effect.clone()));
        send(&function, &get_event(ID))
            .await
            .is_problem(status, name, &format!("{effect:?}"));
        world.front.clear();
        assert_eq!(send(&function, &get_event(ID)).await.status, 200, "{effect:?}");
    }
}

#[tokio::test]
async fn a_secret_that_holds_no_key_is_a_fault_of_ours_and_nothing_of_it_is_told() {
    let [key, _, large] = keys();
    let cut = &key.pkcs8[..key.pkcs8.len() / 2];
    let world = world(&secret("K1", &key.pkcs8)).await;
    for wrong in [
        json!("hunter2"),
        json!({}),
        json!({ "key_pair_id": "K1" }),
        json!({ "private_key": key.pkcs8 }),
        json!({ "key_pair_id": "", "private_key": key.pkcs8 }),
        json!({ "key_pair_id": "K1&x=1", "private_key": key.pkcs8 }),
        json!({ "key_pair_id": 1, "private_key": key.pkcs8 }),
        secret("K1", ""),
        secret("K1", "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"),
        secret("K1", cut),
        secret("K1", &large.pkcs8),
    ] {
        world.rotate_key(&wrong).await;
        let sent = send(&world.function(), &get_event(ID)).await;
        sent.is_problem(500, "internal", &wrong.to_string());
        let said = sent.body.to_string();
        assert!(!said.contains("hunter2") && !said.contains("BEGIN"), "{said}");
    }
}

#[tokio::test]
async fn neither_the_key_nor_a_secret_shows_in_debug_output() {
    let [key, ..] = keys();
    let world = world(&secret("K1", &key.pkcs8)).await;
    let function = world.function();
    assert_eq!(send(&function, &get_event(ID)).await.status, 200);
    let shown = format!("{function:?}");
    let line = key.pkcs8.lines().nth(3).unwrap();
    assert!(
        shown.contains("K1") && !shown.contains(line) && !shown.contains("PRIVATE"),
        "{shown}"
    );
}
