//! Users of one project, read and changed: `/groups/{groupId}/databaseUsers` of the Admin API, version 2023-01-01.
//!
//! "The requesting Service Account or API Key must have the Project Owner role, [..] or the Project Database Access Admin role"
//! (updateDatabaseUser). Clusters have a change some seconds after it was answered.

use std::collections::BTreeSet;

use aws_config::SdkConfig;
use aws_smithy_types::base64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::credentials::Credentials;
use super::error::AtlasError;
use super::http::{Answer, Http, Request};
use super::settings::AtlasSettings;
use crate::limits::Limits;
use crate::rights::{Rights, Role, Scope};
use crate::value::User;

/// Database users exist in this version only. Source: the API's specification, August 2026.
const VERSION: &str = "application/vnd.atlas.2023-01-01+json";

/// Of a path's segment and of a form. A dot is encoded: a segment of dots is another path.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// Users of a project, by a token that is good for an hour and ends with this value.
pub(crate) struct Users {
    http: Http,
    project: String,
    authorization: String,
}

impl Users {
    /// Signs the service account in (RFC 6749, 4.4).
    pub(crate) async fn sign_in(
        config: &SdkConfig,
        settings: &AtlasSettings,
        credentials: &Credentials,
        limits: &Limits,
    ) -> Result<Self, AtlasError> {
        const OPERATION: &str = "obtain a token";
        let http = Http::new(config, settings, limits);
        // RFC 6749, 2.3.1: both are form-encoded before they are joined.
        let pair = format!(
            "{}:{}",
            encoded(&credentials.client_id),
            encoded(&credentials.client_secret)
        );
        let request = Request {
            operation: OPERATION,
            method: "POST",
            path: "/api/oauth/token".to_owned(),
            accept: "application/json",
            content_type: "application/x-www-form-urlencoded",
            authorization: format!("Basic {}", base64::encode(pair)),
            body: "grant_type=client_credentials".to_owned(),
        };
        let answer = http.call(&request).await?.read(OPERATION)?;
        let token = answer["access_token"].as_str();
        let token = token.ok_or(AtlasError::Unreadable { operation: OPERATION })?;
        Ok(Self {
            http,
            project: settings.project.clone(),
            authorization: format!("Bearer {token}"),
        })
    }

    /// What a user may do; `None`: there is no such user, or no such project.
    pub(crate) async fn rights(&self, user: &User) -> Result<Option<Rights>, AtlasError> {
        const OPERATION: &str = "read user";
        let answer = self.call(OPERATION, "GET", &self.path(Some(user)), Value::Null).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let read = rights(&answer.read(OPERATION)?);
        read.map(Some).ok_or(AtlasError::Unreadable { operation: OPERATION })
    }

    /// Gives a user a new password; what else it has stays.
    pub(crate) async fn set_password(&self, user: &User, password: &str) -> Result<(), AtlasError> {
        const OPERATION: &str = "change user";
        let body = self.body(user, password);
        let answer = self.call(OPERATION, "PATCH", &self.path(Some(user)), body).await?;
        answer.read(OPERATION).map(drop)
    }

    /// Makes a user, or gives the one whom another run of the rotation, or an attempt without an answer, has made this password.
    pub(crate) async fn create(&self, user: &User, password: &str, rights: &Rights) -> Result<(), AtlasError> {
        const OPERATION: &str = "create user";
        let mut body = self.body(user, password);
        body["roles"] = rights.roles.iter().map(role_of).collect();
        let scopes = rights.scopes.iter();
        body["scopes"] = scopes
            .map(|scope| json!({ "name": scope.name, "type": scope.kind }))
            .collect();
        let answer = self.call(OPERATION, "POST", &self.path(None), body).await?;
        if answer.status == 409 {
            return self.set_password(user, password).await;
        }
        answer.read(OPERATION).map(drop)
    }

    fn path(&self, user: Option<&User>) -> String {
        let users = format!("/api/atlas/v2/groups/{}/databaseUsers", self.project);
        match user {
            None => users,
            Some(user) => format!("{users}/{}/{}", encoded(&user.database), encoded(&user.name)),
        }
    }

    fn body(&self, user: &User, password: &str) -> Value {
        json!({
            "groupId": self.project,
            "databaseName": user.database,
            "username": user.name,
            "password": password,
        })
    }

    async fn call(
        &self,
        operation: &'static str,
        method: &'static str,
        path: &str,
        body: Value,
    ) -> Result<Answer, AtlasError> {
        let request = Request {
            operation,
            method,
            path: path.to_owned(),
            accept: VERSION,
            content_type: VERSION,
            authorization: self.authorization.clone(),
            body: if body.is_null() {
                String::new()
            } else {
                body.to_string()
            },
        };
        self.http.call(&request).await
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

fn role_of(role: &Role) -> Value {
    let mut shown = json!({ "roleName": role.name, "databaseName": role.database });
    if let Some(collection) = &role.collection {
        shown["collectionName"] = json!(collection);
    }
    shown
}

/// Of an answer; `None`: it is no user with a password.
fn rights(user: &Value) -> Option<Rights> {
    let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
    let role = |role: &Value| {
        Some(Role {
            name: text(role, "roleName")?,
            database: text(role, "databaseName")?,
            collection: text(role, "collectionName").filter(|name| !name.is_empty()),
        })
    };
    let scope = |scope: &Value| {
        Some(Scope {
            name: text(scope, "name")?,
            kind: text(scope, "type")?,
        })
    };
    let roles: Option<BTreeSet<_>> = user["roles"].as_array()?.iter().map(role).collect();
    let scopes = user["scopes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let scopes: Option<BTreeSet<_>> = scopes.iter().map(scope).collect();
    Some(Rights {
        roles: roles?,
        scopes: scopes?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_read_whatever_their_order_and_written_as_they_were() {
        let role = |name: &str, collection: &str| json!({ "roleName": name, "databaseName": "school", "collectionName": collection });
        let user = |roles: Value| json!({ "roles": roles, "scopes": [{ "name": "main", "type": "CLUSTER" }], "awsIAMType": "NONE" });
        let one = rights(&user(json!([role("read", "pupils"), role("readWrite", "")])));
        let other = rights(&user(json!([role("readWrite", ""), role("read", "pupils")])));
        assert!(one.is_some() && one == other);
        assert_ne!(
            one,
            rights(&user(json!([role("readWrite", ""), role("read", "staff")])))
        );
        let written: Vec<_> = one.iter().flat_map(|rights| &rights.roles).map(role_of).collect();
        let whole = json!({ "roleName": "readWrite", "databaseName": "school" });
        assert_eq!(written, [role("read", "pupils"), whole]);
        assert_eq!(rights(&json!({ "roles": [{ "roleName": "read" }] })), None);
        assert_eq!(rights(&json!({})), None);
    }

    #[test]
    fn a_name_is_one_segment_of_a_path() {
        for (name, segment) in [
            ("app_clone", "app_clone"),
            ("..", "%2E%2E"),
            ("a/b?c#d%", "a%2Fb%3Fc%23d%25"),
        ] {
            assert_eq!(encoded(name), segment);
        }
    }
}
