//! An endpoint service.

use serde_json::{Map, Value, json};

use super::endpoint::Endpoint;
use super::hex_id;
use crate::course::{Course, GONE, Pace, leg};
use crate::profile::Profile;
use crate::resources::regions::aws_name;
use crate::snapshot::ServiceSnapshot;
use crate::staleness::{Seen, Staleness, overlay};

/// Observed: two minutes and 24 seconds.
const BUILD_SECONDS: u64 = 144;
/// Our choice; nothing was measured.
const DELETION_SECONDS: u64 = 60;

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) id: String,
    /// Atlas' name.
    pub(crate) region: String,
    pub(crate) remote_regions: Option<Vec<String>>,
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

    pub(crate) fn begin_deletion(&mut self, profile: &Profile) {
        if self.course.state() == "DELETING" {
            return;
        }
        let former = self.to_json();
        self.staleness.deleted(profile, former);
        self.course = Course::new(self.course.pace(), "DELETING", [leg(GONE, DELETION_SECONDS)]);
        self.overlay.remove("status");
    }

    /// Counts a call that concerns it.
    pub(crate) fn look(&mut self) {
        self.course.look();
        for endpoint in self.endpoints.iter_mut().filter(|endpoint| endpoint.delete_requested) {
            endpoint.course.look();
        }
    }

    pub(crate) fn read(&mut self) -> Option<Value> {
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

    pub(crate) fn to_json(&self) -> Value {
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
