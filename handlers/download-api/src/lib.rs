//! The function that shows users their files: which ones there are, and for one of them a link to its content that expires
//! soon. Bytes never go through it.
//!
//! - [`DownloadApi`]: what is built once, from [`Settings`]; [`handle`]: serves one event, by `routes`
//! - `list` and [`Cursor`]: `GET /files`, page by page; `fetch`: `GET /files/{id}`; `viewer`: what a caller may see
//! - `link`: what both ways to a file make; `storage`: S3's presigned URLs through an assumed role; `cdn`: CloudFront's signed URLs,
//!   with the key of `signing_key`; `kept`: both keep what they got for a while; `disposition`: Content-Disposition for any file name

mod cdn;
mod cursor;
pub mod disposition;
mod fetch;
mod link;
mod list;
mod query;
mod routes;
mod settings;
mod signing_key;
mod state;
mod storage;
mod viewer;

pub use cursor::Cursor;
pub use routes::handle;
pub use settings::Settings;
pub use state::DownloadApi;
