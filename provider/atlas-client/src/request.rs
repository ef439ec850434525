//! One request, and the head of its answer.

use crate::answer::Failure;
use crate::error::Operation;
use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, Response, Url};
use tokio::time::Instant;
use tracing::debug;

/// One call, ready to be sent any number of times.
pub(crate) struct Request {
    pub(crate) operation: Operation,
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// Versioned media type, for Accept and Content-Type.
    pub(crate) media_type: &'static str,
    pub(crate) body: Option<Bytes>,
    /// Whether the answer's body matters; if not, the status alone decides and no broken body causes another attempt.
    pub(crate) reads_answer: bool,
}

impl Request {
    pub(crate) fn build(&self, authorization: Option<HeaderValue>) -> reqwest::Request {
        let mut request = reqwest::Request::new(self.method.clone(), self.url.clone());
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static(self.media_type));
        if let Some(value) = authorization {
            headers.insert(AUTHORIZATION, value);
        }
        if let Some(body) = &self.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
            *request.body_mut() = Some(body.clone().into());
        }
        request
    }
}

/// Sends once, and gives the head of the answer.
pub(crate) async fn exchange(
    http: &Client,
    operation: &Operation,
    request: reqwest::Request,
    attempt: u32,
) -> Result<Response, Failure> {
    let started = Instant::now();
    let response = http
        .execute(request)
        .await
        .map_err(|error| Failure::from_http(operation, error))?;
    debug!(
        method = operation.method,
        path = %operation.path,
        attempt,
        status = response.status().as_u16(),
        elapsed_ms = started.elapsed().as_millis(),
        "Atlas answered"
    );
    Ok(response)
}
