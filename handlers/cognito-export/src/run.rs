//! An export and what it works with.

use std::sync::Arc;

use envelope::DataKey;
use job_kit::{Checkpoint, JobError, Pace, Store};
use user_export::{EXPORT, Lines, RunId};

use crate::error::ExportError;
use crate::export::CognitoExport;
use crate::state::{Sealed, State};

/// One export in one invocation.
pub(crate) struct Run<'a> {
    pub(crate) export: &'a CognitoExport,
    pub(crate) store: &'a Store,
    pub(crate) id: RunId,
    pub(crate) key: Arc<DataKey>,
    pub(crate) pace: Pace,
}

/// Why a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Nothing of it is left.
    Done,
    /// Too little time is left.
    OutOfTime,
}

impl Run<'_> {
    /// Writes lines as a part, if there are any. The caller saves the state, with the position behind them.
    pub(crate) async fn write(
        &self,
        lines: &mut Lines,
        checkpoint: &mut Checkpoint<'_, State>,
    ) -> Result<(), ExportError> {
        if lines.count() == 0 {
            return Ok(());
        }
        let number = checkpoint.state.next_part;
        let purpose = (EXPORT, self.id.as_str());
        let part = lines.write(self.store, &self.export.location, purpose, number, &self.key);
        let part = part.await?;
        checkpoint.state.parts.push(part);
        checkpoint.state.next_part += 1;
        Ok(())
    }

    /// A position in a list, for the state.
    pub(crate) fn seal(&self, position: &str) -> Result<Sealed, ExportError> {
        Sealed::new(&self.key, &self.id, position).ok_or_else(|| self.foreign("a position cannot be encrypted"))
    }

    /// A position of the state.
    pub(crate) fn open(&self, position: &Sealed) -> Result<String, ExportError> {
        let opened = position.open(&self.key, &self.id);
        opened.ok_or_else(|| self.foreign("a position does not open with the export's key"))
    }

    /// An error about the state.
    fn foreign(&self, reason: &str) -> ExportError {
        ExportError::Job(JobError::Foreign {
            key: self.export.location.of_run(self.id.as_str(), "state.json"),
            reason: reason.to_owned(),
        })
    }
}
