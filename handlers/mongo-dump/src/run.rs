//! One event with all that it works with.

use dump_format::key::{Key, Location, Object, RunId};
use dump_format::payload::Event;
use job_kit::{Pace, Store, Terms};

use crate::error::DumpError;
use crate::settings::Settings;
use crate::source::Source;

/// One event with all that it works with.
pub(crate) struct Run<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) event: Event,
    pub(crate) id: RunId,
    pub(crate) location: Location,
    pub(crate) store: Store,
    /// For whom and for how long leases are.
    pub(crate) terms: Terms,
    /// When to hand over.
    pub(crate) pace: Pace,
}

impl Run<'_> {
    pub(crate) fn key(&self, object: Object) -> String {
        self.location.render(&Key::Run(self.id, object))
    }

    pub(crate) fn lease_key(&self) -> String {
        self.location.render(&Key::Lease)
    }

    pub(crate) async fn source(&self) -> Result<Source, DumpError> {
        let secret_arn = self.event.settings.secret_arn.as_str();
        Ok(Box::pin(Source::connect(&self.settings.aws, secret_arn, &self.settings.limits)).await?)
    }
}
