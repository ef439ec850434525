//! `/_emulator`: the library's controls for callers in other processes. JSON in, JSON out. The table is in the README.

use hyper::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::faults::Fault;
use crate::gates::{Gate, GateHandle};
use crate::profile::Profile;
use crate::project::Project;
use crate::server::{HttpResponse, plain, respond};
use crate::{Shared, lock};

pub(crate) fn route(shared: &Shared, method: &str, path: &[&str], body: &[u8]) -> HttpResponse {
    match (method, path) {
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
        ("GET", ["profile"]) => json_of(&*lock(&shared.profile)),
        ("PATCH", ["profile"]) => with_body(body, |members: Map<String, Value>| change_profile(shared, members)),
        ("DELETE", ["tokens"]) => {
            shared.tokens.forget_all();
            done()
        }
        ("GET", ["projects"]) => json_of(&lock(&shared.store).project_ids()),
        ("PUT", ["projects", id]) => {
            lock(&shared.store).project(id);
            done()
        }
        (method, ["projects", id, rest @ ..]) => {
            if lock(&shared.store).get_mut(id).is_none() {
                return plain(StatusCode::NOT_FOUND, "no such project");
            }
            of_project(&Project::new(shared, id), method, rest, body)
        }
        _ => plain(StatusCode::NOT_FOUND, "no such control"),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCluster {
    name: String,
    regions: Vec<String>,
    #[serde(default)]
    sharded: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewService {
    region: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewEndpoint {
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    enabled: bool,
}

fn of_project(project: &Project<'_>, method: &str, path: &[&str], body: &[u8]) -> HttpResponse {
    match (method, path) {
        ("GET", []) => json_of(&project.snapshot()),
        ("POST", ["clusters"]) => with_body(body, |cluster: NewCluster| {
            let regions: Vec<_> = cluster.regions.iter().map(String::as_str).collect();
            if cluster.sharded {
                project.add_sharded_cluster(&cluster.name, &regions);
            } else {
                project.add_cluster(&cluster.name, &regions);
            }
            done()
        }),
        ("DELETE", ["clusters", name]) => found(project.remove_cluster(name)),
        ("POST", ["services"]) => with_body(body, |service: NewService| {
            json_of(&json!({ "id": project.add_service(&service.region) }))
        }),
        ("PATCH", ["services", service]) => with_body(body, |members| found(project.show_service(service, members))),
        ("DELETE", ["services", service]) => found(project.remove_service(service)),
        ("POST", ["services", service, "endpoints"]) => with_body(body, |endpoint: NewEndpoint| {
            found(project.add_endpoint(service, &endpoint.id))
        }),
        ("PATCH", ["services", service, "endpoints", endpoint]) => {
            with_body(body, |members| found(project.show_endpoint(service, endpoint, members)))
        }
        ("DELETE", ["services", service, "endpoints", endpoint]) => found(project.remove_endpoint(service, endpoint)),
        ("POST", ["access-list"]) => with_body(body, |entry: Value| match project.add_access_list_entry(&entry) {
            Ok(()) => done(),
            Err(why) => plain(StatusCode::BAD_REQUEST, &why),
        }),
        ("DELETE", ["access-list", value @ ..]) => {
            found(project.remove_access_list_entry(&value.join("/").replace("%2F", "/")))
        }
        ("PUT", ["regional-mode"]) => with_body(body, |switch: Switch| {
            project.set_regional_mode(switch.enabled);
            done()
        }),
        ("PUT", ["vpc-peering"]) => with_body(body, |switch: Switch| {
            project.set_vpc_peering(switch.enabled);
            done()
        }),
        _ => plain(StatusCode::NOT_FOUND, "no such control"),
    }
}

fn change_profile(shared: &Shared, members: Map<String, Value>) -> HttpResponse {
    let mut profile = lock(&shared.profile);
    let changed = serde_json::to_value(&*profile).and_then(|mut all| {
        if let Value::Object(all) = &mut all {
            all.extend(members);
        }
        serde_json::from_value::<Profile>(all)
    });
    match changed {
        Ok(changed) => {
            *profile = changed;
            json_of(&*profile)
        }
        Err(error) => plain(StatusCode::BAD_REQUEST, &error.to_string()),
    }
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

fn found(found: bool) -> HttpResponse {
    if found {
        done()
    } else {
        plain(StatusCode::NOT_FOUND, "no such object")
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
