//! Real Terraform and OpenTofu against the emulators; independent witnesses; layering; docs drift.
//!
//! - [`aws_provider`]: the `hashicorp/aws` provider as one process that many commands use
//! - [`terraform`]: one working directory with a provider mirror, and the commands in it
//! - [`circles`]: files of one crate that import each other
//! - [`pages`]: the registry's documentation pages, generated from the schema

pub mod aws_provider;
pub mod circles;
pub mod pages;
pub mod terraform;
