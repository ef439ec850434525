//! What a call of Cognito fails with. Cognito's own words can quote a user name or an attribute, so they are nowhere in it.

use lambda_kit::aws::AwsError;

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CognitoError {
    /// Cognito answered with an error; a repeatable one was repeated.
    #[error("{operation} answered {code}")]
    Refused {
        /// Like `ListUsers`.
        operation: &'static str,
        /// Like `TooManyRequestsException`.
        code: String,
        /// Of the answer.
        status: u16,
    },
    /// Nothing to sign the call with.
    #[error("{operation} failed because there are no credentials")]
    NoCredentials {
        /// Like `ListUsers`.
        operation: &'static str,
    },
    /// No answer, or none that can be read.
    #[error("{operation} got no answer, or none that can be read")]
    Unreachable {
        /// Like `ListUsers`.
        operation: &'static str,
    },
    /// An answer that lacks something without which the export would silently be incomplete.
    #[error("the answer to {operation} has no {what}: an export of it would be incomplete without a sign")]
    Malformed {
        /// Like `ListUsers`.
        operation: &'static str,
        /// What is missing.
        what: &'static str,
    },
}

impl From<AwsError> for CognitoError {
    fn from(error: AwsError) -> Self {
        match error {
            AwsError::Refused {
                operation,
                code,
                status,
                ..
            } => Self::Refused {
                operation,
                code,
                status,
            },
            AwsError::NoCredentials { operation, .. } => Self::NoCredentials { operation },
            AwsError::Unreachable { operation, .. } => Self::Unreachable { operation },
        }
    }
}

impl CognitoError {
    /// Cognito's code of the error, if it answered with one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// One of `CognitoDenied`, `CognitoUnavailable`, `CognitoMalformed` and `CognitoRefused`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoCredentials { .. } => "CognitoDenied",
            Self::Unreachable { .. } => "CognitoUnavailable",
            Self::Malformed { .. } => "CognitoMalformed",
            Self::Refused { code, status, .. } => match code.as_str() {
                "AccessDeniedException" | "AccessDenied" => "CognitoDenied",
                // Cognito's own, and those that any service of AWS has (API reference, "Common Errors").
                "TooManyRequestsException"
                | "LimitExceededException"
                | "ThrottlingException"
                | "Throttling"
                | "InternalErrorException"
                | "ServiceUnavailable" => "CognitoUnavailable",
                _ if *status >= 500 || *status == 429 => "CognitoUnavailable",
                _ => "CognitoRefused",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_cognito_says_of_a_user_is_in_an_error() {
        let error = CognitoError::from(AwsError::Refused {
            operation: "AdminCreateUser",
            code: "InvalidParameterException".to_owned(),
            message: "Value 'ada@example.com' at 'username' is wrong".to_owned(),
            status: 400,
        });
        assert_eq!(error.to_string(), "AdminCreateUser answered InvalidParameterException");
        assert!(!format!("{error:?}").contains("ada"));
    }

    #[test]
    fn what_passes_is_told_from_what_does_not() {
        for (code, status, name) in [
            ("TooManyRequestsException", 400, "CognitoUnavailable"),
            ("ThrottlingException", 400, "CognitoUnavailable"),
            ("InternalErrorException", 500, "CognitoUnavailable"),
            ("HTTP 503", 503, "CognitoUnavailable"),
            ("AccessDeniedException", 400, "CognitoDenied"),
            ("ResourceNotFoundException", 400, "CognitoRefused"),
            ("InvalidParameterException", 400, "CognitoRefused"),
        ] {
            let error = CognitoError::Refused {
                operation: "ListUsers",
                code: code.to_owned(),
                status,
            };
            assert_eq!(error.name(), name, "{code}");
        }
    }
}
