//! Who is connected.

use crate::scram::Conversation;

/// What the server knows of one connection.
pub(crate) struct Session {
    pub(crate) number: u64,
    /// The server that it is to, by its place among the members.
    pub(crate) member: usize,
    /// Database and name, once it is proved.
    pub(crate) user: Option<(String, String)>,
    pub(crate) conversation: Option<Conversation>,
}
