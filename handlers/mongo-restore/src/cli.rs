//! The command line: an event from arguments, progress on standard error, the answer on standard output.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};
use dump_format::key::Location;
use lambda_kit::{aws, runtime};
use mongo_restore::answer::Answer;
use mongo_restore::event::{Conflict, Mode, Ttl, VERSION};
use mongo_restore::{Failed, Place, Progress, Settings, handle};
use serde_json::{Value, json};

/// Between two lines of progress.
const TICK: Duration = Duration::from_secs(3);
const FAILED: u8 = 1;
const USAGE: u8 = 2;

/// Restores a MongoDB dump from S3.
///
/// The dump is checked while it is read, and what is in the target is compared with it afterwards. If the command is
/// interrupted, run it again exactly as it was: it goes on where it ended.
///
/// The connection string comes from AWS Secrets Manager and from nowhere else. AWS is found as by any AWS tool: environment,
/// profile, instance or task role.
#[derive(Debug, Parser)]
#[command(name = "mongo-restore", version, after_long_help = EXAMPLES)]
struct Arguments {
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
    mode: Mode,
    /// What to do where the target has something already
    #[arg(long, value_enum, default_value_t)]
    conflict: Conflict,
    /// Only namespaces that match; * is any text, as in 'shop.*'. May be given several times [default: *]
    #[arg(long, value_name = "PATTERN")]
    include: Vec<String>,
    /// No namespaces that match. Stronger than --include; may be given several times
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// Another name for a database or a collection, as in shop=shop_copy or shop.orders=shop.old. May be given several times
    #[arg(long, value_name = "FROM=TO")]
    rename: Vec<String>,
    /// What to do with indexes and options that delete documents by their age
    #[arg(long, value_enum, default_value_t)]
    ttl: Ttl,
}

const EXAMPLES: &str = "\
Examples:
  What would be restored, and what is in the way:
    mongo-restore --from s3://dumps/mongo/main --to-secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf --mode dry_run

  The newest complete dump into an empty deployment:
    mongo-restore --from s3://dumps/mongo/main --to-secret arn:aws:... --mode restore

  One collection of one dump beside the one there is:
    mongo-restore --from s3://dumps/mongo/main/2026/05/06/20260506T180000Z-1a2b3c --to-secret arn:aws:... --mode restore \\
      --include shop.orders --rename shop.orders=shop.orders_before

  Is the target still as that dump has it?
    mongo-restore --from s3://dumps/mongo/main/2026/05/06/20260506T180000Z-1a2b3c --to-secret arn:aws:... --mode verify

Exit codes: 0 done, 1 failed (the reason is on standard error), 2 not a command.
Logs: LECTERN_LOG=debug shows more.";

impl Arguments {
    /// The event that a function would get.
    fn event(&self) -> Result<Value, &'static str> {
        let wrong = "--from: write s3://BUCKET/PREFIX/CLUSTER or s3://BUCKET/PREFIX/CLUSTER/YYYY/MM/DD/RUN_ID";
        let (bucket, folder) = self
            .from
            .strip_prefix("s3://")
            .and_then(|path| path.split_once('/'))
            .ok_or(wrong)?;
        let folder = folder.strip_suffix('/').unwrap_or(folder);
        let (prefix, cluster, dump_id) = match Location::parse_run_folder(folder) {
            Ok((location, run)) => (
                location.prefix.to_string(),
                location.cluster.to_string(),
                run.to_string(),
            ),
            Err(_) => {
                let (prefix, cluster) = folder.rsplit_once('/').ok_or(wrong)?;
                (prefix.to_owned(), cluster.to_owned(), "latest".to_owned())
            }
        };
        let mut source = json!({"bucket": bucket, "prefix": prefix, "cluster": cluster});
        if let Some(role) = &self.role_arn {
            source["role_arn"] = json!(role);
        }
        let renames = self.rename.iter().map(|rename| rename.split_once('='));
        let renames = renames.map(|rename| rename.map(|(from, to)| json!({"from": from, "to": to})));
        let renames: Option<Vec<_>> = renames.collect();
        let include = if self.include.is_empty() {
            vec!["*".to_owned()]
        } else {
            self.include.clone()
        };
        Ok(json!({
            "version": VERSION,
            "dump_id": dump_id,
            "source": source,
            "target": {"secret_arn": self.to_secret},
            "mode": self.mode,
            "conflict": self.conflict,
            "namespaces": {"include": include, "exclude": self.exclude},
            "rename": renames.ok_or("--rename: write FROM=TO")?,
            "ttl": self.ttl,
        }))
    }
}

pub(crate) async fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _printed = error.print();
            let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if is_help {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(USAGE)
            };
        }
    };
    runtime::log_as_text();
    let event = match arguments.event() {
        Ok(event) => event.to_string(),
        Err(problem) => {
            let _printed = Arguments::command().error(ErrorKind::ValueValidation, problem).print();
            return ExitCode::from(USAGE);
        }
    };
    let settings = Settings::new(aws::config().await);
    let ticker = tokio::spawn(report(Arc::clone(&settings.progress)));
    let result = handle(&event, &settings, &Place::COMMAND_LINE).await;
    ticker.abort();
    match result {
        Ok(answer) => {
            print(&answer);
            ExitCode::SUCCESS
        }
        Err(Failed { failure, answer }) => {
            if let Some(answer) = answer {
                print(&answer);
            }
            say(&format!("{}: {}", failure.name, failure.message));
            let is_usage = failure.name == "EventRefused";
            ExitCode::from(if is_usage { USAGE } else { FAILED })
        }
    }
}

fn print(answer: &Answer) {
    let text = serde_json::to_string_pretty(answer).unwrap_or_default();
    // Nobody may be listening any more; the exit code still says how it ended.
    writeln!(std::io::stdout().lock(), "{text}").ok();
}

fn say(line: &str) {
    writeln!(std::io::stderr().lock(), "{line}").ok();
}

async fn report(progress: Arc<Progress>) {
    let began = Instant::now();
    let mut before = 0;
    loop {
        tokio::time::sleep(TICK).await;
        let seen = progress.see();
        if seen.namespaces == 0 {
            continue;
        }
        let rate = (seen.bytes_done - before) / TICK.as_secs().max(1);
        before = seen.bytes_done;
        say(&format!(
            "{:>5} s  {}/{} namespaces  {}/{} documents  {} MB  {:.1} MB/s",
            began.elapsed().as_secs(),
            seen.namespaces_done,
            seen.namespaces,
            seen.documents_done,
            seen.documents,
            seen.bytes_done / 1_000_000,
            megabytes(rate),
        ));
    }
}

#[allow(clippy::cast_precision_loss, reason = "shown with one digit behind the point")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
