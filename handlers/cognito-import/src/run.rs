//! An import and what it works with.

use std::sync::Arc;

use envelope::DataKey;
use job_kit::{Pace, Store};
use user_export::{Location, Manifest, Pool};

use crate::import::CognitoImport;

/// One import in one invocation.
pub(crate) struct Run<'a> {
    pub(crate) import: &'a CognitoImport,
    pub(crate) store: &'a Store,
    pub(crate) pool: Pool,
    /// Of the imports into the pool.
    pub(crate) location: Location,
    pub(crate) manifest: Manifest,
    pub(crate) export_key: Arc<DataKey>,
    /// Of the results.
    pub(crate) key: Arc<DataKey>,
    /// What objects of this attempt are named by and the results' key is bound to: export, kind of run and attempt.
    pub(crate) id: String,
    pub(crate) dry_run: bool,
    pub(crate) pace: Pace,
}

/// Why a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Nothing of it is left.
    Done,
    /// Too little time is left.
    OutOfTime,
}
