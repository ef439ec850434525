//! The hand-derived messages against known bytes.
//!
//! The bytes were made by Google's protobuf for Python from HashiCorp's description of protocol 6.10, each field with a
//! value of its own; flags, which are all alike, are tested one by one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Debug;

use prost::Message;
use tfplugin6::{
    plugin_proto::{HealthCheckRequest, HealthCheckResponse, StdioData},
    proto::{
        AttributePath, ClientCapabilities, Diagnostic, DynamicValue, Function, FunctionError, RawState,
        ResourceIdentityData, ResourceIdentitySchema, Schema, ServerCapabilities, StringKind, apply_resource_change,
        attribute_path::{Selector, Step},
        call_function, configure_provider,
        diagnostic::Severity,
        function, get_functions, get_metadata, get_provider_schema, get_resource_identity_schemas,
        import_resource_state, move_resource_state, plan_resource_change, read_data_source, read_resource,
        resource_identity_schema::IdentityAttribute,
        schema, stop_provider, upgrade_resource_identity, upgrade_resource_state, validate_data_resource_config,
        validate_provider_config, validate_resource_config,
    },
};

fn assert_wire<M: Message + Default + PartialEq + Debug>(name: &str, message: M, hex: &str) {
    let bytes = hex::decode(hex).unwrap();
    assert_eq!(message.encode_to_vec(), bytes, "{name}: encoded");
    assert_eq!(M::decode(bytes.as_slice()).unwrap(), message, "{name}: decoded");
}

fn text(value: &str) -> String {
    value.to_owned()
}

fn bytes(value: &str) -> Vec<u8> {
    value.as_bytes().to_vec()
}

fn value(msgpack: &str) -> Option<DynamicValue> {
    Some(DynamicValue {
        msgpack: bytes(msgpack),
        json: Vec::new(),
    })
}

fn identity(msgpack: &str) -> Option<ResourceIdentityData> {
    Some(ResourceIdentityData {
        identity_data: value(msgpack),
    })
}

fn error() -> Vec<Diagnostic> {
    vec![Diagnostic {
        severity: Severity::Error.into(),
        ..Default::default()
    }]
}

fn path() -> AttributePath {
    let selectors = [
        Selector::AttributeName(text("a")),
        Selector::ElementKeyString(text("k")),
        Selector::ElementKeyInt(3),
    ];
    AttributePath {
        steps: selectors
            .map(|selector| Step {
                selector: Some(selector),
            })
            .to_vec(),
    }
}

fn warning() -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning.into(),
        summary: text("s"),
        detail: text("d"),
        attribute: Some(path()),
    }
}

fn raw_state() -> Option<RawState> {
    Some(RawState {
        json: bytes("j"),
        flatmap: [(text("k"), text("v"))].into(),
    })
}

fn client_capabilities() -> Option<ClientCapabilities> {
    Some(ClientCapabilities {
        deferral_allowed: true,
        write_only_attributes_allowed: true,
    })
}

fn version(version: i64) -> Schema {
    Schema { version, block: None }
}

#[test]
fn values_and_diagnostics_are_on_the_wire_as_terraform_reads_them() {
    assert_wire("msgpack", value("c").unwrap(), "0a0163");
    assert_wire(
        "json",
        DynamicValue {
            json: bytes("j"),
            msgpack: Vec::new(),
        },
        "12016a",
    );
    assert_wire("raw state", raw_state().unwrap(), "0a016a12060a016b120176");
    assert_wire(
        "diagnostic",
        warning(),
        "08021201731a0164220e0a030a01610a0312016b0a021803",
    );
    assert_wire(
        "argument 0",
        FunctionError {
            text: text("t"),
            function_argument: Some(0),
        },
        "0a01741000",
    );
    assert_wire(
        "no argument",
        FunctionError {
            text: text("t"),
            function_argument: None,
        },
        "0a0174",
    );
}

#[test]
fn schemas_are_on_the_wire_as_terraform_reads_them() {
    let attribute = schema::Attribute {
        name: text("n"),
        r#type: bytes("t"),
        description: text("d"),
        required: true,
        optional: true,
        computed: true,
        sensitive: true,
        description_kind: StringKind::Markdown.into(),
        deprecated: true,
        nested_type: Some(schema::Object {
            attributes: vec![schema::Attribute {
                name: text("i"),
                ..Default::default()
            }],
            nesting: schema::object::NestingMode::Map.into(),
        }),
    };
    let nested_block = schema::NestedBlock {
        type_name: text("b"),
        block: Some(schema::Block {
            description: text("x"),
            ..Default::default()
        }),
        nesting: schema::nested_block::NestingMode::Group.into(),
        min_items: 6,
        max_items: 7,
    };
    let block = schema::Block {
        version: 1,
        attributes: vec![attribute],
        block_types: vec![nested_block],
        description: text("d"),
        description_kind: StringKind::Markdown.into(),
        deprecated: true,
    };
    let wire = "080912390801121e0a016e1201741a016420012801300138014001480152070a030a016918041a0e0a01621203220178180520062807\
                22016428013001";
    assert_wire(
        "schema",
        Schema {
            version: 9,
            block: Some(block),
        },
        wire,
    );

    let flag = |set: fn(&mut schema::Attribute)| {
        let mut attribute = schema::Attribute::default();
        set(&mut attribute);
        attribute
    };
    assert_wire("required", flag(|a| a.required = true), "2001");
    assert_wire("optional", flag(|a| a.optional = true), "2801");
    assert_wire("computed", flag(|a| a.computed = true), "3001");
    assert_wire("sensitive", flag(|a| a.sensitive = true), "3801");
    assert_wire(
        "markdown",
        flag(|a| a.description_kind = StringKind::Markdown.into()),
        "4001",
    );
    assert_wire("deprecated", flag(|a| a.deprecated = true), "4801");
    assert_wire(
        "markdown block",
        schema::Block {
            description_kind: 1,
            ..Default::default()
        },
        "2801",
    );
    assert_wire(
        "deprecated block",
        schema::Block {
            deprecated: true,
            ..Default::default()
        },
        "3001",
    );
}

#[test]
fn functions_are_on_the_wire_as_terraform_reads_them() {
    let parameter = function::Parameter {
        name: text("p"),
        r#type: bytes("t"),
        allow_null_value: true,
        allow_unknown_values: true,
        description: text("d"),
        description_kind: StringKind::Markdown.into(),
    };
    let function = Function {
        parameters: vec![parameter],
        variadic_parameter: Some(function::Parameter {
            name: text("v"),
            ..Default::default()
        }),
        r#return: Some(function::Return { r#type: bytes("r") }),
        summary: text("s"),
        description: text("d"),
        description_kind: StringKind::Markdown.into(),
        deprecation_message: text("m"),
    };
    let wire = "0a0f0a0170120174180120012a0164300112030a01761a030a01722201732a016430013a016d";
    assert_wire("function", function, wire);
    assert_wire(
        "null",
        function::Parameter {
            allow_null_value: true,
            ..Default::default()
        },
        "1801",
    );
    assert_wire(
        "unknown",
        function::Parameter {
            allow_unknown_values: true,
            ..Default::default()
        },
        "2001",
    );

    let call = call_function::Request {
        name: text("n"),
        arguments: value("a").into_iter().collect(),
    };
    assert_wire("CallFunction request", call, "0a016e12030a0161");
    let error = FunctionError {
        text: text("t"),
        function_argument: Some(0),
    };
    let called = call_function::Response {
        result: value("r"),
        error: Some(error),
    };
    assert_wire("CallFunction response", called, "0a030a017212050a01741000");
}

#[test]
fn what_a_provider_has_is_on_the_wire_as_terraform_reads_it() {
    let flags = ServerCapabilities::default;
    assert_wire(
        "plan_destroy",
        ServerCapabilities {
            plan_destroy: true,
            ..flags()
        },
        "0801",
    );
    assert_wire(
        "schema optional",
        ServerCapabilities {
            get_provider_schema_optional: true,
            ..flags()
        },
        "1001",
    );
    assert_wire(
        "move",
        ServerCapabilities {
            move_resource_state: true,
            ..flags()
        },
        "1801",
    );
    let deferral = ClientCapabilities {
        deferral_allowed: true,
        write_only_attributes_allowed: false,
    };
    assert_wire("deferral", deferral, "0801");

    let named = |name| vec![get_metadata::TypeMetadata { type_name: text(name) }];
    let metadata = get_metadata::Response {
        server_capabilities: Some(ServerCapabilities {
            plan_destroy: true,
            get_provider_schema_optional: true,
            move_resource_state: true,
        }),
        diagnostics: vec![warning()],
        data_sources: named("d"),
        resources: named("r"),
        functions: vec![get_metadata::FunctionMetadata { name: text("f") }],
    };
    let wire = "0a06080110011801121808021201731a0164220e0a030a01610a0312016b0a0218031a030a016422030a01722a030a0166";
    assert_wire("GetMetadata response", metadata, wire);

    let function = Function {
        summary: text("s"),
        ..Default::default()
    };
    let response = get_provider_schema::Response {
        provider: Some(version(1)),
        resource_schemas: [(text("r"), version(2))].into(),
        data_source_schemas: [(text("d"), version(3))].into(),
        functions: [(text("f"), function.clone())].into(),
        diagnostics: error(),
        provider_meta: Some(version(5)),
        server_capabilities: Some(ServerCapabilities {
            plan_destroy: true,
            ..flags()
        }),
    };
    let wire = "0a02080112070a0172120208021a070a016412020803220208012a020805320208013a080a01661203220173";
    assert_wire("GetProviderSchema response", response, wire);

    let response = get_functions::Response {
        functions: [(text("f"), function)].into(),
        diagnostics: error(),
    };
    assert_wire("GetFunctions response", response, "0a080a0166120322017312020801");
}

#[test]
fn configurations_are_on_the_wire_as_terraform_sends_them() {
    assert_wire(
        "provider",
        validate_provider_config::Request { config: value("c") },
        "0a030a0163",
    );
    assert_wire(
        "provider response",
        validate_provider_config::Response { diagnostics: error() },
        "12020801",
    );
    let request = validate_resource_config::Request {
        type_name: text("t"),
        config: value("c"),
        client_capabilities: client_capabilities(),
    };
    assert_wire("resource", request, "0a017412030a01631a0408011001");
    assert_wire(
        "resource response",
        validate_resource_config::Response { diagnostics: error() },
        "0a020801",
    );
    let request = validate_data_resource_config::Request {
        type_name: text("t"),
        config: value("c"),
    };
    assert_wire("data source", request, "0a017412030a0163");
    assert_wire(
        "data response",
        validate_data_resource_config::Response { diagnostics: error() },
        "0a020801",
    );
    let request = configure_provider::Request {
        terraform_version: text("1"),
        config: value("c"),
        client_capabilities: client_capabilities(),
    };
    assert_wire("configure", request, "0a013112030a01631a0408011001");
    assert_wire(
        "configure response",
        configure_provider::Response { diagnostics: error() },
        "0a020801",
    );
}

#[test]
fn changes_are_on_the_wire_as_terraform_sends_them() {
    let request = plan_resource_change::Request {
        type_name: text("t"),
        prior_state: value("p"),
        proposed_new_state: value("n"),
        config: value("c"),
        prior_private: bytes("x"),
        provider_meta: value("m"),
        client_capabilities: client_capabilities(),
        prior_identity: identity("i"),
    };
    assert_wire(
        "plan",
        request,
        "0a017412030a01701a030a016e22030a01632a017832030a016d3a040801100142050a030a0169",
    );
    let response = plan_resource_change::Response {
        planned_state: value("p"),
        requires_replace: vec![path()],
        planned_private: bytes("x"),
        diagnostics: error(),
        planned_identity: identity("i"),
    };
    assert_wire(
        "plan response",
        response,
        "0a030a0170120e0a030a01610a0312016b0a0218031a0178220208013a050a030a0169",
    );
    let request = apply_resource_change::Request {
        type_name: text("t"),
        prior_state: value("p"),
        planned_state: value("n"),
        config: value("c"),
        planned_private: bytes("x"),
        provider_meta: value("m"),
        planned_identity: identity("i"),
    };
    assert_wire(
        "apply",
        request,
        "0a017412030a01701a030a016e22030a01632a017832030a016d3a050a030a0169",
    );
    let response = apply_resource_change::Response {
        new_state: value("n"),
        private: bytes("x"),
        diagnostics: error(),
        new_identity: identity("i"),
    };
    assert_wire("apply response", response, "0a030a016e1201781a0208012a050a030a0169");
}

#[test]
fn states_are_on_the_wire_as_terraform_sends_them() {
    let request = read_resource::Request {
        type_name: text("t"),
        current_state: value("c"),
        private: bytes("p"),
        provider_meta: value("m"),
        client_capabilities: client_capabilities(),
        current_identity: identity("i"),
    };
    assert_wire(
        "read",
        request,
        "0a017412030a01631a017022030a016d2a040801100132050a030a0169",
    );
    let response = read_resource::Response {
        new_state: value("n"),
        diagnostics: error(),
        private: bytes("p"),
        new_identity: identity("i"),
    };
    assert_wire("read response", response, "0a030a016e120208011a01702a050a030a0169");

    let request = upgrade_resource_state::Request {
        type_name: text("t"),
        version: 2,
        raw_state: raw_state(),
    };
    assert_wire("upgrade", request, "0a017410021a0b0a016a12060a016b120176");
    let response = upgrade_resource_state::Response {
        upgraded_state: Some(DynamicValue {
            json: bytes("j"),
            msgpack: Vec::new(),
        }),
        diagnostics: error(),
    };
    assert_wire("upgrade response", response, "0a0312016a12020801");

    let request = import_resource_state::Request {
        type_name: text("t"),
        id: text("i"),
        client_capabilities: client_capabilities(),
        identity: identity("i"),
    };
    assert_wire("import", request, "0a01741201691a040801100122050a030a0169");
    let imported = import_resource_state::ImportedResource {
        type_name: text("t"),
        state: value("s"),
        private: bytes("p"),
        identity: identity("i"),
    };
    let response = import_resource_state::Response {
        imported_resources: vec![imported],
        diagnostics: error(),
    };
    assert_wire(
        "import response",
        response,
        "0a120a017412030a01731a017022050a030a016912020801",
    );

    let request = move_resource_state::Request {
        source_provider_address: text("a"),
        source_type_name: text("s"),
        source_schema_version: 3,
        source_state: raw_state(),
        target_type_name: text("t"),
        source_private: bytes("p"),
        source_identity: raw_state(),
        source_identity_schema_version: 8,
    };
    assert_wire(
        "move",
        request,
        "0a01611201731803220b0a016a12060a016b1201762a01743201703a0b0a016a12060a016b1201764008",
    );
    let response = move_resource_state::Response {
        target_state: value("s"),
        diagnostics: error(),
        target_private: bytes("p"),
        target_identity: identity("i"),
    };
    assert_wire("move response", response, "0a030a0173120208011a017022050a030a0169");

    let request = read_data_source::Request {
        type_name: text("t"),
        config: value("c"),
        provider_meta: value("m"),
        client_capabilities: client_capabilities(),
    };
    assert_wire("data source", request, "0a017412030a01631a030a016d220408011001");
    let response = read_data_source::Response {
        state: value("s"),
        diagnostics: error(),
    };
    assert_wire("data source response", response, "0a030a017312020801");
}

#[test]
fn identities_are_on_the_wire_as_terraform_reads_them() {
    assert_wire("identity", identity("c").unwrap(), "0a030a0163");
    let attribute = IdentityAttribute {
        name: text("n"),
        r#type: bytes("t"),
        required_for_import: true,
        optional_for_import: true,
        description: text("d"),
    };
    let schema = ResourceIdentitySchema {
        version: 2,
        identity_attributes: vec![attribute],
    };
    assert_wire("schema", schema, "0802120d0a016e120174180120012a0164");
    let required = IdentityAttribute {
        required_for_import: true,
        ..Default::default()
    };
    assert_wire("required", required, "1801");
    let optional = IdentityAttribute {
        optional_for_import: true,
        ..Default::default()
    };
    assert_wire("optional", optional, "2001");

    let schema = ResourceIdentitySchema {
        version: 2,
        identity_attributes: Vec::new(),
    };
    let response = get_resource_identity_schemas::Response {
        identity_schemas: [(text("r"), schema)].into(),
        diagnostics: error(),
    };
    assert_wire("schemas response", response, "0a070a01721202080212020801");
    let request = upgrade_resource_identity::Request {
        type_name: text("t"),
        version: 2,
        raw_identity: raw_state(),
    };
    assert_wire("upgrade", request, "0a017410021a0b0a016a12060a016b120176");
    let response = upgrade_resource_identity::Response {
        upgraded_identity: identity("u"),
        diagnostics: error(),
    };
    assert_wire("upgrade response", response, "0a050a030a017512020801");
}

#[test]
fn go_plugins_messages_are_on_the_wire_as_it_reads_them() {
    assert_wire("stop", stop_provider::Response { error: text("e") }, "0a0165");
    assert_wire(
        "output",
        StdioData {
            channel: 2,
            data: bytes("d"),
        },
        "0802120164",
    );
    assert_wire("health", HealthCheckRequest { service: text("p") }, "0a0170");
    assert_wire("health response", HealthCheckResponse { status: 1 }, "0801");
}
