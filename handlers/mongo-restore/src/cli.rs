//! The command line: an event from arguments, progress on standard error, the answer on standard output.

mod arguments;
mod from;
mod list;
mod report;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use lambda_kit::{Failure, aws, runtime};
use mongo_restore::event::Mode;
use mongo_restore::{Failed, Place, Progress, Settings, handle};
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use self::arguments::{Arguments, Command, List, Restore, quoted};
use self::report::{Report, say};

const FAILED: u8 = 1;
const USAGE: u8 = 2;
/// As shells say it: 128 and the signal.
const INTERRUPTED: u8 = 130;
const TERMINATED: u8 = 143;
/// For a command that was stopped to say so in the target. Our choice: who pressed Ctrl-C waits no longer.
const GRACE: Duration = Duration::from_secs(5);

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
    let code = match arguments {
        Arguments {
            command: Some(Command::List(list)),
            ..
        } => show_list(&list).await,
        Arguments {
            restore: Some(restore), ..
        } => work(&restore).await,
        Arguments { .. } => Err("--from: set the location of the dumps, s3://BUCKET/PREFIX/CLUSTER".to_owned()),
    };
    code.unwrap_or_else(|problem| {
        let _printed = Arguments::command().error(ErrorKind::ValueValidation, problem).print();
        ExitCode::from(USAGE)
    })
}

async fn show_list(list: &List) -> Result<ExitCode, String> {
    let (source, below) = list.place()?;
    runtime::log_as_text();
    let settings = Settings::new(aws::config().await);
    let listing = match mongo_restore::list(&source, &below, list.limit.into(), &settings).await {
        Ok(listing) => listing,
        Err(failed) => return Ok(fail(&failed.failure)),
    };
    if listing.dumps.is_empty() {
        let (bucket, prefix, cluster) = (&source.bucket, &source.prefix, &source.cluster);
        say(&format!(
            "there is no dump in s3://{bucket}/{prefix}/{cluster}/{below}: check the bucket, prefix and cluster in --from"
        ));
        return Ok(ExitCode::from(FAILED));
    }
    if list.json {
        print(&listing);
    } else {
        // The reader of the output may have ended; the exit code still says how the command ended.
        write!(std::io::stdout().lock(), "{}", list::table(&listing)).ok();
        write!(std::io::stderr().lock(), "{}", list::next(&listing)).ok();
    }
    Ok(ExitCode::SUCCESS)
}

async fn work(restore: &Restore) -> Result<ExitCode, String> {
    let event = restore.event()?;
    let mut report = Report::new();
    runtime::log_as_text_to(report.log());
    let settings = Settings::new(aws::config().await);
    let progress = &settings.progress;
    let result = {
        let handled = handle(&event, &settings, &Place::COMMAND_LINE);
        let stopped = stopped();
        tokio::pin!(handled, stopped);
        loop {
            tokio::select! {
                result = &mut handled => break Ok(result),
                code = &mut stopped => {
                    // A restore gives its lease back, so that the next command need not wait for its end.
                    settings.stop.notify_one();
                    let is_leased = matches!(restore.mode, Mode::Restore | Mode::Drill);
                    let patience = if is_leased { GRACE } else { Duration::ZERO };
                    match tokio::time::timeout(patience, &mut handled).await {
                        Ok(Ok(answer)) => break Ok(Ok(answer)),
                        Ok(Err(_)) | Err(_) => break Err(code),
                    }
                }
                () = tokio::time::sleep(report.pause()) => report.show(progress),
            }
        }
    };
    report.end(progress);
    Ok(match result {
        Ok(Ok(answer)) => {
            print(&answer);
            ExitCode::SUCCESS
        }
        Ok(Err(Failed { failure, answer })) => {
            if let Some(answer) = answer {
                print(&answer);
            }
            fail(&failure)
        }
        Err(code) => {
            say(&interrupted(restore.mode, progress));
            ExitCode::from(code)
        }
    })
}

/// When somebody ends the command: the exit code that says so.
async fn stopped() -> u8 {
    // Without a handler the signal ends the process all the same.
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => signals.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => INTERRUPTED,
        _ = terminated => TERMINATED,
    }
}

/// What was done so far, and what to type now.
fn interrupted(mode: Mode, progress: &Progress) -> String {
    let again = quoted(std::env::args_os());
    let seen = progress.see();
    match mode {
        Mode::DryRun | Mode::Verify => format!("Interrupted. Nothing was written. To start again, run:\n  {again}"),
        Mode::Restore => format!(
            "Interrupted: {} of {} documents were written. To continue with the same dump, run the same command again:\n  {again}",
            seen.documents_done.min(seen.documents),
            seen.documents,
        ),
        Mode::Drill => format!(
            "Interrupted. The next drill drops the temporary databases of this drill. To run it now, run:\n  {again}"
        ),
    }
}

fn print(answer: &impl Serialize) {
    let text = serde_json::to_string_pretty(answer).unwrap_or_default();
    // The reader of the output may have ended; the exit code still says how the command ended.
    writeln!(std::io::stdout().lock(), "{text}").ok();
}

fn fail(failure: &Failure) -> ExitCode {
    say(&format!("{}: {}", failure.name, failure.message));
    ExitCode::from(FAILED)
}
