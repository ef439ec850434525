//! Stand-in for `mongodb/mongodbatlas`: the schemas of the resources that terraform/modules/atlas uses, and no Atlas.
//!
//! | module | holds |
//! |---|---|
//! | `fixture` | the schemas, read from `schemas/` |
//! | `planned` | what a plan of a new resource contains |
//! | `provider` | the answers, RPC by RPC |

mod fixture;
mod planned;
mod provider;

use std::process::ExitCode;

/// Version of the real provider whose documentation the schemas are written from.
const VERSION: &str = "2.16.0";

fn main() -> ExitCode {
    tfplugin6::run(
        tfplugin6::Options {
            name: "terraform-provider-mongodbatlas",
            version: VERSION,
            addresses: &[
                "registry.terraform.io/mongodb/mongodbatlas",
                "registry.opentofu.org/mongodb/mongodbatlas",
            ],
            log_crates: &["terraform_provider_mongodbatlas", "tfplugin6"],
        },
        |_| provider::StandIn::default(),
    )
}
