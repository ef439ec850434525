//! What a link leads to, and the link.

use std::time::SystemTime;

/// One version of an object, and what its answer is to say.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    pub(crate) key: String,
    pub(crate) version_id: &'a str,
    /// Content-Disposition.
    pub(crate) disposition: String,
    /// Content-Type.
    pub(crate) content_type: &'a str,
}

/// A URL, which is a secret until it expires.
pub(crate) struct Link {
    pub(crate) url: String,
    /// Seconds since 1970.
    pub(crate) expires_at: u64,
}

/// Whole seconds, which is what links count in. A clock before 1970 counts as 1970.
pub(crate) fn epoch_seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
