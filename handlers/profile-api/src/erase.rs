//! `DELETE /profile`.

use api_kit::{Answer, Kind, Problem, Request};

use crate::precondition::{self, entity_tag};
use crate::state::ProfileApi;
use crate::store::{self, Written};

/// Asks nothing of KMS and reads no field: what cannot be decrypted can be erased. The condition is part of the one call that
/// removes, so nothing comes between.
pub(crate) async fn erase(request: &Request, state: &ProfileApi) -> Result<Answer, Problem> {
    let user = request.caller.subject();
    let tags = request.parameter("If-Match").map(precondition::tags).transpose()?;
    let revisions = tags
        .as_deref()
        .map(|tags| tags.iter().map(|tag| tag.trim_matches('"')).collect::<Vec<_>>());
    let written = store::erase(&state.database, user, revisions.as_deref()).await?;
    if let (Written::Lost, Some(tags)) = (written, tags) {
        // A client whose ETag says that no profile exists only needs that none exists.
        let of_nothing = tags.contains(&entity_tag(None).as_str());
        if !of_nothing || store::exists(&state.database, user).await? {
            return Err(Problem::new(Kind::PreconditionFailed)
                .detail("Nothing was deleted. Read the profile again, and send the new ETag to delete it."));
        }
    }
    state.keyring.forget(user).await;
    Ok(Answer::empty())
}
