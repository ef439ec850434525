//! GetCallerIdentity of STS, so that one endpoint serves a client that asks for its account first.

use serde::Serialize;

use crate::error::ApiError;
use crate::model::Scope;
use crate::protocol::{Reply, reply};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CallerIdentity<'a> {
    arn: String,
    user_id: &'a str,
    account: &'a str,
}

pub(super) fn run(scope: &Scope) -> Result<Reply, ApiError> {
    reply(&CallerIdentity {
        arn: format!("arn:aws:iam::{}:root", scope.account),
        user_id: &scope.account,
        account: &scope.account,
    })
}
