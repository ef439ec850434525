//! Documents, part by part.

use std::time::Instant;

use dump_format::manifest::Kind;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use crate::event::{Conflict, Mode, Ttl};
use crate::failure::RestoreError;
use crate::marker::Stage;
use crate::source::{BatchSize, PartError};
use crate::target::{How, IndexKind, Inserted, OnDifferent, index_kind, without_ttl};
use crate::work::{Stop, Work};

/// A part that is not what the manifest says is read so often: the damage may have come on the way.
const PART_ATTEMPTS: u32 = 3;
/// A collection without `_id`s begins anew so often.
const COLLECTION_ATTEMPTS: u32 = 5;

enum LoadError {
    /// It has to begin anew: nobody knows which of its documents are there.
    Doubtful(RestoreError),
    Other(RestoreError),
}

impl Work<'_> {
    pub(crate) async fn load_all(&mut self) -> Result<(), Stop> {
        for at in self.before(Stage::Loaded) {
            if self.items[at].kind == Kind::View {
                continue;
            }
            let loaded = self.load(at).await;
            self.unless_refused(at, loaded).await?;
            self.settings.progress.namespace_done();
            tracing::info!(namespace = %self.items[at].to, documents = self.items[at].documents, "loaded");
        }
        Ok(())
    }

    async fn load(&mut self, at: usize) -> Result<(), Stop> {
        self.settings.progress.at(&self.items[at].to);
        if let Some(lost) = &self.items[at].lost {
            return Err(RestoreError::Lost(lost.clone()).into());
        }
        let has_ids = self.items[at].has_ids();
        let mut attempt = 1;
        loop {
            if self.marker.items[at].is_open {
                self.marker.items[at].parts = 0;
            }
            // What an earlier run left of the part it was at is found by _id; other parts are whole or untouched.
            let mut is_known = has_ids && (self.resumed || self.marker.items[at].had_documents);
            if self.marker.items[at].parts == 0 {
                self.make(at, has_ids).await?;
                is_known &= self.event.conflict != Conflict::Drop;
            }
            let mut left = self.marker.items[at].parts..self.items[at].parts.len();
            let outcome = loop {
                let Some(part) = left.next() else { break Ok(()) };
                let began = Instant::now();
                if !has_ids && !self.marker.items[at].is_open {
                    self.marker.items[at].is_open = true;
                    self.marker.note(self.deployment, at).await?;
                }
                match self.part(at, part, is_known, has_ids).await {
                    Ok(inserted) => self.marker.items[at].add(inserted, self.settings.limits.names_listed),
                    Err(error) => break Err(error),
                }
                is_known = self.marker.items[at].had_documents;
                let progress = &mut self.marker.items[at];
                progress.parts = part + 1;
                progress.is_open = false;
                if progress.parts == self.items[at].parts.len() {
                    progress.stage = Stage::Loaded;
                }
                self.part_done(at, began).await?;
            };
            match outcome {
                Ok(()) => break,
                Err(LoadError::Other(error)) => {
                    if matches!(
                        error,
                        RestoreError::Part(PartError::Damaged { .. } | PartError::Size { .. })
                    ) {
                        self.marker.items[at].was_damaged = true;
                    }
                    return Err(error.into());
                }
                Err(LoadError::Doubtful(error)) if attempt >= COLLECTION_ATTEMPTS => return Err(error.into()),
                Err(LoadError::Doubtful(error)) => {
                    tracing::warn!(namespace = %self.items[at].to, %error, "beginning anew");
                    tokio::time::sleep(self.settings.limits.pause(attempt)).await;
                    attempt += 1;
                }
            }
        }
        if self.marker.items[at].stage < Stage::Loaded {
            self.marker.items[at].stage = Stage::Loaded;
            return self.step(at).await;
        }
        Ok(())
    }

    /// The empty collection. What is in its place goes where that is wanted, and where it is what is left of an attempt
    /// whose documents cannot be told apart.
    async fn make(&mut self, at: usize, has_ids: bool) -> Result<(), RestoreError> {
        let item = &self.items[at];
        if self.event.conflict == Conflict::Drop || self.marker.items[at].is_open && !has_ids {
            self.deployment.drop(&item.to).await?;
            self.marker.items[at].is_open = false;
        }
        // What makes documents go by themselves comes last, when they have been compared.
        let (options, _) = without_ttl(&item.options);
        self.deployment.create(&item.to, &options).await?;
        self.shard(at).await
    }

    async fn part(&self, at: usize, part: usize, is_known: bool, has_ids: bool) -> Result<Inserted, LoadError> {
        let item = &self.items[at];
        let is_ours = !self.marker.items[at].had_documents;
        let mut how = How {
            is_known,
            on_different: if item.twins > 0 && is_ours {
                OnDifferent::LeaveOut
            } else if self.event.conflict == Conflict::Merge || is_ours && self.marker.items[at].was_damaged {
                // Nothing was there before, so whatever differs came from a damaged reading.
                OnDifferent::Replace
            } else {
                OnDifferent::Keep
            },
            has_ids,
        };
        let mut attempt = 1;
        loop {
            let (inserted, outcome) = self.part_once(at, part, how).await?;
            let error = match outcome {
                Ok(()) if inserted.different > 0 => {
                    return Err(LoadError::Other(RestoreError::Documents {
                        namespace: item.to.clone(),
                        count: inserted.different,
                    }));
                }
                Ok(()) => return Ok(inserted),
                Err(error) => error,
            };
            let may_pass = matches!(error, PartError::Damaged { .. } | PartError::Size { .. });
            if !may_pass || attempt >= PART_ATTEMPTS {
                return Err(LoadError::Other(error.into()));
            }
            if !has_ids {
                return Err(LoadError::Doubtful(error.into()));
            }
            tracing::warn!(%error, attempt, "reading the part again");
            tokio::time::sleep(self.settings.limits.pause(attempt)).await;
            attempt += 1;
            how.is_known = true;
            if is_ours && item.twins == 0 {
                how.on_different = OnDifferent::Replace;
            }
        }
    }

    /// Reads a part and inserts its documents, side by side.
    async fn part_once(
        &self,
        at: usize,
        part: usize,
        how: How,
    ) -> Result<(Inserted, Result<(), PartError>), LoadError> {
        let item = &self.items[at];
        let limits = &self.settings.limits;
        let size = BatchSize {
            bytes: limits.batch_bytes,
            documents: limits.batch_documents,
        };
        let most = if item.is_capped() { 1 } else { limits.inserts.max(1) };
        let mut reader = self.dumps.part(self.run, &item.parts[part], size);
        let mut under_way = FuturesUnordered::new();
        let mut all = Inserted::default();
        let mut is_read = false;
        while !is_read || !under_way.is_empty() {
            tokio::select! {
                batch = reader.next(), if !is_read && under_way.len() < most => match batch {
                    None => is_read = true,
                    Some(batch) => under_way.push(async move {
                        let inserted = self.deployment.insert(&item.documents_in, &batch, how).await;
                        inserted.map(|inserted| (inserted, batch.len() as u64, batch.documents_bytes()))
                    }),
                },
                Some(inserted) = under_way.next(), if !under_way.is_empty() => match inserted {
                    Ok((inserted, documents, bytes)) => {
                        all.add(inserted, limits.names_listed);
                        self.settings.progress.done(documents, bytes);
                    }
                    Err(error) if !how.has_ids && error.trouble.is_passing() => {
                        return Err(LoadError::Doubtful(error.into()));
                    }
                    Err(error) => return Err(LoadError::Other(error.into())),
                },
            }
        }
        Ok((all, reader.finish().await))
    }

    /// Indexes but those that delete.
    pub(crate) async fn index_all(&mut self) -> Result<(), Stop> {
        for at in self.before(Stage::Indexed) {
            if self.items[at].kind == Kind::View {
                continue;
            }
            let indexed = self.index(at, IndexKind::Other).await;
            let done = match indexed {
                Ok(wanted) => {
                    self.marker.items[at].stage = Stage::Indexed;
                    // Without any, what is noted already says enough.
                    if wanted > 0 { self.step(at).await } else { Ok(()) }
                }
                Err(error) => Err(error.into()),
            };
            self.unless_refused(at, done).await?;
        }
        Ok(())
    }

    /// Builds an item's indexes of one kind; gives how many there are.
    async fn index(&mut self, at: usize, kind: IndexKind) -> Result<usize, RestoreError> {
        let item = &self.items[at];
        let wanted = item.indexes.iter().filter(|index| index_kind(index) == kind);
        let wanted: Vec<_> = wanted.map(Vec::as_slice).collect();
        self.settings.progress.at(&item.to);
        let indexed = self.deployment.create_indexes(&item.to, &wanted, &item.options).await?;
        self.settings.progress.indexes_done(wanted.len() as u64);
        let wanted = wanted.len();
        self.marker.items[at].failed.extend(indexed.failed);
        Ok(wanted)
    }

    /// Views, when what they look at is there.
    pub(crate) async fn views(&mut self) -> Result<(), Stop> {
        for at in self.before(Stage::Loaded) {
            let done = match self.view(at).await {
                Ok(()) => {
                    self.marker.items[at].stage = Stage::Finished;
                    self.step(at).await
                }
                Err(error) => Err(error.into()),
            };
            self.unless_refused(at, done).await?;
            self.settings.progress.namespace_done();
        }
        Ok(())
    }

    async fn view(&self, at: usize) -> Result<(), RestoreError> {
        let item = &self.items[at];
        if let Some(lost) = &item.lost {
            return Err(RestoreError::Lost(lost.clone()));
        }
        if self.event.conflict == Conflict::Drop {
            self.deployment.drop(&item.to).await?;
        }
        self.deployment.create(&item.to, &item.options).await?;
        Ok(())
    }

    /// What makes documents go by themselves: it would spoil the comparison, so it comes last.
    pub(crate) async fn expire_all(&mut self) -> Result<(), Stop> {
        if !self.expires() {
            return Ok(());
        }
        for at in self.before(Stage::Finished) {
            let done = match self.expire(at).await {
                Ok(()) => {
                    self.marker.items[at].stage = Stage::Finished;
                    Ok(())
                }
                Err(error) => Err(error.into()),
            };
            self.unless_refused(at, done).await?;
        }
        Ok(())
    }

    /// Whether this event restores what deletes documents by their age.
    fn expires(&self) -> bool {
        self.event.ttl != Ttl::Defer && self.event.mode != Mode::Drill
    }

    /// Whether [`Self::expire_all`] has an index to build. A phase without one is not shown.
    pub(crate) fn builds_ttl_indexes(&self) -> bool {
        let mut indexes = self.items.iter().flat_map(|item| &item.indexes);
        self.expires() && indexes.any(|index| index_kind(index) == IndexKind::Ttl)
    }

    async fn expire(&mut self, at: usize) -> Result<(), RestoreError> {
        self.index(at, IndexKind::Ttl).await?;
        let item = &self.items[at];
        let has_documents_of_its_own = self.marker.items[at].had_documents;
        if !has_documents_of_its_own {
            self.deployment.expire(&item.to, &item.options).await?;
        }
        Ok(())
    }
}
