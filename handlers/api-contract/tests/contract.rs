//! The contract is complete. API Gateway is configured with the same contract, and with nothing that it would ignore.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use api_contract::gateway::Gateway;
use api_contract::{Condition, Contract, Place, SchemaError};
use jsonschema::Draft;
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("../openapi.json");

fn schemas() -> Vec<String> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    schemas.keys().cloned().collect()
}

/// A contract of one route whose body has this schema.
fn with_body(schema: &Value) -> Contract {
    let document = json!({
        "paths": { "/things": { "post": {
            "operationId": "createThing",
            "x-lectern-handler": "upload-api",
            "x-lectern-access": "user",
            "x-lectern-condition": "refused",
            "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
            "responses": {}
        } } },
        "components": { "schemas": { "Thing": schema, "Other": { "type": "string" } } }
    });
    Contract::parse(&document.to_string()).unwrap()
}

fn refusal(schema: &Value) -> SchemaError {
    Gateway::of(&with_body(schema)).unwrap_err()
}

#[test]
fn every_schema_is_one_of_draft_4() {
    for name in schemas() {
        let schema = Contract::embedded().schema(&name).unwrap();
        assert!(!schema.to_string().contains("$ref"), "{name}");
        let validator = jsonschema::options().with_draft(Draft::Draft4).build(&schema);
        assert!(validator.is_ok(), "{name}: {:?}", validator.err());
    }
}

#[test]
fn every_parameter_in_braces_is_declared_and_no_other() {
    for route in Contract::embedded().routes() {
        let in_path: BTreeSet<_> = route
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let declared = route
            .parameters
            .iter()
            .filter(|parameter| parameter.place == Place::Path);
        let declared: BTreeSet<_> = declared.map(|parameter| parameter.name.as_str()).collect();
        assert_eq!(in_path, declared, "{} {}", route.method, route.path);
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_how_it_fails() {
    let routes = Contract::embedded().routes();
    let names: BTreeSet<_> = routes.iter().map(|route| &route.operation).collect();
    assert_eq!(names.len(), routes.len());
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    for route in routes {
        let responses = &document["paths"][&route.path][route.method.to_lowercase()]["responses"];
        // 429 and 504 are API Gateway's, and so is whatever else it may answer itself.
        for status in ["400", "401", "429", "500", "503", "504", "default"] {
            assert!(responses[status].is_object(), "{} has no {status}", route.operation);
        }
    }
}

/// A condition that is not looked at is a change or a loss that the client did not want.
#[test]
fn every_operation_says_what_it_does_with_a_condition() {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    for route in Contract::embedded().routes() {
        let operation = &document["paths"][&route.path][route.method.to_lowercase()];
        let answers = |status: &str| operation["responses"][status].is_object();
        let takes_one = route.parameters.iter().any(|parameter| parameter.name == "If-Match");
        let expected = match (route.method.as_str(), takes_one, answers("428")) {
            ("GET", false, false) => Condition::Ignored,
            ("GET", ..) => panic!("{}: nothing is changed", route.operation),
            (_, true, true) => Condition::Required,
            (_, true, false) => Condition::Optional,
            (_, false, _) => Condition::Refused,
        };
        assert_eq!(route.condition, expected, "{}", route.operation);
        assert_eq!(
            answers("412"),
            route.condition != Condition::Ignored,
            "{}: 412",
            route.operation
        );
    }
    let of = |operation: &str| {
        let mut routes = Contract::embedded().routes().iter();
        routes.find(|route| route.operation == operation).unwrap().condition
    };
    assert_eq!(of("deleteProfile"), Condition::Optional);
    assert_eq!(of("patchProfile"), Condition::Required);
}

/// Terraform's module reads a file of its own, so that it can be taken without the crates.
#[test]
fn the_module_api_has_the_contract_as_it_is() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../terraform/modules/api/contract.json");
    let rendered = Gateway::of(Contract::embedded()).unwrap().render().unwrap();
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(
        kept == rendered,
        "run: cargo run -q -p api-contract > terraform/modules/api/contract.json"
    );
}

#[test]
fn every_keyword_that_api_gateway_ignores_is_refused_with_its_place() {
    for keyword in [
        ("format", json!("date")),
        ("exclusiveMinimum", json!(true)),
        ("exclusiveMaximum", json!(true)),
        ("default", json!(1)),
        ("readOnly", json!(true)),
        ("writeOnly", json!(true)),
        ("discriminator", json!({ "propertyName": "kind" })),
        ("deprecated", json!(true)),
        ("example", json!(1)),
        ("xml", json!({})),
        ("x-anything", json!(1)),
    ] {
        let (keyword, value) = keyword;
        let inner = json!({ "type": "integer", keyword: value });
        for (at, schema) in [
            ("", inner.clone()),
            ("/properties/a", json!({ "properties": { "a": inner } })),
            ("/items", json!({ "items": inner })),
            ("/anyOf/0", json!({ "anyOf": [inner] })),
            ("/additionalProperties", json!({ "additionalProperties": inner })),
        ] {
            let expected = SchemaError::Ignored {
                at: format!("Thing#{at}/{keyword}"),
                keyword: keyword.to_owned(),
            };
            assert_eq!(refusal(&schema), expected);
        }
    }
}

#[test]
fn a_property_may_be_called_as_a_keyword() {
    let schema =
        json!({ "type": "object", "properties": { "format": { "type": "string" }, "nullable": { "type": "string" } } });
    let gateway = Gateway::of(&with_body(&schema)).unwrap().render().unwrap();
    let gateway: Value = serde_json::from_str(&gateway).unwrap();
    assert_eq!(gateway["models"]["Thing"]["schema"], schema);
}

#[test]
fn a_schema_that_is_not_there_or_holds_itself_is_refused() {
    let missing = json!({ "properties": { "a": { "$ref": "#/components/schemas/Nowhere" } } });
    assert!(matches!(refusal(&missing), SchemaError::NoSuchSchema { name, .. } if name == "Nowhere"));
    let endless = json!({ "items": { "$ref": "#/components/schemas/Thing" } });
    assert!(matches!(refusal(&endless), SchemaError::Recursive { name, .. } if name == "Thing"));
    // Twice beside each other is not within itself.
    let other = json!({ "$ref": "#/components/schemas/Other" });
    let twice = json!({ "properties": { "a": other, "b": other } });
    assert!(Gateway::of(&with_body(&twice)).is_ok());
}

#[test]
fn what_may_be_null_is_null_or_what_it_was() {
    let schema = json!({ "type": "object", "properties": {
        "a": { "type": "string", "nullable": true, "enum": ["x"] },
        "b": { "type": "string", "nullable": false },
    } });
    let contract = with_body(&schema);
    let schema = contract.schema("Thing").unwrap();
    let expected = json!({ "type": "object", "properties": {
        "a": { "type": ["string", "null"], "enum": ["x", null] },
        "b": { "type": "string" },
    } });
    assert_eq!(schema, expected);
}

#[test]
fn the_model_of_a_body_takes_and_refuses_what_the_contract_does() {
    let gateway = Gateway::of(Contract::embedded()).unwrap().render().unwrap();
    let gateway: Value = serde_json::from_str(&gateway).unwrap();
    let upload = json!({
        "name": "notes.pdf", "size": 1, "content_type": "application/pdf", "course": "algebra", "visibility": "course",
        "sha256": "A".repeat(43) + "="
    });
    let with = |field: &str, value: Value| {
        let mut changed = upload.clone();
        changed[field] = value;
        changed
    };
    let uploads = [
        (upload.clone(), true),
        (with("size", json!(0)), false),
        (with("size", json!(5_000_000_001_u64)), false),
        (with("size", json!("1")), false),
        (with("name", json!("")), false),
        (with("name", json!({ "$ne": "" })), false),
        (with("course", json!("../x")), false),
        (with("visibility", json!("all")), false),
        (with("sha256", json!("A")), false),
        (with("part_sha256", json!(["A".repeat(43) + "="])), false),
        (with("$where", json!("1")), false),
        (json!(null), false),
        (json!([]), false),
    ];
    let patches = [
        (json!({ "name": null }), true),
        (json!({ "address": { "region": null } }), true),
        (json!({}), false),
        (json!({ "address": { "planet": "x" } }), false),
        (json!({ "phone": "0123" }), false),
        (json!({ "notifications": { "email": 1 } }), false),
    ];
    let cases = uploads
        .map(|case| ("FileUpload", case))
        .into_iter()
        .chain(patches.map(|case| ("ProfilePatch", case)));
    for (name, (value, taken)) in cases {
        for schema in [
            &gateway["models"][name]["schema"],
            &Contract::embedded().schema(name).unwrap(),
        ] {
            let validator = jsonschema::options().with_draft(Draft::Draft4).build(schema).unwrap();
            assert_eq!(validator.is_valid(&value), taken, "{name} {value}");
        }
    }
}
