//! `lectern_mongo_dump_schedule`: EventBridge Scheduler starts the dump function, or state machine (F1).
//!
//! | module | holds |
//! |---|---|
//! | `schema` | attributes, and what is wrong with each value by itself |
//! | `state` | the typed state, and its defaults |
//! | `timing` | expression, zone and dates: what is wrong with them together, and the longest interval |
//! | `definition` | the schedule as EventBridge Scheduler has it, as pure data: from the state and from AWS |
//! | `place` | region, group and name of a schedule |
//! | `marker` | the line of the description that says whose a schedule is |
//! | `unanswered` | why a call has no result |
//! | `remote` | the four calls |
//! | `target` | which function or state machine, and whether it can run a dump |
//! | `resource` | plan and CRUD |
//! | `failures` | one function per user-facing failure |

mod definition;
mod failures;
mod marker;
mod place;
mod remote;
mod resource;
mod schema;
mod state;
mod target;
mod timing;
mod unanswered;

pub(crate) use resource::DumpSchedule;
