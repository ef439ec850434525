//! A provider for the tests of this crate, on the level of messages: it stores what it receives, and misbehaves on demand.
//!
//! The attribute `mode` of `probe_thing` says how: `panic-plan`, `panic-apply`, `panic-read`, `slow` (an apply that only a
//! stop ends, with its partial state), `deaf` (one that nothing ends), `wrong-plan`, `wrong-apply`, `unknown-apply` and
//! `wrong-identity` (answers that break Terraform's rules). A change of `name` requires a replacement; `name` is the identity.

use std::{collections::HashMap, process::ExitCode};

use async_trait::async_trait;
use rmpv::Value;
use tfplugin6::{
    Options, Provider,
    proto::{
        AttributePath, Diagnostic, DynamicValue, Function, FunctionError, ResourceIdentityData, ResourceIdentitySchema,
        Schema, ServerCapabilities, apply_resource_change, attribute_path, call_function, configure_provider,
        diagnostic::Severity, function, get_functions, get_metadata, get_provider_schema,
        get_resource_identity_schemas, import_resource_state, move_resource_state, plan_resource_change,
        read_data_source, read_resource, resource_identity_schema::IdentityAttribute, schema,
        upgrade_resource_identity, upgrade_resource_state, validate_data_resource_config, validate_provider_config,
        validate_resource_config,
    },
};
use tokio_util::sync::CancellationToken;

fn main() -> ExitCode {
    let options = Options {
        name: "terraform-provider-probe",
        version: "1.2.3",
        addresses: &[
            "registry.terraform.io/lectern/probe",
            "registry.opentofu.org/lectern/probe",
        ],
        log_crates: &["probe"],
    };
    tfplugin6::run(options, |stop| Probe { stop })
}

struct Probe {
    stop: CancellationToken,
}

#[async_trait]
impl Provider for Probe {
    async fn get_metadata(&self, _: get_metadata::Request) -> get_metadata::Response {
        let named = |type_name: &str| {
            vec![get_metadata::TypeMetadata {
                type_name: type_name.to_owned(),
            }]
        };
        get_metadata::Response {
            server_capabilities: Some(ServerCapabilities::default()),
            data_sources: named("probe_echo"),
            resources: named("probe_thing"),
            functions: vec![get_metadata::FunctionMetadata {
                name: "reverse".to_owned(),
            }],
            diagnostics: Vec::new(),
        }
    }

    async fn get_provider_schema(&self, _: get_provider_schema::Request) -> get_provider_schema::Response {
        let part = vec![attribute("size", "number", "r"), attribute("label", "string", "c")];
        let parts = schema::Attribute {
            r#type: Vec::new(),
            nested_type: Some(schema::Object {
                attributes: part,
                nesting: schema::object::NestingMode::Map.into(),
            }),
            ..attribute("parts", "string", "o")
        };
        let thing = vec![
            attribute("id", "string", "c"),
            attribute("name", "string", "r"),
            attribute("mode", "string", "o"),
            attribute("payload", "string", "o"),
            parts,
        ];
        let echo = vec![attribute("text", "string", "r"), attribute("echo", "string", "c")];
        get_provider_schema::Response {
            provider: Some(schema_of(Vec::new())),
            resource_schemas: [("probe_thing".to_owned(), schema_of(thing))].into(),
            data_source_schemas: [("probe_echo".to_owned(), schema_of(echo))].into(),
            functions: functions(),
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
        _: validate_data_resource_config::Request,
    ) -> validate_data_resource_config::Response {
        validate_data_resource_config::Response::default()
    }

    async fn upgrade_resource_state(
        &self,
        request: upgrade_resource_state::Request,
    ) -> upgrade_resource_state::Response {
        let upgraded_state = request.raw_state.map(|raw| DynamicValue {
            json: raw.json,
            msgpack: Vec::new(),
        });
        upgrade_resource_state::Response {
            upgraded_state,
            diagnostics: Vec::new(),
        }
    }

    async fn get_resource_identity_schemas(
        &self,
        _: get_resource_identity_schemas::Request,
    ) -> get_resource_identity_schemas::Response {
        let name = IdentityAttribute {
            name: "name".to_owned(),
            r#type: b"\"string\"".to_vec(),
            required_for_import: true,
            description: "The name.".to_owned(),
            ..Default::default()
        };
        let schema = ResourceIdentitySchema {
            version: 0,
            identity_attributes: vec![name],
        };
        get_resource_identity_schemas::Response {
            identity_schemas: [("probe_thing".to_owned(), schema)].into(),
            diagnostics: Vec::new(),
        }
    }

    async fn upgrade_resource_identity(
        &self,
        request: upgrade_resource_identity::Request,
    ) -> upgrade_resource_identity::Response {
        let identity_data = request.raw_identity.map(|raw| DynamicValue {
            json: raw.json,
            msgpack: Vec::new(),
        });
        upgrade_resource_identity::Response {
            upgraded_identity: Some(ResourceIdentityData { identity_data }),
            diagnostics: Vec::new(),
        }
    }

    async fn configure_provider(&self, _: configure_provider::Request) -> configure_provider::Response {
        configure_provider::Response::default()
    }

    async fn read_resource(&self, request: read_resource::Request) -> read_resource::Response {
        let state = unpack(request.current_state.as_ref());
        misbehave(&state, "panic-read");
        read_resource::Response {
            new_identity: identity(&state),
            new_state: request.current_state,
            private: request.private,
            diagnostics: Vec::new(),
        }
    }

    async fn plan_resource_change(&self, request: plan_resource_change::Request) -> plan_resource_change::Response {
        let mut planned = unpack(request.proposed_new_state.as_ref());
        leave(
            "PROBE_PROPOSED",
            &request.proposed_new_state.unwrap_or_default().msgpack,
        );
        misbehave(&planned, "panic-plan");
        if !planned.is_nil() {
            if get(&planned, "id").is_nil() {
                set(&mut planned, "id", unknown());
            }
            if let Value::Map(parts) = get_mut(&mut planned, "parts") {
                for (key, part) in parts {
                    set(
                        part,
                        "label",
                        format!("part {}", key.as_str().unwrap_or_default()).into(),
                    );
                }
            }
        }
        if get(&planned, "mode").as_str() == Some("wrong-plan") {
            set(&mut planned, "name", "another".into());
        }
        let name = attribute_path::Step {
            selector: Some(attribute_path::Selector::AttributeName("name".to_owned())),
        };
        plan_resource_change::Response {
            planned_state: Some(pack(&planned)),
            planned_identity: identity(&planned),
            planned_private: b"planned".to_vec(),
            requires_replace: vec![AttributePath { steps: vec![name] }],
            diagnostics: Vec::new(),
        }
    }

    async fn apply_resource_change(&self, request: apply_resource_change::Request) -> apply_resource_change::Response {
        let mut state = unpack(request.planned_state.as_ref());
        misbehave(&state, "panic-apply");
        let mut diagnostics = Vec::new();
        if !state.is_nil() {
            let id = format!("id-of-{}", get(&state, "name").as_str().unwrap_or_default());
            set(&mut state, "id", id.into());
            match get(&state, "mode").as_str() {
                Some("slow") => {
                    announce();
                    self.stop.cancelled().await;
                    diagnostics.push(error("Stopped.", "The thing exists, but it is not finished."));
                }
                Some("deaf") => {
                    announce();
                    std::future::pending::<()>().await;
                }
                Some("wrong-apply") => set(&mut state, "name", "another".into()),
                Some("unknown-apply") => set(&mut state, "id", unknown()),
                _ => {}
            }
        }
        let new_identity = match get(&state, "mode").as_str() {
            Some("wrong-identity") => identity(&Value::Map(vec![("name".into(), "another".into())])),
            _ => identity(&state),
        };
        apply_resource_change::Response {
            new_identity,
            new_state: Some(pack(&state)),
            private: b"applied".to_vec(),
            diagnostics,
        }
    }

    async fn import_resource_state(&self, request: import_resource_state::Request) -> import_resource_state::Response {
        let name = match request.identity {
            Some(identity) => get(&unpack(identity.identity_data.as_ref()), "name").clone(),
            None => request.id.into(),
        };
        let attributes = [
            ("id", format!("id-of-{}", name.as_str().unwrap_or_default()).into()),
            ("name", name),
            ("mode", Value::Nil),
            ("payload", Value::Nil),
            ("parts", Value::Nil),
        ];
        let state = Value::Map(
            attributes
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        );
        let imported = import_resource_state::ImportedResource {
            type_name: request.type_name,
            state: Some(pack(&state)),
            private: Vec::new(),
            identity: identity(&state),
        };
        import_resource_state::Response {
            imported_resources: vec![imported],
            diagnostics: Vec::new(),
        }
    }

    async fn move_resource_state(&self, _: move_resource_state::Request) -> move_resource_state::Response {
        let diagnostics = vec![error("Things cannot be moved.", "Import the thing instead.")];
        move_resource_state::Response {
            diagnostics,
            ..Default::default()
        }
    }

    async fn read_data_source(&self, request: read_data_source::Request) -> read_data_source::Response {
        let mut state = unpack(request.config.as_ref());
        let text = get(&state, "text").clone();
        set(&mut state, "echo", text);
        read_data_source::Response {
            state: Some(pack(&state)),
            diagnostics: Vec::new(),
        }
    }

    async fn get_functions(&self, _: get_functions::Request) -> get_functions::Response {
        get_functions::Response {
            functions: functions(),
            diagnostics: Vec::new(),
        }
    }

    async fn call_function(&self, request: call_function::Request) -> call_function::Response {
        let argument = unpack(request.arguments.first());
        let text = argument.as_str().unwrap_or_default();
        match text {
            "panic" => panic!("{SECRET}"),
            "" => call_function::Response {
                error: Some(FunctionError {
                    text: "Nothing to reverse.".to_owned(),
                    function_argument: Some(0),
                }),
                result: None,
            },
            text => call_function::Response {
                result: Some(pack(&text.chars().rev().collect::<String>().into())),
                error: None,
            },
        }
    }
}

/// What a panic's message may hold, and no diagnostic may show.
const SECRET: &str = "password=hunter2";

fn misbehave(state: &Value, mode: &str) {
    assert!(get(state, "mode").as_str() != Some(mode), "{SECRET}");
}

/// Tells the test that the call is under way: on stderr, and by a file when the log is Terraform's.
fn announce() {
    tracing::warn!("apply is waiting");
    leave("PROBE_MARKER", &[]);
}

/// Writes the file that an environment variable names.
fn leave(variable: &str, bytes: &[u8]) {
    if let Ok(path) = std::env::var(variable)
        && let Err(error) = std::fs::write(path, bytes)
    {
        tracing::error!(%error, variable, "cannot write the file");
    }
}

/// The identity of a thing: its name, once that is known.
fn identity(state: &Value) -> Option<ResourceIdentityData> {
    let name = get(state, "name");
    name.as_str()?;
    let identity_data = Some(pack(&Value::Map(vec![("name".into(), name.clone())])));
    Some(ResourceIdentityData { identity_data })
}

/// go-cty's unknown value.
fn unknown() -> Value {
    Value::Ext(0, vec![0])
}

fn get<'a>(object: &'a Value, name: &str) -> &'a Value {
    static NIL: Value = Value::Nil;
    let fields = object.as_map().map(Vec::as_slice).unwrap_or_default();
    fields
        .iter()
        .find(|(key, _)| key.as_str() == Some(name))
        .map_or(&NIL, |(_, value)| value)
}

fn get_mut<'a>(object: &'a mut Value, name: &str) -> &'a mut Value {
    let Value::Map(fields) = object else {
        panic!("not an object")
    };
    match fields.iter().position(|(key, _)| key.as_str() == Some(name)) {
        Some(index) => &mut fields[index].1,
        None => panic!("no attribute {name}"),
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    *get_mut(object, name) = value;
}

fn unpack(value: Option<&DynamicValue>) -> Value {
    let bytes = value.map(|value| value.msgpack.as_slice()).unwrap_or_default();
    rmpv::decode::read_value(&mut { bytes }).unwrap_or(Value::Nil)
}

fn pack(value: &Value) -> DynamicValue {
    let mut msgpack = Vec::new();
    rmpv::encode::write_value(&mut msgpack, value).expect("a vector takes every byte");
    DynamicValue {
        msgpack,
        json: Vec::new(),
    }
}

fn error(summary: &str, detail: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error.into(),
        summary: summary.to_owned(),
        detail: detail.to_owned(),
        attribute: None,
    }
}

/// `flags`: `r`equired, `o`ptional, `c`omputed.
fn attribute(name: &str, r#type: &str, flags: &str) -> schema::Attribute {
    schema::Attribute {
        name: name.to_owned(),
        r#type: format!("\"{type}\"").into_bytes(),
        description: format!("The {name}."),
        required: flags.contains('r'),
        optional: flags.contains('o'),
        computed: flags.contains('c'),
        ..Default::default()
    }
}

fn schema_of(attributes: Vec<schema::Attribute>) -> Schema {
    Schema {
        version: 0,
        block: Some(schema::Block {
            attributes,
            ..Default::default()
        }),
    }
}

fn functions() -> HashMap<String, Function> {
    let parameter = function::Parameter {
        name: "text".to_owned(),
        r#type: b"\"string\"".to_vec(),
        description: "What to reverse.".to_owned(),
        ..Default::default()
    };
    let reverse = Function {
        parameters: vec![parameter],
        r#return: Some(function::Return {
            r#type: b"\"string\"".to_vec(),
        }),
        summary: "Reverses a text.".to_owned(),
        ..Default::default()
    };
    [("reverse".to_owned(), reverse)].into()
}
