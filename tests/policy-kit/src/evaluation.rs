//! The decision over all policies that apply.

use std::fmt;

use crate::document::{Policy, Statement};
use crate::error::RequestError;
use crate::principal::{Grant, Principal};
use crate::request::Request;

/// All policies that apply to a request.
#[derive(Debug, Clone, Default)]
pub struct Policies<'a> {
    /// Of the user or role.
    pub identity: Vec<&'a Policy>,
    /// The user's or role's permissions boundary.
    pub boundary: Option<&'a Policy>,
    /// What was passed when the role was assumed.
    pub session: Option<&'a Policy>,
    /// Of the resource: of a bucket, key, topic, queue or function, or a role's trust policy.
    pub resource: Option<&'a Policy>,
    /// Of the VPC endpoint that the request goes through.
    pub endpoint: Option<&'a Policy>,
}

/// What AWS answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The request is allowed.
    Allowed,
    /// It is not.
    Denied(Reason),
}

impl Decision {
    /// Whether the request is allowed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        *self == Self::Allowed
    }
}

/// Why a request is denied. All but the first are implicit: nothing allows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A `Deny` is about it.
    Explicit {
        /// Name of the policy.
        policy: String,
        /// The statement's `Sid`, or its number.
        statement: String,
    },
    /// The VPC endpoint's policy does not allow it.
    Endpoint,
    /// The key's or role's own policy allows neither the principal nor its account.
    ResourcePolicy,
    /// The permissions boundary does not allow it.
    Boundary,
    /// The session policy does not allow it.
    Session,
    /// No policy of the identity allows it.
    Identity,
    /// The principal is of another account, or of none, and the resource's policy does not allow it.
    Resource,
}

impl fmt::Display for Decision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self {
            Self::Allowed => return formatter.write_str("allowed"),
            Self::Denied(reason) => reason,
        };
        match reason {
            Reason::Explicit { policy, statement } => write!(formatter, "denied by {statement} of {policy}"),
            Reason::Endpoint => formatter.write_str("denied: the endpoint's policy does not allow it"),
            Reason::ResourcePolicy => {
                formatter.write_str("denied: the key's or role's own policy does not let the caller in")
            }
            Reason::Boundary => formatter.write_str("denied: the permissions boundary does not allow it"),
            Reason::Session => formatter.write_str("denied: the session policy does not allow it"),
            Reason::Identity => formatter.write_str("denied: no policy of the caller allows it"),
            Reason::Resource => formatter.write_str("denied: the resource's policy does not allow it"),
        }
    }
}

impl Policies<'_> {
    /// Decides a request, as "How AWS enforcement code logic evaluates requests to allow or deny access" says.
    ///
    /// # Errors
    /// The request is incomplete or a policy means nothing for it: a fault of the test and never a denial.
    pub fn decide(&self, request: &Request) -> Result<Decision, RequestError> {
        let denied = |reason| Ok(Decision::Denied(reason));
        let has_identity_policy = !self.identity.is_empty() || self.boundary.is_some() || self.session.is_some();
        if request.principal.account().is_none() && has_identity_policy {
            return Err(RequestError::NoIdentity {
                principal: request.principal.to_string(),
            });
        }

        // "If the enforcement code finds even one explicit deny that applies, the enforcement code returns a final decision of Deny."
        if let Some((policy, statement)) = self.explicit_deny(request)? {
            return denied(Reason::Explicit {
                policy: policy.name().to_owned(),
                statement: statement.name.clone(),
            });
        }

        // "An endpoint policy does not override or replace identity-based policies or resource-based policies": it only limits.
        if let Some(endpoint) = self.endpoint
            && allowance(endpoint, request)?.is_none()
        {
            return denied(Reason::Endpoint);
        }

        let grant = match self.resource {
            Some(policy) => allowance(policy, request)?,
            None => None,
        };
        let Some(account) = request.principal.account() else {
            // Neither a service nor an anonymous caller has another policy than the resource's.
            return if grant.is_some() {
                Ok(Decision::Allowed)
            } else {
                denied(Reason::Resource)
            };
        };

        let limit = self.limit(request)?;
        let by_identity = match &request.principal {
            // "with the exception of the AWS account root user, which has full access"
            Principal::Root { .. } => None,
            _ => self.identity_denial(request)?.or_else(|| limit.clone()),
        };
        let decided = if account != request.owner()? {
            // "For cross-account requests, the requester in the trusted AccountA must have an identity-based policy. ... Additionally,
            // the resource-based policy in AccountB must allow the requester in AccountA to access the resource."
            if grant.is_none() {
                Some(Reason::Resource)
            } else {
                by_identity
            }
        } else {
            match grant {
                Some(Grant::Direct) => None,
                Some(Grant::Role) => limit,
                // "Unless the key policy explicitly allows it, you cannot use IAM policies to allow access to a KMS key. Without
                // permission from the key policy, IAM policies that allow permissions have no effect."
                None if request.needs_resource_policy() => Some(Reason::ResourcePolicy),
                // "For most resources, you only need an explicit Allow for the principal in either an identity-based policy or a
                // resource-based policy to grant access."
                Some(Grant::Account) | None => by_identity,
            }
        };
        decided.map_or(Ok(Decision::Allowed), denied)
    }

    fn explicit_deny(&self, request: &Request) -> Result<Option<(&Policy, &Statement)>, RequestError> {
        let others = [self.boundary, self.session, self.resource, self.endpoint];
        for policy in self.identity.iter().copied().chain(others.into_iter().flatten()) {
            let about = policy.about(request)?;
            if let Some((statement, _)) = about.into_iter().find(|(statement, _)| !statement.allows) {
                return Ok(Some((policy, statement)));
            }
        }
        Ok(None)
    }

    /// "If the policy that is used to set the permissions boundary does not allow the requested action, then the request is implicitly
    /// denied." "If a session policy is present and does not allow the requested action, then the request is implicitly denied."
    fn limit(&self, request: &Request) -> Result<Option<Reason>, RequestError> {
        for (policy, reason) in [(self.boundary, Reason::Boundary), (self.session, Reason::Session)] {
            if let Some(policy) = policy
                && allowance(policy, request)?.is_none()
            {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    fn identity_denial(&self, request: &Request) -> Result<Option<Reason>, RequestError> {
        for policy in &self.identity {
            if allowance(policy, request)?.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(Reason::Identity))
    }
}

/// The most that a policy's `Allow`s give; none where none is about the request.
fn allowance(policy: &Policy, request: &Request) -> Result<Option<Grant>, RequestError> {
    let about = policy.about(request)?;
    Ok(about
        .into_iter()
        .filter(|(statement, _)| statement.allows)
        .map(|(_, grant)| grant)
        .max())
}
