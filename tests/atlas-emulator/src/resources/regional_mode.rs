//! `/groups/{groupId}/privateEndpoint/regionalMode`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::context::Context;
use crate::reply::{ApiError, Reply};
use crate::store::ProjectState;

pub(crate) fn get(project: &ProjectState) -> Reply {
    Reply::ok(json!({ "enabled": project.regional_mode }))
}

/// A project in regional mode has no replica sets, and one out of it has endpoints in one service only.
pub(crate) fn set(project: &mut ProjectState, context: &Context<'_>) -> Result<Reply, ApiError> {
    let body = context.json_object()?;
    let enabled = body
        .get("enabled")
        .and_then(Value::as_bool)
        .ok_or_else(|| ApiError::missing_attribute("enabled"))?;
    if enabled && project.clusters.iter().any(|cluster| !cluster.is_sharded) {
        let detail = "A project with replica sets cannot be in regional mode.";
        return Err(ApiError::new(
            409,
            "CLUSTER_INCOMPATIBLE_WITH_EXISTING_PRIVATELINK",
            detail,
            vec![],
        ));
    }
    let with_endpoints = project.services.iter().filter(|service| !service.endpoints.is_empty());
    let regions: BTreeSet<_> = with_endpoints.clone().map(|service| &service.region).collect();
    let endpoints: usize = with_endpoints.map(|service| service.endpoints.len()).sum();
    if !enabled && project.regional_mode && (regions.len() > 1 || endpoints > 1) {
        let detail =
            "Regional mode cannot end while there are private endpoints in several regions, or several in one.";
        let code = "MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION";
        return Err(ApiError::new(409, code, detail, vec![]));
    }
    project.regional_mode = enabled;
    let status = if context.profile.described_statuses { 200 } else { 202 };
    Ok(Reply::new(status, json!({ "enabled": enabled })))
}
