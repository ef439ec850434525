//! The server between a subject and the emulator.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use emulator_kit::response::{broken_off, respond, whole};
use emulator_kit::server::accept;
use emulator_kit::{CallLog, Faults, HttpResponse, Reset, http};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::http::request;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::call::{self, Call, Protocol};
use crate::effect::{self, Effect, Rule};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error(transparent)]
    OnPurpose(#[from] Reset),
    #[error("the emulator does not answer")]
    Upstream(#[source] Box<dyn std::error::Error + Send + Sync>),
}

struct Shared {
    upstream: String,
    client: Client<HttpConnector, Full<Bytes>>,
    calls: CallLog<Call>,
    rules: Faults<Rule>,
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
            calls: CallLog::default(),
            rules: Faults::default(),
        });
        let answering = Arc::clone(&shared);
        let connections = http::connections(move |request| answer(Arc::clone(&answering), request));
        let server = tokio::spawn(accept(listener, connections));
        Ok(Self { url, shared, server })
    }

    /// The address to call.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Adds a rule. The first whose turn it is decides; the others do not count the call.
    pub fn script(&self, rule: Rule) {
        self.shared.rules.add(rule);
    }

    /// Forgets all rules and calls.
    pub fn clear(&self) {
        self.shared.rules.clear();
        self.shared.calls.clear();
    }

    /// Calls in the order of their arrival, since the last [`Front::clear`].
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.calls()
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

fn upstream(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Ended {
    Ended::Upstream(error.into())
}

impl Shared {
    fn effect(&self, call: &Call) -> Option<Effect> {
        self.calls.arrived(call.clone());
        self.rules.strike(call)
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

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Result<HttpResponse, Ended> {
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
        Some(Effect::OtherRegion(region)) => Ok(other_region(protocol, &region)),
        Some(Effect::Reset) => Err(Reset.into()),
        Some(Effect::HoldRequest(gate)) => {
            gate.hold().await;
            Ok(shared.carry_out(parts, body).await?.map(whole))
        }
        effect => after(effect, shared.carry_out(parts, body).await?).await,
    }
}

/// What happens to the answer of a call that was carried out.
async fn after(effect: Option<Effect>, answer: Response<Bytes>) -> Result<HttpResponse, Ended> {
    let (mut parts, body) = answer.into_parts();
    let body = match effect {
        Some(Effect::LoseAnswer) => return Err(Reset.into()),
        Some(Effect::Header(name, value)) => {
            if let Ok(value) = value.parse() {
                parts.headers.insert(name, value);
            }
            whole(body)
        }
        Some(Effect::ReplaceBody(text)) => {
            parts.headers.remove(CONTENT_LENGTH);
            whole(text.into())
        }
        Some(Effect::CutBody(bytes)) => broken_off(body.slice(..bytes.min(body.len()))),
        Some(Effect::AlterBody(hundredths)) => {
            let mut bytes = body.to_vec();
            let at = (bytes.len() * hundredths / 100).min(bytes.len().saturating_sub(1));
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1;
            }
            whole(bytes.into())
        }
        Some(Effect::Delay(time)) => {
            tokio::time::sleep(time).await;
            whole(body)
        }
        Some(Effect::HoldAnswer(gate)) => {
            gate.hold().await;
            whole(body)
        }
        _ => whole(body),
    };
    Ok(Response::from_parts(parts, body))
}

fn refuse(protocol: Protocol, status: u16, code: &str, message: &str) -> HttpResponse {
    let (kind, body) = effect::error(protocol, code, message);
    let mut answer = made(status, kind, body);
    if let (Protocol::Json, Ok(code)) = (protocol, code.parse()) {
        answer.headers_mut().insert("x-amzn-errortype", code);
    }
    answer
}

fn other_region(protocol: Protocol, region: &str) -> HttpResponse {
    const MESSAGE: &str = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all \
                           future requests to this endpoint.";
    let mut answer = refuse(protocol, 301, "PermanentRedirect", MESSAGE);
    if let Ok(region) = region.parse() {
        answer.headers_mut().insert("x-amz-bucket-region", region);
    }
    answer
}

fn made(status: u16, kind: &'static str, body: Bytes) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    respond(status, kind, body)
}
