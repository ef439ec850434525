//! `/_emulator`: the library's controls for callers in other processes. JSON in, JSON out.
//!
//! - `GET|DELETE /_emulator/calls`
//! - `POST|DELETE /_emulator/faults`, a [`Fault`] as
//!   `{"operation": "PutMetricAlarm", "alarm_name": "text in the name", "skip": 0, "times": 1, "fault": "throttle"}`
//! - `POST /_emulator/gates`, a [`Gate`]; answers `{"id": 1}`; `GET` and `DELETE /_emulator/gates/<id>`
//! - `POST /_emulator/stale-reads`, a [`StaleReads`] as `{"operation": "DescribeAlarms", "skip": 1, "times": 2}`
//! - `GET /_emulator/alarms?account=<account>&region=<region>`
//! - `GET /_emulator/delivery-failures`

use hyper::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::faults::Fault;
use crate::gates::{Gate, GateHandle};
use crate::model::Scope;
use crate::server::{HttpResponse, plain, respond};
use crate::stale_reads::StaleReads;
use crate::{Shared, lock};

pub(crate) fn route(shared: &Shared, method: &Method, path: &[&str], query: &str, body: &[u8]) -> HttpResponse {
    match (method.as_str(), path) {
        ("GET", ["calls"]) => json_of(&shared.calls.calls()),
        ("DELETE", ["calls"]) => {
            shared.calls.clear();
            done()
        }
        ("POST", ["faults"]) => with_body(body, |fault: Fault| {
            shared.faults.add(fault);
            done()
        }),
        ("DELETE", ["faults"]) => {
            shared.faults.clear();
            done()
        }
        ("POST", ["gates"]) => with_body(body, |gate: Gate| {
            json_of(&json!({ "id": shared.gates.add(gate).id() }))
        }),
        ("GET", ["gates", id]) => with_gate(shared, id, |gate| json_of(&json!({ "reached": gate.is_reached() }))),
        ("DELETE", ["gates", id]) => with_gate(shared, id, |gate| {
            gate.open();
            done()
        }),
        ("POST", ["stale-reads"]) => with_body(body, |script: StaleReads| {
            let alarms = lock(&shared.alarms).clone();
            shared.stale_reads.add(script, alarms);
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

fn with_body<T: DeserializeOwned>(body: &[u8], act: impl FnOnce(T) -> HttpResponse) -> HttpResponse {
    match serde_json::from_slice(body) {
        Ok(value) => act(value),
        Err(error) => plain(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn with_gate(shared: &Shared, id: &str, act: impl FnOnce(&GateHandle) -> HttpResponse) -> HttpResponse {
    match id.parse().ok().and_then(|id| shared.gates.get(id)) {
        Some(gate) => act(&gate),
        None => plain(StatusCode::NOT_FOUND, "no such gate"),
    }
}

fn done() -> HttpResponse {
    json_of(&json!({}))
}

fn json_of(value: &impl Serialize) -> HttpResponse {
    match serde_json::to_vec(value) {
        Ok(body) => respond(StatusCode::OK, "application/json", body),
        Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}
