//! What is in a project, for the tests that look.

use serde::Serialize;

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
    /// In order of creation.
    pub database_users: Vec<DatabaseUserSnapshot>,
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

/// A database user, without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatabaseUserSnapshot {
    /// Where it signs in.
    pub database: String,
    /// Name.
    pub name: String,
    /// The clusters have its last change.
    pub is_applied: bool,
}
