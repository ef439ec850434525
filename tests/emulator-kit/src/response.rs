//! Responses, and bodies that break off.

use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;

/// What was sent is to leave before the end of the connection takes it along.
const PAUSE: Duration = Duration::from_millis(20);

/// A body whose error closes the connection.
pub type HttpBody = UnsyncBoxBody<Bytes, Reset>;

/// An answer as it goes out.
pub type HttpResponse = Response<HttpBody>;

/// The connection is to be closed without an answer, or in the middle of one.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on purpose")]
pub struct Reset;

/// All of a body at once.
#[must_use]
pub fn whole(body: Bytes) -> HttpBody {
    Full::new(body).map_err(|never| match never {}).boxed_unsync()
}

/// A part of a body, and then the end of the connection.
#[must_use]
pub fn broken_off(part: Bytes) -> HttpBody {
    let parts = stream::unfold(Some(part), |part| async move {
        if let Some(part) = part {
            return Some((Ok(Frame::data(part)), None));
        }
        tokio::time::sleep(PAUSE).await;
        Some((Err(Reset), None))
    });
    StreamBody::new(parts).boxed_unsync()
}

/// A body in this number of parts, with a pause before each.
#[must_use]
pub fn slow(body: Bytes, parts: usize, pause: Duration) -> HttpBody {
    let part = body.len().div_ceil(parts);
    let parts = stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let next = rest.split_to(part.min(rest.len()));
        Some((Ok(Frame::data(next)), rest))
    });
    StreamBody::new(parts).boxed_unsync()
}

/// A response with a body of a type.
#[must_use]
pub fn respond(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> HttpResponse {
    let mut response = Response::new(whole(body.into()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// A line of text for a person to read.
#[must_use]
pub fn plain(status: StatusCode, text: &str) -> HttpResponse {
    respond(status, "text/plain; charset=utf-8", format!("{text}\n"))
}

/// 200 with a value as JSON.
pub fn json_of(value: &impl Serialize) -> HttpResponse {
    match serde_json::to_vec(value) {
        Ok(body) => respond(StatusCode::OK, "application/json", body),
        Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// 200 and nothing to say.
#[must_use]
pub fn done() -> HttpResponse {
    json_of(&json!({}))
}
