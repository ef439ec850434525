//! `.../endpointService/{serviceId}/endpoint`.

use serde_json::{Map, Value, json};

use super::endpoint_services::not_found as service_not_found;
use super::{Context, Seen, Staleness, overlay};
use crate::course::{Course, GONE, Pace, leg};
use crate::profile::Profile;
use crate::reply::{ApiError, Reply};
use crate::routes::is_interface_endpoint_id;
use crate::store::{EndpointSnapshot, ProjectState};

/// Our choice: create, accept and connect were measured together only.
const STEP_SECONDS: u64 = 60;

#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) course: Course,
    pub(crate) delete_requested: bool,
    failure: String,
    staleness: Staleness,
    /// Members put by hand over the real ones.
    pub(crate) overlay: Map<String, Value>,
}

impl Endpoint {
    pub(crate) fn new(pace: Pace, profile: &Profile, id: &str) -> Self {
        let end = if profile.knows(id) { "AVAILABLE" } else { "FAILED" };
        // A failure comes without a connection being tried.
        let between = ["PENDING_ACCEPTANCE", "PENDING"]
            .into_iter()
            .filter(|state| *state != "PENDING" || end != "FAILED");
        let first = profile.first_connection_status.as_str();
        let legs: Vec<_> = match first {
            "PENDING" => vec![leg(end, STEP_SECONDS)],
            "PENDING_ACCEPTANCE" => between
                .skip(1)
                .chain([end])
                .map(|state| leg(state, STEP_SECONDS))
                .collect(),
            _ => between.chain([end]).map(|state| leg(state, STEP_SECONDS)).collect(),
        };
        Self {
            id: id.to_owned(),
            course: Course::new(pace, first, legs),
            delete_requested: false,
            failure: profile.failed_endpoint_message.text(id),
            staleness: Staleness::of_creation(profile),
            overlay: Map::new(),
        }
    }

    /// Its connection status as clients see it.
    pub(crate) fn status(&self) -> &str {
        let by_hand = self.overlay.get("connectionStatus").and_then(Value::as_str);
        by_hand.unwrap_or(self.course.state())
    }

    pub(crate) fn settle(&mut self, profile: &Profile) {
        if !self.staleness.shows_former() {
            self.course.settle(&profile.stuck_states);
        }
    }

    fn begin_deletion(&mut self, profile: &Profile) {
        if self.delete_requested {
            return;
        }
        let former = self.to_json();
        self.staleness.deleted(profile, former);
        self.delete_requested = true;
        self.course = Course::new(self.course.pace(), "DELETING", [leg(GONE, STEP_SECONDS)]);
        self.overlay.remove("connectionStatus");
    }

    fn read(&mut self) -> Option<Value> {
        match self.staleness.read() {
            Seen::Nothing => None,
            Seen::Former(former) => Some(former),
            Seen::Present => {
                let seen = self.to_json();
                self.course.look();
                Some(seen)
            }
        }
    }

    fn error_message(&self) -> Option<&str> {
        (self.course.state() == "FAILED").then_some(self.failure.as_str())
    }

    fn to_json(&self) -> Value {
        let endpoint = json!({
            "cloudProvider": "AWS",
            "connectionStatus": self.course.state(),
            "deleteRequested": self.delete_requested,
            "errorMessage": self.error_message(),
            "interfaceEndpointId": self.id,
        });
        overlay(endpoint, &self.overlay)
    }

    pub(crate) fn snapshot(&self) -> EndpointSnapshot {
        EndpointSnapshot {
            interface_endpoint_id: self.id.clone(),
            connection_status: self.status().to_owned(),
            delete_requested: self.delete_requested,
            error_message: self.error_message().map(str::to_owned),
        }
    }
}

/// Any id of the right form is accepted; one that AWS does not know fails later.
pub(crate) fn create(project: &mut ProjectState, context: &Context<'_>, service_id: &str) -> Result<Reply, ApiError> {
    let body = context.json_object()?;
    let id = body
        .get("id")
        .and_then(Value::as_str)
        .ok_or_else(|| ApiError::missing_attribute("id"))?;
    if !is_interface_endpoint_id(id) {
        return Err(malformed(400, id));
    }
    let is_taken = project
        .services
        .iter()
        .any(|service| service.endpoints.iter().any(|endpoint| endpoint.id == id));
    let service = project
        .service_mut(service_id)
        .ok_or_else(|| service_not_found(service_id))?;
    if is_taken {
        let detail = format!("Private endpoint {id} already exists.");
        let code = "PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS";
        return Err(ApiError::new(409, code, detail, vec![json!(id)]));
    }
    if !service.accepts_endpoints() {
        service.course.look();
        let detail = format!("Private endpoint service {service_id} cannot accept endpoints now.");
        return Err(ApiError::new(
            409,
            "PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS",
            detail,
            vec![json!(service_id)],
        ));
    }
    let endpoint = Endpoint::new(context.pace, context.profile, id);
    let reply = Reply::new(context.profile.created(), endpoint.to_json());
    service.endpoints.push(endpoint);
    Ok(reply)
}

pub(crate) fn get(project: &mut ProjectState, service: &str, id: &str) -> Result<Reply, ApiError> {
    let endpoint = find(project, service, id)?;
    endpoint.read().map(Reply::ok).ok_or_else(|| not_found(id))
}

pub(crate) fn delete(
    project: &mut ProjectState,
    context: &Context<'_>,
    service: &str,
    id: &str,
) -> Result<Reply, ApiError> {
    find(project, service, id)?.begin_deletion(context.profile);
    Ok(context.deletion_accepted())
}

fn find<'a>(project: &'a mut ProjectState, service: &str, id: &str) -> Result<&'a mut Endpoint, ApiError> {
    let service = project.service_mut(service).ok_or_else(|| service_not_found(service))?;
    if !is_interface_endpoint_id(id) {
        return Err(malformed(404, id));
    }
    let endpoint = service.endpoints.iter_mut().find(|endpoint| endpoint.id == id);
    endpoint.ok_or_else(|| not_found(id))
}

/// The code is the one that MongoDB's Kubernetes operator looks for.
fn not_found(id: &str) -> ApiError {
    let detail = format!("No private endpoint with ID {id} exists.");
    ApiError::new(404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND", detail, vec![json!(id)])
}

fn malformed(status: u16, id: &str) -> ApiError {
    let detail = format!("Interface endpoint ID {id} is malformed.");
    ApiError::new(
        status,
        "PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED",
        detail,
        vec![json!(id)],
    )
}
