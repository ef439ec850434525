//! Attributes of `lectern_atlas_private_link_endpoint`.

use atlas_client::{ClusterName, EndpointServiceId, InterfaceEndpointId, Invalid};
use provider_kit::{Attr, Schema, Tree, error};
use tf_provider::{AttributePath, Diagnostics};

use crate::connection::atlas::{project_id, sentence, timeouts};

pub(super) fn schema() -> Schema {
    Schema::new(
        "An AWS interface endpoint registered with Atlas. It waits until the endpoint is connected and, for the clusters named, until \
         their connection strings lead through it, so that what depends on it can connect. An endpoint that is registered already is an error: \
         add a `moved` block if the resource block was renamed, or import it.",
        [
            (
                "id",
                Attr::string("`project_id/private_link_id/interface_endpoint_id`.").computed().keep_known(),
            ),
            ("project_id", project_id().required().requires_replace()),
            (
                "private_link_id",
                Attr::string("`private_link_id` of the `lectern_atlas_private_link`.")
                    .required()
                    .requires_replace()
                    .validate(|value, path, diagnostics| {
                        check(value, path, diagnostics, "Private link id is malformed.", |text| EndpointServiceId::parse(text).err());
                    }),
            ),
            (
                "interface_endpoint_id",
                Attr::string("`id` of the `aws_vpc_endpoint`: `vpce-...`.")
                    .required()
                    .requires_replace()
                    .validate(|value, path, diagnostics| {
                        check(value, path, diagnostics, "Interface endpoint id is malformed.", |text| {
                            InterfaceEndpointId::parse(text).err()
                        });
                    }),
            ),
            (
                "cluster_names",
                Attr::string_set(
                    "Clusters of the project whose connection strings to wait for. They appear only when every region in which a cluster has \
                     nodes has an endpoint. Null or empty: do not wait.",
                )
                .validate(|value, path, diagnostics| {
                    if let Tree::List(names) = value {
                        for name in names {
                            check(name, path, diagnostics, "Cluster name is malformed.", |text| ClusterName::parse(text).err());
                        }
                    }
                }),
            ),
            ("timeouts", timeouts("120m")),
            (
                "status",
                Attr::string("As Atlas reports it: `PENDING_ACCEPTANCE`, `PENDING`, `AVAILABLE`, `REJECTED`, `FAILED`, ...")
                    .computed()
                    .keep_known(),
            ),
            ("error_message", Attr::string("Why it failed, in Atlas's words.").computed().keep_known()),
            (
                "connection_strings",
                Attr::map(
                    "Connection strings through this endpoint, by cluster name. They contain no user and no password.",
                    [
                        ("srv", Attr::string("`mongodb+srv://...`").computed()),
                        ("standard", Attr::string("`mongodb://...`, every node with its port.").computed()),
                    ],
                )
                .computed()
                .keep_known(),
            ),
        ],
    )
    .identity([
        ("project_id", "Id of the Atlas project."),
        ("private_link_id", "Atlas's id of the private link."),
        ("interface_endpoint_id", "Id of the VPC endpoint: `vpce-...`."),
    ])
}

fn check(
    value: &Tree,
    path: &AttributePath,
    diagnostics: &mut Diagnostics,
    summary: &'static str,
    refused: impl Fn(&str) -> Option<Invalid>,
) {
    if let Tree::String(text) = value
        && let Some(cause) = refused(text)
    {
        error(diagnostics, path.clone(), summary, sentence(&cause));
    }
}
