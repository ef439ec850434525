//! The first answer of a deployment: whether it can be reached, and why not.

use std::time::Duration;

use mongodb::options::{ClientOptions, Tls};

use super::{Deployment, Raw, TargetError, Trouble};

/// Beyond the driver's own time limit, so that its reason is heard.
const MARGIN: Duration = Duration::from_secs(2);

/// What the connection string says of the way there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    with_tls: bool,
    selection_timeout: Duration,
}

impl Way {
    pub(super) fn of(options: &ClientOptions) -> Self {
        Self {
            with_tls: matches!(options.tls, Some(Tls::Enabled(_))),
            selection_timeout: options.server_selection_timeout.unwrap_or_default(),
        }
    }

    /// What to look at where a server is there and says nothing that can be understood: TLS on one side only looks so.
    fn hint(self, reason: &str) -> &'static str {
        let is_explained = ["refused", "not resolved", "certificate", "Authentication", "SCRAM"];
        if is_explained.iter().any(|cause| reason.contains(cause)) {
            ""
        } else if self.with_tls {
            ". The connection string asks for TLS: if the deployment has none, set tls=false in the secret's uri"
        } else {
            ". The connection string does not ask for TLS: if the deployment requires it, set tls=true in the secret's uri"
        }
    }

    fn explained(self, trouble: Trouble) -> Trouble {
        let add = |reason: String| {
            let hint = self.hint(&reason);
            reason + hint
        };
        match trouble {
            Trouble::NoPrimary(reason) => Trouble::NoPrimary(add(reason)),
            Trouble::Connection(reason) => Trouble::Connection(add(reason)),
            other => other,
        }
    }
}

impl Deployment {
    /// Whether the deployment answers and lets this user in. Ends within [`crate::Limits::reach_timeout`], or after the driver's own
    /// time limit where the connection string has a longer one.
    pub(crate) async fn ping(&self) -> Result<(), TargetError> {
        let patience = self.limits.reach_timeout.max(self.way.selection_timeout + MARGIN);
        let mut last = Trouble::TimedOut;
        let attempts = async {
            let mut attempt = 1;
            loop {
                let command = Raw::new().i32("ping", 1).command().ok_or(Trouble::TooLong)?;
                let Err(trouble) = self.once("admin", command, patience).await else {
                    return Ok(());
                };
                last = trouble.clone();
                self.pause(attempt, "ping", trouble).await?;
                attempt += 1;
            }
        };
        let answered = tokio::time::timeout(patience, attempts).await;
        let trouble = match answered {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(trouble)) => trouble,
            Err(_) => last,
        };
        Err(TargetError::new("ping", "admin", "", self.way.explained(trouble)))
    }
}
