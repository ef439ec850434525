//! The answers, RPC by RPC: schemas and plans, and an error wherever Atlas would be asked.

use std::collections::BTreeMap;

use async_trait::async_trait;
use rmpv::Value;
use tfplugin6::Provider;
use tfplugin6::proto::{
    Diagnostic, DynamicValue, ServerCapabilities, apply_resource_change, call_function, configure_provider,
    diagnostic::Severity, get_functions, get_metadata, get_provider_schema, get_resource_identity_schemas,
    import_resource_state, move_resource_state, plan_resource_change, read_data_source, read_resource,
    upgrade_resource_identity, upgrade_resource_state, validate_data_resource_config, validate_provider_config,
    validate_resource_config,
};

use crate::fixture::{self, Block};
use crate::planned;

/// The provider without Atlas.
pub(crate) struct StandIn {
    provider: Block,
    resources: BTreeMap<&'static str, Block>,
}

impl Default for StandIn {
    fn default() -> Self {
        Self {
            provider: fixture::provider(),
            resources: fixture::resources(),
        }
    }
}

/// `operation` is a verb, for example `create`.
fn without_atlas(operation: &str, what: &str) -> Vec<Diagnostic> {
    vec![Diagnostic {
        severity: Severity::Error.into(),
        summary: "This provider is a schema stand-in without Atlas.".to_owned(),
        detail: format!(
            "Got the request to {operation} {what}. The stand-in of mongodb/mongodbatlas in the mirror of the local cloud knows the names \
             and types of arguments, so that configurations can be validated, planned and tested with mocks. It does not connect to Atlas. \
             To switch the module atlas off, set count = 0 in its module block. To use Atlas, take mongodb/mongodbatlas from a registry: \
             unset TF_CLI_CONFIG_FILE and run terraform init -upgrade."
        ),
        attribute: None,
    }]
}

fn is_nil(value: Option<&DynamicValue>) -> bool {
    unpack(value).is_none_or(|value| value.is_nil())
}

fn unpack(value: Option<&DynamicValue>) -> Option<Value> {
    rmpv::decode::read_value(&mut value?.msgpack.as_slice()).ok()
}

fn pack(value: &Value) -> DynamicValue {
    let mut msgpack = Vec::new();
    // a vector takes every byte
    rmpv::encode::write_value(&mut msgpack, value).unwrap_or_default();
    DynamicValue {
        msgpack,
        json: Vec::new(),
    }
}

fn capabilities() -> Option<ServerCapabilities> {
    Some(ServerCapabilities {
        plan_destroy: false,
        get_provider_schema_optional: true,
        move_resource_state: false,
    })
}

#[async_trait]
impl Provider for StandIn {
    async fn get_metadata(&self, _: get_metadata::Request) -> get_metadata::Response {
        let resources = self.resources.keys().map(|name| get_metadata::TypeMetadata {
            type_name: (*name).to_owned(),
        });
        get_metadata::Response {
            server_capabilities: capabilities(),
            resources: resources.collect(),
            ..Default::default()
        }
    }

    async fn get_provider_schema(&self, _: get_provider_schema::Request) -> get_provider_schema::Response {
        let resources = self.resources.iter();
        get_provider_schema::Response {
            provider: Some(self.provider.to_wire()),
            resource_schemas: resources
                .map(|(name, block)| ((*name).to_owned(), block.to_wire()))
                .collect(),
            server_capabilities: capabilities(),
            ..Default::default()
        }
    }

    async fn validate_provider_config(
        &self,
        _: validate_provider_config::Request,
    ) -> validate_provider_config::Response {
        validate_provider_config::Response::default()
    }

    async fn validate_resource_config(
        &self,
        _: validate_resource_config::Request,
    ) -> validate_resource_config::Response {
        validate_resource_config::Response::default()
    }

    async fn validate_data_resource_config(
        &self,
        request: validate_data_resource_config::Request,
    ) -> validate_data_resource_config::Response {
        validate_data_resource_config::Response {
            diagnostics: without_atlas("read", &request.type_name),
        }
    }

    /// States come from tests that override resources.
    async fn upgrade_resource_state(
        &self,
        request: upgrade_resource_state::Request,
    ) -> upgrade_resource_state::Response {
        upgrade_resource_state::Response {
            upgraded_state: request.raw_state.map(|raw| DynamicValue {
                json: raw.json,
                msgpack: Vec::new(),
            }),
            diagnostics: Vec::new(),
        }
    }

    async fn get_resource_identity_schemas(
        &self,
        _: get_resource_identity_schemas::Request,
    ) -> get_resource_identity_schemas::Response {
        get_resource_identity_schemas::Response::default()
    }

    async fn upgrade_resource_identity(
        &self,
        request: upgrade_resource_identity::Request,
    ) -> upgrade_resource_identity::Response {
        upgrade_resource_identity::Response {
            upgraded_identity: None,
            diagnostics: without_atlas("upgrade the identity of", &request.type_name),
        }
    }

    /// Succeeds, with whatever credentials: Terraform configures a provider also where all its resources have `count = 0`.
    async fn configure_provider(&self, _: configure_provider::Request) -> configure_provider::Response {
        configure_provider::Response::default()
    }

    async fn read_resource(&self, request: read_resource::Request) -> read_resource::Response {
        read_resource::Response {
            new_state: request.current_state,
            diagnostics: without_atlas("read", &request.type_name),
            private: request.private,
            new_identity: None,
        }
    }

    async fn plan_resource_change(&self, request: plan_resource_change::Request) -> plan_resource_change::Response {
        let refused = |operation: &str| plan_resource_change::Response {
            diagnostics: without_atlas(operation, &request.type_name),
            ..Default::default()
        };
        if !is_nil(request.prior_state.as_ref()) {
            return refused("update");
        }
        let (Some(block), Some(mut planned)) = (
            self.resources.get(request.type_name.as_str()),
            unpack(request.proposed_new_state.as_ref()),
        ) else {
            return refused("plan");
        };
        planned::complete(block, &mut planned);
        plan_resource_change::Response {
            planned_state: Some(pack(&planned)),
            ..Default::default()
        }
    }

    async fn apply_resource_change(&self, request: apply_resource_change::Request) -> apply_resource_change::Response {
        let operation = match (
            is_nil(request.prior_state.as_ref()),
            is_nil(request.planned_state.as_ref()),
        ) {
            (true, _) => "create",
            (false, true) => "delete",
            (false, false) => "update",
        };
        apply_resource_change::Response {
            new_state: request.prior_state,
            private: Vec::new(),
            diagnostics: without_atlas(operation, &request.type_name),
            new_identity: None,
        }
    }

    async fn import_resource_state(&self, request: import_resource_state::Request) -> import_resource_state::Response {
        import_resource_state::Response {
            imported_resources: Vec::new(),
            diagnostics: without_atlas("import", &request.type_name),
        }
    }

    async fn move_resource_state(&self, request: move_resource_state::Request) -> move_resource_state::Response {
        move_resource_state::Response {
            diagnostics: without_atlas("move", &request.target_type_name),
            ..Default::default()
        }
    }

    async fn read_data_source(&self, request: read_data_source::Request) -> read_data_source::Response {
        read_data_source::Response {
            state: None,
            diagnostics: without_atlas("read", &request.type_name),
        }
    }

    async fn get_functions(&self, _: get_functions::Request) -> get_functions::Response {
        get_functions::Response::default()
    }

    async fn call_function(&self, request: call_function::Request) -> call_function::Response {
        call_function::Response {
            result: None,
            error: Some(tfplugin6::proto::FunctionError {
                text: format!(
                    "The stand-in of mongodb/mongodbatlas has no function {:?}.",
                    request.name
                ),
                function_argument: None,
            }),
        }
    }
}
