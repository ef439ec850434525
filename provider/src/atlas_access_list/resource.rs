//! The resource: what Terraform calls, in terms of the list.

use async_trait::async_trait;
use atlas_client::ProjectId;
use provider_kit::{Operation, PlanRequest, Resource, Schema};
use tf_provider::Diagnostics;
use tf_provider::value::Value;

use super::list::{AtAtlas, Changes, There, changes, lasting};
use super::state::{Comments, List};
use super::{failures, schema};
use crate::atlas::{Atlas, Ended, Pace};
use crate::diagnostics::atlas_is_not_usable;
use crate::provider::Connection;

/// `lectern_atlas_access_list`.
pub(crate) struct AccessList {
    connection: Connection,
}

impl AccessList {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// The list of a project at Atlas; `None` with an error.
    async fn at_atlas<'a>(
        atlas: &'a Atlas,
        project: ProjectId,
        operation: &'a Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<AtAtlas<'a>> {
        match atlas.client().await {
            Ok(api) => Some(AtAtlas {
                api,
                project,
                pace: Pace::default(),
                operation,
            }),
            Err(cause) => {
                atlas_is_not_usable(diagnostics, &cause);
                None
            }
        }
    }
}

async fn read_or_fail(list: &AtAtlas<'_>, doing: &str, diagnostics: &mut Diagnostics) -> Option<There> {
    match list.read().await {
        Ok(there) => Some(there),
        Err(end) => {
            failures::ended(diagnostics, end, doing);
            None
        }
    }
}

/// Makes the changes; `None` when they are made, otherwise which of `known` exist after the failure.
async fn make(
    list: &AtAtlas<'_>,
    planned: &Changes,
    known: &Comments,
    ignore_temporary: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Comments> {
    let end = list.apply(planned, ignore_temporary).await.err()?;
    let was_stopped = matches!(end, Ended::Stopped);
    failures::ended(diagnostics, end, "writing the access list");
    if !was_stopped && let Ok(there) = list.read().await {
        let mut left = lasting(&there, ignore_temporary);
        left.retain(|value, _| known.contains_key(value));
        return Some(left);
    }
    failures::state_may_be_behind(diagnostics);
    Some(known.clone())
}

#[async_trait]
impl Resource for AccessList {
    type State = List;

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn validate(&self, effective: &List, diagnostics: &mut Diagnostics) {
        schema::validate(effective, diagnostics);
    }

    async fn plan(&self, request: PlanRequest<List>, diagnostics: &mut Diagnostics) -> List {
        // Once more, now that values of other resources are known.
        schema::validate(&request.effective, diagnostics);
        let mut planned = request.planned;
        planned.id = planned.project_id.clone();
        planned
    }

    async fn read(&self, mut state: List, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<List> {
        let Some(project) = state.project() else {
            return Some(state);
        };
        let atlas = self.connection.atlas();
        let list = Self::at_atlas(&atlas, project, operation, diagnostics).await?;
        let there = read_or_fail(&list, "reading the access list", diagnostics).await?;
        state.show(&lasting(&there, state.ignores_temporary()));
        Some(state)
    }

    async fn create(
        &self,
        request: PlanRequest<List>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<List> {
        let project = request.effective.project()?;
        schema::validate(&request.effective, diagnostics);
        if !diagnostics.errors.is_empty() {
            return None;
        }
        let wanted = request.effective.comments();
        let ignore_temporary = request.effective.ignores_temporary();
        let atlas = self.connection.atlas();
        let list = Self::at_atlas(&atlas, project, operation, diagnostics).await?;
        let there = read_or_fail(&list, "reading the access list", diagnostics).await?;
        let mut foreign: Vec<_> = lasting(&there, ignore_temporary).into_keys().collect();
        foreign.retain(|value| !wanted.contains_key(value));
        if !foreign.is_empty() && request.effective.adopt_existing != Value::Value(true) {
            failures::foreign_entries(diagnostics, list.project.as_str(), &foreign);
            return None;
        }
        let planned = changes(&there, &Comments::new(), &wanted, ignore_temporary);
        let mut state = request.planned;
        if let Some(left) = make(&list, &planned, &wanted, ignore_temporary, diagnostics).await {
            state.show(&left);
        }
        Some(state)
    }

    async fn update(&self, request: PlanRequest<List>, operation: &Operation, diagnostics: &mut Diagnostics) -> List {
        let prior = request.prior.clone().unwrap_or_default();
        let Some(project) = request.effective.project() else {
            return prior;
        };
        schema::validate(&request.effective, diagnostics);
        if !diagnostics.errors.is_empty() {
            return prior;
        }
        let (before, wanted) = (prior.comments(), request.effective.comments());
        let ignore_temporary = request.effective.ignores_temporary();
        let atlas = self.connection.atlas();
        let Some(list) = Self::at_atlas(&atlas, project, operation, diagnostics).await else {
            return prior;
        };
        let Some(there) = read_or_fail(&list, "reading the access list", diagnostics).await else {
            return prior;
        };
        let planned = changes(&there, &before, &wanted, ignore_temporary);
        let mut state = request.planned;
        let known: Comments = before.into_iter().chain(wanted).collect();
        if let Some(left) = make(&list, &planned, &known, ignore_temporary, diagnostics).await {
            state.show(&left);
        }
        state
    }

    async fn delete(&self, mut state: List, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<List> {
        let project = state.project()?;
        let known = state.comments();
        let atlas = self.connection.atlas();
        let Some(list) = Self::at_atlas(&atlas, project, operation, diagnostics).await else {
            return Some(state);
        };
        let Some(there) = read_or_fail(&list, "reading the access list", diagnostics).await else {
            return Some(state);
        };
        let ignore_temporary = state.ignores_temporary();
        let planned = changes(&there, &known, &Comments::new(), ignore_temporary);
        let left = make(&list, &planned, &known, ignore_temporary, diagnostics).await?;
        state.show(&left);
        Some(state)
    }

    async fn import(&self, id: &str, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<List> {
        let Ok(project) = ProjectId::parse(id) else {
            failures::import_id_is_malformed(diagnostics, id);
            return None;
        };
        let mut state = List {
            id: Value::Value(id.to_owned()),
            project_id: Value::Value(id.to_owned()),
            entries: Value::Value(Default::default()),
            ..List::default()
        };
        let atlas = self.connection.atlas();
        let list = Self::at_atlas(&atlas, project, operation, diagnostics).await?;
        let there = read_or_fail(&list, "reading the access list", diagnostics).await?;
        state.show(&lasting(&there, true));
        Some(state)
    }
}
