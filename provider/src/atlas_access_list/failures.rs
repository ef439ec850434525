//! What can go wrong with an access list, one function per failure.

use atlas_client::{AccessListValue, Invalid};
use provider_kit::{error, warning};
use tf_provider::{AttributePath, Diagnostics};

use super::changes::{Found, There};
use crate::connection::atlas::{Ended, atlas_call_failed, sentence};

pub(super) fn entry_is_malformed(diagnostics: &mut Diagnostics, path: AttributePath, cause: &Invalid) {
    error(diagnostics, path, "Access list entry is malformed.", sentence(cause));
}

pub(super) fn comment_is_too_long(diagnostics: &mut Diagnostics, path: AttributePath, length: usize, limit: usize) {
    error(
        diagnostics,
        path,
        "Comment is too long.",
        format!(
            "Got {length} characters. Atlas accepts 80, and the marker that identifies the owner of the entry needs \
             19 of them. Shorten the comment to {limit} characters."
        ),
    );
}

pub(super) fn the_internet(diagnostics: &mut Diagnostics, path: AttributePath, key: &str) {
    error(
        diagnostics,
        path,
        "Access list entry allows the internet.",
        format!(
            "Got {key:?}, which allows more addresses than any organization has. Set only the networks that need \
             access. Connections through a private endpoint need no entry."
        ),
    );
}

pub(super) fn entry_is_public(diagnostics: &mut Diagnostics, path: AttributePath, key: &str) {
    error(
        diagnostics,
        path,
        "Access list entry is public.",
        format!(
            "Got {key:?}, which is not in a private range (RFC 1918 or fc00::/7), so hosts on the internet can \
             connect to the database. Use a private endpoint, which needs no entry, or set `allow_public = true` if \
             this is intended."
        ),
    );
}

pub(super) fn entries_are_the_same(diagnostics: &mut Diagnostics, path: AttributePath, key: &str, other: &str) {
    error(
        diagnostics,
        path,
        "Access list entries are the same.",
        format!(
            "Got {key:?} and {other:?}, which allow the same addresses and overwrite each other in Atlas. Keep one of \
             them."
        ),
    );
}

fn listed<'a>(values: impl IntoIterator<Item = &'a AccessListValue>) -> String {
    let lines: Vec<_> = values.into_iter().map(|value| format!("  - {value}")).collect();
    lines.join("\n")
}

/// The entries, each with whether it carries the marker of a resource.
fn listed_with_owners<'a>(entries: impl IntoIterator<Item = (&'a AccessListValue, &'a Found)>) -> String {
    let line = |(value, found): (&AccessListValue, &Found)| match &found.owner {
        Some(owner) => format!("  - {value} (of the lectern_atlas_access_list with marker lectern:{owner})"),
        None => format!("  - {value}"),
    };
    entries.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What to do where entries exist that are not ours.
const HOW_TO_GET_ENTRIES: &str = "Nothing was changed. If the resource block was renamed, add a `moved` block. If no \
    other resource manages the entries, for example after an interrupted apply, add an `import` block or set \
    `adopt_existing = true`. Adopt an entry of another resource only if you also remove it there: the other resource \
    deletes its entries when it is destroyed.";

/// A create in a project that has entries.
pub(super) fn list_has_entries(diagnostics: &mut Diagnostics, project: &str, there: &There) {
    error(
        diagnostics,
        AttributePath::new("entries"),
        "The project's access list has entries.",
        format!(
            "This resource manages the whole access list of project {project}, and the list has these entries \
             already:\n{}\n{HOW_TO_GET_ENTRIES} With `adopt_existing = true`, the entries that are in `entries` are \
             adopted. The next plan lists the other entries, and the next apply deletes them.",
            listed_with_owners(there)
        ),
    );
}

/// An update that would write over entries that are not ours.
pub(super) fn entries_exist(diagnostics: &mut Diagnostics, values: &[AccessListValue], there: &There) {
    error(
        diagnostics,
        AttributePath::new("entries"),
        "Access list entries exist already.",
        format!(
            "These entries are not in the state of this resource:\n{}\n{HOW_TO_GET_ENTRIES}",
            listed_with_owners(there.iter().filter(|(value, _)| values.contains(value)))
        ),
    );
}

/// A read found entries of the state that carry the marker of another resource.
pub(super) fn entries_were_taken_over(diagnostics: &mut Diagnostics, values: &[AccessListValue]) {
    if values.is_empty() {
        return;
    }
    warning(
        diagnostics,
        AttributePath::new("entries"),
        "Access list entries were taken over by another resource.",
        format!(
            "Another lectern_atlas_access_list took over these entries:\n{}\nThey are no longer in the state of this \
             resource. If both resources list them and have `adopt_existing = true`, each apply takes them back from \
             the other. List each entry in one resource only.",
            listed(values)
        ),
    );
}

/// A read found entries of another resource, which are no drift.
pub(super) fn entries_of_others(diagnostics: &mut Diagnostics, project: &str, values: &[AccessListValue]) {
    if values.is_empty() {
        return;
    }
    warning(
        diagnostics,
        AttributePath::new("entries"),
        "Another resource manages entries of the same access list.",
        format!(
            "These entries of project {project} carry the marker of another lectern_atlas_access_list:\n{}\nThis \
             resource neither shows nor removes them. Keep all entries of a project in one resource. If the other \
             resource no longer exists, list them in `entries` and set `adopt_existing = true`, or remove them in \
             Atlas.",
            listed(values)
        ),
    );
}

/// Adoption took over entries that carried the marker of another resource.
pub(super) fn entries_are_taken_over(diagnostics: &mut Diagnostics, values: &[AccessListValue]) {
    if values.is_empty() {
        return;
    }
    warning(
        diagnostics,
        AttributePath::new("adopt_existing"),
        "Access list entries were taken over from another resource.",
        format!(
            "These entries carried the marker of another lectern_atlas_access_list:\n{}\nThis resource owns them now. \
             If the other resource still exists, remove them from its `entries`: if it has `adopt_existing = true` \
             too, each apply takes them back from the other.",
            listed(values)
        ),
    );
}

/// Entries that are no longer wanted here, and that another resource took over.
pub(super) fn taken_entries_stay(diagnostics: &mut Diagnostics, values: &[AccessListValue]) {
    if values.is_empty() {
        return;
    }
    warning(
        diagnostics,
        AttributePath::new("entries"),
        "Access list entries of another resource stay.",
        format!(
            "Another lectern_atlas_access_list owns these entries:\n{}\nThey were not removed, and are no longer in \
             the state of this resource.",
            listed(values)
        ),
    );
}

/// Entries that are no longer wanted here, and that another resource of the run wanted and was refused.
pub(super) fn refused_entries_stay(diagnostics: &mut Diagnostics, values: &[AccessListValue]) {
    error(
        diagnostics,
        AttributePath::new("entries"),
        "Access list entries are wanted by another resource.",
        format!(
            "In this apply another lectern_atlas_access_list was refused because these entries exist:\n{}\nThey were \
             not removed and stay in the state. If the resource block was renamed, add a `moved` block from this \
             address to the new one. If not, apply again after the other resource's error is resolved.",
            listed(values)
        ),
    );
}

/// An import of a list whose entries carry different markers.
pub(super) fn several_owners(diagnostics: &mut Diagnostics, there: &There) {
    error(
        diagnostics,
        AttributePath::root(),
        "The access list belongs to several resources.",
        format!(
            "The entries carry the markers of several lectern_atlas_access_list resources:\n{}\nAn import takes over \
             all the entries of one resource, and cannot tell which one is meant. Create the resource with \
             `adopt_existing = true` and the entries that it takes over.",
            listed_with_owners(there)
        ),
    );
}

pub(super) fn import_id_is_malformed(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "Import id is malformed.",
        format!("Got {id:?}. Set the import ID to the ID of the Atlas project, 24 hexadecimal digits."),
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
                "The timeout was reached while {doing}. Last seen: {last}. The state contains what exists, and the \
                 next apply continues from there."
            ),
        ),
        Ended::Stopped => error(
            diagnostics,
            AttributePath::root(),
            "Interrupted.",
            format!(
                "Terraform was asked to stop while {doing}. The state contains what exists, and the next apply \
                 continues from there."
            ),
        ),
    }
}

/// Terraform was asked to stop during a write. No error: a create would be tainted, and its entries replaced.
pub(super) fn stopped(diagnostics: &mut Diagnostics) {
    warning(
        diagnostics,
        AttributePath::new("entries"),
        "Interrupted.",
        "Terraform was asked to stop while writing the access list. The state contains the planned list. The next \
         plan shows the missing entries, and its apply writes them.",
    );
}

/// After a failure the list could not be read, so the state may be behind the truth.
pub(super) fn state_may_be_behind(diagnostics: &mut Diagnostics) {
    warning(
        diagnostics,
        AttributePath::new("entries"),
        "The access list could not be read after the failure.",
        "The state contains every entry that might exist. The next refresh reads the entries that exist.",
    );
}
