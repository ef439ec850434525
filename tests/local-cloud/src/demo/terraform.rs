//! Terraform in one folder.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

/// Settings of the caller that would lead a run elsewhere.
const NOT_INHERITED: [&str; 12] = [
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_DEFAULT_REGION",
    "MONGODB_ATLAS_CLIENT_ID",
    "MONGODB_ATLAS_CLIENT_SECRET",
    "TF_CLI_ARGS",
    "TF_CLI_ARGS_apply",
    "TF_CLI_ARGS_plan",
    "TF_DATA_DIR",
    "TF_LOG",
    "TF_REATTACH_PROVIDERS",
    "TF_WORKSPACE",
];

pub(super) struct Terraform {
    folder: PathBuf,
    environment: Vec<(String, String)>,
}

/// A plan as Terraform printed it; the plan file `tfplan` goes with it.
pub(super) struct Plan {
    text: String,
}

impl Terraform {
    pub(super) fn new(folder: PathBuf, environment: Vec<(String, String)>) -> Self {
        Self { folder, environment }
    }

    /// Gives a variable a value, in `terraform.tfvars.json`.
    pub(super) fn set(&self, variable: &str, value: Value) -> Result<()> {
        let file = self.folder.join("terraform.tfvars.json");
        let mut variables: Map<String, Value> = if file.exists() {
            serde_json::from_slice(&fs::read(&file)?)?
        } else {
            Map::new()
        };
        variables.insert(variable.into(), value);
        Ok(fs::write(file, serde_json::to_vec_pretty(&variables)?)?)
    }

    /// Runs Terraform and returns what it printed.
    pub(super) async fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.finish(arguments).await?;
        if !output.status.success() {
            bail!("terraform {} failed:\n{}", arguments.join(" "), said(&output));
        }
        Ok(said(&output))
    }

    /// Plans into `tfplan`.
    pub(super) async fn plan(&self) -> Result<Plan> {
        Ok(Plan {
            text: self.run(&["plan", "-out=tfplan"]).await?,
        })
    }

    /// Applies `tfplan` and returns the lines that count.
    pub(super) async fn apply(&self) -> Result<Vec<String>> {
        Ok(results(&self.run(&["apply", "tfplan"]).await?))
    }

    /// Destroys everything and returns the lines that count.
    pub(super) async fn destroy(&self) -> Result<Vec<String>> {
        Ok(results(&self.run(&["destroy", "-auto-approve"]).await?))
    }

    /// The value of an output; null where the state has none of that name.
    pub(super) async fn output(&self, name: &str) -> Result<Value> {
        let mut outputs: Value = serde_json::from_str(&self.run(&["output", "-json"]).await?)?;
        Ok(outputs[name]["value"].take())
    }

    /// Plans once more and fails unless there is nothing to do.
    pub(super) async fn expect_empty_plan(&self) -> Result<()> {
        let output = self.finish(&["plan", "-detailed-exitcode"]).await?;
        match output.status.code() {
            Some(0) => Ok(()),
            Some(2) => bail!("the plan is not empty:\n{}", said(&output)),
            _ => bail!("terraform plan failed:\n{}", said(&output)),
        }
    }

    async fn finish(&self, arguments: &[&str]) -> Result<Output> {
        let (verb, rest) = arguments.split_first().context("terraform needs a verb")?;
        let mut command = Command::new("terraform");
        command.args([verb, "-no-color"]).args(rest).current_dir(&self.folder);
        for name in NOT_INHERITED {
            command.env_remove(name);
        }
        command
            .env("TF_INPUT", "0")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        let output = tokio::task::spawn_blocking(move || crate::group::output(&mut command)).await?;
        output.context("cannot run terraform")
    }
}

impl Plan {
    /// The closing line: how many to add, change, destroy.
    pub(super) fn summary(&self) -> Vec<String> {
        self.text
            .lines()
            .filter(|line| line.starts_with("Plan:"))
            .map(str::to_owned)
            .collect()
    }

    /// The lines of what changes in resources, and the closing line. What stays is left out, and so is the inside of what is
    /// added or removed as a whole, and of JSON documents.
    pub(super) fn changes(&self) -> Vec<String> {
        let body = self
            .text
            .split_once("Terraform will perform")
            .map_or("", |(_, body)| body);
        let body = body.split_once("\nPlan:").map_or(body, |(body, _)| body);
        let mut lines = Vec::new();
        let mut whole_at = None;
        for line in body.lines() {
            let text = line.trim_start();
            let depth = line.len() - text.len();
            if whole_at.is_some_and(|whole| depth > whole) {
                continue;
            }
            whole_at = None;
            if !["~ ", "+ ", "- ", "-/+ ", "# lectern"]
                .iter()
                .any(|mark| text.starts_with(mark))
            {
                continue;
            }
            let opens = text.ends_with(['{', '[', '(']);
            if opens && (text.starts_with(['+', '-']) || text.ends_with("jsonencode(")) {
                whole_at = Some(depth);
                lines.push(format!("{line} ..."));
            } else {
                lines.push(line.to_owned());
            }
        }
        let indented = lines.iter().map(|line| line.get(2..).unwrap_or(line).to_owned());
        indented.chain(self.summary()).collect()
    }
}

/// Progress and closing lines of an apply or destroy.
fn results(text: &str) -> Vec<String> {
    let counts = |line: &&str| {
        line.starts_with("Apply complete!")
            || line.starts_with("Destroy complete!")
            || line.contains(" complete after ")
    };
    text.lines().filter(counts).map(str::to_owned).collect()
}

fn said(output: &Output) -> String {
    let text = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).trim().to_owned());
    text.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_shown_by_what_changes() {
        let text = "\
Terraform used the selected providers to generate the following execution
plan. Resource actions are indicated with the following symbols:
  ~ update in-place

Terraform will perform the following actions:

  # lectern_alarm_bundle.courses will be updated in-place
  ~ resource \"lectern_alarm_bundle\" \"courses\" {
        id   = \"us-east-1/courses\"
      ~ alarms = {
          ~ \"lambda/search/errors/critical\" = {
              ~ threshold = 0 -> 1
                # (20 unchanged attributes hidden)
            },
          + \"lambda/search/throttles/critical\" = {
              + threshold = 0
              + dimensions = {
                  + \"FunctionName\" = \"f\"
                }
            },
        }
      ~ dashboard_body = jsonencode(
          ~ {
              ~ value = 0 -> 1
            }
        )
    }

Plan: 0 to add, 1 to change, 0 to destroy.

Changes to Outputs:
  ~ alarms = {
      ~ threshold = 0 -> 1
    }

Saved the plan to: tfplan
";
        assert_eq!(
            Plan { text: text.into() }.changes(),
            [
                "# lectern_alarm_bundle.courses will be updated in-place",
                "~ resource \"lectern_alarm_bundle\" \"courses\" {",
                "    ~ alarms = {",
                "        ~ \"lambda/search/errors/critical\" = {",
                "            ~ threshold = 0 -> 1",
                "        + \"lambda/search/throttles/critical\" = { ...",
                "    ~ dashboard_body = jsonencode( ...",
                "Plan: 0 to add, 1 to change, 0 to destroy.",
            ]
        );
    }
}
