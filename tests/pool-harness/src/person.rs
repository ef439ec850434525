//! Invented people.

use serde_json::{Map, Value, json};

/// One, by number.
#[derive(Debug, Clone)]
pub struct Person {
    /// In the pool.
    pub username: String,
    /// Without `sub`.
    pub attributes: Map<String, Value>,
    /// Whether the user may sign in.
    pub enabled: bool,
    /// Cognito's `UserStatus`.
    pub status: &'static str,
    /// Which have to be there.
    pub groups: Vec<String>,
}

impl Person {
    /// Confirmed, with a verified address, in no group.
    #[must_use]
    pub fn new(number: usize) -> Self {
        let attributes = json!({
            "email": format!("person{number}@people.example"),
            "email_verified": "true",
            "name": format!("Personne Nr{number}"),
            "phone_number": format!("+1555{number:07}"),
            "phone_number_verified": "false",
            "custom:course": format!("course-{}", number % 7),
        });
        Self {
            username: format!("user-{number}"),
            attributes: attributes.as_object().cloned().unwrap_or_default(),
            enabled: true,
            status: "CONFIRMED",
            groups: Vec::new(),
        }
    }

    /// The same in groups.
    #[must_use]
    pub fn within(mut self, groups: &[&str]) -> Self {
        self.groups = groups.iter().map(|&group| group.to_owned()).collect();
        self
    }

    /// The same with another status.
    #[must_use]
    pub fn status(mut self, status: &'static str) -> Self {
        self.status = status;
        self
    }

    /// The same, who may not sign in.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// The same with another value of an attribute.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "username": self.username,
            "attributes": self.attributes,
            "enabled": self.enabled,
            "status": self.status,
            "groups": self.groups,
        })
    }
}
