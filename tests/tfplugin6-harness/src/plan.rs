//! Planning, with the calls and the checks that Terraform makes around it.

use anyhow::{Context, ensure};
use serde_json::Value;
use tfplugin6::proto::{AttributePath, attribute_path::Selector, plan_resource_change};

use crate::{
    Action, Diagnostics, Plan, ProviderProcess, State,
    client::{pack, unpack},
    config::complete_config,
    conform::assert_plan_valid,
    diagnostic::render_path,
    proposed::proposed_new,
    schema::implied_type,
    value::equal,
};

impl ProviderProcess {
    /// Validates `config`, and plans the way to it from `prior`. The configuration may hold [`crate::UNKNOWN`].
    ///
    /// A plan that requires a replacement is planned a second time from nothing, as Terraform does.
    ///
    /// # Errors
    /// A call failed, Terraform itself refuses the configuration, or the plan is one that Terraform calls a bug in the
    /// provider.
    pub async fn plan(&self, type_name: &str, prior: Option<&State>, config: Value) -> anyhow::Result<Plan> {
        let config = complete_config(&self.resource(type_name)?.attributes, &config, "")?;
        let diagnostics = self.validate_complete(type_name, &config).await?;
        let mut plan = Plan {
            type_name: type_name.to_owned(),
            action: Action::Create,
            prior: prior.cloned(),
            config,
            planned: Value::Null,
            private: Vec::new(),
            identity: Value::Null,
            requires_replace: Vec::new(),
            diagnostics,
        };
        if plan.diagnostics.has_errors() {
            return Ok(plan);
        }
        let tainted = prior.is_some_and(|state| state.tainted);
        self.plan_from(&mut plan, prior.filter(|_| !tainted)).await?;
        if plan.diagnostics.has_errors() {
            return Ok(plan);
        }
        if !plan.requires_replace.is_empty() {
            self.plan_from(&mut plan, None).await?;
        }
        let r#type = implied_type(&self.resource(type_name)?.attributes);
        plan.action = match prior {
            None => Action::Create,
            Some(_) if tainted || !plan.requires_replace.is_empty() => Action::Replace,
            Some(state) if equal(&r#type, &state.value, &plan.planned) => Action::NoOp,
            Some(_) => Action::Update,
        };
        Ok(plan)
    }

    /// Plans the removal of `prior`.
    ///
    /// # Errors
    /// The call failed, or the plan keeps the object.
    pub async fn plan_destroy(&self, type_name: &str, prior: &State) -> anyhow::Result<Plan> {
        let mut plan = Plan {
            type_name: type_name.to_owned(),
            action: Action::Destroy,
            prior: Some(prior.clone()),
            config: Value::Null,
            planned: Value::Null,
            private: prior.private.clone(),
            identity: prior.identity.clone(),
            requires_replace: Vec::new(),
            diagnostics: Diagnostics::default(),
        };
        if self.schema().plan_destroy {
            self.plan_from(&mut plan, Some(prior)).await?;
        }
        Ok(plan)
    }

    /// One `PlanResourceChange` with its checks. Paths that require a replacement are added, diagnostics too.
    pub(crate) async fn plan_from(&self, plan: &mut Plan, prior: Option<&State>) -> anyhow::Result<()> {
        let schema = self.resource(&plan.type_name)?;
        let prior_value = prior.map_or(&Value::Null, |state| &state.value);
        let proposed = if plan.config.is_null() {
            Value::Null
        } else {
            proposed_new(&schema.attributes, prior_value, &plan.config)
        };
        let request = plan_resource_change::Request {
            type_name: plan.type_name.clone(),
            prior_state: pack(schema, prior_value)?,
            proposed_new_state: pack(schema, &proposed)?,
            config: pack(schema, &plan.config)?,
            prior_private: prior.map(|state| state.private.clone()).unwrap_or_default(),
            provider_meta: self.provider_meta()?,
            client_capabilities: None,
            prior_identity: match prior {
                Some(state) => self.pack_identity(&plan.type_name, &state.identity)?,
                None => None,
            },
        };
        let response = self.client().plan_resource_change(request).await?.into_inner();
        plan.diagnostics.extend(Diagnostics::from_wire(response.diagnostics)?);
        if plan.diagnostics.has_errors() {
            return Ok(());
        }
        plan.planned = unpack(schema, response.planned_state).context("planned state")?;
        plan.private = response.planned_private;
        plan.identity = self.unpack_identity(&plan.type_name, response.planned_identity)?;
        assert_plan_valid(&schema.attributes, prior_value, &plan.config, &plan.planned, "")
            .context("the plan contradicts the configuration")?;
        if prior.is_none() {
            return Ok(());
        }
        for path in &response.requires_replace {
            let rendered = render_path(path);
            ensure!(!path.steps.is_empty(), "an empty path requires a replacement");
            // Terraform ignores a path whose value does not change.
            if at(prior_value, path) != at(&plan.planned, path) && !plan.requires_replace.contains(&rendered) {
                plan.requires_replace.push(rendered);
            }
        }
        if plan.requires_replace.is_empty()
            && let Some(state) = prior
            && !plan.planned.is_null()
        {
            self.check_identity(&plan.type_name, &state.identity, &plan.identity)
                .context("planned")?;
        }
        Ok(())
    }
}

/// The value at a path; null where the path ends early.
fn at<'a>(value: &'a Value, path: &AttributePath) -> &'a Value {
    static NULL: Value = Value::Null;
    path.steps.iter().fold(value, |value, step| {
        let part = match &step.selector {
            Some(Selector::AttributeName(name) | Selector::ElementKeyString(name)) => value.get(name),
            Some(Selector::ElementKeyInt(index)) => usize::try_from(*index).ok().and_then(|index| value.get(index)),
            None => None,
        };
        part.unwrap_or(&NULL)
    })
}
