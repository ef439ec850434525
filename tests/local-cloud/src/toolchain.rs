//! What the project installs by itself, each in a folder of the [`cache`] named after the hash of what it is built from.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::cache::{self, Entry};
use crate::workspace;

/// The AWS emulators and boto3, every package pinned.
const REQUIREMENTS: &str = include_str!("../python/requirements.txt");

/// Version of the `hashicorp/aws` provider that [`aws_provider`] builds (the module's `version/VERSION`).
pub const AWS_PROVIDER_VERSION: &str = "6.34.0";

/// Version of the OpenTofu that [`opentofu`] builds.
pub const OPENTOFU_VERSION: &str = "1.10.7";

/// Version of the OpenTofu that [`newer_opentofu`] builds.
pub const NEWER_OPENTOFU_VERSION: &str = "1.12.6";

/// Version of the Terraform that [`newer_terraform`] builds.
pub const NEWER_TERRAFORM_VERSION: &str = "1.13.3";

/// A program built from the Go module proxy: a module whose `go.mod` and `go.sum` pin it.
struct GoTool {
    title: &'static str,
    binary: &'static str,
    package: &'static str,
    go_mod: &'static str,
    go_sum: &'static str,
    /// The program's `main.go`, where it is ours; `package` is `.` then.
    source: &'static str,
    /// The one Go file of each module that `go.mod` replaces by a folder.
    stand_in: &'static str,
    flags: &'static [&'static str],
    /// Modules that are not in the checksum database; `go.sum` pins them.
    outside_checksum_database: &'static str,
    usual: Duration,
}

const OPENTOFU: GoTool = GoTool {
    title: "OpenTofu 1.10.7",
    binary: "tofu",
    package: "github.com/opentofu/opentofu/cmd/tofu",
    go_mod: include_str!("../tools/opentofu/go.mod"),
    go_sum: include_str!("../tools/opentofu/go.sum"),
    source: "",
    stand_in: "",
    flags: &["-ldflags", "-s -w -X github.com/opentofu/opentofu/version.dev=no"],
    outside_checksum_database: "",
    usual: Duration::from_secs(150),
};

const NEWER_OPENTOFU: GoTool = GoTool {
    title: "OpenTofu 1.12.6",
    go_mod: include_str!("../tools/newer-opentofu/go.mod"),
    go_sum: include_str!("../tools/newer-opentofu/go.sum"),
    ..OPENTOFU
};

const NEWER_TERRAFORM: GoTool = GoTool {
    title: "Terraform 1.13.3",
    binary: "terraform",
    package: "github.com/hashicorp/terraform",
    go_mod: include_str!("../tools/terraform/go.mod"),
    go_sum: include_str!("../tools/terraform/go.sum"),
    source: "",
    stand_in: include_str!("../tools/terraform/backend.go"),
    flags: &["-ldflags", "-s -w -X github.com/hashicorp/terraform/version.dev=no"],
    outside_checksum_database: "",
    usual: Duration::from_secs(150),
};

const AWS_PROVIDER: GoTool = GoTool {
    title: "the hashicorp/aws provider 6.34.0",
    binary: "terraform-provider-aws",
    package: "github.com/hashicorp/terraform-provider-aws",
    go_mod: include_str!("../tools/terraform-provider-aws/go.mod"),
    go_sum: include_str!("../tools/terraform-provider-aws/go.sum"),
    source: "",
    stand_in: "",
    flags: &["-ldflags", "-s -w"],
    outside_checksum_database: "github.com/upbound/*",
    usual: Duration::from_secs(45 * 60),
};

const TFPLUGINDOCS: GoTool = GoTool {
    title: "tfplugindocs 0.25.0",
    binary: "tfplugindocs",
    package: "github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs",
    go_mod: include_str!("../tools/tfplugindocs/go.mod"),
    go_sum: include_str!("../tools/tfplugindocs/go.sum"),
    source: "",
    stand_in: "",
    flags: &["-ldflags", "-s -w"],
    outside_checksum_database: "",
    usual: Duration::from_secs(30),
};

const TERRAFORM_DOCS: GoTool = GoTool {
    title: "terraform-docs 0.22.0",
    binary: "terraform-docs",
    package: "github.com/terraform-docs/terraform-docs",
    go_mod: include_str!("../tools/terraform-docs/go.mod"),
    go_sum: include_str!("../tools/terraform-docs/go.sum"),
    source: "",
    stand_in: "",
    flags: &["-ldflags", "-s -w"],
    outside_checksum_database: "",
    usual: Duration::from_secs(90),
};

const FERRETDB: GoTool = GoTool {
    title: "FerretDB 1.24.2",
    binary: "ferretdb",
    package: ".",
    go_mod: include_str!("../tools/ferretdb/go.mod"),
    go_sum: include_str!("../tools/ferretdb/go.sum"),
    source: include_str!("../tools/ferretdb/main.go"),
    stand_in: "",
    flags: &["-ldflags", "-s -w"],
    outside_checksum_database: "",
    usual: Duration::from_secs(90),
};

impl GoTool {
    fn entry(&self) -> Result<Entry> {
        let flags = self.flags.join(" ");
        let mut parts = vec![self.go_mod, self.go_sum, &flags];
        parts.extend([self.source, self.stand_in].into_iter().filter(|text| !text.is_empty()));
        let key = cache::key(&parts);
        Ok(Entry::new(
            &cache::folder()?,
            self.title,
            self.binary,
            &key,
            self.binary,
            self.usual,
        ))
    }

    fn ensure(&self) -> Result<PathBuf> {
        let entry = self.entry()?;
        entry.ensure(|entry| self.build(&entry.folder))?;
        Ok(entry.finished)
    }

    /// The folders, relative to the module's, that `go.mod` replaces modules by.
    fn stand_ins(&self) -> impl Iterator<Item = &'static str> {
        self.go_mod
            .lines()
            .filter_map(|line| line.split_once(" => ./"))
            .map(|(_, folder)| folder)
    }

    fn build(&self, folder: &Path) -> Result<()> {
        fs::write(folder.join("go.mod"), self.go_mod)?;
        fs::write(folder.join("go.sum"), self.go_sum)?;
        if !self.source.is_empty() {
            fs::write(folder.join("main.go"), self.source)?;
        }
        for module in self.stand_ins() {
            let module = folder.join(module);
            fs::create_dir_all(&module)?;
            fs::write(module.join("go.mod"), "module lectern.invalid/stand-in\n")?;
            fs::write(module.join("stand_in.go"), self.stand_in)?;
        }
        let unfinished = format!("{}.unfinished", self.binary);
        // The lowest priority: a build of many minutes must not be felt.
        let mut command = Command::new("nice");
        command
            .args(["-n", "19", "go", "build", "-mod=readonly"])
            .args(self.flags);
        command.args(["-o", &unfinished, self.package]).current_dir(folder);
        if !self.outside_checksum_database.is_empty() {
            command.env("GONOSUMDB", self.outside_checksum_database);
        }
        run(&mut command)?;
        fs::rename(folder.join(unfinished), folder.join(self.binary))?;
        Ok(())
    }
}

fn venv() -> Result<Entry> {
    let version = Command::new("python3")
        .args(["-c", "import sys; print(sys.version, sys.base_prefix)"])
        .output()
        .context("cannot run python3")?;
    let key = cache::key(&[REQUIREMENTS.as_bytes(), &version.stdout]);
    let root = cache::folder()?;
    Ok(Entry::new(
        &root,
        "the AWS emulators' Python venv",
        "python",
        &key,
        "ready",
        Duration::from_secs(60),
    ))
}

/// A Python venv with ministack, moto and boto3; made if absent, in about a minute. Returns its folder.
///
/// # Errors
/// When python3 or the package index cannot be used; the message has pip's own.
pub fn python_venv() -> Result<PathBuf> {
    let entry = venv()?;
    entry.ensure(|entry| {
        run(Command::new("python3").args(["-m", "venv"]).arg(&entry.folder))?;
        let requirements = entry.folder.join("requirements.txt");
        fs::write(&requirements, REQUIREMENTS)?;
        let mut pip = Command::new(entry.folder.join("bin/python"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ])
        .arg(requirements);
        run(&mut pip)?;
        Ok(fs::write(&entry.finished, "")?)
    })?;
    Ok(entry.folder)
}

/// A Python script of the workspace, by its path there, with nothing of the caller's environment.
///
/// # Errors
/// As [`python_venv`].
pub fn python(script: &str) -> Result<Command> {
    let mut command = Command::new(python_venv()?.join("bin/python"));
    command
        .arg(workspace::root().join(script))
        .env_clear()
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

/// What a command prints.
///
/// # Errors
/// It fails; the error is what it says.
pub fn printed(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.stdout)
}

/// OpenTofu's binary `tofu`; built if absent, in two to four minutes.
///
/// # Errors
/// When go or the module proxy cannot be used; the message has go's own.
pub fn opentofu() -> Result<PathBuf> {
    OPENTOFU.ensure()
}

/// The `tofu` of [`NEWER_OPENTOFU_VERSION`]; built if absent, in two to four minutes.
///
/// # Errors
/// When go or the module proxy cannot be used; the message has go's own.
pub fn newer_opentofu() -> Result<PathBuf> {
    NEWER_OPENTOFU.ensure()
}

/// The `terraform` of [`NEWER_TERRAFORM_VERSION`], for what the one on the PATH may be too old for; built if absent, in two to
/// four minutes. It keeps states in files and over HTTP only: each other backend is a Go module that no proxy has.
///
/// # Errors
/// When go or the module proxy cannot be used; the message has go's own.
pub fn newer_terraform() -> Result<PathBuf> {
    NEWER_TERRAFORM.ensure()
}

/// HashiCorp's generator of the registry's documentation pages; built if absent, in half a minute.
///
/// # Errors
/// When go or the module proxy cannot be used; the message has go's own.
pub fn tfplugindocs() -> Result<PathBuf> {
    TFPLUGINDOCS.ensure()
}

/// The generator of the tables of inputs and outputs in the modules' READMEs; built if absent, in one to three minutes.
///
/// # Errors
/// When go or the module proxy cannot be used; the message has go's own.
pub fn terraform_docs() -> Result<PathBuf> {
    TERRAFORM_DOCS.ensure()
}

/// FerretDB as a program of ours around its library; built if absent, in one to two minutes.
///
/// # Errors
/// When go or the module proxy cannot be used; the message has go's own.
pub fn ferretdb() -> Result<PathBuf> {
    FERRETDB.ensure()
}

/// Whether the `hashicorp/aws` provider is in the cache. It takes most of an hour to build, so nothing builds it unasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwsProvider {
    /// The binary.
    Present(PathBuf),
    /// It was not built yet.
    Absent {
        /// Why, with the place where it was looked for.
        reason: String,
        /// What to type to build it.
        command: &'static str,
    },
}

/// The `hashicorp/aws` provider's binary, if it was built.
///
/// # Errors
/// When there is no cache folder.
pub fn aws_provider() -> Result<AwsProvider> {
    let entry = AWS_PROVIDER.entry()?;
    Ok(if entry.is_present() {
        AwsProvider::Present(entry.finished)
    } else {
        AwsProvider::Absent {
            reason: format!(
                "the hashicorp/aws provider is not in the cache ({})",
                entry.finished.display()
            ),
            command: "cargo cloud tools --aws-provider",
        }
    })
}

/// The `hashicorp/aws` provider's binary; built if absent, at the lowest priority, in 25 to 45 minutes on two cores.
///
/// # Errors
/// When go or the module proxy cannot be used; the message has go's own.
pub fn build_aws_provider() -> Result<PathBuf> {
    AWS_PROVIDER.ensure()
}

/// A tool for plan rules, `opa` or `conftest`, of the version that CI installs, from the cache folder.
///
/// # Errors
/// When it is not there; the message has the command that builds it in a minute.
pub fn policy_tool(name: &str) -> Result<PathBuf> {
    let ci = fs::read_to_string(workspace::root().join(".ci/run"))?;
    let module = format!("/{name}@v");
    let at = ci
        .find(&module)
        .with_context(|| format!(".ci/run does not install {name}"))?;
    let version = ci[at + module.len()..].split_whitespace().next().unwrap_or_default();
    let folder = cache::folder()?.join(format!("go-tools/{name}-{version}"));
    let tool = folder.join(name);
    if !tool.exists() {
        let owner = ci[..at].rsplit(char::is_whitespace).next().unwrap_or_default();
        bail!(
            "{name} is not in the cache folder. Install it: GOBIN={} go install {owner}/{name}@v{version}",
            folder.display()
        );
    }
    Ok(tool)
}

/// One line per tool: whether it is there, and where it is or would be.
///
/// # Errors
/// When there is no cache folder, or no python3 to ask for its version.
pub fn report() -> Result<String> {
    let mut text = String::new();
    for entry in [
        venv()?,
        FERRETDB.entry()?,
        OPENTOFU.entry()?,
        NEWER_OPENTOFU.entry()?,
        NEWER_TERRAFORM.entry()?,
        TFPLUGINDOCS.entry()?,
        TERRAFORM_DOCS.entry()?,
        AWS_PROVIDER.entry()?,
    ] {
        let state = if entry.is_present() { "present" } else { "absent" };
        writeln!(text, "{state:<8} {} - {}", entry.title, entry.finished.display())?;
    }
    Ok(text)
}

/// Runs a command to its end. Its output is shown only when it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let output = crate::group::output(command).with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).trim().to_owned());
        bail!("{command:?} failed: {}\n{}", output.status, said.join("\n").trim());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn versions_in_the_text_are_those_the_modules_pin() {
        for (tool, module, version) in [
            (OPENTOFU, "github.com/opentofu/opentofu", OPENTOFU_VERSION),
            (NEWER_OPENTOFU, "github.com/opentofu/opentofu", NEWER_OPENTOFU_VERSION),
            (
                NEWER_TERRAFORM,
                "github.com/hashicorp/terraform",
                NEWER_TERRAFORM_VERSION,
            ),
        ] {
            assert!(
                tool.go_mod.contains(&format!("\t{module} v{version}")),
                "{}",
                tool.title
            );
            assert!(tool.title.ends_with(version), "{}", tool.title);
        }
        let version = FERRETDB.title.trim_start_matches("FerretDB ");
        assert!(
            FERRETDB
                .go_mod
                .contains(&format!("github.com/FerretDB/FerretDB v{version}"))
        );
        assert!(AWS_PROVIDER.title.ends_with(AWS_PROVIDER_VERSION));
    }

    #[test]
    fn a_go_tool_moves_to_another_folder_when_its_module_changes() {
        let changed = GoTool {
            go_sum: "other",
            ..OPENTOFU
        };
        assert_ne!(OPENTOFU.entry().unwrap().folder, changed.entry().unwrap().folder);
    }

    #[test]
    fn a_module_that_is_replaced_by_a_folder_has_a_file_for_it() {
        for tool in [
            OPENTOFU,
            NEWER_OPENTOFU,
            NEWER_TERRAFORM,
            TFPLUGINDOCS,
            FERRETDB,
            AWS_PROVIDER,
        ] {
            assert_eq!(
                tool.stand_ins().count() > 0,
                !tool.stand_in.is_empty(),
                "{}",
                tool.title
            );
        }
        assert_eq!(NEWER_TERRAFORM.stand_ins().next(), Some("backend/azure"));
    }

    #[test]
    fn every_python_package_is_pinned() {
        for line in REQUIREMENTS.lines() {
            assert!(line.contains("=="), "{line}");
        }
    }

    #[test]
    fn a_failed_command_is_told_with_what_it_said() {
        let error = run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("exit status: 3\nout\nerr"), "{error}");
    }
}
