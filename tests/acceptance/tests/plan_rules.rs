//! The rules for plans: their table in the README, and what they find in a plan of Terraform's.

use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance::terraform::{Workdir, aws_provider_or_skip, skip};
use local_cloud::{policy_demo, toolchain, workspace};
use serde_json::Value;

const START: &str = "<!-- rules: start -->\n";
const END: &str = "<!-- rules: end -->";

/// OPA of the version that CI installs, or `None` after the skip was printed with its reason.
pub(crate) fn opa_or_skip(test: &str) -> Option<PathBuf> {
    tool_or_skip("opa", test)
}

fn tool_or_skip(name: &str, test: &str) -> Option<PathBuf> {
    match toolchain::policy_tool(name) {
        Ok(tool) => Some(tool),
        Err(error) => {
            skip(test, &format!("{error:#}"));
            None
        }
    }
}

fn answer(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the rules find in the last plan of a folder: severity, rule and address, in order.
pub(crate) fn findings(opa: &Path, workdir: &Workdir) -> Vec<String> {
    let found = findings_with(opa, workdir, &[]);
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let mut found: Vec<_> = found
        .iter()
        .map(|finding| {
            ["severity", "rule", "address", "seen"]
                .map(|name| text(finding, name))
                .join(" ")
        })
        .collect();
    found.sort();
    found
}

/// What the rules find in the last plan of a folder, with settings.
pub(crate) fn findings_with(opa: &Path, workdir: &Workdir, settings: &[&Path]) -> Vec<Value> {
    let plan = workdir.run(&["show", "-json", "tfplan"]).unwrap().ok().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), plan).unwrap();
    let mut command = Command::new(opa);
    command.args(["eval", "--format=raw", "data.main.findings", "--ignore=*.json"]);
    for data in [workspace::root().join("terraform/policy").as_path()]
        .iter()
        .chain(settings)
    {
        command.arg("--data").arg(data);
    }
    let found = answer(command.arg("--input").arg(file.path()));
    found.as_array().unwrap().clone()
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

/// The commands in the README's table of reports, each with the column that says for what it is.
fn report_commands(readme: &str) -> Vec<(String, String)> {
    let (_, table) = readme.split_once("| report | command |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let mut commands: Vec<(String, String)> = Vec::new();
    for row in rows {
        let [_, report, command, _] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        let quoted = command.split('`').nth(1).unwrap();
        let command = match command.trim().strip_prefix("the same with ") {
            Some(_) => {
                let (_, before) = commands
                    .iter()
                    .rfind(|(_, command)| command.starts_with("opa "))
                    .unwrap();
                let (kept, _) = before.rsplit_once(' ').unwrap();
                format!("{kept} {quoted}")
            }
            None => quoted.to_owned(),
        };
        commands.push((report.trim().to_owned(), command));
    }
    commands
}

#[test]
fn the_commands_of_the_readme_write_every_report_of_a_plan() {
    const TEST: &str = "the_commands_of_the_readme_write_every_report_of_a_plan";
    let (Some(opa), Some(conftest)) = (tool_or_skip("opa", TEST), tool_or_skip("conftest", TEST)) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let policy = workspace::root().join("terraform/policy");
    std::fs::create_dir(folder.path().join("terraform")).unwrap();
    std::os::unix::fs::symlink(&policy, folder.path().join("terraform/policy")).unwrap();
    let plan = std::fs::read_to_string(policy.join("fixtures/platform.json")).unwrap();
    let mut plan: Value = serde_json::from_str(&plan).unwrap();
    // opa test reads the fixture as data.
    let mut plan = plan["platform"].take();
    let changes = plan["resource_changes"].as_array_mut().unwrap();
    let key = changes
        .iter_mut()
        .find(|change| change["address"] == "aws_kms_key.profile");
    key.unwrap()["change"]["after"]["enable_key_rotation"] = false.into();
    std::fs::write(folder.path().join("plan.json"), plan.to_string()).unwrap();

    let paths = [&opa, &conftest].map(|tool| tool.parent().unwrap().display().to_string());
    let path = format!("{}:{}", paths.join(":"), std::env::var("PATH").unwrap());
    let finding =
        "kms-rotation (D3) aws_kms_key.profile: enable_key_rotation is not true. Set enable_key_rotation = true.";
    let mut reports = Vec::new();
    for (report, command) in report_commands(&std::fs::read_to_string(policy.join("README.md")).unwrap()) {
        let mut shell = Command::new("bash");
        shell
            .args(["-c", &command])
            .current_dir(folder.path())
            .env("PATH", &path);
        let output = shell.output().unwrap();
        let (said, errors) = [output.stdout, output.stderr]
            .map(|text| String::from_utf8(text).unwrap())
            .into();
        let fails = command.starts_with("conftest ");
        assert_eq!(
            output.status.code(),
            Some(i32::from(fails)),
            "{command}: {said}{errors}"
        );
        let json = || serde_json::from_str::<Value>(&said).unwrap();
        match report.split([',', ' ']).next().unwrap() {
            // The word before it has a colour.
            "text" => assert!(said.contains(&format!(" - plan.json - main - {finding}")), "{said}"),
            "JUnit" => assert!(said.contains(&format!("<testcase classname=\"conftest.main\" name=\"plan.json - {finding}\"")), "{said}"),
            "Markdown" => assert!(
                said.starts_with("### Plan rules: 1 denied")
                    && said.contains("| `kms-rotation` | D3 | `aws_kms_key.profile` | enable_key_rotation is not true | Set enable_key_rotation = true. |"),
                "{said}"
            ),
            "SARIF" => {
                let results = json()["runs"][0]["results"].take();
                let denied: Vec<_> = results.as_array().unwrap().iter().filter(|result| result["level"] == "error").collect();
                assert_eq!(denied.len(), 1, "{said}");
                assert_eq!(denied[0]["ruleId"], "kms-rotation");
            }
            "JSON" => assert!(json().as_array().unwrap().iter().any(|found| found["rule"] == "kms-rotation"), "{said}"),
            other => panic!("the README has a report that this test does not know: {other}"),
        }
        reports.push(report);
    }
    assert_eq!(reports.len(), 5, "{reports:?}");
}

#[test]
fn the_demo_of_the_rules_shows_a_changed_line_as_a_comment() {
    const TEST: &str = "the_demo_of_the_rules_shows_a_changed_line_as_a_comment";
    if opa_or_skip(TEST).is_none() || aws_provider_or_skip(TEST).unwrap().is_none() {
        return;
    }
    let mut said = Vec::new();
    policy_demo::run(&mut said).unwrap();
    let said = String::from_utf8(said).unwrap();
    let (before, after) = said.split_once("# One line of a copy is changed").unwrap();
    assert!(
        before.contains("### Plan rules: ") && !before.contains("denied"),
        "{before}"
    );
    assert!(
        after.contains("\n-    status = \"Enabled\"\n+    status = \"Suspended\"\n\n# The comment on the pull request\n\n### Plan rules: 1 denied, "),
        "{after}"
    );
    assert!(
        after.contains(
            "| `s3-versioning` | D7 | `module.storage.aws_s3_bucket_versioning.files` | status is Suspended |"
        ),
        "{after}"
    );
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
