//! `lectern_alarm_bundle` through a real provider process, against the CloudWatch emulator (C2 to C6, G1).

mod faults;
mod lifecycle;
mod limits;
mod memory;
mod ownership;
mod tags;
pub(crate) mod world;
