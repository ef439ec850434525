//! What a run dumps, written down before the first document is read: every later invocation of the run does the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dump_format::UtcSeconds;
use dump_format::key::RunId;
use dump_format::manifest::{Asked, Consistency, Described, Kind, Server, Skipped, Topology};
use dump_format::names::{KmsKeyArn, Namespace, Ordinal};
use dump_format::payload::DumpSettings;
use job_kit::JobError;
use serde::{Deserialize, Serialize};

use crate::error::DumpError;

pub(crate) const VERSION: u32 = 1;

/// A raw BSON document, in base64 where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct Raw(pub(crate) Vec<u8>);

impl From<Raw> for String {
    fn from(raw: Raw) -> Self {
        STANDARD.encode(raw.0)
    }
}

impl TryFrom<String> for Raw {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        STANDARD.decode(text).map(Self)
    }
}

/// Who reads the ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// One function, one after the other.
    Whole,
    /// A state machine's functions, many at a time.
    Ranges,
}

/// How a collection is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// By the index on `_id`: reading can resume from any document.
    ById,
    /// As documents are stored: the measurements of a time series have no such index, and a capped collection's order is part of it.
    /// Reading cannot resume, only start again.
    Natural,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedRange {
    pub(crate) range: Ordinal,
    /// `{"_id": ...}` of its first document, if it does not begin with the collection's first.
    pub(crate) from: Option<Raw>,
    /// `{"_id": ...}` of the first document behind it, if there is one.
    pub(crate) to: Option<Raw>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Planned {
    pub(crate) namespace: Namespace,
    pub(crate) kind: Kind,
    pub(crate) uuid: Option<Raw>,
    /// Of a time series: where the server keeps its buckets, which are read in its place.
    #[serde(default)]
    pub(crate) buckets: Option<Namespace>,
    /// Its description, which is written; none in a plan of before this field.
    #[serde(default)]
    pub(crate) meta: Option<Described>,
    pub(crate) order: Order,
    /// Bytes of a document on average.
    pub(crate) document_bytes: Option<u64>,
    /// None for a view.
    pub(crate) ranges: Vec<PlannedRange>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    pub(crate) version: u32,
    pub(crate) run: RunId,
    pub(crate) mode: Mode,
    pub(crate) started: UtcSeconds,
    pub(crate) asked: Asked,
    pub(crate) kms_key_arn: KmsKeyArn,
    pub(crate) server: Server,
    /// What is aimed at; ranges say what they got.
    pub(crate) consistency: Consistency,
    pub(crate) collections: Vec<Planned>,
    pub(crate) skipped: Vec<Skipped>,
}

pub(crate) fn asked(settings: &DumpSettings) -> Asked {
    let fields = settings.fields();
    Asked {
        include: fields.include,
        exclude: fields.exclude,
        compression: settings.compression,
        read_concern: settings.read_concern,
    }
}

impl Planned {
    /// What is read for it.
    pub(crate) fn read(&self) -> &Namespace {
        self.buckets.as_ref().unwrap_or(&self.namespace)
    }
}

impl Plan {
    /// The time that all documents are to be of, if there is one.
    pub(crate) fn snapshot(&self) -> Option<dump_format::manifest::ClusterTime> {
        match self.consistency {
            Consistency::Snapshot { cluster_time } => Some(cluster_time),
            Consistency::PerRange { .. } => None,
        }
    }

    pub(crate) fn is_sharded(&self) -> bool {
        self.server.topology == Topology::Sharded
    }

    /// Ranges with their collections, in order.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (&Planned, &PlannedRange)> {
        self.collections
            .iter()
            .flat_map(|collection| collection.ranges.iter().map(move |range| (collection, range)))
    }

    pub(crate) fn parse(key: &str, json: &[u8]) -> Result<Self, JobError> {
        let foreign = |reason: String| JobError::Foreign {
            key: key.to_owned(),
            reason,
        };
        let plan: Self = serde_json::from_slice(json)
            .map_err(|error| foreign(format!("line {}, column {}", error.line(), error.column())))?;
        if plan.version == VERSION {
            return Ok(plan);
        }
        Err(foreign(format!("version {}", plan.version)))
    }

    /// A plan is for one set of settings and one way to read.
    pub(crate) fn check(&self, settings: &DumpSettings, mode: Mode) -> Result<(), DumpError> {
        let now = asked(settings);
        let field = if self.mode != mode {
            "action"
        } else if self.asked.include != now.include {
            "include"
        } else if self.asked.exclude != now.exclude {
            "exclude"
        } else if self.asked.compression != now.compression {
            "compression"
        } else if self.asked.read_concern != now.read_concern {
            "read_concern"
        } else if self.kms_key_arn != settings.kms_key_arn {
            "kms_key_arn"
        } else {
            return Ok(());
        };
        Err(DumpError::OtherSettings { run: self.run, field })
    }
}
