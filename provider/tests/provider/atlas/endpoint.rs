//! `lectern_atlas_private_link_endpoint`: its whole life.

use atlas_emulator::{Fault, FaultKind, Options, Profile};
use serde_json::{Value, json};
use tfplugin6_harness::{Action, State, UNKNOWN};

use crate::atlas::world::{ENDPOINT, LINK, OTHER_VPCE, PROJECT, SOON, VPCE, World, endpoint, members, spawn, with};

async fn with_cluster() -> (World, State, Value) {
    let world = World::start().await;
    world.emulator.project(PROJECT).add_cluster("main", &["EU_WEST_1"]);
    let link = world.link().await;
    let config = with(&endpoint(&link), "cluster_names", json!(["main"]));
    (world, link, config)
}

#[tokio::test]
async fn an_endpoint_is_registered_its_strings_come_and_it_goes_before_the_link() {
    let (world, link, config) = with_cluster().await;
    let state = world.create(ENDPOINT, &config).await;
    assert_eq!(state.value["status"], "AVAILABLE");
    assert_eq!(
        state.value["id"],
        format!("{PROJECT}/{}/{VPCE}", link.value["private_link_id"].as_str().unwrap())
    );
    let strings = &state.value["connection_strings"]["main"];
    assert!(
        strings["srv"].as_str().unwrap().starts_with("mongodb+srv://"),
        "{strings}"
    );
    assert!(
        strings["standard"].as_str().unwrap().starts_with("mongodb://"),
        "{strings}"
    );
    world.assert_settled(ENDPOINT, &state, &config, "new").await;
    world.destroy(ENDPOINT, &state).await;
    assert_eq!(world.services()[0].endpoints, []);
    world.destroy(LINK, &link).await;
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn two_zones_register_two_endpoints_of_one_link() {
    let (world, link, config) = with_cluster().await;
    let other = with(&config, "interface_endpoint_id", json!(OTHER_VPCE));
    let (one, two) = tokio::join!(world.create(ENDPOINT, &config), world.create(ENDPOINT, &other));
    assert_eq!(world.services()[0].endpoints.len(), 2);
    for (state, config) in [(&one, &config), (&two, &other)] {
        assert!(state.value["connection_strings"]["main"]["srv"].is_string());
        world.assert_settled(ENDPOINT, state, config, "two zones").await;
    }
    tokio::join!(world.destroy(ENDPOINT, &one), world.destroy(ENDPOINT, &two));
    world.destroy(LINK, &link).await;
}

#[tokio::test]
async fn an_endpoint_that_is_registered_already_is_refused_and_can_be_imported() {
    let (world, link, config) = with_cluster().await;
    let id = link.value["private_link_id"].as_str().unwrap();
    world.emulator.project(PROJECT).add_endpoint(id, VPCE);
    world.emulator.clear_calls();
    let refused = world.apply(ENDPOINT, None, &config).await;
    let error = refused.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("interface_endpoint_id", "The endpoint is registered already.")
    );
    assert!(error.detail.contains("`import` block"), "{}", error.detail);
    assert!(refused.state.is_none());
    assert_eq!(world.writes(), Vec::<String>::new());
    let id = format!("{PROJECT}/{id}/{VPCE}");
    world.provider.import(ENDPOINT, &id).await.unwrap().ok().unwrap();
}

#[tokio::test]
async fn a_cluster_that_atlas_refuses_to_show_is_not_called_absent() {
    let (world, _, config) = with_cluster().await;
    world.emulator.fault(Fault {
        path: "/groups/*/clusters/**".to_owned(),
        kind: FaultKind::Refuse {
            status: 400,
            error_code: "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API".to_owned(),
            detail: "It is a Flex cluster.".to_owned(),
        },
        ..Fault::default()
    });
    let refused = world.apply(ENDPOINT, None, &config).await;
    let error = refused.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("cluster_names", "Atlas refused to show the cluster.")
    );
    assert!(error.detail.contains("It is a Flex cluster."), "{}", error.detail);
    assert_eq!(world.services()[0].endpoints, []);
}

#[tokio::test]
async fn a_bogus_endpoint_fails_with_atlas_s_words_and_still_reads_plans_and_goes() {
    let profile = Profile {
        known_interface_endpoints: Some(vec![]),
        ..Profile::default()
    };
    let world = World::with(Options {
        profile,
        ..Options::default()
    })
    .await;
    let link = world.link().await;
    let config = endpoint(&link);
    let failed = world.apply(ENDPOINT, None, &config).await;
    let error = failed.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("interface_endpoint_id", "The endpoint did not connect.")
    );
    assert!(
        error.detail.contains("Verify endpoint ID and accepted regions"),
        "{}",
        error.detail
    );
    let state = failed.state.unwrap();
    assert!(state.tainted);
    let read = world.read(ENDPOINT, &state).await;
    assert_eq!(read.diagnostics.0[0].summary, "The endpoint does not connect.");
    let untainted = State {
        tainted: false,
        ..read.state.unwrap()
    };
    assert_eq!(
        world
            .plan(ENDPOINT, Some(&untainted), &config)
            .await
            .ok()
            .unwrap()
            .action,
        Action::NoOp
    );
    world.destroy(ENDPOINT, &state).await;
    world.destroy(LINK, &link).await;
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn a_rejection_without_a_message_is_a_failure_all_the_same() {
    let (world, _, config) = with_cluster().await;
    world.emulator.fault(Fault {
        path: "/groups/*/privateEndpoint/*/endpointService/*/endpoint/**".to_owned(),
        kind: FaultKind::Show {
            members: members(json!({ "connectionStatus": "REJECTED" })),
        },
        ..Fault::default()
    });
    let failed = world.apply(ENDPOINT, None, &config).await;
    let error = failed.diagnostics.only_error().unwrap();
    assert!(
        error.detail.contains("REJECTED. Atlas gives no reason."),
        "{}",
        error.detail
    );
}

#[tokio::test]
async fn an_endpoint_removed_in_atlas_is_planned_for_creation_and_a_foreign_one_left_alone() {
    let (world, link, config) = with_cluster().await;
    let id = link.value["private_link_id"].as_str().unwrap().to_owned();
    let state = world.create(ENDPOINT, &config).await;
    let project = world.emulator.project(PROJECT);
    project.add_endpoint(&id, OTHER_VPCE);
    world
        .assert_settled(ENDPOINT, &state, &config, "a foreign endpoint")
        .await;
    project.remove_endpoint(&id, VPCE);
    assert!(world.read(ENDPOINT, &state).await.state.is_none());
    let again = world.create(ENDPOINT, &config).await;
    world.destroy(ENDPOINT, &again).await;
    let left: Vec<_> = world.services()[0]
        .endpoints
        .iter()
        .map(|it| it.interface_endpoint_id.clone())
        .collect();
    assert_eq!(left, [OTHER_VPCE]);
}

#[tokio::test]
async fn strings_that_can_never_come_fail_before_anything_is_registered() {
    let (world, link, config) = with_cluster().await;
    world.emulator.project(PROJECT).add_cluster("far", &["US_EAST_1"]);
    world.emulator.clear_calls();
    for (name, summary, told) in [
        ("far", "The cluster has no nodes in the link's region.", "us-east-1"),
        ("absent", "The project has no such cluster.", "\"absent\""),
    ] {
        let refused = world
            .apply(ENDPOINT, None, &with(&config, "cluster_names", json!([name])))
            .await;
        let error = refused.diagnostics.only_error().unwrap();
        assert_eq!(
            (error.path.as_str(), error.summary.as_str()),
            ("cluster_names", summary)
        );
        assert!(error.detail.contains(told), "{}", error.detail);
        assert!(refused.state.is_none());
    }
    assert_eq!(world.writes(), Vec::<String>::new());
    drop(link);
}

#[tokio::test]
async fn clusters_that_are_named_later_are_waited_for_without_a_write() {
    let (world, link, config) = with_cluster().await;
    let none = endpoint(&link);
    let state = world.create(ENDPOINT, &none).await;
    assert_eq!(state.value["connection_strings"], json!({}));
    let plan = world.plan(ENDPOINT, Some(&state), &config).await.ok().unwrap();
    assert_eq!(
        (plan.action, &plan.planned["connection_strings"]),
        (Action::Update, &json!(UNKNOWN))
    );
    world.emulator.clear_calls();
    let named = world
        .apply(ENDPOINT, Some(&state), &config)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert!(named.value["connection_strings"]["main"]["srv"].is_string());
    assert_eq!(world.writes(), Vec::<String>::new());
    let fewer = world
        .apply(ENDPOINT, Some(&named), &none)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(fewer.value["connection_strings"], json!({}));
}

#[tokio::test]
async fn ctrl_c_during_the_wait_for_strings_keeps_the_endpoint_and_the_next_apply_goes_on() {
    let (world, _, config) = with_cluster().await;
    world.emulator.fault(Fault {
        kind: FaultKind::StringsAbsent,
        ..Fault::default()
    });
    let (outcome, ()) = tokio::join!(world.apply(ENDPOINT, None, &config), async {
        world
            .provider
            .wait_for_stderr("connection strings of cluster main", SOON)
            .await
            .unwrap();
        world.provider.stop().await.unwrap();
    });
    outcome.diagnostics.clone().ok().unwrap();
    let state = outcome.state.unwrap();
    assert!(!state.tainted);
    world.emulator.clear_faults();
    let world = World {
        provider: world.another_provider().await,
        emulator: world.emulator,
    };
    let finished = world
        .apply(ENDPOINT, Some(&state), &config)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    world.assert_settled(ENDPOINT, &finished, &config, "gone on").await;
}

#[tokio::test]
async fn an_import_shows_the_endpoint_and_its_first_apply_writes_nothing() {
    let (world, link, config) = with_cluster().await;
    let id = link.value["private_link_id"].as_str().unwrap();
    world.emulator.project(PROJECT).add_endpoint(id, VPCE);
    let imported = world
        .provider
        .import(ENDPOINT, &format!("{PROJECT}/{id}/{VPCE}"))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let state = world.read(ENDPOINT, &imported.state.unwrap()).await.state.unwrap();
    world.emulator.clear_calls();
    let settled = world
        .apply(ENDPOINT, Some(&state), &config)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(world.writes(), Vec::<String>::new());
    world.assert_settled(ENDPOINT, &settled, &config, "imported").await;
    for (import, summary) in [
        (VPCE.to_owned(), "Import id is malformed."),
        (
            format!("{PROJECT}/{id}/{OTHER_VPCE}"),
            "The endpoint is not registered with the private link.",
        ),
    ] {
        let refused = world.provider.import(ENDPOINT, &import).await.unwrap();
        assert_eq!(refused.diagnostics.only_error().unwrap().summary, summary);
    }
}

#[tokio::test]
async fn malformed_ids_are_refused_at_plan_and_unknown_ones_are_not() {
    let provider = spawn(&[]).await;
    provider.configure(json!({})).await.unwrap().ok().unwrap();
    let config = json!({ "project_id": PROJECT, "private_link_id": UNKNOWN, "interface_endpoint_id": UNKNOWN, "cluster_names": [UNKNOWN] });
    let plan = provider
        .plan(ENDPOINT, None, config.clone())
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(plan.planned["id"], UNKNOWN);
    for (attribute, value, summary) in [
        ("private_link_id", json!("main"), "Private link id is malformed."),
        (
            "interface_endpoint_id",
            json!("vpce-svc-0123456789abcdef0"),
            "Interface endpoint id is malformed.",
        ),
        ("cluster_names", json!(["a/b"]), "Cluster name is malformed."),
    ] {
        let found = provider
            .validate_resource(ENDPOINT, with(&config, attribute, value))
            .await
            .unwrap();
        let error = found.only_error().unwrap();
        assert_eq!((error.path.as_str(), error.summary.as_str()), (attribute, summary));
    }
}
