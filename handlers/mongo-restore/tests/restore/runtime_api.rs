//! Lambda around the real binary: the Runtime API, and Lambda's own Invoke, which gives it the next event.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::process::{Running, command, start};
use crate::world::World;

pub(crate) const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:restore:live";

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reported {
    Answer(Value),
    /// `errorType` and `errorMessage`.
    Error(String, String),
}

#[derive(Default)]
struct State {
    events: Mutex<VecDeque<String>>,
    reported: Mutex<Vec<Reported>>,
    invoked: Mutex<Vec<(String, Value)>>,
    /// Statuses with which Lambda refuses the next calls of Invoke.
    refusals: Mutex<VecDeque<u16>>,
    changed: Notify,
}

/// A Lambda of one function.
pub(crate) struct Lambda {
    address: String,
    state: Arc<State>,
    server: tokio::task::JoinHandle<()>,
    left: Duration,
}

impl Drop for Lambda {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Lambda {
    /// Every invocation has so much time.
    pub(crate) async fn start(left: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(State::default());
        let serving = Arc::clone(&state);
        let server = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let state = Arc::clone(&serving);
                tokio::spawn(async move {
                    let service = service_fn(move |request| serve(Arc::clone(&state), request, left));
                    let connection = hyper::server::conn::http1::Builder::new();
                    connection.serve_connection(TokioIo::new(stream), service).await.ok();
                });
            }
        });
        Self {
            address,
            state,
            server,
            left,
        }
    }

    /// The binary as Lambda starts it.
    pub(crate) fn function(&self, world: &World) -> Running {
        assert!(self.left > Duration::ZERO);
        let mut command = command(&[
            ("AWS_ENDPOINT_URL", &world.front.url()),
            ("AWS_ENDPOINT_URL_LAMBDA", &format!("http://{}", self.address)),
            ("AWS_LAMBDA_RUNTIME_API", &self.address),
            ("AWS_LAMBDA_FUNCTION_NAME", "restore"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/restore"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "stream"),
            ("LECTERN_LOG", "trace"),
        ]);
        command.arg("--ignored");
        start(command)
    }

    pub(crate) fn send(&self, event: &Value) {
        self.state.events.lock().unwrap().push_back(event.to_string());
        self.state.changed.notify_waiters();
    }

    pub(crate) fn refuse_invoke(&self, statuses: &[u16]) {
        self.state.refusals.lock().unwrap().extend(statuses);
    }

    /// Waits until so many invocations have ended.
    pub(crate) async fn reported(&self, number: usize) -> Vec<Reported> {
        let all = async {
            loop {
                let changed = self.state.changed.notified();
                let reported = self.state.reported.lock().unwrap().clone();
                if reported.len() >= number {
                    return reported;
                }
                tokio::time::timeout(Duration::from_millis(200), changed).await.ok();
            }
        };
        let patience = Duration::from_secs(60);
        tokio::time::timeout(patience, all)
            .await
            .unwrap_or_else(|_| panic!("{:?}", self.state.reported.lock().unwrap()))
    }

    /// What the function invoked, and with what.
    pub(crate) fn invoked(&self) -> Vec<(String, Value)> {
        self.state.invoked.lock().unwrap().clone()
    }
}

fn answer(status: u16, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap();
    response
}

async fn serve(
    state: Arc<State>,
    request: Request<Incoming>,
    left: Duration,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    if path.ends_with("/invocation/next") {
        let event = loop {
            let changed = state.changed.notified();
            if let Some(event) = state.events.lock().unwrap().pop_front() {
                break event;
            }
            tokio::time::timeout(Duration::from_millis(200), changed).await.ok();
        };
        let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + left;
        let mut response = answer(200, event);
        for (name, value) in [
            ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
            ("lambda-runtime-deadline-ms", &deadline.as_millis().to_string()),
            ("lambda-runtime-invoked-function-arn", FUNCTION),
            (
                "lambda-runtime-trace-id",
                "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
            ),
        ] {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        return Ok(response);
    }
    let reported = |reported| {
        state.reported.lock().unwrap().push(reported);
        state.changed.notify_waiters();
    };
    if path.ends_with("/response") {
        reported(Reported::Answer(serde_json::from_slice(&body).unwrap()));
    } else if path.ends_with("/error") {
        let error: Value = serde_json::from_slice(&body).unwrap();
        let text = |field: &str| error[field].as_str().unwrap().to_owned();
        reported(Reported::Error(text("errorType"), text("errorMessage")));
    } else if let Some(function) = path.strip_prefix("/2015-03-31/functions/") {
        if let Some(status) = state.refusals.lock().unwrap().pop_front() {
            let mut refusal = answer(status, r#"{"Type":"Service","Message":"not now"}"#);
            let code = match status {
                429 => "TooManyRequestsException",
                500 => "ServiceException",
                _ => "InvalidRequestContentException",
            };
            refusal.headers_mut().insert("x-amzn-errortype", code.parse().unwrap());
            return Ok(refusal);
        }
        let function = function.strip_suffix("/invocations").unwrap().replace("%3A", ":");
        let text = String::from_utf8(body.to_vec()).unwrap();
        state
            .invoked
            .lock()
            .unwrap()
            .push((function, serde_json::from_str(&text).unwrap()));
        state.events.lock().unwrap().push_back(text);
        state.changed.notify_waiters();
    }
    Ok(answer(202, "{}"))
}
