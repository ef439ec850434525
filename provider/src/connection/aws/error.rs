//! What AWS's errors mean, and what to do about them.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use provider_kit::error;
use tf_provider::{AttributePath, Diagnostics};

use super::attempts::attempts;
use crate::connection::chain::{causes, chain};

/// Characters of an answer that an error shows. Our choice because the title of a proxy's page is within them.
const SHOWN: usize = 160;

/// Why an AWS call did not succeed.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum AwsError {
    #[error("the provider attribute `{0}` is not known yet")]
    SettingUnknown(&'static str),
    #[error("no credentials: {0}")]
    Credentials(String),
    #[error("the credentials belong to account {seen}, and allowed_account_ids has only {}", allowed.join(", "))]
    WrongAccount { seen: String, allowed: Vec<String> },
    #[error("{operation} was throttled, the last time after {}", counted(*attempts))]
    Throttled { operation: &'static str, attempts: u32 },
    #[error("{operation} was refused: {message}")]
    AccessDenied { operation: &'static str, message: String },
    #[error("{operation} answered {code}: {message}")]
    Refused {
        operation: &'static str,
        code: String,
        message: String,
    },
    #[error("{operation} got no answer: {reason}")]
    Unreachable { operation: &'static str, reason: String },
    #[error("{operation} answered {code} after {}: {message}", counted(*attempts))]
    Unavailable {
        operation: &'static str,
        code: String,
        message: String,
        attempts: u32,
    },
    /// Something answered, and not as AWS does.
    #[error("{operation} was answered with HTTP status {status} and no error code after {}: {seen}", counted(*attempts))]
    Unreadable {
        operation: &'static str,
        status: u16,
        /// What the answer holds, as the rest of a sentence.
        seen: String,
        attempts: u32,
    },
}

impl AwsError {
    pub(crate) fn from_sdk<E>(operation: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let answer = match &error {
            SdkError::ServiceError(service) => service.raw(),
            SdkError::ResponseError(unread) => return Self::unreadable(operation, unread.raw()),
            _ => {
                let reason = chain(&error);
                let credentials = causes(&error).any(|cause| cause.is::<CredentialsError>());
                return if credentials {
                    Self::Credentials(reason)
                } else {
                    Self::Unreachable { operation, reason }
                };
            }
        };
        let attempts = attempts(answer);
        let meta = error.meta();
        let message = meta.message().unwrap_or("no message").to_owned();
        let Some(code) = meta.code() else {
            // Source: RFC 6585, 429 Too Many Requests.
            return if answer.status().as_u16() == 429 {
                Self::Throttled { operation, attempts }
            } else {
                Self::unreadable(operation, answer)
            };
        };
        match code {
            "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "RequestLimitExceeded"
            | "SlowDown"
            | "TooManyRequestsException" => Self::Throttled { operation, attempts },
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
                Self::AccessDenied { operation, message }
            }
            code @ ("ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "InvalidToken"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "RequestExpired"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClientException"
            | "IncompleteSignature") => Self::Credentials(format!("{code}: {message}")),
            code if answer.status().is_server_error() => Self::Unavailable {
                operation,
                code: code.to_owned(),
                message,
                attempts,
            },
            code => Self::Refused {
                operation,
                code: code.to_owned(),
                message,
            },
        }
    }

    fn unreadable(operation: &'static str, answer: &HttpResponse) -> Self {
        Self::Unreadable {
            operation,
            status: answer.status().as_u16(),
            seen: shown(answer),
            attempts: attempts(answer),
        }
    }

    /// Whether the call may have been carried out although it did not succeed.
    pub(crate) fn may_be_done(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Unavailable { .. } | Self::Unreadable { .. }
        )
    }

    /// Whether AWS answered that there is no such object.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "ResourceNotFoundException")
    }

    /// Whether the failure is about the one object of the call, so that calls for others may succeed.
    pub(crate) fn is_of_one_object(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if !code.starts_with("LimitExceeded"))
    }

    /// A fixed sentence for the diagnostic's summary.
    pub(crate) fn summary(&self) -> &'static str {
        match self {
            Self::SettingUnknown(_) => "Provider configuration is not known yet.",
            Self::Credentials(_) => "AWS credentials are missing or refused.",
            Self::WrongAccount { .. } => "AWS credentials belong to an account that is not allowed.",
            Self::Throttled { .. } => "AWS throttled the call.",
            Self::AccessDenied { .. } => "AWS denied access.",
            Self::Refused { .. } => "AWS refused the call.",
            Self::Unreachable { .. } => "AWS could not be reached.",
            Self::Unavailable { .. } => "AWS failed to answer the call.",
            Self::Unreadable { .. } => "AWS's answer cannot be read.",
        }
    }

    /// What to do next.
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::SettingUnknown(attribute) => format!(
                "Set `{attribute}` to a value that is known at plan, or first apply the resource that it comes from \
                 with -target."
            ),
            Self::Credentials(_) => {
                "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in again. `aws sts \
                 get-caller-identity` shows which credentials are used."
                    .to_owned()
            }
            Self::WrongAccount { .. } => {
                "Nothing was read or changed. Use credentials of an allowed account, or add this account to \
                 `allowed_account_ids`."
                    .to_owned()
            }
            Self::Throttled { operation, .. } if action(operation).starts_with("cloudwatch:") => {
                "Try again, and lower the provider's alarm_writes_per_second if the account's CloudWatch quota is \
                 shared with others."
                    .to_owned()
            }
            Self::Throttled { .. } => {
                "Try again when the account makes fewer calls, or with a lower -parallelism.".to_owned()
            }
            Self::AccessDenied { operation, .. } => {
                format!(
                    "Allow the action `{}` in the caller's IAM policy. The guide \"Plan in CI\" lists all required \
                     actions.",
                    action(operation)
                )
            }
            Self::Refused { .. } => "The message is from AWS. This call changed nothing.".to_owned(),
            Self::Unavailable { .. } => {
                "Try again later. https://health.aws.amazon.com shows current problems of AWS services.".to_owned()
            }
            Self::Unreadable { .. } => {
                "A proxy or another server might have answered instead of AWS. Check HTTPS_PROXY, the region and the \
                 provider's `endpoints`, and try again."
                    .to_owned()
            }
            Self::Unreachable { .. } => "Check the network, the region and the provider's `endpoints`.".to_owned(),
        }
    }
}

/// The IAM action of an operation.
fn action(operation: &str) -> String {
    let service = match operation {
        "ListObjectsV2" => return "s3:ListBucket".to_owned(),
        "GetObject" => "s3",
        "AssumeRole" | "GetCallerIdentity" => "sts",
        "GetFunctionConfiguration" => "lambda",
        "GetResources" => "tag",
        "CreateSchedule" | "GetSchedule" | "UpdateSchedule" | "DeleteSchedule" => "scheduler",
        _ => "cloudwatch",
    };
    format!("{service}:{operation}")
}

fn counted(attempts: u32) -> String {
    match attempts {
        1 => "1 attempt".to_owned(),
        attempts => format!("{attempts} attempts"),
    }
}

/// What an answer without an error code holds.
fn shown(answer: &HttpResponse) -> String {
    let Some(body) = answer.body().bytes() else {
        return "its body did not arrive".to_owned();
    };
    let text = String::from_utf8_lossy(body);
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    if text.is_empty() {
        return "its body is empty".to_owned();
    }
    let start: String = text.chars().take(SHOWN).collect();
    let more = if start.len() < text.len() { "..." } else { "" };
    format!("its body is {start:?}{more}")
}

/// Why STS refused the role that a client of [`Aws::s3`] should assume; `None` for every other failure, also for that of the
/// credentials it should be assumed with.
pub(crate) fn refused_role(error: &(dyn Error + 'static)) -> Option<(String, String)> {
    let mut providers = 0;
    for cause in causes(error) {
        providers += usize::from(cause.is::<CredentialsError>());
        if let Some(refused) = cause.downcast_ref::<AssumeRoleError>() {
            let meta = refused.meta();
            let text = |text: Option<&str>| text.unwrap_or("no message").to_owned();
            return (providers == 1).then(|| (text(meta.code()), text(meta.message())));
        }
    }
    None
}

/// A call failed before or at AWS; `doing` is a phrase such as "reading 12 alarms of the bundle".
pub(crate) fn aws_call_failed(diagnostics: &mut Diagnostics, doing: &str, cause: &AwsError) {
    error(
        diagnostics,
        AttributePath::root(),
        cause.summary(),
        format!("While {doing}: {cause}. {}", cause.advice()),
    );
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use aws_sdk_cloudwatch::operation::put_metric_alarm::PutMetricAlarmError;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn answered(status: u16, code: &str) -> AwsError {
        let meta = ErrorMetadata::builder().code(code).message("Said AWS.").build();
        let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        AwsError::from_sdk(
            "PutMetricAlarm",
            SdkError::service_error(PutMetricAlarmError::generic(meta), response),
        )
    }

    #[test]
    fn answers_are_told_apart_by_status_and_code() {
        for (status, code, summary, of_one_object) in [
            (400, "Throttling", "AWS throttled the call.", false),
            (400, "ThrottledException", "AWS throttled the call.", false),
            (503, "SlowDown", "AWS throttled the call.", false),
            (
                403,
                "InvalidAccessKeyId",
                "AWS credentials are missing or refused.",
                false,
            ),
            (403, "AccessDenied", "AWS denied access.", false),
            (
                403,
                "InvalidSignatureException",
                "AWS credentials are missing or refused.",
                false,
            ),
            (
                403,
                "MissingAuthenticationToken",
                "AWS credentials are missing or refused.",
                false,
            ),
            (400, "ValidationError", "AWS refused the call.", true),
            (400, "LimitExceeded", "AWS refused the call.", false),
            (500, "InternalServiceError", "AWS failed to answer the call.", false),
            (503, "ServiceUnavailable", "AWS failed to answer the call.", false),
        ] {
            let error = answered(status, code);
            assert_eq!(error.summary(), summary, "{code}");
            assert_eq!(error.is_of_one_object(), of_one_object, "{code}");
            assert!(!error.advice().is_empty(), "{code}");
        }
    }

    #[test]
    fn an_answer_is_told_with_its_operation_its_code_and_what_aws_said() {
        let text = answered(500, "InternalServiceError").to_string();
        assert_eq!(
            text,
            "PutMetricAlarm answered InternalServiceError after 1 attempt: Said AWS."
        );
        assert_eq!(
            answered(400, "ValidationError").to_string(),
            "PutMetricAlarm answered ValidationError: Said AWS."
        );
    }

    fn unparsed(status: u16, body: &'static str) -> AwsError {
        let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        let error = PutMetricAlarmError::unhandled("not XML");
        AwsError::from_sdk("PutMetricAlarm", SdkError::service_error(error, response))
    }

    #[test]
    fn an_answer_without_a_code_is_told_with_its_status_and_what_it_holds() {
        let page = unparsed(502, "<html>\n <title>Bad Gateway</title>");
        assert_eq!(page.summary(), "AWS's answer cannot be read.");
        for part in [
            "HTTP status 502",
            "<html> <title>Bad Gateway</title>",
            "after 1 attempt",
        ] {
            assert!(page.to_string().contains(part), "{part} is not in: {page}");
        }
        assert!(unparsed(403, "").to_string().contains("its body is empty"));
        let long = unparsed(500, Box::leak("x".repeat(10_000).into_boxed_str())).to_string();
        assert!(long.len() < 400 && long.ends_with("\"..."), "{long}");
        assert_eq!(unparsed(429, "").summary(), "AWS throttled the call.");
    }

    #[test]
    fn every_operation_of_the_provider_has_its_action() {
        fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    sources(&path, found);
                } else {
                    found.push(std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let mut files = Vec::new();
        sources(
            std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
            &mut files,
        );
        let mut operations = std::collections::BTreeSet::new();
        for file in &files {
            for call in ["from_sdk(\"", "failure(\""] {
                let quoted = file.split(call).skip(1).filter_map(|rest| rest.split('"').next());
                operations.extend(quoted.filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric())));
            }
        }
        let cloudwatch = [
            "DeleteAlarms",
            "DescribeAlarms",
            "ListTagsForResource",
            "PutCompositeAlarm",
            "PutMetricAlarm",
            "TagResource",
            "UntagResource",
        ];
        assert!(operations.len() > cloudwatch.len(), "{operations:?}");
        for operation in operations {
            let action = action(operation);
            assert!(
                !action.starts_with("cloudwatch:") || cloudwatch.contains(&operation),
                "{operation} has no action of its own: {action}"
            );
        }
    }
}
