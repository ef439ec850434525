//! What can go wrong with a registered endpoint, one function per failure.

use atlas_client::InterfaceEndpoint;
use provider_kit::{error, warning};
use tf_provider::{AttributePath, Diagnostics};

use super::remote::Trouble;
use super::state::Place;
use crate::connection::atlas::{Doing, Ended, atlas_call_failed, words};
use crate::connection::chain::chain;

const WHAT_TO_CHECK: &str = "Check that the VPC endpoint exists in AWS, that its service name is the \
    `endpoint_service_name` of the private link, that its Region is the Region of the private link or one of its \
    `supported_remote_regions`, and that no policy denies the connection.";

pub(super) fn import_id_is_malformed(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "Import id is malformed.",
        format!(
            "Got {id:?}. Set the import ID to <project_id>/<private_link_id>/<interface_endpoint_id>, for example \
             \"5f1b2c3d4e5f60718293a4b5/60a1b2c3d4e5f60718293a4b/vpce-0a1b2c3d4e5f60718\"."
        ),
    );
}

pub(super) fn nothing_there(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "The endpoint is not registered with the private link.",
        format!(
            "Atlas has no endpoint {id:?}. Check the three IDs. To register an endpoint, create the resource instead \
             of importing it."
        ),
    );
}

/// A read found an endpoint that does not connect. The plan continues.
pub(super) fn is_unhealthy(diagnostics: &mut Diagnostics, endpoint: &InterfaceEndpoint) {
    warning(
        diagnostics,
        AttributePath::new("status"),
        "The endpoint does not connect.",
        format!(
            "{} is {}. {}. {WHAT_TO_CHECK} To register it again, as Atlas recommends, run `terraform apply -replace` \
             with the address of this resource.",
            endpoint.id,
            endpoint.connection_status,
            words(endpoint.error_message.as_deref())
        ),
    );
}

/// Strings could not be read. The state keeps those it had.
pub(super) fn strings_are_not_read(diagnostics: &mut Diagnostics, end: Ended) {
    if let Ended::Failed(cause) = end {
        warning(
            diagnostics,
            AttributePath::new("connection_strings"),
            "Connection strings could not be read.",
            format!(
                "The state keeps the previous values. {}. {}",
                chain(&cause),
                cause.advice()
            ),
        );
    }
}

/// An operation did not reach its goal.
pub(super) fn ended(diagnostics: &mut Diagnostics, trouble: Trouble, doing: &Doing) {
    let Doing { phrase, follows } = doing;
    let root = AttributePath::root();
    let clusters = AttributePath::new("cluster_names");
    match trouble {
        Trouble::Ended(Ended::Failed(cause)) => atlas_call_failed(diagnostics, phrase, &cause),
        Trouble::Ended(Ended::TimedOut { last }) => error(
            diagnostics,
            AttributePath::new("timeouts"),
            "The endpoint took too long.",
            format!(
                "The timeout was reached while {phrase}. Last seen: {last}. {follows} If Atlas needs longer, increase \
                 `timeouts`."
            ),
        ),
        Trouble::Ended(Ended::Stopped) => warning(
            diagnostics,
            root,
            "Interrupted.",
            format!(
                "Terraform was asked to stop while {phrase}. The state contains what exists, and the next apply \
                 continues from there."
            ),
        ),
        Trouble::Unanswered(end) => ended(diagnostics, end.into(), doing),
        Trouble::Exists => error(
            diagnostics,
            AttributePath::new("interface_endpoint_id"),
            "The endpoint is registered already.",
            format!(
                "While {phrase}: this endpoint is already registered with the private link, and this resource did not \
                 register it. Nothing was changed. If the resource block was renamed, add a `moved` block. If it has \
                 `create_before_destroy`, remove it: an endpoint can be registered only once. If no other resource \
                 manages the endpoint, for example after an interrupted apply, add an `import` block with the id \
                 <project_id>/<private_link_id>/<interface_endpoint_id>."
            ),
        ),
        Trouble::NoLink => error(
            diagnostics,
            AttributePath::new("private_link_id"),
            "The private link does not exist.",
            format!(
                "While {phrase}: Atlas did not find the private link. Set `private_link_id = \
                 lectern_atlas_private_link.<name>.private_link_id`."
            ),
        ),
        Trouble::LinkFailed { message } => error(
            diagnostics,
            AttributePath::new("private_link_id"),
            "The private link does not work.",
            format!(
                "While {phrase}: the private link is FAILED. {}. Replace the private link first.",
                words(message.as_deref())
            ),
        ),
        Trouble::Failed { status, message } => error(
            diagnostics,
            AttributePath::new("interface_endpoint_id"),
            "The endpoint did not connect.",
            format!(
                "While {phrase}: it became {status}. {}. {WHAT_TO_CHECK} {follows}",
                words(message.as_deref())
            ),
        ),
        Trouble::Vanished => error(
            diagnostics,
            root,
            "The endpoint was removed.",
            format!("While {phrase}: the endpoint was removed in Atlas. Apply again."),
        ),
        Trouble::NoCluster(name) => error(
            diagnostics,
            clusters,
            "The project has no such cluster.",
            format!(
                "Got \"{name}\". The project has no cluster of that name, so the wait for its connection strings \
                 would never end. Set the name of an existing dedicated cluster, or remove it."
            ),
        ),
        Trouble::ClusterRefused { cluster, cause } => error(
            diagnostics,
            clusters,
            "Atlas refused to show the cluster.",
            format!(
                "Got \"{cluster}\". {}. Flex clusters do not support private endpoints: if it is a Flex cluster, \
                 remove it. Otherwise: {}",
                chain(&cause),
                cause.advice()
            ),
        ),
        Trouble::ClusterElsewhere { cluster, link, nodes } => error(
            diagnostics,
            clusters,
            "The cluster has no nodes in the link's region.",
            format!(
                "Got \"{cluster}\". Its nodes are in {}, but the private link is in {}, so its connection strings \
                 never use this endpoint. Remove the cluster here, or create a private link and an endpoint in the \
                 Region of the cluster.",
                nodes
                    .iter()
                    .map(|region| region.aws_name())
                    .collect::<Vec<_>>()
                    .join(", "),
                link.aws_name()
            ),
        ),
    }
}

pub(super) fn nothing_was_registered(diagnostics: &mut Diagnostics) {
    error(
        diagnostics,
        AttributePath::root(),
        "Interrupted.",
        "Terraform was asked to stop before the endpoint was registered. The next apply registers it.",
    );
}

/// A destroy met an endpoint that another resource of the same run registered.
pub(super) fn registered_meanwhile(diagnostics: &mut Diagnostics, place: &Place) {
    warning(
        diagnostics,
        AttributePath::root(),
        "The endpoint was not removed because another resource registered it.",
        format!(
            "Another lectern_atlas_private_link_endpoint registered {place} in this apply, so it is removed from this \
             resource's state and stays registered."
        ),
    );
}

/// A destroy met an endpoint that another resource of the same run wanted and was refused.
pub(super) fn wanted_by_another(diagnostics: &mut Diagnostics, place: &Place) {
    error(
        diagnostics,
        AttributePath::root(),
        "The endpoint is wanted by another resource.",
        format!(
            "In this apply another lectern_atlas_private_link_endpoint was refused because {place} is registered. It \
             was not removed and stays in the state. If the resource block was renamed, add a `moved` block from this \
             address to the new one. If not, apply again after the other resource's error is resolved."
        ),
    );
}
