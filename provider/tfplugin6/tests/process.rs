//! The process from its start to its end, driven by the harness: what Terraform relies on.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{process::Command, time::Duration};

use serde_json::{Value, json};
use tfplugin6::proto::{
    DynamicValue, ResourceIdentityData, apply_resource_change, plan_resource_change, read_resource,
};
use tfplugin6_harness::{
    Action, ProviderProcess, State, UNKNOWN, process::MAGIC_COOKIE, schema::implied_type, value::encode,
};

mod support;
use support::probe;

/// Far more than anything here takes, also on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

async fn spawn() -> ProviderProcess {
    ProviderProcess::spawn(&probe(), &[]).await.unwrap()
}

fn thing(name: &str, mode: &str) -> Value {
    json!({ "name": name, "mode": mode })
}

fn complete(name: &str, mode: &str) -> Value {
    json!({ "id": "1", "name": name, "mode": mode, "payload": null, "parts": null })
}

/// A complete `probe_thing` as Terraform packs it.
fn packed(provider: &ProviderProcess, value: &Value) -> Option<DynamicValue> {
    let r#type = implied_type(&provider.schema().resources["probe_thing"].attributes);
    Some(DynamicValue {
        msgpack: encode(&r#type, value).unwrap(),
        json: Vec::new(),
    })
}

#[test]
fn a_person_who_starts_it_learns_what_it_is() {
    let output = Command::new(probe()).env_remove(MAGIC_COOKIE.0).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_eq!(output.stdout, b"", "stdout belongs to the handshake");
    for word in [
        "terraform-provider-probe 1.2.3",
        "dev_overrides",
        "filesystem_mirror",
        "lectern/probe",
        "--debug",
    ] {
        assert!(stderr.contains(word), "{word}: {stderr}");
    }
}

#[test]
fn help_and_version_need_no_terraform() {
    for (flag, expected) in [("--version", "terraform-provider-probe 1.2.3\n"), ("--help", "--debug")] {
        let output = Command::new(probe())
            .arg(flag)
            .env_remove(MAGIC_COOKIE.0)
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && stdout.contains(expected), "{flag}: {stdout}");
    }
}

#[test]
fn an_unusable_environment_is_explained() {
    let cases = [
        (
            "PLUGIN_PROTOCOL_VERSIONS",
            "5",
            "protocol versions 5, and only 6 is served",
        ),
        (
            "PLUGIN_CLIENT_CERT",
            "not a certificate",
            "PLUGIN_CLIENT_CERT is not a PEM certificate",
        ),
        (
            "PLUGIN_MIN_PORT",
            "70000",
            "PLUGIN_MIN_PORT and PLUGIN_MAX_PORT give no range of ports: 70000 to unset",
        ),
    ];
    for (name, value, expected) in cases {
        let output = Command::new(probe())
            .env(MAGIC_COOKIE.0, MAGIC_COOKIE.1)
            .env(name, value)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {stderr}");
        assert!(
            stderr.contains(expected) && output.stdout.is_empty(),
            "{name}: {stderr}"
        );
    }
}

#[tokio::test]
async fn an_object_goes_through_its_whole_life() {
    let provider = spawn().await;
    provider.configure(json!({})).await.unwrap().ok().unwrap();
    let config = json!({ "name": "a", "parts": { "x": { "size": 0.1 } } });

    let plan = provider
        .plan("probe_thing", None, json!({ "name": UNKNOWN }))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!((plan.action, &plan.planned["id"]), (Action::Create, &json!(UNKNOWN)));
    let plan = provider
        .plan("probe_thing", None, config.clone())
        .await
        .unwrap()
        .ok()
        .unwrap();
    let created = provider.apply(&plan).await.unwrap().ok().unwrap().state.unwrap();
    assert_eq!(created.value["id"], "id-of-a");
    assert_eq!(
        created.value["parts"],
        json!({ "x": { "size": 0.1, "label": "part x" } })
    );
    assert_eq!(created.private, b"applied");
    assert_eq!(created.identity, json!({ "name": "a" }));

    let read = provider
        .read("probe_thing", &created)
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(read, created);
    let again = provider
        .plan("probe_thing", Some(&read), config)
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(again.action, Action::NoOp, "{}", again.planned);

    let imported = provider
        .import("probe_thing", "a")
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(imported.value["id"], "id-of-a");
    let by_identity = provider
        .import_identity("probe_thing", json!({ "name": "a" }))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(by_identity.state.unwrap(), imported);
    let identity = provider
        .upgrade_identity("probe_thing", 0, &created.identity)
        .await
        .unwrap();
    assert_eq!(identity, created.identity);
    let upgraded = provider
        .upgrade("probe_thing", 0, &created.value)
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(upgraded.value(), &created.value);
    let echo = provider
        .read_data_source("probe_echo", json!({ "text": "hi" }))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(echo.value()["echo"], "hi");
    assert_eq!(
        provider
            .destroy("probe_thing", &created)
            .await
            .unwrap()
            .ok()
            .unwrap()
            .state,
        None
    );
    assert_eq!(provider.stdout_after_handshake(), "");
}

#[tokio::test]
async fn functions_answer_or_name_the_argument() {
    let provider = spawn().await;
    assert_eq!(
        provider
            .call_function("reverse", &[json!("abc")])
            .await
            .unwrap()
            .unwrap(),
        json!("cba")
    );
    let error = provider
        .call_function("reverse", &[json!("")])
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(
        (error.text.as_str(), error.function_argument),
        ("Nothing to reverse.", Some(0))
    );
}

#[tokio::test]
async fn a_value_of_nine_mebibytes_passes() {
    let provider = spawn().await;
    let payload = "x".repeat(9 << 20);
    let config = json!({ "name": "big", "payload": payload });
    let state = provider
        .plan_and_apply("probe_thing", None, config)
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(state.value["payload"].as_str().map(str::len), Some(payload.len()));
}

#[tokio::test]
async fn a_panic_becomes_a_diagnostic_and_the_prior_state_stays() {
    let provider = spawn().await;
    let mut client = provider.client();
    let panicking = |mode| packed(&provider, &complete("a", mode));
    let prior = panicking("before");
    let identity = Some(ResourceIdentityData {
        identity_data: Some(DynamicValue {
            msgpack: b"identity".to_vec(),
            json: Vec::new(),
        }),
    });

    let planned = client
        .plan_resource_change(plan_resource_change::Request {
            type_name: "probe_thing".to_owned(),
            prior_state: prior.clone(),
            proposed_new_state: panicking("panic-plan"),
            config: panicking("panic-plan"),
            prior_private: b"private".to_vec(),
            prior_identity: identity.clone(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (planned.planned_state, planned.planned_private.as_slice()),
        (None, b"private".as_slice())
    );
    assert_eq!(planned.planned_identity, identity);

    let applied = client
        .apply_resource_change(apply_resource_change::Request {
            type_name: "probe_thing".to_owned(),
            prior_state: prior.clone(),
            planned_state: panicking("panic-apply"),
            planned_private: b"private".to_vec(),
            planned_identity: identity.clone(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (&applied.new_state, applied.private.as_slice()),
        (&prior, b"private".as_slice())
    );
    assert_eq!(applied.new_identity, identity);

    let read = client
        .read_resource(read_resource::Request {
            type_name: "probe_thing".to_owned(),
            current_state: panicking("panic-read"),
            private: b"private".to_vec(),
            current_identity: identity.clone(),
            ..Default::default()
        })
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (&read.new_state, read.private.as_slice()),
        (&panicking("panic-read"), b"private".as_slice())
    );
    assert_eq!(read.new_identity, identity);

    let rpcs = ["PlanResourceChange", "ApplyResourceChange", "ReadResource"];
    for (rpc, diagnostics) in rpcs
        .iter()
        .zip([planned.diagnostics, applied.diagnostics, read.diagnostics])
    {
        let [diagnostic] = diagnostics.as_slice() else {
            panic!("{rpc}: {diagnostics:?}")
        };
        assert_eq!(diagnostic.summary, "Provider panicked.", "{rpc}");
        assert!(diagnostic.detail.contains(rpc), "{rpc}: {}", diagnostic.detail);
        assert!(
            diagnostic.detail.contains("examples/probe.rs:"),
            "{rpc}: {}",
            diagnostic.detail
        );
        assert!(!diagnostic.detail.contains("hunter2"), "{rpc}: {}", diagnostic.detail);
    }
    // The log has the message, the place and the call.
    provider
        .wait_for_stderr("panic: password=hunter2", PATIENCE)
        .await
        .unwrap();
    let stderr = provider.stderr();
    let line: Value = serde_json::from_str(stderr.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&line["@level"], &line["tf_rpc"]),
        (&json!("error"), &json!("PlanResourceChange")),
        "{line}"
    );
}

#[tokio::test]
async fn a_panic_in_a_function_becomes_its_error() {
    let provider = spawn().await;
    let error = provider
        .call_function("reverse", &[json!("panic")])
        .await
        .unwrap()
        .unwrap_err();
    assert!(
        error.text.starts_with("Provider panicked. ") && !error.text.contains("hunter2"),
        "{}",
        error.text
    );
    assert_eq!(
        provider
            .call_function("reverse", &[json!("ab")])
            .await
            .unwrap()
            .unwrap(),
        json!("ba")
    );
}

#[tokio::test]
async fn an_interrupt_is_survived() {
    let provider = spawn().await;
    for _ in 0..3 {
        provider.interrupt().unwrap();
    }
    assert_eq!(
        provider
            .call_function("reverse", &[json!("ab")])
            .await
            .unwrap()
            .unwrap(),
        json!("ba")
    );
    assert!(provider.is_running().unwrap());
}

#[tokio::test]
async fn a_stop_ends_a_slow_apply_with_its_partial_state() {
    let provider = spawn().await;
    let plan = provider
        .plan("probe_thing", None, thing("a", "slow"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let (applied, ()) = tokio::join!(provider.apply(&plan), async {
        provider.wait_for_stderr("apply is waiting", PATIENCE).await.unwrap();
        provider.stop().await.unwrap();
    });
    let applied = applied.unwrap();
    assert_eq!(applied.diagnostics.only_error().unwrap().summary, "Stopped.");
    let state = applied.state.unwrap();
    assert_eq!((&state.value["id"], state.tainted), (&json!("id-of-a"), true));
    assert!(provider.is_running().unwrap(), "only Shutdown ends the process");
}

#[tokio::test]
async fn a_stop_does_not_reach_into_the_next_run() {
    let provider = spawn().await;
    provider.stop().await.unwrap();
    provider.configure(json!({})).await.unwrap().ok().unwrap();
    let plan = provider
        .plan("probe_thing", None, thing("a", "slow"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let mut apply = std::pin::pin!(provider.apply(&plan));
    tokio::select! {
        outcome = &mut apply => panic!("ended without being stopped: {outcome:?}"),
        () = async {
            provider.wait_for_stderr("apply is waiting", PATIENCE).await.unwrap();
            // An apply that returns at once would have answered before this later call.
            provider.call_function("reverse", &[json!("ab")]).await.unwrap().unwrap();
        } => {}
    }
    provider.stop().await.unwrap();
    assert_eq!(
        apply.await.unwrap().diagnostics.only_error().unwrap().summary,
        "Stopped."
    );
}

#[tokio::test]
async fn sigterm_returns_partial_states_and_then_ends_the_process() {
    let provider = spawn().await;
    let plan = provider
        .plan("probe_thing", None, thing("a", "slow"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let (applied, ()) = tokio::join!(provider.apply(&plan), async {
        provider.wait_for_stderr("apply is waiting", PATIENCE).await.unwrap();
        provider.terminate().unwrap();
    });
    assert_eq!(applied.unwrap().state.unwrap().value["id"], "id-of-a");
    assert!(provider.exited(PATIENCE).await.unwrap().success());
}

#[tokio::test]
async fn shutdown_waits_for_no_call_that_never_ends() {
    let provider = spawn().await;
    let plan = provider
        .plan("probe_thing", None, thing("a", "deaf"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let (applied, status) = tokio::join!(provider.apply(&plan), async {
        provider.wait_for_stderr("apply is waiting", PATIENCE).await.unwrap();
        provider.shutdown().await.unwrap();
        provider.exited(PATIENCE).await.unwrap()
    });
    assert!(applied.is_err() && status.success());
}

#[tokio::test]
async fn shutdown_of_an_idle_process_is_a_clean_exit() {
    let provider = spawn().await;
    provider.shutdown().await.unwrap();
    assert!(provider.exited(PATIENCE).await.unwrap().success());
    assert_eq!(provider.stderr(), "");
}

#[tokio::test]
async fn two_processes_share_a_range_of_ports() {
    let range = [("PLUGIN_MIN_PORT", "10000"), ("PLUGIN_MAX_PORT", "25000")];
    let binary = probe();
    let (one, two) = tokio::join!(
        ProviderProcess::spawn(&binary, &range),
        ProviderProcess::spawn(&binary, &range)
    );
    for provider in [one.unwrap(), two.unwrap()] {
        assert_eq!(
            provider
                .call_function("reverse", &[json!("ab")])
                .await
                .unwrap()
                .unwrap(),
            json!("ba")
        );
    }
}

#[tokio::test]
async fn an_rpc_that_is_not_served_is_unimplemented() {
    let provider = spawn().await;
    let mut client = tonic::client::Grpc::new(provider.channel());
    client.ready().await.unwrap();
    let codec: tonic::codec::ProstCodec<tfplugin6::plugin_proto::Empty, tfplugin6::plugin_proto::Empty> =
        tonic::codec::ProstCodec::default();
    let path = "/tfplugin6.Provider/OpenEphemeralResource".parse().unwrap();
    let status = client
        .unary(tonic::Request::new(tfplugin6::plugin_proto::Empty {}), path, codec)
        .await
        .unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unimplemented);
}

#[tokio::test]
async fn the_log_follows_terraforms_level() {
    for (level, expected) in [("ERROR", false), ("WARN", true), ("TRACE", true)] {
        let provider = ProviderProcess::spawn(&probe(), &[("TF_LOG_PROVIDER", level)])
            .await
            .unwrap();
        let plan = provider
            .plan("probe_thing", None, thing("a", "slow"))
            .await
            .unwrap()
            .ok()
            .unwrap();
        provider.stop().await.unwrap();
        provider.apply(&plan).await.unwrap();
        provider.shutdown().await.unwrap();
        provider.exited(PATIENCE).await.unwrap();
        let stderr = provider.stderr();
        assert_eq!(stderr.contains("apply is waiting"), expected, "{level}: {stderr}");
        assert_eq!(
            stderr.contains("Terraform asks to stop"),
            level == "TRACE",
            "{level}: {stderr}"
        );
        for line in stderr.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let module = line["@module"].as_str().unwrap();
            assert!(
                module.starts_with("probe") || module.starts_with("tfplugin6"),
                "{level}: {line}"
            );
        }
    }
}

#[tokio::test]
async fn the_process_ends_when_its_parent_dies() {
    use std::io::{BufRead, BufReader};

    // The shell starts the provider, says its process id, and becomes a process that can be killed.
    let script = format!("'{}' & echo $! >&2; exec sleep 600", probe().display());
    let mut parent = Command::new("sh")
        .args(["-c", &script])
        .env(MAGIC_COOKIE.0, MAGIC_COOKIE.1)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(parent.stderr.take().unwrap());
    let mut stdout = BufReader::new(parent.stdout.take().unwrap());
    let (mut pid, mut handshake) = (String::new(), String::new());
    stderr.read_line(&mut pid).unwrap();
    stdout.read_line(&mut handshake).unwrap();
    parent.kill().unwrap();
    parent.wait().unwrap();
    let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    assert!(handshake.starts_with("1|6|tcp|127.0.0.1:"), "{handshake}");

    // Its stdout ends when the last process that holds it is gone.
    let end = tokio::task::spawn_blocking(move || stdout.read_line(&mut String::new()));
    let ended = tokio::time::timeout(PATIENCE, end).await;
    if ended.is_err() {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
    assert_eq!(ended.expect("the orphan is still running").unwrap().unwrap(), 0);
}

#[tokio::test]
async fn a_tainted_object_is_replaced() {
    let provider = spawn().await;
    let prior = State {
        value: complete("a", "fine"),
        private: Vec::new(),
        identity: json!({ "name": "a" }),
        tainted: true,
    };
    let plan = provider
        .plan("probe_thing", Some(&prior), thing("a", "fine"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!((plan.action, &plan.planned["id"]), (Action::Replace, &json!(UNKNOWN)));
    assert_eq!(
        provider.apply(&plan).await.unwrap().ok().unwrap().value()["id"],
        "id-of-a"
    );
}

#[tokio::test]
async fn a_changed_name_is_a_replacement_and_an_unchanged_one_is_not() {
    let provider = spawn().await;
    let prior = provider
        .plan_and_apply("probe_thing", None, thing("a", "fine"))
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state;
    let plan = provider
        .plan("probe_thing", prior.as_ref(), thing("a", "other"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!((plan.action, plan.requires_replace.len()), (Action::Update, 0));
    let plan = provider
        .plan("probe_thing", prior.as_ref(), thing("b", "fine"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(
        (plan.action, plan.requires_replace.as_slice()),
        (Action::Replace, ["name".to_owned()].as_slice())
    );
    assert_eq!(plan.planned["id"], UNKNOWN, "the replacement is planned from nothing");
    assert_eq!(
        provider.apply(&plan).await.unwrap().ok().unwrap().value()["id"],
        "id-of-b"
    );
}

#[tokio::test]
async fn a_configuration_may_become_known_between_plan_and_apply() {
    let provider = spawn().await;
    let plan = provider
        .plan("probe_thing", None, json!({ "name": UNKNOWN }))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let error = provider.apply(&plan).await.unwrap_err();
    assert_eq!(error.to_string(), "name: still unknown when applied");
    let applied = provider
        .apply_known(&plan, json!({ "name": "a" }))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(applied.value()["id"], "id-of-a");
    // What was known at plan has to stay as it was.
    let plan = provider
        .plan("probe_thing", None, thing(UNKNOWN, "fine"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let error = format!(
        "{:#}",
        provider.apply_known(&plan, thing("a", "other")).await.unwrap_err()
    );
    assert!(error.contains("mode: was \"fine\", but now \"other\""), "{error}");
}

#[tokio::test]
async fn the_harness_refuses_what_terraform_calls_a_bug_in_the_provider() {
    let provider = spawn().await;
    for (mode, expected) in [
        (
            "wrong-plan",
            "the plan contradicts the configuration: name: planned \"another\"",
        ),
        (
            "wrong-apply",
            "the applied state contradicts the plan: name: was \"a\", but now \"another\"",
        ),
        ("unknown-apply", "id: unknown after apply"),
        (
            "wrong-identity",
            "the identity has changed: was {\"name\":\"a\"}, but now {\"name\":\"another\"}",
        ),
    ] {
        let error = provider
            .plan_and_apply("probe_thing", None, thing("a", mode))
            .await
            .unwrap_err();
        let error = format!("{error:#}");
        assert!(error.starts_with(expected), "{mode}: {error}");
    }
}
