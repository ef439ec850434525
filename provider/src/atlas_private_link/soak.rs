//! Two hundred lives of a link with faults of every kind, random but the same each time: nothing is left behind.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use atlas_client::{AtlasConfig, AtlasRegion, Credentials, HttpAtlas, ProjectId, RetryPolicy, Secret};
use atlas_emulator::{AtlasEmulator, DEFAULT_PROJECT, Fault, FaultKind, Options, Profile};
use provider_kit::Operation;
use tokio_util::sync::CancellationToken;

use super::remote::Remote;
use crate::connection::atlas::Pace;

const LIVES: usize = 200;
/// Applies that a user would run until one succeeds.
const APPLIES: usize = 20;

fn trouble() -> Vec<Fault> {
    let kinds = [
        FaultKind::InternalError,
        FaultKind::Throttle {
            retry_after_seconds: Some(0),
        },
        FaultKind::Throttle {
            retry_after_seconds: None,
        },
        FaultKind::Unavailable {
            retry_after_seconds: None,
        },
        FaultKind::BadGateway,
        FaultKind::EmptyBadGateway,
        FaultKind::ConnectionReset,
        FaultKind::AcceptThenInternalError,
        FaultKind::AcceptThenReset,
        FaultKind::ResetMidBody,
        FaultKind::NonceExpired,
        FaultKind::NoCapacity,
    ];
    (1..)
        .zip(kinds)
        .map(|(seed, kind)| Fault {
            probability: 0.03,
            seed,
            kind,
            ..Fault::default()
        })
        .collect()
}

#[tokio::test]
async fn two_hundred_lives_under_random_trouble_leave_nothing_behind() {
    let profile = Profile {
        stale_reads_after_create: 1,
        stale_reads_after_delete: 1,
        ..Profile::default()
    };
    let emulator = AtlasEmulator::start(Options {
        profile,
        ..Options::default()
    })
    .unwrap();
    trouble().into_iter().for_each(|fault| emulator.fault(fault));
    let key = Credentials::ApiKey {
        public_key: "emulated".to_owned(),
        private_key: Secret::new("emulated-private-key"),
    };
    let retry = RetryPolicy {
        max_attempts: 4,
        base: Duration::from_millis(1),
        cap: Duration::from_millis(4),
    };
    let config = AtlasConfig::new(&emulator.base_url(), key, "soak")
        .unwrap()
        .with_retry(retry);
    let api = HttpAtlas::new(config).unwrap();
    let operation = Operation::new(CancellationToken::new(), Duration::from_secs(600));
    let millisecond = Duration::from_millis(1);
    let services = Remote {
        api: &api,
        project: ProjectId::parse(DEFAULT_PROJECT).unwrap(),
        region: AtlasRegion::parse("eu-west-1").unwrap(),
        pace: Pace {
            first: millisecond,
            longest: 4 * millisecond,
            staleness: Duration::from_secs(5),
        },
        operation: &operation,
    };
    let mut repeated = 0;
    for life in 0..LIVES {
        let mut applies = 0;
        let service = loop {
            applies += 1;
            assert!(applies <= APPLIES, "life {life}");
            match services.obtain(&[], true).await {
                Ok((mut service, _)) => match services.until_ready(&mut service).await {
                    Ok(()) => break service,
                    Err(_) => repeated += 1,
                },
                Err(_) => repeated += 1,
            }
        };
        assert_eq!(
            emulator.project(DEFAULT_PROJECT).snapshot().services.len(),
            1,
            "life {life}"
        );
        assert!(service.is_ready(), "life {life}");
        while let Err(trouble) = services.remove(&service.id).await {
            repeated += 1;
            applies += 1;
            assert!(applies <= APPLIES, "life {life}: {trouble:?}");
        }
        assert_eq!(emulator.project(DEFAULT_PROJECT).snapshot().services, [], "life {life}");
    }
    let failed = emulator
        .calls()
        .iter()
        .filter(|call| call.outcome != "ok" && call.outcome != "challenge")
        .count();
    assert!(
        failed > LIVES && repeated > 0,
        "the trouble was real: {failed} failed calls, {repeated} applies repeated"
    );
}
