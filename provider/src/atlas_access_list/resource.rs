//! The resource: what Terraform calls, in terms of the list.

use std::collections::BTreeSet;

use async_trait::async_trait;
use atlas_client::{AccessListValue, ProjectId};
use provider_kit::{ApplyRequest, Claim, Claims, Held, Imported, Operation, OwnerToken, PlanRequest, Resource, Schema};
use tf_provider::Diagnostics;
use tf_provider::value::Value;

use super::changes::{Changes, There, changes, lasting, not_ours, of_others, shown};
use super::remote::{Remote, Unfinished};
use super::state::{Comments, List};
use super::{failures, schema};
use crate::connection::Connection;
use crate::connection::atlas::{Atlas, Ended, Pace, client};

/// `lectern_atlas_access_list`.
pub(crate) struct AccessList {
    connection: Connection,
}

impl AccessList {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// The list of a project at Atlas; `None` with an error.
    async fn remote<'a>(
        atlas: &'a Atlas,
        project: ProjectId,
        operation: &'a Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Remote<'a>> {
        Some(Remote {
            api: client(atlas, operation, diagnostics).await?,
            project,
            pace: Pace::default(),
            operation,
        })
    }
}

/// The entries of one project in the memory of the run.
struct Entries<'a> {
    claims: Claims,
    project: &'a ProjectId,
}

impl Entries<'_> {
    /// Waits until no other resource of the run works on the list.
    async fn hold(&self, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Held> {
        let name = format!("atlas access list {}", self.project);
        match operation.read(self.claims.hold(&name)).await {
            Ok(held) => Some(held),
            Err(interrupt) => {
                failures::ended(
                    diagnostics,
                    interrupt.into(),
                    "waiting for another change of the access list",
                );
                None
            }
        }
    }

    fn name(&self, value: &AccessListValue) -> String {
        format!("atlas access list entry {}/{value}", self.project)
    }

    fn own<'v>(&self, values: impl IntoIterator<Item = &'v AccessListValue>, owner: &OwnerToken) {
        for value in values {
            self.claims.own(&self.name(value), owner);
        }
    }

    fn refuse(&self, values: &[AccessListValue]) {
        for value in values {
            self.claims.refuse(&self.name(value));
        }
    }

    /// Takes out of the changes what another resource of the run made, took over or was refused. Gives the refused ones.
    fn spare(&self, changes: &mut Changes, owner: &OwnerToken) -> Spared {
        let mut spared = Spared::default();
        changes
            .remove
            .retain(|value| match self.claims.against(&self.name(value), owner) {
                None => true,
                Some(Claim::Owned(_)) => {
                    spared.taken.push(value.clone());
                    false
                }
                Some(Claim::Refused) => {
                    spared.refused.push(value.clone());
                    false
                }
            });
        spared
    }
}

/// Entries that are not removed because of what another resource of the run did.
#[derive(Default)]
struct Spared {
    taken: Vec<AccessListValue>,
    refused: Vec<AccessListValue>,
}

async fn read_or_fail(
    remote: &Remote<'_>,
    ignore_temporary: bool,
    doing: &str,
    diagnostics: &mut Diagnostics,
) -> Option<There> {
    match remote.read().await {
        Ok(there) => Some(lasting(there, ignore_temporary)),
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
    /// An error was told; these of the entries it was about exist and are ours.
    Left(Comments),
    /// An error was told before anything was written.
    Nothing,
}

/// Makes the changes. `prior` is what the state had, and `known` are the entries that it may list after a failure.
async fn make(
    remote: &Remote<'_>,
    planned: &Changes,
    prior: &Comments,
    known: &Comments,
    ignore_temporary: bool,
    diagnostics: &mut Diagnostics,
) -> Made {
    let Err(Unfinished { end, has_begun }) = remote.apply(planned).await else {
        return Made::AsPlanned;
    };
    if matches!(end, Ended::Stopped) && has_begun {
        failures::stopped(diagnostics);
        return Made::AsPlanned;
    }
    failures::ended(diagnostics, end, "writing the access list");
    if !has_begun {
        return Made::Nothing;
    }
    match remote.read().await {
        Ok(there) => {
            let (there, owner) = (lasting(there, ignore_temporary), remote.operation.owner());
            let not_ours = not_ours(&there, owner, prior);
            let mut left = shown(&there, owner);
            left.retain(|value, _| known.contains_key(value) && !not_ours.contains(value));
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
        let owner = operation.owner();
        let atlas = self.connection.atlas();
        let remote = Self::remote(&atlas, project, operation, diagnostics).await?;
        let there = read_or_fail(
            &remote,
            state.ignores_temporary(),
            "reading the access list",
            diagnostics,
        )
        .await?;
        let before = state.comments();
        let (taken, others): (Vec<_>, Vec<_>) = of_others(&there, owner)
            .cloned()
            .partition(|value| before.contains_key(value));
        failures::entries_were_taken_over(diagnostics, &taken);
        failures::entries_of_others(diagnostics, remote.project.as_str(), &others);
        state.show(&shown(&there, owner));
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
        let owner = operation.owner();
        let atlas = self.connection.atlas();
        let remote = Self::remote(&atlas, project, operation, diagnostics).await?;
        let entries = Entries {
            claims: self.connection.claims(),
            project: &remote.project,
        };
        let _held = entries.hold(operation, diagnostics).await?;
        let there = read_or_fail(&remote, ignore_temporary, "reading the access list", diagnostics).await?;
        let not_ours = not_ours(&there, owner, &Comments::new());
        if !not_ours.is_empty() && request.effective.adopt_existing != Value::Value(true) {
            entries.refuse(&not_ours);
            failures::list_has_entries(diagnostics, remote.project.as_str(), &there);
            return None;
        }
        let taken_over: Vec<_> = of_others(&there, owner)
            .filter(|value| wanted.contains_key(value))
            .cloned()
            .collect();
        let planned = changes(&there, owner, &Comments::new(), &wanted);
        // A failed create is tainted, and what a tainted state lists is removed: only what was not there before may be listed.
        let mut added = wanted.clone();
        added.retain(|value, _| !there.contains_key(value));
        let mut state = request.planned;
        match make(
            &remote,
            &planned,
            &Comments::new(),
            &added,
            ignore_temporary,
            diagnostics,
        )
        .await
        {
            Made::AsPlanned => {
                entries.own(wanted.keys(), owner);
                failures::entries_are_taken_over(diagnostics, &taken_over);
            }
            Made::Left(left) if !left.is_empty() => {
                entries.own(left.keys(), owner);
                state.show(&left);
            }
            Made::Left(_) | Made::Nothing => return None,
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
        let owner = operation.owner();
        let atlas = self.connection.atlas();
        let Some(remote) = Self::remote(&atlas, project, operation, diagnostics).await else {
            return prior;
        };
        let entries = Entries {
            claims: self.connection.claims(),
            project: &remote.project,
        };
        let Some(_held) = entries.hold(operation, diagnostics).await else {
            return prior;
        };
        let Some(there) = read_or_fail(&remote, ignore_temporary, "reading the access list", diagnostics).await else {
            return prior;
        };
        let mut not_ours = not_ours(&there, owner, &before);
        not_ours.retain(|value| wanted.contains_key(value));
        if !not_ours.is_empty() && request.effective.adopt_existing != Value::Value(true) {
            entries.refuse(&not_ours);
            failures::entries_exist(diagnostics, &not_ours, &there);
            return prior;
        }
        let mut planned = changes(&there, owner, &before, &wanted);
        let Spared { taken, refused } = entries.spare(&mut planned, owner);
        not_ours.retain(|value| there.get(value).is_some_and(|found| found.is_another_s(owner)));
        let known: Comments = before.clone().into_iter().chain(wanted.clone()).collect();
        let mut state = request.planned;
        match make(&remote, &planned, &before, &known, ignore_temporary, diagnostics).await {
            Made::AsPlanned => {
                entries.own(wanted.keys(), owner);
                failures::entries_are_taken_over(diagnostics, &not_ours);
            }
            Made::Left(left) => {
                entries.own(left.keys().filter(|value| wanted.contains_key(value)), owner);
                state.show(&left);
            }
            Made::Nothing => state = prior,
        }
        failures::taken_entries_stay(diagnostics, &taken);
        if !refused.is_empty() {
            failures::refused_entries_stay(diagnostics, &refused);
            let mut left = state.comments();
            left.extend(refused.into_iter().filter_map(|value| {
                let comment = known.get(&value)?.clone();
                Some((value, comment))
            }));
            state.show(&left);
        }
        state
    }

    async fn delete(&self, mut state: List, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<List> {
        let project = state.project()?;
        let known = state.comments();
        let ignore_temporary = state.ignores_temporary();
        let owner = operation.owner();
        let atlas = self.connection.atlas();
        let Some(remote) = Self::remote(&atlas, project, operation, diagnostics).await else {
            return Some(state);
        };
        let entries = Entries {
            claims: self.connection.claims(),
            project: &remote.project,
        };
        let Some(_held) = entries.hold(operation, diagnostics).await else {
            return Some(state);
        };
        let Some(there) = read_or_fail(&remote, ignore_temporary, "reading the access list", diagnostics).await else {
            return Some(state);
        };
        let mut planned = changes(&there, owner, &known, &Comments::new());
        let Spared { mut taken, refused } = entries.spare(&mut planned, owner);
        taken.extend(
            of_others(&there, owner)
                .filter(|value| known.contains_key(value))
                .cloned(),
        );
        failures::taken_entries_stay(diagnostics, &taken);
        let refused: BTreeSet<_> = refused.into_iter().collect();
        let mut left: Comments = known.clone();
        match remote.apply(&planned).await {
            Ok(()) if refused.is_empty() => return None,
            Ok(()) => left.retain(|value, _| refused.contains(value)),
            Err(Unfinished { end, .. }) => {
                failures::ended(diagnostics, end, "removing the access list");
                // After a stop there is no time to look.
                if operation.interrupt().is_none()
                    && let Ok(there) = remote.read().await
                {
                    let there = shown(&lasting(there, ignore_temporary), owner);
                    left.retain(|value, _| there.contains_key(value) && !taken.contains(value));
                }
            }
        }
        if !refused.is_empty() {
            failures::refused_entries_stay(diagnostics, &refused.into_iter().collect::<Vec<_>>());
        }
        state.show(&left);
        Some(state)
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
        let remote = Self::remote(&atlas, project, operation, diagnostics).await?;
        let there = read_or_fail(&remote, true, "reading the access list", diagnostics).await?;
        let owners: BTreeSet<_> = there.values().filter_map(|found| found.owner.clone()).collect();
        if owners.len() > 1 {
            failures::several_owners(diagnostics, &there);
            return None;
        }
        let owner = owners.into_iter().next();
        state.show(&shown(&there, owner.as_ref().unwrap_or(operation.owner())));
        Some(Imported { state, owner })
    }
}
