//! The function by which administrators put files on the platform: it takes the announcement of a file, gives what uploads it to S3
//! and nothing else, and shows the file to others once what arrived is what was announced. Bytes never go through it.
//!
//! - [`UploadApi`]: what is built once, from [`Settings`]; [`handle`]: serves one event, by `routes`
//! - `announce`: `POST /files`; `announcement`: what is accepted; `ticket`: what the client gets; `form`: a presigned POST
//! - `complete`: `POST /files/{id}/complete`; `verify`: what differs; `parts`: files in parts
//! - `remove`: `DELETE /files/{id}`; what was never completed removes the function upload-janitor
//! - `storage`: the role's session; `bucket`: S3; records are [`file_store::Records`]

mod announce;
mod announcement;
mod bucket;
mod complete;
mod form;
mod parts;
mod remove;
mod routes;
mod settings;
mod state;
mod storage;
mod ticket;
mod time;
mod verify;

pub use announcement::Sizes;
pub use routes::handle;
pub use settings::Settings;
pub use state::UploadApi;
