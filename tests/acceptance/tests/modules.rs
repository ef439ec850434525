//! Every module under terraform/modules, and every example with tests, is valid and keeps its own tests, which need no cloud.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use local_cloud::workspace;

fn modules() -> Vec<PathBuf> {
    let folder = fs::read_dir(workspace::root().join("terraform/modules")).unwrap();
    let mut modules: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    modules.sort();
    assert!(!modules.is_empty());
    modules
}

fn examples_with_tests() -> Vec<PathBuf> {
    let folder = fs::read_dir(workspace::root().join("examples")).unwrap();
    let examples = folder.map(|entry| entry.unwrap().path());
    let examples: Vec<_> = examples.filter(|example| example.join("tests").exists()).collect();
    assert!(!examples.is_empty());
    examples
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
    for module in modules().into_iter().chain(examples_with_tests()) {
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
fn modules_and_examples_keep_their_own_tests() {
    const TEST: &str = "modules_and_examples_keep_their_own_tests";
    if aws_provider_or_skip(TEST).unwrap().is_none() {
        return;
    }
    for module in modules() {
        let workdir = Workdir::new(Engine::Terraform, &[]).unwrap();
        copy(&module, workdir.path());
        keeps_its_tests(&workdir);
    }
    for example in examples_with_tests() {
        let workdir = Workdir::new(Engine::Terraform, &[]).unwrap();
        let name = example.file_name().unwrap().to_str().unwrap();
        workdir.copy_example(name).unwrap();
        keeps_its_tests(&workdir);
    }
}

fn keeps_its_tests(workdir: &Workdir) {
    workdir.init().unwrap();
    workdir.run(&["validate", "-no-color"]).unwrap().ok().unwrap();
    let said = workdir.run(&["test", "-no-color"]).unwrap().ok().unwrap();
    assert!(said.contains(" 0 failed"), "{said}");
}
