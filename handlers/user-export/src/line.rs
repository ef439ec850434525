//! A line of a part each. None of these has a Debug that shows a value.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A user, as ListUsers shows one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// In a pool whose users sign in by email or phone number this is a UUID.
    pub username: String,
    /// Whether the user may sign in.
    pub enabled: bool,
    /// Cognito's `UserStatus`, like `CONFIRMED`.
    pub status: String,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<i64>,
    /// All of them, `sub` among them.
    pub attributes: BTreeMap<String, String>,
}

impl User {
    /// The old `sub`.
    #[must_use]
    pub fn sub(&self) -> Option<&str> {
        self.attributes.get("sub").map(String::as_str)
    }

    /// Whether a verified address is there that Cognito can send a code to.
    #[must_use]
    pub fn can_recover(&self) -> bool {
        ["email_verified", "phone_number_verified"]
            .iter()
            .any(|name| self.attributes.get(*name).is_some_and(|value| value == "true"))
    }
}

/// A group.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its role, which an import does not carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// The lowest counts first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precedence: Option<i32>,
}

/// That a user is in a group.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The group's name.
    pub group: String,
    /// As in [`User`].
    pub username: String,
}

macro_rules! silent {
    ($($name:ident),*) => { $(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    )* };
}

silent!(User, Group, Membership);
