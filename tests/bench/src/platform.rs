//! What Terraform takes for examples/education-platform on the local cloud, and what the rules of terraform/policy take for its plan beside
//! checkov. The AWS provider and the local cloud are other processes, which are not counted.

use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance::platform::{Packages, Platform};
use anyhow::{Context as _, Result};
use local_cloud::{Options, cache, toolchain, workspace};
use serde_json::Value;

use crate::median;
use crate::processes::{Cost, run_alone};

pub(crate) fn measure(runs: usize) -> Result<()> {
    let options = Options {
        moto: true,
        ..Options::default()
    };
    let platform = Platform::start(options, Packages::Placeholders)?;
    platform.init(&platform.variables_for_plans())?;
    let terraform = |arguments: &[&str]| run_alone(&mut platform.workdir.command(arguments));
    let plan = ["plan", "-no-color", "-input=false", "-out=tfplan"];

    print("first plan", terraform(&plan)?);
    let shown = platform.workdir.run(&["show", "-json", "tfplan"])?.ok()?;
    print("apply", terraform(&["apply", "-no-color", "-input=false", "tfplan"])?);
    print("plan without a change", terraform(&plan)?);

    let resources = serde_json::from_str::<Value>(&shown)?["resource_changes"]
        .as_array()
        .map_or(0, Vec::len);
    println!(
        "                     {resources} resources and data sources, plan.json of {:.1} MB",
        shown.len() as f64 / 1e6
    );
    let file = platform.workdir.path().join("plan.json");
    std::fs::write(&file, shown)?;
    contest(&file, runs)
}

/// The rules and checkov in turn on one plan.
fn contest(plan: &Path, runs: usize) -> Result<()> {
    let opa = toolchain::policy_tool("opa")?;
    let checkov = checkov()?;
    let (mut rules, mut checks) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let mut command = Command::new(&opa);
        command
            .args(["eval", "--format=raw", "--ignore=*.json", "--data"])
            .arg(workspace::root().join("terraform/policy"))
            .arg("--input")
            .arg(plan)
            .arg("data.main.findings");
        rules.push(run_alone(&mut command)?);
        let mut command = Command::new(&checkov);
        command.args([
            "--framework",
            "terraform_plan",
            "--skip-download",
            "--compact",
            "--quiet",
            "--soft-fail",
            "--file",
        ]);
        checks.push(run_alone(command.arg(plan).current_dir(std::env::temp_dir()))?);
    }
    let [rules, checks] = [rules, checks].map(middle);
    print("rules", rules);
    print("checkov", checks);
    println!(
        "checkov / rules      {:8.1} times the time, {:.1} times the CPU   (median of {runs})",
        checks.wall_seconds / rules.wall_seconds,
        checks.cpu_seconds / rules.cpu_seconds
    );
    Ok(())
}

fn middle(costs: Vec<Cost>) -> Cost {
    let of = |field: fn(&Cost) -> f64| median(costs.iter().map(field).collect());
    Cost {
        wall_seconds: of(|cost| cost.wall_seconds),
        cpu_seconds: of(|cost| cost.cpu_seconds),
        peak_mib: of(|cost| cost.peak_mib),
    }
}

fn print(title: &str, cost: Cost) {
    println!(
        "{title:<21}{:8.1} s  {:8.1} s CPU  {:8.0} MiB",
        cost.wall_seconds, cost.cpu_seconds, cost.peak_mib
    );
}

/// checkov of the version that CI installs.
fn checkov() -> Result<PathBuf> {
    let entries = std::fs::read_dir(cache::folder()?)?.flatten().map(|entry| entry.path());
    entries
        .map(|folder| folder.join("bin/checkov"))
        .find(|program| program.exists() && program.parent().is_some_and(|bin| bin.with_file_name("ready").exists()))
        .context("checkov is not in the cache folder: `.ci/run` installs it")
}
