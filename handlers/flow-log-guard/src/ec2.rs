//! The one call of EC2: the entries of a prefix list. The SDK's crate for EC2 has some 700 operations and takes minutes to compile, so
//! this one is signed and read here.
//!
//! Source: Amazon EC2 API reference, "Query requests", "GetManagedPrefixListEntries" and "Common query parameters".

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use ipnet::IpNet;
use lambda_kit::Backoff;
use lambda_kit::aws::AwsError;

const OPERATION: &str = "GetManagedPrefixListEntries";
/// The API's only version.
const VERSION: &str = "2016-11-15";
const ATTEMPTS: u32 = 3;
const BACKOFF: Backoff = Backoff {
    first: Duration::from_millis(200),
    most: Duration::from_secs(2),
};
const TIMEOUT: Duration = Duration::from_secs(3);
/// A page has 100 entries and a list 1000 at most ("Managed prefix lists", quotas): a token that never ends is a fault.
const PAGES_MAX: usize = 20;

/// EC2 in one region.
#[derive(Debug)]
pub(crate) struct Ec2 {
    config: SdkConfig,
    connector: Option<SharedHttpConnector>,
    url: String,
    region: String,
}

impl Ec2 {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let own = std::env::var("AWS_ENDPOINT_URL_EC2").ok().filter(|url| !url.is_empty());
        let url = own.or_else(|| config.endpoint_url().map(str::to_owned));
        let url = url.unwrap_or_else(|| {
            let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
            format!("https://ec2.{region}.amazonaws.com{suffix}")
        });
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(TIMEOUT)
            .read_timeout(TIMEOUT)
            .build();
        Self {
            connector: aws_smithy_http_client::default_connector(&settings, config.sleep_impl()),
            config: config.clone(),
            url: format!("{}/", url.trim_end_matches('/')),
            region,
        }
    }

    /// All entries of a prefix list.
    pub(crate) async fn prefix_list(&self, id: &str) -> Result<Vec<IpNet>, AwsError> {
        let (mut nets, mut token) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let page = self.page(id, token.as_deref()).await?;
            for text in elements(&page, "cidr") {
                nets.push(
                    text.parse()
                        .map_err(|_| unreachable("an entry is no range of addresses"))?,
                );
            }
            token = elements(&page, "nextToken")
                .next()
                .filter(|token| !token.is_empty())
                .map(str::to_owned);
            if token.is_none() {
                return Ok(nets);
            }
        }
        Err(unreachable("the list of entries does not end"))
    }

    /// With a bounded number of attempts.
    async fn page(&self, id: &str, token: Option<&str>) -> Result<String, AwsError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", OPERATION).append_pair("Version", VERSION);
        form.append_pair("PrefixListId", id).append_pair("MaxResults", "100");
        if let Some(token) = token {
            form.append_pair("NextToken", token);
        }
        let body = form.finish();
        let mut attempt = 1;
        loop {
            let error = match self.call(&body).await {
                Ok(page) => return Ok(page),
                Err(error) => error,
            };
            if attempt == ATTEMPTS || !error.passes() {
                return Err(error);
            }
            tokio::time::sleep(BACKOFF.pause(attempt)).await;
            attempt += 1;
        }
    }

    async fn call(&self, body: &str) -> Result<String, AwsError> {
        let no_credentials = |reason: String| AwsError::NoCredentials {
            operation: OPERATION,
            reason,
        };
        let provider = self.config.credentials_provider();
        let provider = provider.ok_or_else(|| no_credentials("none are configured".to_owned()))?;
        let credentials = provider.provide_credentials().await;
        let identity = credentials
            .map_err(|error| no_credentials(lambda_kit::chain(&error)))?
            .into();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request
            .set_method("POST")
            .map_err(|error| unreachable(&lambda_kit::chain(&error)))?;
        request
            .set_uri(self.url.as_str())
            .map_err(|error| unreachable(&lambda_kit::chain(&error)))?;
        let content_type = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        request.headers_mut().insert(content_type.0, content_type.1);
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("ec2")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| no_credentials(lambda_kit::chain(&error)))?
            .into();
        let signable = SignableRequest::new(
            "POST",
            &self.url,
            [content_type].into_iter(),
            SignableBody::Bytes(body.as_bytes()),
        );
        let signed = signable.and_then(|signable| sign(signable, &parameters));
        let signed = signed.map_err(|error| no_credentials(lambda_kit::chain(&error)))?;
        let (headers, _) = signed.into_parts().0.into_parts();
        for header in headers {
            request.headers_mut().insert(header.name(), header.value().to_owned());
        }
        let connector = self
            .connector
            .as_ref()
            .ok_or_else(|| unreachable("this program has no TLS"))?;
        let answer = tokio::time::timeout(TIMEOUT, connector.call(request)).await;
        let answer = answer.map_err(|_| unreachable("no answer within 3 s"))?;
        read(answer.map_err(|error| unreachable(&lambda_kit::chain(&error)))?).await
    }
}

async fn read(answer: HttpResponse) -> Result<String, AwsError> {
    let status = answer.status().as_u16();
    let body = tokio::time::timeout(TIMEOUT, ByteStream::new(answer.into_body()).collect()).await;
    let body = body.map_err(|_| unreachable("the answer did not end within 3 s"))?;
    let body = body.map_err(|error| unreachable(&lambda_kit::chain(&error)))?.to_vec();
    let body = String::from_utf8(body).map_err(|_| unreachable("the answer is not UTF-8"))?;
    if status == 200 {
        return Ok(body);
    }
    let text = |name| elements(&body, name).next().map(str::to_owned);
    Err(AwsError::Refused {
        operation: OPERATION,
        code: text("Code").unwrap_or_else(|| format!("HTTP {status}")),
        message: text("Message").unwrap_or_else(|| "no message".to_owned()),
        status,
    })
}

fn unreachable(reason: &str) -> AwsError {
    AwsError::Unreachable {
        operation: OPERATION,
        reason: reason.to_owned(),
    }
}

/// The texts of all elements of a name. What is read so has no attributes, no elements within and no character that XML escapes.
fn elements<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
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

    /// As in the API reference, with a second entry.
    const PAGE: &str = r#"<GetManagedPrefixListEntriesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
        <requestId>39a3c79f-846f-4382-a592-example</requestId>
        <entrySet><item><cidr>10.0.0.0/16</cidr><description>a</description></item>
        <item><cidr>2600:1fa0::/32</cidr></item></entrySet>
        </GetManagedPrefixListEntriesResponse>"#;

    #[test]
    fn elements_are_found_by_their_name() {
        assert_eq!(
            elements(PAGE, "cidr").collect::<Vec<_>>(),
            ["10.0.0.0/16", "2600:1fa0::/32"]
        );
        assert_eq!(elements(PAGE, "nextToken").count(), 0);
        assert_eq!(elements("<cidr>1", "cidr").count(), 0);
    }
}
