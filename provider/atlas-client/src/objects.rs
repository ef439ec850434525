use crate::ids::{ClusterName, EndpointServiceId, InterfaceEndpointId};
use crate::region::AtlasRegion;
use crate::status::{ConnectionStatus, ServiceStatus};

/// The Atlas side of a private link: one per project and region (without regional mode).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointService {
    /// Chosen by Atlas.
    pub id: EndpointServiceId,
    /// Where it is. `None` where the answer names no region.
    pub region: Option<AtlasRegion>,
    /// What an interface endpoint connects to, `com.amazonaws.vpce.<region>.vpce-svc-...`; `None` until built.
    pub endpoint_service_name: Option<String>,
    /// Where it is in its life. Built means AVAILABLE or WAITING_FOR_USER *and* a service name.
    pub status: ServiceStatus,
    /// Why it failed. Text of Atlas and AWS: show it, never match on it.
    pub error_message: Option<String>,
    /// The interface endpoints registered with it, by whomever.
    pub interface_endpoints: Vec<InterfaceEndpointId>,
    /// Other regions whose VPCs may connect. Empty: none.
    pub supported_remote_regions: Vec<AtlasRegion>,
}

impl EndpointService {
    /// Whether an interface endpoint can connect to it: built, and with a name.
    pub fn is_ready(&self) -> bool {
        matches!(self.status, ServiceStatus::Available | ServiceStatus::WaitingForUser)
            && self.endpoint_service_name.is_some()
    }
}

/// An AWS interface endpoint as Atlas knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceEndpoint {
    /// The VPC endpoint's id.
    pub id: InterfaceEndpointId,
    /// Where its connection is.
    pub connection_status: ConnectionStatus,
    /// Whether its removal has begun.
    pub delete_requested: bool,
    /// Why it failed. Text of Atlas and AWS: show it, never match on it.
    pub error_message: Option<String>,
}

/// A dedicated cluster, as far as private endpoints concern it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Its name in the project.
    pub name: ClusterName,
    /// IDLE, UPDATING, CREATING, ...: an open set; empty where the answer had none.
    pub state_name: String,
    /// The AWS regions it has nodes in, sorted, each once.
    pub regions: Vec<AtlasRegion>,
    /// Whether it has nodes on another cloud, too.
    pub is_on_other_clouds: bool,
    /// Present only once every region with nodes has a private endpoint; minutes after the endpoint is AVAILABLE.
    pub private_endpoints: Vec<PrivateEndpointStrings>,
}

/// The connection strings that lead through a set of private endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateEndpointStrings {
    /// MONGOD (replica set) or MONGOS (sharded): an open set; empty where the answer had none.
    pub kind: String,
    /// `mongodb://...`, every node with its port.
    pub connection_string: Option<String>,
    /// `mongodb+srv://...`.
    pub srv_connection_string: Option<String>,
    /// The endpoints it leads through: VPC endpoint ids on AWS, other forms on other clouds.
    pub endpoint_ids: Vec<String>,
}

impl PrivateEndpointStrings {
    /// Whether these strings lead through the endpoint.
    pub fn leads_through(&self, endpoint: &InterfaceEndpointId) -> bool {
        self.endpoint_ids.iter().any(|id| id == endpoint.as_str())
    }
}
