//! What is generated: the registry's documentation pages (docs/index.md, resources/, data-sources/, functions/), from the provider's
//! schema and the examples by HashiCorp's own generator, and the tables of inputs and outputs in the modules' READMEs by terraform-docs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
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

/// The folders of terraform/modules.
///
/// # Errors
/// It cannot be read.
pub fn modules() -> Result<Vec<PathBuf>> {
    let folder = std::fs::read_dir(workspace::root().join("terraform/modules"))?;
    let mut modules = folder.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    modules.retain(|path| path.is_dir());
    modules.sort();
    ensure!(!modules.is_empty(), "terraform/modules has no module");
    Ok(modules)
}

/// Rewrites what is between the markers in each module's README.
///
/// # Errors
/// The generator fails; the error is what it said.
pub fn write_tables() -> Result<()> {
    modules()?.iter().try_for_each(|module| terraform_docs(module, &[]))
}

/// Checks that what is between the markers is what the module's variables and outputs say.
///
/// # Errors
/// It is not, with the README's path.
pub fn check_tables() -> Result<()> {
    modules()?
        .iter()
        .try_for_each(|module| terraform_docs(module, &["--output-check"]))
}

fn terraform_docs(module: &Path, arguments: &[&str]) -> Result<()> {
    let settings = workspace::root().join("terraform/modules/.terraform-docs.yml");
    let mut command = Command::new(toolchain::terraform_docs()?);
    command.arg("--config").arg(settings).args(arguments).arg(module);
    let output = command.output().context("cannot run terraform-docs")?;
    let said = [output.stdout, output.stderr]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat();
    ensure!(
        output.status.success(),
        "{}: {said}",
        module.join("README.md").display()
    );
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
