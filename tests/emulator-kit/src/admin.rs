//! `/_emulator`: the controls that every emulator has, for callers in other processes. JSON in, JSON out.
//!
//! - `GET|DELETE /_emulator/calls`
//! - `GET|POST|DELETE /_emulator/faults`
//! - `POST /_emulator/gates`, answers `{"id": 1}`; `GET` and `DELETE /_emulator/gates/<id>`

use hyper::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::call_log::CallLog;
use crate::faults::{Faults, ScriptedFault};
use crate::gates::Gates;
use crate::response::{HttpResponse, done, json_of, plain};
use crate::script::Script;

/// Carries a control out; `None`: it is none of these, and the emulator's own come next.
pub fn route<C, F, G>(
    (calls, faults, gates): (&CallLog<C>, &Faults<F>, &Gates<G>),
    method: &str,
    path: &[&str],
    body: &[u8],
) -> Option<HttpResponse>
where
    C: Clone + Serialize,
    F: ScriptedFault + Clone + Serialize + DeserializeOwned,
    G: Script + DeserializeOwned,
{
    let response = match (method, path) {
        ("GET", ["calls"]) => json_of(&calls.calls()),
        ("DELETE", ["calls"]) => {
            calls.clear();
            done()
        }
        ("GET", ["faults"]) => json_of(&faults.list()),
        ("POST", ["faults"]) => with_body(body, |fault| {
            faults.add(fault);
            done()
        }),
        ("DELETE", ["faults"]) => {
            faults.clear();
            done()
        }
        ("POST", ["gates"]) => with_body(body, |gate| json_of(&json!({ "id": gates.add_numbered(gate).0 }))),
        ("GET" | "DELETE", ["gates", id]) => match id.parse().ok().and_then(|id| gates.get(id)) {
            Some(gate) if method == "GET" => json_of(&json!({ "reached": gate.is_reached() })),
            Some(gate) => {
                gate.open();
                done()
            }
            None => plain(StatusCode::NOT_FOUND, "no such gate"),
        },
        _ => return None,
    };
    Some(response)
}

/// Reads a control's body and acts on it; 400 with the reason where it cannot be read.
pub fn with_body<T: DeserializeOwned>(body: &[u8], act: impl FnOnce(T) -> HttpResponse) -> HttpResponse {
    match serde_json::from_slice(body) {
        Ok(value) => act(value),
        Err(error) => plain(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}
