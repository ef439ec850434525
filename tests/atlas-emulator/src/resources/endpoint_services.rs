//! `/groups/{groupId}/privateEndpoint/.../endpointService`.

use serde_json::{Value, json};

use super::regions::{atlas_name, remote_regions};
use crate::context::Context;
use crate::objects::endpoint_service::Service;
use crate::reply::{ApiError, Reply};
use crate::store::ProjectState;

/// The provider is in the body, not in the path.
pub(crate) fn create(project: &mut ProjectState, context: &Context<'_>, number: u64) -> Result<Reply, ApiError> {
    let body = context.json_object()?;
    let member = |name: &str| body.get(name).and_then(Value::as_str);
    match member("providerName") {
        Some("AWS") => {}
        Some(_) => return Err(ApiError::invalid_attribute("providerName", "only AWS is emulated")),
        None => return Err(ApiError::missing_attribute("providerName")),
    }
    let region = member("region").ok_or_else(|| ApiError::missing_attribute("region"))?;
    let region = atlas_name(region).ok_or_else(|| ApiError::invalid_attribute("region", "it is no region"))?;
    let remote = remote_regions(body.get("supportedRemoteRegions"), &region)?;
    let same_region = project.services.iter_mut().find(|service| service.region == region);
    if let Some(existing) = same_region
        && !project.regional_mode
    {
        existing.look();
        return Err(already_exists(&region));
    }
    let service = Service::new(context.pace, context.profile, number, &region, remote);
    let reply = Reply::new(context.profile.created(), service.to_json());
    project.services.push(service);
    Ok(reply)
}

pub(crate) fn modify(project: &mut ProjectState, context: &Context<'_>, id: &str) -> Result<Reply, ApiError> {
    let body = context.json_object()?;
    let service = project.service_mut(id).ok_or_else(|| not_found(id))?;
    service.remote_regions = remote_regions(body.get("supportedRemoteRegions"), &service.region)?;
    Ok(Reply::ok(service.to_json()))
}

pub(crate) fn list(project: &mut ProjectState, provider: &str) -> Reply {
    if provider != "AWS" {
        return Reply::ok(json!([]));
    }
    Reply::ok(project.services.iter_mut().filter_map(Service::read).collect())
}

pub(crate) fn get(project: &mut ProjectState, id: &str) -> Result<Reply, ApiError> {
    let service = project.service_mut(id).ok_or_else(|| not_found(id))?;
    service.read().map(Reply::ok).ok_or_else(|| not_found(id))
}

pub(crate) fn delete(project: &mut ProjectState, context: &Context<'_>, id: &str) -> Result<Reply, ApiError> {
    let service = project.service_mut(id).ok_or_else(|| not_found(id))?;
    if !service.endpoints.is_empty() {
        service.look();
        let detail = format!("Cannot delete private endpoint service {id}: it has private endpoints.");
        return Err(ApiError::new(
            409,
            "CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS",
            detail,
            vec![json!(id)],
        ));
    }
    service.begin_deletion(context.profile);
    Ok(context.deletion_accepted())
}

pub(crate) fn not_found(id: &str) -> ApiError {
    let detail = format!("No private endpoint service with ID {id} exists.");
    ApiError::new(404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND", detail, vec![json!(id)])
}

fn already_exists(region: &str) -> ApiError {
    let detail = format!("A private endpoint service already exists for AWS region {region}.");
    let parameters = vec![json!("AWS"), json!(region)];
    ApiError::new(
        409,
        "PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION",
        detail,
        parameters,
    )
}
