//! `lectern_atlas_private_link_endpoint`: an AWS interface endpoint registered with Atlas, and the connection strings that
//! lead through it (B2, B7, G2).
//!
//! | module | holds |
//! |---|---|
//! | `schema` | attributes and their checks |
//! | `state` | the typed state |
//! | `remote` | the endpoint at Atlas: register, wait, remove, wait for connection strings |
//! | `resource` | plan and CRUD |
//! | `failures` | one function per user-facing failure |

mod failures;
mod remote;
mod resource;
mod schema;
mod state;

pub(crate) use resource::PrivateLinkEndpoint;
