//! No secret leaves the provider: not in TF_LOG=TRACE, not in a diagnostic, not in a state.

use std::collections::BTreeSet;

use atlas_emulator::{AtlasEmulator, Fault, FaultKind, Options};
use serde_json::{Value, json};

use crate::atlas::world::{LINK, LIST, PROJECT, SOON, api_key, link, service_account, spawn};

const SECRETS: [&str; 2] = ["emulated-private-key", "mdb_sa_sk_emulated"];

fn assert_clean(text: &str, what: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what} has {secret}:\n{text}");
    }
    for word in [
        "Authorization",
        "authorization",
        "Bearer ",
        "response=\"",
        "access_token",
    ] {
        assert!(!text.contains(word), "{what} has {word:?}:\n{text}");
    }
}

#[tokio::test]
async fn traces_diagnostics_and_states_hold_no_secret() {
    let emulator = AtlasEmulator::start(Options::default()).unwrap();
    for config in [api_key(&emulator), service_account(&emulator)] {
        let provider = spawn(&[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "TRACE"), ("RUST_LOG", "trace")]).await;
        provider.configure(config).await.unwrap().ok().unwrap();
        let made = provider
            .plan_and_apply(LINK, None, link())
            .await
            .unwrap()
            .ok()
            .unwrap()
            .state
            .unwrap();
        assert_clean(&made.value.to_string(), "the state");
        for kind in [
            FaultKind::NotAuthorized,
            FaultKind::RoleTooLow,
            FaultKind::BadGateway,
            FaultKind::ConnectionReset,
        ] {
            emulator.fault(Fault {
                times: Some(1),
                kind,
                ..Fault::default()
            });
            let read = provider.read(LINK, &made).await.unwrap();
            assert_clean(&format!("{:?}", read.diagnostics), "a diagnostic");
        }
        emulator.clear_faults();
        provider.destroy(LINK, &made).await.unwrap().ok().unwrap();
        let log = provider.stderr();
        assert!(log.contains("endpointService"), "the trace has the calls:\n{log}");
        assert_clean(&log, "the log");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_refused_without_being_repeated() {
    let emulator = AtlasEmulator::start(Options::default()).unwrap();
    for (mut config, attribute) in [
        (api_key(&emulator), "private_key"),
        (service_account(&emulator), "client_secret"),
    ] {
        config["atlas"][attribute] = Value::String("not-the-right-one-7d1c".to_owned());
        let provider = spawn(&[("TF_LOG", "TRACE")]).await;
        provider.configure(config).await.unwrap().ok().unwrap();
        let refused = provider.plan_and_apply(LINK, None, link()).await.unwrap();
        let error = refused.diagnostics.only_error().unwrap();
        assert_eq!(error.summary, "Atlas credentials are refused.", "{attribute}");
        assert!(
            !format!("{}{}", refused.diagnostics, provider.stderr()).contains("7d1c"),
            "{attribute}"
        );
    }
}

/// The guide to errors and the tour send readers to this log.
#[tokio::test]
async fn the_debug_log_has_every_call_with_its_resource_and_no_value() {
    let emulator = AtlasEmulator::start(Options::default()).unwrap();
    let provider = spawn(&[("TF_LOG_PROVIDER", "DEBUG")]).await;
    provider.configure(api_key(&emulator)).await.unwrap().ok().unwrap();
    let config = json!({ "project_id": PROJECT, "entries": { "10.1.0.0/16": { "comment": "office" } } });
    let made = provider.plan_and_apply(LIST, None, config).await.unwrap();
    let made = made.ok().unwrap().state.unwrap();
    provider.read(LIST, &made).await.unwrap().ok().unwrap();
    provider.import(LIST, PROJECT).await.unwrap().ok().unwrap();
    provider.destroy(LIST, &made).await.unwrap().ok().unwrap();
    provider.wait_for_stderr("delete ended", SOON).await.unwrap();
    let log = provider.stderr();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["@module"] == "provider_kit.resource");
    let mut calls = BTreeSet::new();
    for line in lines {
        let text = line.to_string();
        assert_eq!(line["tf_type"], LIST, "{text}");
        for value in ["office", "10.1.0.0", PROJECT] {
            assert!(!text.contains(value), "{text}");
        }
        let word = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        calls.insert([word("@message"), word("tf_rpc"), word("new_state")].join(" "));
    }
    let expected = [
        "create ended ApplyResourceChange object",
        "delete ended ApplyResourceChange none",
        "import ended ImportResourceState object",
        "plan ended PlanResourceChange ",
        "read ended ReadResource object",
        "validate ended ValidateResourceConfig ",
    ];
    assert!(calls.iter().eq(expected), "{calls:?}");
}
