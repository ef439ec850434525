//! Applying, with the calls and the checks that Terraform makes around it.

use anyhow::{Context, bail};
use serde_json::Value;
use tfplugin6::proto::apply_resource_change;

use crate::{
    Action, Diagnostics, Outcome, Plan, ProviderProcess, State,
    client::{pack, unpack},
    config::complete_config,
    conform::assert_compatible,
    schema::implied_type,
    value::first_unknown,
};

impl ProviderProcess {
    /// Applies a plan whose configuration is known.
    ///
    /// # Errors
    /// See [`Self::apply_known`].
    pub async fn apply(&self, plan: &Plan) -> anyhow::Result<Outcome> {
        self.apply_complete(plan, plan.config.clone(), None).await
    }

    /// Applies a plan and sends another configuration along, as Terraform does under `ignore_changes`: it plans with the
    /// ignored values and applies with those that were typed. What was planned has to come out.
    ///
    /// # Errors
    /// See [`Self::apply_known`].
    pub async fn apply_ignoring(&self, plan: &Plan, typed: Value) -> anyhow::Result<Outcome> {
        let typed = complete_config(&self.resource(&plan.type_name)?.attributes, &typed, "")?;
        self.apply_complete(plan, plan.config.clone(), Some(typed)).await
    }

    /// Applies a plan with the configuration that is known by now: plans once more, as Terraform does, applies, and
    /// checks the result against the plan. A plan without changes calls nothing.
    ///
    /// # Errors
    /// A call failed, the configuration is still unknown, or the result is one that Terraform calls a bug in the
    /// provider.
    pub async fn apply_known(&self, plan: &Plan, config: Value) -> anyhow::Result<Outcome> {
        let config = complete_config(&self.resource(&plan.type_name)?.attributes, &config, "")?;
        self.apply_complete(plan, config, None).await
    }

    /// `typed` is what the apply sends, where it is not what was planned with.
    async fn apply_complete(&self, plan: &Plan, config: Value, typed: Option<Value>) -> anyhow::Result<Outcome> {
        plan.diagnostics
            .clone()
            .ok()
            .context("a plan with errors cannot be applied")?;
        if let Some(path) = first_unknown(&config, "") {
            bail!("{path}: still unknown when applied");
        }
        let mut prior = plan.prior.clone();
        let mut diagnostics = Diagnostics::default();
        match plan.action {
            Action::NoOp => {
                return Ok(Outcome {
                    state: prior,
                    diagnostics,
                });
            }
            Action::Destroy => return self.apply_change(plan, prior.as_ref()).await,
            Action::Replace => {
                if let Some(state) = &prior {
                    let outcome = self.destroy(&plan.type_name, state).await?;
                    if outcome.diagnostics.has_errors() {
                        return Ok(outcome);
                    }
                    diagnostics.extend(outcome.diagnostics);
                    prior = None;
                }
            }
            Action::Create | Action::Update => {}
        }
        let mut known = Plan {
            config,
            diagnostics: Diagnostics::default(),
            ..plan.clone()
        };
        self.plan_from(&mut known, prior.as_ref()).await?;
        if known.diagnostics.has_errors() {
            diagnostics.extend(known.diagnostics);
            return Ok(Outcome {
                state: prior,
                diagnostics,
            });
        }
        let r#type = implied_type(&self.resource(&plan.type_name)?.attributes);
        assert_compatible(&r#type, &plan.planned, &known.planned, "")
            .context("the plan made at apply is another one")?;
        known.config = typed.unwrap_or(known.config);
        let outcome = self.apply_change(&known, prior.as_ref()).await?;
        diagnostics.extend(outcome.diagnostics);
        Ok(Outcome {
            state: outcome.state,
            diagnostics,
        })
    }

    /// One `ApplyResourceChange` with its checks.
    async fn apply_change(&self, plan: &Plan, prior: Option<&State>) -> anyhow::Result<Outcome> {
        let schema = self.resource(&plan.type_name)?;
        let request = apply_resource_change::Request {
            type_name: plan.type_name.clone(),
            prior_state: pack(schema, prior.map_or(&Value::Null, |state| &state.value))?,
            planned_state: pack(schema, &plan.planned)?,
            config: pack(schema, &plan.config)?,
            planned_private: plan.private.clone(),
            provider_meta: self.provider_meta()?,
            planned_identity: self.pack_identity(&plan.type_name, &plan.identity)?,
        };
        let response = self.client().apply_resource_change(request).await?.into_inner();
        let diagnostics = Diagnostics::from_wire(response.diagnostics)?;
        let value = unpack(schema, response.new_state).context("applied state")?;
        if let Some(path) = first_unknown(&value, "") {
            bail!("{path}: unknown after apply");
        }
        let failed = diagnostics.has_errors();
        if !failed {
            assert_compatible(&implied_type(&schema.attributes), &plan.planned, &value, "")
                .context("the applied state contradicts the plan")?;
        }
        let identity = self.unpack_identity(&plan.type_name, response.new_identity)?;
        if !failed && !value.is_null() {
            self.check_identity(&plan.type_name, &plan.identity, &identity)?;
        }
        let state = if value.is_null() {
            // Terraform does not take "nothing" for an answer from a call that failed.
            prior.filter(|_| failed).cloned()
        } else {
            Some(State {
                value,
                private: response.private,
                identity,
                tainted: failed && prior.is_none(),
            })
        };
        Ok(Outcome { state, diagnostics })
    }

    /// Plans and applies.
    ///
    /// # Errors
    /// See [`Self::plan`] and [`Self::apply_known`].
    pub async fn plan_and_apply(
        &self,
        type_name: &str,
        prior: Option<&State>,
        config: Value,
    ) -> anyhow::Result<Outcome> {
        let plan = self.plan(type_name, prior, config).await?;
        if plan.diagnostics.has_errors() {
            return Ok(Outcome {
                state: prior.cloned(),
                diagnostics: plan.diagnostics,
            });
        }
        self.apply(&plan).await
    }

    /// Plans the removal and applies it.
    ///
    /// # Errors
    /// See [`Self::plan_destroy`] and [`Self::apply_known`].
    pub async fn destroy(&self, type_name: &str, prior: &State) -> anyhow::Result<Outcome> {
        let plan = self.plan_destroy(type_name, prior).await?;
        if plan.diagnostics.has_errors() {
            return Ok(Outcome {
                state: Some(prior.clone()),
                diagnostics: plan.diagnostics,
            });
        }
        self.apply_change(&plan, Some(prior)).await
    }
}
