//! What the API says, and how it goes out.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use emulator_kit::HttpResponse;
use emulator_kit::response::{HttpBody, broken_off, respond, slow, whole};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER, SERVER, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde_json::Value;

use crate::faults::FaultKind;
use crate::profile::Profile;
use crate::reply::{ApiError, Reply};
use crate::{Shared, alterations, media_type};

/// What the API says to a call, before anything happens to it on the way.
pub(crate) struct Answer {
    pub(crate) result: Result<Reply, ApiError>,
    /// Of the resource, for the content type.
    pub(crate) version: &'static str,
    pub(crate) rate_limit: Option<u64>,
    /// `WWW-Authenticate`.
    pub(crate) challenge: Option<String>,
    /// A newer version of the resource exists.
    pub(crate) is_outdated: bool,
}

impl Answer {
    /// Of a path that is no resource's.
    pub(crate) fn unversioned(result: Result<Reply, ApiError>) -> Self {
        Self {
            result,
            version: "",
            rate_limit: None,
            challenge: None,
            is_outdated: false,
        }
    }

    pub(crate) fn outcome(&self) -> String {
        match &self.result {
            Ok(_) => "ok".to_owned(),
            Err(error) => error.code.clone(),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        match &self.result {
            Ok(reply) => reply.status,
            Err(error) => error.status,
        }
    }
}

/// An answer as it goes out.
pub(crate) fn assemble(shared: &Shared, answer: Answer, profile: &Profile, fault: Option<&FaultKind>) -> HttpResponse {
    let status = answer.status();
    let (mut json, content_type, retry_after) = match &answer.result {
        Ok(reply) if answer.version.is_empty() => (reply.body.clone(), "application/json".to_owned(), None),
        Ok(reply) => (reply.body.clone(), media_type::of_version(answer.version), None),
        Err(error) if answer.challenge.is_some() => (
            Some(error.to_json()),
            "application/json;charset=ISO-8859-1".to_owned(),
            None,
        ),
        Err(error) => (
            Some(error.to_json()),
            "application/json".to_owned(),
            error.retry_after_seconds,
        ),
    };
    if let Some(json) = &mut json {
        if profile.unknown_members {
            alterations::add_unknown_members(json);
        }
        if let Some(fault) = fault {
            alterations::apply(fault, json, answer.result.is_ok());
        }
        json.sort_all_objects();
    }
    let body = json.as_ref().map_or_else(String::new, Value::to_string);
    let length = body.len();
    let mut response = Response::new(delivered(body.into(), fault));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static("mdbws"));
    headers.insert(CONTENT_TYPE, header(&content_type));
    if json.is_some() {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    if let Some(seconds) = retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(challenge) = &answer.challenge {
        headers.insert(WWW_AUTHENTICATE, header(challenge));
    }
    if let Some(limit) = answer.rate_limit {
        let before = shared.answers.fetch_add(1, Ordering::Relaxed);
        headers.insert("ratelimit-limit", HeaderValue::from(limit));
        headers.insert("ratelimit-remaining", HeaderValue::from(limit - 1 - before % limit));
    }
    if answer.is_outdated {
        headers.insert("deprecation", HeaderValue::from_static("Mon, 5 Aug 2024 00:00:00 GMT"));
        headers.insert("sunset", HeaderValue::from_static("Thu, 1 Jul 2027 00:00:00 GMT"));
    }
    response
}

/// A body as it arrives.
fn delivered(body: Bytes, fault: Option<&FaultKind>) -> HttpBody {
    match fault {
        Some(FaultKind::ResetMidBody) => broken_off(body.slice(..body.len() / 2)),
        Some(FaultKind::SlowBody { delay_ms }) => slow(body, 4, Duration::from_millis(*delay_ms)),
        _ => whole(body),
    }
}

pub(crate) fn bad_gateway(with_page: bool) -> HttpResponse {
    let page =
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n";
    let mut response = respond(StatusCode::BAD_GATEWAY, "text/html", if with_page { page } else { "" });
    if !with_page {
        response.headers_mut().remove(CONTENT_TYPE);
    }
    response
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("unprintable"))
}
