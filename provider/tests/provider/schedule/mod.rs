//! `lectern_mongo_dump_schedule` through a real provider process, against ministack's Scheduler and Lambda (F1).

mod faults;
mod function;
mod identity;
mod kill;
mod life;
mod ownership;
mod plan_errors;
mod target;
pub(crate) mod world;
