//! What every API handler needs around its own code.
//!
//! - [`Api`]: takes an event of API Gateway, checks it against the contract and the caller's groups, and makes of a handler's
//!   [`Answer`] or [`Problem`] what API Gateway sends; one metric and one line of log for each request
//! - [`Request`]: what a handler gets: route, [`Caller`], parameters and body, all of them valid by the contract
//! - [`has_hidden`]: whether a text that people write has characters that nobody sees
//! - [`json`]: bodies without a key twice and without depth
//! - [`aws_config`]: AWS as a function of the API needs it; [`AssumedRole`]: a role's session with its end; [`Kept`]: what is got
//!   again when it is old, and used longer where it cannot be

mod answer;
mod api;
mod aws;
mod caller;
mod cors;
pub mod json;
mod kept;
mod problem;
mod request;
mod role;
mod schema;
mod text;

pub use answer::Answer;
pub use api::{Api, Reply};
pub use aws::aws_config;
pub use caller::Caller;
pub use cors::Origin;
pub use kept::{Fresh, Kept};
pub use problem::{FieldError, Kind, Problem};
pub use request::{MAX_BODY_BYTES, Request};
pub use role::{AssumedRole, RoleError, Session};
pub use schema::violations;
pub use text::{Marks, has_hidden};
