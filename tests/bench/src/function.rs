//! A Lambda function's process, started as Lambda starts it, and the Runtime API that hands it one event.

use std::convert::Infallible;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::processes::{self, Cost};

/// Longer than any dump here takes.
const PATIENCE: Duration = Duration::from_secs(900);

/// What the function asks for and says.
struct RuntimeApi {
    polls: mpsc::UnboundedSender<Instant>,
    next: Mutex<mpsc::Receiver<String>>,
    said: mpsc::UnboundedSender<(bool, Value)>,
}

/// A function that is killed when this is dropped.
pub(crate) struct Function {
    child: Child,
    started: Instant,
    polls: mpsc::UnboundedReceiver<Instant>,
    events: mpsc::Sender<String>,
    said: mpsc::UnboundedReceiver<(bool, Value)>,
    server: JoinHandle<Infallible>,
}

impl Function {
    pub(crate) async fn start(mut command: Command, name: &str, environment: &[(String, String)]) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (poll, polls) = mpsc::unbounded_channel();
        let (events, next) = mpsc::channel(1);
        let (say, said) = mpsc::unbounded_channel();
        let api = Arc::new(RuntimeApi {
            polls: poll,
            next: Mutex::new(next),
            said: say,
        });
        let server = tokio::spawn(serve(listener, api));
        command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Self {
            child,
            started,
            polls,
            events,
            said,
            server,
        })
    }

    /// From the start of the process until it asked for an event: what Lambda counts as initialization.
    pub(crate) async fn first_poll(&mut self) -> Result<Duration> {
        let polled = tokio::time::timeout(PATIENCE, self.polls.recv()).await?;
        Ok(polled.context("the function ended")? - self.started)
    }

    /// The function's answer to an event, the time from one to the other, and CPU and peak memory since the process started.
    pub(crate) async fn invoke(&mut self, event: String) -> Result<(Value, Cost)> {
        let sent = Instant::now();
        self.events.send(event).await?;
        let (succeeded, said) = tokio::time::timeout(PATIENCE, self.said.recv())
            .await?
            .context("the function ended")?;
        let wall_seconds = sent.elapsed().as_secs_f64();
        if !succeeded {
            bail!("the function failed: {said}");
        }
        let pid = self.child.id().context("the function ended")?;
        let cost = processes::so_far(pid, wall_seconds).context("the function ended")?;
        Ok((said, cost))
    }

    /// Time since the start of the process.
    pub(crate) fn since_start(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) async fn end(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, api: Arc<RuntimeApi>) -> Infallible {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let api = Arc::clone(&api);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&api), request));
            // The function is killed while it waits for another event.
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await
                .ok();
        });
    }
}

async fn answer(api: Arc<RuntimeApi>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
    let (parts, body) = request.into_parts();
    if parts.method == Method::GET {
        api.polls.send(Instant::now()).ok();
        let event = api.next.lock().await.recv().await;
        // As on Lambda, a function waits as long as there is nothing to do.
        let Some(event) = event else {
            std::future::pending().await
        };
        let deadline = SystemTime::now().duration_since(UNIX_EPOCH)? + PATIENCE;
        return Ok(Response::builder()
            .header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
            .header("Lambda-Runtime-Deadline-Ms", deadline.as_millis().to_string())
            .header(
                "Lambda-Runtime-Invoked-Function-Arn",
                "arn:aws:lambda:us-east-1:000000000000:function:bench",
            )
            .body(Full::from(event))?);
    }
    let said = serde_json::from_slice(&body.collect().await?.to_bytes())?;
    api.said.send((parts.uri.path().ends_with("/response"), said)).ok();
    Ok(Response::builder().status(202).body(Full::default())?)
}
