//! The service account that may change users.

use serde::Deserialize;

/// Nothing of it is ever printed.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

impl Credentials {
    /// Reads the text of a secret, `{"client_id": "mdb_sa_id_...", "client_secret": "mdb_sa_sk_..."}`; `None`: it is something else.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let read: Self = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        let is_filled = !read.client_id.is_empty() && !read.client_secret.is_empty();
        is_filled.then_some(read)
    }
}
