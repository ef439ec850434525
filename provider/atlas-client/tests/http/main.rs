//! The client against a scripted HTTP server on a real socket: signing, patience and answers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access_list;
mod answers;
mod calls;
mod digest;
mod oauth;
mod retries;
mod support;
mod tls;
