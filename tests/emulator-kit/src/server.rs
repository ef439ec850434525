//! A port of 127.0.0.1, and the thread that serves it.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::oneshot;

/// Long enough for others to close their files when there are no descriptors left.
const PAUSE: Duration = Duration::from_millis(10);

/// A port that is taken and not served yet: its address goes into what the server shares.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    listener: std::net::TcpListener,
    runtime: Runtime,
}

impl Listener {
    /// Takes a port; 0: a free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn bind(port: u16) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        })
    }

    /// `127.0.0.1:<port>`.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Of the thread that will serve. What is spawned here begins with the service and ends with it.
    #[must_use]
    pub fn runtime(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Hands every connection over, on a thread of its own, until the server is dropped: a test may block as it likes.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn serve(self, name: &str, connection: impl FnMut(TcpStream) + Send + 'static) -> io::Result<Server> {
        let Self { listener, runtime, .. } = self;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel::<Infallible>();
        let serve = async move {
            tokio::select! {
                never = accept(listener, connection) => match never {},
                _ = stopped => {}
            }
        };
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || runtime.block_on(serve))?;
        Ok(Server {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// A server that ends, with its connections, when it is dropped.
#[derive(Debug)]
pub struct Server {
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was printed already.
            let _panicked = thread.join();
        }
    }
}

/// Hands every connection over, on the caller's runtime, until the future is dropped.
pub async fn accept(listener: TcpListener, mut connection: impl FnMut(TcpStream)) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let _without_nagle = stream.set_nodelay(true);
                connection(stream);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
