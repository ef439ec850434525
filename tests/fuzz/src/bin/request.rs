//! Nor is any body, parameter, header, claim or encoding of a request to any route.
#![no_main]

use api_contract::{Contract, Place};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

fuzz_target!(|input: (u8, bool, bool, &str, &str, &str, &str)| {
    let (number, is_base64, is_typed, body, parameter, content_type, groups) = input;
    let routes = Contract::embedded().routes();
    let route = &routes[usize::from(number) % routes.len()];
    let placed = |place: Place| -> Map<String, Value> {
        let known = route.parameters.iter().filter(|known| known.place == place);
        known.map(|known| (known.name.clone(), json!([parameter]))).collect()
    };
    let content_type = match &route.body {
        Some(body) if is_typed => body.content_type.as_str(),
        _ => content_type,
    };
    let mut headers = placed(Place::Header);
    headers.insert("Content-Type".to_owned(), json!([content_type]));
    let event = json!({
        "resource": route.path,
        "httpMethod": route.method,
        "multiValueHeaders": headers,
        "multiValueQueryStringParameters": placed(Place::Query),
        "pathParameters": { "id": parameter },
        "requestContext": {
            "httpMethod": route.method,
            "authorizer": { "claims": { "sub": "9f1c2d3e", "token_use": "id", "cognito:groups": groups } }
        },
        "body": body,
        "isBase64Encoded": is_base64
    });
    if let Ok(event) = RawValue::from_string(event.to_string()) {
        fuzz::serve(route.handler, event);
    }
});
