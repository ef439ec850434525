//! The state of a registered endpoint, typed.

use std::collections::{BTreeMap, BTreeSet};

use atlas_client::{ClusterName, EndpointServiceId, InterfaceEndpoint, InterfaceEndpointId, ProjectId};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

use crate::connection::atlas::Timeouts;

pub(super) type Text = Value<String>;

/// How a client reaches one cluster through the endpoint. Hosts and ports only; no user, no password.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ConnectionStrings {
    pub(super) srv: Text,
    pub(super) standard: Text,
}

/// All attributes of `lectern_atlas_private_link_endpoint`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Endpoint {
    pub(super) id: Text,
    pub(super) project_id: Text,
    pub(super) private_link_id: Text,
    pub(super) interface_endpoint_id: Text,
    pub(super) cluster_names: Value<Vec<Text>>,
    pub(super) timeouts: Value<Timeouts>,
    pub(super) status: Text,
    pub(super) error_message: Text,
    pub(super) connection_strings: Value<BTreeMap<String, Value<ConnectionStrings>>>,
}

/// Where an endpoint is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) project: ProjectId,
    pub(super) service: EndpointServiceId,
    pub(super) endpoint: InterfaceEndpointId,
}

impl Endpoint {
    /// Where it is, if all three ids are known and well-formed; validation has complained otherwise.
    pub(super) fn place(&self) -> Option<Place> {
        Some(Place {
            project: ProjectId::parse(self.project_id.as_deref_option()?).ok()?,
            service: EndpointServiceId::parse(self.private_link_id.as_deref_option()?).ok()?,
            endpoint: InterfaceEndpointId::parse(self.interface_endpoint_id.as_deref_option()?).ok()?,
        })
    }

    /// The clusters whose strings are waited for. `None` while one is not known.
    pub(super) fn clusters(&self) -> Option<BTreeSet<ClusterName>> {
        match &self.cluster_names {
            Value::Null => Some(BTreeSet::new()),
            Value::Unknown => None,
            Value::Value(names) => names
                .iter()
                .map(|name| ClusterName::parse(name.as_deref_option()?).ok())
                .collect(),
        }
    }

    /// Whether the state has the strings of all these clusters, and of no other.
    pub(super) fn has_strings_of(&self, clusters: &BTreeSet<ClusterName>) -> bool {
        let there = self.connection_strings.as_ref_option();
        let there: BTreeSet<&str> = there.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        there == clusters.iter().map(ClusterName::as_str).collect()
    }

    /// Writes what Atlas has into the computed attributes.
    pub(super) fn show(&mut self, endpoint: &InterfaceEndpoint) {
        self.status = Value::Value(endpoint.connection_status.to_string());
        self.error_message = endpoint.error_message.clone().into();
    }

    /// Writes the existing connection strings.
    pub(super) fn show_strings(&mut self, strings: BTreeMap<ClusterName, ConnectionStrings>) {
        let strings = strings
            .into_iter()
            .map(|(name, strings)| (name.to_string(), Value::Value(strings)))
            .collect();
        self.connection_strings = Value::Value(strings);
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.project, self.service, self.endpoint)
    }
}
