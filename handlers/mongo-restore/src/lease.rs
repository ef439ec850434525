//! Who works: a document in the target that a command has to own while it writes. Lambda delivers an event at least once, and with
//! `drop` a second copy would drop what the first one restored.

use std::time::{Duration, Instant};

use dump_format::names::Namespace;
use serde::{Deserialize, Serialize};

use crate::clock::{milliseconds, now};
use crate::failure::RestoreError;
use crate::limits::Limits;
use crate::target::{Deployment, Raw, field};

/// Its `_id`. Notes have other ones: the names of namespaces, with a dot in them.
pub(crate) const ID: &str = "lease";
/// Owner of a lease that waits for the next invocation.
const BETWEEN: &str = "between invocations";
const NOBODY: &str = "nobody";

/// What the document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    owner: String,
    /// As it is written, so that it can be told from what is written later.
    state: String,
    times: Times,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Times {
    /// When others may take it, in milliseconds since 1970.
    until_ms: u64,
    /// When its owner showed last that it lives.
    seen_ms: u64,
}

impl Holder {
    /// `None` for anything else.
    pub(crate) fn read(document: &[u8]) -> Option<Self> {
        let text = |name| Some(field(document, name)?.as_str()?.to_owned());
        let (owner, state) = (text("owner")?, text("state")?);
        let times = serde_json::from_str(&state).ok()?;
        Some(Self { owner, state, times })
    }

    pub(crate) fn is_live(&self) -> bool {
        self.times.until_ms > milliseconds(now())
    }

    /// For how long nobody has worked.
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_millis(milliseconds(now()).saturating_sub(self.times.seen_ms))
    }

    /// For a message.
    pub(crate) fn left(&self) -> u64 {
        self.times.until_ms.saturating_sub(milliseconds(now())).div_ceil(1_000)
    }

    fn render(&self) -> Raw {
        owned_by(&self.owner).str("state", &self.state)
    }
}

/// A lease that this invocation owns.
pub(crate) struct Lease<'a> {
    deployment: &'a Deployment,
    limits: &'a Limits,
    namespace: Namespace,
    owner: String,
    /// When it may be somebody else's.
    ends: Instant,
}

impl<'a> Lease<'a> {
    /// Takes the lease if it is free or reserved for this invocation. A lease that another process holds is waited for until it expires, which
    /// it does if its owner was killed; if it is renewed meanwhile, its owner is at work.
    ///
    /// # Errors
    /// [`RestoreError::LeaseHeld`] when another process is at work, or has ended during the wait: the target's content is then its result.
    pub(crate) async fn take(
        deployment: &'a Deployment,
        limits: &'a Limits,
        namespace: Namespace,
        is_next: bool,
    ) -> Result<Self, RestoreError> {
        let mut lease = Self {
            deployment,
            limits,
            namespace,
            owner: format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)),
            ends: Instant::now(),
        };
        let mut waited_for: Option<Holder> = None;
        let mut races = 0;
        loop {
            let asked = Instant::now();
            let found = lease.look().await?;
            match &found {
                Some(there) if there.owner == lease.owner => {
                    lease.ends = asked + limits.lease;
                    return Ok(lease);
                }
                Some(there) if there.is_live() && !(is_next && there.owner == BETWEEN) => {
                    if there.owner == BETWEEN {
                        return Err(held("waits for its next invocation", there));
                    }
                    if waited_for.as_ref().is_some_and(|before| before != there) {
                        return Err(held("is at work", there));
                    }
                    if waited_for.is_none() {
                        tracing::info!(
                            seconds = there.left(),
                            "another process holds the lease of this restore: waiting until it is released or expires"
                        );
                    }
                    let left = Duration::from_secs(there.left());
                    waited_for = found;
                    tokio::time::sleep(left.min(limits.lease / 4 + limits.lease / 16)).await;
                    continue;
                }
                _ => {}
            }
            if waited_for.as_ref().is_some_and(|before| Some(before) != found.as_ref()) {
                return Err(RestoreError::LeaseHeld(
                    "another process did the same restore and ended a moment ago: look at what it said before you repeat it".to_owned(),
                ));
            }
            let mine = lease.mine(&lease.owner, limits.lease);
            let is_taken = match &found {
                None => deployment.add_own(&lease.namespace, &mine).await?,
                Some(there) => deployment.swap_own(&lease.namespace, there.render(), &mine).await?,
            };
            if is_taken {
                lease.ends = asked + limits.lease;
                return Ok(lease);
            }
            // Somebody was quicker, or it was this process and the answer was lost.
            races += 1;
            if races >= limits.attempts {
                return Err(RestoreError::LeaseHeld(
                    "other processes take and leave the lease of this restore all the time: stop them, and repeat"
                        .to_owned(),
                ));
            }
            tokio::time::sleep(limits.pause(races)).await;
        }
    }

    async fn look(&self) -> Result<Option<Holder>, RestoreError> {
        let document = self.deployment.own_document(&self.namespace, ID).await?;
        Ok(document.and_then(|document| Holder::read(&document)))
    }

    fn mine(&self, owner: &str, length: Duration) -> Vec<u8> {
        let seen_ms = milliseconds(now());
        let times = Times {
            until_ms: seen_ms + milliseconds(length),
            seen_ms,
        };
        // Numbers under fixed names: nothing that JSON cannot hold.
        let state = serde_json::to_string(&times).unwrap_or_default();
        let owner = owner.to_owned();
        Holder { owner, state, times }.render().build()
    }

    /// Does the work while the lease is renewed. Work still under way when the lease can no longer be relied on is dropped where it
    /// stands.
    ///
    /// # Errors
    /// [`RestoreError::LeaseLost`], and whatever the work fails with.
    pub(crate) async fn keep<T, E: From<RestoreError>>(
        &mut self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        tokio::pin!(work);
        tokio::select! {
            biased;
            result = &mut work => result,
            () = self.renew() => Err(RestoreError::LeaseLost.into()),
        }
    }

    /// Ends when the lease is lost.
    async fn renew(&mut self) {
        let quarter = self.limits.lease / 4;
        loop {
            let last_moment = self.ends.checked_sub(quarter).unwrap_or(self.ends);
            tokio::time::sleep(quarter.min(last_moment.saturating_duration_since(Instant::now()))).await;
            let asked = Instant::now();
            let mine = self.mine(&self.owner, self.limits.lease);
            let swap = self.deployment.swap_own(&self.namespace, owned_by(&self.owner), &mine);
            match tokio::time::timeout_at(last_moment.into(), swap).await {
                Ok(Ok(true)) => self.ends = asked + self.limits.lease,
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

    /// Leaves the lease to the next invocation.
    ///
    /// # Errors
    /// [`RestoreError::LeaseLost`], and what the write fails with.
    pub(crate) async fn pass_on(&mut self) -> Result<(), RestoreError> {
        let next = self.mine(BETWEEN, self.limits.lease_between);
        let mine = owned_by(&self.owner);
        if !self.deployment.swap_own(&self.namespace, mine, &next).await? {
            return Err(RestoreError::LeaseLost);
        }
        self.owner = BETWEEN.to_owned();
        Ok(())
    }

    /// Releases the lease. If this fails, the next process has to wait until the lease expires, and nothing else is lost.
    pub(crate) async fn release(self) {
        let free = self.mine(NOBODY, Duration::ZERO);
        let swap = self.deployment.swap_own(&self.namespace, owned_by(&self.owner), &free);
        match tokio::time::timeout(self.limits.lease / 4, swap).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the lease was not released and will expire"),
            Err(_) => tracing::warn!("the lease was not released and will expire: no answer"),
        }
    }
}

fn owned_by(owner: &str) -> Raw {
    Raw::new().str("_id", ID).str("owner", owner)
}

fn held(what: &str, holder: &Holder) -> RestoreError {
    RestoreError::LeaseHeld(format!(
        "another process has begun the same restore and {what}: wait for its end. If it is dead, repeat in {} s",
        holder.left()
    ))
}
