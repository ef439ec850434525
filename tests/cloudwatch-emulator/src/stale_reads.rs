//! Reads that show what was: no reference promises that a read shows the write before it.

use std::sync::Mutex;

use serde::Deserialize;

use crate::alarm_store::AlarmStore;
use crate::lock;

/// Calls that are answered from the alarms as they were when this was scripted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct StaleReads {
    /// The reading operation: `DescribeAlarms`, `GetResources`.
    pub operation: String,
    /// Calls that are answered truly before the first that is not.
    #[serde(default)]
    pub skip: u32,
    /// Stale answers.
    pub times: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Scripts(Mutex<Vec<(StaleReads, AlarmStore)>>);

impl Scripts {
    pub(crate) fn add(&self, script: StaleReads, alarms: AlarmStore) {
        lock(&self.0).push((script, alarms));
    }

    /// Counts a call, and gives the alarms that it is to see.
    pub(crate) fn seen_by(&self, operation: &str) -> Option<AlarmStore> {
        let mut scripts = lock(&self.0);
        scripts.retain(|(script, _)| script.times > 0);
        let (script, alarms) = scripts.iter_mut().find(|(script, _)| script.operation == operation)?;
        if script.skip > 0 {
            script.skip -= 1;
            return None;
        }
        script.times -= 1;
        Some(alarms.clone())
    }
}
