//! `/_emulator`: the library's controls for callers in other processes. JSON in, JSON out.
//!
//! - calls, faults and gates, as [`emulator_kit::admin`] has them; a [`crate::Fault`] is
//!   `{"operation": "PutMetricAlarm", "alarm_name": "text in the name", "skip": 0, "times": 1, "fault": "throttle"}`
//! - `POST /_emulator/stale-reads`, a [`StaleReads`] as `{"operation": "DescribeAlarms", "skip": 1, "times": 2}`
//! - `POST /_emulator/clock`, `{"advance_seconds": 300}`: the time of alarms moves forward
//! - `GET /_emulator/alarms?account=<account>&region=<region>`
//! - `GET /_emulator/delivery-failures`

use std::time::Duration;

use emulator_kit::admin;
use emulator_kit::response::{HttpResponse, done, json_of, plain};
use hyper::{Method, StatusCode};
use serde::Deserialize;

use crate::model::Scope;
use crate::stale_reads::StaleReads;
use crate::{Shared, lock};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

pub(crate) fn route(shared: &Shared, method: &Method, path: &[&str], query: &str, body: &[u8]) -> HttpResponse {
    let scripts = (&shared.calls, &shared.faults, &shared.gates);
    if let Some(response) = admin::route(scripts, method.as_str(), path, body) {
        return response;
    }
    match (method.as_str(), path) {
        ("POST", ["stale-reads"]) => admin::with_body(body, |script: StaleReads| {
            let alarms = lock(&shared.alarms).clone();
            shared.stale_reads.add(script, alarms);
            done()
        }),
        ("POST", ["clock"]) => admin::with_body(body, |Advance { advance_seconds }| {
            shared.clock.advance(Duration::from_secs(advance_seconds));
            done()
        }),
        ("GET", ["alarms"]) => alarms(shared, query),
        ("GET", ["delivery-failures"]) => json_of(&shared.publisher.failures()),
        _ => plain(StatusCode::NOT_FOUND, "no such control"),
    }
}

fn alarms(shared: &Shared, query: &str) -> HttpResponse {
    let value_of = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(key, _)| key == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let Some(region) = value_of("region") else {
        return plain(
            StatusCode::BAD_REQUEST,
            "the region is missing: ?account=<account>&region=<region>",
        );
    };
    let account = value_of("account").unwrap_or_else(|| shared.default_account.clone());
    let store = lock(&shared.alarms);
    let alarms: Vec<_> = store.alarms(&Scope::new(account, region)).collect();
    json_of(&alarms)
}
