//! Time as a value that a test can set.

use std::sync::Arc;
use std::time::SystemTime;

/// What time it is.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;
