//! Whatever can go wrong between the provider and Atlas, fault by fault, through the whole life of a link and its endpoint.

use atlas_emulator::{Fault, FaultKind, Options, Profile};
use serde_json::json;
use tfplugin6_harness::State;

use crate::atlas::world::{ENDPOINT, LINK, PROJECT, VPCE, World, endpoint, link, members, with};

/// Makes a link and an endpoint, refreshes and destroys both; each step must succeed and nothing must be left.
async fn a_whole_life(world: &World, case: &str) {
    world.emulator.project(PROJECT).add_cluster("main", &["EU_WEST_1"]);
    let created = world
        .apply(LINK, None, &link())
        .await
        .ok()
        .unwrap_or_else(|error| panic!("{case}: link: {error:#}"));
    // A lost answer counts as adoption; the destroy below must remove it all the same.
    let made = created.state.unwrap();
    let owned = with(&link(), "delete_adopted", json!(true));
    let made = world
        .apply(LINK, Some(&made), &owned)
        .await
        .ok()
        .unwrap()
        .state
        .unwrap();
    let config = with(&endpoint(&made), "cluster_names", json!(["main"]));
    let registered = world.apply(ENDPOINT, None, &config).await.ok();
    let registered = registered
        .unwrap_or_else(|error| panic!("{case}: endpoint: {error:#}"))
        .state
        .unwrap();
    assert!(
        registered.value["connection_strings"]["main"]["srv"].is_string(),
        "{case}"
    );
    let refreshed = world
        .read(ENDPOINT, &registered)
        .await
        .state
        .unwrap_or_else(|| panic!("{case}: gone"));
    for (kind, state) in [(ENDPOINT, &refreshed), (LINK, &made)] {
        let destroyed = world.provider.destroy(kind, state).await.unwrap();
        let destroyed = destroyed
            .ok()
            .unwrap_or_else(|error| panic!("{case}: destroy: {error:#}"));
        assert!(destroyed.state.is_none(), "{case}");
    }
    assert_eq!(world.services(), [], "{case}");
}

fn shown(value: serde_json::Value) -> FaultKind {
    FaultKind::Show {
        members: members(value),
    }
}

#[tokio::test]
async fn passing_trouble_of_every_kind_is_outlasted() {
    let twice = |kind: FaultKind| Fault {
        times: Some(2),
        skip: 1,
        kind,
        ..Fault::default()
    };
    let cases = [
        (
            "429 with Retry-After",
            twice(FaultKind::Throttle {
                retry_after_seconds: Some(1),
            }),
        ),
        (
            "429 without",
            twice(FaultKind::Throttle {
                retry_after_seconds: None,
            }),
        ),
        ("500", twice(FaultKind::InternalError)),
        (
            "503",
            twice(FaultKind::Unavailable {
                retry_after_seconds: None,
            }),
        ),
        ("502 with a page", twice(FaultKind::BadGateway)),
        ("502 without a body", twice(FaultKind::EmptyBadGateway)),
        ("reset", twice(FaultKind::ConnectionReset)),
        ("reset in the middle of a body", twice(FaultKind::ResetMidBody)),
        ("slow body", twice(FaultKind::SlowBody { delay_ms: 50 })),
        ("nonce out of date", twice(FaultKind::NonceExpired)),
        (
            "a POST that happened, answered by 500",
            Fault {
                method: "POST".to_owned(),
                times: Some(2),
                kind: FaultKind::AcceptThenInternalError,
                ..Fault::default()
            },
        ),
        (
            "a POST that happened, and a reset",
            Fault {
                method: "POST".to_owned(),
                times: Some(2),
                kind: FaultKind::AcceptThenReset,
                ..Fault::default()
            },
        ),
        (
            "a DELETE that happened, and a reset",
            Fault {
                method: "DELETE".to_owned(),
                times: Some(2),
                kind: FaultKind::AcceptThenReset,
                ..Fault::default()
            },
        ),
        (
            "AVAILABLE without a name for one look",
            Fault {
                path: "/groups/*/privateEndpoint/AWS/endpointService/*".to_owned(),
                times: Some(1),
                kind: shown(json!({ "status": "AVAILABLE", "endpointServiceName": null })),
                ..Fault::default()
            },
        ),
        (
            "statuses nobody knows yet",
            Fault {
                path: "/groups/*/privateEndpoint/**".to_owned(),
                method: "GET".to_owned(),
                times: Some(1),
                skip: 1,
                kind: shown(json!({ "status": "VERIFIED", "connectionStatus": "VERIFIED" })),
                ..Fault::default()
            },
        ),
        (
            "503 of the clusters",
            Fault {
                path: "/groups/*/clusters/**".to_owned(),
                times: Some(3),
                kind: FaultKind::Unavailable {
                    retry_after_seconds: None,
                },
                ..Fault::default()
            },
        ),
        (
            "strings of others",
            Fault {
                path: "/groups/*/clusters/**".to_owned(),
                times: Some(3),
                kind: FaultKind::StringsOfOthers,
                ..Fault::default()
            },
        ),
        (
            "optional members left out",
            Fault {
                kind: FaultKind::Omit {
                    members: vec![
                        "errorMessage".to_owned(),
                        "supportedRemoteRegions".to_owned(),
                        "detail".to_owned(),
                    ],
                },
                ..Fault::default()
            },
        ),
    ];
    let lives = cases.into_iter().map(|(case, fault)| async move {
        let world = World::start().await;
        world.emulator.fault(fault);
        a_whole_life(&world, case).await;
    });
    futures::future::join_all(lives).await;
}

#[tokio::test]
async fn every_variant_of_the_api_will_do() {
    let cases = [
        (
            "stale reads",
            Profile {
                stale_reads_after_create: 3,
                stale_reads_after_delete: 3,
                ..Profile::default()
            },
        ),
        (
            "the described statuses",
            Profile {
                described_statuses: true,
                unknown_members: true,
                ..Profile::default()
            },
        ),
        (
            "services that go with their last endpoint",
            Profile {
                remove_service_with_last_endpoint: true,
                ..Profile::default()
            },
        ),
        (
            "nonces of a moment",
            Profile {
                nonce_age_ms: 50,
                max_nonce_count: 3,
                ..Profile::default()
            },
        ),
        (
            "an endpoint that begins with NONE",
            Profile {
                first_connection_status: "NONE".to_owned(),
                ..Profile::default()
            },
        ),
    ];
    let lives = cases.into_iter().map(|(case, profile)| async move {
        let world = World::with(Options {
            profile,
            ..Options::default()
        })
        .await;
        a_whole_life(&world, case).await;
    });
    futures::future::join_all(lives).await;
}

#[tokio::test]
async fn a_refusal_is_told_with_what_to_check_and_not_tried_again() {
    let cases = [
        (
            "wrong key",
            FaultKind::NotAuthorized,
            "Atlas credentials are refused.",
            "secrets expire",
        ),
        (
            "address",
            FaultKind::IpAddressNotOnAccessList,
            "Atlas denied access.",
            "public IP address of the machine",
        ),
        ("role", FaultKind::RoleTooLow, "Atlas denied access.", "Project Owner"),
        (
            "capacity",
            FaultKind::NoCapacity,
            "Atlas refused to create the private link.",
            "such as missing capacity in a region, try again later",
        ),
        (
            "version",
            FaultKind::VersionGone,
            "Atlas no longer serves this version of its API.",
            "Upgrade the provider",
        ),
        (
            "media type",
            FaultKind::NotAcceptable,
            "Atlas no longer serves this version of its API.",
            "base URL",
        ),
    ];
    for (case, kind, summary, told) in cases {
        let world = World::start().await;
        world.emulator.fault(Fault {
            method: "POST".to_owned(),
            kind,
            ..Fault::default()
        });
        let refused = world.apply(LINK, None, &link()).await;
        let error = refused.diagnostics.only_error().unwrap();
        assert_eq!(error.summary, summary, "{case}");
        assert!(error.detail.contains(told), "{case}: {}", error.detail);
        assert!(
            !error.detail.contains("Correct the value that"),
            "{case}: {}",
            error.detail
        );
        assert!(refused.state.is_none(), "{case}");
        assert_eq!(world.services(), [], "{case}");
    }
}

#[tokio::test]
async fn a_service_in_a_region_that_nobody_knows_yet_hides_no_other() {
    let world = World::start().await;
    let state = world.link().await;
    let other = world.emulator.project(PROJECT).add_service("EU_CENTRAL_1");
    let of_tomorrow = json!({
        "regionName": "MOON_BASE", "status": "ORBITING", "supportedRemoteRegions": ["MARS"], "interfaceEndpoints": ["vpcx-1"],
    });
    world
        .emulator
        .project(PROJECT)
        .show_service(&other, members(of_tomorrow));
    world.assert_settled(LINK, &state, &link(), "beside it").await;
    let found = world
        .provider
        .read_data_source(LINK, link())
        .await
        .unwrap()
        .ok()
        .unwrap();
    assert_eq!(found.value()["private_link_id"], state.value["private_link_id"]);
}

#[tokio::test]
async fn a_service_that_is_stuck_in_deletion_ends_with_a_timeout_and_stays_in_the_state() {
    let world = World::start().await;
    let config = with(&link(), "timeouts", json!({ "delete": "2s" }));
    let state = world.create(LINK, &config).await;
    world
        .emulator
        .change_profile(|profile| profile.stuck_states = vec!["DELETING".to_owned()]);
    let stuck = world.provider.destroy(LINK, &state).await.unwrap();
    let error = stuck.diagnostics.only_error().unwrap();
    assert_eq!(error.summary, "The private link took too long.");
    assert!(error.detail.contains("it is DELETING"), "{}", error.detail);
    let state = stuck.state.unwrap();
    world.emulator.change_profile(|profile| profile.stuck_states.clear());
    world.destroy(LINK, &state).await;
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn a_link_whose_endpoint_is_on_its_way_out_waits_for_that() {
    let world = World::start().await;
    let made = world.link().await;
    let registered = world.create(ENDPOINT, &endpoint(&made)).await;
    let other = world.another_provider().await;
    let (removed, destroyed) = tokio::join!(other.destroy(ENDPOINT, &registered), async {
        while !world.services()[0]
            .endpoints
            .first()
            .is_some_and(|it| it.delete_requested)
        {
            tokio::task::yield_now().await;
        }
        world.provider.destroy(LINK, &made).await
    });
    removed.unwrap().ok().unwrap();
    destroyed.unwrap().ok().unwrap();
    assert_eq!(world.services(), []);
}

#[tokio::test]
async fn a_refresh_without_credentials_fails_and_keeps_the_state() {
    let world = World::start().await;
    let made = world.link().await;
    world.emulator.fault(Fault {
        kind: FaultKind::NotAuthorized,
        ..Fault::default()
    });
    let read = world.provider.read(LINK, &made).await.unwrap();
    assert_eq!(
        read.diagnostics.only_error().unwrap().summary,
        "Atlas credentials are refused."
    );
    assert_eq!(read.state.unwrap(), made);
}

#[tokio::test]
async fn an_endpoint_waits_until_its_link_is_built() {
    let world = World::start().await;
    world
        .emulator
        .change_profile(|profile| profile.stuck_states = vec!["INITIATING".to_owned()]);
    let id = world.foreign_service();
    let config = json!({ "project_id": PROJECT, "private_link_id": id, "interface_endpoint_id": VPCE });
    let (state, ()) = tokio::join!(world.create(ENDPOINT, &config), async {
        world
            .provider
            .wait_for_stderr("the private link is INITIATING", crate::atlas::world::SOON)
            .await
            .unwrap();
        world.emulator.change_profile(|profile| profile.stuck_states.clear());
    });
    assert_eq!(state.value["status"], "AVAILABLE");
    let absent = with(&config, "private_link_id", json!("ffffffffffffffffffffffff"));
    let refused = world.apply(ENDPOINT, None, &absent).await;
    assert_eq!(
        refused.diagnostics.only_error().unwrap().summary,
        "The private link does not exist."
    );
    let failed: State = state;
    world.destroy(ENDPOINT, &failed).await;
}
