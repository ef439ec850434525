//! SNS Publish over awsQuery, for an SNS endpoint on this machine: the Authorization header names the region and signs nothing.

use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Three attempts in all; the pauses between them.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(1000)];
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct SnsClient {
    endpoint: Uri,
    http: Client<HttpConnector, Full<Bytes>>,
}

impl SnsClient {
    pub(crate) fn new(endpoint: &str) -> Result<Self> {
        Ok(Self {
            endpoint: endpoint
                .parse()
                .with_context(|| format!("the SNS endpoint {endpoint:?} is no URL"))?,
            http: Client::builder(TokioExecutor::new()).build_http(),
        })
    }

    /// Publishes; the error is that of the last attempt.
    pub(crate) async fn publish(&self, topic: &str, subject: &str, message: &str) -> Result<()> {
        for pause in PAUSES {
            if self.attempt(topic, subject, message).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
        }
        self.attempt(topic, subject, message).await
    }

    async fn attempt(&self, topic: &str, subject: &str, message: &str) -> Result<()> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", "Publish")
            .append_pair("Version", "2010-03-31")
            .append_pair("TopicArn", topic)
            .append_pair("Subject", subject)
            .append_pair("Message", message)
            .finish();
        let request = Request::post(self.endpoint.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
            .header(AUTHORIZATION, authorization(topic))
            .body(Full::from(form))?;
        let exchange = async {
            let answer = self.http.request(request).await?;
            let status = answer.status();
            let body = answer.into_body().collect().await?.to_bytes();
            if !status.is_success() {
                bail!("SNS answered {status}: {}", String::from_utf8_lossy(&body));
            }
            Ok(())
        };
        let exchange = tokio::time::timeout(ATTEMPT_TIMEOUT, exchange);
        exchange.await.context("SNS did not answer in time")?
    }
}

/// Account as access key and region of the topic, which is all that an emulator reads.
fn authorization(topic: &str) -> String {
    let mut parts = topic.split(':').skip(3);
    let (region, account) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let day: String = now.chars().take(10).filter(|character| *character != '-').collect();
    format!(
        "AWS4-HMAC-SHA256 Credential={account}/{day}/{region}/sns/aws4_request, SignedHeaders=host, Signature={}",
        "0".repeat(64)
    )
}
