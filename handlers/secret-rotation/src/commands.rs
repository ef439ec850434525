//! What an administrator does to users: MongoDB's commands `usersInfo`, `updateUser` and `createUser`.
//!
//! Atlas has these in no cluster (manual of MongoDB, "updateUser": "This command is not supported in M0, M2, M5, and M10+ clusters"): it is
//! refused there with 13, 59 or 8000.

use std::collections::BTreeSet;

use lambda_kit::mongo::CommandError;
use mongodb::bson::{Bson, Document, doc};

use crate::rights::{Rights, Role};
use crate::session::Session;
use crate::value::User;

/// MongoDB's `error_codes.yml` has no name for it: `createUser` of one who exists.
const USER_EXISTS: i32 = 51_003;

/// What a user may do; `None`: there is no such user.
pub(crate) async fn rights(admin: &Session, user: &User) -> Result<Option<Rights>, CommandError> {
    const NAME: &str = "usersInfo";
    let command = doc! { NAME: { "user": &user.name, "db": &user.database } };
    let answer = admin.run(NAME, &user.database, command).await?;
    let unreadable = || CommandError::Unreadable { command: NAME };
    let users = answer.get_array("users").map_err(|_| unreadable())?;
    let Some(user) = users.first() else {
        return Ok(None);
    };
    let roles = user.as_document().and_then(|user| user.get_array("roles").ok());
    let role = |role: &Bson| {
        let role = role.as_document()?;
        Some(Role {
            name: role.get_str("role").ok()?.to_owned(),
            database: role.get_str("db").ok()?.to_owned(),
            collection: None,
        })
    };
    let roles: Option<_> = roles.ok_or_else(unreadable)?.iter().map(role).collect();
    let scopes = BTreeSet::new();
    roles.map(|roles| Some(Rights { roles, scopes })).ok_or_else(unreadable)
}

/// Sets a user's new password. Clients that are signed in stay signed in.
pub(crate) async fn set_password(
    admin: &Session,
    user: &User,
    password: &str,
    seconds: u64,
) -> Result<(), CommandError> {
    const NAME: &str = "updateUser";
    let command = doc! { NAME: &user.name, "pwd": password, "writeConcern": majority(seconds) };
    admin.run(NAME, &user.database, command).await?;
    Ok(())
}

/// Makes a user, or gives the one whom another run of the rotation has made this password.
pub(crate) async fn create(
    admin: &Session,
    user: &User,
    password: &str,
    rights: &Rights,
    seconds: u64,
) -> Result<(), CommandError> {
    const NAME: &str = "createUser";
    let roles = rights.roles.iter();
    let roles: Vec<_> = roles
        .map(|role| doc! { "role": &role.name, "db": &role.database })
        .collect();
    let command = doc! { NAME: &user.name, "pwd": password, "roles": roles, "writeConcern": majority(seconds) };
    match admin.run(NAME, &user.database, command).await {
        Err(CommandError::Refused { code: USER_EXISTS, .. }) => set_password(admin, user, password, seconds).await,
        result => result.map(|_| ()),
    }
}

/// Most members have the change before the command is answered, so that a failover does not undo it.
fn majority(seconds: u64) -> Document {
    doc! { "w": "majority", "wtimeout": i64::try_from(seconds * 1000).unwrap_or(i64::MAX) }
}
