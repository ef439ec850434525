//! One user: who is there, and the making of who is not.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::rand;
use user_export::{CognitoError, Found, Pool, PoolFacts, User};

use crate::compare;
use crate::error::ImportError;
use crate::report::{Outcome, UserResult};

/// Status of a user who signs in through another identity provider.
const FEDERATED: &str = "EXTERNAL_PROVIDER";
/// Of one who never confirmed the sign-up.
const UNCONFIRMED: &str = "UNCONFIRMED";
/// Of one who was invited and never signed in.
const INVITED: &str = "FORCE_CHANGE_PASSWORD";

/// What Cognito says of a single user whom it does not take. All else is a matter of the pool, of permissions or of the moment.
const REFUSALS: [&str; 7] = [
    "AliasExistsException",
    "InvalidParameterException",
    "InvalidPasswordException",
    "ResourceNotFoundException",
    "UserLambdaValidationException",
    "UserNotFoundException",
    "UsernameExistsException",
];

/// Whether the user is not to be made at all.
pub(crate) fn left_out(user: &User) -> Option<Outcome> {
    match user.status.as_str() {
        FEDERATED => Some(Outcome::Federated),
        UNCONFIRMED => Some(Outcome::Unconfirmed),
        _ => None,
    }
}

/// Whether an administrator has to send the invitation again.
pub(crate) fn is_invited(user: &User) -> bool {
    user.status == INVITED
}

/// What the user is called in a call: in a pool whose users sign in by address it is the address, as the name is another in each pool.
pub(crate) fn handle<'a>(user: &'a User, pool: &PoolFacts) -> &'a str {
    let address = ["email", "phone_number"].iter().find_map(|name| {
        let is_name = pool.username_attributes.contains(*name);
        user.attributes.get(*name).filter(|_| is_name)
    });
    address.map_or(user.username.as_str(), String::as_str)
}

/// Creates a user, or continues with one whose creation was interrupted: every step can be repeated. Disabled last, so that no step is refused
/// because the user is disabled.
///
/// The password is random and nobody knows it, so a user has to reset it with a verified address to sign in; a temporary password
/// could not be reset (ForgotPassword refuses users in FORCE_CHANGE_PASSWORD).
pub(crate) async fn make(
    pool: &Pool,
    facts: &PoolFacts,
    user: &User,
    groups: &BTreeSet<String>,
) -> Result<UserResult, ImportError> {
    let name = handle(user, facts);
    match steps(pool, name, user, groups).await {
        Ok(new) => Ok(result(user, Outcome::Created, new.attributes.get("sub"))),
        Err(ImportError::Cognito(error)) => refusal(user, error),
        Err(error) => Err(error),
    }
}

async fn steps(pool: &Pool, name: &str, user: &User, groups: &BTreeSet<String>) -> Result<Found, ImportError> {
    let mut found = pool.user(name).await?;
    if found.is_none() {
        let carried = user.attributes.iter().filter(|(name, _)| compare::is_carried(name));
        let carried: BTreeMap<_, _> = carried.map(|(name, value)| (name.clone(), value.clone())).collect();
        match pool.create_user(name, &carried).await {
            // An answer was lost, and the SDK's next attempt met its own user.
            Err(error) if error.code() == Some("UsernameExistsException") => {}
            other => other?,
        }
        found = pool.user(name).await?;
    }
    let found = found.ok_or(CognitoError::Malformed {
        operation: "AdminGetUser",
        what: "user who was made",
    })?;
    for group in groups {
        pool.add_to_group(&found.username, group).await?;
    }
    if !is_invited(user) {
        pool.set_password(&found.username, &password()?).await?;
    }
    if !user.enabled {
        pool.disable(&found.username).await?;
    }
    Ok(found)
}

/// What a user who is there is beside the exported one.
pub(crate) async fn compare(
    pool: &Pool,
    user: &User,
    groups: &BTreeSet<String>,
    found: &Found,
) -> Result<UserResult, ImportError> {
    let in_groups = pool.groups_of(&found.username).await?;
    let differs_in = compare::differences(user, groups, found, &in_groups);
    let outcome = if differs_in.is_empty() {
        Outcome::Equal
    } else {
        Outcome::Differs
    };
    Ok(UserResult {
        differs_in,
        ..result(user, outcome, found.attributes.get("sub"))
    })
}

/// A result without more to say.
pub(crate) fn result(user: &User, outcome: Outcome, new_sub: Option<&String>) -> UserResult {
    UserResult {
        username: user.username.clone(),
        outcome,
        old_sub: user.sub().map(str::to_owned),
        new_sub: new_sub.cloned(),
        differs_in: Vec::new(),
        refused_by: None,
    }
}

fn refusal(user: &User, error: CognitoError) -> Result<UserResult, ImportError> {
    match error.code() {
        Some(code) if REFUSALS.contains(&code) => Ok(UserResult {
            refused_by: Some(code.to_owned()),
            ..result(user, Outcome::Refused, None)
        }),
        _ => Err(error.into()),
    }
}

/// 99 characters, which is the longest minimum that a pool can ask for, of every class: 570 bits nobody knows.
fn password() -> Result<String, ImportError> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+=";
    let mut bytes = [0; 95];
    rand::fill(&mut bytes).map_err(|_| ImportError::NoRandom)?;
    let random = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 64)));
    Ok(random.map(|byte| char::from(*byte)).chain("aA1!".chars()).collect())
}
