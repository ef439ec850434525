//! How far an export is. Readable without a key, so positions in lists, which can be made of user names, are encrypted.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use envelope::{Binding, DataKey, Padding};
use job_kit::{Handovers, Moment};
use serde::{Deserialize, Serialize};
use user_export::{Counts, EXPORT, Part, PoolFacts, RunId, VERSION};

/// What is read next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Position {
    Users { from: Option<Sealed> },
    Groups,
    Memberships { group: usize, from: Option<Sealed> },
    Done,
}

/// A position that Cognito gave, encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sealed(String);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    version: u32,
    run: RunId,
    user_pool_id: String,
    kms_key_arn: String,
    pub(crate) started: Moment,
    /// Wrapped, in base64.
    pub(crate) data_key: String,
    pub(crate) estimated_users: i64,
    pub(crate) pool: PoolFacts,
    pub(crate) position: Position,
    pub(crate) counts: Counts,
    pub(crate) attributes_used: BTreeSet<String>,
    pub(crate) parts: Vec<Part>,
    pub(crate) next_part: u32,
    pub(crate) handovers: Handovers,
}

impl State {
    pub(crate) fn new(run: &RunId, pool: &str, kms_key_arn: &str, started: Moment) -> Self {
        Self {
            version: VERSION,
            run: run.clone(),
            user_pool_id: pool.to_owned(),
            kms_key_arn: kms_key_arn.to_owned(),
            started,
            data_key: String::new(),
            estimated_users: 0,
            pool: PoolFacts::default(),
            position: Position::Users { from: None },
            counts: Counts::default(),
            attributes_used: BTreeSet::new(),
            parts: Vec::new(),
            next_part: 1,
            handovers: Handovers::default(),
        }
    }

    /// Whether it is this export's.
    pub(crate) fn check(&self, run: &RunId, pool: &str, kms_key_arn: &str) -> Result<(), String> {
        if self.version != VERSION {
            return Err(format!("version {}", self.version));
        }
        if self.run != *run || self.user_pool_id != pool {
            return Err("it is of another run or pool".to_owned());
        }
        if self.kms_key_arn != kms_key_arn {
            return Err("the export was started with another LECTERN_EXPORT_KMS_KEY_ARN".to_owned());
        }
        Ok(())
    }

    /// A number that grows with everything that is finished.
    pub(crate) fn done(&self) -> usize {
        // A list that is begun anew does not go back.
        let parts = usize::try_from(self.next_part).unwrap_or(usize::MAX);
        match &self.position {
            Position::Users { .. } => parts,
            Position::Groups => parts + 1,
            Position::Memberships { group, .. } => parts + 2 + group,
            Position::Done => usize::MAX,
        }
    }
}

fn place(run: &RunId) -> Binding {
    Binding::new(EXPORT.name, &["position", run.as_str()])
}

impl Sealed {
    /// None: it cannot be encrypted.
    pub(crate) fn new(key: &DataKey, run: &RunId, position: &str) -> Option<Self> {
        let sealed = key.seal(&place(run), position.as_bytes(), Padding::None).ok()?;
        Some(Self(STANDARD.encode(sealed)))
    }

    /// None: it is not this run's.
    pub(crate) fn open(&self, key: &DataKey, run: &RunId) -> Option<String> {
        let sealed = STANDARD.decode(&self.0).ok()?;
        let opened = key.open(&place(run), &sealed).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }
}
