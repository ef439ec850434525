//! A user pool: each call at its quota's rate.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::primitives::DateTime;
use aws_sdk_cognitoidentityprovider::types::{AttributeType, GroupType, MessageActionType, UserType};
use lambda_kit::aws::AwsError;

use crate::error::CognitoError;
use crate::line::{Group, User};
use crate::manifest::PoolFacts;
use crate::rate::Rates;

/// Of a page. AWS refuses more (ListUsers, Limit: "Maximum value of 60"; the same for groups and their members).
const PAGE: i32 = 60;

/// A page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// What is on it; a page with a next one may be empty.
    pub items: Vec<T>,
    /// Where the next one begins.
    pub next: Option<String>,
}

/// A pool as DescribeUserPool shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Whether users fit.
    pub facts: PoolFacts,
    /// Cognito's estimate.
    pub estimated_users: i64,
}

/// A user as AdminGetUser shows one.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// In this pool.
    pub username: String,
    /// Whether the user may sign in.
    pub enabled: bool,
    /// Cognito's `UserStatus`.
    pub status: String,
    /// All of them.
    pub attributes: BTreeMap<String, String>,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Found(***)")
    }
}

/// One user pool.
pub struct Pool {
    client: Client,
    id: String,
    rates: Rates,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Pool {
    /// The pool with this id, in the configuration's region.
    #[must_use]
    pub fn new(config: &SdkConfig, id: &str, rates: Rates) -> Self {
        Self {
            client: Client::new(config),
            id: id.to_owned(),
            rates,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the pool is like.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn describe(&self) -> Result<Described, CognitoError> {
        const OPERATION: &str = "DescribeUserPool";
        self.rates.pool_resource_read.token().await;
        let answer = self.client.describe_user_pool().user_pool_id(&self.id).send().await;
        let answer = answer.map_err(|error| AwsError::of(OPERATION, error))?;
        let pool = answer.user_pool.ok_or(CognitoError::Malformed {
            operation: OPERATION,
            what: "pool",
        })?;
        let texts = |texts: Vec<String>| texts.into_iter().collect::<BTreeSet<_>>();
        let names = |names: Vec<_>, text: fn(&_) -> String| texts(names.iter().map(text).collect());
        let schema = pool.schema_attributes.unwrap_or_default();
        let named = |required: bool| {
            let wanted = schema.iter().filter(|one| !required || one.required == Some(true));
            wanted.filter_map(|one| one.name.clone()).collect()
        };
        let facts = PoolFacts {
            username_attributes: names(pool.username_attributes.unwrap_or_default(), |name| {
                name.as_str().to_owned()
            }),
            alias_attributes: texts(
                pool.alias_attributes
                    .unwrap_or_default()
                    .iter()
                    .map(|name| name.as_str().to_owned())
                    .collect(),
            ),
            // Where nothing is said, names are case sensitive (UsernameConfigurationType).
            case_sensitive: pool.username_configuration.is_none_or(|one| one.case_sensitive),
            attributes: named(false),
            required: named(true),
            mfa: pool
                .mfa_configuration
                .map(|mfa| mfa.as_str().to_owned())
                .unwrap_or_default(),
        };
        Ok(Described {
            facts,
            estimated_users: pool.estimated_number_of_users.into(),
        })
    }

    /// A page of users.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn users(&self, from: Option<&str>) -> Result<Page<User>, CognitoError> {
        const OPERATION: &str = "ListUsers";
        self.rates.user_list.token().await;
        let call = self.client.list_users().user_pool_id(&self.id).limit(PAGE);
        let answer = call.set_pagination_token(from.map(str::to_owned)).send().await;
        let answer = answer.map_err(|error| AwsError::of(OPERATION, error))?;
        let users = answer.users.ok_or(missing(OPERATION, "list of users"))?;
        let items = users
            .into_iter()
            .map(|user| line(OPERATION, user))
            .collect::<Result<_, _>>()?;
        page(OPERATION, items, from, answer.pagination_token)
    }

    /// A page of groups.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn groups(&self, from: Option<&str>) -> Result<Page<Group>, CognitoError> {
        const OPERATION: &str = "ListGroups";
        self.rates.pool_resource_read.token().await;
        let call = self.client.list_groups().user_pool_id(&self.id).limit(PAGE);
        let answer = call.set_next_token(from.map(str::to_owned)).send().await;
        let answer = answer.map_err(|error| AwsError::of(OPERATION, error))?;
        let groups = answer.groups.ok_or(missing(OPERATION, "list of groups"))?;
        let items = groups
            .into_iter()
            .map(|one| group(OPERATION, one))
            .collect::<Result<_, _>>()?;
        page(OPERATION, items, from, answer.next_token)
    }

    /// A page of the names of a group's users; none where the group is gone.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn members(&self, group: &str, from: Option<&str>) -> Result<Option<Page<String>>, CognitoError> {
        const OPERATION: &str = "ListUsersInGroup";
        self.rates.user_list.token().await;
        let call = self.client.list_users_in_group().user_pool_id(&self.id).limit(PAGE);
        let call = call.group_name(group).set_next_token(from.map(str::to_owned));
        let answer = match call.send().await.map_err(|error| AwsError::of(OPERATION, error)) {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("ResourceNotFoundException") => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let users = answer.users.ok_or(missing(OPERATION, "list of users"))?;
        let names = users
            .into_iter()
            .map(|user| user.username.ok_or(missing(OPERATION, "name of a user")));
        page(OPERATION, names.collect::<Result<_, _>>()?, from, answer.next_token).map(Some)
    }

    /// A user by name, or by what stands for it in this pool.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn user(&self, name: &str) -> Result<Option<Found>, CognitoError> {
        const OPERATION: &str = "AdminGetUser";
        self.rates.user_read.token().await;
        let call = self.client.admin_get_user().user_pool_id(&self.id).username(name);
        let answer = match call.send().await.map_err(|error| AwsError::of(OPERATION, error)) {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("UserNotFoundException") => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let status = answer.user_status.ok_or(missing(OPERATION, "status"))?;
        Ok(Some(Found {
            username: answer.username,
            enabled: answer.enabled,
            status: status.as_str().to_owned(),
            attributes: attributes(answer.user_attributes),
        }))
    }

    /// The names of the groups of a user.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn groups_of(&self, name: &str) -> Result<BTreeSet<String>, CognitoError> {
        const OPERATION: &str = "AdminListGroupsForUser";
        let (mut names, mut from) = (BTreeSet::new(), None);
        loop {
            self.rates.user_resource_read.token().await;
            let call = self.client.admin_list_groups_for_user().user_pool_id(&self.id);
            let call = call.username(name).limit(PAGE).set_next_token(from.clone());
            let answer = call.send().await.map_err(|error| AwsError::of(OPERATION, error))?;
            let groups = answer.groups.ok_or(missing(OPERATION, "list of groups"))?;
            names.extend(groups.into_iter().filter_map(|one| one.group_name));
            let page = page::<()>(OPERATION, Vec::new(), from.as_deref(), answer.next_token)?;
            match page.next {
                Some(next) => from = Some(next),
                None => return Ok(names),
            }
        }
    }

    /// A group by name.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn group(&self, name: &str) -> Result<Option<Group>, CognitoError> {
        const OPERATION: &str = "GetGroup";
        self.rates.pool_resource_read.token().await;
        let call = self.client.get_group().user_pool_id(&self.id).group_name(name);
        match call.send().await.map_err(|error| AwsError::of(OPERATION, error)) {
            Ok(answer) => {
                let found = answer.group.ok_or(missing(OPERATION, "group"))?;
                group(OPERATION, found).map(Some)
            }
            Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a group, without its role.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn create_group(&self, group: &Group) -> Result<(), CognitoError> {
        self.rates.pool_resource_update.token().await;
        let call = self
            .client
            .create_group()
            .user_pool_id(&self.id)
            .group_name(&group.name);
        let call = call
            .set_description(group.description.clone())
            .set_precedence(group.precedence);
        call.send().await.map_err(|error| AwsError::of("CreateGroup", error))?;
        Ok(())
    }

    /// Creates a user without sending an invitation, with a temporary password that nobody knows.
    ///
    /// # Errors
    /// [`CognitoError`]; `UsernameExistsException` where an answer was lost and the call came twice.
    pub async fn create_user(&self, name: &str, attributes: &BTreeMap<String, String>) -> Result<(), CognitoError> {
        self.rates.user_creation.token().await;
        let call = self.client.admin_create_user().user_pool_id(&self.id).username(name);
        let call = call.message_action(MessageActionType::Suppress);
        let listed = attributes.iter().map(|(name, value)| {
            let attribute = AttributeType::builder().name(name).value(value).build();
            attribute.map_err(|_| missing("AdminCreateUser", "name of an attribute"))
        });
        let call = call.set_user_attributes(Some(listed.collect::<Result<_, _>>()?));
        call.send()
            .await
            .map_err(|error| AwsError::of("AdminCreateUser", error))?;
        Ok(())
    }

    /// Gives a user a password for good, which confirms the user.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn set_password(&self, name: &str, password: &str) -> Result<(), CognitoError> {
        self.rates.account_recovery.token().await;
        let call = self.client.admin_set_user_password().user_pool_id(&self.id);
        let call = call.username(name).password(password).permanent(true);
        call.send()
            .await
            .map_err(|error| AwsError::of("AdminSetUserPassword", error))?;
        Ok(())
    }

    /// Puts a user in a group; one who is in it already stays.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn add_to_group(&self, name: &str, group: &str) -> Result<(), CognitoError> {
        self.rates.user_update.token().await;
        let call = self.client.admin_add_user_to_group().user_pool_id(&self.id);
        let call = call.username(name).group_name(group);
        call.send()
            .await
            .map_err(|error| AwsError::of("AdminAddUserToGroup", error))?;
        Ok(())
    }

    /// The user may not sign in from now on.
    ///
    /// # Errors
    /// [`CognitoError`].
    pub async fn disable(&self, name: &str) -> Result<(), CognitoError> {
        self.rates.user_update.token().await;
        let call = self.client.admin_disable_user().user_pool_id(&self.id).username(name);
        call.send()
            .await
            .map_err(|error| AwsError::of("AdminDisableUser", error))?;
        Ok(())
    }
}

fn missing(operation: &'static str, what: &'static str) -> CognitoError {
    CognitoError::Malformed { operation, what }
}

/// A page whose next one begins where it began itself would be read for ever.
fn page<T>(
    operation: &'static str,
    items: Vec<T>,
    from: Option<&str>,
    next: Option<String>,
) -> Result<Page<T>, CognitoError> {
    if next.is_some() && next.as_deref() == from {
        return Err(missing(operation, "new position"));
    }
    Ok(Page { items, next })
}

fn line(operation: &'static str, user: UserType) -> Result<User, CognitoError> {
    let seconds = |time: Option<DateTime>| time.map(|time| time.secs());
    Ok(User {
        username: user.username.ok_or(missing(operation, "name of a user"))?,
        enabled: user.enabled,
        status: user
            .user_status
            .ok_or(missing(operation, "status of a user"))?
            .as_str()
            .to_owned(),
        created_at: seconds(user.user_create_date),
        modified_at: seconds(user.user_last_modified_date),
        attributes: attributes(user.attributes),
    })
}

fn attributes(listed: Option<Vec<AttributeType>>) -> BTreeMap<String, String> {
    let listed = listed.unwrap_or_default().into_iter();
    listed.map(|one| (one.name, one.value.unwrap_or_default())).collect()
}

fn group(operation: &'static str, group: GroupType) -> Result<Group, CognitoError> {
    let told = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(Group {
        name: group.group_name.ok_or(missing(operation, "name of a group"))?,
        description: told(group.description),
        role_arn: told(group.role_arn),
        precedence: group.precedence,
    })
}
