//! A bundle being read or applied: where, for whom, and until when. Every remote call goes through here.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use provider_kit::{Claims, Held, Interrupt, Operation};
use tf_provider::Diagnostics;
use tokio_util::sync::CancellationToken;

use super::failures;
use super::objects::{Described, Objects};
use super::remote::Remote;
use crate::connection::aws::{AwsError, aws_call_failed};

/// Reading the truth after an interruption or a failure: short, because somebody is waiting.
const TRUTH_TIMEOUT: Duration = Duration::from_secs(20);

/// How long to wait before each further look at what a write should have changed. The CloudWatch API reference does not say
/// that DescribeAlarms shows every write that was answered before it, and one stale answer must not taint a create.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(1500)];

/// One operation on the alarms of one bundle.
pub(crate) struct Run<'a> {
    pub(crate) remote: Remote<'a>,
    pub(crate) operation: &'a Operation,
    pub(crate) claims: Claims,
    /// Whether Terraform has no state of the bundle yet: it replaces what a failed create returns.
    pub(crate) is_new: bool,
}

/// Why a step has no result.
pub(crate) enum End {
    Failed(AwsError),
    Interrupted(Interrupt),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(cause) => write!(f, "{cause}. {}", cause.advice()),
            Self::Interrupted(Interrupt::Stopped) => f.write_str("Terraform was asked to stop."),
            Self::Interrupted(Interrupt::TimedOut) => f.write_str("The timeout of the operation was reached."),
        }
    }
}

impl Run<'_> {
    pub(crate) fn bundle(&self) -> &str {
        self.remote.marker.bundle
    }

    pub(crate) fn region(&self) -> &str {
        self.remote.region
    }

    /// A call that changes nothing, given up when the operation has to end.
    pub(crate) async fn read<T>(&self, call: impl Future<Output = Result<T, AwsError>>) -> Result<T, End> {
        read(self.operation, call).await
    }

    /// A write in its turn. Begun, it is waited for a little longer than the operation lasts.
    pub(crate) async fn write<T>(&self, call: impl Future<Output = Result<T, AwsError>>) -> Result<T, End> {
        let turn = self.operation.read(self.remote.turn_to_write()).await;
        turn.map_err(End::Interrupted)?;
        self.write_now(call).await
    }

    /// A write that the rate of the provider does not count.
    pub(crate) async fn write_now<T>(&self, call: impl Future<Output = Result<T, AwsError>>) -> Result<T, End> {
        match self.operation.write(call).await {
            Ok(outcome) => outcome.map_err(End::Failed),
            Err(unwritten) => Err(End::Interrupted(unwritten.interrupt())),
        }
    }

    pub(crate) fn report(&self, end: End, doing: &str, diagnostics: &mut Diagnostics) {
        match end {
            End::Failed(cause) => aws_call_failed(diagnostics, doing, &cause),
            End::Interrupted(interrupt) => {
                failures::interrupted(diagnostics, interrupt, self.operation.timeout(), doing, self.is_new);
            }
        }
    }

    /// Waits until no other resource of this run works on a bundle of this name; `None` with an error.
    pub(crate) async fn hold(&self, diagnostics: &mut Diagnostics) -> Option<Held> {
        let bundle = format!("{}/{}", self.region(), self.bundle());
        match self.operation.read(self.claims.hold(&bundle)).await {
            Ok(held) => Some(held),
            Err(interrupt) => {
                let doing = "waiting for another resource that works on a bundle of the same name";
                self.report(End::Interrupted(interrupt), doing, diagnostics);
                None
            }
        }
    }

    /// Those of `names` that exist, refusing to continue in another account than `known` is in. If an alarm of `known` is not
    /// shown, `looks_again` decides whether one look is enough.
    ///
    /// `None` with an error in `diagnostics` when it cannot be told.
    pub(crate) async fn existing(
        &self,
        names: &BTreeSet<String>,
        known: &Objects,
        looks_again: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<Described> {
        let known_names = known.names();
        let all_there = |found: &Described| known_names.iter().all(|name| found.contains_key(name));
        let enough = |found: &Described| !looks_again || all_there(found);
        let existing = match look_until(self.operation, &self.remote, names, enough).await {
            Ok(existing) => existing,
            Err(end) => {
                let doing = format!(
                    "reading {} alarms of bundle {:?} in {}",
                    names.len(),
                    self.bundle(),
                    self.region()
                );
                self.report(end, &doing, diagnostics);
                return None;
            }
        };
        let Some(in_state) = known.any_arn().and_then(|arn| account_of(arn)) else {
            return Some(existing);
        };
        let found = existing
            .values()
            .find_map(|alarm| account_of(alarm.arn().as_ref_option()?));
        // alarms that are gone may be gone, or we may be looking into another account: only that one can tell
        let seen = match (found, all_there(&existing)) {
            (Some(found), _) => found.to_owned(),
            (None, true) => return Some(existing),
            (None, false) => match self.read(self.remote.aws.account_id(self.region())).await {
                Ok(account) => account,
                Err(end) => {
                    self.report(end, "asking which account the credentials belong to", diagnostics);
                    return None;
                }
            },
        };
        if seen != in_state {
            failures::account_differs(diagnostics, in_state, &seen, self.region());
            return None;
        }
        Some(existing)
    }

    /// What exists after writes that were answered. A look that does not show what `settled` waits for is repeated twice,
    /// after a pause.
    pub(crate) async fn after_writes(
        &self,
        names: &BTreeSet<String>,
        settled: impl Fn(&Described) -> bool + Sync,
    ) -> Result<Described, End> {
        look_until(self.operation, &self.remote, names, settled).await
    }

    /// The same when the operation has to end: within a time of its own.
    pub(crate) async fn truth(
        &self,
        names: &BTreeSet<String>,
        settled: impl Fn(&Described) -> bool + Sync,
    ) -> Result<Described, AwsError> {
        let last = Operation::new(CancellationToken::new(), TRUTH_TIMEOUT);
        match look_until(&last, &self.remote, names, settled).await {
            Ok(found) => Ok(found),
            Err(End::Failed(cause)) => Err(cause),
            Err(End::Interrupted(_)) => Err(AwsError::Unreachable {
                operation: "DescribeAlarms",
                reason: format!("no answer within {} s", TRUTH_TIMEOUT.as_secs()),
            }),
        }
    }
}

async fn read<T>(operation: &Operation, call: impl Future<Output = Result<T, AwsError>>) -> Result<T, End> {
    match operation.read(call).await {
        Ok(outcome) => outcome.map_err(End::Failed),
        Err(interrupt) => Err(End::Interrupted(interrupt)),
    }
}

async fn look_until(
    operation: &Operation,
    remote: &Remote<'_>,
    names: &BTreeSet<String>,
    settled: impl Fn(&Described) -> bool + Sync,
) -> Result<Described, End> {
    let mut found = read(operation, remote.describe(names)).await?;
    for pause in PAUSES {
        if settled(&found) {
            break;
        }
        let paused = operation.read(tokio::time::sleep(pause)).await;
        paused.map_err(End::Interrupted)?;
        found = read(operation, remote.describe(names)).await?;
    }
    Ok(found)
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}
