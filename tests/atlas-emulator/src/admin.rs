//! `/_emulator`: the library's controls for callers in other processes. JSON in, JSON out. The table is in the README.

use emulator_kit::admin::{self, with_body};
use emulator_kit::response::{HttpResponse, done, json_of, plain};
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::profile::Profile;
use crate::project::Project;
use crate::{Shared, lock};

pub(crate) fn route(shared: &Shared, method: &str, path: &[&str], body: &[u8]) -> HttpResponse {
    if let Some(response) = admin::route((&shared.calls, &shared.faults, &shared.gates), method, path, body) {
        return response;
    }
    match (method, path) {
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
        ("POST", ["database-users"]) => with_body(body, |user: Map<String, Value>| {
            match project.add_database_user(&user) {
                Ok(()) => done(),
                Err(why) => plain(StatusCode::BAD_REQUEST, &why),
            }
        }),
        ("DELETE", ["database-users", database, name]) => found(project.remove_database_user(database, name)),
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

fn found(found: bool) -> HttpResponse {
    if found {
        done()
    } else {
        plain(StatusCode::NOT_FOUND, "no such object")
    }
}
