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
/// The dump is checked while it is read, and what is in the target is compared with it afterwards. If the command is
/// interrupted, run it again exactly as it was: it goes on where it ended.
///
/// The connection string comes from AWS Secrets Manager and from nowhere else. AWS is found as by any AWS tool: environment,
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
    /// Show the dumps that there are, the newest first: time, age, size and status
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Where the dumps are: s3://BUCKET/PREFIX/CLUSTER, or with a month or a day, s3://BUCKET/PREFIX/CLUSTER/YYYY/MM/DD
    #[arg(long, value_name = "S3_URL")]
    from: String,
    /// The role to assume for S3
    #[arg(long, value_name = "ROLE_ARN")]
    role_arn: Option<String>,
    /// How many dumps to show
    #[arg(long, value_name = "NUMBER", default_value = "20", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) limit: u16,
    /// Write JSON instead of a table
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// Where the dumps are: s3://BUCKET/PREFIX/CLUSTER for the newest complete one, or one dump's own folder,
    /// s3://BUCKET/PREFIX/CLUSTER/YYYY/MM/DD/RUN_ID
    #[arg(long, value_name = "S3_URL")]
    from: String,
    /// The secret of the deployment to restore to: {"uri": ...} or {"host", "username", "password"}
    #[arg(long, value_name = "SECRET_ARN")]
    to_secret: String,
    /// The role to assume for S3
    #[arg(long, value_name = "ROLE_ARN")]
    role_arn: Option<String>,
    /// What to do
    #[arg(long, value_enum)]
    pub(super) mode: Mode,
    /// What to do where the target has something already
    #[arg(long, value_enum, default_value_t)]
    conflict: Conflict,
    /// Only namespaces that match; * is any text, as in 'shop.*'. May be given several times [default: *]
    #[arg(long, value_name = "PATTERN")]
    include: Vec<String>,
    /// No namespaces that match. Stronger than --include; may be given several times
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// Another name for a database or a collection, as in shop=shop_copy or shop.orders=shop.old; an equals sign in a name is \=. May be
    /// given several times
    #[arg(long, value_name = "FROM=TO")]
    rename: Vec<String>,
    /// What to do with indexes and options that delete documents by their age
    #[arg(long, value_enum, default_value_t)]
    ttl: Ttl,
}

const EXAMPLES: &str = "\
Examples:
  Which dumps there are:
    mongo-restore list --from s3://dumps/mongo/main

  What would be restored, and what is in the way:
    mongo-restore --from s3://dumps/mongo/main --to-secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf --mode dry_run

  The newest complete dump into an empty deployment:
    mongo-restore --from s3://dumps/mongo/main --to-secret arn:aws:... --mode restore

  One collection of one dump beside the one there is:
    mongo-restore --from s3://dumps/mongo/main/2026/05/06/20260506T180000Z-1a2b3c --to-secret arn:aws:... --mode restore \\
      --include shop.orders --rename shop.orders=shop.orders_before

  Is the target still as that dump has it?
    mongo-restore --from s3://dumps/mongo/main/2026/05/06/20260506T180000Z-1a2b3c --to-secret arn:aws:... --mode verify

Exit codes: 0 done, 1 failed (the reason is on standard error), 2 not a command, 130 interrupted.
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
