//! awsJson1_0: `POST /` with `X-Amz-Target: <shape>.<Op>`, a JSON object in and out. boto3 prefers it since it knows it.

use ciborium::Value;
use serde_json::{Map, Number, Value as Json};

use crate::error::ApiError;
use crate::protocol::{Input, Reply};

pub(crate) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

pub(crate) fn decode(body: &[u8]) -> Result<Input, ApiError> {
    if body.is_empty() {
        return Ok(Input::Json(Json::Object(Map::new())));
    }
    let value = serde_json::from_slice(body).map_err(|error| ApiError::malformed(error.to_string()))?;
    Ok(Input::Json(value))
}

pub(crate) fn encode(reply: &Reply) -> Vec<u8> {
    let empty = Value::Map(Vec::new());
    json_of(reply.as_ref().unwrap_or(&empty)).to_string().into_bytes()
}

pub(crate) fn encode_error(error: &ApiError) -> Vec<u8> {
    let body =
        serde_json::json!({ "__type": format!("com.amazonaws.cloudwatch#{}", error.code), "message": error.message });
    body.to_string().into_bytes()
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Map(entries) => {
            let name = |key: &Value| key.as_text().unwrap_or_default().to_owned();
            Json::Object(entries.iter().map(|(key, value)| (name(key), json_of(value))).collect())
        }
        Value::Array(items) => Json::Array(items.iter().map(json_of).collect()),
        // Times are the only tagged values: seconds, as a plain number.
        Value::Tag(_, seconds) => json_of(seconds),
        Value::Text(text) => Json::String(text.clone()),
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Integer(integer) => i64::try_from(*integer).map_or(Json::Null, Json::from),
        Value::Float(float) => Number::from_f64(*float).map_or(Json::Null, Json::Number),
        _ => Json::Null,
    }
}
