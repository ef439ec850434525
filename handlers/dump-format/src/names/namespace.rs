use std::fmt;

use serde::{Deserialize, Serialize};

use super::Invalid;

/// A number in a key, 0 to 99,999: always five digits, so that keys list in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(into = "u32", try_from = "u32")]
pub struct Ordinal(u32);

impl Ordinal {
    /// # Errors
    /// [`Invalid`] above 99,999.
    pub fn new(number: u32) -> Result<Self, Invalid> {
        if number <= 99_999 {
            return Ok(Self(number));
        }
        Err(Invalid::new("a range's or part's number", "it must be 0 to 99999"))
    }

    /// The number itself.
    pub fn get(self) -> u32 {
        self.0
    }

    /// Reads exactly five digits.
    pub(crate) fn from_digits(digits: &str) -> Option<Self> {
        let five = digits.len() == 5 && digits.bytes().all(|c| c.is_ascii_digit());
        five.then(|| digits.parse().ok().map(Self)).flatten()
    }
}

impl fmt::Display for Ordinal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:05}", self.0)
    }
}

impl From<Ordinal> for u32 {
    fn from(ordinal: Ordinal) -> Self {
        ordinal.0
    }
}

impl TryFrom<u32> for Ordinal {
    type Error = Invalid;

    fn try_from(number: u32) -> Result<Self, Invalid> {
        Self::new(number)
    }
}

/// One collection or view: database 1 to 63 bytes, database and collection with the dot between them at most 255 (source:
/// MongoDB Limits and Thresholds). Which characters a server allows is the server's business: keys encode them all.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "UncheckedNamespace")]
pub struct Namespace {
    database: String,
    collection: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UncheckedNamespace {
    database: String,
    collection: String,
}

impl TryFrom<UncheckedNamespace> for Namespace {
    type Error = Invalid;

    fn try_from(unchecked: UncheckedNamespace) -> Result<Self, Invalid> {
        Self::new(&unchecked.database, &unchecked.collection)
    }
}

impl Namespace {
    /// # Errors
    /// [`Invalid`] for an empty or too long part.
    pub fn new(database: &str, collection: &str) -> Result<Self, Invalid> {
        let lengths = (1..=63).contains(&database.len()) && !collection.is_empty();
        if lengths && database.len() + 1 + collection.len() <= 255 {
            return Ok(Self {
                database: database.to_owned(),
                collection: collection.to_owned(),
            });
        }
        let reason =
            "a database has 1 to 63 bytes, a collection at least one, both and the dot between them at most 255";
        Err(Invalid::new("a namespace", reason))
    }

    /// The database's name.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The collection's name, which may hold dots.
    pub fn collection(&self) -> &str {
        &self.collection
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.database, self.collection)
    }
}
