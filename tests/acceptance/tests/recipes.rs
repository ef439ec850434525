//! Pages whose blocks are run from top to bottom, as their reader does: files are written, commands run in one shell, and what a block of
//! text shows must be in the output of the commands before it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use acceptance::documents::{Block, blocks};
use acceptance::terraform::{Engine, REQUIRED_PROVIDERS, Workdir, skip};
use atlas_emulator::AtlasEmulator;
use local_cloud::{LocalCloud, Options, cache, workspace};
use serde_json::json;

/// Printed after the commands of a block.
const END: &str = "---- end of block ";

/// One script of all blocks. Variables and folders last from block to block, and the first command that fails ends it.
fn script(blocks: &[Block]) -> String {
    let mut script = String::from("set -e -o pipefail\n");
    for (number, block) in blocks.iter().enumerate() {
        match (block.language.as_str(), &block.file) {
            ("hcl", Some(file)) => {
                script.push_str(&format!(
                    "mkdir -p \"$(dirname {file})\"\ncat > {file} <<'END_OF_FILE'\n{}END_OF_FILE\n",
                    block.text
                ));
            }
            ("shell", _) => script.push_str(&block.text),
            _ => continue,
        }
        script.push_str(&format!("echo '{END}{number}'\n"));
    }
    script
}

/// The output of each block of commands.
fn outputs(said: &str) -> BTreeMap<usize, String> {
    let mut found = BTreeMap::new();
    let mut current = String::new();
    for line in said.lines() {
        match line.strip_prefix(END) {
            Some(number) => {
                found.insert(number.parse().unwrap(), std::mem::take(&mut current));
            }
            None => {
                current.push_str(line);
                current.push('\n');
            }
        }
    }
    found
}

/// A text without the frames and spaces that Terraform puts into it.
fn flat(text: &str) -> String {
    let bare: String = text.chars().map(|c| if "│╷╵".contains(c) { ' ' } else { c }).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs a page and returns what its commands printed.
fn run(page: &str, folder: &Path, environment: &[(String, String)]) -> String {
    let text = fs::read_to_string(workspace::root().join(page)).unwrap();
    let blocks = blocks(&text).unwrap();
    let output = Command::new("bash")
        .args(["-c", &script(&blocks)])
        .current_dir(folder)
        .stdin(Stdio::null())
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{page}:\n{said}\n{complaints}");
    // What Terraform complains about it writes elsewhere; it belongs to one of the blocks.
    let complaints = flat(&complaints);
    let outputs = outputs(&said);
    let mut before: &str = "";
    for (number, block) in blocks.iter().enumerate() {
        if let Some(output) = outputs.get(&number).filter(|_| block.language == "shell") {
            before = output;
        }
        if block.language == "text" {
            for line in block.text.lines().filter(|line| !line.trim().is_empty()) {
                let line = flat(line);
                assert!(
                    flat(before).contains(&line) || complaints.contains(&line),
                    "{page}:{}: {line:?} is not in the output:\n{before}\n{complaints}",
                    block.line
                );
            }
        }
    }
    said
}

/// What a reader has: Terraform with the provider, `cargo cloud` and `cargo demo` as the built program, and the variables of a cloud.
fn environment(workdir: &Workdir, cloud: &[(String, String)]) -> Vec<(String, String)> {
    let tools = workdir.path().join(".tools");
    fs::create_dir(&tools).unwrap();
    let cargo = tools.join("cargo");
    let program = workspace::binary("local-cloud").unwrap();
    let text = format!(
        "#!/bin/sh\n[ \"$1\" != cloud ] || shift\nexec '{}' \"$@\"\n",
        program.display()
    );
    fs::write(&cargo, text).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let mut all: Vec<(String, String)> = workdir.environment().to_vec();
    all.extend(cloud.iter().cloned());
    for command in ["init", "plan", "apply", "destroy", "output", "show"] {
        all.push((format!("TF_CLI_ARGS_{command}"), "-no-color".into()));
    }
    all.push(("HOME".into(), workdir.path().display().to_string()));
    let path = std::env::var("PATH").unwrap();
    all.push(("PATH".into(), format!("{}:{path}", tools.display())));
    all
}

fn recipe(name: &str) -> String {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let workdir = Workdir::new(Engine::Terraform, &[]).unwrap();
    let folder = workdir.path().join("recipe");
    fs::create_dir(&folder).unwrap();
    run(
        &format!("examples/recipes/{name}.md"),
        &folder,
        &environment(&workdir, &cloud.environment()),
    )
}

#[test]
fn the_recipe_of_a_module_of_ones_own_runs() {
    recipe("own-module");
}

#[test]
fn the_recipe_of_import_adopt_and_rename_runs() {
    recipe("import-adopt-rename");
}

#[test]
fn the_recipe_of_a_plan_without_credentials_runs() {
    if !has("jq") {
        return skip(
            "the_recipe_of_a_plan_without_credentials_runs",
            "jq is not installed; apt-get install jq",
        );
    }
    recipe("plan-without-credentials");
}

/// Both in one test: the faults are the cloud's, and one of them clears all.
#[test]
fn the_recipes_of_failures_run() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    for name in ["private-link-that-fails", "rejected-apply"] {
        let workdir = Workdir::new(Engine::Terraform, &[]).unwrap();
        let folder = workdir.path().join("recipe");
        fs::create_dir(&folder).unwrap();
        let page = format!("examples/recipes/{name}.md");
        run(&page, &folder, &environment(&workdir, &cloud.environment()));
    }
}

#[test]
fn every_recipe_is_run_by_a_test_and_listed() {
    let here = fs::read_to_string(workspace::root().join("tests/acceptance/tests/recipes.rs")).unwrap();
    let folder = workspace::root().join("examples/recipes");
    let list = fs::read_to_string(folder.join("README.md")).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name != "README" {
            assert!(here.contains(&format!("\"{name}\"")), "no test runs {name}");
            assert!(list.contains(&format!("({name}.md)")), "{name} is not listed");
        }
    }
}

/// The page begins with the demo, so this is the test of the demo too.
#[test]
fn the_guide_on_backups_runs_on_the_cloud_that_the_demo_keeps() {
    let workdir = Workdir::new(Engine::Terraform, &[]).unwrap();
    // The demo's cloud is in the cache folder, where somebody's own may be: a cache with everything but that.
    let own = workdir.path().join("cache");
    fs::create_dir(&own).unwrap();
    for entry in fs::read_dir(cache::folder().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if name != "local-cloud" {
            symlink(&path, own.join(name)).unwrap();
        }
    }
    let mut environment = environment(&workdir, &[]);
    environment.retain(|(name, _)| name != "LECTERN_CACHE");
    environment.push(("LECTERN_CACHE".into(), own.display().to_string()));
    // Everything is built already, with the features of the workspace; the demo alone would build it with others.
    environment.push(("CARGO".into(), "true".into()));
    let restore = workspace::binary("mongo-restore").unwrap();
    // The page takes it from target/demo.
    let built = workdir.path().join("target/demo");
    fs::create_dir_all(&built).unwrap();
    symlink(restore, built.join("mongo-restore")).unwrap();
    let down = Down(environment.clone());
    let said = run("docs/guides/backups.md", workdir.path(), &environment);
    for outcome in ["\"planned\"", "\"restored\"", "\"verified\"", "\"drilled\""] {
        assert!(said.contains(outcome), "{outcome}: {said}");
    }
    drop(down);
}

/// Takes the cloud down also where the page fails.
struct Down(Vec<(String, String)>);

impl Drop for Down {
    fn drop(&mut self) {
        let mut command = Command::new("bash");
        command.args(["-c", "cargo cloud down"]).env_clear();
        command.envs(self.0.iter().map(|(name, value)| (name, value)));
        command.output().ok();
    }
}

fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

/// The blocks of a section of a page.
fn section(page: &str, heading: &str) -> Vec<Block> {
    let text = fs::read_to_string(workspace::root().join(page)).unwrap();
    let (_, section) = text.split_once(&format!("\n{heading}\n")).unwrap();
    blocks(section.split("\n## ").next().unwrap()).unwrap()
}

/// The summary of a new bundle, and that of a change.
#[test]
fn the_guide_on_ci_shows_the_summary_that_its_command_prints() {
    const PAGE: &str = "docs/guides/plan-in-ci.md";
    if !has("jq") {
        return skip(
            "the_guide_on_ci_shows_the_summary_that_its_command_prints",
            "jq is not installed; apt-get install jq",
        );
    }
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let workdir = Workdir::new(Engine::Terraform, &[("AWS_REGION", "eu-central-1")]).unwrap();
    let mut environment = environment(&workdir, &cloud.environment());
    environment.retain(|(name, _)| name != "AWS_REGION");
    environment.push(("AWS_REGION".into(), "eu-central-1".into()));
    let bash = |script: &str| {
        let output = Command::new("bash")
            .args(["-c", &format!("set -e -o pipefail\n{script}")])
            .current_dir(workdir.path())
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        assert!(output.status.success(), "{script}: {said:?}");
        said[0].clone()
    };
    let configuration = section(PAGE, "## Conditions on the planned alarms");
    let configuration = &configuration[0].text;
    workdir.write("versions.tf", REQUIRED_PROVIDERS).unwrap();
    workdir.write("main.tf", configuration).unwrap();
    let summary = section(PAGE, "## A summary for the reviewer");
    let [command, new, changed] = &summary[..] else {
        panic!("{summary:?}")
    };
    bash("terraform init && terraform plan -out=plan.bin");
    assert_eq!(bash(&command.text), new.text);
    bash("terraform apply plan.bin");
    let changes = configuration.replace(
        "  lifecycle {",
        "  overrides = { \"lambda/upload/errors\" = { threshold = 2 } }\n\n  lifecycle {",
    );
    workdir.write("main.tf", &changes).unwrap();
    bash("terraform plan -out=plan.bin");
    assert_eq!(bash(&command.text), changed.text);
    // A condition that does not hold fails the plan without a call.
    let muted = configuration.replace(
        "  lifecycle {",
        "  overrides = { \"*/*/*\" = { actions_enabled = false } }\n\n  lifecycle {",
    );
    workdir.write("main.tf", &muted).unwrap();
    let plan = workdir.run(&["plan", "-no-color", "-refresh=false"]).unwrap();
    assert!(
        plan.code == 1
            && plan
                .flat()
                .contains("An alarm has no actions, or its actions are disabled."),
        "{}",
        plan.text
    );
    bash("terraform destroy -auto-approve");
}

/// With objects in Atlas as another provider left them. Its `removed` blocks need that provider, which is not here.
#[test]
fn the_guide_on_moving_from_mongodbatlas_imports_everything_and_adds_nothing() {
    let found = section("docs/guides/migrate-private-link.md", "## 2. Replace the blocks");
    let configuration = found.iter().find(|block| block.text.contains("import {")).unwrap();
    let atlas = AtlasEmulator::start(atlas_emulator::Options::default()).unwrap();
    let project = atlas.project("5f1b2c3d4e5f60718293a4b5");
    project.add_cluster("main", &["EU_CENTRAL_1"]);
    let service = project.add_service("EU_CENTRAL_1");
    assert!(project.add_endpoint(&service, "vpce-0a1b2c3d4e5f60718"));
    let entry = json!({ "cidrBlock": "10.20.0.0/16", "comment": "office, through the VPN" });
    project.add_access_list_entry(&entry).unwrap();
    let environment = [
        ("MONGODB_ATLAS_BASE_URL", &atlas.base_url()[..]),
        ("MONGODB_ATLAS_PUBLIC_API_KEY", "emulated"),
        ("MONGODB_ATLAS_PRIVATE_API_KEY", "emulated-private-key"),
    ];
    let workdir = Workdir::new(Engine::Terraform, &environment).unwrap();
    workdir.write("versions.tf", REQUIRED_PROVIDERS).unwrap();
    let configuration = configuration.text.replace("60a1b2c3d4e5f60718293a4b", &service);
    workdir.write("main.tf", &configuration).unwrap();
    workdir.init().unwrap();
    let plan = workdir.plan().unwrap();
    assert!(
        plan.text.contains("3 to import, 0 to add,") && plan.text.contains("0 to destroy"),
        "{}",
        plan.text
    );
    workdir.run(&["apply", "-no-color", "tfplan"]).unwrap().ok().unwrap();
    let second = workdir.plan().unwrap();
    assert_eq!(second.code, 0, "{}", second.text);
    assert_eq!(project.snapshot().services.len(), 1);
}
