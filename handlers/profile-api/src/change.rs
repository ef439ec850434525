//! `PATCH /profile`.

use api_kit::{Answer, Problem, Request};

use crate::precondition::{self, entity_tag};
use crate::state::ProfileApi;
use crate::store::{self, Written};
use crate::{profile, rules};

pub(crate) async fn change(request: &Request, state: &ProfileApi) -> Result<Answer, Problem> {
    let user = request.caller.subject();
    let record = store::find(&state.database, user).await?;
    let record = record.as_ref();
    precondition::require(request.parameter("If-Match"), &entity_tag(record))?;
    let now = (state.clock)();
    let opened = profile::open(record, &state.keyring, now).await?;
    let changed = profile::merged(&opened.profile, request.body());
    rules::check(&changed, now)?;
    if changed == opened.profile {
        return Ok(Answer::json(200, &changed)?.header("etag", entity_tag(record)));
    }
    let next = profile::next(user, record, &opened, &changed, &state.keyring, now).await?;
    let previous = record.map(|record| record.revision.as_str());
    if store::write(&state.database, previous, &next.record).await? == Written::Lost {
        return Err(precondition::stale());
    }
    if let Some(key) = next.new_key {
        state.keyring.keep(user, key, now).await;
    } else if next.record.data_key.is_none() {
        state.keyring.forget(user).await;
    }
    Ok(Answer::json(200, &changed)?.header("etag", entity_tag(Some(&next.record))))
}
