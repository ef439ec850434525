//! What the Atlas resources tell alike.

use atlas_client::Invalid;

/// What an operation was about, for its messages.
pub(crate) struct Doing {
    /// "making the private link of eu-central-1".
    pub(crate) phrase: String,
    /// What Terraform does with the state it gets.
    pub(crate) follows: &'static str,
}

impl Doing {
    /// A read, after which the state is as it was.
    pub(crate) fn reading(phrase: String) -> Self {
        Self { phrase, follows: "" }
    }
}

pub(crate) const NOTHING_MADE: &str =
    "Nothing of it is in the state; the next apply begins anew, and finds what the last call may have left.";
pub(crate) const AFTER_CREATE: &str = "The state has what exists; Terraform marks it as tainted, and the next apply replaces it. After \
     `terraform untaint` the next apply goes on from there.";
pub(crate) const AFTER_UPDATE: &str = "The state has what exists; the next apply goes on from there.";
pub(crate) const AFTER_DELETE: &str = "It stays in the state; the next destroy goes on from there.";

/// Atlas's words, or that it gave none.
pub(crate) fn words(message: Option<&str>) -> String {
    match message {
        Some(message) => format!("Atlas says: \"{}\"", message.trim_end_matches('.')),
        None => "Atlas gives no reason".to_owned(),
    }
}

/// What was given, what was wanted, what to type.
pub(crate) fn sentence(cause: &Invalid) -> String {
    format!(
        "Got {:?}, which is not {}: {}.",
        cause.got, cause.expected, cause.reason
    )
}
