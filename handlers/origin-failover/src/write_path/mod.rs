//! Where requests that write go. What is read comes with what a change of it is conditional on, so that nobody's change is overwritten.

mod distribution;
mod reading;
mod record;

use aws_config::SdkConfig;

use crate::decision::Region;
use crate::settings::WritePathSettings;
use distribution::Distribution;
pub(crate) use reading::{Reading, SwitchError, WritePathError};
use record::Record;

/// The distribution or the record.
#[derive(Debug)]
pub(crate) enum WritePath {
    Distribution(Distribution),
    Record(Record),
}

impl WritePath {
    pub(crate) fn new(config: &SdkConfig, settings: WritePathSettings) -> Self {
        match settings {
            WritePathSettings::Distribution {
                id,
                primary_origin_id,
                secondary_origin_id,
            } => Self::Distribution(Distribution::new(config, id, primary_origin_id, secondary_origin_id)),
            WritePathSettings::Record {
                hosted_zone_id,
                name,
                kind,
                primary,
                secondary,
            } => Self::Record(Record::new(config, hosted_zone_id, name, kind, primary, secondary)),
        }
    }

    pub(crate) async fn read(&self) -> Result<Reading, WritePathError> {
        match self {
            Self::Distribution(distribution) => distribution.read().await,
            Self::Record(record) => record.read().await,
        }
    }

    /// Points it to a region, if it still is what was read.
    pub(crate) async fn switch(&self, reading: &Reading, to: Region) -> Result<(), SwitchError> {
        let body = reading.change.to(to).map_err(SwitchError::Impossible)?;
        match self {
            Self::Distribution(distribution) => distribution.update(body, &reading.revision).await,
            Self::Record(record) => record.change(body).await,
        }
    }
}
