//! The state of an access list, typed; and the entries in it by what they admit.

use std::collections::BTreeMap;

use atlas_client::{AccessListValue, ProjectId};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

pub(super) type Text = Value<String>;

/// One entry, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) comment: Text,
}

/// Entries by the address, network or security group they admit, as typed.
pub(super) type Entries = BTreeMap<String, Value<Entry>>;

/// All attributes of `lectern_atlas_access_list`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct List {
    pub(super) id: Text,
    pub(super) project_id: Text,
    pub(super) entries: Value<Entries>,
    pub(super) allow_public: Value<bool>,
    pub(super) ignore_temporary: Value<bool>,
    pub(super) adopt_existing: Value<bool>,
}

/// Comments by what the entries admit; an empty comment and none are the same.
pub(super) type Comments = BTreeMap<AccessListValue, Option<String>>;

impl List {
    /// The project, if it is known and well-formed; validation has complained otherwise.
    pub(super) fn project(&self) -> Option<ProjectId> {
        ProjectId::parse(self.project_id.as_deref_option()?).ok()
    }

    /// Whether entries that remove themselves are somebody else's business.
    pub(super) fn ignores_temporary(&self) -> bool {
        self.ignore_temporary != Value::Value(false)
    }

    /// The entries in normal form. Keys that are not well-formed are left out; validation has complained about them.
    pub(super) fn comments(&self) -> Comments {
        let entries = self.entries.as_ref_option();
        entries
            .into_iter()
            .flatten()
            .filter_map(|(key, entry)| Some((AccessListValue::parse(key).ok()?, comment(entry))))
            .collect()
    }

    /// Replaces the entries by these, each under the key and with the comment that was typed where it is the same.
    pub(super) fn show(&mut self, there: &Comments) {
        let typed: BTreeMap<AccessListValue, (String, Value<Entry>)> = self
            .entries
            .as_ref_option()
            .into_iter()
            .flatten()
            .filter_map(|(key, entry)| Some((AccessListValue::parse(key).ok()?, (key.clone(), entry.clone()))))
            .collect();
        let entries = there.iter().map(|(value, words)| match typed.get(value) {
            Some((key, entry)) if comment(entry) == *words => (key.clone(), entry.clone()),
            Some((key, _)) => (key.clone(), of_comment(words)),
            None => (value.to_string(), of_comment(words)),
        });
        self.entries = Value::Value(entries.collect());
    }
}

fn comment(entry: &Value<Entry>) -> Option<String> {
    let text = entry.as_ref_option()?.comment.as_deref_option()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn of_comment(words: &Option<String>) -> Value<Entry> {
    Value::Value(Entry {
        comment: words.clone().into(),
    })
}
