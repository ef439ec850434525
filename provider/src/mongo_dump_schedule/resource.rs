//! The resource: what Terraform calls, in terms of `definition` (what should be) and `remote` (what is).

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use provider_kit::{ApplyRequest, Claim, Held, Imported, Num, Operation, OwnerToken, PlanRequest, Resource, Schema};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::definition::{Definition, dump_problems, payload};
use super::place::Place;
use super::remote::{Found, Remote};
use super::state::{RetryPolicy, State, Text, text};
use super::target::Target;
use super::timing::Timing;
use super::unanswered::WriteError;
use super::{failures, schema, target};
use crate::connection::Connection;
use crate::connection::aws::Aws;
use crate::connection::region::{PlannedRegion, imported_region_is_malformed, is_region, region_is_not_set};

/// `lectern_mongo_dump_schedule`.
pub(crate) struct DumpSchedule {
    connection: Connection,
}

impl DumpSchedule {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    fn aws(&self) -> Arc<Aws> {
        self.connection.aws()
    }

    async fn region(&self, configured: &Text, prior: Option<&State>, diagnostics: &mut Diagnostics) -> Text {
        if !configured.is_null() {
            return configured.clone();
        }
        match self.aws().region().await {
            PlannedRegion::Known(region) => Value::Value(region),
            // The region of a provider that comes from something new is most often the one it was: no reason to replace.
            PlannedRegion::Unknown => prior.map_or(Value::Unknown, |prior| prior.region.clone()),
            PlannedRegion::NotSet => {
                region_is_not_set(diagnostics, AttributePath::new("region"));
                Value::Unknown
            }
        }
    }

    /// The planned state with everything in it that can be known.
    async fn complete(&self, request: &PlanRequest<State>, diagnostics: &mut Diagnostics) -> State {
        check(&request.effective, diagnostics);
        let mut planned = request.planned.clone();
        planned.region = self
            .region(&request.effective.region, request.prior.as_ref(), diagnostics)
            .await;
        if let (Value::Value(region), Value::Value(arn)) = (&planned.region, &planned.target_arn)
            && Target::parse(arn).is_some_and(|target| target.region() != region)
        {
            failures::target_is_in_another_region(diagnostics, arn, region);
        }
        let is_open = planned.name.is_unknown() || planned.group_name.is_unknown() || planned.region.is_unknown();
        planned.id = match Place::of(&planned) {
            Some(place) if !is_open => Value::Value(place.id()),
            _ => Value::Unknown,
        };
        planned.payload = payload(&request.effective.dump);
        let timing = Timing::of(&request.effective);
        let now = Timestamp::now();
        let prior = request.prior.as_ref().map(|prior| (prior, Timing::of(prior)));
        match prior {
            // It depends on the time of the look, and a plan that changes nothing else must not change it.
            Some((prior, before)) if before == timing => {
                planned.max_interval_seconds = prior.max_interval_seconds.clone();
            }
            prior => {
                timing.check_new(prior.map(|(_, before)| before).as_ref(), now, diagnostics);
                if planned.max_interval_seconds.is_unknown() {
                    planned.max_interval_seconds = timing.max_interval_seconds(now);
                }
            }
        }
        planned
    }

    /// State, place and definition of an apply, where everything is known, and the target is looked at. `None` with errors.
    async fn wanted(
        &self,
        request: &ApplyRequest<State>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<(State, Place, Definition)> {
        let state = request.planned.clone();
        let (place, definition) = (Place::of(&state)?, Definition::of(&state)?);
        // Nothing starts while it is paused, and a target that went bad is a reason to pause.
        if definition.enabled && request.effective.verify_target != Value::Value(false) {
            let shortest = Timing::of(&state).intervals(Timestamp::now());
            let shortest = shortest.map(|intervals| intervals.shortest);
            target::verify(&self.aws(), &definition.target_arn, shortest, operation, diagnostics).await;
        }
        diagnostics.errors.is_empty().then_some((state, place, definition))
    }

    /// Waits until no other resource of the run works on the schedule. `None` with an error.
    async fn hold(&self, place: &Place, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Held> {
        let claims = self.connection.claims();
        let held = operation.read(claims.hold(&place.claim())).await;
        held.map_err(|interrupt| {
            let doing = format!(
                "waiting for another resource to finish with the schedule {}",
                place.id()
            );
            failures::interrupted(diagnostics, &doing, interrupt, operation.timeout());
        })
        .ok()
    }

    /// What to do with a create that found a schedule: it is ours where it has our mark, whose answer was lost. `None` with an
    /// error.
    fn ours_or_refused(
        &self,
        place: &Place,
        found: Found,
        owner: &OwnerToken,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        if found.owner.as_ref() == Some(owner) {
            return Some(found.arn);
        }
        self.connection.claims().refuse(&place.claim());
        failures::exists(diagnostics, place, &found.arn, found.owner.as_ref());
        None
    }
}

/// What is wrong with a configuration by itself.
fn check(effective: &State, diagnostics: &mut Diagnostics) {
    Timing::of(effective).check(diagnostics);
    if let Value::Value(dump) = &effective.dump {
        for problem in dump_problems(dump) {
            failures::dump_field_is_malformed(diagnostics, &problem);
        }
    }
}

/// The client; `None` with an error.
async fn connect<'a>(
    aws: &Aws,
    place: &'a Place,
    operation: &'a Operation,
    diagnostics: &mut Diagnostics,
) -> Option<Remote<'a>> {
    let remote = Remote::connect(aws, place, operation).await;
    remote
        .map_err(|cause| {
            let doing = format!("connecting to EventBridge Scheduler in {}", place.region);
            failures::not_read(diagnostics, &doing, &cause, operation.timeout());
        })
        .ok()
}

/// The schedule as it is; `None` with an error.
async fn look(
    remote: &Remote<'_>,
    doing: &str,
    place: &Place,
    operation: &Operation,
    diagnostics: &mut Diagnostics,
) -> Option<Option<Found>> {
    let found = remote.get().await;
    found
        .map_err(|cause| {
            let doing = format!("{doing} the schedule {}", place.id());
            failures::not_read(diagnostics, &doing, &cause, operation.timeout());
        })
        .ok()
}

/// Whether a schedule of a state with this token carries another one.
fn is_of_another(found: &Found, owner: &OwnerToken) -> bool {
    found.owner.as_ref().is_some_and(|there| there != owner)
}

#[async_trait]
impl Resource for DumpSchedule {
    type State = State;

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn validate(&self, effective: &State, diagnostics: &mut Diagnostics) {
        check(effective, diagnostics);
    }

    async fn plan(&self, request: PlanRequest<State>, diagnostics: &mut Diagnostics) -> State {
        self.complete(&request, diagnostics).await
    }

    async fn read(&self, mut state: State, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<State> {
        let Some(place) = Place::of(&state) else {
            return Some(state);
        };
        let aws = self.aws();
        let remote = connect(&aws, &place, operation, diagnostics).await?;
        let found = look(&remote, "reading", &place, operation, diagnostics).await??;
        if is_of_another(&found, operation.owner()) {
            failures::taken_over(diagnostics, &place, &found.arn);
            return None;
        }
        found.definition.show(&mut state);
        state.arn = text(&found.arn);
        Some(state)
    }

    async fn create(
        &self,
        request: ApplyRequest<State>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<State> {
        let (mut state, place, definition) = self.wanted(&request, operation, diagnostics).await?;
        let _held = self.hold(&place, operation, diagnostics).await?;
        let aws = self.aws();
        let remote = connect(&aws, &place, operation, diagnostics).await?;
        let owner = operation.owner();
        let failed = match remote.create(&definition).await {
            Ok(arn) => {
                self.connection.claims().own(&place.claim(), owner);
                state.arn = text(&arn);
                return Some(state);
            }
            Err(WriteError::NotFound) => {
                failures::group_does_not_exist(diagnostics, &place.region, &place.group);
                return None;
            }
            Err(failed) => failed,
        };
        // The answer may be lost, and not the call: only a look tells.
        let arn = match (remote.get().await, failed) {
            (Ok(Some(found)), WriteError::Exists) => self.ours_or_refused(&place, found, owner, diagnostics)?,
            (Ok(Some(found)), _) if found.owner.as_ref() == Some(owner) => found.arn,
            (Ok(None), WriteError::Exists) => {
                failures::vanished(diagnostics, &place.name);
                return None;
            }
            (Err(cause), WriteError::Exists) => {
                self.connection.claims().refuse(&place.claim());
                failures::exists_unseen(diagnostics, &place, &cause);
                return None;
            }
            // It stays in the state, so that the next refresh finds it or drops it.
            (Err(_), failed) if failed.may_be_done() => {
                self.connection.claims().own(&place.claim(), owner);
                failures::may_exist(diagnostics, &place, &failed, operation.timeout());
                return Some(state);
            }
            (_, failed) => {
                failures::not_written(diagnostics, "creating", &place, &failed, operation.timeout());
                return None;
            }
        };
        self.connection.claims().own(&place.claim(), owner);
        state.arn = text(&arn);
        Some(state)
    }

    async fn update(
        &self,
        request: ApplyRequest<State>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> State {
        let mut prior = request.prior.clone().unwrap_or_default();
        let Some((mut state, place, definition)) = self.wanted(&request, operation, diagnostics).await else {
            return prior;
        };
        state.arn = prior.arn.clone();
        if Definition::of(&prior).as_ref() == Some(&definition) {
            return state;
        }
        let Some(_held) = self.hold(&place, operation, diagnostics).await else {
            return prior;
        };
        let aws = self.aws();
        let Some(remote) = connect(&aws, &place, operation, diagnostics).await else {
            return prior;
        };
        match look(&remote, "reading", &place, operation, diagnostics).await {
            None => return prior,
            Some(None) => {
                failures::gone_before_update(diagnostics, &place.name);
                return prior;
            }
            Some(Some(found)) if is_of_another(&found, operation.owner()) => {
                failures::belongs_to_another(diagnostics, &place, &found.arn);
                return prior;
            }
            Some(Some(_)) => {}
        }
        let failed = match remote.update(&definition).await {
            Ok(arn) => {
                state.arn = text(&arn);
                return state;
            }
            Err(WriteError::NotFound | WriteError::Exists) => {
                failures::gone_before_update(diagnostics, &place.name);
                return prior;
            }
            Err(failed) => failed,
        };
        if let Ok(Some(found)) = remote.get().await
            && !is_of_another(&found, operation.owner())
        {
            if found.definition == definition {
                return state;
            }
            found.definition.show(&mut prior);
        }
        failures::not_written(diagnostics, "changing", &place, &failed, operation.timeout());
        prior
    }

    async fn delete(&self, state: State, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<State> {
        let place = Place::of(&state)?;
        let Some(_held) = self.hold(&place, operation, diagnostics).await else {
            return Some(state);
        };
        let aws = self.aws();
        let Some(remote) = connect(&aws, &place, operation, diagnostics).await else {
            return Some(state);
        };
        let Some(found) = look(&remote, "reading", &place, operation, diagnostics).await else {
            return Some(state);
        };
        let found = found?;
        match self.connection.claims().against(&place.claim(), operation.owner()) {
            Some(Claim::Refused) => {
                failures::wanted_by_another(diagnostics, &place, &found.arn);
                return Some(state);
            }
            Some(Claim::Owned(_)) => {
                failures::left_to_another(diagnostics, &place, &found.arn);
                return None;
            }
            None if is_of_another(&found, operation.owner()) => {
                failures::left_to_another(diagnostics, &place, &found.arn);
                return None;
            }
            None => {}
        }
        match remote.delete().await {
            Ok(()) => None,
            Err(failed) => {
                failures::not_written(diagnostics, "deleting", &place, &failed, operation.timeout());
                Some(state)
            }
        }
    }

    async fn import(&self, id: &str, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Imported<State>> {
        let Some(place) = Place::parse(id) else {
            failures::import_id_is_malformed(diagnostics, id);
            return None;
        };
        if !is_region(&place.region) {
            imported_region_is_malformed(diagnostics, id, &place.region, "<region>/<group>/<name>");
            return None;
        }
        let aws = self.aws();
        let remote = connect(&aws, &place, operation, diagnostics).await?;
        let Some(found) = look(&remote, "reading", &place, operation, diagnostics).await? else {
            failures::nothing_to_import(diagnostics, &place.region, &place.group, &place.name);
            return None;
        };
        let there = found.definition;
        let number = |number: i64| Value::Value(Num::from(number));
        let mut state = State {
            id: text(id),
            name: text(&place.name),
            group_name: text(&place.group),
            region: text(&place.region),
            arn: text(&found.arn),
            schedule_expression_timezone: text(&there.zone),
            enabled: Value::Value(there.enabled),
            flexible_window_minutes: number(there.window_minutes),
            retry_policy: Value::Value(RetryPolicy {
                maximum_retry_attempts: number(there.attempts),
                maximum_event_age_in_seconds: number(there.event_age_seconds),
            }),
            ..State::default()
        };
        there.show(&mut state);
        state.max_interval_seconds = Timing::of(&state).max_interval_seconds(Timestamp::now());
        Some(Imported {
            state,
            owner: found.owner,
        })
    }
}
