//! The objects of a project: how each comes, changes, goes and looks to a reader. What the API does with them is in `resources`.

pub(crate) mod access_list_entry;
pub(crate) mod cluster;
pub(crate) mod database_user;
pub(crate) mod endpoint;
pub(crate) mod endpoint_service;

/// An id as Atlas' are: 24 hexadecimal digits.
pub(crate) fn hex_id(number: u64) -> String {
    format!("65f0{number:020x}")
}
