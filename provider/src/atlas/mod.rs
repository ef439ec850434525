//! The connection to MongoDB Atlas: settings, credentials, the client, and waiting for what Atlas does in its own time.

mod connection;
mod wait;

pub(crate) use connection::{Atlas, AtlasFailure, summary};
pub(crate) use wait::{Ended, Pace, Wait, call, write};
