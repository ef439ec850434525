//! From an HTTP request to an API call or a control.

use std::sync::Arc;

use emulator_kit::response::plain;
use emulator_kit::{HttpResponse, Reset, http};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use tokio::net::TcpStream;

use crate::request::ApiRequest;
use crate::routes::{BASE_PATH, REVOKE_PATH, TOKEN_PATH};
use crate::{Shared, admin, call};

/// Largest request. Access lists are the largest, and have a few hundred entries.
const MAX_BODY: usize = 1024 * 1024;

/// What serves a connection.
pub(crate) fn connections(shared: Arc<Shared>) -> impl FnMut(TcpStream) + Send + 'static {
    http::connections(move |request| {
        let shared = Arc::clone(&shared);
        async move { route(&shared, request).await }
    })
}

async fn route(shared: &Arc<Shared>, request: Request<Incoming>) -> Result<HttpResponse, Reset> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return Ok(plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the request cannot be read, or is larger than 1 MiB",
        ));
    };
    let body = body.to_bytes();
    let path = parts.uri.path();
    if let Some(control) = path.strip_prefix("/_emulator/") {
        let segments: Vec<_> = control.split('/').collect();
        return Ok(admin::route(shared, parts.method.as_str(), &segments, &body));
    }
    let is_api = path.starts_with(BASE_PATH) || path == TOKEN_PATH || path == REVOKE_PATH;
    if !is_api {
        return Ok(plain(StatusCode::NOT_FOUND, "neither an API call nor /_emulator"));
    }
    // A task of its own: like Atlas, it continues its work after the client has disconnected.
    let shared = Arc::clone(shared);
    let call = tokio::spawn(async move {
        let path = parts.uri.path();
        let request = ApiRequest {
            method: parts.method.as_str(),
            path,
            query: parts.uri.query().unwrap_or_default(),
            target: parts.uri.path_and_query().map_or(path, |target| target.as_str()),
            headers: &parts.headers,
            body: &body,
        };
        call::run(&shared, &request).await
    });
    // A panic in there was printed already.
    call.await.unwrap_or(Err(Reset))
}
