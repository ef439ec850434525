//! Data source `lectern_mongo_dumps`: which dumps of a cluster a bucket has, and how old the newest complete one is (C8, F1).
//!
//! | module | holds |
//! |---|---|
//! | `schema` | attributes and the typed state |
//! | `place` | where to look |
//! | `config` | from a configuration to a place, checked once |
//! | `remote` | the two calls of S3, and what their errors mean |
//! | `walk` | the folders of days and runs, newest first |
//! | `dump` | one dump, judged from its manifest and the existing objects |
//! | `search` | which dumps there are, and what `latest.json` says of them |
//! | `data_source` | the read: from a configuration to a state and warnings |
//! | `failures` | one function per user-facing failure |

mod config;
mod data_source;
mod dump;
mod failures;
mod place;
mod remote;
mod schema;
mod search;
mod walk;

pub(crate) use data_source::MongoDumps;
