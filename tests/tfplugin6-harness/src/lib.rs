//! Drives a provider binary over gRPC as Terraform does, and refuses what Terraform would refuse.
//!
//! The fast inner loop of the tests: spawn, schema, plan and apply take tens of milliseconds. It is a second reading of
//! Terraform's rules, so a handful of tests with the real `terraform` stay the judge.
//!
//! - [`process`]: starts the binary as go-plugin does, without TLS, and ends it
//! - [`ProviderProcess`]'s verbs: validate, configure, plan, apply, read, import, upgrade, data sources, functions
//! - [`schema`]: the fetched schema, and the rules Terraform has for schemas
//! - [`value`]: Terraform's MessagePack to JSON and back, with unknown values
//! - [`config`]: what Terraform fills in and refuses before a provider hears of a configuration
//! - [`proposed`]: the proposed new state that Terraform sends along with a plan
//! - [`conform`]: what a plan and an applied state must not contradict
//! - [`diagnostic`]: diagnostics and paths as a person reads them
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use serde_json::json;
//! use tfplugin6_harness::{ProviderProcess, UNKNOWN};
//!
//! let provider = ProviderProcess::spawn("target/debug/terraform-provider-lectern".as_ref(), &[]).await?;
//! provider.configure(json!({ "region": "eu-central-1" })).await?.ok()?;
//! let plan = provider.plan("lectern_alarm_bundle", None, json!({ "name": UNKNOWN })).await?.ok()?;
//! let applied = provider.apply_known(&plan, json!({ "name": "checkout" })).await?.ok()?;
//! assert_eq!(applied.value()["name"], "checkout");
//! # Ok(())
//! # }
//! ```

mod apply;
mod client;
pub mod config;
pub mod conform;
pub mod diagnostic;
mod object;
mod plan;
pub mod process;
pub mod proposed;
pub mod schema;
pub mod value;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use object::{Action, Outcome, Plan, State};
pub use process::ProviderProcess;
pub use value::UNKNOWN;
