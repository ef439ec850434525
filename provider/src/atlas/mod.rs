//! The connection to MongoDB Atlas: settings, credentials, the client, waiting for what Atlas does in its own time; and what its
//! resources share.

mod attributes;
mod connection;
mod messages;
mod wait;

pub(crate) use attributes::{Timeouts, project_id, timeouts};
pub(crate) use connection::{Atlas, AtlasFailure, summary};
pub(crate) use messages::{AFTER_CREATE, AFTER_DELETE, AFTER_UPDATE, Doing, NOTHING_MADE, sentence, words};
pub(crate) use wait::{Ended, Pace, Wait, call, write};
