//! How far an import is. It has nothing personal in it: places of users in the export's parts, not their names.

use job_kit::{Handovers, Moment};
use serde::{Deserialize, Serialize};
use user_export::{Part, RunId, VERSION};

use crate::report::Tally;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    version: u32,
    export: RunId,
    /// From 1; one more when an import that came to its end is begun again.
    pub(crate) attempt: u32,
    /// The report is written.
    pub(crate) finished: bool,
    pub(crate) started: Moment,
    /// Of the results, wrapped, in base64.
    pub(crate) data_key: String,
    pub(crate) groups_done: bool,
    /// Among the export's parts of users.
    pub(crate) part: usize,
    /// Line in the part, from 0, that the next batch begins with.
    pub(crate) line: usize,
    /// Lines of the batch whose users were not there when it began, so that this import makes them. Saved before the first is made: who is
    /// there afterwards is this import's, and is finished.
    pub(crate) making: Vec<usize>,
    pub(crate) tally: Tally,
    pub(crate) results: Vec<Part>,
    pub(crate) next_part: u32,
    pub(crate) handovers: Handovers,
}

impl State {
    pub(crate) fn new(export: &RunId, started: Moment) -> Self {
        Self {
            version: VERSION,
            export: export.clone(),
            attempt: 1,
            finished: false,
            started,
            data_key: String::new(),
            groups_done: false,
            part: 0,
            line: 0,
            making: Vec::new(),
            tally: Tally::default(),
            results: Vec::new(),
            next_part: 1,
            handovers: Handovers::default(),
        }
    }

    /// From the beginning, after an end.
    pub(crate) fn again(&self, started: Moment) -> Self {
        Self {
            attempt: self.attempt + 1,
            ..Self::new(&self.export, started)
        }
    }

    pub(crate) fn check(&self, export: &RunId) -> Result<(), String> {
        if self.version == VERSION && self.export == *export {
            Ok(())
        } else {
            Err("it is of another version or export".to_owned())
        }
    }

    /// A number that grows with everything that is finished.
    pub(crate) fn done(&self) -> usize {
        usize::try_from(self.next_part).unwrap_or(usize::MAX) + usize::from(self.groups_done) + self.making.len()
    }
}
