//! Providers for Terraform and OpenTofu without a registry: a filesystem mirror and the CLI configuration that names it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::toolchain::{AWS_PROVIDER_VERSION, AwsProvider};

/// Both default hosts: Terraform reads `lectern/lectern` as on the first one, OpenTofu as on the second.
pub const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// Version of `lectern/lectern` in the mirror: the workspace's.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The only platform that is built here.
pub const PLATFORM: &str = "linux_amd64";

/// A mirror on disk.
#[derive(Debug, Clone)]
pub struct Mirror {
    /// The CLI configuration for `TF_CLI_CONFIG_FILE`.
    pub config_file: PathBuf,
    /// The mirror itself, for `terraform providers mirror`'s layout readers.
    pub packages: PathBuf,
}

impl Mirror {
    /// Makes a mirror in `folder` with `lectern/lectern` from `provider_binary`, and with `hashicorp/aws` if it is present.
    ///
    /// # Errors
    /// When a binary is missing or the folder cannot be written.
    pub fn create(folder: &Path, provider_binary: &Path, aws: &AwsProvider) -> Result<Self> {
        let packages = folder.join("packages");
        for host in HOSTS {
            put(&packages, host, "lectern/lectern", VERSION, provider_binary)?;
            if let AwsProvider::Present(binary) = aws {
                put(&packages, host, "hashicorp/aws", AWS_PROVIDER_VERSION, binary)?;
            }
        }
        let config_file = folder.join("cli.tfrc");
        fs::write(&config_file, cli_config(&packages))?;
        Ok(Self { config_file, packages })
    }

    /// Environment for every Terraform or OpenTofu run: only this mirror, no calls home.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("TF_CLI_CONFIG_FILE", self.config_file.display().to_string()),
            ("CHECKPOINT_DISABLE", "1".into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

/// Puts a link to `binary` where an unpacked mirror has the package. Copies would cost 870 MB for one provider.
fn put(packages: &Path, host: &str, source: &str, version: &str, binary: &Path) -> Result<()> {
    let binary = fs::canonicalize(binary).with_context(|| format!("no provider binary at {}", binary.display()))?;
    let file = package_file(packages, host, source, version);
    fs::create_dir_all(file.parent().context("a package without a folder")?)?;
    symlink(binary, file)?;
    Ok(())
}

/// Where an unpacked mirror has a provider's binary.
pub(crate) fn package_file(packages: &Path, host: &str, source: &str, version: &str) -> PathBuf {
    let kind = source.split('/').next_back().unwrap_or(source);
    packages
        .join(host)
        .join(source)
        .join(version)
        .join(PLATFORM)
        .join(format!("terraform-provider-{kind}_v{version}"))
}

/// A CLI configuration that takes every provider from `packages`.
fn cli_config(packages: &Path) -> String {
    // HCL strings escape as JSON strings do, and ${ and %{ besides.
    let path = serde_json::Value::from(packages.display().to_string())
        .to_string()
        .replace("${", "$${")
        .replace("%{", "%%{");
    format!(
        "disable_checkpoint = true\n\nprovider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn both_hosts_get_every_provider_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("built");
        fs::write(&binary, "provider").unwrap();
        let mirror = Mirror::create(folder.path(), &binary, &AwsProvider::Present(binary.clone())).unwrap();
        for host in HOSTS {
            for package in [
                format!("{host}/lectern/lectern/{VERSION}/linux_amd64/terraform-provider-lectern_v{VERSION}"),
                format!(
                    "{host}/hashicorp/aws/{AWS_PROVIDER_VERSION}/linux_amd64/terraform-provider-aws_v{AWS_PROVIDER_VERSION}"
                ),
            ] {
                assert_eq!(
                    fs::read_to_string(mirror.packages.join(&package)).unwrap(),
                    "provider",
                    "{package}"
                );
            }
        }
        let config = fs::read_to_string(&mirror.config_file).unwrap();
        assert!(
            config.contains(&format!("path = \"{}\"", mirror.packages.display())),
            "{config}"
        );
    }

    #[test]
    fn an_absent_aws_provider_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("built");
        fs::write(&binary, "provider").unwrap();
        let absent = AwsProvider::Absent {
            reason: "not built".into(),
            command: "",
        };
        let mirror = Mirror::create(folder.path(), &binary, &absent).unwrap();
        assert!(!mirror.packages.join("registry.terraform.io/hashicorp").exists());
    }

    #[test]
    fn a_missing_provider_binary_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let absent = AwsProvider::Absent {
            reason: "not built".into(),
            command: "",
        };
        let error = Mirror::create(folder.path(), &folder.path().join("nothing"), &absent).unwrap_err();
        assert!(error.to_string().contains("no provider binary at"), "{error}");
    }

    #[test]
    fn a_path_with_template_marks_stays_a_path() {
        let config = cli_config(Path::new("/a \"b\"/${c}"));
        assert!(config.contains(r#"path = "/a \"b\"/$${c}""#), "{config}");
    }
}
