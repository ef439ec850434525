//! Every module under terraform/modules is valid and keeps its own tests, which need no cloud; settings of examples are refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use local_cloud::workspace;

/// Modules under test at a time: a schema of the AWS provider takes Terraform some 500 MB.
const SIDE_BY_SIDE: usize = 2;

fn modules() -> Vec<PathBuf> {
    let folder = fs::read_dir(workspace::root().join("terraform/modules")).unwrap();
    let mut modules: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    modules.sort();
    assert!(!modules.is_empty());
    modules
}

/// Copies a folder with what is in it, but for what Terraform left there.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let from = entry.unwrap().path();
        let to = to.join(from.file_name().unwrap());
        if !from.is_dir() {
            fs::copy(from, to).unwrap();
        } else if !from.ends_with(".terraform") {
            copy(&from, &to);
        }
    }
}

#[test]
fn every_module_has_its_files_and_describes_every_variable_and_output() {
    for module in modules() {
        for file in [
            "main.tf",
            "variables.tf",
            "outputs.tf",
            "versions.tf",
            "README.md",
            "tests",
        ] {
            assert!(module.join(file).exists(), "{} has no {file}", module.display());
        }
        for file in ["variables.tf", "outputs.tf"] {
            let text = fs::read_to_string(module.join(file)).unwrap();
            let blocks = text
                .lines()
                .filter(|line| line.ends_with('{') && !line.starts_with(' '));
            let described = text.lines().filter(|line| line.starts_with("  description")).count();
            assert_eq!(described, blocks.count(), "{}/{file}", module.display());
        }
    }
}

/// A validation without a case that it refuses may as well not be there.
#[test]
fn every_validation_has_a_test_that_it_refuses() {
    for module in modules() {
        let variables = fs::read_to_string(module.join("variables.tf")).unwrap();
        let tests: String = fs::read_dir(module.join("tests"))
            .unwrap()
            .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        for block in variables.split("\nvariable \"").skip(1) {
            let name = block.split('"').next().unwrap();
            if block.contains("validation {") {
                assert!(
                    tests.contains(&format!("expect_failures = [var.{name}]")),
                    "{}: nothing is refused for {name}",
                    module.display()
                );
            }
        }
    }
}

#[test]
fn modules_keep_their_own_tests() {
    const TEST: &str = "modules_keep_their_own_tests";
    let Some(binary) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    // Mocked providers are asked whether a configuration is valid, and never configured.
    let aws = RunningProvider::start(&binary, &[]).unwrap();
    let modules = Mutex::new(modules().into_iter());
    let next = || modules.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some(module) = next() {
                    let workdir = Workdir::with_running_aws(Engine::Terraform, &[], &aws).unwrap();
                    // With its neighbours, since modules call each other.
                    copy(&workspace::root().join("terraform/modules"), workdir.path());
                    let folder = format!("-chdir={}", module.file_name().unwrap().to_str().unwrap());
                    workdir
                        .run(&[&folder, "init", "-no-color", "-input=false"])
                        .unwrap()
                        .ok()
                        .unwrap();
                    workdir.run(&[&folder, "validate", "-no-color"]).unwrap().ok().unwrap();
                    let said = workdir.run(&[&folder, "test", "-no-color"]).unwrap().ok().unwrap();
                    assert!(said.contains(" 0 failed"), "{}: {said}", module.display());
                }
            });
        }
    });
}

/// What the handlers would refuse only when they are called, with 500 for everybody.
#[test]
fn settings_that_the_functions_of_the_apis_do_not_take_are_refused_before_the_apply() {
    const TEST: &str = "settings_that_the_functions_of_the_apis_do_not_take_are_refused_before_the_apply";
    let Some(binary) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let aws = RunningProvider::start(&binary, &[]).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &[], &aws).unwrap();
    workdir.copy_example("apis").unwrap();
    workdir.init().unwrap();
    let secret = r#"mongo_secret={arn="arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"}"#;
    let console = |settings: &[&str]| {
        let mut arguments = vec!["console", "-var", "bucket=edu-files"];
        arguments.extend(settings.iter().flat_map(|setting| ["-var", setting]));
        workdir.run(&arguments).unwrap()
    };
    let sound = console(&[secret, "link_seconds=60"]);
    assert_eq!(sound.code, 0, "{}", sound.text);
    for (settings, message) in [
        (&[][..], "The functions sign in to MongoDB"),
        (
            &[secret, "mongo_host=main-pl-0.ab1cd.mongodb.net"],
            "The functions sign in to MongoDB",
        ),
        (&[secret, "link_seconds=30"], "link_seconds is a whole number"),
        (&[secret, "link_seconds=7200"], "link_seconds is a whole number"),
        (
            &[secret, "upload_max_bytes=5000000001"],
            "upload_max_bytes is a whole number",
        ),
        (
            &[secret, r#"upload_content_types=["text/html"]"#],
            "upload_content_types are media types",
        ),
        (
            &[secret, r#"upload_content_types=["image/svg+xml"]"#],
            "upload_content_types are media types",
        ),
        (
            &[secret, r#"upload_content_types=["image/*"]"#],
            "upload_content_types are media types",
        ),
    ] {
        let said = console(settings);
        assert!(said.flat().contains(message), "{settings:?}: {}", said.text);
    }
}
