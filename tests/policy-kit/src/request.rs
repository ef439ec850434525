//! What is asked: action, resource, context keys.

use crate::context::Context;
use crate::error::RequestError;
use crate::principal::Principal;

/// One request to a service of AWS.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) principal: Principal,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) context: Context,
    owner: Option<String>,
}

impl Request {
    /// `action` is `service:Name`; `resource` is an ARN, or `*` for an action that AWS takes no resource for.
    ///
    /// The context has what follows from the principal and the resource ("AWS global condition context keys"): `aws:PrincipalArn` (of a
    /// session the role's), `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:username`, `aws:PrincipalIsAWSService`,
    /// `aws:PrincipalServiceName`, `aws:ResourceAccount`. All else is for [`Self::with`].
    #[must_use]
    pub fn new(principal: &Principal, action: &str, resource: &str) -> Self {
        let mut context = Context::default();
        let is_service = matches!(principal, Principal::Service(_));
        match principal {
            Principal::Root { account } => {
                context.set("aws:PrincipalArn", &[&format!("arn:aws:iam::{account}:root")]);
                context.set("aws:PrincipalType", &["Account"]);
            }
            Principal::User { arn, .. } => {
                context.set("aws:PrincipalArn", &[arn]);
                context.set("aws:PrincipalType", &["User"]);
                context.set("aws:username", &[arn.rsplit('/').next().unwrap_or(arn)]);
            }
            Principal::Role { arn, .. } => {
                context.set("aws:PrincipalArn", &[arn]);
                context.set("aws:PrincipalType", &["AssumedRole"]);
            }
            Principal::Service(name) => context.set("aws:PrincipalServiceName", &[name]),
            // "Anonymous requests return the value anonymous."
            Principal::Anonymous => {
                context.set("aws:PrincipalAccount", &["anonymous"]);
                context.set("aws:PrincipalType", &["Anonymous"]);
            }
        }
        if let Some(account) = principal.account() {
            context.set("aws:PrincipalAccount", &[account]);
        }
        // "This key is included in the request context for all signed API requests that use AWS credentials."
        if *principal != Principal::Anonymous {
            context.set(
                "aws:PrincipalIsAWSService",
                &[if is_service { "true" } else { "false" }],
            );
        }
        let owner = match resource.split(':').nth(4) {
            Some(account) if !account.is_empty() => Some(account),
            // an action without a resource is about the caller's own account
            None if resource == "*" => principal.account(),
            _ => None,
        };
        let request = Self {
            principal: principal.clone(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            context,
            owner: None,
        };
        match owner {
            Some(account) => request.owned_by(account),
            None => request,
        }
    }

    /// The account whose the resource is, where its ARN does not say: a bucket's.
    #[must_use]
    pub fn owned_by(mut self, account: &str) -> Self {
        self.context.set("aws:ResourceAccount", &[account]);
        self.owner = Some(account.to_owned());
        self
    }

    /// The same request with a context key.
    #[must_use]
    pub fn with(self, key: &str, value: &str) -> Self {
        self.with_all(key, &[value])
    }

    /// The same request with a context key of several values.
    #[must_use]
    pub fn with_all(mut self, key: &str, values: &[&str]) -> Self {
        self.context.set(key, values);
        self
    }

    /// Who asks.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    pub(crate) fn owner(&self) -> Result<&str, RequestError> {
        self.owner.as_deref().ok_or_else(|| RequestError::NoOwner {
            resource: self.resource.clone(),
        })
    }

    /// Whether the resource's own policy has to allow the principal, even in the same account. "IAM role trust policies
    /// and KMS key policies are exceptions to this logic, because they must explicitly allow access for principals."
    pub(crate) fn needs_resource_policy(&self) -> bool {
        let mut parts = self.resource.splitn(6, ':');
        let (service, resource) = (parts.nth(2).unwrap_or_default(), parts.nth(2).unwrap_or_default());
        match service {
            "kms" => resource.starts_with("key/"),
            "iam" => resource.starts_with("role/") && self.action.to_ascii_lowercase().starts_with("sts:"),
            _ => false,
        }
    }
}
