//! The story of one event.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lambda_kit::emf::{Metrics, Unit};
use lambda_kit::{Backoff, Deadline, Failure, chain, guard};
use metric_names::origin_failover as names;

use crate::alarms::{self, Alarms};
use crate::answer::Answer;
use crate::decision::{Decision, Facts, Health, Mode, Position, Region, decide, is_ready};
use crate::error::FailoverError;
use crate::event::Trigger;
use crate::failover::OriginFailover;
use crate::mode::Order;
use crate::notice::Notice;
use crate::publishing::publish;
use crate::settings::Settings;
use crate::write_path::SwitchError;

/// Of a change that somebody else's change came before, or that was not taken. Each begins with a read and a decision.
const ATTEMPTS: u32 = 4;
const BACKOFF: Backoff = Backoff {
    first: Duration::from_millis(300),
    most: Duration::from_secs(3),
};

/// What is known so far, for the metrics, whatever ends the work.
#[derive(Debug, Default)]
struct Tally {
    answer: Option<Answer>,
    /// By which it was decided last.
    facts: Option<Facts>,
}

/// Looks at the alarms, decides, switches if it has to, and says so. Metrics are written before it returns, whatever ended it.
///
/// # Errors
/// A [`Failure`] with a name of [`FAILURES`](crate::FAILURES). The same event may come again, and what was done is not done twice.
pub async fn handle(failover: &OriginFailover, event: &str, deadline: Deadline) -> Result<Answer, Failure> {
    let tally = Mutex::new(Tally::default());
    let ended = guard(deadline, story(failover, event, &tally)).await;
    let result = ended.unwrap_or_else(|cut| Err(FailoverError::Cut(cut)));
    let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    (failover.metrics)(&metrics(&failover.settings, &tally, result.is_err()));
    Ok(result?)
}

async fn story(failover: &OriginFailover, event: &str, tally: &Mutex<Tally>) -> Result<Answer, FailoverError> {
    let settings = &failover.settings;
    let trigger = Trigger::read(event, settings).map_err(FailoverError::Event)?;
    let order = failover.order.read().await.map_err(FailoverError::Override)?;
    let alarms = read_alarms(failover, &trigger, order.mode).await?;
    let (answer, revision) = settle(failover, order, alarms.as_ref(), tally).await?;
    log(failover, &trigger, order, alarms.as_ref(), answer);
    let notice = Notice::of(answer, &revision, order, alarms.as_ref(), settings, (failover.clock)());
    if let Some(notice) = notice {
        failover.outbox().add(notice);
    }
    publish(&failover.outbox, failover.topic.as_ref(), failover.bus.as_ref()).await?;
    Ok(answer)
}

/// A person's order is carried out also where the alarms cannot be read.
async fn read_alarms(
    failover: &OriginFailover,
    trigger: &Trigger,
    mode: Mode,
) -> Result<Option<Alarms>, FailoverError> {
    let settings = &failover.settings;
    let names = (settings.primary_alarm.as_str(), settings.secondary_alarm.as_str());
    match (alarms::read(&failover.cloudwatch, names, trigger).await, mode) {
        (Ok(alarms), _) => Ok(Some(alarms)),
        (Err(error), Mode::Auto) => Err(FailoverError::Alarms(error)),
        (Err(error), Mode::Held(_)) => {
            let cause = chain(&error);
            tracing::warn!(
                cause,
                "the alarms could not be read; the override parameter decides without them"
            );
            Ok(None)
        }
    }
}

/// Reads the write path, decides, changes it if it has to be, and begins again where it was changed in between.
async fn settle(
    failover: &OriginFailover,
    order: Order,
    alarms: Option<&Alarms>,
    tally: &Mutex<Tally>,
) -> Result<(Answer, String), FailoverError> {
    let note = |answer: Answer| tally.lock().unwrap_or_else(PoisonError::into_inner).answer = Some(answer);
    let health = |alarm: Option<Health>| alarm.unwrap_or(Health::Unknown);
    // A change of ours that may have been made, and what it was conditional on.
    let mut unsure: Option<(Answer, String)> = None;
    let mut last = None;
    for attempt in 1..=ATTEMPTS {
        if attempt > 1 {
            tokio::time::sleep(BACKOFF.pause(attempt - 1)).await;
        }
        let reading = failover.write_path.read().await.map_err(FailoverError::of_reading)?;
        let from = reading.position;
        let facts = Facts {
            mode: order.mode,
            position: from,
            primary: health(alarms.map(|alarms| alarms.primary.health())),
            secondary: health(alarms.map(|alarms| alarms.secondary.health())),
            now: (failover.clock)(),
        };
        let rules = failover.settings.rules;
        tally.lock().unwrap_or_else(PoisonError::into_inner).facts = Some(facts);
        // Ours was made: the answer was lost, and the change was not.
        if let Some((answer, revision)) = unsure.take_if(|(answer, _)| answer.position() == from) {
            note(answer);
            return Ok((answer, revision));
        }
        let (to, reason) = match decide(&facts, rules) {
            Decision::Switch(to, reason) => (to, reason),
            Decision::Keep(reason) => {
                let answer = Answer::Kept { position: from, reason };
                note(answer);
                return Ok((answer, reading.revision));
            }
            Decision::Refuse(reason) => {
                let answer = Answer::Refused { position: from, reason };
                note(answer);
                return Ok((answer, reading.revision));
            }
        };
        if failover.settings.dry_run {
            let answer = Answer::WouldSwitch { from, to, reason };
            note(answer);
            return Ok((answer, reading.revision));
        }
        let switched = Answer::Switched { from, to, reason };
        match failover.write_path.switch(&reading, to).await {
            Ok(()) => {
                note(switched);
                return Ok((switched, reading.revision));
            }
            Err(SwitchError::Impossible(error)) => return Err(FailoverError::Nothing(error)),
            Err(error @ SwitchError::Refused(_)) => return Err(FailoverError::Refused(error)),
            Err(error) => {
                if matches!(error, SwitchError::Unsure(_)) {
                    unsure = Some((switched, reading.revision));
                }
                tracing::warn!(attempt, cause = chain(&error), "the write path was not switched yet");
                last = Some(error);
            }
        }
    }
    Err(match last {
        Some(last) => FailoverError::Contested {
            attempts: ATTEMPTS,
            last,
        },
        // The loop makes at least one attempt, and each attempt that does not return leaves an error.
        None => FailoverError::Cut(lambda_kit::Cut::Panicked { at: None }),
    })
}

/// One line for each decision.
fn log(failover: &OriginFailover, trigger: &Trigger, order: Order, alarms: Option<&Alarms>, answer: Answer) {
    let settings = &failover.settings;
    let state = |alarm: Option<&alarms::Alarm>| alarm.map_or("UNREADABLE", |alarm| alarm.state.as_str()).to_owned();
    tracing::info!(
        outcome = answer.name(),
        reason = answer.reason().name(),
        from = answer.from().name(),
        to = answer.to().map(Region::name),
        write_path = settings.write_path.name(),
        mode = order.mode.name(),
        dry_run = settings.dry_run,
        primary_alarm = state(alarms.map(|alarms| &alarms.primary)),
        secondary_alarm = state(alarms.map(|alarms| &alarms.secondary)),
        trigger = trigger.name(),
        "decision"
    );
}

fn metrics(settings: &Settings, tally: &Tally, has_failed: bool) -> Metrics {
    let count = |is: bool| f64::from(u8::from(is));
    let is = |name| tally.answer.is_some_and(|answer| answer.name() == name);
    let metrics = Metrics::new(names::NAMESPACE)
        .dimension(names::WRITE_PATH, settings.write_path.name())
        .value(names::SWITCHED, Unit::Count, count(is("switched")))
        .value(names::REFUSED, Unit::Count, count(is("refused")))
        .value(names::FAILED, Unit::Count, count(has_failed));
    let (Some(answer), Some(facts)) = (tally.answer, tally.facts) else {
        return metrics;
    };
    let position = answer.position();
    let is_ready = !settings.dry_run && is_ready(&Facts { position, ..facts }, settings.rules);
    metrics
        .value(
            names::ON_SECONDARY,
            Unit::Count,
            count(position != Position::At(Region::Primary)),
        )
        .value(names::READY, Unit::Count, count(is_ready))
}
