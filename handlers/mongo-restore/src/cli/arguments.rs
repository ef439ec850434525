//! What can be typed.

use std::ffi::OsStr;

use clap::{Args, Parser, Subcommand};
use dump_format::names::RoleArn;
use mongo_restore::Rename;
use mongo_restore::event::{Conflict, Event, EventError, Mode, Source, Ttl, VERSION};
use serde_json::{Value, json};

use super::from::{From, Which};

/// Restores a MongoDB dump from S3.
///
/// The dump is verified while it is read, and the target is compared with it afterwards. If the command is interrupted, run exactly the
/// same command again: it continues where it stopped.
///
/// The connection string is read from AWS Secrets Manager. AWS credentials come from the default credential chain: environment variables,
/// profile, instance or task role.
#[derive(Debug, Parser)]
#[command(
    name = "mongo-restore",
    version,
    after_long_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) restore: Option<Restore>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the existing dumps, newest first: time, age, size and status
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Location of the dumps: s3://BUCKET/PREFIX/CLUSTER, or the folder of a month or a day, s3://BUCKET/PREFIX/CLUSTER/YYYY/MM/DD
    #[arg(long, value_name = "S3_URL")]
    from: String,
    /// ARN of the role to assume to read S3
    #[arg(long, value_name = "ROLE_ARN")]
    role_arn: Option<String>,
    /// Number of dumps to list
    #[arg(long, value_name = "NUMBER", default_value = "20", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) limit: u16,
    /// Write JSON instead of a table
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// Location of the dump: s3://BUCKET/PREFIX/CLUSTER for the newest complete dump, or the folder of a dump,
    /// s3://BUCKET/PREFIX/CLUSTER/YYYY/MM/DD/RUN_ID
    #[arg(long, value_name = "S3_URL")]
    from: String,
    /// ARN of the secret with the connection string of the target: {"uri": ...} or {"host", "username", "password"}
    #[arg(long, value_name = "SECRET_ARN")]
    to_secret: String,
    /// ARN of the role to assume to read S3
    #[arg(long, value_name = "ROLE_ARN")]
    role_arn: Option<String>,
    /// Action
    #[arg(long, value_enum)]
    pub(super) mode: Mode,
    /// What to do if the target has conflicting objects
    #[arg(long, value_enum, default_value_t)]
    conflict: Conflict,
    /// Restore only namespaces that match; * matches any text, for example 'shop.*'. Can be repeated [default: *]
    #[arg(long, value_name = "PATTERN")]
    include: Vec<String>,
    /// Exclude namespaces that match. Takes precedence over --include; can be repeated
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// New name of a database or a collection, for example shop=shop_copy or shop.orders=shop.old; write an equals sign in a name as \=.
    /// Can be repeated
    #[arg(long, value_name = "FROM=TO")]
    rename: Vec<String>,
    /// What to do with TTL indexes and options
    #[arg(long, value_enum, default_value_t)]
    ttl: Ttl,
}

const EXAMPLES: &str = "\
Examples:
  List the existing dumps:
    mongo-restore list --from s3://dumps/mongo/main

  Show what would be restored, and conflicts in the target:
    mongo-restore --from s3://dumps/mongo/main --to-secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf --mode dry_run

  Restore the newest complete dump to an empty deployment:
    mongo-restore --from s3://dumps/mongo/main --to-secret arn:aws:... --mode restore

  Restore one collection of one dump under another name:
    mongo-restore --from s3://dumps/mongo/main/2026/05/06/20260506T180000Z-1a2b3c --to-secret arn:aws:... --mode restore \\
      --include shop.orders --rename shop.orders=shop.orders_before

  Compare the target with a dump:
    mongo-restore --from s3://dumps/mongo/main/2026/05/06/20260506T180000Z-1a2b3c --to-secret arn:aws:... --mode verify

Exit codes: 0 success, 1 failure (the reason is on standard error), 2 invalid command line, 130 interrupted.
Logs: LECTERN_LOG=debug shows more.";

fn of_option(option: &'static str) -> impl Fn(String) -> String {
    move |problem| format!("{option}: {problem}")
}

fn role(role_arn: Option<&String>) -> Result<Option<RoleArn>, String> {
    let role = role_arn.map(|role| RoleArn::parse(role)).transpose();
    role.map_err(|invalid| of_option("--role-arn")(invalid.to_string()))
}

impl List {
    /// Where to look, and the folder below the cluster's.
    pub(super) fn place(&self) -> Result<(Source, String), String> {
        let from = From::parse(&self.from).map_err(of_option("--from"))?;
        let below = match &from.which {
            Which::All => String::new(),
            Which::Below(below) => below.clone(),
            // The folder of the dump's own day: it is in the list.
            Which::Run(run) => {
                let day = &run.to_string()[..8];
                format!("{}/{}/{}/", &day[..4], &day[4..6], &day[6..])
            }
        };
        Ok((from.source(role(self.role_arn.as_ref())?), below))
    }
}

impl Restore {
    /// The event that a function would get.
    pub(super) fn event(&self) -> Result<String, String> {
        let from = From::parse(&self.from).map_err(of_option("--from"))?;
        let dump_id = from.dump_id().map_err(of_option("--from"))?;
        let source = from.source(role(self.role_arn.as_ref())?);
        let renames: Option<Vec<_>> = self.rename.iter().map(|rename| Rename::typed(rename)).collect();
        let include = if self.include.is_empty() {
            vec!["*".to_owned()]
        } else {
            self.include.clone()
        };
        let event: Value = json!({
            "version": VERSION,
            "dump_id": dump_id,
            "source": source,
            "target": {"secret_arn": self.to_secret},
            "mode": self.mode,
            "conflict": self.conflict,
            "namespaces": {"include": include, "exclude": self.exclude},
            "rename": renames.ok_or(r"--rename: write FROM=TO, and \= for an equals sign in a name")?,
            "ttl": self.ttl,
        });
        let event = event.to_string();
        match Event::parse(&event) {
            Ok(_) => Ok(event),
            Err(error) => Err(as_typed(&error)),
        }
    }
}

/// The event's fields under the names of the options that they come from.
fn as_typed(error: &EventError) -> String {
    let (field, problem) = match error {
        EventError::Field { field, problem } => (field.as_str(), problem.clone()),
        EventError::Rename { problem, .. } => ("rename", problem.to_string()),
        EventError::NotJson { .. } | EventError::UnknownVersion(_) => return error.to_string(),
    };
    let option = match field.split(['.', '[']).next() {
        Some("target") => "--to-secret",
        Some("namespaces") if field.starts_with("namespaces.exclude") => "--exclude",
        Some("namespaces") => "--include",
        Some("rename") => "--rename",
        Some("mode") => "--mode",
        Some("source") => "--from",
        _ => field,
    };
    format!("{option}: {problem}")
}

/// A command as a shell takes it.
pub(super) fn quoted<S: AsRef<OsStr>>(words: impl IntoIterator<Item = S>) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    let words = words.into_iter().map(|word| {
        let word = word.as_ref().to_string_lossy().into_owned();
        if !word.is_empty() && word.chars().all(is_plain) {
            word
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_command_can_be_pasted_into_a_shell() {
        let words = ["mongo-restore", "--include", "shop.*", "a'b", "", "x=y"];
        assert_eq!(quoted(words), r"mongo-restore --include 'shop.*' 'a'\''b' '' x=y");
    }
}
