//! One connection: messages in, commands done, answers out.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};

use crate::call::{self, Delivery};
use crate::commands::Request;
use crate::scram::Conversation;
use crate::{Shared, wire};

/// What is known of whoever is connected.
pub(crate) struct Connection {
    pub(crate) number: u64,
    /// The server that it is to, by its place among the members.
    pub(crate) member: usize,
    /// Database and name, once it is proved.
    pub(crate) user: Option<(String, String)>,
    pub(crate) conversation: Option<Conversation>,
}

/// Parts of a slow answer.
const SLOW_PARTS: usize = 16;

/// Serves until the client is gone, or something scripted closes the connection.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    member: usize,
    number: u64,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
) -> std::io::Result<()> {
    let mut connection = Connection {
        number,
        member,
        user: None,
        conversation: None,
    };
    while let Some(message) = wire::read(&mut stream).await? {
        let command = message.parse()?;
        let Some(request) = Request::new(&command) else {
            return Ok(());
        };
        let (builder, delivery) = call::run(&shared, &mut connection, &request).await;
        if command.is_unacknowledged && delivery == Delivery::Whole {
            continue;
        }
        let bytes = builder
            .map(|builder| wire::finish_reply(&message, &command, builder))
            .unwrap_or_default();
        match delivery {
            Delivery::Whole => stream.write_all(&bytes).await?,
            Delivery::Reset => return Ok(()),
            Delivery::Never => std::future::pending().await,
            Delivery::HalfThenReset | Delivery::HalfThenNever => {
                stream.write_all(&bytes[..bytes.len() / 2]).await?;
                stream.flush().await?;
                if delivery == Delivery::HalfThenReset {
                    return Ok(());
                }
                std::future::pending::<()>().await;
            }
            Delivery::Slow { delay_ms } => {
                for part in bytes.chunks(bytes.len().div_ceil(SLOW_PARTS).max(1)) {
                    tokio::time::sleep(Duration::from_millis(delay_ms)).await;
                    stream.write_all(part).await?;
                    stream.flush().await?;
                }
            }
        }
        stream.flush().await?;
    }
    Ok(())
}
