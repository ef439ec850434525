//! `lectern_alarm_bundle`: all the CloudWatch alarms of a set of targets.
//!
//! | module | holds |
//! |---|---|
//! | `schema`, `upgrade` | the attributes, as documented; states of earlier schema versions |
//! | `state` | the same, typed |
//! | `model` | configuration -> alarms, pure |
//! | `diagnostics` | one function per mistake a plan can show |
//! | `resource` | plan, read, create, update, delete, import |
//! | `objects` | what a bundle consists of, as a state says it and as it is in CloudWatch |
//! | `marker` | the last line of a description, which says whose an alarm is |
//! | `run` | one operation: its limits, and the looks at what exists |
//! | `ownership` | whose an alarm is |
//! | `converge` with `writes`, `tags`, `removal` | the order of writes, and what is true afterwards |
//! | `remote` | CloudWatch and the index of tags in our types |
//! | `failures` | one function per failure a read or an apply can meet |

mod converge;
mod diagnostics;
mod failures;
mod marker;
mod model;
mod objects;
mod ownership;
mod remote;
mod removal;
mod resource;
mod run;
mod schema;
mod state;
mod tags;
mod upgrade;
mod writes;

pub(crate) use resource::AlarmBundle;
