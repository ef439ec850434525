//! Projects, and what is in them.

use std::collections::BTreeMap;

use crate::course::{GONE, Pace};
use crate::objects::access_list_entry::Entry;
use crate::objects::cluster::{Cluster, private_endpoints_of};
use crate::objects::database_user::DatabaseUser;
use crate::objects::endpoint_service::Service;
use crate::profile::Profile;
use crate::snapshot::ProjectSnapshot;

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
    pub(crate) database_users: Vec<DatabaseUser>,
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

impl ProjectState {
    /// Brings everything to where it is by now.
    pub(crate) fn settle(&mut self, pace: Pace, profile: &Profile) {
        for service in &mut self.services {
            service.settle(profile);
        }
        self.services.retain(|service| service.course.state() != GONE);
        for cluster in &mut self.clusters {
            let wanted = private_endpoints_of(&self.services, self.regional_mode, &cluster.regions);
            cluster.settle(pace, profile, wanted);
        }
        self.access_list.retain(|entry| !entry.is_expired());
        for entry in &mut self.access_list {
            entry.course.settle(&profile.stuck_states);
        }
        for user in &mut self.database_users {
            user.settle(&profile.stuck_states);
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
            database_users: self.database_users.iter().map(DatabaseUser::snapshot).collect(),
        }
    }
}
