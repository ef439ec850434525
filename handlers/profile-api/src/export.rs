//! `GET /profile/export`.

use api_kit::{Answer, Kind, Problem, Request};
use mongodb::bson::DateTime;
use serde::Serialize;
use serde_json::Value;

use crate::state::ProfileApi;
use crate::{profile, store};

/// The contract's schema `ProfileExport`.
#[derive(Serialize)]
struct ProfileExport<'a> {
    user: &'a str,
    profile: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<String>,
    exported_at: String,
}

pub(crate) async fn export(request: &Request, state: &ProfileApi) -> Result<Answer, Problem> {
    let user = request.caller.subject();
    let now = (state.clock)();
    let record = store::find(&state.database, user).await?;
    let opened = profile::open(record.as_ref(), &state.keyring, now).await?;
    let record = record.as_ref();
    let export = ProfileExport {
        user,
        profile: &opened.profile,
        created_at: record.map(|record| rfc3339(record.created_at)).transpose()?,
        updated_at: record.map(|record| rfc3339(record.updated_at)).transpose()?,
        exported_at: rfc3339(DateTime::from_system_time(now))?,
    };
    Ok(Answer::json(200, &export)?.header("content-disposition", "attachment; filename=\"profile.json\""))
}

fn rfc3339(time: DateTime) -> Result<String, Problem> {
    time.try_to_rfc3339_string()
        .map_err(|_| Problem::new(Kind::Internal).cause("a time of the profile is past the year 9999"))
}
