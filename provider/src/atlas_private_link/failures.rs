//! What can go wrong with a private link, one function per failure.

use atlas_client::{AtlasRegion, EndpointService, EndpointServiceId};
use provider_kit::{error, warning};
use tf_provider::{AttributePath, Diagnostics};

use super::service::Trouble;
use crate::connection::atlas::{Doing, Ended, words};
use crate::connection::atlas::atlas_call_failed;

pub(super) fn serverless_has_ended(diagnostics: &mut Diagnostics, path: AttributePath) {
    error(
        diagnostics,
        path,
        "Serverless private links have ended.",
        "Got \"serverless\". Atlas shut Serverless instances and their private endpoints down in January 2026, and Flex clusters \
         have no private endpoints, so nothing could ever be created. Move the data to a dedicated cluster (M10 or larger) and \
         type kind = \"dedicated\", or leave `kind` out.",
    );
}

pub(super) fn own_region_is_not_remote(diagnostics: &mut Diagnostics, region: &AtlasRegion) {
    error(
        diagnostics,
        AttributePath::new("supported_remote_regions"),
        "The link's own region is not a remote one.",
        format!(
            "Got {:?}, which is the link's `region`, and Atlas refuses that. Leave it out: VPCs of the own region can always \
             connect.",
            region.aws_name()
        ),
    );
}

pub(super) fn import_id_is_malformed(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "Import id is malformed.",
        format!("Got {id:?}. Type it as project_id/region, for example \"5f1b2c3d4e5f60718293a4b5/eu-central-1\"."),
    );
}

pub(super) fn nothing_there(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "The project has no private link in this region.",
        format!(
            "Atlas lists no endpoint service for {id:?}. Check project and region; a link that does not exist yet is created by \
             the resource lectern_atlas_private_link."
        ),
    );
}

/// What the log and the errors call a service.
fn title(service: &EndpointService) -> String {
    format!("Endpoint service {}", service.id)
}

const WHAT_TO_CHECK: &str = "Check in the AWS region and in Atlas (Network Access, Private Endpoint) whether the project may have a \
     private endpoint service there: the region has capacity, the cluster tier is M10 or larger, no other service is stuck.";

/// A read found a link that does not work. The plan goes on.
pub(super) fn is_unhealthy(diagnostics: &mut Diagnostics, service: &EndpointService, adopted: bool) {
    let way_out = if adopted {
        AFTER_ADOPTION
    } else {
        "`terraform apply -replace` makes it anew."
    };
    warning(
        diagnostics,
        AttributePath::new("status"),
        "The private link does not work.",
        format!(
            "{} is {}. {}. {WHAT_TO_CHECK} {way_out}",
            title(service),
            service.status,
            words(service.error_message.as_deref())
        ),
    );
}

pub(super) const AFTER_ADOPTION: &str = "It was there before, and a replacement would only adopt it again: if it cannot recover, delete it in \
     Atlas, then apply.";

/// An operation did not reach its goal.
pub(super) fn ended(diagnostics: &mut Diagnostics, trouble: Trouble, doing: &Doing) {
    let Doing { phrase, follows } = doing;
    let root = AttributePath::root();
    match trouble {
        Trouble::Ended(Ended::Failed(cause)) => atlas_call_failed(diagnostics, phrase, &cause),
        Trouble::Ended(Ended::TimedOut { last }) => error(
            diagnostics,
            AttributePath::new("timeouts"),
            "The private link took too long.",
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
        Trouble::Exists(id) => error(
            diagnostics,
            AttributePath::new("adopt_existing"),
            "The project has a private link in this region already.",
            format!(
                "A project has one endpoint service per region; it is {id}, and adopt_existing is false. Nothing was changed. Set \
                 adopt_existing = true to use it, or import it."
            ),
        ),
        Trouble::Several(ids) => several(diagnostics, &ids),
        Trouble::Failed { message } => error(
            diagnostics,
            AttributePath::new("status"),
            "Atlas could not make the private link.",
            format!(
                "While {phrase}: it is FAILED. {}. {WHAT_TO_CHECK} {follows}",
                words(message.as_deref())
            ),
        ),
        Trouble::Vanished => error(
            diagnostics,
            root,
            "The private link is gone.",
            format!(
                "While {phrase} it disappeared from Atlas: somebody deleted it, or Atlas did. Run the apply again."
            ),
        ),
        Trouble::BeingDeleted => error(
            diagnostics,
            root,
            "The private link is being deleted.",
            format!("While {phrase} somebody began to delete it. Run the apply again: it waits for the end of that."),
        ),
        Trouble::InUse(endpoints) => error(
            diagnostics,
            root,
            "The private link is in use.",
            format!(
                "While {phrase}: these interface endpoints are still registered with it: {}. Deleting it would cut them off. Nothing was deleted. \
                 Destroy the lectern_atlas_private_link_endpoint resources (of other configurations too) or remove the endpoints \
                 in Atlas first. {follows}",
                endpoints.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            ),
        ),
    }
}

fn several(diagnostics: &mut Diagnostics, ids: &[EndpointServiceId]) {
    error(
        diagnostics,
        AttributePath::new("region"),
        "The project has several private links in this region.",
        format!(
            "With regional mode on, Atlas lists these endpoint services: {}. Which of them is meant would be a guess. Nothing was \
             changed. Delete those that are not used, or manage them by hand.",
            ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        ),
    );
}

pub(super) fn read_was_stopped(diagnostics: &mut Diagnostics) {
    error(
        diagnostics,
        AttributePath::root(),
        "Interrupted.",
        "Terraform was asked to stop before Atlas had answered.",
    );
}

pub(super) fn nothing_was_made(diagnostics: &mut Diagnostics) {
    error(
        diagnostics,
        AttributePath::root(),
        "Interrupted.",
        "Terraform was asked to stop before the private link was made. The next apply makes it, or finds what the last call left.",
    );
}

pub(super) fn adopted_stays(diagnostics: &mut Diagnostics, id: &str, link: &str) {
    warning(
        diagnostics,
        AttributePath::root(),
        "An adopted private link stays.",
        format!(
            "Endpoint service {link} ({id}) was not made by this resource, or may have been made by somebody else, so it is only \
             forgotten, not deleted. It costs nothing while no endpoint is registered. To delete adopted links too, set \
             delete_adopted = true and apply before the destroy, or delete it in Atlas."
        ),
    );
}
