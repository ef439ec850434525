//! The manifest, last, and the pointer to it.

use job_kit::{JobError, Moment, Store, commit};
use user_export::{Latest, Location, Manifest, NOT_CARRIED, RunId, VERSION};

use crate::error::ExportError;
use crate::run::Run;
use crate::state::State;

/// What the list is. [`Manifest::listing`] says what that means.
const LISTING: &str = "eventually consistent, page by page";

pub(crate) fn key(location: &Location, run: &RunId) -> String {
    location.of_run(run.as_str(), "manifest.json")
}

/// The manifest of a run that is complete.
pub(crate) async fn existing(store: &Store, key: &str, run: &RunId) -> Result<Option<Manifest>, ExportError> {
    let found = store.get_json::<Manifest>(key).await?;
    let Some((manifest, _)) = found else { return Ok(None) };
    if manifest.version != VERSION || manifest.run != *run {
        return Err(ExportError::Job(JobError::Foreign {
            key: key.to_owned(),
            reason: "it is of another version or run".to_owned(),
        }));
    }
    Ok(Some(manifest))
}

/// Writes the manifest of what was read.
pub(crate) async fn write(run: &Run<'_>, state: &State) -> Result<Manifest, ExportError> {
    let export = run.export;
    let estimated = export.pool.describe().await?.estimated_users;
    let manifest = Manifest {
        version: VERSION,
        run: run.id.clone(),
        user_pool_id: export.pool.id().to_owned(),
        started: state.started,
        finished: Moment::of((export.clock)()),
        listing: LISTING.to_owned(),
        estimated_users: (state.estimated_users, estimated),
        counts: state.counts.clone(),
        pool: state.pool.clone(),
        attributes_used: state.attributes_used.clone(),
        kms_key_arn: export.keys.key_arn().to_owned(),
        data_key: state.data_key.clone(),
        parts: state.parts.clone(),
        not_carried: NOT_CARRIED.map(str::to_owned).into(),
    };
    let key = key(&export.location, &run.id);
    // Texts, numbers and lists under fixed names: nothing that JSON cannot hold.
    let bytes = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    commit::once(run.store, &key, &bytes).await?;
    Ok(manifest)
}

/// Moves the pointer to a manifest, unless it is at a newer one; whether it was moved.
pub(crate) async fn conclude(store: &Store, location: &Location, manifest: &Manifest) -> Result<bool, ExportError> {
    let latest = Latest {
        version: VERSION,
        run: manifest.run.clone(),
        manifest: key(location, &manifest.run),
        finished: manifest.finished,
    };
    let bytes = serde_json::to_vec_pretty(&latest).unwrap_or_default();
    let key = location.latest();
    let moved = commit::advance(store, &key, &bytes, |there| {
        let there: Latest = serde_json::from_slice(there)
            .map_err(|error| format!("line {}, column {}", error.line(), error.column()))?;
        Ok(there.run > latest.run)
    });
    Ok(moved.await?)
}
