//! The local cloud: AWS and Atlas emulators and a MongoDB on 127.0.0.1 for the examples, the tests and playing by hand, without account,
//! Docker or keys (G6).
//!
//! - [`LocalCloud`] starts the emulators and takes everything with it when it is dropped.
//! - [`toolchain`] builds what the project cannot expect on a machine, once, in the user's [`cache`] folder;
//!   [`prerequisites`] says what it does expect.
//! - [`mirror`] gives Terraform the provider without a registry; [`workspace`] builds this project's own binaries,
//!   [`package`] makes functions of them.
//! - [`bridge`] and [`emf`] carry functions' metrics to the CloudWatch emulator.
//! - [`browser`] opens a page in a Chromium, where the machine has one.
//! - [`background`] is `local-cloud up|status|down`, [`fault`] `local-cloud fault`; [`demo`], [`dist`] and [`policy_demo`] are the cargo commands of those names.

pub mod background;
pub mod bridge;
pub mod browser;
pub mod cache;
mod cloud;
pub mod datum;
pub mod demo;
pub mod dist;
pub mod emf;
mod emulator;
pub mod fault;
mod group;
pub mod mirror;
mod mongo;
pub mod package;
pub mod policy_demo;
pub mod prerequisites;
mod progress;
mod sdk;
pub mod toolchain;
pub mod workspace;

pub use cloud::{LocalCloud, Options};
pub use group::kill_all;
