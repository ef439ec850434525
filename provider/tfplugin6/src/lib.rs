//! Terraform plugin protocol 6: messages, service and a server that Terraform and OpenTofu can trust.
//!
//! A provider implements [`Provider`], a method per RPC, and its `main` is [`run`]. The server around it:
//!
//! - answers go-plugin's handshake, health check, output stream and shutdown, and explains itself when run by hand;
//! - serves nobody but the client that started it: TLS pinned to the certificate that client announced;
//! - takes messages up to 256 MiB, as Go providers do;
//! - turns a panic into a diagnostic and keeps the prior state;
//! - survives Ctrl-C, passes `StopProvider` on as a tripped token, and ends when Terraform is gone;
//! - logs hclog's JSON lines on stderr, at the level of `TF_LOG`, and never an HTTP stack's bodies;
//! - serves a debugger with `--debug`.
//!
//! RPCs this crate does not know (ephemeral resources, list resources, actions) answer `Unimplemented`, which
//! Terraform and OpenTofu take for "does not have it".
//!
//! ```no_run
//! fn start<P: tfplugin6::Provider>(build: fn(tokio_util::sync::CancellationToken) -> P) -> std::process::ExitCode {
//!     let options = tfplugin6::Options {
//!         name: "terraform-provider-lectern",
//!         version: env!("CARGO_PKG_VERSION"),
//!         addresses: &["registry.terraform.io/lectern/lectern", "registry.opentofu.org/lectern/lectern"],
//!         log_crates: &["terraform-provider-lectern", "provider-kit"],
//!     };
//!     tfplugin6::run(options, build)
//! }
//! ```

mod error;
mod guard;
mod incoming;
mod launch;
mod lifecycle;
mod logging;
pub mod plugin_proto;
pub mod proto;
mod provider;
pub mod rpc;
mod serve;
mod server;
mod tls;

pub use error::ServeError;
pub use provider::Provider;
pub use serve::{Options, run, serve};
