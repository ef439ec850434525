//! One file a kind of object.

pub(crate) mod access_list;
pub(crate) mod clusters;
pub(crate) mod endpoint_services;
pub(crate) mod endpoints;
pub(crate) mod pages;
pub(crate) mod regional_mode;
pub(crate) mod regions;

use serde_json::{Map, Value};

use crate::course::Pace;
use crate::profile::Profile;
use crate::reply::{ApiError, Reply};
use crate::routes::{Operation, Route};
use crate::store::Store;

/// What an operation may look at.
pub(crate) struct Context<'a> {
    pub(crate) pace: Pace,
    pub(crate) profile: &'a Profile,
    /// `http://host:port` as the client sees it.
    pub(crate) origin: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
}

impl Context<'_> {
    pub(crate) fn json(&self) -> Result<Value, ApiError> {
        serde_json::from_slice(self.body).map_err(|_| ApiError::malformed_json())
    }

    pub(crate) fn json_object(&self) -> Result<Map<String, Value>, ApiError> {
        match self.json()? {
            Value::Object(members) => Ok(members),
            _ => Err(ApiError::malformed_json()),
        }
    }

    /// The value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Answer to a deletion that goes on: 202 as observed, 204 as described.
    pub(crate) fn deletion_accepted(&self) -> Reply {
        if self.profile.described_statuses {
            Reply::no_content()
        } else {
            Reply::new(202, Value::Object(Map::new()))
        }
    }
}

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
    }
}

/// What reads of an object do not see yet, or see for too long.
#[derive(Debug, Clone, Default)]
pub(crate) struct Staleness {
    hidden_reads: u32,
    former: Option<(u32, Value)>,
}

/// What a read sees.
pub(crate) enum Seen {
    /// Nothing yet.
    Nothing,
    /// The object before its deletion.
    Former(Value),
    /// The object.
    Present,
}

impl Staleness {
    pub(crate) fn of_creation(profile: &Profile) -> Self {
        Self {
            hidden_reads: profile.stale_reads_after_create,
            former: None,
        }
    }

    pub(crate) fn deleted(&mut self, profile: &Profile, former: Value) {
        self.hidden_reads = 0;
        if profile.stale_reads_after_delete > 0 {
            self.former = Some((profile.stale_reads_after_delete, former));
        }
    }

    /// Nothing of a deletion shows yet: the object's course has not begun either.
    pub(crate) fn shows_former(&self) -> bool {
        self.former.is_some()
    }

    /// Counts a read.
    pub(crate) fn read(&mut self) -> Seen {
        if self.hidden_reads > 0 {
            self.hidden_reads -= 1;
            return Seen::Nothing;
        }
        match self.former.take() {
            Some((left, former)) => {
                if left > 1 {
                    self.former = Some((left - 1, former.clone()));
                }
                Seen::Former(former)
            }
            None => Seen::Present,
        }
    }
}

/// Members put by hand over those of an object.
pub(crate) fn overlay(mut object: Value, members: &Map<String, Value>) -> Value {
    if let Value::Object(object) = &mut object {
        object.extend(members.clone());
    }
    object
}
