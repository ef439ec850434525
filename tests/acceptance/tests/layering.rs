//! Imports go one way: docs/architecture.md says which, this fails on any other.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// Crate of ours -> crates of ours it may use. Absent: anything.
const ALLOWED: [(&str, &[&str]); 25] = [
    ("alarm-catalog", &[]),
    ("alarm-evaluator", &[]),
    ("atlas-client", &[]),
    ("atlas-emulator", &["emulator-kit"]),
    ("api-contract", &[]),
    ("aws-front", &["emulator-kit"]),
    ("dump-format", &[]),
    ("emulator-kit", &[]),
    ("file-catalog", &[]),
    ("mongo-emulator", &["emulator-kit"]),
    ("schedule-expression", &[]),
    ("tfplugin6", &[]),
    ("provider-kit", &["tfplugin6"]),
    ("tfplugin6-harness", &["tfplugin6"]),
    ("cloudwatch-emulator", &["alarm-evaluator", "emulator-kit"]),
    ("quickstart-function", &[]),
    ("lambda-emulator", &["emulator-kit"]),
    ("lambda-kit", &[]),
    ("api-kit", &["api-contract", "lambda-kit"]),
    ("upload-api", &["api-contract", "api-kit", "file-catalog", "lambda-kit"]),
    (
        "download-api",
        &["api-contract", "api-kit", "file-catalog", "lambda-kit"],
    ),
    ("profile-api", &["api-contract", "api-kit", "lambda-kit"]),
    ("mongo-dump", &["alarm-catalog", "dump-format", "lambda-kit"]),
    ("mongo-restore", &["alarm-catalog", "dump-format", "lambda-kit"]),
    (
        "terraform-provider-lectern",
        &[
            "alarm-catalog",
            "alarm-evaluator",
            "atlas-client",
            "dump-format",
            "provider-kit",
            "schedule-expression",
            "tfplugin6",
        ],
    ),
];

/// Whose tests, too, must not know the provider: what they prove would be proved by itself.
const INDEPENDENT: [&str; 7] = [
    "atlas-emulator",
    "aws-front",
    "cloudwatch-emulator",
    "emulator-kit",
    "lambda-emulator",
    "mongo-emulator",
    "tfplugin6-harness",
];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(local_cloud::workspace::root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn ours(package: &Value, with_dev: bool, names: &BTreeSet<String>) -> BTreeSet<String> {
    let used = package["dependencies"].as_array().unwrap().iter();
    let used = used.filter(|dependency| with_dev || dependency["kind"] != "dev");
    used.map(|dependency| dependency["name"].as_str().unwrap().to_owned())
        .filter(|name| names.contains(name))
        .collect()
}

#[test]
fn no_crate_imports_against_the_layers() {
    let packages = packages();
    let names: BTreeSet<_> = packages
        .iter()
        .map(|package| package["name"].as_str().unwrap().to_owned())
        .collect();
    for (name, allowed) in ALLOWED {
        let package = packages.iter().find(|package| package["name"] == name);
        let package = package.unwrap_or_else(|| panic!("{name} is in the table and not in the workspace"));
        let allowed: BTreeSet<_> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let used = ours(package, INDEPENDENT.contains(&name), &names);
        assert!(
            used.is_subset(&allowed),
            "{name} imports {:?}",
            used.difference(&allowed).collect::<Vec<_>>()
        );
    }
}

#[test]
fn the_pure_crates_have_no_input_or_output() {
    for name in ["alarm-catalog", "alarm-evaluator"] {
        let packages = packages();
        let package = packages.iter().find(|package| package["name"] == name).unwrap();
        let used: BTreeSet<_> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"] != "dev")
            .map(|dependency| dependency["name"].as_str().unwrap())
            .collect();
        let allowed = BTreeSet::from(["serde", "thiserror"]);
        assert!(used.is_subset(&allowed), "{name} uses {used:?}");
    }
}
