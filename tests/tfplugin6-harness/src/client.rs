//! The verbs that change nothing: validation, configuration, reading, importing, upgrading, data sources and functions;
//! each with the calls and the checks that Terraform makes around it (terraform `internal/terraform`,
//! `node_resource_abstract_instance.go`).

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tfplugin6::proto::{
    DynamicValue, FunctionError, RawState, ResourceIdentityData, call_function, configure_provider,
    import_resource_state, read_data_source, read_resource, upgrade_resource_identity, upgrade_resource_state,
    validate_data_resource_config, validate_provider_config, validate_resource_config,
};

use crate::{
    Diagnostics, Outcome, ProviderProcess, State,
    config::complete_config,
    conform::assert_plan_valid,
    schema::{Schema, Type, implied_type},
    value::{decode, encode, first_unknown, has_unknown},
};

/// The Terraform version that providers receive.
const TERRAFORM_VERSION: &str = "1.11.4";

impl ProviderProcess {
    /// `ValidateProviderConfig`.
    ///
    /// # Errors
    /// The call failed, or Terraform itself refuses the configuration.
    pub async fn validate_provider(&self, config: Value) -> anyhow::Result<Diagnostics> {
        let schema = &self.schema().provider;
        let config = complete_config(&schema.attributes, &config, "")?;
        let request = validate_provider_config::Request {
            config: pack(schema, &config)?,
        };
        Diagnostics::from_wire(
            self.client()
                .validate_provider_config(request)
                .await?
                .into_inner()
                .diagnostics,
        )
    }

    /// `ValidateProviderConfig`, then `ConfigureProvider` unless that failed.
    ///
    /// # Errors
    /// A call failed, or Terraform itself refuses the configuration.
    pub async fn configure(&self, config: Value) -> anyhow::Result<Diagnostics> {
        let mut diagnostics = self.validate_provider(config.clone()).await?;
        if diagnostics.has_errors() {
            return Ok(diagnostics);
        }
        let schema = &self.schema().provider;
        let request = configure_provider::Request {
            terraform_version: TERRAFORM_VERSION.to_owned(),
            config: pack(schema, &complete_config(&schema.attributes, &config, "")?)?,
            client_capabilities: None,
        };
        let response = self.client().configure_provider(request).await?.into_inner();
        diagnostics.extend(Diagnostics::from_wire(response.diagnostics)?);
        Ok(diagnostics)
    }

    /// `ValidateResourceConfig`.
    ///
    /// # Errors
    /// The call failed, or Terraform itself refuses the configuration.
    pub async fn validate_resource(&self, type_name: &str, config: Value) -> anyhow::Result<Diagnostics> {
        let schema = self.resource(type_name)?;
        let config = complete_config(&schema.attributes, &config, "")?;
        self.validate_complete(type_name, &config).await
    }

    pub(crate) async fn validate_complete(&self, type_name: &str, config: &Value) -> anyhow::Result<Diagnostics> {
        let request = validate_resource_config::Request {
            type_name: type_name.to_owned(),
            config: pack(self.resource(type_name)?, config)?,
            client_capabilities: None,
        };
        Diagnostics::from_wire(
            self.client()
                .validate_resource_config(request)
                .await?
                .into_inner()
                .diagnostics,
        )
    }

    /// `ReadResource`: refreshes.
    ///
    /// # Errors
    /// The call failed, or the state is not of the schema or has unknown values.
    pub async fn read(&self, type_name: &str, state: &State) -> anyhow::Result<Outcome> {
        let schema = self.resource(type_name)?;
        let request = read_resource::Request {
            type_name: type_name.to_owned(),
            current_state: pack(schema, &state.value)?,
            private: state.private.clone(),
            provider_meta: self.provider_meta()?,
            client_capabilities: None,
            current_identity: self.pack_identity(type_name, &state.identity)?,
        };
        let response = self.client().read_resource(request).await?.into_inner();
        let diagnostics = Diagnostics::from_wire(response.diagnostics)?;
        if diagnostics.has_errors() {
            return Ok(Outcome {
                state: Some(state.clone()),
                diagnostics,
            });
        }
        let value = known(unpack(schema, response.new_state).context("refreshed state")?)?;
        if value.is_null() {
            return Ok(Outcome {
                state: None,
                diagnostics,
            });
        }
        let identity = self.unpack_identity(type_name, response.new_identity)?;
        self.check_identity(type_name, &state.identity, &identity)?;
        let state = Some(State {
            value,
            private: response.private,
            identity,
            tainted: state.tainted,
        });
        Ok(Outcome { state, diagnostics })
    }

    /// `ImportResourceState` by an id, then `ReadResource`.
    ///
    /// # Errors
    /// A call failed, or the import is not of exactly one object of the type.
    pub async fn import(&self, type_name: &str, id: &str) -> anyhow::Result<Outcome> {
        let request = import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            client_capabilities: None,
            identity: None,
        };
        self.import_one(type_name, request).await
    }

    /// `ImportResourceState` by an identity as an import block has it, then `ReadResource`.
    ///
    /// # Errors
    /// A call failed, the identity is not of the schema, or the import is not of exactly one object of the type.
    pub async fn import_identity(&self, type_name: &str, identity: Value) -> anyhow::Result<Outcome> {
        let identity = complete_config(&self.identity(type_name)?.attributes, &identity, "")?;
        let request = import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: String::new(),
            client_capabilities: None,
            identity: self.pack_identity(type_name, &identity)?,
        };
        self.import_one(type_name, request).await
    }

    async fn import_one(&self, type_name: &str, request: import_resource_state::Request) -> anyhow::Result<Outcome> {
        let response = self.client().import_resource_state(request).await?.into_inner();
        let mut diagnostics = Diagnostics::from_wire(response.diagnostics)?;
        if diagnostics.has_errors() {
            return Ok(Outcome {
                state: None,
                diagnostics,
            });
        }
        let [imported] = <[_; 1]>::try_from(response.imported_resources)
            .map_err(|imported| anyhow::anyhow!("imported {} objects", imported.len()))?;
        ensure!(imported.type_name == type_name, "imported a {}", imported.type_name);
        let value = unpack(self.resource(type_name)?, imported.state).context("imported state")?;
        ensure!(!value.is_null(), "imported nothing");
        let identity = self.unpack_identity(type_name, imported.identity)?;
        self.check_identity(type_name, &Value::Null, &identity)?;
        let state = State {
            value: known(value)?,
            private: imported.private,
            identity,
            tainted: false,
        };
        let outcome = self.read(type_name, &state).await?;
        diagnostics.extend(outcome.diagnostics);
        Ok(Outcome {
            state: outcome.state,
            diagnostics,
        })
    }

    /// `UpgradeResourceState` of a state stored by schema version `version`, as JSON.
    ///
    /// # Errors
    /// The call failed, or the state is not of the schema.
    pub async fn upgrade(&self, type_name: &str, version: i64, stored: &Value) -> anyhow::Result<Outcome> {
        self.upgrade_text(type_name, version, &stored.to_string()).await
    }

    /// The same of JSON text, whose numbers may have any number of digits.
    ///
    /// # Errors
    /// See [`Self::upgrade`].
    pub async fn upgrade_text(&self, type_name: &str, version: i64, stored: &str) -> anyhow::Result<Outcome> {
        let schema = self.resource(type_name)?;
        let request = upgrade_resource_state::Request {
            type_name: type_name.to_owned(),
            version,
            raw_state: Some(RawState {
                json: stored.as_bytes().to_vec(),
                ..Default::default()
            }),
        };
        let response = self.client().upgrade_resource_state(request).await?.into_inner();
        let diagnostics = Diagnostics::from_wire(response.diagnostics)?;
        if diagnostics.has_errors() {
            return Ok(Outcome {
                state: None,
                diagnostics,
            });
        }
        let value = known(unpack(schema, response.upgraded_state).context("upgraded state")?)?;
        Ok(Outcome {
            state: Some(State {
                value,
                private: Vec::new(),
                identity: Value::Null,
                tainted: false,
            }),
            diagnostics,
        })
    }

    /// `UpgradeResourceIdentity` of an identity stored by schema version `version`, as JSON.
    ///
    /// # Errors
    /// The call failed, there are error diagnostics, or the identity is not of the schema.
    pub async fn upgrade_identity(&self, type_name: &str, version: i64, stored: &Value) -> anyhow::Result<Value> {
        let request = upgrade_resource_identity::Request {
            type_name: type_name.to_owned(),
            version,
            raw_identity: Some(RawState {
                json: serde_json::to_vec(stored)?,
                ..Default::default()
            }),
        };
        let response = self.client().upgrade_resource_identity(request).await?.into_inner();
        Diagnostics::from_wire(response.diagnostics)?.ok()?;
        known(self.unpack_identity(type_name, response.upgraded_identity)?)
    }

    /// `ValidateDataResourceConfig`, then `ReadDataSource`.
    ///
    /// # Errors
    /// A call failed, Terraform itself refuses the configuration, or the result contradicts it.
    pub async fn read_data_source(&self, type_name: &str, config: Value) -> anyhow::Result<Outcome> {
        let schema = self
            .schema()
            .data_sources
            .get(type_name)
            .context("no such data source")?;
        let config = complete_config(&schema.attributes, &config, "")?;
        let packed = pack(schema, &config)?;
        let request = validate_data_resource_config::Request {
            type_name: type_name.to_owned(),
            config: packed.clone(),
        };
        let response = self.client().validate_data_resource_config(request).await?.into_inner();
        let mut diagnostics = Diagnostics::from_wire(response.diagnostics)?;
        if diagnostics.has_errors() {
            return Ok(Outcome {
                state: None,
                diagnostics,
            });
        }
        ensure!(
            !has_unknown(&config),
            "Terraform reads a data source only once its configuration is known"
        );
        let request = read_data_source::Request {
            type_name: type_name.to_owned(),
            config: packed,
            provider_meta: self.provider_meta()?,
            client_capabilities: None,
        };
        let response = self.client().read_data_source(request).await?.into_inner();
        diagnostics.extend(Diagnostics::from_wire(response.diagnostics)?);
        if diagnostics.has_errors() {
            return Ok(Outcome {
                state: None,
                diagnostics,
            });
        }
        let value = known(unpack(schema, response.state).context("state of the data source")?)?;
        assert_plan_valid(&schema.attributes, &Value::Null, &config, &value, "")
            .context("the data source contradicts its configuration")?;
        Ok(Outcome {
            state: Some(State {
                value,
                private: Vec::new(),
                identity: Value::Null,
                tainted: false,
            }),
            diagnostics,
        })
    }

    /// `CallFunction`. The inner error is the function's own: the index of the argument and the text.
    ///
    /// # Errors
    /// The call failed, or Terraform would not make it: a wrong number of arguments, null or unknown where not allowed.
    pub async fn call_function(&self, name: &str, arguments: &[Value]) -> anyhow::Result<Result<Value, FunctionError>> {
        let function = self
            .schema()
            .functions
            .get(name)
            .with_context(|| format!("no function {name}"))?;
        ensure!(
            arguments.len() == function.parameters.len()
                || arguments.len() > function.parameters.len() && function.variadic.is_some(),
            "{name}: wrong number of arguments"
        );
        let mut packed = Vec::new();
        let parameters = function.parameters.iter().chain(function.variadic.iter().cycle());
        for (parameter, argument) in parameters.zip(arguments) {
            ensure!(parameter.allow_null || !argument.is_null(), "{}: null", parameter.name);
            ensure!(
                parameter.allow_unknown || !has_unknown(argument),
                "{}: unknown",
                parameter.name
            );
            packed.push(packed_value(&parameter.r#type, argument).with_context(|| parameter.name.clone())?);
        }
        let request = call_function::Request {
            name: name.to_owned(),
            arguments: packed,
        };
        let response = self.client().call_function(request).await?.into_inner();
        if let Some(error) = response.error {
            return Ok(Err(error));
        }
        let result = response.result.context("neither a result nor an error")?;
        Ok(Ok(unpacked_value(&function.result, &result).context("result")?))
    }

    pub(crate) fn resource(&self, type_name: &str) -> anyhow::Result<&Schema> {
        self.schema()
            .resources
            .get(type_name)
            .with_context(|| format!("no resource {type_name}"))
    }

    fn identity(&self, type_name: &str) -> anyhow::Result<&Schema> {
        self.schema()
            .identities
            .get(type_name)
            .with_context(|| format!("{type_name} has no identity"))
    }

    /// Null is not sent.
    pub(crate) fn pack_identity(
        &self,
        type_name: &str,
        identity: &Value,
    ) -> anyhow::Result<Option<ResourceIdentityData>> {
        if identity.is_null() {
            return Ok(None);
        }
        let identity_data = pack(self.identity(type_name)?, identity)?;
        Ok(Some(ResourceIdentityData { identity_data }))
    }

    /// Null where none was sent.
    pub(crate) fn unpack_identity(
        &self,
        type_name: &str,
        identity: Option<ResourceIdentityData>,
    ) -> anyhow::Result<Value> {
        match identity.and_then(|identity| identity.identity_data) {
            Some(data) => unpack(self.identity(type_name)?, Some(data)).context("identity"),
            None => Ok(Value::Null),
        }
    }

    /// An object of a type with an identity has one, all of it is known, and it does not change. `before` may be null:
    /// Terraform before 1.12 stored none.
    pub(crate) fn check_identity(&self, type_name: &str, before: &Value, now: &Value) -> anyhow::Result<()> {
        if !self.schema().identities.contains_key(type_name) {
            return Ok(());
        }
        ensure!(!now.is_null(), "the object has no identity");
        ensure!(!has_unknown(now), "the identity is not known: {now}");
        ensure!(
            before.is_null() || before == now,
            "the identity has changed: was {before}, but now {now}"
        );
        Ok(())
    }

    /// Terraform sends the value only to providers that have a schema for it.
    pub(crate) fn provider_meta(&self) -> anyhow::Result<Option<DynamicValue>> {
        match &self.schema().provider_meta {
            Some(schema) => pack(schema, &Value::Null),
            None => Ok(None),
        }
    }
}

pub(crate) fn pack(schema: &Schema, value: &Value) -> anyhow::Result<Option<DynamicValue>> {
    packed_value(&implied_type(&schema.attributes), value).map(Some)
}

fn packed_value(r#type: &Type, value: &Value) -> anyhow::Result<DynamicValue> {
    Ok(DynamicValue {
        msgpack: encode(r#type, value)?,
        json: Vec::new(),
    })
}

pub(crate) fn unpack(schema: &Schema, value: Option<DynamicValue>) -> anyhow::Result<Value> {
    match value {
        Some(value) => unpacked_value(&implied_type(&schema.attributes), &value),
        None => Ok(Value::Null),
    }
}

fn unpacked_value(r#type: &Type, value: &DynamicValue) -> anyhow::Result<Value> {
    match (value.msgpack.as_slice(), value.json.as_slice()) {
        ([], []) => Ok(Value::Null),
        ([], json) => Ok(serde_json::from_slice(json)?),
        (msgpack, _) => decode(r#type, msgpack),
    }
}

fn known(value: Value) -> anyhow::Result<Value> {
    if let Some(path) = first_unknown(&value, "") {
        bail!("{path}: unknown in a state");
    }
    Ok(value)
}
