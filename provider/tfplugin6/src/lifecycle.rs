//! When the process ends, and when it does not: signals, and the death of Terraform.

use std::{io, time::Duration};

use tokio::signal::unix::{SignalKind, signal};

/// How often the parent is looked at. A poll rather than Linux's PDEATHSIG, which fires when the *thread* that started
/// us ends, and Go's threads come and go.
const PARENT_POLL: Duration = Duration::from_secs(1);

/// Takes the signal from its default action, for good, and resolves at the first one.
///
/// # Errors
/// The handler could not be installed.
pub(crate) fn received(kind: SignalKind) -> io::Result<impl Future<Output = ()> + Send> {
    let mut signals = signal(kind)?;
    Ok(async move {
        if signals.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    })
}

/// Resolves when the process that started this one is gone: a killed Terraform cannot call `Shutdown`, and an orphan
/// would hold credentials for ever.
pub(crate) async fn parent_death(parent: u32) {
    while std::os::unix::process::parent_id() == parent {
        tokio::time::sleep(PARENT_POLL).await;
    }
}
