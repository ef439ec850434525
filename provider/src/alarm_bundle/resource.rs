//! The resource: what Terraform calls, in terms of `model` (what should be) and a `Run` (what is).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use provider_kit::{ApplyRequest, Imported, Operation, PlanRequest, Resource, Schema, UpgradeError};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::marker::Marker;
use super::model::{self, Context};
use super::objects::{Existing, Objects, from_described};
use super::remote::Remote;
use super::run::Run;
use super::state::{Bundle, Text};
use super::{failures, schema, upgrade};
use crate::connection::Connection;
use crate::connection::aws::{Aws, aws_call_failed};
use crate::connection::config::Setting;
use crate::connection::region::{PlannedRegion, imported_region_is_malformed, is_region, region_is_not_set};

/// `lectern_alarm_bundle`.
pub(crate) struct AlarmBundle {
    connection: Connection,
}

impl AlarmBundle {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    fn aws(&self) -> Arc<Aws> {
        self.connection.aws()
    }

    /// `prior`: the region of the bundle that exists. It stays as long as the provider's region is unknown: a replacement
    /// would remove all alarms for a region that is most likely the same.
    async fn context(&self, config: &Bundle, prior: Option<&Text>, diagnostics: &mut Diagnostics) -> Context {
        let aws = self.aws();
        let region = match &config.region {
            Value::Null => match aws.region().await {
                PlannedRegion::Known(region) => Value::Value(region),
                PlannedRegion::Unknown => prior.cloned().unwrap_or(Value::Unknown),
                PlannedRegion::NotSet => {
                    region_is_not_set(diagnostics, AttributePath::new("region"));
                    Value::Unknown
                }
            },
            region => region.clone(),
        };
        let default_tags = match &aws.config().default_tags {
            Setting::Known(tags) => Value::Value(tags.clone()),
            Setting::Unknown => Value::Unknown,
        };
        Context { region, default_tags }
    }

    /// A run in the bundle's region; `None` with an error.
    async fn run<'a>(
        &self,
        aws: &'a Aws,
        region: &'a str,
        bundle: &'a str,
        operation: &'a Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Run<'a>> {
        let doing = format!("connecting to CloudWatch in {region}");
        match operation.read(aws.cloudwatch(region)).await {
            Ok(Ok(client)) => Some(Run {
                remote: Remote {
                    client,
                    aws,
                    region,
                    marker: Marker {
                        bundle,
                        owner: operation.owner(),
                    },
                },
                operation,
                claims: self.connection.claims(),
                is_new: false,
            }),
            Ok(Err(cause)) => {
                aws_call_failed(diagnostics, &doing, &cause);
                None
            }
            Err(interrupt) => {
                failures::interrupted(diagnostics, interrupt, operation.timeout(), &doing, false);
                None
            }
        }
    }

    async fn converge(
        &self,
        request: ApplyRequest<Bundle>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Bundle> {
        let ApplyRequest {
            mut prior,
            planned: mut bundle,
            effective,
        } = request;
        let adopt = effective.adopt_existing == Value::Value(true);
        drop(effective);
        let (Some(region), Some(name)) = (text(&bundle.region), text(&bundle.name)) else {
            return prior;
        };
        let aws = self.aws();
        let Some(mut run) = self.run(&aws, &region, &name, operation, diagnostics).await else {
            return prior;
        };
        run.is_new = prior.is_none();
        let wanted = Objects::take_from(&mut bundle);
        let wants_nothing = wanted.is_empty();
        let before = prior.as_mut().map(Objects::take_from).unwrap_or_default();
        match run.converge(wanted, before, adopt, diagnostics).await {
            Ok(result) if run.is_new && result.is_empty() && !wants_nothing => None,
            Ok(result) => {
                result.put_into(&mut bundle);
                Some(bundle)
            }
            Err(before) => {
                if let Some(prior) = &mut prior {
                    before.put_into(prior);
                }
                prior
            }
        }
    }
}

fn text(value: &Text) -> Option<String> {
    value.as_ref_option().cloned()
}

/// The ARNs that a state knows. They stay known in the plan; new alarms get theirs from CloudWatch.
#[derive(Default)]
struct Arns(BTreeMap<String, Text>);

impl Arns {
    /// By name.
    fn of(prior: Objects) -> Self {
        let alarms = prior.alarms.into_values().map(|alarm| (alarm.name, alarm.arn));
        let composite = prior.composite.map(|composite| (composite.name, composite.arn));
        let known = alarms
            .chain(composite)
            .filter(|(_, arn)| arn.is_value())
            .filter_map(|(name, arn)| Some((name.as_option()?, arn)));
        Self(known.collect())
    }

    fn keep_in(self, planned: &mut Bundle) {
        let arn_of = |name: &Text| name.as_ref_option().and_then(|name| self.0.get(name)).cloned();
        for alarm in planned.alarms.iter_mut().flat_map(BTreeMap::values_mut) {
            if let Value::Value(alarm) = alarm
                && let Some(arn) = arn_of(&alarm.name)
            {
                alarm.arn = arn;
            }
        }
        if let Value::Value(composite) = &mut planned.composite_alarm
            && let Some(arn) = arn_of(&composite.name)
        {
            composite.arn = arn;
        }
    }
}

#[async_trait]
impl Resource for AlarmBundle {
    type State = Bundle;

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn validate(&self, effective: &Bundle, diagnostics: &mut Diagnostics) {
        let region = if effective.region.is_null() {
            Value::Unknown
        } else {
            effective.region.clone()
        };
        let (_, found) = model::plan(
            effective,
            &Context {
                region,
                default_tags: Value::Null,
            },
        );
        diagnostics.add_diagnostics(found);
    }

    async fn plan(&self, request: PlanRequest<Bundle>, diagnostics: &mut Diagnostics) -> Bundle {
        let PlanRequest {
            prior,
            mut planned,
            config: _,
            effective,
        } = request;
        let prior_region = prior.as_ref().map(|prior| prior.region.clone());
        let arns = prior.map(|mut prior| Arns::of(Objects::take_from(&mut prior)));
        // what the model makes again is not kept beside it
        drop(Objects::take_from(&mut planned));
        let context = self.context(&effective, prior_region.as_ref(), diagnostics).await;
        let (plan, found) = model::plan(&effective, &context);
        diagnostics.add_diagnostics(found);
        plan.write_to(&mut planned);
        arns.unwrap_or_default().keep_in(&mut planned);
        planned
    }

    async fn read(&self, mut state: Bundle, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Bundle> {
        let (Some(region), Some(name)) = (text(&state.region), text(&state.name)) else {
            return Some(state);
        };
        let known = Objects::take_from(&mut state);
        if known.is_empty() {
            known.put_into(&mut state);
            return Some(state);
        }
        let aws = self.aws();
        let run = self.run(&aws, &region, &name, operation, diagnostics).await?;
        let names = known.names();
        let mut existing = run.existing(&names, &known, false, diagnostics).await?;
        let others = run.not_ours(&existing, &names);
        if !others.is_empty() {
            failures::alarms_belong_to_another(diagnostics, &others);
            existing.retain(|name, _| !others.contains(name));
        }
        let tags = run.read_tags(known.tags, &existing, diagnostics).await;
        let found = from_described(&name, existing, tags);
        if found.is_empty() {
            return None;
        }
        found.put_into(&mut state);
        Some(state)
    }

    async fn create(
        &self,
        request: ApplyRequest<Bundle>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Bundle> {
        self.converge(request, operation, diagnostics).await
    }

    async fn update(
        &self,
        request: ApplyRequest<Bundle>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Bundle {
        self.converge(request, operation, diagnostics).await.unwrap_or_default()
    }

    async fn delete(&self, mut state: Bundle, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Bundle> {
        let (Some(region), Some(name)) = (text(&state.region), text(&state.name)) else {
            return None;
        };
        let aws = self.aws();
        let Some(run) = self.run(&aws, &region, &name, operation, diagnostics).await else {
            return Some(state);
        };
        let known = Objects::take_from(&mut state);
        if known.is_empty() {
            return None;
        }
        let left = run.destroy(known, diagnostics).await?;
        left.put_into(&mut state);
        Some(state)
    }

    async fn import(&self, id: &str, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Imported<Bundle>> {
        let Some((region, name)) = id
            .split_once('/')
            .filter(|(region, name)| !region.is_empty() && !name.is_empty() && !name.contains('/'))
        else {
            failures::import_id_is_malformed(diagnostics, id);
            return None;
        };
        if !is_region(region) {
            imported_region_is_malformed(diagnostics, id, region, "<region>/<bundle name>");
            return None;
        }
        let aws = self.aws();
        let run = self.run(&aws, region, name, operation, diagnostics).await?;
        let prefix = format!("{name}/");
        let mut existing = match run.read(run.remote.describe_prefix(&prefix)).await {
            Ok(existing) => existing,
            Err(end) => {
                let doing = format!("looking for alarms named \"{prefix}...\" in {region}");
                run.report(end, &doing, diagnostics);
                return None;
            }
        };
        existing.retain(|alarm, _| model::parse_name(name, alarm).is_some());
        let composites: Vec<_> = existing
            .iter()
            .filter(|(_, alarm)| alarm.is_composite())
            .map(|(name, _)| name.clone())
            .collect();
        if composites.len() > 1 {
            failures::two_composites(diagnostics, &composites);
            return None;
        }
        if existing.is_empty() {
            failures::nothing_to_import(diagnostics, region, name);
            return None;
        }
        let owners: BTreeSet<_> = existing
            .values()
            .filter_map(|alarm: &Existing| alarm.owner.clone())
            .collect();
        if owners.len() > 1 {
            failures::owners_differ(diagnostics, region, name);
            return None;
        }
        let known = |value: &str| -> Text { Value::Value(value.to_owned()) };
        let mut bundle = Bundle {
            id: known(id),
            name: known(name),
            region: known(region),
            ..Bundle::default()
        };
        // which tags are the bundle's own only the configuration can tell
        from_described(name, existing, BTreeMap::new()).put_into(&mut bundle);
        Some(Imported {
            state: bundle,
            owner: owners.into_iter().next(),
        })
    }

    fn upgrade(&self, version: i64, state: serde_json::Value) -> Result<serde_json::Value, UpgradeError> {
        upgrade::upgrade(version, state)
    }
}
