//! What a machine has to have, checked together and before anything long starts.

use std::fmt;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// One program the project calls and does not bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// `terraform` 1.9 or later.
    Terraform,
    /// `python3` 3.10 or later with the modules `venv` and `ensurepip`.
    Python,
    /// `go` 1.26 or later, or 1.21 or later where it may fetch that toolchain itself.
    Go,
}

/// Why a need is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    need: Need,
    found: String,
}

impl Need {
    fn command(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::Python => "python3",
            Self::Go => "go",
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Terraform => "terraform >= 1.9",
            Self::Python => "python3 >= 3.10 with venv",
            Self::Go => "go >= 1.26",
        }
    }

    fn how_to_get(self) -> &'static str {
        match self {
            Self::Terraform => "https://developer.hashicorp.com/terraform/install",
            Self::Python => {
                "Debian and Ubuntu: apt-get install python3 python3-venv; else https://www.python.org/downloads/"
            }
            Self::Go => "https://go.dev/dl/; 1.21 or later will do where GOTOOLCHAIN=auto can fetch 1.26",
        }
    }

    /// Looks for the program and asks it for its version.
    ///
    /// # Errors
    /// [`Missing`], with what was found instead.
    pub fn check(self) -> Result<(), Missing> {
        let missing = |found: String| Missing { need: self, found };
        let mut command = Command::new(self.command());
        match self {
            Self::Terraform => command
                .args(["version", "-json"])
                .env("CHECKPOINT_DISABLE", "1")
                .env_remove("TF_CLI_CONFIG_FILE"),
            Self::Python => command.args(["-c", "import venv, ensurepip, sys; print(sys.version.split()[0])"]),
            Self::Go => command.args(["env", "GOVERSION", "GOTOOLCHAIN"]),
        };
        let output = match command.stdin(Stdio::null()).output() {
            Ok(output) => output,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(missing("not found in PATH".into()));
            }
            Err(error) => return Err(missing(format!("cannot be run: {error}"))),
        };
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            return Err(missing(
                stderr
                    .trim()
                    .lines()
                    .last()
                    .unwrap_or("failed without a message")
                    .to_owned(),
            ));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        if self.is_met_by(&text) {
            Ok(())
        } else {
            Err(missing(text.split_whitespace().collect::<Vec<_>>().join(" ")))
        }
    }

    /// Whether the program's answer to [`Need::check`]'s question is recent enough.
    fn is_met_by(self, answer: &str) -> bool {
        match self {
            Self::Terraform => serde_json::from_str::<serde_json::Value>(answer)
                .ok()
                .and_then(|version| minor(version["terraform_version"].as_str()?))
                .is_some_and(|found| found >= (1, 9)),
            Self::Python => minor(answer.trim()).is_some_and(|found| found >= (3, 10)),
            Self::Go => {
                let mut lines = answer.lines().map(str::trim);
                let version = lines.next().and_then(|line| minor(line.strip_prefix("go")?));
                let may_fetch = lines.next().is_some_and(|toolchain| toolchain.contains("auto"));
                version.is_some_and(|found| found >= (1, 26) || (may_fetch && found >= (1, 21)))
            }
        }
    }
}

/// `1.11.4` -> `(1, 11)`; `1.27rc1` -> `(1, 27)`.
fn minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor: String = parts.next()?.chars().take_while(char::is_ascii_digit).collect();
    Some((major, minor.parse().ok()?))
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}\n    {}",
            self.need.wanted(),
            self.found,
            self.need.how_to_get()
        )
    }
}

/// Checks all of `needs` and names everything missing in one message.
///
/// # Errors
/// A message with one entry per missing program: what is wanted, what was found, how to get it.
pub fn check(needs: &[Need]) -> Result<()> {
    let missing: Vec<Missing> = needs.iter().filter_map(|need| need.check().err()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = missing.iter().map(|missing| format!("  - {missing}")).collect();
    bail!("missing on this machine:\n{}", list.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_compared_by_version_not_by_text() {
        for (need, answer, met) in [
            (Need::Terraform, r#"{"terraform_version":"1.11.4"}"#, true),
            (Need::Terraform, r#"{"terraform_version":"1.9.0"}"#, true),
            (Need::Terraform, r#"{"terraform_version":"1.8.5"}"#, false),
            (Need::Terraform, "Terraform v1.11.4", false),
            (Need::Python, "3.10.1\n", true),
            (Need::Python, "3.9.18\n", false),
            (Need::Go, "go1.26.8\nlocal\n", true),
            (Need::Go, "go1.27rc1\nlocal\n", true),
            (Need::Go, "go1.22.1\nauto\n", true),
            (Need::Go, "go1.22.1\nlocal\n", false),
            (Need::Go, "go1.20\nauto\n", false),
            (Need::Go, "", false),
        ] {
            assert_eq!(need.is_met_by(answer), met, "{need:?} {answer}");
        }
    }

    #[test]
    fn a_missing_program_is_told_with_what_was_found_and_how_to_get_it() {
        let text = Missing {
            need: Need::Python,
            found: "3.9.18".into(),
        }
        .to_string();
        assert!(text.starts_with("python3 >= 3.10 with venv: 3.9.18\n"), "{text}");
        assert!(text.contains("apt-get install python3 python3-venv"), "{text}");
    }
}
