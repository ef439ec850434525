//! The resource: what Terraform calls, in terms of `definition` (what should be) and `remote` (what is).

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use provider_kit::{ApplyRequest, Imported, Num, Operation, PlanRequest, Resource, Schema};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::definition::{DEFAULT_GROUP, Definition, dump_problems, payload};
use super::remote::{Remote, WriteError};
use super::state::{RetryPolicy, State, Text, text};
use super::target::Target;
use super::timing::Timing;
use super::{failures, schema, target};
use crate::connection::aws::{Aws, AwsError};
use crate::connection::region::PlannedRegion;
use crate::connection::aws::aws_call_failed;
use crate::connection::region::region_is_not_set;
use crate::connection::Connection;

/// `lectern_mongo_dump_schedule`.
pub(crate) struct DumpSchedule {
    connection: Connection,
}

/// Where a schedule is.
struct Place {
    region: String,
    group: String,
    name: String,
}

impl Place {
    fn of(state: &State) -> Option<Self> {
        Some(Self {
            region: state.region.as_ref_option()?.clone(),
            group: state.group_name.as_deref_option().unwrap_or(DEFAULT_GROUP).to_owned(),
            name: state.name.as_ref_option()?.clone(),
        })
    }

    fn parse(id: &str) -> Option<Self> {
        let words: Vec<&str> = id.split('/').collect();
        let [region, group, name] = words[..] else { return None };
        words.iter().all(|word| !word.is_empty()).then(|| Self {
            region: region.to_owned(),
            group: group.to_owned(),
            name: name.to_owned(),
        })
    }

    fn id(&self) -> String {
        format!("{}/{}/{}", self.region, self.group, self.name)
    }

    /// `None` with an error.
    async fn remote<'a>(
        &'a self,
        aws: &Aws,
        operation: &'a Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Remote<'a>> {
        match aws.scheduler(&self.region).await {
            Ok(client) => Some(Remote {
                client,
                group: &self.group,
                name: &self.name,
                operation,
            }),
            Err(cause) => {
                let doing = format!("connecting to EventBridge Scheduler in {}", self.region);
                aws_call_failed(diagnostics, &doing, &cause);
                None
            }
        }
    }

    fn failed(&self, diagnostics: &mut Diagnostics, doing: &str, cause: &AwsError) {
        aws_call_failed(diagnostics, &format!("{doing} the schedule {}", self.id()), cause);
    }
}

impl DumpSchedule {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    fn aws(&self) -> Arc<Aws> {
        self.connection.aws()
    }

    async fn region(&self, configured: &Text, diagnostics: &mut Diagnostics) -> Text {
        if !configured.is_null() {
            return configured.clone();
        }
        match self.aws().region().await {
            PlannedRegion::Known(region) => Value::Value(region),
            PlannedRegion::Unknown => Value::Unknown,
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
        planned.region = self.region(&request.effective.region, diagnostics).await;
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

/// A schedule of this name exists: its ARN if it is the planned one, which an apply that was cut off made. `None` with errors.
async fn found(
    remote: &Remote<'_>,
    place: &Place,
    planned: &Definition,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    match remote.get().await {
        Ok(Some((arn, there))) => {
            let differences = planned.differences(&there);
            if differences.is_empty() {
                return Some(arn);
            }
            failures::exists_and_differs(diagnostics, &place.group, &place.name, &arn, &differences);
        }
        Ok(None) => failures::vanished(diagnostics, &place.name),
        Err(cause) => place.failed(diagnostics, "looking at", &cause),
    }
    None
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
        let remote = place.remote(&aws, operation, diagnostics).await?;
        match remote.get().await {
            Ok(Some((arn, there))) => {
                there.show(&mut state);
                state.arn = text(&arn);
                Some(state)
            }
            Ok(None) => None,
            Err(cause) => {
                place.failed(diagnostics, "reading", &cause);
                None
            }
        }
    }

    async fn create(
        &self,
        request: ApplyRequest<State>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<State> {
        let (mut state, place, definition) = self.wanted(&request, operation, diagnostics).await?;
        let aws = self.aws();
        let remote = place.remote(&aws, operation, diagnostics).await?;
        let arn = match remote.create(&definition).await {
            Ok(arn) => arn,
            Err(WriteError::Exists) => found(&remote, &place, &definition, diagnostics).await?,
            Err(WriteError::NotFound) => {
                failures::group_does_not_exist(diagnostics, &place.region, &place.group);
                return None;
            }
            Err(WriteError::Stopped(interrupt)) => {
                failures::stopped(diagnostics, interrupt);
                return None;
            }
            Err(WriteError::Aws(cause)) => match remote.get().await {
                // The answer was lost, not the call.
                Ok(Some((arn, there))) if there == definition => arn,
                _ => {
                    place.failed(diagnostics, "creating", &cause);
                    return None;
                }
            },
        };
        state.arn = text(&arn);
        Some(state)
    }

    async fn update(&self, request: ApplyRequest<State>, operation: &Operation, diagnostics: &mut Diagnostics) -> State {
        let mut prior = request.prior.clone().unwrap_or_default();
        let Some((mut state, place, definition)) = self.wanted(&request, operation, diagnostics).await else {
            return prior;
        };
        state.arn = prior.arn.clone();
        if Definition::of(&prior).as_ref() == Some(&definition) {
            return state;
        }
        let aws = self.aws();
        let Some(remote) = place.remote(&aws, operation, diagnostics).await else {
            return prior;
        };
        match remote.update(&definition).await {
            Ok(arn) => {
                state.arn = text(&arn);
                return state;
            }
            Err(WriteError::NotFound) => failures::gone_before_update(diagnostics, &place.name),
            Err(WriteError::Stopped(interrupt)) => failures::stopped(diagnostics, interrupt),
            Err(WriteError::Exists) => failures::vanished(diagnostics, &place.name),
            Err(WriteError::Aws(cause)) => {
                if let Ok(Some((_, there))) = remote.get().await {
                    if there == definition {
                        return state;
                    }
                    there.show(&mut prior);
                }
                place.failed(diagnostics, "changing", &cause);
            }
        }
        prior
    }

    async fn delete(&self, state: State, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<State> {
        let place = Place::of(&state)?;
        let aws = self.aws();
        let Some(remote) = place.remote(&aws, operation, diagnostics).await else {
            return Some(state);
        };
        match remote.delete().await {
            Ok(()) => None,
            Err(cause) => {
                place.failed(diagnostics, "deleting", &cause);
                Some(state)
            }
        }
    }

    async fn import(&self, id: &str, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Imported<State>> {
        let Some(place) = Place::parse(id) else {
            failures::import_id_is_malformed(diagnostics, id);
            return None;
        };
        let aws = self.aws();
        let remote = place.remote(&aws, operation, diagnostics).await?;
        let (arn, there) = match remote.get().await {
            Ok(Some(found)) => found,
            Ok(None) => {
                failures::nothing_to_import(diagnostics, &place.region, &place.group, &place.name);
                return None;
            }
            Err(cause) => {
                place.failed(diagnostics, "reading", &cause);
                return None;
            }
        };
        let number = |number: i64| Value::Value(Num::from(number));
        let mut state = State {
            id: text(id),
            name: text(&place.name),
            group_name: text(&place.group),
            region: text(&place.region),
            arn: text(&arn),
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
        Some(Imported { state, owner: None })
    }
}
