//! The provider's functions.

mod atlas_region;
mod is_private_cidr;
mod schedule_runs;

pub(crate) use atlas_region::AtlasRegionName;
pub(crate) use is_private_cidr::IsPrivateCidr;
pub use is_private_cidr::is_private_cidr;
pub(crate) use schedule_runs::ScheduleRuns;
