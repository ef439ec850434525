//! Who works on a cluster's dumps: one object that every run has to own while it works. S3 has no locks; conditional writes and
//! a time in the object make one.

use std::time::{Duration, Instant};

use dump_format::UtcSeconds;
use dump_format::key::RunId;
use serde::{Deserialize, Serialize};

use crate::error::DumpError;
use crate::holder::Holder;
use crate::settings::{Settings, seconds};
use crate::store::{Expect, Store, Written};

const VERSION: u32 = 1;

/// Owner of a lease that waits for the run's next function: a continuation, or the ranges after a plan.
pub(crate) const BETWEEN: &str = "between functions";

/// Others may change the object between a look and a write; after so many times somebody works against us.
const LOOKS: u32 = 8;

#[derive(Serialize, Deserialize)]
struct Content {
    version: u32,
    #[serde(flatten)]
    holder: Holder,
}

fn render(holder: &Holder) -> Vec<u8> {
    let content = Content {
        version: VERSION,
        holder: holder.clone(),
    };
    // Strings and numbers: nothing that JSON cannot hold.
    serde_json::to_vec(&content).unwrap_or_default()
}

async fn look(store: &Store, key: &str) -> Result<Option<(Holder, String)>, DumpError> {
    let Some(stored) = store.get(key).await? else {
        return Ok(None);
    };
    let content: Option<Content> = serde_json::from_slice(&stored.bytes).ok();
    match content {
        Some(content) if content.version == VERSION => Ok(Some((content.holder, stored.tag))),
        _ => Err(DumpError::Foreign {
            key: key.to_owned(),
            reason: "no lease".to_owned(),
        }),
    }
}

/// A lease that this invocation owns.
pub(crate) struct Lease<'a> {
    store: &'a Store,
    settings: &'a Settings,
    key: String,
    holder: Holder,
    tag: String,
    /// When it may be somebody else's.
    ends: Instant,
    /// The run's last function ended without saying so.
    pub(crate) was_left: bool,
}

impl<'a> Lease<'a> {
    /// Takes the lease if it is free, has ended, or waits for this run.
    ///
    /// # Errors
    /// [`DumpError::Held`] when somebody works.
    pub(crate) async fn take(
        store: &'a Store,
        settings: &'a Settings,
        key: String,
        run: RunId,
    ) -> Result<Self, DumpError> {
        for _ in 0..LOOKS {
            let found = look(store, &key).await?;
            let now = settings.now();
            if let Some((holder, _)) = &found {
                let waits_for_us = holder.run == run && holder.owner == BETWEEN;
                if holder.until > now && !waits_for_us {
                    return Err(DumpError::Held(holder.clone()));
                }
            }
            let asked = Instant::now();
            let holder = Holder {
                run,
                owner: settings.request_id.clone(),
                until: after(settings, settings.limits.lease),
            };
            let expect = found
                .as_ref()
                .map_or(Expect::Nothing, |(_, tag)| Expect::Tag(tag.as_str()));
            let Written::Done(tag) = store.write(&key, &render(&holder), expect).await? else {
                continue;
            };
            let is_new = found.is_none();
            let was_left = found.is_some_and(|(before, _)| before.run == run && before.until.unix() > 0);
            let lease = Self {
                store,
                settings,
                key,
                holder,
                tag,
                ends: asked + settings.limits.lease,
                was_left,
            };
            if is_new {
                // Permissions that are missing show here, not after hours of work.
                if let Err(error) = store.read_back(&lease.key).await {
                    lease.release().await;
                    return Err(error);
                }
            }
            return Ok(lease);
        }
        Err(DumpError::LeaseLost)
    }

    /// Does the work while the lease is renewed. Work still under way when the lease can no longer be relied on is dropped
    /// where it stands, early enough that nothing it sent arrives later than that.
    ///
    /// # Errors
    /// [`DumpError::LeaseLost`], and whatever the work fails with.
    pub(crate) async fn keep<T>(&mut self, work: impl Future<Output = Result<T, DumpError>>) -> Result<T, DumpError> {
        tokio::pin!(work);
        tokio::select! {
            biased;
            result = &mut work => result,
            () = self.renew() => Err(DumpError::LeaseLost),
        }
    }

    /// Ends when the lease is lost.
    async fn renew(&mut self) {
        let quarter = self.settings.limits.lease / 4;
        loop {
            let last_moment = self.ends.checked_sub(quarter).unwrap_or(self.ends);
            tokio::time::sleep(quarter.min(last_moment.saturating_duration_since(Instant::now()))).await;
            let asked = Instant::now();
            let until = after(self.settings, self.settings.limits.lease);
            match tokio::time::timeout_at(last_moment.into(), self.rewrite(None, until)).await {
                Ok(Ok(true)) => self.ends = asked + self.settings.limits.lease,
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the lease is not renewed yet");
                    if Instant::now() + quarter / 4 >= last_moment {
                        return;
                    }
                    tokio::time::sleep(quarter / 4).await;
                }
            }
        }
    }

    /// False: it is somebody else's.
    async fn rewrite(&mut self, owner: Option<&str>, until: UtcSeconds) -> Result<bool, DumpError> {
        let holder = Holder {
            run: self.holder.run,
            owner: owner.unwrap_or(&self.holder.owner).to_owned(),
            until,
        };
        for _ in 0..LOOKS {
            let expect = Expect::Tag(&self.tag);
            if let Written::Done(tag) = self.store.write(&self.key, &render(&holder), expect).await? {
                self.tag = tag;
                return Ok(true);
            }
            // A renewal of our own whose answer nobody waited for.
            match look(self.store, &self.key).await? {
                Some((there, tag)) if there.run == self.holder.run && there.owner == self.holder.owner => {
                    self.tag = tag
                }
                _ => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Leaves the lease to the run's next function.
    ///
    /// # Errors
    /// [`DumpError::LeaseLost`], and what the write fails with.
    pub(crate) async fn pass_on(&mut self) -> Result<(), DumpError> {
        let until = after(self.settings, self.settings.limits.lease_between);
        if self.rewrite(Some(BETWEEN), until).await? {
            return Ok(());
        }
        Err(DumpError::LeaseLost)
    }

    /// Says that nobody works any more: the object cannot be deleted, so its time goes back to 1970. A failure costs the next
    /// run the wait for its end and nothing else.
    pub(crate) async fn release(mut self) {
        let patience = self.settings.limits.lease / 4;
        let until = seconds(std::time::SystemTime::UNIX_EPOCH);
        match tokio::time::timeout(patience, self.rewrite(None, until)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the lease is not released and ends by itself"),
            Err(_) => tracing::warn!("the lease is not released and ends by itself: no answer"),
        }
    }
}

/// The lease that all ranges of a run share: kept from ending by whichever of them sees that it soon would.
pub(crate) struct Shared<'a> {
    pub(crate) store: &'a Store,
    pub(crate) settings: &'a Settings,
    pub(crate) key: String,
    pub(crate) run: RunId,
}

impl Shared<'_> {
    /// # Errors
    /// [`DumpError::Held`] when another run has it.
    pub(crate) async fn extend(&self) -> Result<(), DumpError> {
        for _ in 0..LOOKS {
            let found = look(self.store, &self.key).await?;
            let now = self.settings.now();
            let length = self.settings.limits.lease_between;
            if let Some((holder, _)) = &found
                && holder.until > now
            {
                if holder.run != self.run {
                    return Err(DumpError::Held(holder.clone()));
                }
                if holder.owner != BETWEEN || holder.until >= after(self.settings, length / 2) {
                    return Ok(());
                }
            }
            let holder = Holder {
                run: self.run,
                owner: BETWEEN.to_owned(),
                until: after(self.settings, length),
            };
            let expect = found
                .as_ref()
                .map_or(Expect::Nothing, |(_, tag)| Expect::Tag(tag.as_str()));
            if let Written::Done(_) = self.store.write(&self.key, &render(&holder), expect).await? {
                return Ok(());
            }
        }
        Err(DumpError::LeaseLost)
    }

    /// Does the work while the lease is kept from ending.
    pub(crate) async fn keep<T>(&self, work: impl Future<Output = Result<T, DumpError>>) -> Result<T, DumpError> {
        let extend = async {
            let quarter = self.settings.limits.lease_between / 4;
            let mut failures = 0;
            loop {
                tokio::time::sleep(quarter).await;
                match tokio::time::timeout(quarter, self.extend()).await {
                    Ok(Ok(())) => failures = 0,
                    Ok(Err(DumpError::Held(holder))) => return DumpError::Held(holder),
                    // Twice without an answer still leaves time before its end.
                    Ok(Err(_)) | Err(_) if failures == 0 => failures += 1,
                    Ok(Err(_)) | Err(_) => return DumpError::LeaseLost,
                }
            }
        };
        tokio::pin!(work);
        tokio::select! {
            biased;
            result = &mut work => result,
            lost = extend => Err(lost),
        }
    }
}

/// So long from now, rounded up.
fn after(settings: &Settings, length: Duration) -> UtcSeconds {
    seconds((settings.clock)() + length + Duration::from_millis(999))
}
