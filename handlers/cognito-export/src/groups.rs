//! Groups, and who is in them: by ListUsersInGroup, which takes a call for each group and each 60 members, where AdminListGroupsForUser takes one for each
//! user. After the users, so that a membership without a user shows who came meanwhile; the other way round such a user would be in no
//! group without a sign.

use std::time::Instant;

use job_kit::Checkpoint;
use user_export::{EXPORT, Group, Kind, Lines, Membership, read};

use crate::error::ExportError;
use crate::run::{Ended, Run};
use crate::state::{Position, State};

/// All groups, as one part. A pool has 10,000 at most (Cognito Developer Guide, "Quotas", groups per user pool), so that their list is read
/// within one invocation and begun anew in another.
pub(crate) async fn list(run: &Run<'_>, checkpoint: &mut Checkpoint<'_, State>) -> Result<Ended, ExportError> {
    if checkpoint.state.position != Position::Groups {
        return Ok(Ended::Done);
    }
    let (mut lines, mut from) = (Lines::new(Kind::Groups), None);
    loop {
        if run.pace.is_over() {
            return Ok(Ended::OutOfTime);
        }
        let began = Instant::now();
        let page = run.export.pool.groups(from.as_deref()).await?;
        page.items.iter().for_each(|group| lines.push(group));
        run.pace.note(began);
        match page.next {
            Some(next) => from = Some(next),
            None => break,
        }
    }
    checkpoint.state.counts.groups = lines.count();
    run.write(&mut lines, checkpoint).await?;
    checkpoint.state.position = Position::Memberships { group: 0, from: None };
    checkpoint.save().await?;
    Ok(Ended::Done)
}

/// The members of all groups.
pub(crate) async fn members(run: &Run<'_>, checkpoint: &mut Checkpoint<'_, State>) -> Result<Ended, ExportError> {
    let (first, mut from) = match &checkpoint.state.position {
        Position::Memberships { group, from } => {
            let from = from.as_ref().map(|from| run.open(from)).transpose()?;
            (*group, from)
        }
        _ => return Ok(Ended::Done),
    };
    let mut is_resumed = from.is_some();
    let groups = listed(run, &checkpoint.state).await?;
    let (mut lines, mut pages) = (Lines::new(Kind::Memberships), 0);
    for (number, group) in groups.iter().enumerate().skip(first) {
        loop {
            let limits = run.export.limits;
            let is_over = run.pace.is_over();
            if is_over || lines.bytes() >= limits.part_bytes || pages >= limits.part_pages {
                run.write(&mut lines, checkpoint).await?;
                let sealed = from.as_deref().map(|from| run.seal(from)).transpose()?;
                checkpoint.state.position = Position::Memberships {
                    group: number,
                    from: sealed,
                };
                checkpoint.save().await?;
                pages = 0;
            }
            if is_over {
                return Ok(Ended::OutOfTime);
            }
            let began = Instant::now();
            let page = match run.export.pool.members(&group.name, from.as_deref()).await {
                // A position that is too old. The group's first members come twice, which an import takes as once.
                Err(error) if is_resumed && error.code() == Some("InvalidParameterException") => {
                    checkpoint.state.counts.listings_restarted += 1;
                    (from, is_resumed) = (None, false);
                    continue;
                }
                page => page?,
            };
            is_resumed = false;
            let Some(page) = page else {
                checkpoint.state.counts.groups_vanished += 1;
                from = None;
                break;
            };
            for username in page.items {
                lines.push(&Membership {
                    group: group.name.clone(),
                    username,
                });
                checkpoint.state.counts.memberships += 1;
            }
            pages += 1;
            run.pace.note(began);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
    }
    run.write(&mut lines, checkpoint).await?;
    checkpoint.state.position = Position::Done;
    checkpoint.save().await?;
    Ok(Ended::Done)
}

/// The groups of the part that [`list`] has written.
async fn listed(run: &Run<'_>, state: &State) -> Result<Vec<Group>, ExportError> {
    let mut groups = Vec::new();
    for part in state.parts.iter().filter(|part| part.kind == Kind::Groups) {
        groups.extend(read::<Group>(run.store, (EXPORT, run.id.as_str()), part, &run.key).await?);
    }
    Ok(groups)
}
