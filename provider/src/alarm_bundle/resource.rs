//! The resource: what Terraform calls, in terms of `model` (what should be) and `converge` (what is).

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use provider_kit::{ApplyRequest, Imported, Operation, PlanRequest, Resource, Schema};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::cloudwatch::{CloudWatch, Existing};
use super::converge::{Objects, Run, from_existing};
use super::model::{self, Context};
use super::state::{Alarm, Bundle, Text};
use super::{failures, schema};
use crate::connection::aws::Aws;
use crate::connection::region::PlannedRegion;
use crate::connection::config::Setting;
use crate::connection::aws::aws_call_failed;
use crate::connection::region::region_is_not_set;
use crate::connection::Connection;

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

    async fn context(&self, config: &Bundle, diagnostics: &mut Diagnostics) -> Context {
        let aws = self.aws();
        let region = match &config.region {
            Value::Null => match aws.region().await {
                PlannedRegion::Known(region) => Value::Value(region),
                PlannedRegion::Unknown => Value::Unknown,
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
        aws: &'a Aws,
        region: &'a str,
        bundle: &'a str,
        operation: &'a Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Run<'a>> {
        match aws.cloudwatch(region).await {
            Ok(client) => Some(Run::new(CloudWatch { client, aws }, region, bundle, operation)),
            Err(cause) => {
                aws_call_failed(diagnostics, &format!("connecting to CloudWatch in {region}"), &cause);
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
        let mut bundle = request.planned.clone();
        let (region, name) = (text(&bundle.region)?, text(&bundle.name)?);
        let aws = self.aws();
        let mut run = Self::run(&aws, &region, &name, operation, diagnostics).await?;
        run.is_new = request.prior.is_none();
        let wanted = objects(&bundle);
        let prior = request.prior.as_ref().map(objects).unwrap_or_default();
        let adopt = request.effective.adopt_existing == Value::Value(true);
        let result = run.converge(&wanted, &prior, adopt, diagnostics).await?;
        if request.prior.is_none() && result.is_empty() && !wanted.is_empty() {
            return None;
        }
        show(result, &mut bundle);
        Some(bundle)
    }
}

fn text(value: &Text) -> Option<String> {
    value.as_ref_option().cloned()
}

fn objects(bundle: &Bundle) -> Objects {
    Objects::of(&bundle.alarms, &bundle.composite_alarm, &bundle.tags_all)
}

/// Writes what exists into the computed attributes.
fn show(objects: Objects, bundle: &mut Bundle) {
    let alarms: BTreeMap<_, _> = objects
        .alarms
        .into_iter()
        .map(|(key, alarm)| (key, Value::Value(alarm)))
        .collect();
    bundle.alarms = Value::Value(alarms);
    bundle.composite_alarm = objects.composite.into();
    bundle.tags_all = Value::Value(
        objects
            .tags
            .into_iter()
            .map(|(key, value)| (key, Value::Value(value)))
            .collect(),
    );
}

/// ARNs that the state knows stay known in the plan; new alarms get theirs from CloudWatch.
fn keep_arns(prior: &Bundle, planned: &mut Bundle) {
    let (Some(before), Value::Value(alarms)) = (prior.alarms.as_ref_option(), &mut planned.alarms) else {
        return;
    };
    let arn = |alarm: Option<&Value<Alarm>>, name: &Text| {
        let alarm = alarm?.as_ref_option().filter(|alarm| alarm.name == *name)?;
        alarm.arn.is_value().then(|| alarm.arn.clone())
    };
    for (key, alarm) in alarms {
        if let Value::Value(alarm) = alarm
            && let Some(arn) = arn(before.get(key), &alarm.name)
        {
            alarm.arn = arn;
        }
    }
    if let (Some(before), Value::Value(composite)) =
        (prior.composite_alarm.as_ref_option(), &mut planned.composite_alarm)
        && before.name == composite.name
        && before.arn.is_value()
    {
        composite.arn = before.arn.clone();
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
        let context = self.context(&request.effective, diagnostics).await;
        let (plan, found) = model::plan(&request.effective, &context);
        diagnostics.add_diagnostics(found);
        let mut planned = request.planned;
        plan.write_to(&mut planned);
        if let Some(prior) = &request.prior {
            keep_arns(prior, &mut planned);
        }
        planned
    }

    async fn read(&self, mut state: Bundle, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Bundle> {
        let known = objects(&state);
        let (Some(region), Some(name)) = (text(&state.region), text(&state.name)) else {
            return Some(state);
        };
        if known.is_empty() {
            return Some(state);
        }
        let aws = self.aws();
        let run = Self::run(&aws, &region, &name, operation, diagnostics).await?;
        let existing = run.existing(&known.names(), &known, diagnostics).await?;
        let mut found = from_existing(&name, &known.names(), &existing);
        found.tags = run.read_tags(&known.tags, &existing, diagnostics).await;
        if found.is_empty() {
            return None;
        }
        show(found, &mut state);
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
        let prior = request.prior.clone().unwrap_or_default();
        self.converge(request, operation, diagnostics).await.unwrap_or(prior)
    }

    async fn delete(&self, mut state: Bundle, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Bundle> {
        let known = objects(&state);
        let (Some(region), Some(name)) = (text(&state.region), text(&state.name)) else {
            return None;
        };
        if known.is_empty() {
            return None;
        }
        let aws = self.aws();
        let Some(run) = Self::run(&aws, &region, &name, operation, diagnostics).await else {
            return Some(state);
        };
        let left = run.destroy(&known, diagnostics).await?;
        show(left, &mut state);
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
        let aws = self.aws();
        let run = Self::run(&aws, region, name, operation, diagnostics).await?;
        let mut existing = run.all_named(diagnostics).await?;
        existing.retain(|alarm, _| model::parse_name(name, alarm).is_some());
        let composites: Vec<_> = existing
            .iter()
            .filter(|(_, alarm)| matches!(alarm, Existing::Composite(_)))
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
        let mut found = from_existing(name, &existing.keys().cloned().collect(), &existing);
        found.tags = run.common_tags(&existing, diagnostics).await;
        let known = |value: &str| -> Text { Value::Value(value.to_owned()) };
        let mut bundle = Bundle {
            id: known(id),
            name: known(name),
            region: known(region),
            ..Bundle::default()
        };
        show(found, &mut bundle);
        Some(Imported { state: bundle, owner: None })
    }
}
