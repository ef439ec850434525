//! Logs to stderr, serve; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    tfplugin6::run(
        tfplugin6::Options {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            // Terraform and OpenTofu resolve the short address lectern/lectern to different hosts
            addresses: &[
                "registry.terraform.io/lectern/lectern",
                "registry.opentofu.org/lectern/lectern",
            ],
            log_crates: &[
                "atlas_client",
                "lectern",
                "provider_kit",
                "tfplugin6",
                "terraform_provider_lectern",
            ],
        },
        lectern::server,
    )
}
