//! The connection to MongoDB Atlas: settings, credentials, the client, waiting for what Atlas does in its own time; and what its
//! resources share.

mod attributes;
mod failures;
mod messages;
mod settings;
mod wait;

pub(crate) use attributes::{Timeouts, project_id, timeouts};
pub(crate) use failures::{atlas_call_failed, atlas_is_not_usable};
pub(crate) use messages::{AFTER_CREATE, AFTER_DELETE, AFTER_UPDATE, Doing, NOTHING_MADE, sentence, words};
pub(crate) use settings::Atlas;
pub(crate) use wait::{Ended, Pace, Wait, call, write};
