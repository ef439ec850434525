//! What a restore is asked to do: the event of the function, which the command line writes too.

use std::fmt;

use dump_format::key::{Location, RunId};
use dump_format::names::{BucketName, ClusterName, Invalid, Namespace, Prefix, RoleArn, SecretArn};
use dump_format::payload::{MAX_PATTERNS, NamespacePattern};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rename::{Rename, RenameError};

/// The version this code reads and writes.
pub const VERSION: u32 = 1;

/// Why an event is not one. No variant holds a value of the event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Not a JSON object.
    #[error("the event is not a JSON object (line {line}, column {column})")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1; 0 when the JSON is whole and not an object.
        column: usize,
    },
    /// The version is not the one this code knows.
    #[error("event version {0} is not known: this code reads version {VERSION}")]
    UnknownVersion(String),
    /// A field is unknown, doubled, missing, or its value breaks its rule.
    #[error("{field}: {problem}")]
    Field {
        /// Its path, like `source.bucket`; `.` is the event itself.
        field: String,
        /// What is wrong, without the value.
        problem: String,
    },
    /// A rename that cannot be meant.
    #[error("rename[{at}]: {problem}")]
    Rename {
        /// Which one, from 0.
        at: usize,
        /// What is wrong.
        problem: RenameError,
    },
}

/// An event, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    version: u32,
    /// Which dump.
    pub dump_id: DumpId,
    /// Where dumps are.
    pub source: Source,
    /// Where to restore to.
    pub target: Target,
    /// What to do.
    pub mode: Mode,
    /// What to do where the target has something already.
    #[serde(default)]
    pub conflict: Conflict,
    /// What of the dump.
    #[serde(default)]
    pub namespaces: Namespaces,
    /// Under which other names; nothing: as dumped.
    #[serde(default)]
    pub rename: Vec<Rename>,
    /// What to do with indexes that delete documents.
    #[serde(default)]
    pub ttl: Ttl,
    /// Given by this function to itself when it hands over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

/// A run's id, or the newest complete one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum DumpId {
    /// The newest that is complete and all there.
    Latest,
    /// This one and no other.
    Run(RunId),
}

impl DumpId {
    /// # Errors
    /// [`Invalid`] for anything but `latest` and a run's id.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text == "latest" {
            return Ok(Self::Latest);
        }
        RunId::parse(text).map(Self::Run)
    }
}

impl fmt::Display for DumpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Run(run) => run.fmt(f),
        }
    }
}

impl From<DumpId> for String {
    fn from(id: DumpId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for DumpId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

/// Where dumps are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The bucket, in the primary or in the replica region.
    pub bucket: BucketName,
    /// What every key begins with.
    pub prefix: Prefix,
    /// The cluster that was dumped.
    pub cluster: ClusterName,
    /// The role assumed for S3; none: the function's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<RoleArn>,
}

impl Source {
    /// Where the dumps are below the bucket.
    pub(crate) fn location(&self) -> Location {
        Location {
            prefix: self.prefix.clone(),
            cluster: self.cluster.clone(),
        }
    }
}

/// Where to restore to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The secret with the connection string, the only place it is in.
    pub secret_arn: SecretArn,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] #[value(name = $word)] $variant,)+
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word,)+ })
            }
        }
    };
}

words! {
    /// What to do.
    Mode {
        /// Show what a restore would do; writes nothing
        #[default]
        DryRun = "dry_run",
        /// Restore, and compare the target with the dump afterwards
        Restore = "restore",
        /// Compare the target with the dump; writes nothing
        Verify = "verify",
        /// Restore to temporary databases, compare, publish metrics, and drop the databases
        Drill = "drill",
    }
}

words! {
    /// What to do where the target has something already.
    Conflict {
        /// Stop, and list the conflicts
        #[default]
        Refuse = "refuse",
        /// Drop the namespaces that are in the dump, and no others
        Drop = "drop",
        /// Add missing documents and replace those that differ
        Merge = "merge",
    }
}

words! {
    /// What to do with what deletes documents by their age.
    Ttl {
        /// Build them at the end, after the comparison
        #[default]
        Build = "build",
        /// Skip and list them
        Defer = "defer",
    }
}

/// Which namespaces of the dump, by their names in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Namespaces {
    /// Patterns; one must match.
    #[serde(default = "everything")]
    pub include: Vec<Pattern>,
    /// Patterns; none may match.
    #[serde(default)]
    pub exclude: Vec<Pattern>,
}

impl Default for Namespaces {
    fn default() -> Self {
        Self {
            include: everything(),
            exclude: Vec::new(),
        }
    }
}

fn everything() -> Vec<Pattern> {
    NamespacePattern::parse("*").into_iter().map(Pattern).collect()
}

impl Namespaces {
    /// One of `include` matches and none of `exclude`.
    pub(crate) fn selects(&self, database: &str, collection: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.0.matches(database, collection));
        any(&self.include) && !any(&self.exclude)
    }
}

/// A pattern as in the dump's event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Pattern(NamespacePattern);

impl Pattern {
    pub(crate) fn matches(&self, namespace: &Namespace) -> bool {
        self.0.matches(namespace.database(), namespace.collection())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.0.to_string()
    }
}

impl TryFrom<String> for Pattern {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        NamespacePattern::parse(&text).map(Self)
    }
}

/// What one invocation tells the next; how far the restore has come is in the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// The dump, so that `latest` stays the same one.
    pub run: RunId,
    /// How many invocations there were before.
    pub hop: u32,
}

#[derive(Deserialize)]
struct Head {
    version: Option<Value>,
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// [`EventError`]; its text holds names of fields and nothing of their values.
    pub fn parse(json: &str) -> Result<Self, EventError> {
        let head: Head = serde_json::from_str(json).map_err(|error| EventError::NotJson {
            line: error.line(),
            column: error.column(),
        })?;
        if head.version != Some(Value::from(VERSION)) {
            return Err(EventError::UnknownVersion(match head.version {
                None => "(missing)".to_owned(),
                Some(version @ Value::Number(_)) => version.to_string(),
                Some(_) => "(not a number)".to_owned(),
            }));
        }
        let mut reader = serde_json::Deserializer::from_str(json);
        let event: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| EventError::Field {
            field: error.path().to_string(),
            problem: problem(&error.inner().to_string()),
        })?;
        event.check()?;
        Ok(event)
    }

    fn check(&self) -> Result<(), EventError> {
        let field = |field: &str, problem: &str| {
            Err(EventError::Field {
                field: field.to_owned(),
                problem: problem.to_owned(),
            })
        };
        for (name, patterns) in [
            ("namespaces.include", &self.namespaces.include),
            ("namespaces.exclude", &self.namespaces.exclude),
        ] {
            if patterns.len() > MAX_PATTERNS {
                return field(name, "write at most 100 patterns");
            }
        }
        if self.namespaces.include.is_empty() {
            return field("namespaces.include", "write [\"*\"] for everything");
        }
        if self.mode == Mode::Drill && (!self.rename.is_empty() || self.conflict != Conflict::Refuse) {
            return field("mode", "a drill has names of its own: leave rename and conflict out");
        }
        Rename::check_all(&self.rename).map_err(|(at, problem)| EventError::Rename { at, problem })
    }

    /// The event's bytes, as the next invocation gets them.
    #[must_use]
    pub fn render(&self) -> String {
        // Nothing in it can fail to be JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The same event for the next invocation.
    pub(crate) fn resumed(&self, resume: Resume) -> Self {
        Self {
            resume: Some(resume),
            ..self.clone()
        }
    }

    /// The same event without what an earlier invocation added.
    pub(crate) fn command(&self) -> Self {
        Self {
            resume: None,
            ..self.clone()
        }
    }

    /// The same for all commands that differ in nothing but which dump and what of it.
    pub(crate) fn kin(&self) -> Self {
        Self {
            dump_id: DumpId::Latest,
            namespaces: Namespaces::default(),
            ..self.command()
        }
    }
}

/// serde's words without the value that was there: it may be a secret in the wrong field.
fn problem(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or_default();
    let is_named = ["unknown field", "missing field", "duplicate field", "not "]
        .iter()
        .any(|start| message.starts_with(start));
    if is_named {
        return message.to_owned();
    }
    let expected = message.rsplit_once("expected ").map(|(_, expected)| expected);
    expected.map_or_else(
        || "not in the form it must have".to_owned(),
        |expected| format!("expected {expected}"),
    )
}
