//! `lectern_atlas_access_list`: the whole IP access list of a project (D1, G3).
//!
//! | module | holds |
//! |---|---|
//! | `schema` | attributes, and what is wrong with a list before any call |
//! | `state` | the typed state, and the list in it by value |
//! | `marker` | the owner's token in an entry's comment |
//! | `changes` | what to write and remove, as pure functions |
//! | `remote` | the list at Atlas |
//! | `resource` | plan and CRUD |
//! | `failures` | one function per user-facing failure |

mod changes;
mod failures;
mod marker;
mod remote;
mod resource;
mod schema;
mod state;

pub(crate) use resource::AccessList;
