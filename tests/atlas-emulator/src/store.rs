//! Projects, and what is in them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::course::{GONE, Pace};
use crate::profile::Profile;
use crate::resources::access_list::Entry;
use crate::resources::clusters::{self, Cluster};
use crate::resources::endpoint_services::Service;

#[derive(Debug, Default)]
pub(crate) struct Store {
    projects: BTreeMap<String, ProjectState>,
    last_id: u64,
}

#[derive(Debug, Default)]
pub(crate) struct ProjectState {
    pub(crate) id: String,
    pub(crate) regional_mode: bool,
    pub(crate) vpc_peering: bool,
    pub(crate) services: Vec<Service>,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) access_list: Vec<Entry>,
}

impl Store {
    /// A number nobody has yet.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(crate) fn project_ids(&self) -> Vec<String> {
        self.projects.keys().cloned().collect()
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut ProjectState> {
        self.projects.get_mut(id)
    }

    /// The project, made if it is not there.
    pub(crate) fn project(&mut self, id: &str) -> &mut ProjectState {
        self.projects.entry(id.to_owned()).or_insert_with(|| ProjectState {
            id: id.to_owned(),
            ..ProjectState::default()
        })
    }
}

/// An id as Atlas' are: 24 hexadecimal digits.
pub(crate) fn hex_id(number: u64) -> String {
    format!("65f0{number:020x}")
}

impl ProjectState {
    /// Brings everything to where it is by now.
    pub(crate) fn settle(&mut self, pace: Pace, profile: &Profile) {
        for service in &mut self.services {
            service.settle(profile);
        }
        self.services.retain(|service| service.course.state() != GONE);
        for cluster in &mut self.clusters {
            let wanted = clusters::private_endpoints_of(&self.services, self.regional_mode, &cluster.regions);
            cluster.settle(pace, profile, wanted);
        }
        self.access_list.retain(|entry| !entry.is_expired());
        for entry in &mut self.access_list {
            entry.course.settle(&profile.stuck_states);
        }
    }

    pub(crate) fn service_mut(&mut self, id: &str) -> Option<&mut Service> {
        self.services.iter_mut().find(|service| service.id == id)
    }

    pub(crate) fn snapshot(&self) -> ProjectSnapshot {
        ProjectSnapshot {
            id: self.id.clone(),
            regional_mode: self.regional_mode,
            services: self.services.iter().map(Service::snapshot).collect(),
            clusters: self.clusters.iter().map(Cluster::snapshot).collect(),
            access_list: self.access_list.iter().map(Entry::snapshot).collect(),
        }
    }
}

/// A project as it is, whatever stale reads and faults show of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProjectSnapshot {
    /// 24 hexadecimal digits.
    pub id: String,
    /// Several services per region.
    pub regional_mode: bool,
    /// In order of creation.
    pub services: Vec<ServiceSnapshot>,
    /// In order of addition.
    pub clusters: Vec<ClusterSnapshot>,
    /// In order of creation.
    pub access_list: Vec<AccessListSnapshot>,
}

/// An endpoint service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceSnapshot {
    /// 24 hexadecimal digits.
    pub id: String,
    /// In Atlas' words: `EU_WEST_1`.
    pub region: String,
    /// `INITIATING`, `AVAILABLE` and so on.
    pub status: String,
    /// `com.amazonaws.vpce.<region>.vpce-svc-<17 digits>`; `None`: not built yet.
    pub endpoint_service_name: Option<String>,
    /// Regions that may connect from elsewhere, in Atlas' words.
    pub supported_remote_regions: Vec<String>,
    /// In order of creation.
    pub endpoints: Vec<EndpointSnapshot>,
}

/// An endpoint of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndpointSnapshot {
    /// `vpce-<17 digits>`.
    pub interface_endpoint_id: String,
    /// `PENDING_ACCEPTANCE`, `AVAILABLE` and so on.
    pub connection_status: String,
    /// Somebody asked for its deletion.
    pub delete_requested: bool,
    /// Why it failed.
    pub error_message: Option<String>,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClusterSnapshot {
    /// Its name.
    pub name: String,
    /// `IDLE` or `UPDATING`.
    pub state_name: String,
    /// Interface endpoints of each private connection string.
    pub private_endpoints: Vec<Vec<String>>,
}

/// An entry of the access list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessListSnapshot {
    /// CIDR block, or security group.
    pub value: String,
    /// Empty: none.
    pub comment: String,
    /// RFC 3339.
    pub delete_after_date: Option<String>,
}
