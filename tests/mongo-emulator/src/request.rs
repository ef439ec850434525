//! A command as it was sent, and what it is about.

use crate::bson::Document;
use crate::refusal::{Refusal, code};
use crate::wire::Command;

/// Commands of the database admin that name a collection with its database.
const OF_FULL_NAMES: [&str; 3] = ["renameCollection", "shardCollection", "updateZoneKeyRange"];

/// A command with its target.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) body: Document<'a>,
    pub(crate) sequences: Vec<(&'a str, Vec<&'a [u8]>)>,
    /// As it was sent.
    pub(crate) name: &'a str,
    pub(crate) database: &'a str,
    pub(crate) collection: Option<&'a str>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(command: &Command<'a>) -> Option<Self> {
        let body = command.body;
        let first = body.elements().next()?;
        let name = std::str::from_utf8(first.name).ok()?;
        let collection = match name {
            "getMore" => body.str("collection"),
            name if OF_FULL_NAMES.contains(&name) => first
                .value
                .as_str()
                .and_then(|full| full.split_once('.'))
                .map(|(_, name)| name),
            _ => first.value.as_str(),
        };
        let database = match name {
            name if OF_FULL_NAMES.contains(&name) => first
                .value
                .as_str()
                .and_then(|full| full.split_once('.'))
                .map(|(name, _)| name),
            _ => body.str("$db"),
        };
        Some(Self {
            body,
            sequences: command.sequences.clone(),
            name,
            database: database.unwrap_or("admin"),
            collection,
        })
    }

    pub(crate) fn namespace(&self) -> String {
        match self.collection {
            Some(collection) => format!("{}.{collection}", self.database),
            None => self.database.to_owned(),
        }
    }

    /// Documents of that name, from beside the body or from within.
    pub(crate) fn documents(&self, name: &str) -> Vec<&'a [u8]> {
        if let Some((_, documents)) = self.sequences.iter().find(|(of, _)| *of == name) {
            return documents.clone();
        }
        let array = self.body.get(name).and_then(|value| value.as_array());
        array
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_document())
            .map(|document| document.0)
            .collect()
    }

    pub(crate) fn collection(&self) -> Result<&'a str, Refusal> {
        let is_valid = |name: &&str| !name.is_empty() && !name.starts_with('.') && !name.contains(['\0', '$']);
        self.collection.filter(is_valid).ok_or_else(|| {
            Refusal::new(
                code::INVALID_NAMESPACE,
                format!("Invalid namespace specified '{}'", self.namespace()),
            )
        })
    }

    /// Bytes of the command and of the documents beside it.
    pub(crate) fn bytes(&self) -> usize {
        let beside = self.sequences.iter().flat_map(|(_, documents)| documents);
        self.body.0.len() + beside.map(|document| document.len()).sum::<usize>()
    }

    /// It is sent again if it fails on the way.
    pub(crate) fn is_retryable_write(&self) -> bool {
        self.body.get("txnNumber").is_some()
    }
}
