//! What a user may do.

use std::collections::BTreeSet;

/// A role and what it is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) database: String,
    /// `None`: all of the database. Only Atlas has it.
    pub(crate) collection: Option<String>,
}

/// A cluster or another thing of an Atlas project that a user may use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scope {
    pub(crate) name: String,
    /// Like `CLUSTER`.
    pub(crate) kind: String,
}

/// Of the two users of a secret they are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rights {
    pub(crate) roles: BTreeSet<Role>,
    /// None: all of the project. Only Atlas has them.
    pub(crate) scopes: BTreeSet<Scope>,
}
