//! Providers for Terraform and OpenTofu without a registry: a filesystem mirror and the CLI configuration that names it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::toolchain::{AWS_PROVIDER_VERSION, AwsProvider};

/// Both default hosts: Terraform reads `lectern/lectern` as on the first one, OpenTofu as on the second.
pub const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// Version of `lectern/lectern` in the mirror: the workspace's.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Version of the stand-in for `mongodb/mongodbatlas` in the mirror: the real provider's that its schemas are written from.
pub const ATLAS_VERSION: &str = "2.16.0";

/// Program of the stand-in (tests/atlas-provider).
const ATLAS_STAND_IN: &str = "terraform-provider-mongodbatlas";

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
    /// Makes a mirror in `folder` with `lectern/lectern` from `provider_binary`, with `hashicorp/aws` if it is present, and with the
    /// stand-in for `mongodb/mongodbatlas` if it was built beside `provider_binary`: the real one is not to be had everywhere, and a
    /// configuration that names it could not be initialised without.
    ///
    /// # Errors
    /// When a binary is missing or the folder cannot be written.
    pub fn create(folder: &Path, provider_binary: &Path, aws: &AwsProvider) -> Result<Self> {
        let packages = folder.join("packages");
        let atlas = provider_binary.with_file_name(ATLAS_STAND_IN);
        for host in HOSTS {
            put(&packages, host, "lectern/lectern", VERSION, provider_binary)?;
            if atlas.exists() {
                put(&packages, host, "mongodb/mongodbatlas", ATLAS_VERSION, &atlas)?;
            }
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

    /// Lets Terraform also take the providers that match `pattern`, for example `hashicorp/*`, from their registry.
    ///
    /// # Errors
    /// When the configuration cannot be written.
    pub fn also_from_registry(&self, pattern: &str) -> Result<()> {
        self.direct("include", &[pattern.to_owned()])
    }

    /// Lets Terraform take every provider that the mirror does not have from its registry. Those of the mirror come from there alone:
    /// Terraform asks all methods that a provider is not excluded from, and fails where one of them cannot be reached.
    ///
    /// # Errors
    /// When the mirror cannot be read or the configuration cannot be written.
    pub fn others_from_registry(&self) -> Result<()> {
        let mut here = BTreeSet::new();
        for namespace in fs::read_dir(self.packages.join(HOSTS[0]))? {
            let namespace = namespace?;
            for kind in fs::read_dir(namespace.path())? {
                let names = [namespace.file_name(), kind?.file_name()];
                here.insert(names.map(|name| name.to_string_lossy().into_owned()).join("/"));
            }
        }
        self.direct("exclude", &Vec::from_iter(here))
    }

    /// Adds the method `direct` for what `argument`, `include` or `exclude`, says of these patterns.
    fn direct(&self, argument: &str, patterns: &[String]) -> Result<()> {
        let text = fs::read_to_string(&self.config_file)?;
        let patterns = serde_json::to_string(patterns)?;
        let block = format!("  direct {{\n    {argument} = {patterns}\n  }}\n}}\n");
        let inside = text
            .trim_end()
            .strip_suffix('}')
            .context("a configuration that does not end with a block")?;
        Ok(fs::write(&self.config_file, format!("{inside}{block}"))?)
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
    fn the_stand_in_for_atlas_is_put_in_where_it_was_built() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("built");
        fs::write(&binary, "provider").unwrap();
        fs::write(folder.path().join(ATLAS_STAND_IN), "stand-in").unwrap();
        let mirror = Mirror::create(folder.path(), &binary, &AwsProvider::Present(binary.clone())).unwrap();
        for host in HOSTS {
            let package = format!(
                "{host}/mongodb/mongodbatlas/{ATLAS_VERSION}/linux_amd64/terraform-provider-mongodbatlas_v{ATLAS_VERSION}"
            );
            let file = mirror.packages.join(&package);
            assert_eq!(fs::read_to_string(file).unwrap(), "stand-in", "{package}");
        }
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
        for namespace in ["hashicorp", "mongodb"] {
            assert!(!mirror.packages.join("registry.terraform.io").join(namespace).exists());
        }
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
    fn every_provider_but_those_of_the_mirror_may_come_from_its_registry() {
        for (aws, excluded) in [
            (true, r#"["hashicorp/aws","lectern/lectern"]"#),
            (false, r#"["lectern/lectern"]"#),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let binary = folder.path().join("built");
            fs::write(&binary, "provider").unwrap();
            let absent = AwsProvider::Absent {
                reason: "not built".into(),
                command: "",
            };
            let aws = if aws {
                AwsProvider::Present(binary.clone())
            } else {
                absent
            };
            let mirror = Mirror::create(folder.path(), &binary, &aws).unwrap();
            mirror.others_from_registry().unwrap();
            let config = fs::read_to_string(&mirror.config_file).unwrap();
            let expected = format!("  direct {{\n    exclude = {excluded}\n  }}\n}}\n");
            assert!(config.ends_with(&expected), "{config}");
            assert_eq!(config.matches('{').count(), config.matches('}').count(), "{config}");
        }
    }

    #[test]
    fn a_provider_that_is_not_in_the_mirror_may_come_from_its_registry() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("built");
        fs::write(&binary, "provider").unwrap();
        let mirror = Mirror::create(folder.path(), &binary, &AwsProvider::Present(binary.clone())).unwrap();
        mirror.also_from_registry("hashicorp/*").unwrap();
        let config = fs::read_to_string(&mirror.config_file).unwrap();
        let (_, methods) = config.split_once("provider_installation ").unwrap();
        let path = mirror.packages.display();
        assert_eq!(
            methods,
            format!(
                "{{\n  filesystem_mirror {{\n    path = \"{path}\"\n  }}\n  direct {{\n    include = [\"hashicorp/*\"]\n  }}\n}}\n"
            )
        );
    }

    #[test]
    fn a_path_with_template_marks_stays_a_path() {
        let config = cli_config(Path::new("/a \"b\"/${c}"));
        assert!(config.contains(r#"path = "/a \"b\"/$${c}""#), "{config}");
    }
}
