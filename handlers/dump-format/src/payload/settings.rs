use serde::{Deserialize, Serialize};

use super::NamespacePattern;
use crate::names::{BucketName, ClusterName, Invalid, KmsKeyArn, Prefix, RoleArn, SecretArn};

/// Our choice: a list this long is better said with `*`, and two of the longest stay below the 256 KB of a Scheduler
/// target's input.
pub const MAX_PATTERNS: usize = 100;

/// How data objects are compressed. The default of a schedule is zstd: on mixed documents level 1 is as small as gzip 6 at
/// a fifth of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// A Zstandard frame with its checksum; objects end in `.jsonl.zst`.
    Zstd,
    /// Gzip members; objects end in `.jsonl.gz`.
    Gzip,
}

impl Compression {
    /// # Errors
    /// [`Invalid`] for anything but `zstd` and `gzip`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "zstd" => Ok(Self::Zstd),
            "gzip" => Ok(Self::Gzip),
            _ => Err(Invalid::new("a compression", "write zstd or gzip")),
        }
    }

    /// As the payload spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }
}

/// How collections are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadConcern {
    /// All collections as of one cluster time where the server can still give it; the manifest says where it could not.
    Snapshot,
    /// Every collection as of its own time, only what a majority acknowledged.
    Majority,
}

impl ReadConcern {
    /// # Errors
    /// [`Invalid`] for anything but `snapshot` and `majority`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "snapshot" => Ok(Self::Snapshot),
            "majority" => Ok(Self::Majority),
            _ => Err(Invalid::new("a read concern", "write snapshot or majority")),
        }
    }

    /// As the payload spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Majority => "majority",
        }
    }
}

/// What to dump and where to, as written: nothing is checked yet. [`DumpFields::check`] makes [`DumpSettings`] of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DumpFields {
    /// See [`ClusterName`].
    pub cluster: String,
    /// See [`SecretArn`].
    pub secret_arn: String,
    /// See [`BucketName`].
    pub bucket: String,
    /// See [`Prefix`].
    pub prefix: String,
    /// See [`KmsKeyArn`]: the key the dump's objects are encrypted with.
    pub kms_key_arn: String,
    /// See [`RoleArn`]: the role assumed for S3.
    pub role_arn: String,
    /// Patterns of namespaces to dump, 1 to [`MAX_PATTERNS`]; see [`NamespacePattern`].
    pub include: Vec<String>,
    /// Patterns of namespaces to leave out, 0 to [`MAX_PATTERNS`]; stronger than `include`.
    pub exclude: Vec<String>,
    /// See [`Compression`].
    pub compression: String,
    /// See [`ReadConcern`].
    pub read_concern: String,
}

/// One field of [`DumpFields`] that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}{}: {invalid}", element.map(|at| format!("[{at}]")).unwrap_or_default())]
pub struct FieldProblem {
    /// The field's name in the payload, which is also the attribute's in the resource.
    pub field: &'static str,
    /// Which element of a list, from 0; None for the field as a whole.
    pub element: Option<usize>,
    /// What it should have been and what to write.
    pub invalid: Invalid,
}

/// What to dump and where to, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DumpSettings {
    /// The cluster, a part of every key.
    pub cluster: ClusterName,
    /// Where the connection string is.
    pub secret_arn: SecretArn,
    /// The bucket the dump goes to.
    pub bucket: BucketName,
    /// What every key begins with.
    pub prefix: Prefix,
    /// The key the dump's objects are encrypted with.
    pub kms_key_arn: KmsKeyArn,
    /// The role assumed for S3.
    pub role_arn: RoleArn,
    /// Namespaces to dump.
    pub include: Vec<NamespacePattern>,
    /// Namespaces to leave out.
    pub exclude: Vec<NamespacePattern>,
    /// How data objects are compressed.
    pub compression: Compression,
    /// How collections are read.
    pub read_concern: ReadConcern,
}

impl DumpFields {
    /// # Errors
    /// Every field that breaks its rule, in the payload's order.
    pub fn check(&self) -> Result<DumpSettings, Vec<FieldProblem>> {
        let mut check = Check::default();
        let cluster = check.field("cluster", ClusterName::parse(&self.cluster));
        let secret_arn = check.field("secret_arn", SecretArn::parse(&self.secret_arn));
        let bucket = check.field("bucket", BucketName::parse(&self.bucket));
        let prefix = check.field("prefix", Prefix::parse(&self.prefix));
        let kms_key_arn = check.field("kms_key_arn", KmsKeyArn::parse(&self.kms_key_arn));
        let role_arn = check.field("role_arn", RoleArn::parse(&self.role_arn));
        if self.include.is_empty() {
            let invalid = Invalid::new("a list of patterns", "write [\"*\"] to dump everything");
            check.field::<()>("include", Err(invalid));
        }
        let include = check.patterns("include", &self.include);
        let exclude = check.patterns("exclude", &self.exclude);
        let compression = check.field("compression", Compression::parse(&self.compression));
        let read_concern = check.field("read_concern", ReadConcern::parse(&self.read_concern));
        let settings = || {
            Some(DumpSettings {
                cluster: cluster?,
                secret_arn: secret_arn?,
                bucket: bucket?,
                prefix: prefix?,
                kms_key_arn: kms_key_arn?,
                role_arn: role_arn?,
                include,
                exclude,
                compression: compression?,
                read_concern: read_concern?,
            })
        };
        match settings() {
            Some(settings) if check.problems.is_empty() => Ok(settings),
            _ => Err(check.problems),
        }
    }
}

#[derive(Default)]
struct Check {
    problems: Vec<FieldProblem>,
}

impl Check {
    fn field<T>(&mut self, field: &'static str, parsed: Result<T, Invalid>) -> Option<T> {
        self.element(field, None, parsed)
    }

    fn element<T>(&mut self, field: &'static str, element: Option<usize>, parsed: Result<T, Invalid>) -> Option<T> {
        parsed
            .map_err(|invalid| {
                self.problems.push(FieldProblem {
                    field,
                    element,
                    invalid,
                })
            })
            .ok()
    }

    fn patterns(&mut self, field: &'static str, patterns: &[String]) -> Vec<NamespacePattern> {
        if patterns.len() > MAX_PATTERNS {
            let invalid = Invalid::new(
                "a list of patterns",
                "write at most 100, with * for names that have a part in common",
            );
            self.field::<()>(field, Err(invalid));
        }
        let each = patterns.iter().enumerate();
        each.filter_map(|(at, pattern)| self.element(field, Some(at), NamespacePattern::parse(pattern)))
            .collect()
    }
}

impl DumpSettings {
    /// The settings as the payload writes them.
    pub fn fields(&self) -> DumpFields {
        let texts = |patterns: &[NamespacePattern]| patterns.iter().map(ToString::to_string).collect();
        DumpFields {
            cluster: self.cluster.to_string(),
            secret_arn: self.secret_arn.to_string(),
            bucket: self.bucket.to_string(),
            prefix: self.prefix.to_string(),
            kms_key_arn: self.kms_key_arn.to_string(),
            role_arn: self.role_arn.to_string(),
            include: texts(&self.include),
            exclude: texts(&self.exclude),
            compression: self.compression.as_str().to_owned(),
            read_concern: self.read_concern.as_str().to_owned(),
        }
    }

    /// Whether the namespace is to be dumped: one of `include` matches and none of `exclude`.
    pub fn selects(&self, database: &str, collection: &str) -> bool {
        let any = |patterns: &[NamespacePattern]| patterns.iter().any(|pattern| pattern.matches(database, collection));
        any(&self.include) && !any(&self.exclude)
    }
}
