//! `lectern_atlas_private_link`: the Atlas side of an AWS PrivateLink, one per project and region (B2, B8, G2).
//!
//! | module | holds |
//! |---|---|
//! | `schema` | attributes and their checks |
//! | `state` | the typed state |
//! | `remote` | the endpoint service at Atlas: find, create, wait, delete |
//! | `resource` | plan and CRUD |
//! | `data_source` | the data source of the same name |
//! | `failures` | one function per user-facing failure |

mod data_source;
mod failures;
mod remote;
mod resource;
mod schema;
#[cfg(test)]
mod soak;
mod state;

pub(crate) use data_source::PrivateLinkData;
pub(crate) use resource::PrivateLink;
