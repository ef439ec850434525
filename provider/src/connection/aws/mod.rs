//! The connection to AWS.

mod attempts;
mod clients;
mod error;

pub(crate) use clients::Aws;
pub(crate) use error::{AwsError, aws_call_failed, refused_role};
