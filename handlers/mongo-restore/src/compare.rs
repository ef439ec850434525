//! What is in the target against what was dumped.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dump_format::key::RunId;
use dump_format::manifest::Kind;

use crate::Settings;
use crate::failure::RestoreError;
use crate::marker::{Differs, Stage};
use crate::plan::Item;
use crate::source::{BatchSize, Dumps};
use crate::target::{Deployment, Found, LeftOut, Reading};
use crate::work::{Stop, Work};

/// What a comparison needs.
pub(crate) struct Comparison<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) dumps: &'a Arc<Dumps>,
    pub(crate) run: RunId,
    pub(crate) settings: &'a Settings,
}

impl Comparison<'_> {
    fn size(&self) -> BatchSize {
        BatchSize {
            bytes: self.settings.limits.batch_bytes,
            documents: self.settings.limits.batch_documents,
        }
    }

    /// Whether a collection has the dump's documents but those that were left out, and no others; what it has, if not.
    pub(crate) async fn equal(&self, item: &Item, left_out: &LeftOut) -> Result<Option<Differs>, RestoreError> {
        self.settings.progress.at(&item.to);
        let any_order = !item.has_ids();
        let reading = Reading {
            document_bytes: item.document_bytes(),
            any_order,
        };
        let found = self
            .deployment
            .read(&item.documents_in, reading, &self.settings.progress)
            .await?;
        let mut content_hash = found.content_hash;
        content_hash.merge(&left_out.content_hash);
        let is_equal = found.documents + left_out.number == item.documents
            && (content_hash == item.content_hash
                || any_order && found.any_order == self.dumped(item).await?.any_order);
        Ok((!is_equal).then_some(Differs {
            documents: Some(found.documents),
            content_hash: Some(found.content_hash),
        }))
    }

    /// The dump's own documents without regard to the order of their fields.
    async fn dumped(&self, item: &Item) -> Result<Found, RestoreError> {
        let mut found = Found::default();
        for part in &item.parts {
            let mut reader = self.dumps.part(self.run, part, self.size());
            while let Some(batch) = reader.next().await {
                batch.iter().for_each(|document| found.add(document, true));
            }
            reader.finish().await?;
        }
        Ok(found)
    }

    /// Whether a collection that had documents before has the dump's as well; how many of them it has, if not.
    async fn contains(&self, item: &Item, left_out: &LeftOut) -> Result<Option<Differs>, RestoreError> {
        self.settings.progress.at(&item.to);
        let mut present = 0;
        for part in &item.parts {
            let mut reader = self.dumps.part(self.run, part, self.size());
            while let Some(batch) = reader.next().await {
                let all: Vec<_> = (0..batch.len()).collect();
                present += self.deployment.present(&item.documents_in, &batch, &all).await?.len() as u64;
                self.settings
                    .progress
                    .compared(batch.len() as u64, batch.documents_bytes());
            }
            reader.finish().await?;
        }
        Ok((present + left_out.number != item.documents).then_some(Differs {
            documents: Some(present),
            content_hash: None,
        }))
    }

    /// Compares all, in a target that may lack any of them.
    pub(crate) async fn all(&self, items: &[Item]) -> Result<Vec<Option<Differs>>, RestoreError> {
        let mut databases: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut differs = Vec::with_capacity(items.len());
        for item in items {
            let database = item.to.database();
            if !databases.contains_key(database) {
                let there = self.deployment.collections(database).await?;
                databases.insert(database, there.into_keys().collect());
            }
            let is_there = databases[database].contains(item.to.collection());
            differs.push(match item.kind {
                _ if !is_there => Some(Differs::default()),
                Kind::View => None,
                Kind::Collection | Kind::TimeSeries => self.equal(item, &LeftOut::default()).await?,
            });
        }
        Ok(differs)
    }
}

impl Work<'_> {
    pub(crate) async fn compare_all(&mut self) -> Result<(), Stop> {
        for at in self.before(Stage::Compared) {
            let done = match self.compare(at).await {
                Ok(differs) => {
                    self.marker.items[at].differs = differs;
                    self.marker.items[at].stage = Stage::Compared;
                    self.step(at).await
                }
                Err(error) => Err(error.into()),
            };
            self.unless_refused(at, done).await?;
        }
        Ok(())
    }

    async fn compare(&self, at: usize) -> Result<Option<Differs>, RestoreError> {
        let comparison = Comparison {
            deployment: self.deployment,
            dumps: &self.dumps,
            run: self.run,
            settings: self.settings,
        };
        let (item, progress) = (&self.items[at], &self.marker.items[at]);
        if item.kind == Kind::View {
            // Made in its own step; only a command that is given anew looks for it again.
            let there = self.deployment.collections(item.to.database()).await?;
            return Ok((!there.contains_key(item.to.collection())).then(Differs::default));
        }
        if progress.had_documents {
            comparison.contains(item, &progress.left_out).await
        } else {
            comparison.equal(item, &progress.left_out).await
        }
    }
}
