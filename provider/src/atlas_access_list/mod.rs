//! `lectern_atlas_access_list`: the whole IP access list of a project (D1, G3).
//!
//! | module | holds |
//! |---|---|
//! | `schema` | attributes, and what is wrong with a list before any call |
//! | `state` | the typed state, and the list in it by value |
//! | `list` | what to write and remove, as a pure function; and the list at Atlas |
//! | `resource` | plan and CRUD |
//! | `failures` | one function per user-facing failure |

mod failures;
mod list;
mod resource;
mod schema;
mod state;

pub(crate) use resource::AccessList;
