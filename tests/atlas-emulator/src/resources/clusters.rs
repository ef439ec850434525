//! `/groups/{groupId}/clusters`, to read only.

use serde_json::json;

use super::pages;
use crate::context::Context;
use crate::reply::{ApiError, Reply};
use crate::store::ProjectState;

pub(crate) fn list(project: &mut ProjectState, context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = &project.id;
    let clusters = project.clusters.iter_mut().map(|cluster| cluster.read(id)).collect();
    pages::page(context, 200, clusters)
}

pub(crate) fn get(project: &mut ProjectState, name: &str) -> Result<Reply, ApiError> {
    let id = &project.id;
    match project.clusters.iter_mut().find(|cluster| cluster.name() == name) {
        Some(cluster) => Ok(Reply::ok(cluster.read(id))),
        None => {
            let detail = format!("No cluster named {name} exists in group {id}.");
            Err(ApiError::new(
                404,
                "CLUSTER_NOT_FOUND",
                detail,
                vec![json!(name), json!(id)],
            ))
        }
    }
}
