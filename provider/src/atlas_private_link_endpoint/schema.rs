//! Attributes of `lectern_atlas_private_link_endpoint`.

use atlas_client::{ClusterName, EndpointServiceId, InterfaceEndpointId, Invalid};
use provider_kit::{Attr, Schema, Tree, error};
use tf_provider::{AttributePath, Diagnostics};

use crate::connection::atlas::{project_id, sentence, timeouts};

pub(super) fn schema() -> Schema {
    Schema::new(
        "Registers an AWS interface endpoint with Atlas. The resource waits until the endpoint is connected. If \
         `cluster_names` is set, it also waits until the connection strings of these clusters use the endpoint, so \
         that resources that depend on it can connect. If the endpoint is already registered, the apply returns an \
         error: add a `moved` block if the resource block was renamed, or import the endpoint.",
        [
            (
                "id",
                Attr::string("`<project_id>/<private_link_id>/<interface_endpoint_id>`.")
                    .computed()
                    .keep_known(),
            ),
            ("project_id", project_id().required().requires_replace()),
            (
                "private_link_id",
                Attr::string("ID of the endpoint service in Atlas: `private_link_id` of `lectern_atlas_private_link`.")
                    .required()
                    .requires_replace()
                    .validate(|value, path, diagnostics| {
                        check(value, path, diagnostics, "Private link id is malformed.", |text| {
                            EndpointServiceId::parse(text).err()
                        });
                    }),
            ),
            (
                "interface_endpoint_id",
                Attr::string("ID of the VPC endpoint: `id` of `aws_vpc_endpoint`.")
                    .required()
                    .requires_replace()
                    .validate(|value, path, diagnostics| {
                        check(
                            value,
                            path,
                            diagnostics,
                            "Interface endpoint id is malformed.",
                            |text| InterfaceEndpointId::parse(text).err(),
                        );
                    }),
            ),
            (
                "cluster_names",
                Attr::string_set(
                    "Names of the clusters whose private endpoint connection strings to wait for. Atlas provides them \
                     only after every Region in which the cluster has nodes has an endpoint. If null or empty, the \
                     resource does not wait for connection strings.",
                )
                .validate(|value, path, diagnostics| {
                    if let Tree::List(names) = value {
                        for name in names {
                            check(name, path, diagnostics, "Cluster name is malformed.", |text| {
                                ClusterName::parse(text).err()
                            });
                        }
                    }
                }),
            ),
            ("timeouts", timeouts("120m")),
            (
                "status",
                Attr::string(
                    "Connection status in Atlas: `NONE`, `PENDING_ACCEPTANCE`, `PENDING`, `AVAILABLE` (connected), \
                    `REJECTED`, `FAILED` or `DELETING`.",
                )
                .computed()
                .keep_known(),
            ),
            (
                "error_message",
                Attr::string("Error message of Atlas if the connection failed.")
                    .computed()
                    .keep_known(),
            ),
            (
                "connection_strings",
                Attr::map(
                    "Map of cluster name to the connection strings that use this endpoint. They contain no user name \
                     and no password.",
                    [
                        (
                            "srv",
                            Attr::string("Connection string in the `mongodb+srv://` format.").computed(),
                        ),
                        (
                            "standard",
                            Attr::string("Connection string in the `mongodb://` format, with the port of every node.")
                                .computed(),
                        ),
                    ],
                )
                .computed()
                .keep_known(),
            ),
        ],
    )
    .identity([
        ("project_id", "ID of the Atlas project."),
        ("private_link_id", "ID of the endpoint service in Atlas."),
        (
            "interface_endpoint_id",
            "ID of the VPC endpoint, for example `vpce-0a1b2c3d4e5f60718`.",
        ),
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
