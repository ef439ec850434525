//! One file a kind of object.

pub(crate) mod access_list;
pub(crate) mod clusters;
pub(crate) mod database_users;
pub(crate) mod endpoint_services;
pub(crate) mod endpoints;
pub(crate) mod pages;
pub(crate) mod regional_mode;
pub(crate) mod regions;

use crate::context::Context;
use crate::reply::{ApiError, Reply};
use crate::routes::{Operation, Route};
use crate::store::Store;

/// Does what a call asks for.
pub(crate) fn run(store: &mut Store, context: &Context<'_>, route: &Route<'_>) -> Result<Reply, ApiError> {
    let number = store.next_number();
    let project = store
        .get_mut(route.project)
        .ok_or_else(|| ApiError::group_not_found(route.project))?;
    project.settle(context.pace, context.profile);
    match route.operation {
        Operation::CreateService => endpoint_services::create(project, context, number),
        Operation::ModifyService { service } => endpoint_services::modify(project, context, service),
        Operation::ListServices { provider } => Ok(endpoint_services::list(project, provider)),
        Operation::GetService { service } => endpoint_services::get(project, service),
        Operation::DeleteService { service } => endpoint_services::delete(project, context, service),
        Operation::CreateEndpoint { service } => endpoints::create(project, context, service),
        Operation::GetEndpoint { service, endpoint } => endpoints::get(project, service, endpoint),
        Operation::DeleteEndpoint { service, endpoint } => endpoints::delete(project, context, service, endpoint),
        Operation::GetRegionalMode => Ok(regional_mode::get(project)),
        Operation::SetRegionalMode => regional_mode::set(project, context),
        Operation::ListClusters => clusters::list(project, context),
        Operation::GetCluster { name } => clusters::get(project, name),
        Operation::ListAccessList => access_list::list(project, context),
        Operation::PostAccessList => access_list::post(project, context),
        Operation::GetAccessListEntry { value } => access_list::get(project, context, value),
        Operation::DeleteAccessListEntry { value } => access_list::delete(project, value),
        Operation::GetAccessListStatus { value } => access_list::status(project, value),
        Operation::PostDatabaseUser => database_users::post(project, context),
        Operation::GetDatabaseUser { database, name } => database_users::get(project, context, database, name),
        Operation::PatchDatabaseUser { database, name } => database_users::patch(project, context, database, name),
    }
}
