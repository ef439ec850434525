//! `tags_all`: the provider's default tags and the resource's.

use std::collections::BTreeMap;

use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::Map;

/// Most tags of an alarm, longest key and value. Source: CloudWatch API, `Tag`, and Tagging AWS resources.
const MAX_TAGS: usize = 50;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

/// Both together, the resource's own winning; a null value is left out.
pub(crate) fn tags_all(default_tags: &Map<String>, tags: &Map<String>, diagnostics: &mut Diagnostics) -> Map<String> {
    if let Value::Value(tags) = tags {
        for (key, value) in tags {
            check(key, value, diagnostics);
        }
    }
    let mut all = BTreeMap::new();
    for map in [default_tags, tags] {
        match map {
            Value::Null => {}
            Value::Unknown => return Value::Unknown,
            Value::Value(map) => {
                all.extend(
                    map.iter()
                        .filter(|(_, value)| !value.is_null())
                        .map(|(key, value)| (key.clone(), value.clone())),
                );
            }
        }
    }
    if all.len() > MAX_TAGS {
        diagnostics::too_many_tags(diagnostics, all.len(), MAX_TAGS);
    }
    Value::Value(all)
}

fn check(key: &str, value: &Value<String>, diagnostics: &mut Diagnostics) {
    let long_value = value
        .as_deref_option()
        .is_some_and(|value| value.chars().count() > MAX_VALUE);
    if key.is_empty() || key.chars().count() > MAX_KEY || key.to_ascii_lowercase().starts_with("aws:") || long_value {
        diagnostics::tag_invalid(diagnostics, AttributePath::new("tags").key(key.to_owned()), key);
    }
}
