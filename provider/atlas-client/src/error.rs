use std::fmt;
use std::time::Duration;

/// Which call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// In words: "create endpoint service".
    pub name: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path with the ids it was sent with, without host and query.
    pub path: String,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.name, self.method, self.path)
    }
}

/// Why a call failed. The variant is chosen by HTTP status alone; `detail` and `error_code` are Atlas's own words, to
/// be shown, not to be matched on: Atlas changes them.
///
/// [`AtlasError::advice`] says what a user can check.
#[derive(Debug, thiserror::Error)]
pub enum AtlasError {
    /// 401: Atlas does not accept the credentials, also after a renewed nonce or token.
    #[error("{operation}: Atlas does not accept the credentials{}", said(detail, error_code))]
    Unauthorized {
        /// Which call.
        operation: Operation,
        /// Atlas's explanation.
        detail: Option<String>,
        /// Atlas's code.
        error_code: Option<String>,
    },
    /// 403: the credentials are good and not enough.
    #[error("{operation}: Atlas denied access{}", said(detail, error_code))]
    Forbidden {
        /// Which call.
        operation: Operation,
        /// Atlas's explanation; where the caller's address is refused, it names the address.
        detail: Option<String>,
        /// Atlas's code.
        error_code: Option<String>,
        /// Whether the code says that the caller's address is not on the key's own access list. Chooses the advice
        /// only.
        ip_not_on_access_list: bool,
    },
    /// 404, where absence is not an answer.
    #[error("{operation}: Atlas did not find the object{}", said(detail, error_code))]
    NotFound {
        /// Which call.
        operation: Operation,
        /// Atlas's explanation.
        detail: Option<String>,
        /// Atlas's code.
        error_code: Option<String>,
    },
    /// 409: it exists, or something in use or being deleted is in the way.
    #[error(
        "{operation}: the request conflicts with an existing object in Atlas{}",
        said(detail, error_code)
    )]
    Conflict {
        /// Which call.
        operation: Operation,
        /// Atlas's explanation.
        detail: Option<String>,
        /// Atlas's code.
        error_code: Option<String>,
        /// Whether an earlier attempt of this call had no answer. It may have been carried out, and be what is in the
        /// way.
        after_lost_answer: bool,
    },
    /// 410: Atlas has shut down the API version asked for.
    #[error(
        "{operation}: Atlas has shut down this version of the API{}",
        said(detail, error_code)
    )]
    VersionGone {
        /// Which call.
        operation: Operation,
        /// Atlas's explanation.
        detail: Option<String>,
        /// Atlas's code.
        error_code: Option<String>,
    },
    /// 406: the server does not know the API version asked for.
    #[error(
        "{operation}: the server does not offer this version of the API{}",
        said(detail, error_code)
    )]
    NotAcceptable {
        /// Which call.
        operation: Operation,
        /// The server's explanation.
        detail: Option<String>,
        /// The server's code.
        error_code: Option<String>,
    },
    /// 400 or any other status that says that repeating the request does not help, redirects included.
    #[error("{operation}: refused with HTTP {status}{}", said(detail, error_code))]
    Refused {
        /// Which call.
        operation: Operation,
        /// HTTP status.
        status: u16,
        /// Atlas's explanation, with the fields it complains about.
        detail: Option<String>,
        /// Atlas's code.
        error_code: Option<String>,
    },
    /// 429 at the last attempt, or with a wait longer than the call may take.
    #[error("{operation}: Atlas limits the rate of calls, {}{}", after(*attempts), try_again(*retry_after))]
    Throttled {
        /// Which call; it may be the request for an access token.
        operation: Operation,
        /// Attempts made.
        attempts: u32,
        /// How long Atlas asks to wait, where it says.
        retry_after: Option<Duration>,
    },
    /// 500, 502, 503 or 504 at the last attempt. A write may have happened.
    #[error(
        "{operation}: Atlas is unavailable, {}: HTTP {status}{}{}",
        after(*attempts),
        said(detail, error_code),
        try_again(*retry_after)
    )]
    Unavailable {
        /// Which call.
        operation: Operation,
        /// Attempts made.
        attempts: u32,
        /// HTTP status of the last answer.
        status: u16,
        /// Explanation in the last answer.
        detail: Option<String>,
        /// Code in the last answer.
        error_code: Option<String>,
        /// How long the last answer asks to wait, where it says.
        retry_after: Option<Duration>,
    },
    /// No whole answer came: not connected, reset, cut short. A write may have happened.
    #[error("{operation}: no complete answer from Atlas, {}", after(*attempts))]
    Transport {
        /// Which call.
        operation: Operation,
        /// Attempts made.
        attempts: u32,
        /// What the network said.
        source: TransportError,
    },
    /// No answer in time. A write may have happened.
    #[error("{operation}: no answer within {}, {}", seconds(*waited), after(*attempts))]
    Timeout {
        /// Which call.
        operation: Operation,
        /// Attempts made.
        attempts: u32,
        /// How long the last attempt was given.
        waited: Duration,
    },
    /// An answer that is not what the API answers. A write has happened.
    #[error("{operation}: the response is not one of the Atlas API: {reason}")]
    Malformed {
        /// Which call.
        operation: Operation,
        /// What is wrong and where.
        reason: String,
    },
}

/// What the network said.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The request was not sent or its answer did not arrive.
    #[error("{stage}")]
    Http {
        /// How far it got.
        stage: &'static str,
        /// The HTTP client's error, without URL.
        source: reqwest::Error,
    },
    /// The server's certificate is not trusted by this machine. Not tried again.
    #[error("the server's certificate is not trusted")]
    Untrusted {
        /// What the certificate lacks.
        source: reqwest::Error,
    },
    /// The answer ended early.
    #[error("the answer ended early")]
    Truncated,
    /// Each nonce was out of date by the time it was used.
    #[error("the server rejected every nonce as stale")]
    StaleNonces,
}

impl AtlasError {
    /// The call that failed.
    pub fn operation(&self) -> &Operation {
        match self {
            Self::Unauthorized { operation, .. }
            | Self::Forbidden { operation, .. }
            | Self::NotFound { operation, .. }
            | Self::Conflict { operation, .. }
            | Self::VersionGone { operation, .. }
            | Self::NotAcceptable { operation, .. }
            | Self::Refused { operation, .. }
            | Self::Throttled { operation, .. }
            | Self::Unavailable { operation, .. }
            | Self::Transport { operation, .. }
            | Self::Timeout { operation, .. }
            | Self::Malformed { operation, .. } => operation,
        }
    }

    /// What a user can check or do, in one or two sentences.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unauthorized { .. } => {
                "Check the API key pair, or the service account's client id and secret: secrets expire. The key must \
                 belong to the organization of the project, and the base URL must be that of the same Atlas."
            }
            Self::Forbidden {
                ip_not_on_access_list: true,
                ..
            } => {
                "Add the public IP address of the machine that runs Terraform to the access list of the API key or \
                 service account (in the access manager of the organization). This is not the IP access list of the \
                 project."
            }
            Self::Forbidden {
                ip_not_on_access_list: false,
                ..
            } => {
                "Check the role of the API key or service account in the project: writing private endpoints needs \
                 Project Owner, writing the IP access list Project Network Access Manager, reading Project Read \
                 Only."
            }
            Self::NotFound { .. } => {
                "Check the project id and that the credentials belong to its organization, and whether the object \
                 was removed by somebody else."
            }
            Self::Conflict { .. } => {
                "Check what the project has: a region has one endpoint service, an endpoint is registered once, and a \
                 service can be deleted only after its endpoints. An object that is still being built or deleted \
                 causes conflicts until that is done."
            }
            Self::VersionGone { .. } => {
                "Upgrade the provider to a version that uses an API version that Atlas still \
                supports."
            }
            Self::NotAcceptable { .. } => "Check that the base URL is that of the Atlas Administration API, version 2.",
            Self::Refused { status: 300..=399, .. } => {
                "The server redirects to another URL, and credentials are not sent there. Set the base URL to the URL \
                 that it redirects to."
            }
            Self::Refused { .. } => {
                "Atlas's message gives the reason. If it names a value, correct the value. If it is about Atlas \
                 itself, such as missing capacity in a region, try again later or ask MongoDB support."
            }
            Self::Throttled { .. } => "Apply again later, or with a lower -parallelism.",
            Self::Unavailable { .. } => "See https://status.mongodb.com and apply again later.",
            Self::Transport { .. } => {
                "Check the base URL, and that the machine that runs Terraform can connect to it: name resolution, \
                 firewall, HTTPS_PROXY, trusted certificates."
            }
            Self::Timeout { .. } => {
                "Apply again. If it fails again, check the network between the machine that runs Terraform and Atlas."
            }
            Self::Malformed { .. } => {
                "Check that the base URL is that of the Atlas Administration API, and that no proxy answers instead \
                 of it."
            }
        }
    }
}

fn said(detail: &Option<String>, error_code: &Option<String>) -> String {
    match (detail, error_code) {
        (Some(detail), Some(code)) => format!(": {detail} ({code})"),
        (Some(text), None) | (None, Some(text)) => format!(": {text}"),
        (None, None) => String::new(),
    }
}

/// How many attempts were made.
fn after(attempts: u32) -> String {
    match attempts {
        1 => "after 1 attempt".to_owned(),
        many => format!("after {many} attempts"),
    }
}

fn try_again(retry_after: Option<Duration>) -> String {
    match retry_after {
        Some(wait) => format!("; try again in {}", seconds(wait)),
        None => String::new(),
    }
}

/// Whole seconds, rounded up; below one second, milliseconds.
fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0 if !duration.is_zero() => format!("{} ms", duration.as_millis().max(1)),
        whole => format!("{} s", whole + u64::from(duration.subsec_nanos() > 0)),
    }
}
