//! Diagnostics shared by the Atlas resources.

use atlas_client::Invalid;

/// What an operation was about, for its messages.
pub(crate) struct Doing {
    /// "creating the private link of eu-central-1".
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

pub(crate) const NOTHING_MADE: &str = "The state does not contain the resource. The next apply starts again, and \
    finds the object if the last call created it.";
pub(crate) const AFTER_CREATE: &str = "The state contains what exists. Terraform marks the resource as tainted, so \
    the next apply replaces it. To continue from there instead, run `terraform untaint` before the next apply.";
pub(crate) const AFTER_UPDATE: &str = "The state contains what exists, and the next apply continues from there.";
pub(crate) const AFTER_DELETE: &str = "The resource stays in the state, and the next destroy continues from there.";

/// Atlas's words, or that it gave none.
pub(crate) fn words(message: Option<&str>) -> String {
    match message {
        Some(message) => format!("Atlas says: \"{}\"", message.trim_end_matches('.')),
        None => "Atlas gives no reason".to_owned(),
    }
}

/// What was given, what was wanted, what to set.
pub(crate) fn sentence(cause: &Invalid) -> String {
    format!(
        "Got {:?}, which is not {}: {}.",
        cause.got, cause.expected, cause.reason
    )
}
