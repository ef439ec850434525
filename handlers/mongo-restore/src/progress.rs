//! How far a restore is, for whoever watches it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that only grow while one event is handled. Cheap to read at any time.
#[derive(Debug, Default)]
pub struct Progress {
    namespaces: AtomicU64,
    namespaces_done: AtomicU64,
    documents: AtomicU64,
    documents_done: AtomicU64,
    bytes_done: AtomicU64,
}

/// What [`Progress`] says at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// Of the plan.
    pub namespaces: u64,
    /// Whose documents are there.
    pub namespaces_done: u64,
    /// Of the plan.
    pub documents: u64,
    /// That are there.
    pub documents_done: u64,
    /// Of those as BSON.
    pub bytes_done: u64,
}

impl Progress {
    /// The counters now.
    #[must_use]
    pub fn see(&self) -> Seen {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Seen {
            namespaces: read(&self.namespaces),
            namespaces_done: read(&self.namespaces_done),
            documents: read(&self.documents),
            documents_done: read(&self.documents_done),
            bytes_done: read(&self.bytes_done),
        }
    }

    pub(crate) fn plan(&self, namespaces: u64, documents: u64) {
        self.namespaces.store(namespaces, Ordering::Relaxed);
        self.documents.store(documents, Ordering::Relaxed);
    }

    pub(crate) fn done(&self, documents: u64, bytes: u64) {
        self.documents_done.fetch_add(documents, Ordering::Relaxed);
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn namespace_done(&self) {
        self.namespaces_done.fetch_add(1, Ordering::Relaxed);
    }
}
