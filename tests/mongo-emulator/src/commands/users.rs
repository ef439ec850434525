//! Users, as far as changing a password takes them. What is said in quotes is MongoDB's manual on the command.

use crate::bson::{Builder, Document};
use crate::lock;
use crate::refusal::{Refusal, code};
use crate::scram::User;

use super::context::{Answer, Context};

/// Roles that may see and change all users: the manual's "Built-In Roles".
const ADMINISTRATORS: [&str; 2] = ["root", "userAdminAnyDatabase"];

/// `createUser`: "The createUser command returns a duplicate user error if the user exists."
pub(super) fn create(context: &mut Context<'_>, answer: Builder) -> Answer {
    admit(context)?;
    let request = context.request;
    let name = name_of(context)?;
    refuse_others(
        request.body,
        &["createUser", "pwd", "roles", "writeConcern", "comment", "customData"],
    )?;
    let password = request.body.str("pwd").ok_or_else(|| Refusal::missing("pwd"))?;
    let roles = roles_of(context)?.ok_or_else(|| Refusal::missing("roles"))?;
    let key = (request.database.to_owned(), name.to_owned());
    let mut users = lock(&context.shared.users);
    if users.contains_key(&key) {
        let message = format!("User \"{name}@{}\" already exists", request.database);
        return Err(Refusal::new(code::USER_EXISTS, message));
    }
    let user = User {
        name: name.to_owned(),
        password: password.to_owned(),
        database: request.database.to_owned(),
        roles,
    };
    users.insert(key, user);
    Ok(answer)
}

/// `updateUser`: "An update to a field completely replaces the previous field's values"; "you must specify the updateUser field and at
/// least one other field, other than writeConcern". Signed-in users stay signed in: the server looks a signed-in user up again by their
/// id, which a new password does not change (its `AuthorizationSession`; the manual does not say).
pub(super) fn update(context: &mut Context<'_>, answer: Builder) -> Answer {
    admit(context)?;
    let request = context.request;
    let name = name_of(context)?;
    refuse_others(request.body, &["updateUser", "pwd", "roles", "writeConcern", "comment"])?;
    let (password, roles) = (request.body.str("pwd"), roles_of(context)?);
    if password.is_none() && roles.is_none() {
        let message = "Must specify at least one field to update in updateUser";
        return Err(Refusal::new(code::BAD_VALUE, message));
    }
    let mut users = lock(&context.shared.users);
    let Some(user) = users.get_mut(&(request.database.to_owned(), name.to_owned())) else {
        let message = format!("User {name}@{} not found", request.database);
        return Err(Refusal::new(code::USER_NOT_FOUND, message));
    };
    if let Some(password) = password {
        password.clone_into(&mut user.password);
    }
    if let Some(roles) = roles {
        user.roles = roles;
    }
    Ok(answer)
}

/// `usersInfo` of one user, by name or by name and database. "Users can always view their own information. To view another user's
/// information, the user running the command must have privileges that include the viewUser action on the other user's database."
/// One who does not exist is no error: `users` is empty.
pub(super) fn info(context: &mut Context<'_>, answer: Builder) -> Answer {
    let request = context.request;
    let asked = request
        .body
        .get("usersInfo")
        .ok_or_else(|| Refusal::missing("usersInfo"))?;
    let key = match (asked.as_str(), asked.as_document()) {
        (Some(name), _) => (request.database.to_owned(), name.to_owned()),
        (None, Some(user)) => {
            let part = |field| user.str(field).ok_or_else(|| Refusal::missing(field));
            (part("db")?.to_owned(), part("user")?.to_owned())
        }
        (None, None) => return Err(Refusal::not_emulated("usersInfo of several users")),
    };
    if context.session.user.as_ref() != Some(&key) {
        admit(context)?;
    }
    let users = lock(&context.shared.users);
    let found = users.get(&key).map(|user| {
        let roles = user.roles.iter();
        let roles = roles.map(|(role, database)| Builder::new().str("role", role).str("db", database).build());
        Builder::new()
            .str("_id", &format!("{}.{}", user.database, user.name))
            .str("user", &user.name)
            .str("db", &user.database)
            .documents("roles", roles)
            .strings("mechanisms", ["SCRAM-SHA-1", "SCRAM-SHA-256"])
            .build()
    });
    Ok(answer.documents("users", found))
}

/// Where nobody has to sign in, anybody may.
fn admit(context: &Context<'_>) -> Result<(), Refusal> {
    let users = lock(&context.shared.users);
    let may = context.session.user.as_ref().is_none_or(|signed_in| {
        let roles = users
            .get(signed_in)
            .map(|user| user.roles.as_slice())
            .unwrap_or_default();
        roles.iter().any(|(role, _)| ADMINISTRATORS.contains(&role.as_str()))
    });
    if may {
        return Ok(());
    }
    let (name, database) = (context.request.name, context.request.database);
    let message = format!("not authorized on {database} to execute command {{ {name}: ... }}");
    Err(Refusal::new(code::UNAUTHORIZED, message))
}

fn name_of<'a>(context: &Context<'a>) -> Result<&'a str, Refusal> {
    let name = context.request.collection.filter(|name| !name.is_empty());
    name.ok_or_else(|| Refusal::new(code::BAD_VALUE, "User name is not a string or empty"))
}

/// Each is a document, or the name of a role of the command's database.
fn roles_of(context: &Context<'_>) -> Result<Option<Vec<(String, String)>>, Refusal> {
    let Some(roles) = context.request.body.get("roles") else {
        return Ok(None);
    };
    let wrong = || Refusal::new(code::BAD_VALUE, "Role names must be either strings or objects");
    let roles = roles.as_array().ok_or_else(wrong)?;
    let role = |role: crate::bson::Value<'_>| match (role.as_str(), role.as_document()) {
        (Some(name), _) => Ok((name.to_owned(), context.request.database.to_owned())),
        (None, Some(role)) => {
            let part = |field| role.str(field).map(str::to_owned).ok_or_else(wrong);
            Ok((part("role")?, part("db")?))
        }
        (None, None) => Err(wrong()),
    };
    roles.map(role).collect::<Result<_, _>>().map(Some)
}

/// What drivers add to every command has a `$`, or is of a session.
fn refuse_others(body: Document<'_>, known: &[&str]) -> Result<(), Refusal> {
    for element in body.elements() {
        let name = String::from_utf8_lossy(element.name);
        if !known.contains(&&*name) && !name.starts_with('$') && name != "lsid" && name != "txnNumber" {
            return Err(Refusal::not_emulated(format!("{name} of a user")));
        }
    }
    Ok(())
}
