//! What the server makes of a document before it is stored.

use crate::bson::{Builder, Document, kind};
use crate::refusal::{Refusal, code};

use super::context::Context;

const BYPASS: &str = "bypassEmptyTsReplacement";

/// Fields of `insert` and `update` that this server does not know. MongoDB knows `bypassEmptyTsReplacement` from 8.0, 7.0.13,
/// 6.0.17 and 5.0.29 (SERVER-88750); before, its command is refused as a whole, as with any field that is not in its IDL.
pub(super) fn refuse_unknown(context: &Context<'_>) -> Result<(), Refusal> {
    let request = context.request;
    if context.shared.knows_empty_timestamps || request.body.get(BYPASS).is_none() {
        return Ok(());
    }
    let message = format!("BSON field '{}.{BYPASS}' is an unknown field.", request.name);
    Err(Refusal::new(code::UNKNOWN_FIELD, message))
}

/// "The `_id` field may contain values of any BSON data type, other than an array, regex, or undefined" (MongoDB manual,
/// Documents).
pub(super) fn refuse_id(document: &[u8]) -> Result<(), Refusal> {
    let name = match Document(document).get("_id").map(|id| id.kind) {
        Some(kind::ARRAY) => "array",
        Some(kind::REGEX) => "regex",
        Some(kind::UNDEFINED) => "undefined",
        _ => return Ok(()),
    };
    let message = format!("The '_id' value cannot be of type {name}");
    Err(Refusal::new(code::INVALID_ID_FIELD, message))
}

/// "When inserting a document with an empty timestamp at the top level, the server replaces it with the current timestamp"
/// (MongoDB manual, BSON Types, Timestamps), unless the command says not to. The `_id` stays (SERVER-43014), and measurements
/// of time-series collections keep theirs. `None`: there is nothing to replace.
pub(super) fn with_times(context: &mut Context<'_>, document: &[u8]) -> Option<Vec<u8>> {
    let is_empty = |name: &[u8], value: crate::bson::Value<'_>| {
        name != b"_id" && value.kind == kind::TIMESTAMP && value.bytes == [0; 8]
    };
    let mut elements = Document(document).elements();
    if context.request.body.is_true(BYPASS) || !elements.any(|element| is_empty(element.name, element.value)) {
        return None;
    }
    let replaced = Document(document).elements().fold(Builder::new(), |builder, element| {
        if !is_empty(element.name, element.value) {
            return builder.raw_element(element.name, element.value);
        }
        let time = context.state.store.clock.tick().0.to_le_bytes();
        let value = crate::bson::Value {
            kind: kind::TIMESTAMP,
            bytes: &time,
        };
        builder.raw_element(element.name, value)
    });
    Some(replaced.build())
}
