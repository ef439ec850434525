//! Real Terraform and OpenTofu against the emulators; independent witnesses; layering; docs drift.
//!
//! - [`running`]: a provider as one process that many commands use
//! - [`terraform`]: one working directory with a provider mirror, and the commands in it
//! - [`schema`]: as much of a provider's schema as is needed
//! - [`circles`]: files of one crate that import each other
//! - [`documents`]: the Markdown pages, their blocks, headings and links
//! - [`game_day`]: a Region is lost and brought back, behind `cargo game-day`
//! - [`platform`]: examples/education-platform on a local cloud
//! - [`pages`]: the registry's documentation pages, generated from the schema

pub mod circles;
pub mod documents;
pub mod game_day;
pub mod pages;
pub mod platform;
pub mod running;
pub mod schema;
pub mod terraform;
