//! Calls of another service on this machine: the Authorization header names account and region and signs nothing.

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

/// Where a service is.
#[derive(Debug)]
pub(crate) struct Endpoint {
    uri: Uri,
    http: Client<HttpConnector, Full<Bytes>>,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// As a signature names it.
    pub(crate) service: &'static str,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) content_type: &'static str,
    /// Beside those that every call has.
    pub(crate) headers: &'a [(&'static str, &'static str)],
    pub(crate) body: String,
}

impl Endpoint {
    pub(crate) fn new(url: &str) -> Result<Self> {
        Ok(Self {
            uri: url.parse().with_context(|| format!("the endpoint {url:?} is no URL"))?,
            http: Client::builder(TokioExecutor::new()).build_http(),
        })
    }

    /// Sends a call until `is_done` of its answer; the error is that of the last attempt.
    pub(crate) async fn send(&self, call: &Call<'_>, is_done: fn(&[u8]) -> bool) -> Result<()> {
        for pause in PAUSES {
            if self.attempt(call, is_done).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
        }
        self.attempt(call, is_done).await
    }

    async fn attempt(&self, call: &Call<'_>, is_done: fn(&[u8]) -> bool) -> Result<()> {
        let mut request = Request::post(self.uri.clone())
            .header(CONTENT_TYPE, call.content_type)
            .header(AUTHORIZATION, authorization(call));
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(call.body.clone()))?;
        let exchange = async {
            let answer = self.http.request(request).await?;
            let status = answer.status();
            let body = answer.into_body().collect().await?.to_bytes();
            if !status.is_success() || !is_done(&body) {
                let text = String::from_utf8_lossy(&body);
                bail!("{} answered {status}: {text}", call.service);
            }
            Ok(())
        };
        let exchange = tokio::time::timeout(ATTEMPT_TIMEOUT, exchange);
        exchange
            .await
            .with_context(|| format!("{} did not answer in time", call.service))?
    }
}

/// Account as access key and the region, which is all that an emulator reads.
fn authorization(call: &Call<'_>) -> String {
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let day: String = now.chars().take(10).filter(|character| *character != '-').collect();
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{day}/{}/{}/aws4_request, SignedHeaders=host, Signature={}",
        call.account,
        call.region,
        call.service,
        "0".repeat(64)
    )
}
