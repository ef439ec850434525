//! Why a policy or a request cannot be evaluated.

/// A policy that AWS refuses, or one with something in it that is not evaluated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policy {policy}, {at}: {why}")]
pub struct PolicyError {
    /// The policy's name.
    pub policy: String,
    /// Where in the policy, such as `Statement[1].Condition`.
    pub at: String,
    /// What was seen, and why it is refused.
    pub why: String,
}

/// A request that no request to AWS can be, or a policy that means nothing for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A principal's ARN that names no user, role or account.
    #[error("{arn} is the ARN of no IAM user or role")]
    NotAPrincipal {
        /// What was given.
        arn: String,
    },
    /// Neither the resource's ARN nor the request says whose the resource is.
    #[error("{resource} has no account in its ARN: name the owner with Request::owned_by")]
    NoOwner {
        /// The resource.
        resource: String,
    },
    /// A condition without a set operator on a key that has several values here.
    #[error("{key} has {count} values in the request: the condition needs ForAllValues or ForAnyValue")]
    SeveralValues {
        /// The context key.
        key: String,
        /// How many values.
        count: usize,
    },
    /// A value of the context that the operator cannot compare.
    #[error("{key} is {value:?} in the request, which is no {wanted}")]
    NotComparable {
        /// The context key.
        key: String,
        /// Its value.
        value: String,
        /// What the operator compares.
        wanted: &'static str,
    },
    /// Identity policies for a principal that has none.
    #[error("{principal} has no identity, and so no identity policy, boundary or session policy")]
    NoIdentity {
        /// The principal.
        principal: String,
    },
}
