//! `lectern_mongo_dumps` through a real provider process, against ministack's S3 (C8, F1).

mod access;
mod dumps;
mod faults;
mod replica;
mod walk;
mod world;
