//! `DELETE /profile`.

use api_kit::{Answer, Problem, Request};

use crate::state::ProfileApi;
use crate::store;

/// Asks nothing of KMS and reads nothing: what cannot be decrypted can be erased.
pub(crate) async fn erase(request: &Request, state: &ProfileApi) -> Result<Answer, Problem> {
    let user = request.caller.subject();
    store::erase(&state.database, user).await?;
    state.keyring.forget(user).await;
    Ok(Answer::empty())
}
