//! Who asks, and the `Principal` element that may name it.

use std::fmt;

use crate::error::RequestError;

/// The one who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The root user of an account.
    Root {
        /// The account.
        account: String,
    },
    /// An IAM user.
    User {
        /// Its ARN.
        arn: String,
        /// Its account.
        account: String,
    },
    /// A session of an IAM role. "When you assume a role and make a request, the principal making the request is the IAM role session
    /// ARN and not the ARN of the role itself."
    Role {
        /// ARN of the role.
        arn: String,
        /// ARN of the session.
        session: String,
        /// Its account.
        account: String,
    },
    /// A service of AWS that calls by itself, such as `lambda.amazonaws.com`.
    Service(String),
    /// Nobody: a request that is not signed.
    Anonymous,
}

impl Principal {
    /// A session of the role with this ARN.
    ///
    /// # Errors
    /// It is the ARN of no role.
    pub fn role(arn: &str) -> Result<Self, RequestError> {
        let not_a_role = || RequestError::NotAPrincipal { arn: arn.to_owned() };
        let (partition, account, resource) = iam_arn(arn).ok_or_else(not_a_role)?;
        let path = resource.strip_prefix("role/").ok_or_else(not_a_role)?;
        // the session's ARN has the role's name without its path
        let name = path.rsplit('/').next().unwrap_or(path);
        Ok(Self::Role {
            arn: arn.to_owned(),
            session: format!("arn:{partition}:sts::{account}:assumed-role/{name}/session"),
            account: account.to_owned(),
        })
    }

    /// The IAM user with this ARN.
    ///
    /// # Errors
    /// It is the ARN of no user.
    pub fn user(arn: &str) -> Result<Self, RequestError> {
        match iam_arn(arn) {
            Some((_, account, resource)) if resource.starts_with("user/") => Ok(Self::User {
                arn: arn.to_owned(),
                account: account.to_owned(),
            }),
            _ => Err(RequestError::NotAPrincipal { arn: arn.to_owned() }),
        }
    }

    /// A service, by its name as in policies.
    #[must_use]
    pub fn service(name: &str) -> Self {
        Self::Service(name.to_owned())
    }

    /// The root user of an account.
    #[must_use]
    pub fn root(account: &str) -> Self {
        Self::Root {
            account: account.to_owned(),
        }
    }

    /// The account of an identity; a service and an anonymous caller have none.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root { account } | Self::User { account, .. } | Self::Role { account, .. } => Some(account),
            Self::Service(_) | Self::Anonymous => None,
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root { account } => write!(formatter, "the root user of {account}"),
            Self::User { arn, .. } | Self::Role { arn, .. } => formatter.write_str(arn),
            Self::Service(name) => formatter.write_str(name),
            Self::Anonymous => formatter.write_str("an anonymous caller"),
        }
    }
}

/// Partition, account and resource of an ARN of IAM.
fn iam_arn(arn: &str) -> Option<(&str, &str, &str)> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, "iam", "", account, resource] if is_account(account) => Some((partition, account, resource)),
        _ => None,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One entry of a `Principal` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// `"*"` or `{"AWS": "*"}`: "These ... are equivalent". Services and anonymous callers too.
    Everyone,
    /// An account by its number or its `:root`: "Both delegate permissions to the account. Using the account ARN in the Principal
    /// element does not limit permissions to only the root user of the account."
    Account(String),
    /// A user, a role, or one session of a role.
    Arn(String),
    /// A service.
    Service(String),
}

/// What an `Allow` of a resource's policy gives to the principal that it names. Later is more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// "This delegates authority to the account": a policy of the account has to allow as well.
    Account,
    /// "Resource-based policies that grant permissions to an IAM role ARN are limited by an implicit deny in a permissions boundary or
    /// session policy."
    Role,
    /// "If a resource-based policy grants permission directly to the IAM user or the session principal that is making the request, then
    /// an implicit deny in an identity-based policy, a permissions boundary, or a session policy does not impact the final decision."
    Direct,
}

impl Named {
    /// Reads one value under `AWS` or `Service`.
    ///
    /// # Errors
    /// Its kind is not evaluated here, or AWS refuses it; the error says why.
    pub fn parse(kind: &str, value: &str) -> Result<Self, String> {
        match kind {
            "AWS" if value == "*" => Ok(Self::Everyone),
            "AWS" if is_account(value) => Ok(Self::Account(value.to_owned())),
            // "You cannot use a wildcard to match part of a principal name or ARN."
            _ if value.contains(['*', '?']) => Err(format!(
                "{value:?} has a wildcard, which matches no part of a principal"
            )),
            "AWS" => match iam_arn(value) {
                Some((_, account, "root")) => Ok(Self::Account(account.to_owned())),
                Some((_, _, resource)) if resource.starts_with("user/") || resource.starts_with("role/") => {
                    Ok(Self::Arn(value.to_owned()))
                }
                _ if value.split(':').nth(2) == Some("sts") && value.contains(":assumed-role/") => {
                    Ok(Self::Arn(value.to_owned()))
                }
                _ => Err(format!("{value:?} is no account, user, role or session of a role")),
            },
            "Service" if value.contains('.') => Ok(Self::Service(value.to_owned())),
            "Service" => Err(format!("{value:?} is the name of no service")),
            _ => Err(format!("a principal of kind {kind} is not evaluated here")),
        }
    }

    /// What naming it in an `Allow` gives to a principal; none where it is somebody else.
    #[must_use]
    pub fn grant(&self, principal: &Principal) -> Option<Grant> {
        let is = |holds: bool, grant| holds.then_some(grant);
        match (self, principal) {
            // "Permissions boundaries and session policies do not limit permissions granted using the aws:PrincipalArn condition key
            // with a wildcard(*) in the Principal element."
            (Self::Everyone, _) => Some(Grant::Direct),
            (Self::Account(named), Principal::Root { account }) => is(named == account, Grant::Direct),
            (Self::Account(named), Principal::User { account, .. } | Principal::Role { account, .. }) => {
                is(named == account, Grant::Account)
            }
            (Self::Arn(named), Principal::User { arn, .. }) => is(named == arn, Grant::Direct),
            (Self::Arn(named), Principal::Role { arn, session, .. }) => {
                is(named == session, Grant::Direct).or(is(named == arn, Grant::Role))
            }
            (Self::Service(named), Principal::Service(name)) => is(named == name, Grant::Direct),
            _ => None,
        }
    }
}
