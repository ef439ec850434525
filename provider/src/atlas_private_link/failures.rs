//! What can go wrong with a private link, one function per failure.

use atlas_client::{AtlasRegion, EndpointService, EndpointServiceId};
use provider_kit::{error, warning};
use tf_provider::{AttributePath, Diagnostics};

use super::remote::Trouble;
use crate::connection::atlas::{Doing, Ended, atlas_call_failed, words};
use crate::connection::chain::chain;

pub(super) fn serverless_has_ended(diagnostics: &mut Diagnostics, path: AttributePath) {
    error(
        diagnostics,
        path,
        "Serverless private links have ended.",
        "Got \"serverless\". Atlas discontinued Serverless instances and their private endpoints in January 2026, and \
         Flex clusters do not support private endpoints. Move the data to a dedicated cluster (M10 or larger) and set \
         `kind = \"dedicated\"`, or remove `kind`.",
    );
}

pub(super) fn own_region_is_not_remote(diagnostics: &mut Diagnostics, region: &AtlasRegion) {
    error(
        diagnostics,
        AttributePath::new("supported_remote_regions"),
        "The link's own region is not a remote one.",
        format!(
            "Got {:?}, which is the `region` of the private link itself. Atlas rejects this. Remove it: VPCs in the \
             Region of the private link can always connect.",
            region.aws_name()
        ),
    );
}

pub(super) fn import_id_is_malformed(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "Import id is malformed.",
        format!(
            "Got {id:?}. Set the import ID to <project_id>/<region>, for example \
             \"5f1b2c3d4e5f60718293a4b5/eu-central-1\"."
        ),
    );
}

pub(super) fn nothing_there(diagnostics: &mut Diagnostics, id: &str) {
    error(
        diagnostics,
        AttributePath::root(),
        "The project has no private link in this region.",
        format!(
            "Atlas has no endpoint service for {id:?}. Check the project and the Region. To create a private link, \
             use the resource lectern_atlas_private_link."
        ),
    );
}

const WHAT_TO_CHECK: &str = "In Atlas (Network Access, Private Endpoint), check that the Region has capacity, that \
    the project has a cluster of M10 or larger, and that no other endpoint service is stuck.";

/// A read found a link that does not work. The plan continues.
pub(super) fn is_unhealthy(diagnostics: &mut Diagnostics, service: &EndpointService, adopted: bool) {
    let way_out = if adopted {
        AFTER_ADOPTION
    } else {
        "To create a new one, run `terraform apply -replace` with the address of this resource."
    };
    warning(
        diagnostics,
        AttributePath::new("status"),
        "The private link does not work.",
        format!(
            "Endpoint service {} is {}. {}. {WHAT_TO_CHECK} {way_out}",
            service.id,
            service.status,
            words(service.error_message.as_deref())
        ),
    );
}

pub(super) const AFTER_ADOPTION: &str = "The service existed before this resource, and a replacement would adopt it \
    again. If it does not recover, delete it in Atlas, then apply.";

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
        Trouble::Exists(id) => error(
            diagnostics,
            AttributePath::new("adopt_existing"),
            "The project has a private link in this region already.",
            format!(
                "A project has one endpoint service per Region. {id} exists already, and `adopt_existing` is false. \
                 Nothing was changed. If the resource block was renamed, add a `moved` block. Otherwise set \
                 `adopt_existing = true` to use the service without owning it, or add an `import` block to own it, \
                 for example after an interrupted apply."
            ),
        ),
        Trouble::Several(ids) => several(diagnostics, &ids),
        Trouble::Refused(cause) => error(
            diagnostics,
            root,
            "Atlas refused to create the private link.",
            format!(
                "While {phrase}: {}. {} {WHAT_TO_CHECK} {follows}",
                chain(&cause),
                cause.advice()
            ),
        ),
        Trouble::Failed { message } => error(
            diagnostics,
            AttributePath::new("status"),
            "Atlas could not create the private link.",
            format!(
                "While {phrase}: it is FAILED. {}. {WHAT_TO_CHECK} {follows}",
                words(message.as_deref())
            ),
        ),
        Trouble::Vanished => error(
            diagnostics,
            root,
            "The private link was deleted.",
            format!("While {phrase}, the endpoint service was deleted in Atlas. Apply again."),
        ),
        Trouble::BeingDeleted => error(
            diagnostics,
            root,
            "The private link is being deleted.",
            format!(
                "While {phrase}, the endpoint service is being deleted in Atlas. Apply again: the apply waits until \
                 the deletion is complete."
            ),
        ),
        Trouble::InUse(endpoints) => error(
            diagnostics,
            root,
            "The private link is in use.",
            format!(
                "While {phrase}: these interface endpoints are still registered with it: {}. Deleting it would \
                 disconnect them. Nothing was deleted. First destroy the lectern_atlas_private_link_endpoint \
                 resources, also those of other configurations, or remove the endpoints in Atlas. {follows}",
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
            "Regional mode is enabled, and Atlas lists these endpoint services: {}. The provider cannot decide which \
             one to use. Nothing was changed. Delete the ones that are not used, or manage them outside of Terraform.",
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
        "Terraform was asked to stop before Atlas confirmed the private link. The next apply creates it, or adopts it \
         if Atlas created it.",
    );
}

pub(super) fn adopted_stays(diagnostics: &mut Diagnostics, id: &str, link: &str) {
    warning(
        diagnostics,
        AttributePath::root(),
        "An adopted private link was not deleted.",
        format!(
            "Endpoint service {link} ({id}) existed before this resource was created, so it is removed from the state \
             but not deleted. It costs nothing while no endpoint is registered. To delete it too, set `delete_adopted \
             = true` and apply before the destroy, or delete it in Atlas."
        ),
    );
}

/// A create adopted what another resource of the same run created or adopted.
pub(super) fn adopted_twice(diagnostics: &mut Diagnostics, link: &EndpointServiceId) {
    warning(
        diagnostics,
        AttributePath::new("adopt_existing"),
        "Two resources manage the same private link.",
        format!(
            "Another lectern_atlas_private_link created or adopted endpoint service {link} in this apply. If it is \
             destroyed first, this resource loses its link. Keep one resource for a project and region, and read the \
             link elsewhere with the data source lectern_atlas_private_link."
        ),
    );
}

/// A destroy met a service that another resource of the same run adopted, as a renamed block does.
pub(super) fn adopted_meanwhile(diagnostics: &mut Diagnostics, link: &EndpointServiceId) {
    warning(
        diagnostics,
        AttributePath::root(),
        "The private link was not deleted because another resource uses it.",
        format!(
            "Another lectern_atlas_private_link adopted endpoint service {link} in this apply, so it is removed from \
             this resource's state and not deleted. The other resource did not create it, so its destroy does not \
             delete it either, unless it has `delete_adopted = true`. For the next rename of a resource block, add a \
             `moved` block: the resource then keeps the link."
        ),
    );
}

/// A destroy met a service that another resource of the same run wanted and was refused.
pub(super) fn wanted_by_another(diagnostics: &mut Diagnostics, link: &EndpointServiceId) {
    error(
        diagnostics,
        AttributePath::root(),
        "The private link is wanted by another resource.",
        format!(
            "In this apply another lectern_atlas_private_link was refused because endpoint service {link} exists. It \
             was not deleted and stays in the state. If the resource block was renamed, add a `moved` block from this \
             address to the new one. If not, apply again after the other resource's error is resolved."
        ),
    );
}
