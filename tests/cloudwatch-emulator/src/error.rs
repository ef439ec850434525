//! Refusals, with the codes and HTTP statuses of CloudWatch (Common Errors and each operation's Errors section).

/// An error answer of the API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct ApiError {
    /// CloudWatch's code, as clients match on it: `ValidationError`.
    pub(crate) code: &'static str,
    /// HTTP status.
    pub(crate) status: u16,
    /// What was wrong.
    pub(crate) message: String,
}

impl ApiError {
    fn new(code: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            status,
            message: message.into(),
        }
    }

    /// A member or a combination of members is not valid.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationError", 400, message)
    }

    /// A member breaks a constraint of its own, in the words CloudWatch's model validation uses.
    pub(crate) fn constraint(member: &str, value: &str, constraint: &str) -> Self {
        Self::validation(format!(
            "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: {constraint}"
        ))
    }

    /// A required member is missing.
    pub(crate) fn missing(member: &str) -> Self {
        Self::constraint(member, "null", "Member must not be null")
    }

    pub(crate) fn invalid_parameter_value(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValue", 400, message)
    }

    /// The code of the Resource Groups Tagging API.
    pub(crate) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", 400, message)
    }

    pub(crate) fn invalid_format(message: impl Into<String>) -> Self {
        Self::new("InvalidFormat", 400, message)
    }

    pub(crate) fn invalid_next_token() -> Self {
        Self::new("InvalidNextToken", 400, "The next token specified is invalid.")
    }

    /// The code of PutDashboard.
    pub(crate) fn invalid_dashboard(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterInput", 400, message)
    }

    /// The code of SetAlarmState and the dashboards.
    pub(crate) fn resource_not_found(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFound", 404, message)
    }

    /// The code of the tag operations.
    pub(crate) fn tagged_resource_not_found(arn: &str) -> Self {
        Self::new("ResourceNotFoundException", 404, format!("Unknown resource: {arn}"))
    }

    /// The request cannot be read at all.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new("MalformedInput", 400, message)
    }

    pub(crate) fn unknown_operation(operation: &str) -> Self {
        Self::new(
            "InvalidAction",
            400,
            format!("The operation {operation} is not emulated."),
        )
    }

    /// CloudWatch throttles with 400, not 429.
    pub(crate) fn throttling() -> Self {
        Self::new("Throttling", 400, "Rate exceeded")
    }

    pub(crate) fn access_denied(operation: &str) -> Self {
        Self::new(
            "AccessDenied",
            403,
            format!("User is not authorized to perform: cloudwatch:{operation}"),
        )
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            "InternalServiceError",
            500,
            "The request processing has failed because of an unknown error, exception, or failure.",
        )
    }

    /// Whose fault it is, for awsQuery.
    pub(crate) fn fault_of(&self) -> &'static str {
        if self.status < 500 { "Sender" } else { "Receiver" }
    }
}
