//! The two wire formats. Each turns a request into an [`Input`] and a [`Reply`] or an error into bytes; nothing else knows
//! which of them a client speaks.

pub(crate) mod cbor;
pub(crate) mod form;
pub(crate) mod xml;

use ciborium::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// Members of a request, not yet typed.
pub(crate) enum Input {
    /// rpcv2Cbor, without tags.
    Cbor(Value),
    /// awsQuery: every leaf is text.
    Form(form::Tree),
}

impl Input {
    /// Reads the members `T` knows and passes over all others.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        match self {
            Self::Cbor(value) => value
                .deserialized()
                .map_err(|error| ApiError::malformed(error.to_string())),
            Self::Form(tree) => T::deserialize(tree).map_err(|error| ApiError::malformed(error.to_string())),
        }
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
