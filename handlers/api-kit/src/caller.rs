//! Who calls, by the claims that API Gateway verified.

use std::fmt;

use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use serde_json::Value;

/// A signed-in user. [`fmt::Debug`] does not show who.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    subject: String,
    groups: Vec<String>,
    /// Why the groups are none although the token has some.
    unread_groups: Option<&'static str>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller(***)")
    }
}

impl Caller {
    /// A user by `sub` and groups: for tests.
    #[must_use]
    pub fn new(subject: &str, groups: &[&str]) -> Self {
        Self {
            subject: subject.to_owned(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            unread_groups: None,
        }
    }

    /// The claims of a REST API's Cognito authorizer, which are strings. Without them nobody is signed in: an event that did
    /// not come through API Gateway has none. They are an identity token's: an access token is for other things, and with scopes on
    /// its methods API Gateway would let one in.
    pub(crate) fn of(event: &ApiGatewayProxyRequest) -> Option<Self> {
        let claims = event.request_context.authorizer.fields.get("claims")?;
        if claims.get("token_use")?.as_str()? != "id" {
            return None;
        }
        let subject = claims.get("sub")?.as_str()?;
        // Cognito's is a UUID; whatever else it is, it is used as a key and in an encryption context.
        let sound = (1..=128).contains(&subject.len()) && subject.bytes().all(|byte| byte.is_ascii_graphic());
        if !sound {
            return None;
        }
        let groups = claims.get("cognito:groups").map_or(Ok(Vec::new()), groups);
        Some(Self {
            subject: subject.to_owned(),
            unread_groups: groups.as_ref().err().copied(),
            groups: groups.unwrap_or_default(),
        })
    }

    /// The user's id in the pool: Cognito's `sub`, which never changes and is given to nobody else.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Why the user is in no group, where the token has some that cannot be told apart. For the log: it says nothing of the user.
    pub(crate) fn unread_groups(&self) -> Option<&'static str> {
        self.unread_groups
    }

    /// Whether the user is in a group of exactly this name.
    #[must_use]
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|name| name == group)
    }
}

/// API Gateway joins the groups with commas. A name with anything but `[A-Za-z0-9_-]` may be two names that look like one, or one name
/// that looks like two, so a claim that contains such a name counts as no groups at all.
///
/// # Errors
/// The reason why the claim counts as no groups, to explain a 403.
fn groups(claim: &Value) -> Result<Vec<String>, &'static str> {
    let claim = claim
        .as_str()
        .ok_or("the claim cognito:groups is no text, so no group of the caller's counts")?;
    let names: Vec<_> = claim.split(',').collect();
    let sound = |name: &&str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    if !names.iter().all(sound) {
        return Err(
            "the claim cognito:groups has a name with something else than letters, digits, _ and -, so no group of the caller's \
             counts: API Gateway joins the names with commas, and such a name can look like two. Name the groups otherwise",
        );
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn caller(authorizer: Value) -> Option<Caller> {
        let event = json!({ "httpMethod": "GET", "requestContext": { "authorizer": authorizer, "httpMethod": "GET" } });
        Caller::of(&serde_json::from_value(event).unwrap())
    }

    fn is_admin(groups: Value) -> bool {
        let caller = caller(json!({ "claims": { "sub": "u", "token_use": "id", "cognito:groups": groups } })).unwrap();
        caller.is_in("admin")
    }

    #[test]
    fn a_whole_element_of_the_joined_groups_counts() {
        for groups in ["admin", "student,admin", "admin,student"] {
            assert!(is_admin(json!(groups)), "{groups}");
        }
    }

    #[test]
    fn nothing_that_only_looks_like_the_group_counts() {
        for groups in [
            json!(""),
            json!("administrator"),
            json!("Admin"),
            json!("xadmin"),
            json!(" admin"),
            json!("x, admin"),
            json!("admin,"),
            json!("[admin]"),
            json!("x\u{0},admin"),
            json!("x,admin,a b"),
            json!(["admin"]),
            json!({ "admin": true }),
            json!(null),
        ] {
            assert!(!is_admin(groups.clone()), "{groups}");
        }
    }

    #[test]
    fn without_claims_nobody_is_signed_in() {
        for authorizer in [
            json!(null),
            json!({}),
            json!({ "claims": null }),
            json!({ "claims": {} }),
            json!({ "claims": { "token_use": "id" } }),
            json!({ "claims": { "sub": "", "token_use": "id" } }),
            json!({ "claims": { "sub": 1, "token_use": "id" } }),
            json!({ "claims": { "sub": "a b", "token_use": "id" } }),
            json!({ "claims": { "sub": "a".repeat(129), "token_use": "id" } }),
            json!({ "claims": { "sub": "u" } }),
            json!({ "claims": { "sub": "u", "token_use": "access" } }),
            json!({ "claims": { "sub": "u", "token_use": true } }),
            json!({ "principalId": "u" }),
            json!({ "lambda": { "claims": { "sub": "u", "token_use": "id" } } }),
        ] {
            assert_eq!(caller(authorizer.clone()), None, "{authorizer}");
        }
    }

    proptest! {
        #[test]
        fn any_claim_grants_at_most_its_whole_elements(claim in "[a-z,\\[\\] \"]{0,24}") {
            prop_assert!(!is_admin(json!(claim)) || claim.split(',').any(|element| element == "admin"));
        }
    }
}
