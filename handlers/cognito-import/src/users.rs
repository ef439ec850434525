//! All users, batch by batch: look, write down who is to be made, make, write down what became of them.

use std::collections::BTreeSet;
use std::time::Instant;

use futures::{StreamExt as _, TryStreamExt as _};
use job_kit::Checkpoint;
use user_export::{EXPORT, Found, IMPORT, Kind, Lines, Part, User, read};

use crate::account;
use crate::error::ImportError;
use crate::memberships::Memberships;
use crate::report::{Outcome, UserResult};
use crate::run::{Ended, Run};
use crate::state::State;

/// A user of the batch.
enum Next<'a> {
    LeaveOut(&'a User, Outcome),
    Make(&'a User),
    Compare(&'a User, Found),
}

pub(crate) async fn make(
    run: &Run<'_>,
    memberships: &Memberships,
    checkpoint: &mut Checkpoint<'_, State>,
) -> Result<Ended, ImportError> {
    let parts: Vec<&Part> = run
        .manifest
        .parts
        .iter()
        .filter(|part| part.kind == Kind::Users)
        .collect();
    while let Some(part) = parts.get(checkpoint.state.part) {
        let users = read::<User>(run.store, (EXPORT, run.manifest.run.as_str()), part, &run.export_key).await?;
        while checkpoint.state.line < users.len() {
            if run.pace.is_over() {
                return Ok(Ended::OutOfTime);
            }
            let began = Instant::now();
            let first = checkpoint.state.line;
            let batch = users.iter().enumerate().skip(first).take(run.import.limits.batch);
            let batch: Vec<_> = batch.collect();
            let next = look(run, &batch, checkpoint).await?;
            let results = work(run, memberships, &next).await?;
            write(run, memberships, &next, &results, checkpoint).await?;
            checkpoint.state.line = first + batch.len();
            checkpoint.state.making.clear();
            checkpoint.save().await?;
            run.pace.note(began);
        }
        checkpoint.state.part += 1;
        checkpoint.state.line = 0;
    }
    Ok(Ended::Done)
}

/// Who is there, and who is to be made.
async fn look<'a>(
    run: &Run<'_>,
    batch: &[(usize, &'a User)],
    checkpoint: &mut Checkpoint<'_, State>,
) -> Result<Vec<Next<'a>>, ImportError> {
    let making = checkpoint.state.making.clone();
    let facts = &run.manifest.pool;
    let found = futures::stream::iter(batch.iter().copied()).map(|(line, user)| {
        let is_ours = making.contains(&line);
        async move {
            if let Some(outcome) = account::left_out(user) {
                return Ok((line, Next::LeaveOut(user, outcome)));
            }
            if is_ours {
                return Ok((line, Next::Make(user)));
            }
            let found = run.pool.user(account::handle(user, facts)).await?;
            let next = found.map_or(Next::Make(user), |found| Next::Compare(user, found));
            Ok::<_, ImportError>((line, next))
        }
    });
    let next: Vec<_> = found.buffered(run.import.limits.at_once).try_collect().await?;
    let to_make = next.iter().filter(|(_, next)| matches!(next, Next::Make(_)));
    let to_make: Vec<_> = to_make.map(|(line, _)| *line).collect();
    if !run.dry_run && !to_make.is_empty() {
        // Saved even if it has not changed: an invocation that has lost the lease fails here and creates no users.
        checkpoint.state.making = to_make;
        checkpoint.save().await?;
    }
    Ok(next.into_iter().map(|(_, next)| next).collect())
}

async fn work(run: &Run<'_>, memberships: &Memberships, next: &[Next<'_>]) -> Result<Vec<UserResult>, ImportError> {
    let (pool, facts) = (&run.pool, &run.manifest.pool);
    let results = futures::stream::iter(next).map(|next| async move {
        let groups = |user: &User| {
            memberships
                .of(&user.username)
                .map(|group| group.name.clone())
                .collect::<BTreeSet<_>>()
        };
        match next {
            Next::LeaveOut(user, outcome) => Ok(account::result(user, *outcome, None)),
            Next::Make(user) if run.dry_run => Ok(account::result(user, Outcome::Created, None)),
            Next::Make(user) => account::make(pool, facts, user, &groups(user)).await,
            Next::Compare(user, found) => account::compare(pool, user, &groups(user), found).await,
        }
    });
    results.buffered(run.import.limits.at_once).try_collect().await
}

/// Results of a batch, as one part, and their counts.
async fn write(
    run: &Run<'_>,
    memberships: &Memberships,
    next: &[Next<'_>],
    results: &[UserResult],
    checkpoint: &mut Checkpoint<'_, State>,
) -> Result<(), ImportError> {
    let state = &mut checkpoint.state;
    let mut lines = Lines::new(Kind::Results);
    for (next, result) in next.iter().zip(results) {
        let (Next::LeaveOut(user, _) | Next::Make(user) | Next::Compare(user, _)) = next;
        lines.push(result);
        state.tally.count(result);
        state.tally.memberships_matched += memberships.of(&user.username).count() as u64;
        if result.outcome == Outcome::Created {
            state.tally.to_invite += u64::from(account::is_invited(user));
            state.tally.without_recovery += u64::from(!account::is_invited(user) && !user.can_recover());
        }
    }
    let written = lines.write(run.store, &run.location, (IMPORT, &run.id), state.next_part, &run.key);
    let part = written.await?;
    state.results.push(part);
    state.next_part += 1;
    Ok(())
}
