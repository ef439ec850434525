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
        "The Atlas side of an AWS PrivateLink: the endpoint service of a project in a region, to which interface endpoints \
         connect. A project has one per region. An existing one is adopted: it is used, and destroy does not delete it. Atlas has no \
         field that could record which resource created a service, so a destroy of the resource that created it deletes it also when \
         other Terraform states adopted it, unless an interface endpoint is registered: then destroy is an error that names the endpoints. \
         Create the link in one state, and read it in others with the data source `lectern_atlas_private_link`. \
         Dedicated clusters (M10 and larger) only.",
        [
            ("id", Attr::string("`project_id/region`, the region as AWS writes it.").computed().keep_known()),
            ("project_id", project_id().required().requires_replace()),
            (
                "region",
                region("Region of the clusters, as AWS or as Atlas writes it: `ap-southeast-1` and `AP_SOUTHEAST_1` are the same.")
                    .required()
                    .requires_replace()
                    .same_when(same_region),
            ),
            (
                "kind",
                Attr::string("Kind of the clusters. Only `dedicated`: Atlas ended Serverless in January 2026.")
                    .default("dedicated")
                    .validate(check_kind),
            ),
            (
                "supported_remote_regions",
                Attr::string_set(
                    "Other regions whose VPCs may connect, in either spelling. If null, the regions that Atlas has stay. A set, also an \
                     empty one, is authoritative.",
                )
                .same_when(same_regions)
                .validate(check_regions),
            ),
            (
                "adopt_existing",
                Attr::bool(
                    "Use the service that the project has in the region, without owning it: destroy leaves it. If false, an existing \
                     service is an error, also if an earlier apply created it and was killed. To own an existing service, import it.",
                )
                .default(true),
            ),
            (
                "delete_adopted",
                Attr::bool("Delete an adopted service on destroy too. Otherwise it stays, and a warning names it.").default(false),
            ),
            ("timeouts", timeouts("60m")),
            ("private_link_id", Attr::string("Atlas's id of the endpoint service.").computed().keep_known()),
            (
                "endpoint_service_name",
                Attr::string("Service name for `aws_vpc_endpoint`: `com.amazonaws.vpce.<region>.vpce-svc-...`.")
                    .computed()
                    .keep_known(),
            ),
            (
                "status",
                Attr::string("As Atlas reports it: `INITIATING`, `AVAILABLE`, `WAITING_FOR_USER`, `FAILED` or `DELETING`.")
                    .computed()
                    .keep_known(),
            ),
            ("error_message", Attr::string("Why it failed, in Atlas's words.").computed().keep_known()),
            (
                "adopted",
                Attr::bool("Whether it existed before this resource, or somebody else may have created it.").computed().keep_known(),
            ),
        ],
    )
    .identity([
        ("project_id", "Id of the Atlas project."),
        ("region", "Region of the private link, as AWS writes it."),
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
                "Got {kind:?}, which is no kind of cluster that has private links. Set \"dedicated\", or leave `kind` out."
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
