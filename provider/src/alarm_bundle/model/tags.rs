//! `tags_all`: the provider's default tags and the resource's.

use std::collections::BTreeMap;

use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::Map;
use crate::connection::tags::check_tags;

/// Most tags of an alarm. Source: CloudWatch API, `Tag`, and Tagging AWS resources.
const MAX_TAGS: usize = 50;

/// Both together, the resource's own winning; a null value is left out.
pub(crate) fn tags_all(default_tags: &Map<String>, tags: &Map<String>, diagnostics: &mut Diagnostics) -> Map<String> {
    if let Value::Value(tags) = tags {
        check_tags(diagnostics, &AttributePath::new("tags"), tags);
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
