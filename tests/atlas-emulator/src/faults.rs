//! Failures on demand.

use emulator_kit::{Script, ScriptedFault};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::pattern;
use crate::reply::ApiError;
use crate::routes::TOKEN_PATH;

/// A scripted failure. Of several that match a call the oldest decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// HTTP method, or `*` for all.
    #[serde(default = "any_method")]
    pub method: String,
    /// Path; `*` is any segment, a last `**` any rest. The base path may be left out; `/api/oauth/token` is a path too.
    #[serde(default = "any_path")]
    pub path: String,
    /// Matching calls that pass before the first that can fail. Only authenticated calls count, unless the kind says otherwise.
    #[serde(default)]
    pub skip: u32,
    /// Calls that fail; `None`: all of them, until the faults are cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// Chance of a matching call to fail, from 0 to 1.
    #[serde(default = "certain")]
    pub probability: f64,
    /// Where the dice start: the same calls fail every time.
    #[serde(default)]
    pub seed: u64,
    /// Strike calls that prove nothing yet, and only those; their work is the challenge.
    #[serde(default)]
    pub before_authentication: bool,
    /// What happens.
    #[serde(flatten)]
    pub kind: FaultKind,
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FaultKind {
    /// 500 `UNEXPECTED_ERROR`; nothing was done.
    #[default]
    InternalError,
    /// 429: `RATE_LIMITED` from the token path, `RATE_LIMITED_TOKEN_BUCKET` from any other.
    Throttle {
        /// Seconds in `Retry-After`; `None`: no such header.
        #[serde(default)]
        retry_after_seconds: Option<u64>,
    },
    /// 503 `SERVICE_UNAVAILABLE`.
    Unavailable {
        /// Seconds in `Retry-After`; `None`: no such header.
        #[serde(default)]
        retry_after_seconds: Option<u64>,
    },
    /// 502 of a proxy, with a page in HTML.
    BadGateway,
    /// 502 without a body.
    EmptyBadGateway,
    /// 400 `ATLAS_GENERAL_ERROR`, no capacity.
    NoCapacity,
    /// 401: wrong key or organisation.
    NotAuthorized,
    /// 403 `IP_ADDRESS_NOT_ON_ACCESS_LIST`.
    IpAddressNotOnAccessList,
    /// 403 `USER_UNAUTHORIZED`.
    RoleTooLow,
    /// 404 `RESOURCE_NOT_FOUND`, as a read that is stale.
    NotFound,
    /// 406.
    NotAcceptable,
    /// 410 `VERSION_GONE`.
    VersionGone,
    /// Any other refusal.
    Refuse {
        /// HTTP status.
        status: u16,
        /// The body's `errorCode`.
        error_code: String,
        /// The body's `detail`.
        #[serde(default)]
        detail: String,
    },
    /// The connection is closed; nothing was done.
    ConnectionReset,
    /// There is never an answer; nothing was done.
    Hang,
    /// The work is done late.
    Delay {
        /// How late, in milliseconds.
        delay_ms: u64,
    },
    /// The work is done, then the answer is 500 `UNEXPECTED_ERROR`.
    AcceptThenInternalError,
    /// The work is done, then the connection is closed.
    AcceptThenReset,
    /// The work is done, then there is never an answer.
    AcceptThenHang,
    /// The work is done; the connection is closed after half of the answer's body.
    ResetMidBody,
    /// The work is done; the body comes in four parts.
    SlowBody {
        /// Pause before each part, in milliseconds.
        delay_ms: u64,
    },
    /// The work is done; these members are put over those of each object in a successful answer.
    Show {
        /// For example `{"status": "FAILED", "errorMessage": "..."}`.
        members: Map<String, Value>,
    },
    /// The work is done; these members are left out of each object in the answer, an error's too.
    Omit {
        /// Names of members.
        members: Vec<String>,
    },
    /// Clusters show no private connection strings.
    StringsAbsent,
    /// Clusters show their private connection strings as those of other interface endpoints.
    StringsOfOthers,
    /// 401 to a digest, with `stale=true` and a new nonce. Counts calls with a digest.
    NonceExpired,
    /// 401 to a digest, with `stale=false`, whatever the key. Counts calls with a digest.
    DigestRefused,
    /// A challenge without `qop`, as RFC 2069 had it. Counts calls without a proof.
    ChallengeWithoutQop,
    /// A challenge with another realm. Counts calls without a proof.
    ChallengeRealm {
        /// The realm.
        realm: String,
    },
    /// The token ends now: 401, also for later calls with it. Counts calls with a token.
    TokenExpired,
}

/// Where in its life a call meets a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// It proves nothing.
    Challenge,
    /// It has a digest, not checked yet.
    Digest,
    /// It has a token, not checked yet.
    Bearer,
    /// It was authenticated.
    Work,
}

impl FaultKind {
    fn point(&self) -> Point {
        match self {
            Self::ChallengeWithoutQop | Self::ChallengeRealm { .. } => Point::Challenge,
            Self::NonceExpired | Self::DigestRefused => Point::Digest,
            Self::TokenExpired => Point::Bearer,
            _ => Point::Work,
        }
    }

    /// The refusal that a call gets instead of its work.
    pub(crate) fn refusal(&self, path: &str) -> Option<ApiError> {
        Some(match self {
            Self::InternalError => ApiError::unexpected(),
            Self::Throttle { retry_after_seconds } if path == TOKEN_PATH => {
                ApiError::token_rate_limited(path, 50).with_retry_after(*retry_after_seconds)
            }
            Self::Throttle { retry_after_seconds } => {
                ApiError::rate_limited(path, *retry_after_seconds).with_retry_after(*retry_after_seconds)
            }
            Self::Unavailable { retry_after_seconds } => ApiError::unavailable().with_retry_after(*retry_after_seconds),
            Self::NoCapacity => ApiError::no_capacity(),
            Self::NotAuthorized => ApiError::unauthorized(),
            Self::IpAddressNotOnAccessList => ApiError::ip_address_not_on_access_list(),
            Self::RoleTooLow => ApiError::role_too_low(),
            Self::NotFound => ApiError::resource_not_found(path),
            Self::NotAcceptable => ApiError::not_acceptable(),
            Self::VersionGone => ApiError::version_gone("2023-01-01", path),
            Self::Refuse {
                status,
                error_code,
                detail,
            } => ApiError::new(*status, error_code, detail.clone(), vec![]),
            _ => return None,
        })
    }
}

fn any_method() -> String {
    "*".to_owned()
}

fn any_path() -> String {
    "**".to_owned()
}

fn certain() -> f64 {
    1.0
}

impl Default for Fault {
    fn default() -> Self {
        Self {
            method: any_method(),
            path: any_path(),
            skip: 0,
            times: None,
            probability: certain(),
            seed: 0,
            before_authentication: false,
            kind: FaultKind::default(),
        }
    }
}

impl Script for Fault {
    /// Where in its life the call is, its method and its path.
    type Call<'a> = (Point, &'a str, &'a str);

    fn is_for(&self, (point, method, path): &Self::Call<'_>) -> bool {
        let strikes_at = if self.before_authentication {
            Point::Challenge
        } else {
            self.kind.point()
        };
        strikes_at == *point && pattern::matches(&self.method, &self.path, method, path)
    }

    fn skip(&mut self) -> &mut u32 {
        &mut self.skip
    }
}

impl ScriptedFault for Fault {
    type Effect = FaultKind;

    fn times(&mut self) -> &mut Option<u32> {
        &mut self.times
    }

    fn dice(&mut self) -> Option<(f64, &mut u64)> {
        Some((self.probability, &mut self.seed))
    }

    fn effect(&self) -> FaultKind {
        self.kind.clone()
    }
}
