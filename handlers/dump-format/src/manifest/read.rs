use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a manifest, pointer or description of a collection cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON, or not an object with a version.
    #[error("not a JSON object with a version")]
    NotJson(#[source] serde_json::Error),
    /// Written in a version this code does not know.
    #[error("version {found} is not known: this code reads version {known}")]
    UnknownVersion {
        /// The version as JSON, or `(missing)`.
        found: String,
        /// The one version there is.
        known: u32,
    },
    /// A field is unknown, doubled, missing or of another type or form.
    #[error("not in the form of version {known}")]
    Form {
        /// The version.
        known: u32,
        /// Which field and why.
        #[source]
        error: serde_json::Error,
    },
    /// Its fields contradict each other.
    #[error("it contradicts itself: {0}")]
    Contradiction(&'static str),
}

#[derive(Deserialize)]
struct Head {
    version: Option<Value>,
}

/// Reads the version first, since another one may have other fields.
pub(super) fn versioned<T: DeserializeOwned>(json: &[u8], known: u32) -> Result<T, ManifestError> {
    let head: Head = serde_json::from_slice(json).map_err(ManifestError::NotJson)?;
    if head.version != Some(Value::from(known)) {
        let found = match head.version {
            None => "(missing)".to_owned(),
            Some(version @ Value::Number(_)) => version.to_string(),
            Some(_) => "(not a number)".to_owned(),
        };
        return Err(ManifestError::UnknownVersion { found, known });
    }
    serde_json::from_slice(json).map_err(|error| ManifestError::Form { known, error })
}
