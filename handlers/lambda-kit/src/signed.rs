//! Calls of AWS that an SDK's crate would be too much for, or would not carry whole: signed, sent and read here.
//! docs/decisions/0008 says when.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

use crate::aws::AwsError;
use crate::backoff::Backoff;
use crate::failure::chain;

const ATTEMPTS: u32 = 3;
const BACKOFF: Backoff = Backoff {
    first: Duration::from_millis(200),
    most: Duration::from_secs(2),
};
/// Where services that are one for all regions are signed for.
const GLOBAL_REGION: &str = "us-east-1";

/// A service of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// In signatures, and the first part of its host name: `ec2`.
    pub name: &'static str,
    /// Environment variable with an endpoint of its own: `AWS_ENDPOINT_URL_EC2`.
    pub endpoint_variable: &'static str,
    /// One for all regions of the partition `aws`: its host name has no region, and signatures have us-east-1.
    pub is_global: bool,
    /// Of one attempt, and of its answer's body.
    pub timeout: Duration,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// For errors: `UpdateDistribution`.
    pub operation: &'static str,
    /// `GET`, `POST`, `PUT`.
    pub method: &'static str,
    /// Path and query, percent-encoded: `/2020-05-31/distribution/E1/config`.
    pub target: &'a str,
    /// Beside those of the signature.
    pub headers: &'a [(&'static str, &'a str)],
    /// The body.
    pub body: &'a str,
}

/// An answer with a status below 300.
#[derive(Debug)]
pub struct Answer {
    etag: Option<String>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The header `ETag`.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }
}

/// A service in one region.
#[derive(Debug)]
pub struct Client {
    service: Service,
    config: SdkConfig,
    connector: Option<SharedHttpConnector>,
    url: String,
    region: String,
}

impl Client {
    /// With region, credentials and endpoint of `config`; nothing is called yet.
    #[must_use]
    pub fn new(config: &SdkConfig, service: Service) -> Self {
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let own = std::env::var(service.endpoint_variable)
            .ok()
            .filter(|url| !url.is_empty());
        let url = own.or_else(|| config.endpoint_url().map(str::to_owned));
        let url = url.unwrap_or_else(|| host(service, &region));
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(service.timeout.min(Duration::from_secs(3)))
            .read_timeout(service.timeout)
            .build();
        Self {
            service,
            connector: aws_smithy_http_client::default_connector(&settings, config.sleep_impl()),
            config: config.clone(),
            url: url.trim_end_matches('/').to_owned(),
            region: if service.is_global {
                GLOBAL_REGION.to_owned()
            } else {
                region
            },
        }
    }

    /// Sends a call that may be carried out twice, until it is answered or three attempts have failed.
    ///
    /// # Errors
    /// Of the last attempt.
    pub async fn send(&self, request: &Request<'_>) -> Result<Answer, AwsError> {
        let mut attempt = 1;
        loop {
            let error = match self.once(request).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if attempt == ATTEMPTS || !error.passes() {
                return Err(error);
            }
            tokio::time::sleep(BACKOFF.pause(attempt)).await;
            attempt += 1;
        }
    }

    /// Sends a call once. After [`AwsError::Unreachable`] it is unknown whether the change was made.
    ///
    /// # Errors
    /// What AWS answered, or why it did not.
    pub async fn once(&self, request: &Request<'_>) -> Result<Answer, AwsError> {
        let operation = request.operation;
        let unreachable = |reason: String| AwsError::Unreachable { operation, reason };
        let signed = self.signed(request).await?;
        let connector = self.connector.as_ref();
        let connector = connector.ok_or_else(|| unreachable("this program has no TLS".to_owned()))?;
        let seconds = self.service.timeout.as_secs();
        let answer = tokio::time::timeout(self.service.timeout, connector.call(signed)).await;
        let answer = answer.map_err(|_| unreachable(format!("no answer within {seconds} s")))?;
        let answer = answer.map_err(|error| unreachable(chain(&error)))?;
        let read = tokio::time::timeout(self.service.timeout, read(operation, answer)).await;
        read.map_err(|_| unreachable(format!("the answer did not end within {seconds} s")))?
    }

    async fn signed(&self, request: &Request<'_>) -> Result<HttpRequest, AwsError> {
        let operation = request.operation;
        let unsigned = |reason: String| AwsError::NoCredentials { operation, reason };
        let unreachable = |reason: String| AwsError::Unreachable { operation, reason };
        let provider = self.config.credentials_provider();
        let provider = provider.ok_or_else(|| unsigned("none are configured".to_owned()))?;
        let credentials = provider.provide_credentials().await;
        let identity = credentials.map_err(|error| unsigned(chain(&error)))?.into();
        let url = format!("{}{}", self.url, request.target);
        let mut http = HttpRequest::new(SdkBody::from(request.body));
        http.set_method(request.method)
            .map_err(|error| unreachable(chain(&error)))?;
        http.set_uri(url.as_str()).map_err(|error| unreachable(chain(&error)))?;
        for (name, value) in request.headers {
            http.headers_mut()
                .try_insert(*name, (*value).to_owned())
                .map_err(|error| unreachable(chain(&error)))?;
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.service.name)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| unsigned(chain(&error)))?
            .into();
        let signable = SignableRequest::new(
            request.method,
            &url,
            request.headers.iter().copied(),
            SignableBody::Bytes(request.body.as_bytes()),
        );
        let signed = signable.and_then(|signable| sign(signable, &parameters));
        let signed = signed.map_err(|error| unsigned(chain(&error)))?;
        let (headers, _) = signed.into_parts().0.into_parts();
        for header in headers {
            http.headers_mut().insert(header.name(), header.value().to_owned());
        }
        Ok(http)
    }
}

fn host(service: Service, region: &str) -> String {
    let name = service.name;
    if service.is_global {
        return format!("https://{name}.amazonaws.com");
    }
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://{name}.{region}.amazonaws.com{suffix}")
}

async fn read(operation: &'static str, answer: HttpResponse) -> Result<Answer, AwsError> {
    let unreachable = |reason: String| AwsError::Unreachable { operation, reason };
    let status = answer.status().as_u16();
    let etag = answer.headers().get("etag").map(str::to_owned);
    let body = ByteStream::new(answer.into_body()).collect().await;
    let body = body.map_err(|error| unreachable(chain(&error)))?.to_vec();
    let body = String::from_utf8(body).map_err(|_| unreachable("the answer is not UTF-8".to_owned()))?;
    if status < 300 {
        return Ok(Answer { etag, body });
    }
    let (code, message) = error(&body);
    Err(AwsError::Refused {
        operation,
        code: code.unwrap_or_else(|| format!("HTTP {status}")),
        message: message.unwrap_or_else(|| "no message".to_owned()),
        status,
    })
}

/// Code and message of an error, in JSON or in XML. Route 53 has one error whose code is the name of its root element.
fn error(body: &str) -> (Option<String>, Option<String>) {
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(body) {
        let text = |name: &str| json.get(name)?.as_str().map(str::to_owned);
        // A namespace may be before it: `com.amazonaws.ssm#ParameterNotFound`.
        let code = text("__type").map(|code| code.rsplit('#').next().unwrap_or_default().to_owned());
        return (code, text("message").or_else(|| text("Message")));
    }
    let text = |name| elements(body, name).next().map(str::to_owned);
    let root = || {
        let name = body.split('<').skip(1).find(|tag| !tag.starts_with(['?', '!']))?;
        let name = name.split([' ', '>']).next()?;
        Some(name.to_owned()).filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !name.is_empty())
    };
    (text("Code").or_else(root), text("Message"))
}

/// The texts of all elements of a name in an XML document. For those that have no attributes, no elements within and no character that
/// XML escapes.
pub fn elements<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (text, after) = after.split_once(&close)?;
        rest = after;
        Some(text.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_their_name() {
        let page = "<R xmlns=\"a\"><i><cidr>10.0.0.0/16</cidr><d>a</d></i><i><cidr>\n2600:1fa0::/32 </cidr></i></R>";
        assert_eq!(
            elements(page, "cidr").collect::<Vec<_>>(),
            ["10.0.0.0/16", "2600:1fa0::/32"]
        );
        assert_eq!(elements(page, "nextToken").count(), 0);
        assert_eq!(elements("<cidr>1", "cidr").count(), 0);
    }

    #[test]
    fn an_error_is_read_as_each_protocol_writes_it() {
        for (body, code, message) in [
            (
                r#"{"__type":"com.amazonaws.ssm#ParameterNotFound","message":"no"}"#,
                Some("ParameterNotFound"),
                Some("no"),
            ),
            (r#"{"__type":"ThrottlingException"}"#, Some("ThrottlingException"), None),
            (
                "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Error><Type>Sender</Type>\
                 <Code>PreconditionFailed</Code><Message>The precondition</Message></Error></ErrorResponse>",
                Some("PreconditionFailed"),
                Some("The precondition"),
            ),
            (
                "<?xml version=\"1.0\"?>\n<InvalidChangeBatch xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Messages>\
                 <Message>Tried to delete</Message></Messages></InvalidChangeBatch>",
                Some("InvalidChangeBatch"),
                Some("Tried to delete"),
            ),
            ("", None, None),
            ("Bad Gateway", None, None),
        ] {
            let (read_code, read_message) = error(body);
            assert_eq!(
                (read_code.as_deref(), read_message.as_deref()),
                (code, message),
                "{body}"
            );
        }
    }

    #[test]
    fn a_global_service_has_one_host_and_a_regional_one_its_regions() {
        let service = |is_global| Service {
            name: "svc",
            endpoint_variable: "AWS_ENDPOINT_URL_SVC",
            is_global,
            timeout: Duration::from_secs(1),
        };
        assert_eq!(host(service(true), "eu-west-1"), "https://svc.amazonaws.com");
        assert_eq!(host(service(false), "eu-west-1"), "https://svc.eu-west-1.amazonaws.com");
        assert_eq!(
            host(service(false), "cn-north-1"),
            "https://svc.cn-north-1.amazonaws.com.cn"
        );
    }
}
