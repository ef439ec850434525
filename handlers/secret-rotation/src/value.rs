//! The text of a secret: an address of MongoDB, who signs in there, and whatever else people and tools have put beside it.

use lambda_kit::mongo::{MongoSecret, SecretError};
use mongodb::options::{AuthMechanism, ClientOptions};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json};

/// The name that the server's log shows.
pub(crate) const APPLICATION: &str = "secret-rotation";

/// What AWS's own rotation functions add to a name for the second of the two users.
const CLONE: &str = "_clone";

/// Both names, where the second is not the first with [`CLONE`].
const USERNAMES: &str = "usernames";

/// ARN of the administrator's secret, as AWS has it in secrets of alternating users.
const MASTER_ARN: &str = "masterarn";

/// A user of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) database: String,
}

/// Why a secret cannot be rotated. Says nothing of its content.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ValueError {
    #[error("its value is binary or empty: give it a text")]
    NotText,
    #[error(
        "it is in neither form that is understood: {{\"uri\": \"mongodb+srv://user:password@...\"}} or {{\"host\", \"username\", \"password\"}}"
    )]
    Form,
    #[error(transparent)]
    Address(SecretError),
    #[error(
        "it has no user name and password to rotate: a user of AWS IAM or of a certificate has none, so its secret needs no rotation"
    )]
    NoPassword,
    #[error(
        "its member usernames has not two names of which one is the user's that signs in now: give it two, or leave it out for the name \
         and the name with _clone"
    )]
    Usernames,
}

/// A secret's value, checked as every function that connects to MongoDB does.
#[derive(Clone)]
pub(crate) struct Value {
    members: Map<String, Json>,
    pub(crate) options: ClientOptions,
    pub(crate) user: User,
}

impl Value {
    /// Reads it; `place`, the secret's ARN, is what an error names.
    pub(crate) async fn read(text: Option<&str>, place: &str) -> Result<Self, ValueError> {
        let text = text.ok_or(ValueError::NotText)?;
        let secret = MongoSecret::parse(text).ok_or(ValueError::Form)?;
        let members = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| ValueError::Form)?;
        let options = secret.options(place, APPLICATION).await.map_err(ValueError::Address)?;
        let credential = options.credential.as_ref().ok_or(ValueError::NoPassword)?;
        let has_password = matches!(
            credential.mechanism,
            None | Some(AuthMechanism::ScramSha1 | AuthMechanism::ScramSha256)
        );
        let (Some(name), Some(_), true) = (&credential.username, &credential.password, has_password) else {
            return Err(ValueError::NoPassword);
        };
        let user = User {
            name: name.clone(),
            database: credential.source.clone().unwrap_or_else(|| "admin".to_owned()),
        };
        Ok(Self { members, options, user })
    }

    /// The user whose turn it is next.
    pub(crate) fn next_user(&self) -> Result<User, ValueError> {
        let name = match self.members.get(USERNAMES) {
            None => match self.user.name.strip_suffix(CLONE) {
                Some(first) if !first.is_empty() => first.to_owned(),
                _ => format!("{}{CLONE}", self.user.name),
            },
            Some(names) => {
                let names: Vec<_> = names.as_array().into_iter().flatten().map(Json::as_str).collect();
                match names[..] {
                    [Some(one), Some(other)] if one == self.user.name && !other.is_empty() && other != one => other,
                    [Some(other), Some(one)] if one == self.user.name && !other.is_empty() && other != one => other,
                    _ => return Err(ValueError::Usernames),
                }
                .to_owned()
            }
        };
        Ok(User {
            name,
            database: self.user.database.clone(),
        })
    }

    /// The same text with another user and password: same form, every other member as it was.
    pub(crate) fn with(&self, name: &str, password: &str) -> String {
        let mut members = self.members.clone();
        if let Some(Json::String(uri)) = members.get_mut("uri") {
            let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
            let (scheme, _, after) = split(uri);
            *uri = format!("{scheme}{}:{}@{after}", encoded(name), encoded(password));
        } else {
            members.insert("username".to_owned(), name.into());
            members.insert("password".to_owned(), password.into());
        }
        Json::Object(members).to_string()
    }

    /// Whether this is what comes after `current`: the other user of the two, and everything else the same.
    pub(crate) fn follows(&self, current: &Self) -> bool {
        let is_next = current.next_user().is_ok_and(|next| next == self.user);
        is_next && self.with("", "") == current.with("", "")
    }

    /// Whether both are the same to the letter.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.members == other.members
    }

    /// The administrator's secret, if this one names it.
    pub(crate) fn master_arn(&self) -> Option<&str> {
        self.members.get(MASTER_ARN).and_then(Json::as_str)
    }
}

/// A connection string before, within and behind its user and password: the last `@` before the options ends them.
fn split(uri: &str) -> (&str, &str, &str) {
    let scheme = uri.find("://").map_or(0, |at| at + 3);
    let options = uri.find('?').unwrap_or(uri.len());
    match uri[..options].rfind('@') {
        Some(at) => (&uri[..scheme], &uri[scheme..at], &uri[at + 1..]),
        None => (&uri[..scheme], "", &uri[scheme..]),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf";

    async fn read(value: &Json) -> Result<Value, ValueError> {
        Value::read(Some(&value.to_string()), ARN).await
    }

    #[tokio::test]
    async fn both_forms_get_the_other_user_and_keep_everything_else() {
        for (before, after) in [
            (
                json!({ "uri": "mongodb://app:old%40@h1:1,h2:2/school?tls=true&authSource=admin&w=1", "note": { "by": "us" } }),
                json!({ "uri": "mongodb://app%5Fclone:n%2Bw@h1:1,h2:2/school?tls=true&authSource=admin&w=1", "note": { "by": "us" } }),
            ),
            (
                json!({ "engine": "mongo", "host": "h", "port": "1", "username": "app_clone", "password": "old", "masterarn": ARN, "ssl": true }),
                json!({ "engine": "mongo", "host": "h", "port": "1", "username": "app", "password": "n+w", "masterarn": ARN, "ssl": true }),
            ),
            (
                json!({ "host": "h", "port": 1, "username": "blue", "password": "old", "usernames": ["green", "blue"], "dbname": "shop" }),
                json!({ "host": "h", "port": 1, "username": "green", "password": "n+w", "usernames": ["green", "blue"], "dbname": "shop" }),
            ),
        ] {
            let current = read(&before).await.unwrap();
            let next = current.next_user().unwrap();
            let text = current.with(&next.name, "n+w");
            assert_eq!(serde_json::from_str::<Json>(&text).unwrap(), after);
            let pending = Value::read(Some(&text), ARN).await.unwrap();
            assert_eq!(pending.user, next);
            let credential = pending.options.credential.clone().unwrap();
            assert_eq!(credential.password.as_deref(), Some("n+w"));
            assert!(pending.follows(&current) && !current.follows(&current) && !pending.is(&current));
            assert_eq!(pending.next_user().unwrap(), current.user, "two users alternate");
        }
    }

    #[tokio::test]
    async fn a_value_that_was_made_for_another_one_does_not_follow() {
        let current = json!({ "host": "h", "port": 1, "username": "app", "password": "old" });
        let current = read(&current).await.unwrap();
        for other in [
            json!({ "host": "h", "port": 1, "username": "app", "password": "new" }),
            json!({ "host": "elsewhere", "port": 1, "username": "app_clone", "password": "new" }),
            json!({ "host": "h", "port": 1, "username": "app_clone", "password": "new", "dbname": "shop" }),
            json!({ "uri": "mongodb://app_clone:new@h:1/?tls=true" }),
        ] {
            assert!(!read(&other).await.unwrap().follows(&current), "{other}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_rotated_says_why_and_shows_nothing() {
        for (value, told) in [
            (json!({ "password": "hunter2" }), "neither form"),
            (
                json!({ "uri": "mongodb://h:1/?authMechanism=MONGODB-AWS&authSource=$external&appName=hunter2" }),
                "no user name and password",
            ),
            (json!({ "uri": "mongodb://h:1/hunter2" }), "no user name and password"),
        ] {
            let error = read(&value).await.err().unwrap().to_string();
            assert!(error.contains(told) && !error.contains("hunter2"), "{error}");
        }
        assert!(matches!(Value::read(None, ARN).await, Err(ValueError::NotText)));
        for usernames in [
            json!(["a", "b"]),
            json!(["app"]),
            json!(["app", "app"]),
            json!(["app", "b", "c"]),
            json!("app"),
            json!(["app", ""]),
        ] {
            let value =
                json!({ "host": "h", "port": 1, "username": "app", "password": "p", "usernames": usernames.clone() });
            let next = read(&value).await.unwrap().next_user();
            assert!(matches!(next, Err(ValueError::Usernames)), "{usernames}");
        }
    }
}
