//! A state that the modules of 0.1.0 created, planned with the current modules.

use std::fs;

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use local_cloud::package::{self, BOOTSTRAP, Effort};
use local_cloud::workspace;
use serde_json::Value;

use crate::modules::{GLOBAL, REGIONAL, copy};

/// Of these the READMEs say that they get other names; nothing is kept in them.
const RENAMED: [&str; 3] = ["aws_iam_role", "aws_iam_policy", "aws_kms_alias"];

/// Terraform itself moves the state. Providers are mocked, so that no cloud is needed; a mocked provider never plans a replacement,
/// and so names are compared here.
#[test]
fn a_state_of_0_1_0_is_carried_over_and_nothing_in_it_is_deleted_or_renamed() {
    const TEST: &str = "a_state_of_0_1_0_is_carried_over_and_nothing_in_it_is_deleted_or_renamed";
    let Some(binary) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let region = [("AWS_REGION", "eu-west-1")];
    let aws = RunningProvider::start(&binary, &region).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &region, &aws).unwrap();
    copy(&workspace::root().join("tests/acceptance/upgrade"), workdir.path());
    workdir.copy_modules().unwrap();
    let program = workdir.path().join("program");
    fs::write(&program, "#!/bin/sh\n").unwrap();
    let package = package::zip(&program, BOOTSTRAP, Effort::Least).unwrap();
    for folder in ["before", "after"] {
        fs::write(workdir.path().join(folder).join("p.zip"), &package).unwrap();
    }
    workdir.init().unwrap();
    let said = workdir.run(&["test", "-json", "-verbose"]).unwrap().ok().unwrap();
    let mut lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let plan = lines.rfind(|line| line["type"] == "test_plan").unwrap();
    let resources = plan["test_plan"]["resource_changes"].as_array().unwrap();

    let moved = resources.iter().filter(|one| one["previous_address"].is_string());
    assert!(moved.count() > 20, "{said}");
    for resource in resources {
        let (address, kind) = (&resource["address"], resource["type"].as_str().unwrap());
        let change = &resource["change"];
        let actions = change["actions"].as_array().unwrap();
        assert!(!actions.contains(&"delete".into()), "{address} {change}");
        if change["before"].is_null() || RENAMED.contains(&kind) {
            continue;
        }
        let table = GLOBAL.iter().chain(&REGIONAL).find(|(name, _)| *name == kind);
        for attribute in table.map_or(&[][..], |(_, attributes)| attributes) {
            assert_eq!(
                change["before"][attribute], change["after"][attribute],
                "{address} {attribute}"
            );
        }
    }
}
