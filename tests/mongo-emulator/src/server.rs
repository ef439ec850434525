//! Connections: one client each, until it or the server ends.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::connection;
use crate::member::Counted;
use crate::state::Shared;

/// What serves a connection to a member.
pub(crate) fn connections(
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    member: usize,
) -> impl FnMut(TcpStream) + Send + 'static {
    move |stream| {
        let number = shared.connections.fetch_add(1, Ordering::Relaxed) + 1;
        let mut away = shared.replica.members[member].away.subscribe();
        if away.borrow_and_update().is_away {
            return;
        }
        let (shared, tls) = (Arc::clone(&shared), tls.clone());
        tokio::spawn(async move {
            tokio::select! {
                // First: no command is done after the connection was closed.
                biased;
                _ = away.changed() => {}
                ended = one(shared, member, number, tls, stream) => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, number, "a connection ended");
                    }
                }
            }
        });
    }
}

async fn one(
    shared: Arc<Shared>,
    member: usize,
    number: u64,
    tls: Option<TlsAcceptor>,
    stream: TcpStream,
) -> std::io::Result<()> {
    let _counted = Counted::new(&shared.replica.members[member]);
    let shared = Arc::clone(&shared);
    match tls {
        Some(tls) => connection::serve(shared, member, number, tls.accept(stream).await?).await,
        None => connection::serve(shared, member, number, stream).await,
    }
}
