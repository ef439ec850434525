//! What can go wrong with a registered endpoint, one function per failure.

use atlas_client::InterfaceEndpoint;
use provider_kit::{error, warning};
use tf_provider::{AttributePath, Diagnostics};

use super::registration::Trouble;
use crate::connection::atlas::{Doing, Ended, words};
use crate::connection::atlas::atlas_call_failed;

const WHAT_TO_CHECK: &str = "Check that the VPC endpoint exists in AWS and is of the link's endpoint_service_name, that its region is the \
     link's or one of its supported_remote_regions, and that no policy denies the connection.";

pub(super) fn import_id_is_malformed(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "Import id is malformed.",
        format!(
            "Got {id:?}. Type it as project_id/private_link_id/interface_endpoint_id, for example \
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
            "Atlas has nothing at {id:?}. Check the three ids; an endpoint that is not registered yet is registered by the resource."
        ),
    );
}

/// A read found an endpoint that does not connect. The plan goes on.
pub(super) fn is_unhealthy(diagnostics: &mut Diagnostics, endpoint: &InterfaceEndpoint) {
    warning(
        diagnostics,
        AttributePath::new("status"),
        "The endpoint does not connect.",
        format!(
            "{} is {}. {}. {WHAT_TO_CHECK} `terraform apply -replace` registers it anew, which is what Atlas recommends.",
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
            format!("The state keeps the ones it had. {cause}. {}", cause.advice()),
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
                "The time for {phrase} is over; seen last: {last}. {follows} Where Atlas needs longer, raise `timeouts`."
            ),
        ),
        Trouble::Ended(Ended::Stopped) => warning(
            diagnostics,
            root,
            "Interrupted.",
            format!(
                "Terraform was asked to stop while {phrase}. The state has what exists; the next apply goes on from there."
            ),
        ),
        Trouble::NoLink => error(
            diagnostics,
            AttributePath::new("private_link_id"),
            "The private link does not exist.",
            format!(
                "While {phrase} Atlas did not find it. Type private_link_id = lectern_atlas_private_link.<name>.private_link_id."
            ),
        ),
        Trouble::LinkFailed { message } => error(
            diagnostics,
            AttributePath::new("private_link_id"),
            "The private link does not work.",
            format!(
                "While {phrase} it is FAILED. {}. Replace the private link first.",
                words(message.as_deref())
            ),
        ),
        Trouble::Failed { status, message } => error(
            diagnostics,
            AttributePath::new("interface_endpoint_id"),
            "The endpoint did not connect.",
            format!(
                "While {phrase} it became {status}. {}. {WHAT_TO_CHECK} {follows}",
                words(message.as_deref())
            ),
        ),
        Trouble::Vanished => error(
            diagnostics,
            root,
            "The endpoint is gone.",
            format!("While {phrase} it disappeared from Atlas: somebody removed it. Run the apply again."),
        ),
        Trouble::NoCluster(name) => error(
            diagnostics,
            clusters,
            "The project has no such cluster.",
            format!(
                "Got \"{name}\", and Atlas finds no dedicated cluster of that name in the project (a Flex cluster has no private \
                 endpoints), so its connection strings can never come. Type the name of an existing cluster, or leave it out."
            ),
        ),
        Trouble::ClusterElsewhere { cluster, link, nodes } => error(
            diagnostics,
            clusters,
            "The cluster has no nodes in the link's region.",
            format!(
                "Got \"{cluster}\", whose nodes are in {}, and the private link is in {}: its connection strings can never lead \
                 through this endpoint. Leave it out here, or make a link and an endpoint in the cluster's region.",
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
        "Terraform was asked to stop before the endpoint was registered. The next apply registers it, or finds what the last call left.",
    );
}
