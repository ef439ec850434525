//! `lectern_mongo_dump_schedule` through a real provider process, against ministack's Scheduler and Lambda (F1).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod function;
mod identity;
mod kill;
mod life;
mod ownership;
mod plan_errors;
mod plan_wins;
mod target;
mod world;
