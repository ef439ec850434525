//! The real binary, and a Lambda Runtime API that hands it events.

use std::convert::Infallible;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::world::{FUNCTION, REGION};

/// What the function told the Runtime API.
#[derive(Debug)]
pub(crate) enum Told {
    Response(Value),
    /// `errorType`.
    Error(String),
}

struct Events {
    next: Mutex<mpsc::Receiver<String>>,
    told: mpsc::Sender<Told>,
}

/// A process that serves one event after the other; it is killed when this is dropped.
pub(crate) struct Function {
    child: Child,
    events: mpsc::Sender<String>,
    told: mpsc::Receiver<Told>,
    lines: mpsc::UnboundedReceiver<String>,
    server: JoinHandle<Infallible>,
}

impl Function {
    pub(crate) async fn start(endpoint_url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (events, next) = mpsc::channel(1);
        let (tell, told) = mpsc::channel(1);
        let shared = Arc::new(Events {
            next: Mutex::new(next),
            told: tell,
        });
        let server = tokio::spawn(serve(listener, shared));
        let mut child = Command::new(env!("CARGO_BIN_EXE_mongo-dump"))
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "mongo-dump")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_ENDPOINT_URL", endpoint_url)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", REGION)
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (line, lines) = mpsc::unbounded_channel();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        tokio::spawn(async move {
            while let Ok(Some(text)) = stdout.next_line().await {
                line.send(text).ok();
            }
        });
        Self {
            child,
            events,
            told,
            lines,
            server,
        }
    }

    pub(crate) async fn send(&self, event: String) {
        self.events.send(event).await.unwrap();
    }

    pub(crate) async fn answer(&mut self) -> Told {
        tokio::time::timeout(Duration::from_secs(120), self.told.recv())
            .await
            .unwrap()
            .unwrap()
    }

    pub(crate) async fn invoke(&mut self, event: String) -> Told {
        self.send(event).await;
        self.answer().await
    }

    /// The most memory that it had in use at any time, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }

    /// At once, in the middle of whatever it does.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Values of a metric in what it has written so far; it has to be dead.
    pub(crate) async fn metric(&mut self, name: &str) -> Vec<f64> {
        let mut values = Vec::new();
        while let Some(line) = self.lines.recv().await {
            let line: Value = serde_json::from_str(&line).unwrap();
            if line.get("_aws").is_some() {
                values.extend(line[name].as_f64());
            }
        }
        values
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, events: Arc<Events>) -> Infallible {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let events = Arc::clone(&events);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&events), request));
            // The function is killed in the middle of a request.
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await
                .ok();
        });
    }
}

async fn answer(events: Arc<Events>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if parts.method == Method::GET {
        let event = events.next.lock().await.recv().await;
        // Nobody sends any more: as on Lambda, the function waits.
        let Some(event) = event else {
            std::future::pending().await
        };
        let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(900);
        let response = Response::builder()
            .header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
            .header("Lambda-Runtime-Deadline-Ms", deadline.as_millis().to_string())
            .header("Lambda-Runtime-Invoked-Function-Arn", FUNCTION)
            .body(Full::from(event));
        return Ok(response.unwrap());
    }
    let body: Value = serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
    let told = if path.ends_with("/response") {
        Told::Response(body)
    } else {
        Told::Error(body["errorType"].as_str().unwrap().to_owned())
    };
    events.told.send(told).await.ok();
    Ok(Response::builder().status(202).body(Full::default()).unwrap())
}
