//! Which of several observed or possible behaviours is shown.

use serde::{Deserialize, Serialize};

/// Behaviours that can be switched at any time. The default is what was last observed of Atlas, or, where nothing was, what
/// its public description says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Status of a service that was built: `AVAILABLE`, formerly `WAITING_FOR_USER`.
    pub ready_status: String,
    /// Connection status an endpoint starts with: `PENDING_ACCEPTANCE`, or `NONE` and then that, or `PENDING`.
    pub first_connection_status: String,
    /// Answer 200 and 204 as the description says, instead of the observed 201 and 202.
    pub described_statuses: bool,
    /// The end of a service's last endpoint is the end of the service, as the description says.
    pub remove_service_with_last_endpoint: bool,
    /// Every object carries members that no client knows.
    pub unknown_members: bool,
    /// Interface endpoints that exist on AWS; any other ends as `FAILED`. `None`: all exist.
    pub known_interface_endpoints: Option<Vec<String>>,
    /// What a failed endpoint says.
    pub failed_endpoint_message: FailedEndpointMessage,
    /// States that no object leaves: `INITIATING`, `DELETING`, `PENDING_ACCEPTANCE`, `UPDATING` and so on.
    pub stuck_states: Vec<String>,
    /// Reads that do not see a created service, endpoint or access list entry yet.
    pub stale_reads_after_create: u32,
    /// Reads that see a service or endpoint as it was before its deletion.
    pub stale_reads_after_delete: u32,
    /// An access list POST while another of the same project waits for its answer is a 500.
    pub refuse_overlapping_access_list_posts: bool,
    /// The token answer's `expires_in`.
    pub token_expires_in_seconds: u64,
    /// How long a token really works; `None`: as long as it says.
    pub token_lifetime_ms: Option<u64>,
    /// Token requests a client may send in any minute.
    pub token_requests_per_minute: usize,
    /// How long a digest nonce works.
    pub nonce_age_ms: u64,
    /// A digest nonce count of this or more makes the nonce stale.
    pub max_nonce_count: u32,
}

/// Error message of an endpoint whose interface endpoint AWS does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailedEndpointMessage {
    /// `Verify endpoint ID and accepted regions, then retry your connection.`: since July 2026.
    #[default]
    VerifyEndpointId,
    /// `Interface endpoint vpce-... was not found.`: until then.
    NotFound,
}

impl FailedEndpointMessage {
    pub(crate) fn text(self, interface_endpoint_id: &str) -> String {
        match self {
            Self::VerifyEndpointId => "Verify endpoint ID and accepted regions, then retry your connection.".to_owned(),
            Self::NotFound => format!("Interface endpoint {interface_endpoint_id} was not found."),
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            ready_status: "AVAILABLE".to_owned(),
            first_connection_status: "PENDING_ACCEPTANCE".to_owned(),
            described_statuses: false,
            remove_service_with_last_endpoint: false,
            unknown_members: false,
            known_interface_endpoints: None,
            failed_endpoint_message: FailedEndpointMessage::default(),
            stuck_states: Vec::new(),
            stale_reads_after_create: 0,
            stale_reads_after_delete: 0,
            refuse_overlapping_access_list_posts: false,
            token_expires_in_seconds: 3600,
            token_lifetime_ms: None,
            // The limit that the vendor's documentation quotes.
            token_requests_per_minute: 50,
            // The defaults of Jetty, whose challenge Atlas' looks like.
            nonce_age_ms: 60_000,
            max_nonce_count: 1024,
        }
    }
}

impl Profile {
    pub(crate) fn knows(&self, interface_endpoint_id: &str) -> bool {
        self.known_interface_endpoints
            .as_ref()
            .is_none_or(|known| known.iter().any(|id| id == interface_endpoint_id))
    }

    /// The status for a creation, and for a deletion or change that continues after the answer.
    pub(crate) fn created(&self) -> u16 {
        if self.described_statuses { 200 } else { 201 }
    }
}
