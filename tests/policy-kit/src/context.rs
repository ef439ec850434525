//! The context keys of a request.

use std::collections::BTreeMap;

/// Keys and their values. "Key names are case-insensitive" (IAM User Guide, "Variables and tags").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
}

impl Context {
    /// Sets a key, in place of what it was.
    pub fn set(&mut self, key: &str, values: &[&str]) {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.values.insert(key.to_ascii_lowercase(), values);
    }

    /// The values of a key; none of a key that is not there or that has none: "null" in the guide's words.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[String]> {
        let values = self.values.get(&key.to_ascii_lowercase())?;
        (!values.is_empty()).then_some(values.as_slice())
    }

    /// The value of a key that has exactly one: "You can't use a multivalued condition key as a variable."
    #[must_use]
    pub fn single(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some([value]) => Some(value),
            _ => None,
        }
    }
}
