//! A server that records each request and answers, or fails to, as the test says.

use atlas_client::{AtlasConfig, Credentials, HttpAtlas, ProjectId, RetryPolicy, Secret};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

pub(crate) const PROJECT: &str = "5f1b2c3d4e5f60718293a4b5";
pub(crate) const SERVICE: &str = "6a1b2c3d4e5f60718293a4b5";
pub(crate) const ENDPOINT: &str = "vpce-0a1b2c3d4e5f60718";

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }
}

/// What happens to a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// The connection is reset before a byte of the answer.
    Reset,
    /// The connection is reset after half of the announced body.
    ResetMidBody,
    /// The connection ends in good order after half of the announced body.
    Cut,
    /// No length is announced, and the connection ends within the JSON.
    CutWithoutLength,
    /// No answer ever.
    Silence,
    /// The head of an answer, and then nothing ever.
    SilenceAfterHead,
}

impl Reply {
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.into()));
        }
        self
    }
}

pub(crate) fn json(status: u16, body: &str) -> Reply {
    Reply::Answer {
        status,
        headers: vec![("Content-Type", "application/json".into())],
        body: body.into(),
    }
}

/// An error as Atlas words it.
pub(crate) fn refusal(status: u16, code: &str, detail: &str) -> Reply {
    json(
        status,
        &format!(r#"{{"detail":"{detail}","error":{status},"errorCode":"{code}","parameters":[1,"x"],"reason":"-"}}"#),
    )
}

type Handler = dyn Fn(&Seen, usize) -> Reply + Send + Sync;

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// `answer` gets each request with its number from 0.
    pub(crate) async fn new(answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (answer, record, count): (Arc<Handler>, _, _) =
            (Arc::new(answer), seen.clone(), Arc::new(AtomicUsize::new(0)));
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (answer, record, count) = (answer.clone(), record.clone(), count.clone());
                connections.spawn(async move {
                    let mut stream = BufReader::new(stream);
                    while let Some(request) = read_request(&mut stream).await {
                        let number = count.fetch_add(1, Ordering::SeqCst);
                        record.lock().unwrap().push(request.clone());
                        if !act(answer(&request, number), stream.get_mut()).await {
                            break;
                        }
                    }
                });
            }
        });
        Self { url, seen, task }
    }

    /// The n-th request gets the n-th reply; one more would be refused in a way no test expects.
    pub(crate) async fn scripted(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Vec<Reply> = replies.into_iter().collect();
        Self::new(move |_, n| {
            replies
                .get(n)
                .cloned()
                .unwrap_or_else(|| refusal(418, "UNSCRIPTED", "one too many"))
        })
        .await
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let mut seen = Seen {
        method: words.next()?.into(),
        target: words.next()?.into(),
        ..Seen::default()
    };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => seen.headers.push((name.into(), value.into())),
            None => break,
        }
    }
    let length = seen
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    seen.body = String::from_utf8(body).unwrap();
    Some(seen)
}

/// Whether the connection continues.
async fn act(reply: Reply, stream: &mut TcpStream) -> bool {
    const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"id\":\"half of it";
    match reply {
        Reply::Answer { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            return stream.write_all(format!("{head}\r\n{body}").as_bytes()).await.is_ok();
        }
        Reply::Reset => stream.set_zero_linger().unwrap(),
        Reply::ResetMidBody => {
            stream.write_all(HALF.as_bytes()).await.unwrap();
            stream.set_zero_linger().unwrap();
        }
        Reply::Cut => stream.write_all(HALF.as_bytes()).await.unwrap(),
        Reply::CutWithoutLength => {
            let text = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"id\":\"half of it";
            stream.write_all(text.as_bytes()).await.unwrap();
        }
        Reply::Silence => std::future::pending().await,
        Reply::SilenceAfterHead => {
            stream.write_all(HALF.as_bytes()).await.unwrap();
            std::future::pending().await
        }
    }
    false
}

pub(crate) fn project() -> ProjectId {
    ProjectId::parse(PROJECT).unwrap()
}

pub(crate) fn api_key() -> Credentials {
    Credentials::ApiKey {
        public_key: "abcdefgh".into(),
        private_key: Secret::new(PRIVATE_KEY),
    }
}

pub(crate) fn service_account() -> Credentials {
    Credentials::ServiceAccount {
        client_id: "mdb_sa_id_1".into(),
        client_secret: Secret::new(CLIENT_SECRET),
    }
}

pub(crate) const PRIVATE_KEY: &str = "private-key-not-to-be-seen";
pub(crate) const CLIENT_SECRET: &str = "mdb_sa_sk_not/to+be seen";

/// Four attempts with waits of milliseconds.
pub(crate) fn config(url: &str, credentials: Credentials) -> AtlasConfig {
    let (base, cap) = (Duration::from_millis(1), Duration::from_millis(4));
    AtlasConfig::new(url, credentials, "lectern/test")
        .unwrap()
        .with_retry(RetryPolicy {
            max_attempts: 4,
            base,
            cap,
        })
}

/// The server does not have to ask for the key: the client sends without it first.
pub(crate) fn client(server: &Server) -> HttpAtlas {
    HttpAtlas::new(config(&server.url, api_key())).unwrap()
}

/// The error with all its causes, as a user sees it, and as a debugger does.
pub(crate) fn everything_shown(error: &atlas_client::AtlasError) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {}", error.advice());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    text
}
