//! Drives a provider binary over gRPC as Terraform does.
