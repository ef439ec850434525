//! A cluster and its connection strings.

use serde_json::{Value, json};

use super::endpoint_service::Service;
use super::hex_id;
use crate::course::{Course, Pace, leg};
use crate::profile::Profile;
use crate::resources::regions::{atlas_name, aws_name};
use crate::snapshot::ClusterSnapshot;

/// Our choice: between an endpoint's AVAILABLE and the cluster's UPDATING, a client must not take IDLE for the end.
const NOTICE_SECONDS: u64 = 30;
/// Observed: three to five minutes.
const UPDATE_SECONDS: u64 = 180;
/// Ports of a service count up from here, one for each node.
const FIRST_PORT: usize = 1024;

/// The endpoints behind one private connection string, each with its region.
pub(crate) type PrivateEndpoint = Vec<(String, String)>;

#[derive(Debug)]
pub(crate) struct Cluster {
    id: String,
    name: String,
    hash: String,
    /// Atlas' names, the preferred first.
    pub(crate) regions: Vec<String>,
    pub(crate) is_sharded: bool,
    published: Vec<PrivateEndpoint>,
    /// First endpoints of all strings there ever were; a string's number is its place here, so that it keeps its name.
    numbered: Vec<String>,
    update: Option<Course>,
}

/// One connection string for each endpoint, and none as long as a region of the cluster has no endpoint. A string spans all
/// regions of the cluster, unless the project is in regional mode.
pub(crate) fn private_endpoints_of(
    services: &[Service],
    regional_mode: bool,
    cluster_regions: &[String],
) -> Vec<PrivateEndpoint> {
    let in_region = |region: &String| -> Vec<(String, String)> {
        let services = services.iter().filter(|service| &service.region == region);
        let endpoints = services.flat_map(|service| &service.endpoints);
        let connected = endpoints.filter(|endpoint| endpoint.status() == "AVAILABLE");
        connected
            .map(|endpoint| (endpoint.id.clone(), region.clone()))
            .collect()
    };
    let by_region: Vec<_> = cluster_regions.iter().map(in_region).collect();
    if by_region.is_empty() || by_region.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    if regional_mode {
        return by_region.into_iter().flatten().map(|endpoint| vec![endpoint]).collect();
    }
    let most = by_region.iter().map(Vec::len).max().unwrap_or_default();
    let nth = |at: usize| {
        by_region
            .iter()
            .map(|endpoints| endpoints[at.min(endpoints.len() - 1)].clone())
            .collect()
    };
    (0..most).map(nth).collect()
}

impl Cluster {
    /// Regions in either form.
    pub(crate) fn new(number: u64, name: &str, regions: &[String], is_sharded: bool) -> Self {
        let known = |region: &String| atlas_name(region).unwrap_or_else(|| region.clone());
        Self {
            id: hex_id(number),
            name: name.to_owned(),
            hash: format!("{number:05x}"),
            regions: regions.iter().map(known).collect(),
            is_sharded,
            published: Vec::new(),
            numbered: Vec::new(),
            update: None,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn settle(&mut self, pace: Pace, profile: &Profile, wanted: Vec<PrivateEndpoint>) {
        if self.update.is_none() && wanted != self.published {
            let legs = [leg("UPDATING", NOTICE_SECONDS), leg("IDLE", UPDATE_SECONDS)];
            self.update = Some(Course::new(pace, "IDLE", legs));
        }
        if let Some(update) = &mut self.update {
            update.settle(&profile.stuck_states);
            if update.is_at_its_end() {
                for (first, _) in wanted.iter().filter_map(|endpoints| endpoints.first()) {
                    if !self.numbered.contains(first) {
                        self.numbered.push(first.clone());
                    }
                }
                self.published = wanted;
                self.update = None;
            }
        }
    }

    fn state(&self) -> &str {
        self.update.as_ref().map_or("IDLE", Course::state)
    }

    pub(crate) fn read(&mut self, project: &str) -> Value {
        let seen = self.to_json(project);
        if let Some(update) = &mut self.update {
            update.look();
        }
        seen
    }

    fn to_json(&self, project: &str) -> Value {
        json!({
            "clusterType": if self.is_sharded { "SHARDED" } else { "REPLICASET" },
            "connectionStrings": self.connection_strings(),
            "createDate": "2026-01-01T00:00:00Z",
            "groupId": project,
            "id": self.id,
            "links": [],
            "mongoDBMajorVersion": "8.0",
            "name": self.name,
            "paused": false,
            "replicationSpecs": [{ "id": self.id, "regionConfigs": self.region_configs(), "zoneName": "Zone 1" }],
            "stateName": self.state(),
            "terminationProtectionEnabled": false,
        })
    }

    fn region_configs(&self) -> Vec<Value> {
        let config = |(at, region): (usize, &String)| {
            json!({
                "electableSpecs": { "instanceSize": "M10", "nodeCount": Self::nodes_in(at) },
                "priority": 7 - at,
                "providerName": "AWS",
                "regionName": region,
            })
        };
        self.regions.iter().take(7).enumerate().map(config).collect()
    }

    fn nodes_in(region: usize) -> usize {
        if region == 0 { 3 } else { 2 }
    }

    fn connection_strings(&self) -> Value {
        let (name, hash) = (self.name.to_ascii_lowercase(), &self.hash);
        let nodes: Vec<_> = (0..3)
            .map(|at| format!("{name}-shard-00-0{at}.{hash}.mongodb.net:27017"))
            .collect();
        let mut strings = json!({
            "awsPrivateLink": {},
            "awsPrivateLinkSrv": {},
            "standard": format!("mongodb://{}/?{}", nodes.join(","), self.string_options()),
            "standardSrv": format!("mongodb+srv://{name}.{hash}.mongodb.net"),
        });
        // Without a string the member is absent, not empty.
        if !self.published.is_empty() {
            let private: Vec<_> = self
                .published
                .iter()
                .map(|endpoints| self.private_string(endpoints))
                .collect();
            for (endpoints, string) in self.published.iter().zip(&private) {
                for (endpoint, _) in endpoints {
                    strings["awsPrivateLink"][endpoint] = string["connectionString"].clone();
                    strings["awsPrivateLinkSrv"][endpoint] = string["srvConnectionString"].clone();
                }
            }
            strings["privateEndpoint"] = json!(private);
        }
        strings
    }

    fn string_options(&self) -> String {
        let set = format!("&replicaSet=atlas-{}-shard-0", self.hash);
        format!("ssl=true&authSource=admin{}", if self.is_sharded { "" } else { &set })
    }

    fn private_string(&self, endpoints: &PrivateEndpoint) -> Value {
        let (name, hash) = (self.name.to_ascii_lowercase(), &self.hash);
        let is_first = |id: &String| endpoints.first().is_some_and(|(first, _)| first == id);
        let at = self.numbered.iter().position(is_first).unwrap_or_default();
        let mut port = FIRST_PORT;
        let mut hosts = Vec::new();
        for (region_at, (_, region)) in endpoints.iter().enumerate() {
            for _ in 0..Self::nodes_in(region_at) {
                hosts.push(format!("pl-{at}-{}.{hash}.mongodb.net:{port}", aws_name(region)));
                port += 1;
            }
        }
        let endpoint =
            |(id, region): &(String, String)| json!({ "endpointId": id, "providerName": "AWS", "region": region });
        let mut string = json!({
            "connectionString": format!("mongodb://{}/?{}", hosts.join(","), self.string_options()),
            "endpoints": endpoints.iter().map(endpoint).collect::<Vec<_>>(),
            "srvConnectionString": format!("mongodb+srv://{name}-pl-{at}.{hash}.mongodb.net"),
            "type": if self.is_sharded { "MONGOS" } else { "MONGOD" },
        });
        if self.is_sharded {
            let optimized = format!("mongodb+srv://{name}-pl-{at}-lb.{hash}.mongodb.net");
            string["srvShardOptimizedConnectionString"] = json!(optimized);
        }
        string
    }

    pub(crate) fn snapshot(&self) -> ClusterSnapshot {
        let ids = |endpoints: &PrivateEndpoint| endpoints.iter().map(|(id, _)| id.clone()).collect();
        ClusterSnapshot {
            name: self.name.clone(),
            state_name: self.state().to_owned(),
            private_endpoints: self.published.iter().map(ids).collect(),
        }
    }
}
