//! A project by hand: what others do to it between two calls of a client.

use serde_json::{Map, Value};

use crate::objects::access_list_entry::Entry;
use crate::objects::cluster::Cluster;
use crate::objects::database_user::{AppliedUser, DatabaseUser};
use crate::objects::endpoint::Endpoint;
use crate::objects::endpoint_service::Service;
use crate::resources::access_list;
use crate::resources::database_users;
use crate::resources::regions::atlas_name;
use crate::snapshot::ProjectSnapshot;
use crate::store::ProjectState;
use crate::{Shared, lock};

/// A project of an emulator. Nothing done through it is a call, or a look at an object.
pub struct Project<'a> {
    shared: &'a Shared,
    id: String,
}

impl<'a> Project<'a> {
    pub(crate) fn new(shared: &'a Shared, id: &str) -> Self {
        Self {
            shared,
            id: id.to_owned(),
        }
    }

    /// 24 hexadecimal digits.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Adds a replica set with nodes in these regions (`EU_WEST_1` or `eu-west-1`), or replaces the one of this name.
    pub fn add_cluster(&self, name: &str, regions: &[&str]) {
        self.put_cluster(name, regions, false);
    }

    /// The same, sharded.
    pub fn add_sharded_cluster(&self, name: &str, regions: &[&str]) {
        self.put_cluster(name, regions, true);
    }

    fn put_cluster(&self, name: &str, regions: &[&str], is_sharded: bool) {
        let regions: Vec<_> = regions.iter().map(|region| (*region).to_owned()).collect();
        self.change(|project, number| {
            project.clusters.retain(|cluster| cluster.name() != name);
            project.clusters.push(Cluster::new(number, name, &regions, is_sharded));
        });
    }

    /// `false`: there was no such cluster.
    pub fn remove_cluster(&self, name: &str) -> bool {
        self.change(|project, _| {
            let before = project.clusters.len();
            project.clusters.retain(|cluster| cluster.name() != name);
            project.clusters.len() < before
        })
    }

    /// Adds a service as somebody else would, past every check, and gives its id. Like one created by the API it is built first.
    pub fn add_service(&self, region: &str) -> String {
        let profile = lock(&self.shared.profile).clone();
        let region = atlas_name(region).unwrap_or_else(|| region.to_owned());
        self.change(|project, number| {
            let service = Service::new(self.shared.pace, &profile, number, &region, None);
            let id = service.id.clone();
            project.services.push(service);
            id
        })
    }

    /// Makes a service vanish at once, with its endpoints. `false`: there was none.
    pub fn remove_service(&self, service: &str) -> bool {
        self.change(|project, _| {
            let before = project.services.len();
            project.services.retain(|known| known.id != service);
            project.services.len() < before
        })
    }

    /// Puts members over those a service shows, until it is deleted: `{"status": "FAILED", "errorMessage": "..."}`. `false`:
    /// there is none.
    pub fn show_service(&self, service: &str, members: Map<String, Value>) -> bool {
        self.change(|project, _| match project.service_mut(service) {
            Some(service) => {
                service.overlay.extend(members);
                true
            }
            None => false,
        })
    }

    /// Registers an endpoint as somebody else would, past every check. `false`: there is no such service.
    pub fn add_endpoint(&self, service: &str, interface_endpoint_id: &str) -> bool {
        let profile = lock(&self.shared.profile).clone();
        self.change(|project, _| match project.service_mut(service) {
            Some(service) => {
                let endpoint = Endpoint::new(self.shared.pace, &profile, interface_endpoint_id);
                service.endpoints.push(endpoint);
                true
            }
            None => false,
        })
    }

    /// Makes an endpoint vanish at once. `false`: there was none.
    pub fn remove_endpoint(&self, service: &str, interface_endpoint_id: &str) -> bool {
        self.change(|project, _| match project.service_mut(service) {
            Some(service) => {
                let before = service.endpoints.len();
                service.endpoints.retain(|known| known.id != interface_endpoint_id);
                service.endpoints.len() < before
            }
            None => false,
        })
    }

    /// Puts members over those an endpoint shows, until it is deleted: `{"connectionStatus": "REJECTED"}`. `false`: there is
    /// none.
    pub fn show_endpoint(&self, service: &str, interface_endpoint_id: &str, members: Map<String, Value>) -> bool {
        self.change(|project, _| {
            let service = project.service_mut(service);
            let mut endpoints = service.into_iter().flat_map(|service| &mut service.endpoints);
            match endpoints.find(|known| known.id == interface_endpoint_id) {
                Some(endpoint) => {
                    endpoint.overlay.extend(members);
                    true
                }
                None => false,
            }
        })
    }

    /// Adds or changes an entry of the access list, as the API takes it: `{"cidrBlock": "10.0.0.0/8", "comment": "..."}`.
    ///
    /// # Errors
    /// What the API would say to it.
    pub fn add_access_list_entry(&self, entry: &Value) -> Result<(), String> {
        let profile = lock(&self.shared.profile).clone();
        self.change(|project, _| {
            let entry = Entry::parse(self.shared.pace, &profile, project.vpc_peering, entry);
            entry
                .map(|entry| access_list::upsert(project, entry))
                .map_err(|error| error.to_string())
        })
    }

    /// By CIDR block, address or security group. `false`: there was none.
    pub fn remove_access_list_entry(&self, value: &str) -> bool {
        self.change(|project, _| access_list::remove(project, value))
    }

    /// Adds or replaces a database user with a password, as the API takes a new one. Every cluster has it at once.
    ///
    /// # Errors
    /// What the API would say to it.
    pub fn add_database_user(&self, user: &Map<String, Value>) -> Result<(), String> {
        self.change(|project, _| {
            let user = DatabaseUser::parse(self.shared.pace, user);
            user.map(|user| database_users::upsert(project, user))
                .map_err(|error| error.to_string())
        })
    }

    /// `false`: there was none.
    pub fn remove_database_user(&self, database: &str, name: &str) -> bool {
        self.change(|project, _| database_users::remove(project, database, name))
    }

    /// The database users as the clusters have them by now: a change that is not applied yet is not in it.
    #[must_use]
    pub fn applied_database_users(&self) -> Vec<AppliedUser> {
        let profile = lock(&self.shared.profile).clone();
        self.change(|project, _| {
            project.settle(self.shared.pace, &profile);
            project
                .database_users
                .iter()
                .filter_map(DatabaseUser::applied)
                .collect()
        })
    }

    /// Switches regional mode, past every check.
    pub fn set_regional_mode(&self, enabled: bool) {
        self.change(|project, _| project.regional_mode = enabled);
    }

    /// With VPC peering, an access list may have security groups.
    pub fn set_vpc_peering(&self, enabled: bool) {
        self.change(|project, _| project.vpc_peering = enabled);
    }

    /// The project as it is now.
    #[must_use]
    pub fn snapshot(&self) -> ProjectSnapshot {
        let profile = lock(&self.shared.profile).clone();
        self.change(|project, _| {
            project.settle(self.shared.pace, &profile);
            project.snapshot()
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut ProjectState, u64) -> T) -> T {
        let mut store = lock(&self.shared.store);
        let number = store.next_number();
        change(store.project(&self.id), number)
    }
}
