//! The registry's documentation pages: docs/index.md, resources/, data-sources/, functions/, from the provider's schema and
//! the examples, written by HashiCorp's own generator.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use local_cloud::{toolchain, workspace};

use crate::terraform::{Engine, REQUIRED_PROVIDERS, Workdir};

/// Generates all pages; path below docs/ -> text.
///
/// # Errors
/// The provider or the generator fails; the error is what it said.
pub fn generate() -> Result<BTreeMap<String, String>> {
    let workdir = workdir()?;
    let rendered = workdir.path().join("docs");
    let said = tfplugindocs(
        &workdir,
        &[
            "generate",
            "--rendered-provider-name",
            "Lectern",
            "--rendered-website-dir",
            &relative(&rendered)?,
        ],
    )?;
    let mut pages = BTreeMap::new();
    collect(&rendered, &rendered, &mut pages)?;
    ensure!(!pages.is_empty(), "tfplugindocs wrote nothing:\n{said}");
    Ok(pages)
}

/// Checks docs/ as the registry does: front matter, folders and names of pages, a page for everything in the schema.
///
/// # Errors
/// What is wrong, page by page.
pub fn validate() -> Result<()> {
    tfplugindocs(&workdir()?, &["validate"])?;
    Ok(())
}

/// A working directory that has the provider. Of Terraform the newer one: the other does not export identities.
fn workdir() -> Result<Workdir> {
    let workdir = Workdir::new(Engine::NewerTerraform, &[])?;
    workdir.write("main.tf", REQUIRED_PROVIDERS)?;
    workdir.init()?;
    Ok(workdir)
}

fn tfplugindocs(workdir: &Workdir, arguments: &[&str]) -> Result<String> {
    let schema = workdir.path().join("schema.json");
    let text = workdir.run(&["providers", "schema", "-json"])?.ok()?;
    // the generator finds a schema by the provider's short name or under hashicorp/, and knows no other namespace
    std::fs::write(
        &schema,
        text.replace("registry.terraform.io/lectern/lectern", "lectern"),
    )?;
    let mut command = Command::new(toolchain::tfplugindocs()?);
    command
        .args(arguments)
        .args(["--provider-name", "lectern", "--provider-dir"])
        .arg(workspace::root())
        .arg("--providers-schema")
        .arg(&schema)
        .env("CHECKPOINT_DISABLE", "1");
    let output = command.output().context("cannot run tfplugindocs")?;
    let said = [output.stdout, output.stderr]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat();
    ensure!(output.status.success(), "tfplugindocs failed:\n{said}");
    Ok(said)
}

/// The generator takes its output folder relative to the provider's.
fn relative(folder: &Path) -> Result<String> {
    let up = "../".repeat(workspace::root().components().count() - 1);
    let folder = folder.to_str().context("the temporary folder's path is not UTF-8")?;
    Ok(format!("{up}{}", folder.trim_start_matches('/')))
}

fn collect(root: &Path, folder: &Path, pages: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, pages)?;
        } else {
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            pages.insert(name, std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
