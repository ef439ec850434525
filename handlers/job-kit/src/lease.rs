//! Who works on something: one object that every run has to own while it works. S3 has no locks; conditional writes and
//! a time in the object make one.

use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use lambda_kit::again;
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::holder::Holder;
use crate::moment::Moment;
use crate::store::{Expect, Store, Tag, Written};
use crate::terms::Terms;

const VERSION: u32 = 1;

/// Owner of a lease that waits for the run's next function: a continuation, or the workers after a plan.
pub(crate) const BETWEEN: &str = "between functions";

/// Others may change the object between a read and a write; after this number of attempts, another writer keeps interfering.
pub(crate) const LOOKS: u32 = 8;

#[derive(Serialize, Deserialize)]
struct Content {
    version: u32,
    #[serde(flatten)]
    holder: Holder,
}

pub(crate) async fn put(store: &Store, key: &str, holder: &Holder, expect: Expect<'_>) -> Result<Written, JobError> {
    let content = Content {
        version: VERSION,
        holder: holder.clone(),
    };
    store.write_json(key, &content, expect).await
}

pub(crate) async fn look(store: &Store, key: &str) -> Result<Option<(Holder, Tag)>, JobError> {
    let foreign = || JobError::Foreign {
        key: key.to_owned(),
        reason: "no lease".to_owned(),
    };
    match store.get_json::<Content>(key).await {
        Ok(None) => Ok(None),
        Ok(Some((content, tag))) if content.version == VERSION => Ok(Some((content.holder, tag))),
        Ok(Some(_)) | Err(JobError::Foreign { .. }) => Err(foreign()),
        Err(error) => Err(error),
    }
}

/// A lease that this invocation owns.
#[derive(Debug)]
pub struct Lease<'a> {
    store: &'a Store,
    terms: &'a Terms,
    key: String,
    holder: Holder,
    tag: Tag,
    /// When it may be somebody else's.
    ends: Instant,
    was_left: bool,
}

impl<'a> Lease<'a> {
    /// Takes the lease if it is free, has ended, or waits for this run.
    ///
    /// # Errors
    /// [`JobError::Held`] when somebody works; [`JobError::LeaseLost`] when others were faster each time; what the store fails with.
    pub async fn take(store: &'a Store, terms: &'a Terms, key: String, run: &str) -> Result<Self, JobError> {
        for _ in 0..LOOKS {
            let found = look(store, &key).await?;
            let now = terms.now();
            if let Some((holder, _)) = &found {
                let waits_for_us = holder.run == run && holder.owner == BETWEEN;
                if holder.until > now && !waits_for_us {
                    return Err(JobError::Held(holder.clone()));
                }
            }
            let asked = Instant::now();
            let holder = Holder {
                run: run.to_owned(),
                owner: terms.owner.clone(),
                until: terms.after(terms.length),
            };
            let expect = Expect::found(found.as_ref().map(|(_, tag)| tag));
            let Written::Done(tag) = put(store, &key, &holder, expect).await? else {
                continue;
            };
            let is_new = found.is_none();
            let was_left = found.is_some_and(|(before, _)| before.run == run && before.until > Moment::START);
            let lease = Self {
                store,
                terms,
                key,
                holder,
                tag,
                ends: asked + terms.length,
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
        Err(JobError::LeaseLost)
    }

    /// Whether the run's last function ended without giving the lease back: it was killed, or it handed over.
    #[must_use]
    pub fn was_left(&self) -> bool {
        self.was_left
    }

    /// Asks later whether this invocation still leads.
    #[must_use]
    pub fn fence(&self) -> Fence<'a> {
        Fence {
            store: self.store,
            terms: self.terms,
            key: self.key.clone(),
            run: self.holder.run.clone(),
        }
    }

    /// Does the work while the lease is renewed. Work still under way when the lease can no longer be relied on is dropped
    /// where it stands, a quarter of the lease before its end, so that little of what it sent arrives later than that; what does, meets
    /// the conditions and versions that the crate's page tells of.
    ///
    /// # Errors
    /// [`JobError::LeaseLost`], and whatever the work fails with.
    pub async fn keep<T, E: From<JobError>>(&mut self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        tokio::pin!(work);
        tokio::select! {
            biased;
            result = &mut work => result,
            () = self.renew() => Err(JobError::LeaseLost.into()),
        }
    }

    /// Ends when the lease is lost.
    async fn renew(&mut self) {
        let quarter = self.terms.length / 4;
        loop {
            let last_moment = self.ends.checked_sub(quarter).unwrap_or(self.ends);
            tokio::time::sleep(quarter.min(last_moment.saturating_duration_since(Instant::now()))).await;
            let asked = Instant::now();
            let until = self.terms.after(self.terms.length);
            match tokio::time::timeout_at(last_moment.into(), self.rewrite(None, until)).await {
                Ok(Ok(true)) => self.ends = asked + self.terms.length,
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
    async fn rewrite(&mut self, owner: Option<&str>, until: Moment) -> Result<bool, JobError> {
        let holder = Holder {
            run: self.holder.run.clone(),
            owner: owner.unwrap_or(&self.holder.owner).to_owned(),
            until,
        };
        for _ in 0..LOOKS {
            if let Written::Done(tag) = put(self.store, &self.key, &holder, Expect::Tag(&self.tag)).await? {
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
    /// [`JobError::LeaseLost`], and what the write fails with.
    pub async fn pass_on(&mut self) -> Result<(), JobError> {
        let until = self.terms.after(self.terms.between);
        if self.rewrite(Some(BETWEEN), until).await? {
            return Ok(());
        }
        Err(JobError::LeaseLost)
    }

    /// Leaves the lease to the next invocation of the same function, and makes it: asynchronously, with this event. What the job knows has
    /// to be saved before. The function's role needs `lambda:InvokeFunction` on itself.
    ///
    /// # Errors
    /// [`JobError::LeaseLost`]; [`JobError::Handover`] when Lambda does not take the event: the lease is given back then.
    pub async fn hand_over(
        mut self,
        aws: &SdkConfig,
        function_arn: &str,
        event: impl Into<Vec<u8>>,
    ) -> Result<(), JobError> {
        self.pass_on().await?;
        match again::invoke(aws, function_arn, event).await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.release().await;
                Err(JobError::Handover(error))
            }
        }
    }

    /// Ends the lease: the object is not deleted, its time is set back to 1970. If this fails, the next run has to wait until the lease
    /// expires, and nothing else is lost.
    pub async fn release(mut self) {
        let patience: Duration = self.terms.length / 4;
        match tokio::time::timeout(patience, self.rewrite(None, Moment::START)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the lease was not released and will expire"),
            Err(_) => tracing::warn!("the lease was not released and will expire: no answer"),
        }
    }
}

/// Whether an invocation still leads, for a step that no condition in S3 protects.
#[derive(Debug, Clone)]
pub struct Fence<'a> {
    store: &'a Store,
    terms: &'a Terms,
    key: String,
    run: String,
}

impl Fence<'_> {
    /// Reads the lease. What follows may still come too late, so it has to be safe to repeat; this keeps an invocation that was frozen,
    /// or cut off from S3, from continuing as if nothing had happened.
    ///
    /// # Errors
    /// [`JobError::LeaseLost`] where the lease is another's, waits, or has ended; what the store fails with.
    pub async fn check(&self) -> Result<(), JobError> {
        match look(self.store, &self.key).await? {
            Some((there, _))
                if there.run == self.run && there.owner == self.terms.owner && there.until > self.terms.now() =>
            {
                Ok(())
            }
            _ => Err(JobError::LeaseLost),
        }
    }
}
