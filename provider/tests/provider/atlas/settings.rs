//! The provider's `atlas` settings: attributes, variables, and what is said where they do not do.

use atlas_emulator::{AtlasEmulator, Options};
use serde_json::{Value, json};
use tfplugin6_harness::UNKNOWN;

use crate::atlas::world::{LINK, link, spawn};

/// The only error of a create under this configuration and environment.
async fn refused(config: Value, environment: &[(&str, &str)]) -> (String, String) {
    let provider = spawn(environment).await;
    provider.configure(config).await.unwrap().ok().unwrap();
    let outcome = provider.plan_and_apply(LINK, None, link()).await.unwrap();
    let error = outcome.diagnostics.only_error().unwrap();
    (error.summary.clone(), error.detail.clone())
}

#[tokio::test]
async fn missing_and_half_given_credentials_are_errors_of_the_call_that_needs_them() {
    let cases = [
        (
            "none",
            json!({}),
            vec![],
            "Atlas credentials are missing.",
            "MONGODB_ATLAS_CLIENT_SECRET",
        ),
        (
            "an empty variable is unset",
            json!({ "atlas": { "public_key": "abc" } }),
            vec![("MONGODB_ATLAS_PRIVATE_API_KEY", "")],
            "Atlas credentials are incomplete.",
            "atlas.private_key (or MONGODB_ATLAS_PRIVATE_API_KEY)",
        ),
        (
            "half from the environment",
            json!({}),
            vec![("MONGODB_ATLAS_CLIENT_SECRET", "x")],
            "Atlas credentials are incomplete.",
            "atlas.client_id (or MONGODB_ATLAS_CLIENT_ID)",
        ),
        (
            "both kinds",
            json!({ "atlas": { "public_key": "abc", "private_key": "def" } }),
            vec![("MONGODB_ATLAS_CLIENT_ID", "x"), ("MONGODB_ATLAS_CLIENT_SECRET", "y")],
            "Atlas credentials are given twice.",
            "MONGODB_ATLAS_CLIENT_ID",
        ),
        (
            "not known yet",
            json!({ "atlas": { "public_key": "abc", "private_key": UNKNOWN } }),
            vec![],
            "Provider configuration is not known yet.",
            "`atlas.private_key`",
        ),
        (
            "plain http to elsewhere",
            json!({ "atlas": { "public_key": "abc", "private_key": "def" } }),
            vec![("MONGODB_ATLAS_BASE_URL", "http://atlas.example.com")],
            "Atlas settings cannot be used.",
            "MONGODB_ATLAS_BASE_URL: the base URL is http://atlas.example.com",
        ),
        (
            "a key with a line break",
            json!({ "atlas": { "public_key": "abc", "private_key": "def\n" } }),
            vec![],
            "Atlas settings cannot be used.",
            "atlas.private_key begins or ends with a space",
        ),
    ];
    for (case, config, environment, summary, told) in cases {
        let (seen, detail) = refused(config, &environment).await;
        assert_eq!(seen, summary, "{case}");
        assert!(detail.contains(told), "{case}: {detail}");
    }
}

#[tokio::test]
async fn two_kinds_of_credentials_in_the_provider_block_are_refused_at_once() {
    let provider = spawn(&[]).await;
    let config = json!({ "atlas": { "public_key": "abc", "client_id": "def" } });
    let found = provider.validate_provider(config).await.unwrap();
    let error = found.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("atlas", "Atlas credentials are given twice.")
    );
}

#[tokio::test]
async fn a_base_url_that_cannot_be_one_is_refused_at_once_and_at_its_place() {
    let provider = spawn(&[]).await;
    for (url, told) in [
        ("cloud.mongodb.com", "absolute URL"),
        ("https://cloud.mongodb.com/api/atlas/v2", "before /api/atlas"),
    ] {
        let found = provider
            .validate_provider(json!({ "atlas": { "base_url": url } }))
            .await
            .unwrap();
        let error = found.only_error().unwrap();
        assert_eq!(
            (error.place(), error.summary.as_str()),
            ("atlas.base_url", "Atlas URL cannot be used.")
        );
        assert!(error.detail.contains(told), "{url}: {}", error.detail);
    }
}

#[tokio::test]
async fn the_environment_alone_will_do() {
    let emulator = AtlasEmulator::start(Options::default()).unwrap();
    let base_url = emulator.base_url();
    let provider = spawn(&[
        ("MONGODB_ATLAS_BASE_URL", &base_url),
        ("MONGODB_ATLAS_PUBLIC_API_KEY", "emulated"),
        ("MONGODB_ATLAS_PRIVATE_API_KEY", "emulated-private-key"),
    ])
    .await;
    provider.configure(json!({})).await.unwrap().ok().unwrap();
    provider.plan_and_apply(LINK, None, link()).await.unwrap().ok().unwrap();
}
