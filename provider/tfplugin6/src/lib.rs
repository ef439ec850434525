//! Terraform plugin protocol 6: messages, service and a server that Terraform and OpenTofu can trust.

pub mod proto;
mod provider;

pub use provider::Provider;
