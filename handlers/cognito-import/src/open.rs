//! What comes before the first user: the export, the keys, whether its users fit into the pool.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use envelope::DataKey;
use job_kit::{Checkpoint, JobError, Moment, Pace, Rhythm, Store};
use user_export::{Latest, Location, Manifest, Pool, PoolFacts, VERSION};

use crate::compare;
use crate::error::ImportError;
use crate::event::{Event, Which};
use crate::import::CognitoImport;
use crate::run::Run;
use crate::state::State;

/// The manifest of the export that an event names.
pub(crate) async fn manifest(import: &CognitoImport, store: &Store, event: &Event) -> Result<Manifest, ImportError> {
    let location = Location::exports(&import.prefix, &event.source_user_pool_id);
    let key = match event.which() {
        Some(Which::Run(run)) => location.of_run(run.as_str(), "manifest.json"),
        _ => {
            let key = location.latest();
            let found = store.get_json::<Latest>(&key).await?;
            let (latest, _) = found.ok_or(ImportError::NoExport { key })?;
            // Not the key in it: nobody who can write the pointer leads to another place.
            location.of_run(latest.run.as_str(), "manifest.json")
        }
    };
    let found = store.get_json::<Manifest>(&key).await?;
    let (manifest, _) = found.ok_or_else(|| ImportError::NoExport { key: key.clone() })?;
    if manifest.version != VERSION || manifest.user_pool_id != event.source_user_pool_id {
        let reason = "it is of another version or pool".to_owned();
        return Err(ImportError::Job(JobError::Foreign { key, reason }));
    }
    Ok(manifest)
}

/// The run and its checkpoint, both new or those of an earlier invocation.
pub(crate) async fn run<'a>(
    import: &'a CognitoImport,
    store: &'a Store,
    event: &Event,
    manifest: Manifest,
    pace: Pace,
) -> Result<(Run<'a>, Checkpoint<'a, State>), ImportError> {
    let pool = Pool::new(&import.aws, &event.user_pool_id, (import.rates)());
    fits(&manifest, &pool.describe().await?.facts)?;
    let location = Location::imports(&import.prefix, &event.user_pool_id);
    let kind = if event.dry_run { "dry-run" } else { "import" };
    let id = format!("{}/{kind}", manifest.run);
    let now = Moment::of((import.clock)());
    let mut checkpoint = Checkpoint::open(
        store,
        location.of_run(&id, "state.json"),
        Rhythm::default(),
        |state: &State| state.check(&manifest.run),
        || State::new(&manifest.run, now),
    )
    .await?;
    if checkpoint.state.finished {
        checkpoint.state = checkpoint.state.again(now);
    }
    let wrapped = STANDARD.decode(&manifest.data_key).unwrap_or_default();
    let export_key = import.export_keys.unwrap(manifest.run.as_str(), &wrapped).await?.key;
    let id = format!("{id}/{}", checkpoint.state.attempt);
    let key = data_key(import, &id, &mut checkpoint).await?;
    let run = Run {
        import,
        store,
        pool,
        location,
        manifest,
        export_key,
        key,
        id,
        dry_run: event.dry_run,
        pace,
    };
    Ok((run, checkpoint))
}

async fn data_key(
    import: &CognitoImport,
    id: &str,
    checkpoint: &mut Checkpoint<'_, State>,
) -> Result<Arc<DataKey>, ImportError> {
    if checkpoint.state.data_key.is_empty() {
        let made = import.keys.make(id).await?;
        checkpoint.state.data_key = STANDARD.encode(&made.wrapped);
        // Before anything is encrypted with it.
        checkpoint.save().await?;
        return Ok(made.key);
    }
    // What is no base64 unwraps to nothing.
    let wrapped = STANDARD.decode(&checkpoint.state.data_key).unwrap_or_default();
    Ok(import.keys.unwrap(id, &wrapped).await?.key)
}

/// Whether users of the export can be made in the pool as they were.
fn fits(manifest: &Manifest, pool: &PoolFacts) -> Result<(), ImportError> {
    let mut wrong = Vec::new();
    let exported = &manifest.pool;
    for (what, there, here) in [
        (
            "username_attributes",
            &exported.username_attributes,
            &pool.username_attributes,
        ),
        ("alias_attributes", &exported.alias_attributes, &pool.alias_attributes),
    ] {
        if there != here {
            wrong.push(format!(
                "{what} of the exported pool are {there:?}, of this one {here:?}"
            ));
        }
    }
    if exported.case_sensitive != pool.case_sensitive {
        wrong.push("only one of the pools has case-sensitive user names".to_owned());
    }
    let carried = manifest.attributes_used.iter().filter(|name| compare::is_carried(name));
    let missing: Vec<_> = carried.filter(|name| !pool.attributes.contains(*name)).collect();
    if !missing.is_empty() {
        wrong.push(format!("this pool's schema lacks {missing:?}"));
    }
    let more: Vec<_> = pool
        .required
        .difference(&exported.required)
        .filter(|name| name.as_str() != "sub")
        .collect();
    if !more.is_empty() {
        wrong.push(format!("this pool requires {more:?}, which the exported one did not"));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(ImportError::PoolDiffers(wrong))
    }
}
