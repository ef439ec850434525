//! The API's JSON. Unknown fields are ignored, optional ones may be missing or null.

use crate::access_list::{AccessListEntry, AccessListValue, ValueField};
use crate::ids::{ClusterName, EndpointServiceId, InterfaceEndpointId, Invalid};
use crate::objects::{Cluster, EndpointService, InterfaceEndpoint, PrivateEndpointStrings};
use crate::region::AtlasRegion;
use crate::status::{ConnectionStatus, ServiceStatus};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Reads an answer; the error says where it is wrong.
pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| format!("{}: {}", error.path(), error.inner()))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateEndpointService<'a> {
    pub(crate) provider_name: &'static str,
    pub(crate) region: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) supported_remote_regions: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ModifyEndpointService<'a> {
    pub(crate) cloud_provider: &'static str,
    pub(crate) supported_remote_regions: Vec<&'a str>,
}

#[derive(Serialize)]
pub(crate) struct AddInterfaceEndpoint<'a> {
    pub(crate) id: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EndpointServiceAnswer {
    id: String,
    region_name: Option<String>,
    endpoint_service_name: Option<String>,
    status: Option<String>,
    error_message: Option<String>,
    interface_endpoints: Option<Vec<String>>,
    supported_remote_regions: Option<Vec<String>>,
}

impl TryFrom<EndpointServiceAnswer> for EndpointService {
    type Error = Invalid;

    fn try_from(answer: EndpointServiceAnswer) -> Result<Self, Invalid> {
        let endpoints = answer.interface_endpoints.unwrap_or_default();
        let remote_regions = answer.supported_remote_regions.unwrap_or_default();
        Ok(Self {
            id: EndpointServiceId::parse(&answer.id)?,
            region: answer.region_name.as_deref().map(AtlasRegion::reported),
            endpoint_service_name: answer.endpoint_service_name.filter(|name| !name.is_empty()),
            status: ServiceStatus::from_reply(answer.status),
            error_message: answer.error_message.filter(|message| !message.is_empty()),
            interface_endpoints: endpoints.into_iter().map(InterfaceEndpointId::reported).collect(),
            supported_remote_regions: remote_regions.iter().map(|name| AtlasRegion::reported(name)).collect(),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InterfaceEndpointAnswer {
    interface_endpoint_id: Option<String>,
    connection_status: Option<String>,
    delete_requested: Option<bool>,
    error_message: Option<String>,
}

impl InterfaceEndpointAnswer {
    /// `asked` stands in where the answer repeats no id.
    pub(crate) fn into_endpoint(self, asked: &InterfaceEndpointId) -> InterfaceEndpoint {
        let id = self.interface_endpoint_id.map(InterfaceEndpointId::reported);
        InterfaceEndpoint {
            id: id.unwrap_or_else(|| asked.clone()),
            connection_status: ConnectionStatus::from_reply(self.connection_status),
            delete_requested: self.delete_requested.unwrap_or(false),
            error_message: self.error_message.filter(|message| !message.is_empty()),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClusterAnswer {
    state_name: Option<String>,
    replication_specs: Option<Vec<ReplicationSpec>>,
    connection_strings: Option<ConnectionStrings>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReplicationSpec {
    region_configs: Option<Vec<RegionConfig>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegionConfig {
    provider_name: Option<String>,
    region_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConnectionStrings {
    private_endpoint: Option<Vec<PrivateEndpoint>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PrivateEndpoint {
    #[serde(rename = "type")]
    kind: Option<String>,
    connection_string: Option<String>,
    srv_connection_string: Option<String>,
    endpoints: Option<Vec<PrivateEndpointMember>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PrivateEndpointMember {
    endpoint_id: Option<String>,
}

impl ClusterAnswer {
    pub(crate) fn into_cluster(self, name: &ClusterName) -> Cluster {
        let specs = self.replication_specs.unwrap_or_default();
        let (on_aws, elsewhere): (Vec<_>, Vec<_>) = specs
            .into_iter()
            .flat_map(|spec| spec.region_configs.unwrap_or_default())
            .partition(|config| config.provider_name.as_deref() == Some("AWS"));
        let names = on_aws.into_iter().filter_map(|config| config.region_name);
        let mut regions: Vec<_> = names.map(|name| AtlasRegion::reported(&name)).collect();
        regions.sort();
        regions.dedup();
        let strings = self
            .connection_strings
            .and_then(|strings| strings.private_endpoint)
            .unwrap_or_default();
        let private_endpoints = strings.into_iter().map(|endpoint| PrivateEndpointStrings {
            kind: endpoint.kind.unwrap_or_default(),
            connection_string: endpoint.connection_string.filter(|text| !text.is_empty()),
            srv_connection_string: endpoint.srv_connection_string.filter(|text| !text.is_empty()),
            endpoint_ids: endpoint
                .endpoints
                .unwrap_or_default()
                .into_iter()
                .filter_map(|member| member.endpoint_id)
                .collect(),
        });
        Cluster {
            name: name.clone(),
            state_name: self.state_name.unwrap_or_default(),
            regions,
            is_on_other_clouds: !elsewhere.is_empty(),
            private_endpoints: private_endpoints.collect(),
        }
    }
}

/// An access list entry in both directions. Atlas sends an address as `ipAddress` and as `cidrBlock` /32, and takes one
/// of them.
#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cidr_block: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aws_security_group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_after_date: Option<String>,
}

impl From<&AccessListEntry> for Entry {
    fn from(entry: &AccessListEntry) -> Self {
        let AccessListEntry {
            value,
            comment,
            delete_after_date,
        } = entry.clone();
        let text = Some(value.to_string());
        let entry = Self {
            comment,
            delete_after_date,
            ..Self::default()
        };
        match value.field() {
            ValueField::IpAddress => Self {
                ip_address: text,
                ..entry
            },
            ValueField::CidrBlock => Self {
                cidr_block: text,
                ..entry
            },
            ValueField::AwsSecurityGroup => Self {
                aws_security_group: text,
                ..entry
            },
        }
    }
}

impl Entry {
    /// `None` for an entry without a value.
    pub(crate) fn into_entry(self) -> Option<AccessListEntry> {
        let value = [self.aws_security_group, self.ip_address, self.cidr_block]
            .into_iter()
            .flatten()
            .find(|text| !text.is_empty())?;
        let value = AccessListValue::from_reply(value);
        Some(AccessListEntry {
            value,
            comment: self.comment,
            delete_after_date: self.delete_after_date,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page<T> {
    pub(crate) results: Vec<T>,
    links: Option<Vec<Link>>,
    total_count: Option<usize>,
}

#[derive(Deserialize)]
struct Link {
    rel: Option<String>,
}

impl<T> Page<T> {
    /// Whether to ask for the next page, when `seen` entries have come with this one and a full page has `page_size`.
    /// Atlas calls the total an estimate and may leave it or the links out: each may say yes, an empty page always ends
    /// it.
    pub(crate) fn has_next(&self, seen: usize, page_size: usize) -> bool {
        let next_link = self
            .links
            .iter()
            .flatten()
            .any(|link| link.rel.as_deref() == Some("next"));
        let silent = self.links.is_none() && self.total_count.is_none();
        let full = silent && self.results.len() >= page_size;
        !self.results.is_empty() && (next_link || full || self.total_count.is_some_and(|total| seen < total))
    }
}
