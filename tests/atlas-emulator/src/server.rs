//! HTTP/1.1 on 127.0.0.1. hyper below a router, because only a service error closes a connection without an answer.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::routes::{BASE_PATH, REVOKE_PATH, TOKEN_PATH};
use crate::{Shared, admin, call};

/// Largest request. Access lists are the largest, and have a few hundred entries.
const MAX_BODY: usize = 1024 * 1024;

pub(crate) type HttpResponse = Response<UnsyncBoxBody<Bytes, Reset>>;

/// The connection is to be closed without an answer, or in the middle of one.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on purpose")]
pub(crate) struct Reset;

/// Accepts connections until `stop` is sent or dropped.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stop: oneshot::Receiver<Infallible>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stop => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, most likely: others may be closed meanwhile.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let _without_nagle = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { route(&shared, request).await }
            });
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
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
    // A task of its own: like Atlas, it goes on with its work when the client is gone.
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

/// A request to the API.
pub(crate) struct ApiRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// Path and query.
    pub(crate) target: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

pub(crate) fn respond(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> HttpResponse {
    let body = Full::new(body.into()).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

pub(crate) fn plain(status: StatusCode, text: &str) -> HttpResponse {
    respond(status, "text/plain; charset=utf-8", format!("{text}\n"))
}
