//! What can go wrong with an access list, one function per failure.

use atlas_client::{AccessListValue, Invalid};
use provider_kit::{error, warning};
use tf_provider::{AttributePath, Diagnostics};

use crate::connection::atlas::{Ended, sentence};
use crate::connection::atlas::atlas_call_failed;

pub(super) fn entry_is_malformed(diagnostics: &mut Diagnostics, path: AttributePath, cause: &Invalid) {
    error(diagnostics, path, "Access list entry is malformed.", sentence(cause));
}

pub(super) fn comment_is_too_long(diagnostics: &mut Diagnostics, path: AttributePath, length: usize, limit: usize) {
    error(
        diagnostics,
        path,
        "Comment is too long.",
        format!("Got {length} characters, and Atlas takes {limit}. Shorten it."),
    );
}

pub(super) fn the_internet(diagnostics: &mut Diagnostics, path: AttributePath, key: &str) {
    error(
        diagnostics,
        path,
        "Access list entry admits the internet.",
        format!(
            "Got {key:?}, which lets more addresses reach the database's login than any organisation has. Type the ranges that need it; traffic through a \
             private link needs no entry."
        ),
    );
}

pub(super) fn entry_is_public(diagnostics: &mut Diagnostics, path: AttributePath, key: &str) {
    error(
        diagnostics,
        path,
        "Access list entry is public.",
        format!(
            "Got {key:?}, which is not within a private range (RFC 1918 or fc00::/7), so machines of others may reach the database's \
             login. Use a private link, which needs no entry, or set allow_public = true where this is meant."
        ),
    );
}

pub(super) fn entries_are_the_same(diagnostics: &mut Diagnostics, path: AttributePath, key: &str, other: &str) {
    error(
        diagnostics,
        path,
        "Access list entries are the same.",
        format!(
            "Got {key:?} and {other:?}, which admit the same and would overwrite each other at Atlas. Keep one of them."
        ),
    );
}

fn listed(values: &[AccessListValue]) -> String {
    values
        .iter()
        .map(|value| format!("  - {value}"))
        .collect::<Vec<_>>()
        .join("\n")
}

pub(super) fn foreign_entries(diagnostics: &mut Diagnostics, project: &str, values: &[AccessListValue]) {
    error(
        diagnostics,
        AttributePath::new("entries"),
        "The project's access list has other entries.",
        format!(
            "This resource is the whole list of project {project}, and these entries are not in it:\n{}\nNothing was changed. Add \
             them to `entries`, remove them in Atlas, `terraform import` the list, or set adopt_existing = true: then they show as \
             drift after this apply and go at the next one.",
            listed(values)
        ),
    );
}

pub(super) fn import_id_is_malformed(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "Import id is malformed.",
        format!("Got {id:?}. Type the project's id, 24 hexadecimal digits."),
    );
}

/// An operation did not reach its goal; `doing` is a phrase such as "reading the access list".
pub(super) fn ended(diagnostics: &mut Diagnostics, end: Ended, doing: &str) {
    match end {
        Ended::Failed(cause) => atlas_call_failed(diagnostics, doing, &cause),
        Ended::TimedOut { last } => error(
            diagnostics,
            AttributePath::root(),
            "The access list took too long.",
            format!(
                "The time for {doing} is over; seen last: {last}. The state has what exists; the next apply goes on from there."
            ),
        ),
        Ended::Stopped => error(
            diagnostics,
            AttributePath::root(),
            "Interrupted.",
            format!(
                "Terraform was asked to stop while {doing}. The state has what exists; the next apply goes on from there."
            ),
        ),
    }
}

/// Terraform was asked to stop in the middle of a write. No error: a create would be tainted, and its entries removed.
pub(super) fn stopped(diagnostics: &mut Diagnostics) {
    warning(
        diagnostics,
        AttributePath::new("entries"),
        "Interrupted.",
        "Terraform was asked to stop while writing the access list. The state has the list as it was planned; the next plan shows what \
         is missing, and its apply goes on from there.",
    );
}

/// After a failure the list could not be read, so the state may be behind the truth.
pub(super) fn state_may_be_behind(diagnostics: &mut Diagnostics) {
    warning(
        diagnostics,
        AttributePath::new("entries"),
        "The access list could not be read after the failure.",
        "The state lists every entry that may exist. The next refresh reads the truth.",
    );
}
