//! The connection to MongoDB Atlas: settings, credentials, the client, waiting for Atlas; and what its resources share.

mod attributes;
mod client;
mod failures;
mod messages;
mod settings;
mod wait;

pub(crate) use attributes::{Timeouts, project_id, timeouts};
pub(crate) use client::client;
pub(crate) use failures::atlas_call_failed;
pub(crate) use messages::{AFTER_CREATE, AFTER_DELETE, AFTER_UPDATE, Doing, NOTHING_MADE, sentence, words};
pub(crate) use settings::Atlas;
pub(crate) use wait::{Ended, Pace, Wait};
