//! The resource: what Terraform calls, in terms of the list.

use async_trait::async_trait;
use atlas_client::ProjectId;
use provider_kit::{ApplyRequest, Imported, Operation, PlanRequest, Resource, Schema};
use tf_provider::Diagnostics;
use tf_provider::value::Value;

use super::list::{AtAtlas, Changes, There, changes, lasting};
use super::state::{Comments, List};
use super::{failures, schema};
use crate::connection::atlas::{Atlas, Ended, Pace};
use crate::connection::atlas::atlas_is_not_usable;
use crate::connection::Connection;

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

/// What came of the changes.
enum Made {
    /// All of them, or Terraform asked to stop: the next refresh shows how far it got.
    AsPlanned,
    /// An error was told; these of the entries it was about are there.
    Left(Comments),
}

/// Makes the changes. `known` are the entries that the state may list after a failure.
async fn make(
    list: &AtAtlas<'_>,
    planned: &Changes,
    known: &Comments,
    ignore_temporary: bool,
    diagnostics: &mut Diagnostics,
) -> Made {
    let Err(end) = list.apply(planned, ignore_temporary).await else {
        return Made::AsPlanned;
    };
    if matches!(end, Ended::Stopped) {
        failures::stopped(diagnostics);
        return Made::AsPlanned;
    }
    failures::ended(diagnostics, end, "writing the access list");
    match list.read().await {
        Ok(there) => {
            let mut left = lasting(&there, ignore_temporary);
            left.retain(|value, _| known.contains_key(value));
            Made::Left(left)
        }
        Err(_) => {
            failures::state_may_be_behind(diagnostics);
            Made::Left(known.clone())
        }
    }
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
        request: ApplyRequest<List>,
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
        // A failed create is tainted, and what a tainted state lists is removed: only what was not there before may be listed.
        let mut added = wanted;
        added.retain(|value, _| !there.contains_key(value));
        let mut state = request.planned;
        if let Made::Left(left) = make(&list, &planned, &added, ignore_temporary, diagnostics).await {
            if left.is_empty() {
                return None;
            }
            state.show(&left);
        }
        Some(state)
    }

    async fn update(&self, request: ApplyRequest<List>, operation: &Operation, diagnostics: &mut Diagnostics) -> List {
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
        if let Made::Left(left) = make(&list, &planned, &known, ignore_temporary, diagnostics).await {
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
        match list.apply(&planned, ignore_temporary).await {
            Ok(()) => None,
            Err(end) => {
                failures::ended(diagnostics, end, "removing the access list");
                // After a stop there is no time to look.
                if operation.interrupt().is_none()
                    && let Ok(there) = list.read().await
                {
                    let mut left = lasting(&there, ignore_temporary);
                    left.retain(|value, _| known.contains_key(value));
                    state.show(&left);
                }
                Some(state)
            }
        }
    }

    async fn import(&self, id: &str, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Imported<List>> {
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
        Some(Imported { state, owner: None })
    }
}
