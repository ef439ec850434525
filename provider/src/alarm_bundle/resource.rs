//! The resource: what Terraform calls, in terms of `model` (what should be) and `converge` (what is).

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_cloudwatch::Client;
use provider_kit::{Operation, PlanRequest, Resource, Schema};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::cloudwatch::CloudWatch;
use super::converge::{Objects, Run, from_existing};
use super::model::{self, Context};
use super::state::{Alarm, Bundle, Text};
use super::{failures, schema};
use crate::aws::{Aws, PlannedRegion};
use crate::config::Setting;
use crate::diagnostics::{aws_call_failed, region_is_not_set};
use crate::provider::Connection;

/// `lectern_alarm_bundle`.
pub(crate) struct AlarmBundle {
    connection: Connection,
}

impl AlarmBundle {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// Terraform configures a provider before anything but validation.
    fn aws(&self) -> Arc<Aws> {
        self.connection.get().cloned().unwrap_or_default()
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

    /// The planned bundle of a configuration in which everything is known, at apply. `None` with errors.
    async fn known_plan(&self, request: &PlanRequest<Bundle>, diagnostics: &mut Diagnostics) -> Option<Bundle> {
        let context = self.context(&request.effective, diagnostics).await;
        let (plan, found) = model::plan(&request.effective, &context);
        diagnostics.add_diagnostics(found);
        if !diagnostics.errors.is_empty() {
            return None;
        }
        let mut bundle = request.planned.clone();
        plan.write_to(&mut bundle);
        Some(bundle)
    }

    /// A client of one region; `None` with an error.
    async fn client(&self, aws: &Aws, region: &str, diagnostics: &mut Diagnostics) -> Option<Client> {
        let client = aws.cloudwatch(region).await;
        let report = |cause| aws_call_failed(diagnostics, &format!("connecting to CloudWatch in {region}"), &cause);
        client.map_err(report).ok()
    }

    async fn converge(
        &self,
        request: PlanRequest<Bundle>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Bundle> {
        let mut bundle = self.known_plan(&request, diagnostics).await?;
        let (region, name) = (text(&bundle.region)?, text(&bundle.name)?);
        let aws = self.aws();
        let client = self.client(&aws, &region, diagnostics).await?;
        let run = Run {
            cloudwatch: CloudWatch { client, aws: &aws },
            region: &region,
            bundle: &name,
            operation,
        };
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
        let client = self.client(&aws, &region, diagnostics).await?;
        let run = Run {
            cloudwatch: CloudWatch { client, aws: &aws },
            region: &region,
            bundle: &name,
            operation,
        };
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
        request: PlanRequest<Bundle>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Bundle> {
        self.converge(request, operation, diagnostics).await
    }

    async fn update(
        &self,
        request: PlanRequest<Bundle>,
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
        let Some(client) = self.client(&aws, &region, diagnostics).await else {
            return Some(state);
        };
        let run = Run {
            cloudwatch: CloudWatch { client, aws: &aws },
            region: &region,
            bundle: &name,
            operation,
        };
        let left = run.destroy(&known, diagnostics).await?;
        show(left, &mut state);
        Some(state)
    }

    async fn import(&self, id: &str, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Bundle> {
        let Some((region, name)) = id
            .split_once('/')
            .filter(|(region, name)| !region.is_empty() && !name.is_empty() && !name.contains('/'))
        else {
            failures::import_id_is_malformed(diagnostics, id);
            return None;
        };
        let aws = self.aws();
        let client = self.client(&aws, region, diagnostics).await?;
        let run = Run {
            cloudwatch: CloudWatch { client, aws: &aws },
            region,
            bundle: name,
            operation,
        };
        let existing = run.all_named(diagnostics).await?;
        let ours = existing
            .keys()
            .filter(|alarm| model::parse_name(name, alarm).is_some())
            .cloned()
            .collect();
        let found = from_existing(name, &ours, &existing);
        if found.is_empty() {
            failures::nothing_to_import(diagnostics, region, name);
            return None;
        }
        let known = |value: &str| -> Text { Value::Value(value.to_owned()) };
        let mut bundle = Bundle {
            id: known(id),
            name: known(name),
            region: known(region),
            ..Bundle::default()
        };
        show(found, &mut bundle);
        Some(bundle)
    }
}
