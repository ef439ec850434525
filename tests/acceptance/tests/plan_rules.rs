//! The rules for plans: their table in the README, and what they find in a plan of Terraform's.

use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance::terraform::{Workdir, skip};
use local_cloud::{cache, workspace};
use serde_json::Value;

const START: &str = "<!-- rules: start -->\n";
const END: &str = "<!-- rules: end -->";

/// OPA of the version that CI installs, or `None` after the skip was printed with its reason.
pub(crate) fn opa_or_skip(test: &str) -> Option<PathBuf> {
    let ci = std::fs::read_to_string(workspace::root().join(".ci/run")).unwrap();
    let version = ci.split("opa@v").nth(1).expect(".ci/run installs OPA");
    let version = version.split_whitespace().next().unwrap();
    let folder = cache::folder().unwrap().join(format!("go-tools/opa-{version}"));
    let opa = folder.join("opa");
    if opa.exists() {
        return Some(opa);
    }
    let install = format!(
        "GOBIN={} go install github.com/open-policy-agent/opa@v{version}",
        folder.display()
    );
    skip(test, &format!("OPA is not in the cache; build it with `{install}`"));
    None
}

fn answer(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the rules find in the last plan of a folder: severity, rule and address, in order.
pub(crate) fn findings(opa: &Path, workdir: &Workdir) -> Vec<String> {
    let plan = workdir.run(&["show", "-json", "tfplan"]).unwrap().ok().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), plan).unwrap();
    let mut command = Command::new(opa);
    command.args([
        "eval",
        "--format=raw",
        "data.main.findings",
        "--ignore=*.json",
        "--data",
    ]);
    command.arg(workspace::root().join("terraform/policy"));
    let found = answer(command.arg("--input").arg(file.path()));
    let found = found.as_array().unwrap().iter();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let mut found: Vec<_> = found
        .map(|finding| {
            ["severity", "rule", "address", "seen"]
                .map(|name| text(finding, name))
                .join(" ")
        })
        .collect();
    found.sort();
    found
}

fn table(opa: &Path) -> String {
    let mut command = Command::new(opa);
    command.args(["inspect", "--annotations", "--format=json"]);
    let inspected = answer(command.arg(workspace::root().join("terraform/policy")));
    let mut rows = Vec::new();
    for rule in inspected["annotations"].as_array().unwrap() {
        let path: Vec<_> = rule["path"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| &part["value"])
            .collect();
        let (annotations, [.., group, theme, name]) = (&rule["annotations"], path.as_slice()) else {
            continue;
        };
        if *group == "rules" {
            let custom = &annotations["custom"];
            let [id, theme] = [name, theme].map(|part| part.as_str().unwrap().replace('_', "-"));
            let [requirement, severity] = ["requirement", "severity"].map(|key| custom[key].as_str().unwrap());
            let title = annotations["title"].as_str().unwrap();
            rows.push(format!(
                "| `{id}` | {title} | {severity} | {requirement} | [{theme}.rego]({theme}.rego) |\n"
            ));
        }
    }
    rows.sort();
    format!(
        "| rule | what must hold | severity | requirement | file |\n|---|---|---|---|---|\n{}",
        rows.concat()
    )
}

#[test]
fn the_readme_of_the_rules_has_the_table_that_their_annotations_make() {
    let Some(opa) = opa_or_skip("the_readme_of_the_rules_has_the_table_that_their_annotations_make") else {
        return;
    };
    let readme = std::fs::read_to_string(workspace::root().join("terraform/policy/README.md")).unwrap();
    let (_, rest) = readme.split_once(START).unwrap();
    let (written, _) = rest.split_once(END).unwrap();
    let expected = table(&opa);
    assert!(
        written == expected,
        "put this between the markers of terraform/policy/README.md:\n{expected}"
    );
}
