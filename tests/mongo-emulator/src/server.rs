//! Connections: one client each, until it or the server ends.

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::{Shared, connection};

/// What serves a connection.
pub(crate) fn connections(tls: Option<TlsAcceptor>, shared: Arc<Shared>) -> impl FnMut(TcpStream) + Send + 'static {
    let mut number = 0;
    move |stream| {
        number += 1;
        let mut away = shared.away.subscribe();
        if away.borrow_and_update().is_away {
            return;
        }
        let (shared, tls) = (Arc::clone(&shared), tls.clone());
        tokio::spawn(async move {
            tokio::select! {
                // First: no command is done after the connection was closed.
                biased;
                _ = away.changed() => {}
                ended = one(shared, number, tls, stream) => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, number, "a connection ended");
                    }
                }
            }
        });
    }
}

async fn one(shared: Arc<Shared>, number: u64, tls: Option<TlsAcceptor>, stream: TcpStream) -> std::io::Result<()> {
    match tls {
        Some(tls) => connection::serve(shared, number, tls.accept(stream).await?).await,
        None => connection::serve(shared, number, stream).await,
    }
}
