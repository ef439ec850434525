//! `lectern_mongo_dump_schedule`: EventBridge Scheduler starts the dump function, or state machine (F1).
//!
//! | module | holds |
//! |---|---|
//! | `schema` | attributes, and what is wrong with each value by itself |
//! | `state` | the typed state |
//! | `timing` | expression, zone and dates: what is wrong with them together, and the longest interval |
//! | `definition` | what Scheduler is told, as pure data: from the state, from AWS, and the differences |
//! | `remote` | the four calls |
//! | `target` | which function or state machine, and whether it can run a dump |
//! | `resource` | plan and CRUD |
//! | `failures` | one function per user-facing failure |

mod definition;
mod failures;
mod remote;
mod resource;
mod schema;
mod state;
mod target;
mod timing;

pub(crate) use resource::DumpSchedule;
