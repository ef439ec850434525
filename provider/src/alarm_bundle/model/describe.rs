//! Descriptions: sentences, a runbook line, and the marker by which a bundle recognises its alarms.

use tf_provider::value::Value;

use super::key::marker;
use crate::alarm_bundle::state::Text;

/// The whole description; unknown while any part of it is.
pub(crate) fn description(first: &Text, runbook_url: &Text, key: &str, bundle: &Text) -> Text {
    let (Value::Value(first), Value::Value(bundle)) = (first, bundle) else {
        return Value::Unknown;
    };
    let runbook = match runbook_url {
        Value::Value(url) => format!("\nRunbook: {}", url.replace("{key}", key)),
        Value::Null => String::new(),
        Value::Unknown => return Value::Unknown,
    };
    Value::Value(format!("{}{runbook}\n{}", first.trim_end(), marker(bundle)))
}
