//! rpcv2Cbor (Smithy RPC v2 CBOR): `POST /service/<shape>/operation/<Op>`, a CBOR map in and out.

use ciborium::Value;

use crate::error::ApiError;
use crate::protocol::{Input, Reply};

pub(crate) const CONTENT_TYPE: &str = "application/cbor";

/// Deeper nesting than any request has.
const MAX_DEPTH: usize = 64;

pub(crate) fn decode(body: &[u8]) -> Result<Input, ApiError> {
    if body.is_empty() {
        return Ok(Input::Cbor(Value::Map(Vec::new())));
    }
    let value: Value = ciborium::de::from_reader_with_recursion_limit(body, MAX_DEPTH)
        .map_err(|error| ApiError::malformed(error.to_string()))?;
    Ok(Input::Cbor(untagged(value)))
}

/// Timestamps come as tag 1; without it they are numbers, as in awsQuery they are text.
fn untagged(value: Value) -> Value {
    match value {
        Value::Tag(_, inner) => untagged(*inner),
        Value::Array(items) => Value::Array(items.into_iter().map(untagged).collect()),
        Value::Map(entries) => {
            let present = entries.into_iter().filter(|(_, value)| !value.is_null());
            Value::Map(present.map(|(key, value)| (key, untagged(value))).collect())
        }
        other => other,
    }
}

pub(crate) fn encode(reply: &Reply) -> Vec<u8> {
    match reply {
        Some(value) => bytes_of(value),
        None => bytes_of(&Value::Map(Vec::new())),
    }
}

pub(crate) fn encode_error(error: &ApiError) -> Vec<u8> {
    let entry = |key: &str, value: &str| (Value::from(key), Value::from(value));
    bytes_of(&Value::Map(vec![
        entry("__type", &format!("com.amazonaws.cloudwatch#{}", error.code)),
        entry("message", &error.message),
    ]))
}

fn bytes_of(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Err(error) = ciborium::into_writer(value, &mut bytes) {
        tracing::error!(%error, "an answer cannot be encoded");
    }
    bytes
}
