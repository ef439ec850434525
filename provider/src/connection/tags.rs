//! What AWS accepts as a tag.

use std::collections::BTreeMap;

use provider_kit::error;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Longest key and value, in characters. Source: CloudWatch API, `Tag`, and Tagging AWS resources.
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

/// What begins the keys of AWS's own tags, in any case. Source: Tagging AWS resources.
const RESERVED: &str = "aws:";

/// Refuses each tag that AWS would refuse; a null or unknown value passes.
pub(crate) fn check_tags(diagnostics: &mut Diagnostics, path: &AttributePath, tags: &BTreeMap<String, Value<String>>) {
    for (key, value) in tags {
        let is_long = |text: &str, most: usize| text.chars().count() > most;
        let problem = if key.is_empty() {
            "the key is empty".to_owned()
        } else if key.to_ascii_lowercase().starts_with(RESERVED) {
            format!("keys that begin with {RESERVED:?} are reserved for AWS")
        } else if is_long(key, MAX_KEY) {
            format!(
                "the key has {} characters and the limit is {MAX_KEY}",
                key.chars().count()
            )
        } else if let Value::Value(value) = value
            && is_long(value, MAX_VALUE)
        {
            format!(
                "its value has {} characters and the limit is {MAX_VALUE}",
                value.chars().count()
            )
        } else {
            continue;
        };
        let shown: String = key.chars().take(60).collect();
        error(
            diagnostics,
            path.clone().key(key.clone()),
            "Tag is invalid.",
            format!("AWS rejects the tag {shown:?}: {problem}. Rename or shorten it."),
        );
    }
}
