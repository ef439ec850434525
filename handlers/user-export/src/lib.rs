//! What an export of a Cognito user pool consists of, and the pool as export and import see it.
//!
//! - [`Location`], [`RunId`]: where an export is; [`Kind`], [`Part`]: its parts; [`Manifest`], [`Latest`]: what it has
//! - [`User`], [`Group`], [`Membership`]: a line of a part each
//! - [`Lines`] makes a part of lines, [`read`] lines of a part; [`EXPORT`], [`IMPORT`]: what data keys are for
//! - [`Pool`]: calls of Cognito at the quota's [`Rates`]; [`CognitoError`] has nothing personal in it

mod error;
mod key;
mod line;
mod manifest;
mod part;
mod pool;
mod rate;

pub use error::CognitoError;
pub use key::{EXPORT, IMPORT, Kind, Location, RunId};
pub use line::{Group, Membership, User};
pub use manifest::{Counts, Latest, Manifest, NOT_CARRIED, Part, PoolFacts, VERSION};
pub use part::{Lines, PartError, place, read};
pub use pool::{Described, Found, Page, Pool};
pub use rate::{Rate, Rates};
