//! What MongoDB knows of a file, and who may see it. upload-api writes it and download-api reads it: one type on both ends.
//!
//! - [`FileRecord`]: a document of the collection [`FILES`]; [`File`]: what the API shows of it
//! - [`Membership`]: a document of the collection [`MEMBERSHIPS`], which the platform's enrolment keeps; [`Viewer`]: what a caller
//!   may see by it

mod record;
mod viewer;

pub use record::{Checksum, FILES, File, FileRecord, Status, Visibility, key};
pub use viewer::{MEMBERSHIPS, Membership, Viewer};
