//! A database user: what the project wants of it, and what its clusters have by now.

use serde_json::{Map, Value, json};

use crate::course::{Course, Pace, leg};
use crate::reply::ApiError;
use crate::snapshot::DatabaseUserSnapshot;

/// Specification of the API, `password`: "minLength: 8".
const SHORTEST_PASSWORD: usize = 8;

/// A few of those that are refused; Atlas does not publish its list.
const COMMON_PASSWORDS: [&str; 4] = ["password", "12345678", "qwertyuiop", "mongodb123"];

/// Clusters had a new user 15 seconds later (hashicorp/vault-plugin-database-mongodbatlas, issue 10).
const DEPLOYMENT_SECONDS: u64 = 15;

const PENDING: &str = "PENDING";
const APPLIED: &str = "APPLIED";

/// The members whose value says how a user signs in; all are `NONE` for one with a password.
const AUTH_TYPES: [&str; 4] = ["awsIAMType", "ldapAuthType", "oidcAuthType", "x509Type"];

/// A user as clusters know it: who may sign in, and with which roles. [`std::fmt::Debug`] does not show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct AppliedUser {
    /// Where it signs in: `admin`.
    pub database: String,
    /// Name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Roles, each with the database that it is of.
    pub roles: Vec<(String, String)>,
}

impl std::fmt::Debug for AppliedUser {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AppliedUser")
            .field("database", &self.database)
            .field("name", &self.name)
            .field("password", &"***")
            .field("roles", &self.roles)
            .finish()
    }
}

/// What can be changed of a user.
#[derive(Clone)]
struct Content {
    password: String,
    roles: Vec<Value>,
    scopes: Vec<Value>,
}

pub(crate) struct DatabaseUser {
    pub(crate) database: String,
    pub(crate) name: String,
    wanted: Content,
    /// `None`: the clusters do not have the user yet.
    applied: Option<Content>,
    course: Course,
}

impl std::fmt::Debug for DatabaseUser {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("DatabaseUser");
        shown.field("database", &self.database).field("name", &self.name);
        shown.field("course", &self.course).finish_non_exhaustive()
    }
}

impl DatabaseUser {
    /// As the API reads a new one: a user with a password. "Database users must provide both a username and authentication database to log
    /// into MongoDB"; "if the user authenticates with SCRAM-SHA or OIDC Workforce, this value should be `admin`" (specification,
    /// `databaseName`).
    pub(crate) fn parse(pace: Pace, members: &Map<String, Value>) -> Result<Self, ApiError> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let required = |name: &str| text(name).ok_or_else(|| ApiError::missing_attribute(name));
        required("groupId")?;
        let (database, name) = (required("databaseName")?, required("username")?);
        refuse_other_kinds(members)?;
        if database != "admin" {
            return Err(ApiError::invalid_attribute(
                "databaseName",
                "users with a password are of the database admin",
            ));
        }
        let password = checked(required("password")?)?;
        let roles = roles_of(members)?.ok_or_else(|| ApiError::missing_attribute("roles"))?;
        Ok(Self {
            database: database.to_owned(),
            name: name.to_owned(),
            wanted: Content {
                password: password.to_owned(),
                roles,
                scopes: scopes_of(members)?.unwrap_or_default(),
            },
            applied: None,
            course: deployment(pace),
        })
    }

    /// As the API changes one: what is left out stays. A change of the password alone was answered with the roles and scopes of before
    /// (mongodb-atlas-cli's recordings, `Update_only_password`).
    pub(crate) fn change(&mut self, pace: Pace, members: &Map<String, Value>) -> Result<(), ApiError> {
        for (name, known, code) in [
            ("username", &self.name, "DATABASE_USERNAME_CANNOT_BE_CHANGED"),
            ("databaseName", &self.database, "DATABASE_NAME_CANNOT_BE_CHANGED"),
        ] {
            if members.get(name).is_some_and(|value| value != known) {
                return Err(ApiError::new(409, code, format!("{name} cannot be changed."), vec![]));
            }
        }
        refuse_other_kinds(members)?;
        let mut wanted = self.wanted.clone();
        if let Some(password) = members.get("password").and_then(Value::as_str) {
            checked(password)?.clone_into(&mut wanted.password);
        }
        if let Some(roles) = roles_of(members)? {
            wanted.roles = roles;
        }
        if let Some(scopes) = scopes_of(members)? {
            wanted.scopes = scopes;
        }
        self.wanted = wanted;
        self.course = deployment(pace);
        Ok(())
    }

    /// Every cluster has it, at once.
    pub(crate) fn apply(&mut self) {
        self.applied = Some(self.wanted.clone());
        self.course = Course::new(self.course.pace(), APPLIED, []);
    }

    /// Applies the changes whose time has come. A cluster that is behind has the user as it was.
    pub(crate) fn settle(&mut self, stuck: &[String]) {
        let was_pending = self.course.state() == PENDING;
        self.course.settle(stuck);
        if was_pending && self.course.state() == APPLIED {
            self.apply();
        }
    }

    /// What the API shows of it, from the moment of the change: "This parameter doesn't appear in this response" (specification,
    /// `password`). Types and labels are always there (mongodb-atlas-cli's recordings).
    pub(crate) fn read(&mut self, origin: &str, project: &str) -> Value {
        self.course.look();
        let href = format!(
            "{origin}/api/atlas/v2/groups/{project}/databaseUsers/{}/{}",
            self.database, self.name
        );
        let mut user = json!({
            "databaseName": self.database,
            "groupId": project,
            "labels": [],
            "links": [{ "href": href, "rel": "self" }],
            "roles": self.wanted.roles,
            "scopes": self.wanted.scopes,
            "username": self.name,
        });
        for kind in AUTH_TYPES {
            user[kind] = json!("NONE");
        }
        user
    }

    pub(crate) fn applied(&self) -> Option<AppliedUser> {
        let applied = self.applied.as_ref()?;
        let text = |role: &Value, name: &str| role[name].as_str().unwrap_or_default().to_owned();
        let roles = applied.roles.iter();
        Some(AppliedUser {
            database: self.database.clone(),
            name: self.name.clone(),
            password: applied.password.clone(),
            roles: roles
                .map(|role| (text(role, "roleName"), text(role, "databaseName")))
                .collect(),
        })
    }

    pub(crate) fn snapshot(&self) -> DatabaseUserSnapshot {
        DatabaseUserSnapshot {
            database: self.database.clone(),
            name: self.name.clone(),
            is_applied: self.course.state() == APPLIED,
        }
    }
}

/// The answer does not wait for the clusters: "GET /clusters/{name}/status" says `PENDING` until they have a change and `APPLIED` then (API
/// reference). The words are its; that path is not emulated.
fn deployment(pace: Pace) -> Course {
    Course::new(pace, PENDING, [leg(APPLIED, DEPLOYMENT_SECONDS)])
}

/// The other kinds of users are not emulated, and a user does not change its kind.
fn refuse_other_kinds(members: &Map<String, Value>) -> Result<(), ApiError> {
    let is_other = |kind: &str| members.get(kind).is_some_and(|value| value != "NONE");
    match AUTH_TYPES.into_iter().find(|kind| is_other(kind)) {
        None => Ok(()),
        Some(kind) => {
            let detail = format!("{kind} cannot be changed.");
            Err(ApiError::new(409, "AUTH_TYPE_CANNOT_BE_CHANGED", detail, vec![]))
        }
    }
}

fn checked(password: &str) -> Result<&str, ApiError> {
    if COMMON_PASSWORDS.contains(&password) {
        // As a client was told in 2021 (mongodb-atlas-cli, pull request 689).
        let detail = "The password provided is too weak, as it can be found in most commonly used password lists.";
        return Err(ApiError::new(400, "COMMON_PASSWORD", detail, vec![]));
    }
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(ApiError::invalid_attribute(
            "password",
            "it has fewer than 8 characters",
        ));
    }
    Ok(password)
}

/// `roles`, each with `roleName` and `databaseName`; a user has one at least.
fn roles_of(members: &Map<String, Value>) -> Result<Option<Vec<Value>>, ApiError> {
    listed(members, "roles", &["roleName", "databaseName"], true)
}

/// `scopes`; without them a user may use all clusters of the project.
fn scopes_of(members: &Map<String, Value>) -> Result<Option<Vec<Value>>, ApiError> {
    listed(members, "scopes", &["name", "type"], false)
}

fn listed(
    members: &Map<String, Value>,
    name: &str,
    texts: &[&str],
    must_have_one: bool,
) -> Result<Option<Vec<Value>>, ApiError> {
    let Some(value) = members.get(name) else {
        return Ok(None);
    };
    let items = value.as_array().cloned().unwrap_or_default();
    let is_whole = |item: &Value| texts.iter().all(|text| item[*text].is_string());
    if !value.is_array() || !items.iter().all(is_whole) || (must_have_one && items.is_empty()) {
        return Err(ApiError::invalid_attribute(name, "it is no such list"));
    }
    Ok(Some(items))
}
