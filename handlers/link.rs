//! The build script of every function's crate.
//!
//! A position-independent program is moved to its address at every start: 1.4 MiB of relocations are read and 0.9 MiB of pages are
//! written for it, a tenth of a function's memory. So functions have a fixed address; stack, heap and libraries have not.

#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

fn main() {
    println!("cargo::rustc-link-arg-bins=-no-pie");
    println!("cargo::rerun-if-changed=../link.rs");
}
