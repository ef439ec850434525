//! MongoDB's server as a client sees it: behind it is the real one, unless it is down.

use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Passes connections on to a server, and can be down: then it cuts every connection, new ones at once.
pub(crate) struct Server {
    address: String,
    is_up: Arc<watch::Sender<bool>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(upstream: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let is_up = Arc::new(watch::Sender::new(true));
        let task = tokio::spawn(accept(listener, upstream, Arc::clone(&is_up)));
        Self { address, is_up, task }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Cuts every connection from now on, those that are open as well.
    pub(crate) fn down(&self) {
        self.is_up.send_replace(false);
    }

    /// Serves again.
    pub(crate) fn up(&self) {
        self.is_up.send_replace(true);
    }

    /// Cuts what is open and serves new connections: what a client finds after its sandbox was frozen for long.
    pub(crate) fn cut(&self) {
        self.down();
        self.up();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, upstream: String, is_up: Arc<watch::Sender<bool>>) {
    loop {
        let Ok((mut client, _)) = listener.accept().await else {
            continue;
        };
        // Every change of state from now on ends the connection.
        let mut state = is_up.subscribe();
        if !*state.borrow_and_update() {
            continue;
        }
        let upstream = upstream.clone();
        tokio::spawn(async move {
            let Ok(mut server) = TcpStream::connect(&upstream).await else {
                return;
            };
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => {}
                _ = state.changed() => {}
            }
        });
    }
}
