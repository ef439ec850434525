//! The messages of go-plugin's own services and of gRPC's health check.
//!
//! Field numbers: go-plugin `internal/plugin/grpc_controller.proto` and `grpc_stdio.proto`, gRPC `health.proto`.

#![allow(
    missing_docs,
    reason = "the names are the protocol's own; its documentation is go-plugin's"
)]

/// go-plugin's `Empty`, and `google.protobuf.Empty`: the same bytes.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Empty {}

/// A piece of the plugin's output, mirrored by the host.
#[derive(Clone, PartialEq, prost::Message)]
pub struct StdioData {
    #[prost(int32, tag = "1")]
    pub channel: i32,
    #[prost(bytes = "vec", tag = "2")]
    pub data: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct HealthCheckRequest {
    #[prost(string, tag = "1")]
    pub service: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct HealthCheckResponse {
    #[prost(enumeration = "health_check_response::ServingStatus", tag = "1")]
    pub status: i32,
}

pub mod health_check_response {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
    #[repr(i32)]
    pub enum ServingStatus {
        Unknown = 0,
        Serving = 1,
        NotServing = 2,
        ServiceUnknown = 3,
    }
}
