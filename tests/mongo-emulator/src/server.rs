//! Connections on 127.0.0.1.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::{Shared, connection};

/// Accepts connections until `stop` is sent or dropped.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    mut stop: oneshot::Receiver<Infallible>,
) {
    let mut number = 0;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stop => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, most likely: others may be closed meanwhile.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        number += 1;
        let mut away = shared.away.subscribe();
        if away.borrow_and_update().is_away {
            continue;
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
    stream.set_nodelay(true)?;
    match tls {
        Some(tls) => connection::serve(shared, number, tls.accept(stream).await?).await,
        None => connection::serve(shared, number, stream).await,
    }
}
