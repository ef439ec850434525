//! What the provider takes for AWS: it passes calls on to the emulator, which cannot be told to fail, and fails them by script.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What happens to a call.
#[derive(Clone)]
pub(crate) enum Effect {
    /// It is not passed on and gets this answer.
    Answer {
        status: u16,
        code: &'static str,
        body: String,
    },
    /// It is carried out, and the connection ends without an answer.
    LoseAnswer,
    /// It is carried out, and its answer waits.
    Hold(Arc<Gate>),
}

/// Where a held answer waits.
#[derive(Default)]
pub(crate) struct Gate {
    pub(crate) reached: Notify,
    pub(crate) open: Notify,
}

impl Effect {
    pub(crate) fn refusal(status: u16, code: &'static str, message: &str) -> Self {
        Self::Answer {
            status,
            code,
            body: serde_json::json!({ "message": message, "Message": message }).to_string(),
        }
    }

    pub(crate) fn throttle() -> Self {
        Self::refusal(429, "ThrottlingException", "Rate exceeded")
    }

    pub(crate) fn denied() -> Self {
        Self::refusal(403, "AccessDeniedException", "User is not authorized to perform this")
    }
}

struct Rule {
    operation: &'static str,
    skip: u32,
    times: u32,
    effect: Effect,
}

struct Shared {
    upstream: String,
    client: Client<HttpConnector, Full<Bytes>>,
    calls: Mutex<Vec<String>>,
    rules: Mutex<Vec<Rule>>,
}

/// The answer is lost on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on purpose")]
struct Lost;

pub(crate) struct Front {
    address: String,
    shared: Arc<Shared>,
    server: JoinHandle<Infallible>,
}

impl Front {
    pub(crate) async fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            calls: Mutex::default(),
            rules: Mutex::default(),
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            server,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The effect on `times` calls of an operation (`*`: any) after `skip` of them.
    pub(crate) fn script(&self, operation: &'static str, skip: u32, times: u32, effect: Effect) {
        self.shared.rules.lock().unwrap().push(Rule {
            operation,
            skip,
            times,
            effect,
        });
    }

    pub(crate) fn clear(&self) {
        self.shared.rules.lock().unwrap().clear();
        self.shared.calls.lock().unwrap().clear();
    }

    /// Operations since the last `clear`.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.shared.calls.lock().unwrap().clone()
    }

    pub(crate) fn writes(&self) -> Vec<String> {
        let mut calls = self.calls();
        calls.retain(|call| !call.starts_with("Get"));
        calls
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&shared), request));
            // It ends in an error where an answer is lost on purpose.
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await
                .ok();
        });
    }
}

fn operation(method: &Method, path: &str) -> String {
    let verb = match *method {
        Method::POST => "Create",
        Method::GET => "Get",
        Method::PUT => "Update",
        Method::DELETE => "Delete",
        _ => "Other",
    };
    if path.starts_with("/schedules/") {
        format!("{verb}Schedule")
    } else if path.contains("/functions/") && path.ends_with("/configuration") {
        format!("{verb}FunctionConfiguration")
    } else {
        format!("{method} {path}")
    }
}

impl Shared {
    fn effect(&self, operation: &str) -> Option<Effect> {
        let mut rules = self.rules.lock().unwrap();
        let rule = rules
            .iter_mut()
            .find(|rule| rule.times > 0 && ["*", operation].contains(&rule.operation))?;
        if rule.skip > 0 {
            rule.skip -= 1;
            return None;
        }
        rule.times -= 1;
        Some(rule.effect.clone())
    }

    async fn pass_on(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (mut parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let path = parts.uri.path_and_query().unwrap().as_str();
        parts.uri = Uri::try_from(format!("http://{}{path}", self.upstream)).unwrap();
        let answer = self
            .client
            .request(Request::from_parts(parts, Full::new(body)))
            .await
            .unwrap();
        let (parts, body) = answer.into_parts();
        Response::from_parts(parts, Full::new(body.collect().await.unwrap().to_bytes()))
    }
}

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Lost> {
    let operation = operation(request.method(), request.uri().path());
    shared.calls.lock().unwrap().push(operation.clone());
    match shared.effect(&operation) {
        None => Ok(shared.pass_on(request).await),
        Some(Effect::Answer { status, code, body }) => {
            let answer = Response::builder()
                .status(status)
                .header("content-type", "application/json");
            let answer = if status >= 400 {
                answer.header("x-amzn-errortype", code)
            } else {
                answer
            };
            Ok(answer.body(Full::from(body)).unwrap())
        }
        Some(Effect::LoseAnswer) => {
            shared.pass_on(request).await;
            Err(Lost)
        }
        Some(Effect::Hold(gate)) => {
            let answer = shared.pass_on(request).await;
            gate.reached.notify_one();
            gate.open.notified().await;
            Ok(answer)
        }
    }
}
