//! What the APIs promise, in one OpenAPI 3.0.3 file, and the part of it that API Gateway is configured with.
//!
//! - [`Contract`]: `openapi.json`, read: [`Route`]s, their parameters and bodies, and every schema in JSON Schema draft 4
//! - [`gateway`]: the same for Terraform's module `api`, in the part of draft 4 that API Gateway enforces

mod contract;
pub mod gateway;
mod schema;

pub use contract::{Access, Body, Condition, Contract, Handler, Parameter, Place, Route};
pub use schema::SchemaError;
