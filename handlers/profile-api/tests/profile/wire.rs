//! A server as its client sees it: behind it is the real one, unless it is down.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedMutexGuard, watch};
use tokio::task::JoinHandle;

/// How the driver's command begins, in BSON.
const UPDATE: &[u8] = b"\x02update\0";

/// Passes connections on to a server and keeps what clients said. It can be down: then it cuts every connection, new ones at once.
pub(crate) struct Wire {
    address: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    is_up: watch::Sender<bool>,
    said: Mutex<Vec<u8>>,
    /// A connection on which a client says this ends when the answer comes.
    cut_after: Mutex<Option<Vec<u8>>>,
    /// Held from an update to its answer. MongoDB makes changes of one document one after the other; FerretDB looks and changes in two
    /// steps, between which another one may come.
    updating: Arc<tokio::sync::Mutex<()>>,
}

impl Wire {
    /// To a server by host and port.
    pub(crate) async fn start(upstream: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            is_up: watch::Sender::new(true),
            said: Mutex::default(),
            cut_after: Mutex::default(),
            updating: Arc::default(),
        });
        let task = tokio::spawn(accept(listener, upstream, Arc::clone(&shared)));
        Self { address, shared, task }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Cuts every connection from now on, those that are open as well.
    pub(crate) fn down(&self) {
        self.shared.is_up.send_replace(false);
    }

    /// Serves again.
    pub(crate) fn up(&self) {
        self.shared.is_up.send_replace(true);
    }

    /// Cuts what is open and serves new connections: what a client finds after its sandbox was frozen for long.
    pub(crate) fn cut(&self) {
        self.down();
        self.up();
    }

    /// Loses the answer to the next message with these bytes in it, which the server gets.
    pub(crate) fn lose_answer_to(&self, part: &str) {
        *self.shared.cut_after.lock().unwrap() = Some(part.as_bytes().to_vec());
    }

    /// Every byte that clients have sent.
    pub(crate) fn said(&self) -> Vec<u8> {
        self.shared.said.lock().unwrap().clone()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

async fn accept(listener: TcpListener, upstream: String, shared: Arc<Shared>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        // Every change of state from now on ends the connection.
        let mut state = shared.is_up.subscribe();
        if !*state.borrow_and_update() {
            continue;
        }
        let (upstream, shared) = (upstream.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            let Ok(server) = TcpStream::connect(&upstream).await else {
                return;
            };
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            let now = Now::default();
            tokio::select! {
                () = forward(from_client, to_server, &shared, &now) => {}
                () = back(from_server, to_client, &now) => {}
                _ = state.changed() => {}
            }
        });
    }
}

/// What is the matter with a connection.
#[derive(Default)]
struct Now {
    lost: AtomicBool,
    updating: Mutex<Option<OwnedMutexGuard<()>>>,
}

async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared, now: &Now) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        let said = bytes.get(..length).unwrap_or_default();
        shared.said.lock().unwrap().extend_from_slice(said);
        let meant = shared
            .cut_after
            .lock()
            .unwrap()
            .take_if(|part| contains(said, part))
            .is_some();
        if meant {
            now.lost.store(true, Ordering::Relaxed);
        }
        if contains(said, UPDATE) {
            let guard = Arc::clone(&shared.updating).lock_owned().await;
            *now.updating.lock().unwrap() = Some(guard);
        }
        if to.write_all(said).await.is_err() {
            return;
        }
    }
}

async fn back(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, now: &Now) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        *now.updating.lock().unwrap() = None;
        let answer = bytes.get(..length).unwrap_or_default();
        if now.lost.load(Ordering::Relaxed) || to.write_all(answer).await.is_err() {
            return;
        }
    }
}
