//! The server between a subject and the emulator.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use hyper::http::request;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::call::{self, Call, Protocol};
use crate::effect::{self, Effect, Rule};

const PAUSE: Duration = Duration::from_millis(20);

/// Why a connection ends early.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("the connection is closed on purpose")]
    OnPurpose,
    #[error("the emulator does not answer")]
    Upstream(#[source] Box<dyn std::error::Error + Send + Sync>),
}

type Answer = Response<BoxBody<Bytes, Ended>>;

struct Shared {
    upstream: String,
    client: Client<HttpConnector, Full<Bytes>>,
    calls: Mutex<Vec<Call>>,
    rules: Mutex<Vec<Rule>>,
}

/// An HTTP server on a port of its own; it ends when it is dropped.
pub struct Front {
    url: String,
    shared: Arc<Shared>,
    server: JoinHandle<Infallible>,
}

impl Front {
    /// Starts before an emulator's `http://` address.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be had.
    pub async fn start(upstream: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            upstream: upstream.trim_end_matches('/').to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            calls: Mutex::default(),
            rules: Mutex::default(),
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { url, shared, server })
    }

    /// The address to call.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Adds a rule. The first whose turn it is decides; the others do not count the call.
    pub fn script(&self, rule: Rule) {
        lock(&self.shared.rules).push(rule);
    }

    /// Forgets all rules and calls.
    pub fn clear(&self) {
        lock(&self.shared.rules).clear();
        lock(&self.shared.calls).clear();
    }

    /// Calls in the order of their arrival, since the last [`Front::clear`].
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.shared.calls).clone()
    }

    /// Names of the operations of [`Front::calls`].
    #[must_use]
    pub fn operations(&self) -> Vec<String> {
        self.calls().into_iter().map(|call| call.operation).collect()
    }

    /// How often an operation was called.
    #[must_use]
    pub fn calls_of(&self, operation: &str) -> usize {
        self.calls().iter().filter(|call| call.operation == operation).count()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&shared), request));
            // It ends in an error where a connection is closed on purpose.
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await
                .ok();
        });
    }
}

fn upstream(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Ended {
    Ended::Upstream(error.into())
}

fn full(body: Bytes) -> BoxBody<Bytes, Ended> {
    Full::new(body).map_err(|never| match never {}).boxed()
}

impl Shared {
    fn effect(&self, call: &Call) -> Option<Effect> {
        lock(&self.calls).push(call.clone());
        lock(&self.rules).iter_mut().find_map(|rule| rule.apply(call))
    }

    /// Carries a call out. The Host header stays as it came, since it is part of the signature.
    async fn carry_out(&self, mut parts: request::Parts, body: Bytes) -> Result<Response<Bytes>, Ended> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        parts.uri = Uri::try_from(format!("{}{path}", self.upstream)).map_err(upstream)?;
        parts.headers.remove(TRANSFER_ENCODING);
        let answer = self.client.request(Request::from_parts(parts, Full::new(body)));
        let (parts, body) = answer.await.map_err(upstream)?.into_parts();
        let body = body.collect().await.map_err(upstream)?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }
}

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Answer, Ended> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(upstream)?.to_bytes();
    let (call, protocol) = call::read(&parts, &body);
    let effect = shared.effect(&call);
    match effect {
        Some(Effect::Refuse { status, code, message }) => Ok(refuse(protocol, status, &code, &message)),
        Some(Effect::Answer { status, body }) => {
            let kind = if protocol == Protocol::Json {
                "application/json"
            } else {
                "application/xml"
            };
            Ok(made(status, kind, body.into()))
        }
        Some(Effect::Reset) => Err(Ended::OnPurpose),
        Some(Effect::HoldRequest(gate)) => {
            gate.reached.notify_one();
            gate.open.notified().await;
            Ok(shared.carry_out(parts, body).await?.map(full))
        }
        effect => after(effect, shared.carry_out(parts, body).await?).await,
    }
}

/// What happens to the answer of a call that was carried out.
async fn after(effect: Option<Effect>, answer: Response<Bytes>) -> Result<Answer, Ended> {
    let (mut parts, body) = answer.into_parts();
    let body = match effect {
        Some(Effect::LoseAnswer) => return Err(Ended::OnPurpose),
        Some(Effect::ReplaceBody(text)) => {
            parts.headers.remove(CONTENT_LENGTH);
            full(text.into())
        }
        Some(Effect::CutBody(bytes)) => {
            let start = body.slice(..bytes.min(body.len()));
            // The pause lets the bytes go out before the connection is closed.
            let end = stream::once(async {
                tokio::time::sleep(PAUSE).await;
                Err(Ended::OnPurpose)
            });
            let start = stream::once(async { Ok(Frame::data(start)) });
            BoxBody::new(StreamBody::new(start.chain(end)))
        }
        Some(Effect::AlterBody(hundredths)) => {
            let mut bytes = body.to_vec();
            let at = (bytes.len() * hundredths / 100).min(bytes.len().saturating_sub(1));
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1;
            }
            full(bytes.into())
        }
        Some(Effect::Delay(time)) => {
            tokio::time::sleep(time).await;
            full(body)
        }
        Some(Effect::HoldAnswer(gate)) => {
            gate.reached.notify_one();
            gate.open.notified().await;
            full(body)
        }
        _ => full(body),
    };
    Ok(Response::from_parts(parts, body))
}

fn refuse(protocol: Protocol, status: u16, code: &str, message: &str) -> Answer {
    let (kind, body) = effect::error(protocol, code, message);
    let mut answer = made(status, kind, body);
    if let (Protocol::Json, Ok(code)) = (protocol, code.parse()) {
        answer.headers_mut().insert("x-amzn-errortype", code);
    }
    answer
}

fn made(status: u16, kind: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(full(body));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(kind) = kind.parse() {
        answer.headers_mut().insert(CONTENT_TYPE, kind);
    }
    answer
}
