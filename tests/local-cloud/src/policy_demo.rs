//! `cargo policy-demo`: what the rules for plans (terraform/policy) say of examples/apis, and of the same with one line changed, as a
//! comment on a pull request. Real Terraform plans it against the local cloud: no account, no credentials, nothing is applied.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::mirror::Mirror;
use crate::prerequisites::{self, Need};
use crate::progress::Progress;
use crate::toolchain::AwsProvider;
use crate::{LocalCloud, Options, toolchain, workspace};

const EXAMPLE: &str = "examples/apis";

/// The line that is changed: the first one with `from` after `place`.
const FILE: &str = "terraform/modules/storage/main.tf";
const PLACE: &str = "resource \"aws_s3_bucket_versioning\" \"files\"";
const FROM: &str = "status = \"Enabled\"";
const TO: &str = "status = \"Suspended\"";

/// On two cores, most of it for starting the AWS provider.
const PLAN: Duration = Duration::from_secs(30);

/// Plans, changes a line of a copy, plans again, and writes what the rules say to `out`.
///
/// # Errors
/// When something is missing on this machine, a plan fails, or the rules do not find what was changed.
pub fn run(out: &mut dyn Write) -> Result<()> {
    prerequisites::check(&[Need::Terraform, Need::Python, Need::Go])?;
    let opa = toolchain::policy_tool("opa")?;
    let provider = workspace::provider()?;
    let cloud = LocalCloud::start(Options::default())?;
    let copy = Copy::new(&cloud, &provider)?;

    writeln!(
        out,
        "# terraform plan of {EXAMPLE}, and the rules of terraform/policy\n"
    )?;
    copy.terraform(&["init", "-input=false"])?;
    let before = copy.report(&opa)?;
    writeln!(out, "{before}\n")?;
    ensure!(!before.contains("**Denied**"), "the rules deny {EXAMPLE} as it is");

    let (line, old, new) = copy.change()?;
    writeln!(
        out,
        "# One line of a copy is changed\n\n--- {FILE}\n+++ {FILE}\n@@ -{line} +{line} @@\n-{old}\n+{new}\n"
    )?;
    writeln!(out, "# The comment on the pull request\n")?;
    let after = copy.report(&opa)?;
    writeln!(out, "{after}\n")?;
    ensure!(
        after.contains("| `s3-versioning` |"),
        "the rules did not find the change"
    );
    writeln!(
        out,
        "# Use the rules on your own plans: terraform/policy/README.md\n# In your CI: docs/guides/pull-requests.md"
    )?;
    Ok(())
}

/// The example and the modules in a folder of their own, as they are in the repository.
struct Copy {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Copy {
    fn new(cloud: &LocalCloud, provider: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("lectern-policy-demo-").tempdir()?;
        let root = workspace::root();
        for part in [EXAMPLE, "terraform/modules"] {
            copy(&root.join(part), &folder.path().join(part))?;
        }
        let mirror_folder = folder.path().join("mirror");
        let aws = toolchain::aws_provider()?;
        let mirror = Mirror::create(&mirror_folder, provider, &aws)?;
        if let AwsProvider::Absent { .. } = aws {
            mirror.also_from_registry("hashicorp/*")?;
        }
        let copy = Self {
            environment: cloud.environment().into_iter().chain(mirror.environment()).collect(),
            folder,
        };
        let variables = copy.example().join("terraform.tfvars.json");
        fs::write(variables, serde_json::to_vec_pretty(&variables_of_the_example())?)?;
        Ok(copy)
    }

    fn example(&self) -> PathBuf {
        self.folder.path().join(EXAMPLE)
    }

    fn terraform(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new("terraform");
        command.args(arguments).current_dir(self.example()).env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        // no credentials file of the user's, no plugin cache
        command.env("HOME", self.folder.path()).env("NO_COLOR", "1");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let output = crate::group::output(&mut command).context("cannot run terraform")?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).trim().to_owned());
            let hint = match toolchain::aws_provider()? {
                AwsProvider::Absent { command, .. } if said[1].contains("hashicorp/aws") => format!(
                    "\nIf the registry of Terraform cannot be reached from here, build the hashicorp/aws provider: {command}"
                ),
                _ => String::new(),
            };
            bail!("terraform {} failed:\n{}{hint}", arguments.join(" "), said.join("\n"));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Plans, and returns what the rules say of the plan.
    fn report(&self, opa: &Path) -> Result<String> {
        let _progress = Progress::start(format!("planning {EXAMPLE}"), Some(PLAN));
        self.terraform(&["plan", "-input=false", "-out=tfplan"])?;
        let plan = self.folder.path().join("plan.json");
        fs::write(&plan, self.terraform(&["show", "-json", "tfplan"])?)?;
        let mut command = Command::new(opa);
        command.args([
            "eval",
            "--format=raw",
            "--ignore=*.json",
            "data.lectern.report.markdown",
        ]);
        command.arg("--data").arg(workspace::root().join("terraform/policy"));
        command.arg("--input").arg(&plan);
        let output = crate::group::output(&mut command).with_context(|| format!("cannot run {}", opa.display()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{command:?} failed: {}", said.trim());
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Changes the line and returns its number, what it was and what it is.
    fn change(&self) -> Result<(usize, String, String)> {
        let file = self.folder.path().join(FILE);
        let text = fs::read_to_string(&file)?;
        let start = text.find(PLACE).with_context(|| format!("{FILE} has no {PLACE}"))?;
        let at = text[start..]
            .find(FROM)
            .with_context(|| format!("{FILE} has no {FROM}"))?;
        let changed = format!("{}{}", &text[..start], text[start..].replacen(FROM, TO, 1));
        let line = text[..start + at].lines().count();
        let of = |text: &str| text.lines().nth(line - 1).unwrap_or_default().to_owned();
        let result = (line, of(&text), of(&changed));
        fs::write(file, changed)?;
        Ok(result)
    }
}

/// Packages in S3, so that no function has to be built.
fn variables_of_the_example() -> Value {
    let package = |name: &str| {
        json!({
            "bucket": "edu-artifacts",
            "key": format!("{name}.zip"),
            "version_id": "3sL4kqtJlcpXroDTDmJ",
            "sha256": "0".repeat(64),
        })
    };
    let handlers = ["upload-api", "upload-janitor", "download-api", "profile-api"];
    json!({
        "bucket": "edu-files",
        "mongo_secret": { "arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:mongo-AbCdEf" },
        "private_link": { "service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0" },
        "cors_origins": ["https://learn.example.com"],
        "artifacts": handlers.map(|name| (name.to_owned(), package(name))).into_iter().collect::<serde_json::Map<_, _>>(),
        "local_cloud": true,
    })
}

/// Copies a folder but for what Terraform left there.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().context("a file without a name")?;
        let left = name == ".terraform" || name == ".terraform.lock.hcl" || name.to_string_lossy().contains(".tfstate");
        if path.is_dir() && !left {
            copy(&path, &to.join(name))?;
        } else if path.is_file() && !left {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
