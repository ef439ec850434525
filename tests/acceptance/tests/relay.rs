//! A provider that many commands use through the relay.

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, REQUIRED_PROVIDERS, Workdir};
use local_cloud::workspace;

#[test]
fn a_provider_that_runs_already_serves_one_command_after_another_and_outlives_them() {
    let binary = workspace::binary("terraform-provider-lectern").unwrap();
    let provider = RunningProvider::start(&binary, &[]).unwrap();
    let output = r#"
output "private" {
  value = provider::lectern::is_private_cidr("10.0.0.0/8")
}
"#;
    for engine in [Engine::Terraform, Engine::OpenTofu] {
        let workdir = Workdir::with_running(engine, &provider).unwrap();
        workdir.write("versions.tf", REQUIRED_PROVIDERS).unwrap();
        workdir.write("main.tf", output).unwrap();
        workdir.init().unwrap();
        workdir.run(&["validate", "-no-color"]).unwrap().ok().unwrap();
        workdir.apply().unwrap().ok().unwrap();
        assert_eq!(workdir.output("private").unwrap(), true, "{engine:?}");
    }
}

#[test]
fn a_program_that_is_no_provider_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let refused = RunningProvider::start(&folder.path().join("nothing"), &[])
        .err()
        .unwrap();
    let said = format!("{refused:#}");
    assert!(
        said.contains("not the handshake of a plugin") && said.contains("not found"),
        "{said}"
    );
}
