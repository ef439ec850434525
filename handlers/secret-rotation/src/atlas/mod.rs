//! Users of a project by Atlas's Admin API, which is the only way to change them there.
//!
//! - [`AtlasSettings`]: which project and cluster, and the way to the API; `credentials`: the service account
//! - `http`: one call, with time limits and repetitions; [`Users`]: what is done to a user; [`AtlasError`]: how it fails

mod credentials;
mod error;
mod http;
mod settings;
mod users;

pub(crate) use credentials::Credentials;
pub(crate) use error::AtlasError;
pub(crate) use settings::AtlasSettings;
pub(crate) use users::Users;
