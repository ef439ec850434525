//! `lectern_alarm_bundle`: all the CloudWatch alarms of a set of targets.
//!
//! | module | holds |
//! |---|---|
//! | `schema` | the attributes, as documented |
//! | `state` | the same, typed |
//! | `model` | configuration -> alarms, pure |
//! | `diagnostics` | one function per mistake a plan can show |
//! | `resource` | plan, read, create, update, delete, import |
//! | `converge` | the order of writes, and what is true afterwards |
//! | `cloudwatch` | the API in our types |
//! | `failures` | one function per failure a read or an apply can meet |

mod cloudwatch;
mod converge;
mod diagnostics;
mod failures;
mod model;
mod resource;
mod schema;
mod state;

pub(crate) use resource::AlarmBundle;
