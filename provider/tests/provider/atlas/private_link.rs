//! `lectern_atlas_private_link`: its whole life.

use std::time::Duration;

use atlas_emulator::{Fault, FaultKind, Options, Pace, Profile};
use serde_json::{Value, json};
use tfplugin6_harness::{Action, UNKNOWN};

use crate::atlas::world::{LINK, OTHER_VPCE, PROJECT, SOON, World, link, members, service_account, spawn, with};

#[tokio::test]
async fn a_link_is_made_waited_for_and_deleted() {
    let world = World::start().await;
    let state = world.link().await;
    let services = world.services();
    assert_eq!(services.len(), 1);
    assert_eq!(
        state.value,
        json!({
            "id": format!("{PROJECT}/eu-west-1"), "project_id": PROJECT, "region": "eu-west-1", "kind": null,
            "supported_remote_regions": null, "adopt_existing": null, "delete_adopted": null, "timeouts": null,
            "private_link_id": services[0].id, "endpoint_service_name": services[0].endpoint_service_name,
            "status": "AVAILABLE", "error_message": null, "adopted": false,
            "owner_token": state.value["owner_token"],
        })
    );
    world.assert_settled(LINK, &state, &link(), "new").await;
    let destroyed = world.destroy(LINK, &state).await;
    assert_eq!(destroyed.diagnostics.0, []);
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn a_service_account_does_the_same_with_one_token() {
    let world = World::start().await;
    let provider = spawn(&[]).await;
    provider
        .configure(service_account(&world.emulator))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let state = provider
        .plan_and_apply(LINK, None, link())
        .await
        .unwrap()
        .ok()
        .unwrap()
        .state
        .unwrap();
    provider.destroy(LINK, &state).await.unwrap().ok().unwrap();
    assert_eq!(world.services(), []);
    let tokens = world
        .emulator
        .calls()
        .iter()
        .filter(|call| call.path == "/api/oauth/token")
        .count();
    assert_eq!(tokens, 1);
}

#[tokio::test]
async fn the_plan_of_a_new_link_needs_no_credentials_and_knows_the_id() {
    let provider = spawn(&[]).await;
    provider.configure(json!({})).await.unwrap().ok().unwrap();
    let plan = provider
        .plan(LINK, None, with(&link(), "region", json!("EU_WEST_1")))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(plan.planned["id"], format!("{PROJECT}/eu-west-1"));
    assert_eq!(plan.planned["private_link_id"], UNKNOWN);
    let plan = provider
        .plan(LINK, None, with(&link(), "project_id", json!(UNKNOWN)))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(plan.planned["id"], UNKNOWN);
}

#[tokio::test]
async fn the_old_word_for_ready_counts_too() {
    let profile = Profile {
        ready_status: "WAITING_FOR_USER".to_owned(),
        described_statuses: true,
        unknown_members: true,
        ..Profile::default()
    };
    let world = World::with(Options {
        profile,
        ..Options::default()
    })
    .await;
    let state = world.link().await;
    assert_eq!(state.value["status"], "WAITING_FOR_USER");
    world.assert_settled(LINK, &state, &link(), "old word").await;
    world.destroy(LINK, &state).await;
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn another_spelling_of_the_region_is_no_difference() {
    let world = World::start().await;
    let state = world.link().await;
    world
        .assert_settled(
            LINK,
            &state,
            &with(&link(), "region", json!("EU_WEST_1")),
            "Atlas's spelling",
        )
        .await;
    let moved = world
        .plan(LINK, Some(&state), &with(&link(), "region", json!("eu-west-2")))
        .await;
    assert_eq!(
        (moved.action, moved.requires_replace),
        (Action::Replace, vec!["region".to_owned()])
    );
}

#[tokio::test]
async fn an_existing_service_is_adopted_and_survives_the_destroy_with_a_warning() {
    let world = World::start().await;
    let id = world.foreign_service();
    let state = world.link().await;
    assert_eq!(
        (&state.value["private_link_id"], &state.value["adopted"]),
        (&json!(id), &json!(true))
    );
    assert_eq!(world.writes(), Vec::<String>::new());
    world.assert_settled(LINK, &state, &link(), "adopted").await;
    let destroyed = world.destroy(LINK, &state).await;
    let warning = &destroyed.diagnostics.0[0];
    assert_eq!(warning.summary, "An adopted private link was not deleted.");
    assert!(
        warning.detail.contains(&id) && warning.detail.contains("delete_adopted = true"),
        "{}",
        warning.detail
    );
    assert_eq!(world.services().len(), 1);
}

#[tokio::test]
async fn an_adopted_service_goes_where_that_was_asked_for() {
    let world = World::start().await;
    world.foreign_service();
    let state = world.create(LINK, &with(&link(), "delete_adopted", json!(true))).await;
    world.destroy(LINK, &state).await;
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn without_adoption_an_existing_service_is_an_error_that_names_it() {
    let world = World::start().await;
    let id = world.foreign_service();
    let refused = world
        .apply(LINK, None, &with(&link(), "adopt_existing", json!(false)))
        .await;
    assert!(refused.state.is_none());
    let error = refused.diagnostics.only_error().unwrap();
    assert_eq!(error.path, "adopt_existing");
    assert_eq!(error.summary, "The project has a private link in this region already.");
    assert!(error.detail.contains(&id), "{}", error.detail);
    assert_eq!(world.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn two_services_of_one_region_are_not_guessed_about() {
    let world = World::start().await;
    world.emulator.project(PROJECT).set_regional_mode(true);
    let ids = [world.foreign_service(), world.foreign_service()];
    let refused = world.apply(LINK, None, &link()).await;
    let error = refused.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("region", "The project has several private links in this region.")
    );
    assert!(ids.iter().all(|id| error.detail.contains(id)), "{}", error.detail);
}

#[tokio::test]
async fn bad_configurations_are_refused_at_plan_by_attribute() {
    let provider = spawn(&[]).await;
    provider.configure(json!({})).await.unwrap().ok().unwrap();
    let cases: [(&str, Value, &str, &str, &str); 7] = [
        (
            "kind",
            json!("serverless"),
            "kind",
            "Serverless private links have ended.",
            "dedicated cluster (M10",
        ),
        ("kind", json!("flex"), "kind", "Kind of cluster is unknown.", "\"flex\""),
        (
            "project_id",
            json!("my-project"),
            "project_id",
            "Project id is malformed.",
            "\"my-project\"",
        ),
        (
            "region",
            json!("Frankfurt"),
            "region",
            "Region is malformed.",
            "AP_SOUTHEAST_1",
        ),
        (
            "supported_remote_regions",
            json!(["mars"]),
            "supported_remote_regions",
            "Region is malformed.",
            "\"mars\"",
        ),
        (
            "supported_remote_regions",
            json!(["EU_WEST_1"]),
            "supported_remote_regions",
            "The link's own region is not a remote one.",
            "\"eu-west-1\"",
        ),
        (
            "timeouts",
            json!({ "create": "soon" }),
            "timeouts.create",
            "Timeout is not a duration.",
            "\"soon\"",
        ),
    ];
    for (attribute, value, path, summary, told) in cases {
        let case = format!("{attribute} = {value}");
        let found = provider
            .validate_resource(LINK, with(&link(), attribute, value))
            .await
            .unwrap();
        let error = found.only_error().unwrap();
        assert_eq!((error.place(), error.summary.as_str()), (path, summary), "{case}");
        assert!(error.detail.contains(told), "{case}: {}", error.detail);
    }
}

#[tokio::test]
async fn remote_regions_are_set_changed_and_repaired_and_null_leaves_them_alone() {
    let world = World::start().await;
    let remote = |regions: &[&str]| with(&link(), "supported_remote_regions", json!(regions));
    let state = world.create(LINK, &remote(&["us-east-1"])).await;
    assert_eq!(world.services()[0].supported_remote_regions, ["US_EAST_1"]);
    world
        .assert_settled(LINK, &state, &remote(&["US_EAST_1"]), "another spelling")
        .await;

    let both = remote(&["us-east-1", "eu-central-1"]);
    let changed = world
        .apply(LINK, Some(&state), &both)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(changed.value["private_link_id"], state.value["private_link_id"]);
    assert_eq!(
        changed.value["endpoint_service_name"],
        state.value["endpoint_service_name"]
    );
    world.assert_settled(LINK, &changed, &both, "changed").await;

    let id = world.services()[0].id.clone();
    world
        .emulator
        .project(PROJECT)
        .show_service(&id, members(json!({ "supportedRemoteRegions": ["US_WEST_2"] })));
    let drifted = world.read(LINK, &changed).await.state.unwrap();
    assert_eq!(drifted.value["supported_remote_regions"], json!(["us-west-2"]));
    assert_eq!(world.plan(LINK, Some(&drifted), &both).await.action, Action::Update);

    let unmanaged = world
        .apply(LINK, Some(&changed), &link())
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(unmanaged.value["supported_remote_regions"], Value::Null);
    assert_eq!(
        world.snapshot().services[0].supported_remote_regions.len(),
        2,
        "null is not the empty set"
    );
}

#[tokio::test]
async fn an_adopted_service_gets_the_remote_regions_that_are_configured() {
    let world = World::start().await;
    world.foreign_service();
    let config = with(&link(), "supported_remote_regions", json!(["us-east-1"]));
    let state = world.create(LINK, &config).await;
    assert_eq!(world.services()[0].supported_remote_regions, ["US_EAST_1"]);
    world.assert_settled(LINK, &state, &config, "adopted").await;
}

#[tokio::test]
async fn a_service_deleted_in_atlas_is_planned_for_creation() {
    let world = World::start().await;
    let state = world.link().await;
    let id = state.value["private_link_id"].as_str().unwrap();
    assert!(world.emulator.project(PROJECT).remove_service(id));
    assert!(world.read(LINK, &state).await.state.is_none());
    let again = world.link().await;
    assert_ne!(again.value["private_link_id"], state.value["private_link_id"]);
}

#[tokio::test]
async fn a_service_that_somebody_is_deleting_is_waited_out_and_made_anew() {
    let world = World::with(Options {
        pace: Pace::Looks(3),
        ..Options::default()
    })
    .await;
    let state = world.link().await;
    let other = world.another_provider().await;
    let (destroyed, again) = tokio::join!(other.destroy(LINK, &state), async {
        while world.services()[0].status != "DELETING" {
            tokio::task::yield_now().await;
        }
        assert!(world.read(LINK, &state).await.state.is_none(), "on its way out is gone");
        world.link().await
    });
    destroyed.unwrap().ok().unwrap();
    assert_eq!(world.services().len(), 1);
    assert_eq!(again.value["adopted"], false);
}

#[tokio::test]
async fn a_failed_link_fails_the_create_with_the_reason_and_still_reads_plans_and_goes() {
    let world = World::start().await;
    world.emulator.fault(atlas_emulator::Fault {
        path: "/groups/*/privateEndpoint/**".to_owned(),
        kind: atlas_emulator::FaultKind::Show {
            members: members(json!({ "status": "FAILED", "errorMessage": "No subnets.", "endpointServiceName": null })),
        },
        ..Default::default()
    });
    let failed = world.apply(LINK, None, &link()).await;
    let error = failed.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("status", "Atlas could not create the private link.")
    );
    assert!(
        error.detail.contains("\"No subnets\"") && error.detail.contains("check that"),
        "{}",
        error.detail
    );
    let state = failed.state.unwrap();
    assert!(state.tainted);
    assert_eq!(state.value["status"], "FAILED");

    let read = world.read(LINK, &state).await;
    let warning = read.diagnostics.warnings().next().unwrap();
    assert_eq!(
        (warning.path.as_str(), warning.summary.as_str()),
        ("status", "The private link does not work.")
    );
    assert!(warning.detail.contains("No subnets"), "{}", warning.detail);
    let mut healthy_plan = read.state.unwrap();
    healthy_plan.tainted = false;
    assert_eq!(
        world
            .plan(LINK, Some(&healthy_plan), &link())
            .await
            .ok()
            .unwrap()
            .action,
        Action::NoOp
    );
    world.emulator.clear_faults();
    world.destroy(LINK, &state).await;
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn destroying_the_creator_while_foreign_endpoints_exist_is_an_error_that_names_them() {
    let world = World::start().await;
    let state = world.link().await;
    let id = state.value["private_link_id"].as_str().unwrap();
    let project = world.emulator.project(PROJECT);
    project.add_endpoint(id, OTHER_VPCE);
    world.emulator.clear_calls();
    let refused = world.provider.destroy(LINK, &state).await.unwrap();
    let error = refused.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "The private link is in use.");
    assert!(error.detail.contains(OTHER_VPCE), "{}", error.detail);
    assert_eq!(refused.state.unwrap().value, state.value, "it stays as it is");
    assert_eq!(world.writes(), Vec::<String>::new());
    project.remove_endpoint(id, OTHER_VPCE);
    world.destroy(LINK, &state).await;
}

#[tokio::test]
async fn two_providers_at_once_make_one_service_and_the_adopter_leaves_it() {
    let world = World::start().await;
    let other = world.another_provider().await;
    let (one, two) = tokio::join!(
        world.provider.plan_and_apply(LINK, None, link()),
        other.plan_and_apply(LINK, None, link())
    );
    let states = [one, two].map(|outcome| outcome.unwrap().ok().unwrap().state.unwrap());
    assert_eq!(world.services().len(), 1);
    assert_eq!(states[0].value["private_link_id"], states[1].value["private_link_id"]);
    let mut adopted: Vec<_> = states
        .iter()
        .map(|state| state.value["adopted"] == json!(true))
        .collect();
    let adopter = &states[usize::from(adopted[1])];
    adopted.sort_unstable();
    assert_eq!(adopted, [false, true], "one creates, the other adopts");
    let left = world.destroy(LINK, adopter).await;
    assert_eq!(
        left.diagnostics.0[0].summary,
        "An adopted private link was not deleted."
    );
    assert_eq!(world.services().len(), 1);
}

#[tokio::test]
async fn an_import_needs_the_region_only_and_changes_nothing() {
    let world = World::start().await;
    let id = world.foreign_service();
    for spelled in ["eu-west-1", "EU_WEST_1"] {
        let imported = world
            .provider
            .import(LINK, &format!("{PROJECT}/{spelled}"))
            .await
            .unwrap()
            .ok()
            .unwrap();
        let state = imported.state.unwrap();
        assert_eq!(state.value["private_link_id"], id);
        let refreshed = world.read(LINK, &state).await.state.unwrap();
        world.emulator.clear_calls();
        let settled = world
            .apply(LINK, Some(&refreshed), &with(&link(), "delete_adopted", json!(true)))
            .await
            .ok()
            .unwrap();
        assert_eq!(settled.value()["private_link_id"], id);
        assert_eq!(world.writes(), Vec::<String>::new());
    }
    for (import, summary) in [
        ("eu-west-1", "Import id is malformed."),
        (
            "0123456789abcdef01234567/us-east-1",
            "The project has no private link in this region.",
        ),
    ] {
        let refused = world.provider.import(LINK, import).await.unwrap();
        assert_eq!(refused.diagnostics.only_error().unwrap().summary, summary);
    }
}

#[tokio::test]
async fn ctrl_c_during_the_wait_keeps_the_link_untainted_and_the_next_apply_goes_on() {
    let profile = Profile {
        stuck_states: vec!["INITIATING".to_owned()],
        ..Profile::default()
    };
    let world = World::with(Options {
        profile,
        ..Options::default()
    })
    .await;
    let config = link();
    let (outcome, ()) = tokio::join!(world.apply(LINK, None, &config), async {
        world.provider.wait_for_stderr("it is INITIATING", SOON).await.unwrap();
        world.provider.stop().await.unwrap();
    });
    let warning = outcome.diagnostics.clone().ok().unwrap();
    assert_eq!(warning.0[0].summary, "Interrupted.");
    let state = outcome.state.unwrap();
    assert!(!state.tainted);
    assert_eq!(state.value["status"], "INITIATING");
    assert_eq!(state.value["private_link_id"], world.services()[0].id);

    world.emulator.change_profile(|profile| profile.stuck_states.clear());
    let world = World {
        provider: world.another_provider().await,
        emulator: world.emulator,
    };
    let plan = world.plan(LINK, Some(&state), &config).await.ok().unwrap();
    assert_eq!(
        (plan.action, &plan.planned["endpoint_service_name"]),
        (Action::Update, &json!(UNKNOWN))
    );
    let finished = world
        .apply(LINK, Some(&state), &config)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    assert_eq!(finished.value["adopted"], false);
    world.assert_settled(LINK, &finished, &config, "gone on").await;
    assert_eq!(world.services().len(), 1);
}

/// Longest end after a stop that a user accepts, with room for a busy machine; a call that hangs would take 30 s.
const PROMPTLY: Duration = Duration::from_secs(10);

/// A call that Atlas never answers: a stop ends it all the same.
#[tokio::test]
async fn ctrl_c_ends_calls_that_hang() {
    for (case, method, kind) in [
        ("a read", "GET", FaultKind::Hang),
        ("a write that Atlas carries out", "POST", FaultKind::AcceptThenHang),
    ] {
        let world = World::start().await;
        world.emulator.fault(Fault {
            method: method.to_owned(),
            kind,
            ..Fault::default()
        });
        let config = link();
        let create = world.apply(LINK, None, &config);
        let stopped = tokio::time::timeout(PROMPTLY, async {
            let stop = async {
                while !world
                    .emulator
                    .calls()
                    .iter()
                    .any(|call| call.authenticated && call.method == method)
                {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                world.provider.stop().await.unwrap();
            };
            tokio::join!(create, stop).0
        });
        let outcome = stopped.await.unwrap_or_else(|_| panic!("{case} goes on"));
        assert_eq!(
            outcome.diagnostics.only_error().unwrap().summary,
            "Interrupted.",
            "{case}"
        );
        world.emulator.clear_faults();
        let world = World {
            provider: world.another_provider().await,
            emulator: world.emulator,
        };
        world.link().await;
        assert_eq!(world.services().len(), 1, "{case}");
    }
}

/// The first call of a service account asks for its token: the operation's limits hold for that too.
#[tokio::test]
async fn a_token_that_never_comes_ends_with_the_operation() {
    let world = World::start().await;
    let token = "/api/oauth/token";
    world.emulator.fault(Fault {
        path: token.to_owned(),
        kind: FaultKind::Hang,
        ..Fault::default()
    });
    let provider = spawn(&[]).await;
    provider
        .configure(service_account(&world.emulator))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let config = with(&link(), "timeouts", json!({ "create": "1s" }));
    let late = tokio::time::timeout(PROMPTLY, provider.plan_and_apply(LINK, None, config)).await;
    let late = late.expect("the timeout ends it").unwrap();
    assert_eq!(
        late.diagnostics.only_error().unwrap().summary,
        "The private link took too long."
    );
    world.emulator.clear_calls();
    let stopped = tokio::time::timeout(PROMPTLY, async {
        let stop = async {
            while !world.emulator.calls().iter().any(|call| call.path == token) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            provider.stop().await.unwrap();
        };
        tokio::join!(provider.plan_and_apply(LINK, None, link()), stop).0
    });
    let stopped = stopped.await.expect("the stop ends it").unwrap();
    assert_eq!(stopped.diagnostics.only_error().unwrap().summary, "Interrupted.");
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn ctrl_c_ends_a_data_source_that_hangs() {
    let world = World::start().await;
    world.emulator.fault(Fault {
        kind: FaultKind::Hang,
        ..Fault::default()
    });
    let read = world.provider.read_data_source(LINK, link());
    let stopped = tokio::time::timeout(PROMPTLY, async {
        let stop = async {
            while !world.emulator.calls().iter().any(|call| call.authenticated) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            world.provider.stop().await.unwrap();
        };
        tokio::join!(read, stop).0
    });
    let outcome = stopped.await.expect("the read goes on").unwrap();
    assert_eq!(outcome.diagnostics.only_error().unwrap().summary, "Interrupted.");
}

/// A URL or project that answers 404 to everything must not look like "gone".
#[tokio::test]
async fn an_object_is_gone_only_where_its_project_is_known() {
    let world = World::start().await;
    let state = world.link().await;
    world.emulator.fault(Fault {
        kind: FaultKind::NotFound,
        ..Fault::default()
    });
    let read = world.provider.read(LINK, &state).await.unwrap();
    assert_eq!(
        read.diagnostics.only_error().unwrap().summary,
        "Atlas has no such object."
    );
    assert_eq!(read.state.unwrap(), state);
    let destroyed = world.provider.destroy(LINK, &state).await.unwrap();
    assert!(destroyed.diagnostics.has_errors() && destroyed.state.is_some());
    world.emulator.clear_faults();
    world.destroy(LINK, &state).await;
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn a_conflict_that_no_service_explains_ends_with_atlas_s_words() {
    let world = World::start().await;
    world.emulator.fault(Fault {
        method: "POST".to_owned(),
        kind: FaultKind::Refuse {
            status: 409,
            error_code: "PROJECT_LIMIT".to_owned(),
            detail: "No more.".to_owned(),
        },
        ..Fault::default()
    });
    let refused = world
        .apply(LINK, None, &with(&link(), "timeouts", json!({ "create": "3s" })))
        .await;
    let error = refused.diagnostics.only_error().unwrap();
    assert!(
        error.detail.contains("No more.") && error.detail.contains("The state does not contain the resource"),
        "{}",
        error.detail
    );
    assert!(refused.state.is_none());
}

#[tokio::test]
async fn the_token_of_a_service_account_is_given_back_at_the_end() {
    let world = World::start().await;
    let provider = spawn(&[]).await;
    provider
        .configure(service_account(&world.emulator))
        .await
        .unwrap()
        .ok()
        .unwrap();
    provider.plan_and_apply(LINK, None, link()).await.unwrap().ok().unwrap();
    provider.shutdown().await.unwrap();
    provider.exited(SOON).await.unwrap();
    let revoked = world
        .emulator
        .calls()
        .iter()
        .filter(|call| call.path == "/api/oauth/revoke")
        .count();
    assert_eq!(revoked, 1);
}

#[tokio::test]
async fn a_timeout_is_an_error_that_says_what_was_seen_and_keeps_the_link() {
    let profile = Profile {
        stuck_states: vec!["INITIATING".to_owned()],
        ..Profile::default()
    };
    let world = World::with(Options {
        profile,
        ..Options::default()
    })
    .await;
    let config = with(&link(), "timeouts", json!({ "create": "2s" }));
    let outcome = world.apply(LINK, None, &config).await;
    let error = outcome.diagnostics.only_error().unwrap();
    assert_eq!(
        (error.path.as_str(), error.summary.as_str()),
        ("timeouts", "The private link took too long.")
    );
    assert!(error.detail.contains("INITIATING"), "{}", error.detail);
    let state = outcome.state.unwrap();
    assert_eq!(
        (state.tainted, &state.value["private_link_id"]),
        (true, &json!(world.services()[0].id))
    );
    world.emulator.change_profile(|profile| profile.stuck_states.clear());
    world.destroy(LINK, &state).await;
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn a_state_of_schema_version_0_is_read_and_an_unknown_version_is_refused() {
    let provider = spawn(&[]).await;
    // As a 0.1.0 wrote it: attributes that came later are absent.
    let stored = json!({
        "id": format!("{PROJECT}/eu-west-1"), "project_id": PROJECT, "region": "EU_WEST_1",
        "private_link_id": "0123456789abcdef01234568", "status": "AVAILABLE", "adopted": false,
    });
    let upgraded = provider.upgrade(LINK, 0, &stored).await.unwrap().ok().unwrap();
    assert_eq!(upgraded.value()["private_link_id"], "0123456789abcdef01234568");
    assert_eq!(upgraded.value()["supported_remote_regions"], Value::Null);
    let refused = provider.upgrade(LINK, 7, &stored).await.unwrap();
    let error = refused.diagnostics.only_error().unwrap();
    assert_eq!(
        error.summary,
        "State was written by an unknown version of the provider."
    );
}

#[tokio::test]
async fn the_data_source_finds_the_link_by_region_with_its_endpoints() {
    let world = World::start().await;
    let state = world.link().await;
    let id = state.value["private_link_id"].as_str().unwrap();
    world.emulator.project(PROJECT).add_endpoint(id, OTHER_VPCE);
    let found = world
        .provider
        .read_data_source(LINK, with(&link(), "region", json!("EU_WEST_1")))
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(found.value()["private_link_id"], id);
    assert_eq!(
        found.value()["endpoint_service_name"],
        state.value["endpoint_service_name"]
    );
    assert_eq!(found.value()["interface_endpoint_ids"], json!([OTHER_VPCE]));
    let absent = world
        .provider
        .read_data_source(LINK, with(&link(), "region", json!("us-east-1")))
        .await
        .unwrap();
    assert_eq!(
        absent.diagnostics.only_error().unwrap().summary,
        "The project has no private link in this region."
    );
}

#[tokio::test]
async fn the_function_writes_a_region_as_atlas_does() {
    let provider = spawn(&[]).await;
    for region in ["ap-southeast-1", "AP_SOUTHEAST_1"] {
        let written = provider
            .call_function("atlas_region", &[json!(region)])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(written, "AP_SOUTHEAST_1");
    }
    let refused = provider
        .call_function("atlas_region", &[json!("Frankfurt")])
        .await
        .unwrap()
        .unwrap_err();
    assert!(refused.text.contains("\"Frankfurt\""), "{}", refused.text);
}
