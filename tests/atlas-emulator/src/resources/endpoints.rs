//! `.../endpointService/{serviceId}/endpoint`.

use serde_json::{Value, json};

use super::endpoint_services::not_found as service_not_found;
use crate::context::Context;
use crate::objects::endpoint::Endpoint;
use crate::reply::{ApiError, Reply};
use crate::routes::is_interface_endpoint_id;
use crate::store::ProjectState;

/// Any id of the right form is accepted; one that AWS does not know fails later.
pub(crate) fn create(project: &mut ProjectState, context: &Context<'_>, service_id: &str) -> Result<Reply, ApiError> {
    let body = context.json_object()?;
    let id = body
        .get("id")
        .and_then(Value::as_str)
        .ok_or_else(|| ApiError::missing_attribute("id"))?;
    if !is_interface_endpoint_id(id) {
        return Err(malformed(400, id));
    }
    let is_taken = project
        .services
        .iter()
        .any(|service| service.endpoints.iter().any(|endpoint| endpoint.id == id));
    let service = project
        .service_mut(service_id)
        .ok_or_else(|| service_not_found(service_id))?;
    if is_taken {
        let detail = format!("Private endpoint {id} already exists.");
        let code = "PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS";
        return Err(ApiError::new(409, code, detail, vec![json!(id)]));
    }
    if !service.accepts_endpoints() {
        service.course.look();
        let detail = format!("Private endpoint service {service_id} cannot accept endpoints now.");
        return Err(ApiError::new(
            409,
            "PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS",
            detail,
            vec![json!(service_id)],
        ));
    }
    let endpoint = Endpoint::new(context.pace, context.profile, id);
    let reply = Reply::new(context.profile.created(), endpoint.to_json());
    service.endpoints.push(endpoint);
    Ok(reply)
}

pub(crate) fn get(project: &mut ProjectState, service: &str, id: &str) -> Result<Reply, ApiError> {
    let endpoint = find(project, service, id)?;
    endpoint.read().map(Reply::ok).ok_or_else(|| not_found(id))
}

pub(crate) fn delete(
    project: &mut ProjectState,
    context: &Context<'_>,
    service: &str,
    id: &str,
) -> Result<Reply, ApiError> {
    find(project, service, id)?.begin_deletion(context.profile);
    Ok(context.deletion_accepted())
}

fn find<'a>(project: &'a mut ProjectState, service: &str, id: &str) -> Result<&'a mut Endpoint, ApiError> {
    let service = project.service_mut(service).ok_or_else(|| service_not_found(service))?;
    if !is_interface_endpoint_id(id) {
        return Err(malformed(404, id));
    }
    let endpoint = service.endpoints.iter_mut().find(|endpoint| endpoint.id == id);
    endpoint.ok_or_else(|| not_found(id))
}

/// The code is the one that MongoDB's Kubernetes operator looks for.
fn not_found(id: &str) -> ApiError {
    let detail = format!("No private endpoint with ID {id} exists.");
    ApiError::new(404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND", detail, vec![json!(id)])
}

fn malformed(status: u16, id: &str) -> ApiError {
    let detail = format!("Interface endpoint ID {id} is malformed.");
    ApiError::new(
        status,
        "PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED",
        detail,
        vec![json!(id)],
    )
}
