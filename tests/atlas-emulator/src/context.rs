//! What an operation may look at.

use serde_json::{Map, Value};

use crate::course::Pace;
use crate::profile::Profile;
use crate::reply::{ApiError, Reply};

/// What an operation may look at.
pub(crate) struct Context<'a> {
    pub(crate) pace: Pace,
    pub(crate) profile: &'a Profile,
    /// `http://host:port` as the client sees it.
    pub(crate) origin: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
}

impl Context<'_> {
    pub(crate) fn json(&self) -> Result<Value, ApiError> {
        serde_json::from_slice(self.body).map_err(|_| ApiError::malformed_json())
    }

    pub(crate) fn json_object(&self) -> Result<Map<String, Value>, ApiError> {
        match self.json()? {
            Value::Object(members) => Ok(members),
            _ => Err(ApiError::malformed_json()),
        }
    }

    /// The value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Answer to a deletion that continues afterwards: 202 as observed, 204 as described.
    pub(crate) fn deletion_accepted(&self) -> Reply {
        if self.profile.described_statuses {
            Reply::no_content()
        } else {
            Reply::new(202, Value::Object(Map::new()))
        }
    }
}
