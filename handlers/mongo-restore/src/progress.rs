//! How far a restore is, for a display of its progress.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a restore is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Reading the dump's manifest, and what is in the target.
    #[default]
    Planning,
    /// Writing documents.
    Documents,
    /// Building indexes that delete nothing, and creating views.
    Indexes,
    /// Reading everything back.
    Comparing,
    /// Building what deletes documents by their age.
    Expiry,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Planning => "planning",
            Self::Documents => "documents",
            Self::Indexes => "indexes",
            Self::Comparing => "comparing",
            Self::Expiry => "TTL indexes",
        })
    }
}

/// Counters that only grow while one event is handled. Cheap to read at any time.
#[derive(Debug, Default)]
pub struct Progress {
    namespaces: AtomicU64,
    namespaces_done: AtomicU64,
    documents: AtomicU64,
    documents_done: AtomicU64,
    bytes: AtomicU64,
    bytes_done: AtomicU64,
    indexes: AtomicU64,
    indexes_done: AtomicU64,
    documents_compared: AtomicU64,
    bytes_compared: AtomicU64,
    now: Mutex<Now>,
}

#[derive(Debug, Default)]
struct Now {
    phase: Phase,
    since: Option<Instant>,
    namespace: String,
    ended: Vec<Ended>,
}

/// What [`Progress`] says at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// What it is at.
    pub phase: Phase,
    /// Which collection or view it is at; empty: none.
    pub namespace: String,
    /// Of the plan.
    pub namespaces: u64,
    /// Whose documents exist in the target.
    pub namespaces_done: u64,
    /// Of the plan.
    pub documents: u64,
    /// That exist in the target.
    pub documents_done: u64,
    /// Of all documents as BSON.
    pub bytes: u64,
    /// Of the documents that exist in the target, as BSON.
    pub bytes_done: u64,
    /// Of the plan, without those of `_id`.
    pub indexes: u64,
    /// That are built, or could not be.
    pub indexes_done: u64,
    /// Read back from the target.
    pub documents_compared: u64,
    /// Of those as BSON.
    pub bytes_compared: u64,
}

/// A phase that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// How long it took.
    pub took: Duration,
    /// The counters at its end; `phase` is the one that ended.
    pub seen: Seen,
}

impl Progress {
    /// The counters now.
    #[must_use]
    pub fn see(&self) -> Seen {
        self.seen(&self.now())
    }

    /// Phases that ended since this was last called.
    #[must_use]
    pub fn ended(&self) -> Vec<Ended> {
        std::mem::take(&mut self.now().ended)
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        // Every critical section leaves it consistent, even if the thread panics.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self, now: &Now) -> Seen {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Seen {
            phase: now.phase,
            namespace: now.namespace.clone(),
            namespaces: read(&self.namespaces),
            namespaces_done: read(&self.namespaces_done),
            documents: read(&self.documents),
            documents_done: read(&self.documents_done),
            bytes: read(&self.bytes),
            bytes_done: read(&self.bytes_done),
            indexes: read(&self.indexes),
            indexes_done: read(&self.indexes_done),
            documents_compared: read(&self.documents_compared),
            bytes_compared: read(&self.bytes_compared),
        }
    }

    /// Starts a phase and ends the one before it.
    pub(crate) fn begin(&self, phase: Phase) {
        let mut now = self.now();
        if let Some(since) = now.since {
            let seen = self.seen(&now);
            let took = since.elapsed();
            now.ended.push(Ended { took, seen });
        }
        now.phase = phase;
        now.since = Some(Instant::now());
        now.namespace.clear();
    }

    /// Ends the last phase.
    pub(crate) fn end(&self) {
        self.begin(Phase::Planning);
        self.now().since = None;
    }

    /// Which collection or view it is at.
    pub(crate) fn at(&self, namespace: &dump_format::names::Namespace) {
        self.now().namespace = namespace.to_string();
    }

    pub(crate) fn plan(&self, namespaces: u64, documents: u64, bytes: u64) {
        self.namespaces.store(namespaces, Ordering::Relaxed);
        self.documents.store(documents, Ordering::Relaxed);
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    pub(crate) fn plan_indexes(&self, indexes: u64) {
        self.indexes.store(indexes, Ordering::Relaxed);
    }

    pub(crate) fn done(&self, documents: u64, bytes: u64) {
        self.documents_done.fetch_add(documents, Ordering::Relaxed);
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn namespace_done(&self) {
        self.namespaces_done.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn indexes_done(&self, indexes: u64) {
        self.indexes_done.fetch_add(indexes, Ordering::Relaxed);
    }

    pub(crate) fn compared(&self, documents: u64, bytes: u64) {
        self.documents_compared.fetch_add(documents, Ordering::Relaxed);
        self.bytes_compared.fetch_add(bytes, Ordering::Relaxed);
    }
}
