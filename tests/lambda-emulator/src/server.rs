//! The server. Source: AWS Lambda developer guide, "Using the Lambda runtime API"; API reference, Invoke.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use emulator_kit::http;
use emulator_kit::server::accept;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::{Ended, Shared};

const REQUEST_ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
const TRACE_ID: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1";

pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    let connections = http::connections(move |request| answer(Arc::clone(&shared), request));
    accept(listener, connections).await
}

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let Ok(body) = request.into_body().collect().await else {
        return Ok(response(400, ""));
    };
    let body = body.to_bytes();
    if path.ends_with("/invocation/next") {
        return Ok(next(&shared).await);
    }
    let body: Value = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(_) => return Ok(response(400, r#"{"errorType":"InvalidRequestFormat"}"#)),
    };
    if path.ends_with("/response") {
        shared.change(|state| state.ended.push(Ended::Answer(body)));
    } else if path.ends_with("/error") {
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        let error = Ended::Error(text("errorType"), text("errorMessage"));
        shared.change(|state| state.ended.push(error));
    } else if let Some(function) = path.strip_prefix("/2015-03-31/functions/") {
        return Ok(invoke(&shared, function, body));
    }
    Ok(response(202, "{}"))
}

/// As on Lambda, a function waits as long as there is nothing to do.
async fn next(shared: &Shared) -> Response<Full<Bytes>> {
    shared.change(|state| state.polls.push_back(Instant::now()));
    let event = shared.wait(|state| state.events.pop_front()).await;
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + shared.time;
    let mut response = response(200, event);
    for (name, value) in [
        ("lambda-runtime-aws-request-id", REQUEST_ID),
        ("lambda-runtime-deadline-ms", &deadline.as_millis().to_string()),
        ("lambda-runtime-invoked-function-arn", &shared.function_arn),
        ("lambda-runtime-trace-id", TRACE_ID),
    ] {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn invoke(shared: &Shared, function: &str, event: Value) -> Response<Full<Bytes>> {
    if let Some(status) = shared.state().refusals.pop_front() {
        let code = match status {
            429 => "TooManyRequestsException",
            500 => "ServiceException",
            _ => "InvalidRequestContentException",
        };
        let mut refusal = response(status, r#"{"Type":"Service","Message":"not now"}"#);
        refusal
            .headers_mut()
            .insert("x-amzn-errortype", hyper::header::HeaderValue::from_static(code));
        return refusal;
    }
    let function = function
        .strip_suffix("/invocations")
        .unwrap_or(function)
        .replace("%3A", ":");
    shared.change(|state| {
        state.events.push_back(event.to_string());
        state.invoked.push((function, event));
    });
    response(202, "{}")
}

fn response(status: u16, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
