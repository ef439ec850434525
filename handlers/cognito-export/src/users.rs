//! The list of users, page by page.
//!
//! The list is no snapshot, and Cognito documents no order: who comes while it is read may be on no page, who goes may be on one, and who is
//! changed may be on two. The counts are of lines.

use std::time::Instant;

use job_kit::Checkpoint;
use user_export::{Kind, Lines, User};

use crate::error::ExportError;
use crate::run::{Ended, Run};
use crate::state::{Position, State};

pub(crate) async fn read(run: &Run<'_>, checkpoint: &mut Checkpoint<'_, State>) -> Result<Ended, ExportError> {
    let mut from = match &checkpoint.state.position {
        Position::Users { from } => from.as_ref().map(|from| run.open(from)).transpose()?,
        _ => return Ok(Ended::Done),
    };
    let mut is_resumed = from.is_some();
    let limits = run.export.limits;
    let (mut lines, mut pages) = (Lines::new(Kind::Users), 0);
    loop {
        if run.pace.is_over() {
            finish(run, checkpoint, &mut lines, from.as_deref()).await?;
            return Ok(Ended::OutOfTime);
        }
        let began = Instant::now();
        let page = match run.export.pool.users(from.as_deref()).await {
            // Cognito does not say how long it knows a position. One from another invocation may be too old.
            Err(error) if is_resumed && error.code() == Some("InvalidParameterException") => {
                tracing::warn!("the pagination token has expired: the list of users starts again");
                begin_anew(&mut checkpoint.state);
                checkpoint.save().await?;
                (from, is_resumed) = (None, false);
                continue;
            }
            page => page?,
        };
        is_resumed = false;
        for user in &page.items {
            count(&mut checkpoint.state, user);
            lines.push(user);
        }
        pages += 1;
        run.pace.note(began);
        let Some(next) = page.next else { break };
        from = Some(next);
        if lines.bytes() >= limits.part_bytes || pages >= limits.part_pages {
            finish(run, checkpoint, &mut lines, from.as_deref()).await?;
            pages = 0;
        }
    }
    run.write(&mut lines, checkpoint).await?;
    checkpoint.state.position = Position::Groups;
    checkpoint.save().await?;
    Ok(Ended::Done)
}

/// Writes the lines, and then that they are written.
async fn finish(
    run: &Run<'_>,
    checkpoint: &mut Checkpoint<'_, State>,
    lines: &mut Lines,
    from: Option<&str>,
) -> Result<(), ExportError> {
    run.write(lines, checkpoint).await?;
    checkpoint.state.position = Position::Users {
        from: from.map(|from| run.seal(from)).transpose()?,
    };
    Ok(checkpoint.save().await?)
}

fn count(state: &mut State, user: &User) {
    state.counts.users += 1;
    *state.counts.by_status.entry(user.status.clone()).or_default() += 1;
    state.counts.disabled += u64::from(!user.enabled);
    for name in user.attributes.keys() {
        if !state.attributes_used.contains(name) {
            state.attributes_used.insert(name.clone());
        }
    }
}

/// The parts so far are in no manifest then.
fn begin_anew(state: &mut State) {
    state.position = Position::Users { from: None };
    state.parts.clear();
    state.counts.users = 0;
    state.counts.by_status.clear();
    state.counts.disabled = 0;
    state.counts.listings_restarted += 1;
}
