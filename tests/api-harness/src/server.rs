//! MongoDB's address as the function knows it: what is behind can go away and come back.

use std::io;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A port that leads to another one, while it is up.
pub struct Server {
    address: String,
    up: Arc<watch::Sender<bool>>,
    task: JoinHandle<()>,
}

impl Server {
    /// To a server by host and port.
    ///
    /// # Errors
    /// There is no port.
    pub async fn start(upstream: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let upstream = upstream.to_owned();
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
        Ok(Self { address, up, task })
    }

    /// Host and port that lead there.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends every connection, and new ones as they come.
    pub fn down(&self) {
        self.up.send_replace(false);
    }

    /// Leads on again.
    pub fn up(&self) {
        self.up.send_replace(true);
    }

    /// Ends the open connections only: what a process finds whose sandbox was frozen for long.
    pub fn cut(&self) {
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
