//! The three wire formats. Each turns a request into an [`Input`] and a [`Reply`] or an error into bytes; nothing else knows
//! which of them a client speaks.

pub(crate) mod cbor;
pub(crate) mod form;
pub(crate) mod json;
pub(crate) mod xml;

use ciborium::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// Name of CloudWatch's service shape, in rpcv2Cbor's path and awsJson's header.
pub(crate) const SERVICE: &str = "GraniteServiceVersion20100801";

/// Name of the Resource Groups Tagging API's, in awsJson's header.
pub(crate) const TAGGING_SERVICE: &str = "ResourceGroupsTaggingAPI_20170126";

/// Members of a request, not yet typed.
pub(crate) enum Input {
    /// rpcv2Cbor, without tags.
    Cbor(Value),
    /// awsJson1_0.
    Json(serde_json::Value),
    /// awsQuery: every leaf is text.
    Form(form::Tree),
}

impl Input {
    /// Reads the members `T` knows and passes over all others.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let parsed = match self {
            Self::Cbor(value) => value.deserialized().map_err(|error| error.to_string()),
            Self::Json(value) => T::deserialize(value).map_err(|error| error.to_string()),
            Self::Form(tree) => T::deserialize(tree).map_err(|error| error.to_string()),
        };
        parsed.map_err(ApiError::malformed)
    }
}

/// Members of an answer; `None` for an operation that has no output.
pub(crate) type Reply = Option<Value>;

/// An answer's members from a struct.
pub(crate) fn reply(output: &impl Serialize) -> Result<Reply, ApiError> {
    Value::serialized(output).map(Some).map_err(|error| {
        tracing::error!(%error, "an answer cannot be serialised");
        ApiError::internal()
    })
}
