//! The function that keeps users' profiles: each user's own and nobody else's, and what is personal in it encrypted before it goes
//! to MongoDB.
//!
//! - [`ProfileApi`]: what is built once, from [`Settings`]; [`handle`]: serves one event, by `routes`
//! - `fetch`, `change`, `erase`, `export`: one operation each; `precondition`: If-Match; `rules`: what a schema cannot say
//! - `profile`: a profile as its user sees it; `record`: as MongoDB keeps it; `store`: reading and writing that
//! - `sealed`: encryption of one field; `keys`: what users' data keys are for. Keys and ciphertext are [`envelope`]'s

mod change;
mod erase;
mod export;
mod fetch;
mod keys;
pub mod precondition;
mod profile;
mod record;
mod routes;
mod rules;
mod sealed;
mod settings;
mod state;
mod store;

pub use routes::handle;
pub use settings::Settings;
pub use state::ProfileApi;
