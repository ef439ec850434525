//! An endpoint of a service.

use serde_json::{Map, Value, json};

use crate::course::{Course, GONE, Pace, leg};
use crate::profile::Profile;
use crate::snapshot::EndpointSnapshot;
use crate::staleness::{Seen, Staleness, overlay};

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

    pub(crate) fn begin_deletion(&mut self, profile: &Profile) {
        if self.delete_requested {
            return;
        }
        let former = self.to_json();
        self.staleness.deleted(profile, former);
        self.delete_requested = true;
        self.course = Course::new(self.course.pace(), "DELETING", [leg(GONE, STEP_SECONDS)]);
        self.overlay.remove("connectionStatus");
    }

    pub(crate) fn read(&mut self) -> Option<Value> {
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

    pub(crate) fn to_json(&self) -> Value {
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
