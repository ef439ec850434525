//! `GET /profile`.

use api_kit::{Answer, Problem, Request};

use crate::precondition::entity_tag;
use crate::state::ProfileApi;
use crate::{profile, store};

pub(crate) async fn fetch(request: &Request, state: &ProfileApi) -> Result<Answer, Problem> {
    let record = store::find(&state.database, request.caller.subject()).await?;
    let opened = profile::open(record.as_ref(), &state.keyring, (state.clock)()).await?;
    Ok(Answer::json(200, &opened.profile)?.header("etag", entity_tag(record.as_ref())))
}
