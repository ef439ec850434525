//! What the tests of the functions that export and import users stand on.
//!
//! - [`Scene`]: what one test has of a local cloud with IAM enforced
//! - [`Person`]: an invented user, whose personal data no other text has

mod person;
mod scene;

pub use person::Person;
pub use scene::{FUNCTION, Scene, Statement};
