//! `/groups/{groupId}/privateEndpoint/.../endpointService`.

use serde_json::{Map, Value, json};

use super::endpoints::Endpoint;
use super::regions::{atlas_name, aws_name, remote_regions};
use super::{Context, Seen, Staleness, overlay};
use crate::course::{Course, GONE, Pace, leg};
use crate::profile::Profile;
use crate::reply::{ApiError, Reply};
use crate::store::{ProjectState, ServiceSnapshot, hex_id};

/// Observed: two minutes and 24 seconds.
const BUILD_SECONDS: u64 = 144;
/// Our choice; nothing was measured.
const DELETION_SECONDS: u64 = 60;

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) id: String,
    /// Atlas' name.
    pub(crate) region: String,
    remote_regions: Option<Vec<String>>,
    name: String,
    is_built: bool,
    pub(crate) course: Course,
    pub(crate) endpoints: Vec<Endpoint>,
    staleness: Staleness,
    /// Members put by hand over the real ones.
    pub(crate) overlay: Map<String, Value>,
}

impl Service {
    pub(crate) fn new(pace: Pace, profile: &Profile, number: u64, region: &str, remote: Option<Vec<String>>) -> Self {
        Self {
            id: hex_id(number),
            region: region.to_owned(),
            remote_regions: remote,
            name: format!("com.amazonaws.vpce.{}.vpce-svc-{number:017x}", aws_name(region)),
            is_built: false,
            course: Course::new(pace, "INITIATING", [leg(&profile.ready_status, BUILD_SECONDS)]),
            endpoints: Vec::new(),
            staleness: Staleness::of_creation(profile),
            overlay: Map::new(),
        }
    }

    /// Its status as clients see it.
    pub(crate) fn status(&self) -> &str {
        let by_hand = self.overlay.get("status").and_then(Value::as_str);
        by_hand.unwrap_or(self.course.state())
    }

    pub(crate) fn accepts_endpoints(&self) -> bool {
        matches!(self.status(), "AVAILABLE" | "WAITING_FOR_USER")
    }

    pub(crate) fn settle(&mut self, profile: &Profile) {
        let had_endpoints = !self.endpoints.is_empty();
        for endpoint in &mut self.endpoints {
            endpoint.settle(profile);
        }
        self.endpoints.retain(|endpoint| endpoint.course.state() != GONE);
        if had_endpoints && self.endpoints.is_empty() && profile.remove_service_with_last_endpoint {
            self.begin_deletion(profile);
        }
        if !self.staleness.shows_former() {
            self.course.settle(&profile.stuck_states);
        }
        self.is_built |= !matches!(self.course.state(), "INITIATING" | "DELETING" | GONE);
    }

    fn begin_deletion(&mut self, profile: &Profile) {
        if self.course.state() == "DELETING" {
            return;
        }
        let former = self.to_json();
        self.staleness.deleted(profile, former);
        self.course = Course::new(self.course.pace(), "DELETING", [leg(GONE, DELETION_SECONDS)]);
        self.overlay.remove("status");
    }

    /// Counts a call that concerns it.
    fn look(&mut self) {
        self.course.look();
        for endpoint in self.endpoints.iter_mut().filter(|endpoint| endpoint.delete_requested) {
            endpoint.course.look();
        }
    }

    fn read(&mut self) -> Option<Value> {
        match self.staleness.read() {
            Seen::Nothing => None,
            Seen::Former(former) => Some(former),
            Seen::Present => {
                let seen = self.to_json();
                self.look();
                Some(seen)
            }
        }
    }

    fn to_json(&self) -> Value {
        let endpoints: Vec<_> = self.endpoints.iter().map(|endpoint| &endpoint.id).collect();
        let service = json!({
            "cloudProvider": "AWS",
            "endpointServiceName": self.is_built.then_some(&self.name),
            "errorMessage": null,
            "id": self.id,
            "interfaceEndpoints": endpoints,
            "regionName": self.region,
            "status": self.course.state(),
            "supportedRemoteRegions": self.remote_regions,
        });
        overlay(service, &self.overlay)
    }

    pub(crate) fn snapshot(&self) -> ServiceSnapshot {
        ServiceSnapshot {
            id: self.id.clone(),
            region: self.region.clone(),
            status: self.status().to_owned(),
            endpoint_service_name: self.is_built.then(|| self.name.clone()),
            supported_remote_regions: self.remote_regions.clone().unwrap_or_default(),
            endpoints: self.endpoints.iter().map(Endpoint::snapshot).collect(),
        }
    }
}

/// The provider is in the body, not in the path.
pub(crate) fn create(project: &mut ProjectState, context: &Context<'_>, number: u64) -> Result<Reply, ApiError> {
    let body = context.json_object()?;
    let member = |name: &str| body.get(name).and_then(Value::as_str);
    match member("providerName") {
        Some("AWS") => {}
        Some(_) => return Err(ApiError::invalid_attribute("providerName", "only AWS is emulated")),
        None => return Err(ApiError::missing_attribute("providerName")),
    }
    let region = member("region").ok_or_else(|| ApiError::missing_attribute("region"))?;
    let region = atlas_name(region).ok_or_else(|| ApiError::invalid_attribute("region", "it is no region"))?;
    let remote = remote_regions(body.get("supportedRemoteRegions"), &region)?;
    let same_region = project.services.iter_mut().find(|service| service.region == region);
    if let Some(existing) = same_region
        && !project.regional_mode
    {
        existing.look();
        return Err(already_exists(&region));
    }
    let service = Service::new(context.pace, context.profile, number, &region, remote);
    let reply = Reply::new(context.profile.created(), service.to_json());
    project.services.push(service);
    Ok(reply)
}

pub(crate) fn modify(project: &mut ProjectState, context: &Context<'_>, id: &str) -> Result<Reply, ApiError> {
    let body = context.json_object()?;
    let service = project.service_mut(id).ok_or_else(|| not_found(id))?;
    service.remote_regions = remote_regions(body.get("supportedRemoteRegions"), &service.region)?;
    Ok(Reply::ok(service.to_json()))
}

pub(crate) fn list(project: &mut ProjectState, provider: &str) -> Reply {
    if provider != "AWS" {
        return Reply::ok(json!([]));
    }
    Reply::ok(project.services.iter_mut().filter_map(Service::read).collect())
}

pub(crate) fn get(project: &mut ProjectState, id: &str) -> Result<Reply, ApiError> {
    let service = project.service_mut(id).ok_or_else(|| not_found(id))?;
    service.read().map(Reply::ok).ok_or_else(|| not_found(id))
}

pub(crate) fn delete(project: &mut ProjectState, context: &Context<'_>, id: &str) -> Result<Reply, ApiError> {
    let service = project.service_mut(id).ok_or_else(|| not_found(id))?;
    if !service.endpoints.is_empty() {
        service.look();
        let detail = format!("Cannot delete private endpoint service {id}: it has private endpoints.");
        return Err(ApiError::new(
            409,
            "CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS",
            detail,
            vec![json!(id)],
        ));
    }
    service.begin_deletion(context.profile);
    Ok(context.deletion_accepted())
}

pub(crate) fn not_found(id: &str) -> ApiError {
    let detail = format!("No private endpoint service with ID {id} exists.");
    ApiError::new(404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND", detail, vec![json!(id)])
}

fn already_exists(region: &str) -> ApiError {
    let detail = format!("A private endpoint service already exists for AWS region {region}.");
    let parameters = vec![json!("AWS"), json!(region)];
    ApiError::new(
        409,
        "PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION",
        detail,
        parameters,
    )
}
