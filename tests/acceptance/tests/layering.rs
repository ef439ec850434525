//! Imports go one way: docs/architecture.md says which, this fails on any other.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// Crate of ours -> crates of ours it may use. Absent: anything.
const ALLOWED: [(&str, &[&str]); 39] = [
    ("alarm-catalog", &["metric-names"]),
    ("alarm-evaluator", &[]),
    ("atlas-client", &[]),
    ("atlas-emulator", &["emulator-kit"]),
    ("api-contract", &[]),
    ("aws-front", &["emulator-kit"]),
    ("dump-format", &[]),
    ("emulator-kit", &[]),
    ("file-catalog", &[]),
    ("metric-names", &[]),
    ("mongo-emulator", &["emulator-kit"]),
    ("policy-kit", &[]),
    ("schedule-expression", &[]),
    ("tfplugin6", &[]),
    ("provider-kit", &["tfplugin6"]),
    ("tfplugin6-harness", &["tfplugin6"]),
    ("terraform-provider-mongodbatlas", &["tfplugin6"]),
    ("cloudwatch-emulator", &["alarm-evaluator", "emulator-kit"]),
    ("quickstart-function", &[]),
    ("lambda-emulator", &["emulator-kit"]),
    ("lambda-kit", &["metric-names"]),
    ("api-kit", &["api-contract", "lambda-kit", "metric-names"]),
    ("file-store", &["file-catalog", "lambda-kit"]),
    (
        "upload-api",
        &["api-contract", "api-kit", "file-catalog", "file-store", "lambda-kit"],
    ),
    (
        "upload-janitor",
        &["file-catalog", "file-store", "lambda-kit", "metric-names"],
    ),
    (
        "download-api",
        &["api-contract", "api-kit", "file-catalog", "lambda-kit"],
    ),
    ("profile-api", &["api-contract", "api-kit", "envelope", "lambda-kit"]),
    ("envelope", &["lambda-kit"]),
    ("user-export", &["envelope", "job-kit", "lambda-kit"]),
    (
        "cognito-export",
        &["envelope", "job-kit", "lambda-kit", "metric-names", "user-export"],
    ),
    (
        "cognito-import",
        &["envelope", "job-kit", "lambda-kit", "metric-names", "user-export"],
    ),
    ("flow-log-guard", &["lambda-kit", "metric-names"]),
    ("job-kit", &["lambda-kit"]),
    ("origin-failover", &["lambda-kit", "metric-names"]),
    ("mongo-dump", &["dump-format", "job-kit", "lambda-kit", "metric-names"]),
    ("mongo-probe", &["lambda-kit", "metric-names"]),
    ("secret-rotation", &["lambda-kit", "metric-names"]),
    ("mongo-restore", &["dump-format", "lambda-kit", "metric-names"]),
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
const INDEPENDENT: [&str; 8] = [
    "atlas-emulator",
    "aws-front",
    "cloudwatch-emulator",
    "emulator-kit",
    "lambda-emulator",
    "mongo-emulator",
    "policy-kit",
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
    for name in ["alarm-catalog", "alarm-evaluator", "metric-names", "policy-kit"] {
        let packages = packages();
        let package = packages.iter().find(|package| package["name"] == name).unwrap();
        let used: BTreeSet<_> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"] != "dev")
            .map(|dependency| dependency["name"].as_str().unwrap())
            .collect();
        let allowed = BTreeSet::from(["ipnet", "jiff", "metric-names", "serde", "serde_json", "thiserror"]);
        assert!(used.is_subset(&allowed), "{name} uses {used:?}");
    }
}

#[test]
fn no_two_files_of_a_crate_import_each_other() {
    let root = local_cloud::workspace::root();
    for package in packages() {
        let manifest = std::path::Path::new(package["manifest_path"].as_str().unwrap());
        let folder = manifest.parent().unwrap();
        let name = folder.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let circles = acceptance::circles::circles(&folder.join("src")).unwrap();
        assert!(
            circles.is_empty(),
            "{name}: shared words move to a file below both: {circles:?}"
        );
    }
}

#[test]
fn every_crate_has_a_readme_that_says_what_it_is() {
    for package in packages() {
        let (name, manifest) = (
            package["name"].as_str().unwrap(),
            package["manifest_path"].as_str().unwrap(),
        );
        let readme = std::path::Path::new(manifest).with_file_name("README.md");
        let text = std::fs::read_to_string(&readme).unwrap_or_default();
        let lines = text.lines().filter(|line| !line.is_empty()).count();
        assert!(
            text.starts_with("# ") && lines >= 5,
            "{name}: {} has to say what the crate is, who uses it, what it promises and how to test it",
            readme.display()
        );
    }
}
