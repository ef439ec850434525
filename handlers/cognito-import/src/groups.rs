//! Groups, before the first user.

use std::time::Instant;

use job_kit::Checkpoint;
use user_export::Group;

use crate::error::ImportError;
use crate::memberships::Memberships;
use crate::run::{Ended, Run};
use crate::state::State;

pub(crate) async fn make(
    run: &Run<'_>,
    memberships: &Memberships,
    checkpoint: &mut Checkpoint<'_, State>,
) -> Result<Ended, ImportError> {
    if checkpoint.state.groups_done {
        return Ok(Ended::Done);
    }
    let mut tally = checkpoint.state.tally.clone();
    for group in &memberships.groups {
        // A pool has 10,000 at most: what was made before is found again.
        if run.pace.is_over() {
            return Ok(Ended::OutOfTime);
        }
        let began = Instant::now();
        tally.groups_with_role += u64::from(group.role_arn.is_some());
        match run.pool.group(&group.name).await? {
            Some(found) if is_equal(&found, group) => tally.groups_equal += 1,
            Some(_) => tally.groups_differ += 1,
            None => {
                tally.groups_created += 1;
                if !run.dry_run {
                    create(run, group).await?;
                }
            }
        }
        run.pace.note(began);
    }
    checkpoint.state.tally = tally;
    checkpoint.state.groups_done = true;
    checkpoint.save().await?;
    Ok(Ended::Done)
}

async fn create(run: &Run<'_>, group: &Group) -> Result<(), ImportError> {
    match run.pool.create_group(group).await {
        // An answer was lost, and the SDK's next attempt met its own group.
        Err(error) if error.code() == Some("GroupExistsException") => Ok(()),
        other => Ok(other?),
    }
}

fn is_equal(found: &Group, group: &Group) -> bool {
    let told = |group: &Group| (group.description.clone(), group.precedence);
    told(found) == told(group)
}
