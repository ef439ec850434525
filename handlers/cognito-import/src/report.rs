//! What became of an import: counts in the answer and in S3, readable; what happened to each user, encrypted.

use std::collections::BTreeMap;

use job_kit::Moment;
use serde::{Deserialize, Serialize};
use user_export::{Part, RunId};

/// What became of one user of the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Was made, or would be in an import that is not a dry run.
    Created,
    /// Was there and is equal.
    Equal,
    /// Was there and differs. Nothing was changed.
    Differs,
    /// Cognito refuses this user.
    Refused,
    /// Signs in through another identity provider and comes back with the first sign-in.
    Federated,
    /// Never confirmed the sign-up, so nobody knows whose address it is. Signs up again.
    Unconfirmed,
}

/// How many users and groups became what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// [`Outcome::Created`].
    pub created: u64,
    /// [`Outcome::Equal`].
    pub equal: u64,
    /// [`Outcome::Differs`].
    pub differs: u64,
    /// In what they differ: names of attributes, `enabled`, `status`, `groups`.
    pub differs_in: BTreeMap<String, u64>,
    /// [`Outcome::Refused`].
    pub refused: u64,
    /// By Cognito's code.
    pub refused_by: BTreeMap<String, u64>,
    /// [`Outcome::Federated`].
    pub federated: u64,
    /// [`Outcome::Unconfirmed`].
    pub unconfirmed: u64,
    /// Of those created, who have no verified address and cannot reset the password: an administrator sets one.
    pub without_recovery: u64,
    /// Of those created, who were invited and never signed in: an administrator sends the invitation again.
    pub to_invite: u64,
    /// Groups that were made, or would be.
    pub groups_created: u64,
    /// Groups that were there and are equal.
    pub groups_equal: u64,
    /// Groups that were there with another description or precedence. Nothing was changed.
    pub groups_differ: u64,
    /// Groups whose role the import does not carry.
    pub groups_with_role: u64,
    /// Memberships of users whom the export has.
    pub memberships_matched: u64,
    /// Memberships of users whom the export does not have: they came after the users were listed.
    pub memberships_orphaned: u64,
}

/// What happened to one user: a line of the encrypted results.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserResult {
    /// In the export.
    pub username: String,
    /// What.
    pub outcome: Outcome,
    /// In the exported pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_sub: Option<String>,
    /// In the pool that was imported into; none where the user is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_sub: Option<String>,
    /// In what a user who was there differs.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub differs_in: Vec<String>,
    /// Cognito's code, of one whom it refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_by: Option<String>,
}

impl std::fmt::Debug for UserResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UserResult({:?})", self.outcome)
    }
}

/// An import that came to its end. It has nothing personal in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The format of results and report.
    pub version: u32,
    /// Which export.
    pub export: RunId,
    /// Whose.
    pub source_user_pool_id: String,
    /// Into which pool.
    pub user_pool_id: String,
    /// Whether nothing was to be changed.
    pub dry_run: bool,
    /// Key of this report.
    pub report: String,
    /// When the first invocation began.
    pub started: Moment,
    /// When this was written.
    pub finished: Moment,
    /// How many became what.
    pub counts: Tally,
    /// What no API carries.
    pub not_carried: Vec<String>,
    /// What the results' data key is made for, by `run` of the encryption context.
    pub data_key_run: String,
    /// The results' data key, wrapped, in base64.
    pub data_key: String,
    /// [`UserResult`]s, encrypted; the map of old and new `sub` is in them.
    pub results: Vec<Part>,
}

impl Tally {
    /// Counts a user.
    pub(crate) fn count(&mut self, result: &UserResult) {
        *match result.outcome {
            Outcome::Created => &mut self.created,
            Outcome::Equal => &mut self.equal,
            Outcome::Differs => &mut self.differs,
            Outcome::Refused => &mut self.refused,
            Outcome::Federated => &mut self.federated,
            Outcome::Unconfirmed => &mut self.unconfirmed,
        } += 1;
        for name in &result.differs_in {
            *self.differs_in.entry(name.clone()).or_default() += 1;
        }
        if let Some(code) = &result.refused_by {
            *self.refused_by.entry(code.clone()).or_default() += 1;
        }
    }
}
