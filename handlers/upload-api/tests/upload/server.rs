//! MongoDB's address as the function knows it: what is behind can go away and come back.

use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A port that leads to another one, while it is up.
pub(crate) struct Server {
    address: String,
    up: Arc<watch::Sender<bool>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(upstream: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let up = Arc::new(watch::Sender::new(true));
        let state = Arc::clone(&up);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let mut state = state.subscribe();
                // A connection that is accepted while it is down ends at once, one that is open with the next change.
                if *state.borrow_and_update() {
                    tokio::spawn(lead(client, upstream.clone(), state));
                }
            }
        });
        Self { address, up, task }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Ends every connection, and new ones as they come.
    pub(crate) fn down(&self) {
        self.up.send_replace(false);
    }

    /// Leads on again.
    pub(crate) fn up(&self) {
        self.up.send_replace(true);
    }

    /// Ends the open connections only: what a process finds whose sandbox was frozen for long.
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

async fn lead(mut client: TcpStream, upstream: String, mut state: watch::Receiver<bool>) {
    let Ok(mut server) = TcpStream::connect(&upstream).await else {
        return;
    };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = state.changed() => {}
    }
}
