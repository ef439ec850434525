//! What the emulators share: a server on 127.0.0.1, scripted faults, gates, a log of calls, controls over HTTP.
//!
//! Map of the crate, from the wire inwards:
//! - [`server`]: a port and the thread that serves it; [`http`]: HTTP/1.1 on its connections;
//! - [`response`]: responses, and bodies that break off; [`admin`]: `/_emulator`;
//! - [`script`]: which calls a script is for; [`faults`], [`gates`]: what happens to them; [`call_log`]: what arrived;
//! - [`process`]: an emulator as a program.

pub mod admin;
pub mod call_log;
pub mod faults;
pub mod gates;
pub mod http;
pub mod process;
pub mod response;
pub mod script;
pub mod server;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use call_log::CallLog;
pub use faults::{Faults, ScriptedFault};
pub use gates::{GateHandle, Gates};
pub use response::{HttpResponse, Reset};
pub use script::Script;
pub use server::{Listener, Server};

/// Locks, also after a panic of another holder: that panic must not take every later test down with it. Only for what is whole
/// at any time.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
