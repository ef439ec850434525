//! Records of files in MongoDB and their objects in S3. upload-api and upload-janitor change both, and no other function does.
//!
//! - [`Records`]: the collection of file records, each change one conditional write
//! - [`Objects`]: the objects of one bucket, each change one call of S3
//! - [`remove_hidden`]: what follows after a record is marked as deleting: its object goes, then the record

mod objects;
mod records;
mod removal;

pub use objects::Objects;
pub use records::{Abandoned, Records};
pub use removal::{RemovalError, remove_hidden};
