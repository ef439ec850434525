//! Why a call of the Admin API did not succeed. No word of Atlas is repeated but its codes: an explanation may quote the request.

/// Of a call like `change user`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AtlasError {
    #[error(
        "Atlas does not accept the service account ({operation}: HTTP 401): its client id or secret is wrong, or the secret has expired"
    )]
    LoginRefused { operation: &'static str },
    #[error("Atlas refuses it ({operation}: HTTP {status}{})", in_words(.code))]
    Refused {
        operation: &'static str,
        status: u16,
        code: Option<String>,
    },
    /// Also after repetitions.
    #[error("Atlas cannot be reached or is busy ({operation}, attempt {attempts}): {reason}")]
    Unreachable {
        operation: &'static str,
        attempts: u32,
        reason: String,
    },
    #[error("Atlas's answer cannot be read ({operation})")]
    Unreadable { operation: &'static str },
}

fn in_words(code: &Option<String>) -> String {
    code.as_ref().map(|code| format!(", {code}")).unwrap_or_default()
}
