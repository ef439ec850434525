//! One connection: messages in, commands done, answers out.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};

use crate::call::{self, Delivery};
use crate::request::Request;
use crate::session::Session;
use crate::state::Shared;
use crate::wire;

/// Parts of a slow answer.
const SLOW_PARTS: usize = 16;

/// Serves until the client is gone, or something scripted closes the connection.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    member: usize,
    number: u64,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
) -> std::io::Result<()> {
    let mut session = Session {
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
        let (builder, delivery) = call::run(&shared, &mut session, &request).await;
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
