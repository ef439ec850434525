//! Descriptions: sentences, and a runbook line. CloudWatch stores them with the marker as one more line.

use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::limits::MAX_DESCRIPTION;
use crate::alarm_bundle::state::Text;
use crate::alarm_bundle::{diagnostics, marker};

/// The whole description; unknown while any part of it is.
pub(crate) fn description(first: &Text, runbook_url: &Text, key: &str) -> Text {
    let Value::Value(first) = first else {
        return Value::Unknown;
    };
    let runbook = match runbook_url {
        Value::Value(url) => format!("\nRunbook: {}", url.replace("{key}", key)),
        Value::Null => String::new(),
        Value::Unknown => return Value::Unknown,
    };
    Value::Value(format!("{}{runbook}", first.trim_end()))
}

/// Checks that a description and its marker fit into CloudWatch's.
pub(crate) fn check_length(
    diagnostics: &mut Diagnostics,
    path: &AttributePath,
    key: &str,
    description: &Text,
    bundle: &Text,
) {
    if let (Value::Value(text), Value::Value(bundle)) = (description, bundle) {
        let length = text.chars().count() + marker::length(bundle);
        if length > MAX_DESCRIPTION {
            diagnostics::description_too_long(diagnostics, path.clone(), key, length);
        }
    }
}
