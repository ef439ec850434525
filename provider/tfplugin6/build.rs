//! Describes the gRPC services in Rust and generates their clients and servers: no protoc.
//!
//! The provider's server and the test harness's client come from this one description.

use tonic_build::manual::{Builder, Method, Service};

/// The RPCs of protocol 6 that are served: the message module of `crate::proto`, which is also the Rust name, and the
/// route. What is missing here answers `Unimplemented`.
const PROVIDER_RPCS: [(&str, &str); 18] = [
    ("get_metadata", "GetMetadata"),
    ("get_provider_schema", "GetProviderSchema"),
    ("validate_provider_config", "ValidateProviderConfig"),
    ("validate_resource_config", "ValidateResourceConfig"),
    ("validate_data_resource_config", "ValidateDataResourceConfig"),
    ("upgrade_resource_state", "UpgradeResourceState"),
    ("get_resource_identity_schemas", "GetResourceIdentitySchemas"),
    ("upgrade_resource_identity", "UpgradeResourceIdentity"),
    ("configure_provider", "ConfigureProvider"),
    ("read_resource", "ReadResource"),
    ("plan_resource_change", "PlanResourceChange"),
    ("apply_resource_change", "ApplyResourceChange"),
    ("import_resource_state", "ImportResourceState"),
    ("move_resource_state", "MoveResourceState"),
    ("read_data_source", "ReadDataSource"),
    ("get_functions", "GetFunctions"),
    ("call_function", "CallFunction"),
    ("stop_provider", "StopProvider"),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let provider = PROVIDER_RPCS.iter().fold(
        Service::builder().name("Provider").package("tfplugin6"),
        |service, rpc| {
            let (module, route) = rpc;
            let message = |kind| format!("crate::proto::{module}::{kind}");
            service.method(unary(module, route, &message("Request"), &message("Response")).build())
        },
    );
    let controller = Service::builder().name("GRPCController").package("plugin").method(
        unary(
            "shutdown",
            "Shutdown",
            "crate::plugin_proto::Empty",
            "crate::plugin_proto::Empty",
        )
        .build(),
    );
    let stdio = Service::builder().name("GRPCStdio").package("plugin").method(
        unary(
            "stream_stdio",
            "StreamStdio",
            "crate::plugin_proto::Empty",
            "crate::plugin_proto::StdioData",
        )
        .server_streaming()
        .build(),
    );
    let health = Service::builder().name("Health").package("grpc.health.v1").method(
        unary(
            "check",
            "Check",
            "crate::plugin_proto::HealthCheckRequest",
            "crate::plugin_proto::HealthCheckResponse",
        )
        .build(),
    );
    Builder::new().compile(&[provider.build(), controller.build(), stdio.build(), health.build()]);
}

fn unary(name: &str, route: &str, input: &str, output: &str) -> tonic_build::manual::MethodBuilder {
    Method::builder()
        .name(name)
        .route_name(route)
        .input_type(input)
        .output_type(output)
        .codec_path("tonic::codec::ProstCodec")
}
