//! What an export has, readable without a key.

use std::collections::{BTreeMap, BTreeSet};

use job_kit::Moment;
use serde::{Deserialize, Serialize};

use crate::key::{Kind, RunId};

/// Of manifest, pointer and state. Another one is refused.
pub const VERSION: u32 = 1;

/// What no API of Cognito gives, so that no export has it.
pub const NOT_CARRIED: [&str; 8] = [
    "passwords: each user sets a new one",
    "TOTP secrets and MFA preferences: each user registers the second factor again",
    "sub: Cognito gives each user a new one; the import writes a map of old and new",
    "passkeys and remembered devices",
    "sessions: refresh tokens of the old pool are not valid in another",
    "links to external identity providers: federated users come back when they sign in through their provider",
    "roles of groups: an import would need iam:PassRole",
    "the pool's own configuration: terraform/modules/auth makes it",
];

/// A part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What its lines are.
    pub kind: Kind,
    /// It is bound to this.
    pub number: u32,
    /// Where it is.
    pub key: String,
    /// Lines in it.
    pub lines: u64,
    /// Bytes as stored.
    pub bytes: u64,
    /// Of the bytes as stored, in hexadecimal digits.
    pub sha256: String,
    /// S3's version of the object; none where the bucket keeps no versions.
    pub version_id: Option<String>,
}

/// How much there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Lines. A user who was listed twice, because the list changed meanwhile, has two.
    pub users: u64,
    /// Of them, by `UserStatus`.
    pub by_status: BTreeMap<String, u64>,
    /// Of them, those who may not sign in.
    pub disabled: u64,
    /// Groups that were listed.
    pub groups: u64,
    /// Of them, those that were gone when their members were asked for.
    pub groups_vanished: u64,
    /// Memberships. One of a user who came after the users were listed is among them; an import counts those.
    pub memberships: u64,
    /// How often the list of users was started again because Cognito no longer accepted the position.
    pub listings_restarted: u64,
}

/// What of the pool decides whether its users fit into another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolFacts {
    /// `email`, `phone_number`: what users sign in with in place of a name.
    pub username_attributes: BTreeSet<String>,
    /// What users can sign in with besides their name.
    pub alias_attributes: BTreeSet<String>,
    /// Whether `Ada` and `ada` are two users.
    pub case_sensitive: bool,
    /// All attributes of the schema.
    pub attributes: BTreeSet<String>,
    /// Of them, those that a user has to have.
    pub required: BTreeSet<String>,
    /// `OFF`, `OPTIONAL` or `ON`.
    pub mfa: String,
}

/// An export that is complete. It has nothing personal in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// Which export.
    pub run: RunId,
    /// Of which pool.
    pub user_pool_id: String,
    /// When its first invocation began.
    pub started: Moment,
    /// When this was written.
    pub finished: Moment,
    /// What the list is: `eventually consistent, page by page`. A user who came, went or changed between the two times may be in it as
    /// before or as after; nobody who was there all the time is missing, unless Cognito itself left them out.
    pub listing: String,
    /// Cognito's own estimate at the beginning and at the end.
    pub estimated_users: (i64, i64),
    /// How much there is.
    pub counts: Counts,
    /// Of the pool.
    pub pool: PoolFacts,
    /// Attributes that a user of the export has.
    pub attributes_used: BTreeSet<String>,
    /// The KMS key that the data key is wrapped by.
    pub kms_key_arn: String,
    /// The data key, wrapped, in base64.
    pub data_key: String,
    /// All of them, in order.
    pub parts: Vec<Part>,
    /// [`NOT_CARRIED`].
    pub not_carried: Vec<String>,
}

/// The pointer to the newest complete export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latest {
    /// [`VERSION`].
    pub version: u32,
    /// Which.
    pub run: RunId,
    /// Key of its manifest.
    pub manifest: String,
    /// When it was complete.
    pub finished: Moment,
}
