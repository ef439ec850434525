//! What is kept in memory for a while: credentials of a session, a signing key.

use std::fmt::Display;
use std::time::{Duration, SystemTime};

use tokio::sync::Mutex;

/// Maximum duration of a renewal while the earlier value is still valid. Our choice: a client waits for it.
const PATIENCE: Duration = Duration::from_secs(3);
/// After a renewal that failed, until the next one. Our choice: one slow request in that time, not every one.
const PAUSE: Duration = Duration::from_secs(30);

/// A value that is got when it is first needed, and again when it is old. Where that fails, the old one is used as long as it is
/// good for anything.
#[derive(Debug)]
pub struct Kept<T> {
    slot: Mutex<Option<Slot<T>>>,
    patience: Duration,
}

/// A value that was just got.
#[derive(Debug)]
pub struct Fresh<T> {
    /// What is kept.
    pub value: T,
    /// When to get another.
    pub renew_at: SystemTime,
    /// When it is no longer valid; never, if none.
    pub good_until: Option<SystemTime>,
}

#[derive(Debug)]
struct Slot<T> {
    fresh: Fresh<T>,
    got_at: SystemTime,
}

impl<T> Slot<T> {
    /// Times are the clock's and not the process's: Lambda freezes a process for as long as it likes. A clock that was set back
    /// makes everything old.
    fn is_new(&self, now: SystemTime) -> bool {
        (self.got_at..self.fresh.renew_at).contains(&now)
    }

    fn is_good(&self, now: SystemTime) -> bool {
        self.fresh.good_until.is_none_or(|until| now < until)
    }
}

impl<T: Clone> Kept<T> {
    /// Without a value.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            slot: Mutex::new(None),
            patience: PATIENCE,
        }
    }

    /// The value. `what` names it in the log.
    ///
    /// # Errors
    /// `renew`'s, where there is no value yet or the old one is good for nothing.
    pub async fn get<E: Display>(
        &self,
        what: &'static str,
        now: SystemTime,
        renew: impl Future<Output = Result<Fresh<T>, E>>,
    ) -> Result<T, E> {
        let mut slot = self.slot.lock().await;
        if let Some(slot) = slot.as_ref().filter(|slot| slot.is_new(now)) {
            return Ok(slot.fresh.value.clone());
        }
        let fresh = match slot.as_mut().filter(|slot| slot.is_good(now)) {
            None => renew.await?,
            Some(old) => match tokio::time::timeout(self.patience, renew).await {
                Ok(Ok(fresh)) => fresh,
                failed => {
                    let cause = match failed {
                        Ok(Err(error)) => error.to_string(),
                        _ => format!("no answer within {} s", self.patience.as_secs()),
                    };
                    tracing::warn!(what, cause, "the old one is used: it could not be renewed");
                    old.got_at = now;
                    old.fresh.renew_at = now + PAUSE;
                    return Ok(old.fresh.value.clone());
                }
            },
        };
        let value = fresh.value.clone();
        *slot = Some(Slot { fresh, got_at: now });
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: SystemTime = SystemTime::UNIX_EPOCH;

    fn at(seconds: u64) -> SystemTime {
        START + Duration::from_secs(seconds)
    }

    /// Gets it at a time when a renewal gives this. What is got is new for 100 s and good for 200 s.
    async fn get(kept: &Kept<u8>, now: SystemTime, renewed: Result<u8, &str>) -> Result<u8, String> {
        let fresh = renewed.map_err(str::to_owned).map(|value| Fresh {
            value,
            renew_at: now + Duration::from_secs(100),
            good_until: Some(now + Duration::from_secs(200)),
        });
        kept.get("number", now, async { fresh }).await
    }

    #[tokio::test]
    async fn it_is_got_once_until_it_is_old() {
        let kept = Kept::nothing();
        assert_eq!(get(&kept, at(1000), Err("gone")).await, Err("gone".to_owned()));
        assert_eq!(get(&kept, at(1000), Ok(1)).await, Ok(1));
        assert_eq!(get(&kept, at(1099), Ok(2)).await, Ok(1));
        assert_eq!(get(&kept, at(1100), Ok(2)).await, Ok(2));
    }

    #[tokio::test]
    async fn the_old_one_is_used_while_it_is_good_and_nothing_is_asked_for_a_while() {
        let kept = Kept::nothing();
        get(&kept, at(1000), Ok(1)).await.ok();
        assert_eq!(get(&kept, at(1100), Err("gone")).await, Ok(1));
        assert_eq!(get(&kept, at(1129), Ok(2)).await, Ok(1), "asked again too soon");
        assert_eq!(get(&kept, at(1130), Ok(2)).await, Ok(2));
        assert_eq!(get(&kept, at(1330), Err("gone")).await, Err("gone".to_owned()));
    }

    #[tokio::test]
    async fn a_clock_that_was_set_back_makes_it_old() {
        let kept = Kept::nothing();
        get(&kept, at(1000), Ok(1)).await.ok();
        assert_eq!(get(&kept, at(999), Ok(2)).await, Ok(2));
    }

    #[tokio::test]
    async fn a_renewal_without_an_answer_holds_nobody_up_for_long() {
        let kept = Kept {
            patience: Duration::from_millis(1),
            ..Kept::nothing()
        };
        get(&kept, at(1000), Ok(1)).await.ok();
        let never = std::future::pending::<Result<Fresh<u8>, String>>();
        assert_eq!(kept.get("number", at(1100), never).await, Ok(1));
    }
}
