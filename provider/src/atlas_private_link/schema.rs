//! Attributes of `lectern_atlas_private_link`, and what is wrong with a configuration before any call.

use std::collections::BTreeSet;

use atlas_client::AtlasRegion;
use provider_kit::{Attr, Schema, Tree, error};
use tf_provider::{AttributePath, Diagnostics};

use super::failures;
use super::state::Link;
use crate::connection::atlas::{project_id, sentence, timeouts};

pub(super) fn schema() -> Schema {
    Schema::new(
        "Manages the Atlas side of an AWS PrivateLink connection: the endpoint service of a project in a Region. \
         Interface endpoints in your VPCs connect to it. A project has one endpoint service per Region. An existing \
         endpoint service is adopted: the resource uses it, and destroy does not delete it. Atlas does not record \
         which resource created an endpoint service. Therefore, when the resource that created it is destroyed, the \
         endpoint service is deleted even if other Terraform states adopted it. If an interface endpoint is still \
         registered, destroy returns an error that lists the endpoints. Create the resource in one state, and use the \
         data source `lectern_atlas_private_link` in other states. Requires dedicated clusters (M10 or larger).",
        [
            (
                "id",
                Attr::string("`<project_id>/<region>`, with the Region as AWS writes it.")
                    .computed()
                    .keep_known(),
            ),
            ("project_id", project_id().required().requires_replace()),
            (
                "region",
                region(
                    "Region of the clusters, as AWS or Atlas writes it. `ap-southeast-1` and `AP_SOUTHEAST_1` are \
                    equivalent.",
                )
                .required()
                .requires_replace()
                .same_when(same_region),
            ),
            (
                "kind",
                Attr::string(
                    "Type of the clusters. Valid value: `dedicated`. Atlas discontinued Serverless instances \
                    in January 2026.",
                )
                .default("dedicated")
                .validate(check_kind),
            ),
            (
                "supported_remote_regions",
                Attr::string_set(
                    "Other Regions whose VPCs can connect, as AWS or Atlas writes them. If null, the Regions that are \
                     set in Atlas are not changed. If set, Regions that are not in this set are removed; an empty set \
                     removes all of them.",
                )
                .same_when(same_regions)
                .validate(check_regions),
            ),
            (
                "adopt_existing",
                Attr::bool(
                    "Whether to use an existing endpoint service of the project in the Region. Destroy does not \
                     delete an adopted endpoint service. If false, an existing endpoint service is an error, also if \
                     an interrupted apply created it. To manage an existing endpoint service completely, import it.",
                )
                .default(true),
            ),
            (
                "delete_adopted",
                Attr::bool(
                    "Whether to delete an adopted endpoint service on destroy. If false, it is kept and the \
                    destroy shows a warning.",
                )
                .default(false),
            ),
            ("timeouts", timeouts("60m")),
            (
                "private_link_id",
                Attr::string("ID of the endpoint service in Atlas.")
                    .computed()
                    .keep_known(),
            ),
            (
                "endpoint_service_name",
                Attr::string("Name of the endpoint service. Use it as `service_name` of `aws_vpc_endpoint`.")
                    .computed()
                    .keep_known(),
            ),
            (
                "status",
                Attr::string(
                    "Status of the endpoint service in Atlas: `INITIATING` (being created), `AVAILABLE`, \
                    `WAITING_FOR_USER` (no interface endpoint is registered yet), `FAILED` or `DELETING`.",
                )
                .computed()
                .keep_known(),
            ),
            (
                "error_message",
                Attr::string("Error message of Atlas if the endpoint service failed.")
                    .computed()
                    .keep_known(),
            ),
            (
                "adopted",
                Attr::bool(
                    "Whether the endpoint service existed before this resource was created. Adopted endpoint \
                    services are kept on destroy unless `delete_adopted` is true.",
                )
                .computed()
                .keep_known(),
            ),
        ],
    )
    .identity([
        ("project_id", "ID of the Atlas project."),
        ("region", "Region of the endpoint service, as AWS writes it."),
    ])
}

/// An attribute that names a region, with its check.
pub(super) fn region(description: &str) -> Attr {
    Attr::string(description).validate(check_region)
}

fn check_region(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::String(text) = value
        && let Err(cause) = AtlasRegion::parse(text)
    {
        error(diagnostics, path.clone(), "Region is malformed.", sentence(&cause));
    }
}

fn check_regions(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    if let Tree::List(regions) = value {
        for region in regions {
            check_region(region, path, diagnostics);
        }
    }
}

fn check_kind(value: &Tree, path: &AttributePath, diagnostics: &mut Diagnostics) {
    match value {
        Tree::String(kind) if kind == "dedicated" => {}
        Tree::String(kind) if kind == "serverless" => failures::serverless_has_ended(diagnostics, path.clone()),
        Tree::String(kind) => error(
            diagnostics,
            path.clone(),
            "Kind of cluster is unknown.",
            format!(
                "Got {kind:?}. Private endpoints are available for dedicated clusters only. Set `kind = \
                 \"dedicated\"`, or remove `kind`."
            ),
        ),
        _ => {}
    }
}

fn parsed(value: &Tree) -> Option<AtlasRegion> {
    match value {
        Tree::String(text) => AtlasRegion::parse(text).ok(),
        _ => None,
    }
}

fn same_region(before: &Tree, after: &Tree) -> bool {
    parsed(before).is_some_and(|region| Some(region) == parsed(after))
}

fn same_regions(before: &Tree, after: &Tree) -> bool {
    let set = |value: &Tree| match value {
        Tree::List(regions) => regions.iter().map(parsed).collect::<Option<BTreeSet<_>>>(),
        _ => None,
    };
    set(before).is_some_and(|regions| Some(regions) == set(after))
}

/// What one attribute says about another.
pub(super) fn validate(link: &Link, diagnostics: &mut Diagnostics) {
    if let (Some(region), Some(remote)) = (link.atlas_region(), link.remote_regions())
        && remote.contains(&region)
    {
        failures::own_region_is_not_remote(diagnostics, &region);
    }
}
