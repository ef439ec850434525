//! `/groups/{groupId}/accessList`.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::pages;
use crate::context::Context;
use crate::lock;
use crate::objects::access_list_entry::Entry;
use crate::reply::{ApiError, Reply};
use crate::store::ProjectState;

pub(crate) fn list(project: &mut ProjectState, context: &Context<'_>) -> Result<Reply, ApiError> {
    let id = &project.id;
    let entries = project
        .access_list
        .iter_mut()
        .filter_map(|entry| entry.read(context, id));
    pages::page(context, 200, entries.collect())
}

/// Adds entries, or changes those with the same values; all or none.
pub(crate) fn post(project: &mut ProjectState, context: &Context<'_>) -> Result<Reply, ApiError> {
    let Value::Array(posted) = context.json()? else {
        return Err(ApiError::malformed_json());
    };
    let parse = |entry| Entry::parse(context.pace, context.profile, project.vpc_peering, entry);
    let entries = posted.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    for entry in entries {
        upsert(project, entry);
    }
    let id = &project.id;
    let all = project
        .access_list
        .iter()
        .map(|entry| entry.to_json(context, id))
        .collect();
    pages::page(context, context.profile.created(), all)
}

pub(crate) fn upsert(project: &mut ProjectState, entry: Entry) {
    match project.access_list.iter_mut().find(|known| known.kind == entry.kind) {
        Some(known) => {
            known.comment = entry.comment;
            known.delete_after = entry.delete_after;
        }
        None => project.access_list.push(entry),
    }
}

/// By CIDR block, address or security group. `false`: there was none.
pub(crate) fn remove(project: &mut ProjectState, value: &str) -> bool {
    let before = project.access_list.len();
    project.access_list.retain(|entry| !entry.is_named(value));
    project.access_list.len() < before
}

pub(crate) fn get(project: &mut ProjectState, context: &Context<'_>, value: &str) -> Result<Reply, ApiError> {
    let value = decoded(value);
    let id = project.id.clone();
    let entry = find(project, &value)?.read(context, &id);
    entry.map(Reply::ok).ok_or_else(|| not_found(&value, &id))
}

pub(crate) fn delete(project: &mut ProjectState, value: &str) -> Result<Reply, ApiError> {
    let value = decoded(value);
    if remove(project, &value) {
        Ok(Reply::no_content())
    } else {
        Err(not_found(&value, &project.id))
    }
}

/// The member's name is in capitals.
pub(crate) fn status(project: &mut ProjectState, value: &str) -> Result<Reply, ApiError> {
    let entry = find(project, &decoded(value))?;
    let status = json!({ "STATUS": entry.course.state() });
    entry.course.look();
    Ok(Reply::ok(status))
}

fn find<'a>(project: &'a mut ProjectState, value: &str) -> Result<&'a mut Entry, ApiError> {
    let ProjectState { id, access_list, .. } = project;
    let entry = access_list.iter_mut().find(|entry| entry.is_named(value));
    entry.ok_or_else(|| not_found(value, id))
}

fn not_found(value: &str, project: &str) -> ApiError {
    let detail = format!("IP Address {value} not on Atlas access list for group {project}.");
    let parameters = vec![json!(value), json!(project)];
    ApiError::new(404, "ATLAS_NETWORK_PERMISSION_ENTRY_NOT_FOUND", detail, parameters)
}

/// The only characters of an entry that are escaped in a path.
fn decoded(value: &str) -> String {
    let value = value.replace("%2F", "/").replace("%2f", "/");
    value.replace("%3A", ":").replace("%3a", ":")
}

/// Projects with an access list POST that waits for its answer.
#[derive(Debug, Default)]
pub(crate) struct Posting {
    projects: Mutex<BTreeSet<String>>,
}

/// A project's turn to post, until dropped.
pub(crate) struct Turn<'a> {
    posting: &'a Posting,
    project: String,
}

impl Posting {
    /// `None`: another call has it.
    pub(crate) fn begin(&self, project: &str) -> Option<Turn<'_>> {
        let is_free = lock(&self.projects).insert(project.to_owned());
        is_free.then(|| Turn {
            posting: self,
            project: project.to_owned(),
        })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        lock(&self.posting.projects).remove(&self.project);
    }
}
