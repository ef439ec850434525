//! `/groups/{groupId}/databaseUsers`, as far as users with a password need it.

use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::context::Context;
use crate::objects::database_user::DatabaseUser;
use crate::reply::{ApiError, Reply};
use crate::store::ProjectState;

/// 201 (mongodb-atlas-cli's recordings; the specification says 201 as well).
pub(crate) fn post(project: &mut ProjectState, context: &Context<'_>) -> Result<Reply, ApiError> {
    let user = DatabaseUser::parse(context.pace, &context.json_object()?)?;
    if find(project, &user.database, &user.name).is_ok() {
        let detail = format!("A user with username {} already exists.", user.name);
        return Err(ApiError::new(
            409,
            "USER_ALREADY_EXISTS",
            detail,
            vec![json!(user.name)],
        ));
    }
    project.database_users.push(user);
    let id = project.id.clone();
    let user = project
        .database_users
        .last_mut()
        .map(|user| user.read(context.origin, &id));
    user.map(|user| Reply::new(201, user)).ok_or_else(ApiError::unexpected)
}

pub(crate) fn get(
    project: &mut ProjectState,
    context: &Context<'_>,
    database: &str,
    name: &str,
) -> Result<Reply, ApiError> {
    let id = project.id.clone();
    let user = find(project, &decoded(database), &decoded(name))?;
    Ok(Reply::ok(user.read(context.origin, &id)))
}

/// The answer does not wait for the clusters; [`DatabaseUser::settle`] is what becomes of the change.
pub(crate) fn patch(
    project: &mut ProjectState,
    context: &Context<'_>,
    database: &str,
    name: &str,
) -> Result<Reply, ApiError> {
    let members = context.json_object()?;
    let id = project.id.clone();
    let user = find(project, &decoded(database), &decoded(name))?;
    user.change(context.pace, &members)?;
    Ok(Reply::ok(user.read(context.origin, &id)))
}

/// Adds or replaces one past every call; every cluster has it at once.
pub(crate) fn upsert(project: &mut ProjectState, mut user: DatabaseUser) {
    user.apply();
    remove(project, &user.database, &user.name);
    project.database_users.push(user);
}

/// `false`: there was none.
pub(crate) fn remove(project: &mut ProjectState, database: &str, name: &str) -> bool {
    let before = project.database_users.len();
    let is_it = |user: &DatabaseUser| user.database == database && user.name == name;
    project.database_users.retain(|user| !is_it(user));
    project.database_users.len() < before
}

/// Atlas's Kubernetes operator takes `USERNAME_NOT_FOUND` and `USER_NOT_FOUND` for the same thing; a client goes by the status.
fn find<'a>(project: &'a mut ProjectState, database: &str, name: &str) -> Result<&'a mut DatabaseUser, ApiError> {
    let mut users = project.database_users.iter_mut();
    users
        .find(|user| user.database == database && user.name == name)
        .ok_or_else(|| {
            let detail = format!("No user with username {name} exists.");
            ApiError::new(404, "USER_NOT_FOUND", detail, vec![json!(name)])
        })
}

/// A segment of a path: names may have any characters.
fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
