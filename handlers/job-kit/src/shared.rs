//! A lease that many workers of one run share.

use crate::error::JobError;
use crate::holder::Holder;
use crate::lease::{BETWEEN, LOOKS, look, put};
use crate::store::{Expect, Store, Written};
use crate::terms::Terms;

/// The lease that all workers of a run share: kept from ending by whichever of them sees that it soon would. Each of them has a
/// [`Lease`](crate::Lease) of its own besides, on what it works on.
#[derive(Debug)]
pub struct Shared<'a> {
    /// Where it is.
    pub store: &'a Store,
    /// How long it holds: [`Terms::between`].
    pub terms: &'a Terms,
    /// Of the lease.
    pub key: String,
    /// Whose workers they are.
    pub run: &'a str,
}

impl Shared<'_> {
    /// Makes it last longer where it would end soon.
    ///
    /// # Errors
    /// [`JobError::Held`] when another run has it; [`JobError::LeaseLost`] when others were faster each time; what the store fails with.
    pub async fn extend(&self) -> Result<(), JobError> {
        for _ in 0..LOOKS {
            let found = look(self.store, &self.key).await?;
            let now = self.terms.now();
            let length = self.terms.between;
            if let Some((holder, _)) = &found
                && holder.until > now
            {
                if holder.run != self.run {
                    return Err(JobError::Held(holder.clone()));
                }
                if holder.owner != BETWEEN || holder.until >= self.terms.after(length / 2) {
                    return Ok(());
                }
            }
            let holder = Holder {
                run: self.run.to_owned(),
                owner: BETWEEN.to_owned(),
                until: self.terms.after(length),
            };
            let expect = Expect::found(found.as_ref().map(|(_, tag)| tag));
            if let Written::Done(_) = put(self.store, &self.key, &holder, expect).await? {
                return Ok(());
            }
        }
        Err(JobError::LeaseLost)
    }

    /// Does the work while the lease is kept from ending.
    ///
    /// # Errors
    /// [`JobError::Held`] when another run has it, [`JobError::LeaseLost`] when it cannot be kept, and whatever the work fails with.
    pub async fn keep<T, E: From<JobError>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let extend = async {
            let quarter = self.terms.between / 4;
            let mut failures = 0;
            loop {
                tokio::time::sleep(quarter).await;
                match tokio::time::timeout(quarter, self.extend()).await {
                    Ok(Ok(())) => failures = 0,
                    Ok(Err(JobError::Held(holder))) => return JobError::Held(holder),
                    // Twice without an answer still leaves time before its end.
                    Ok(Err(_)) | Err(_) if failures == 0 => failures += 1,
                    Ok(Err(_)) | Err(_) => return JobError::LeaseLost,
                }
            }
        };
        tokio::pin!(work);
        tokio::select! {
            biased;
            result = &mut work => result,
            lost = extend => Err(lost.into()),
        }
    }
}
