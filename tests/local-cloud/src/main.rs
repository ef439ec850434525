//! `local-cloud`: the local cloud by hand, and the commands behind `cargo demo` and `cargo dist`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use local_cloud::background::Place;
use local_cloud::prerequisites::{self, Need};
use local_cloud::{Options, demo, dist, fault, kill_all, policy_demo, toolchain, workspace};
use tokio::signal::unix::{SignalKind, signal};

/// Until an interrupted step must have cleaned up.
const CLEANUP: Duration = Duration::from_secs(10);

/// AWS, MongoDB Atlas and a MongoDB on this machine, for Lectern's examples and tests: no account, no Docker, no keys.
#[derive(Parser)]
#[command(
    name = "cargo cloud",
    bin_name = "cargo cloud",
    version,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a local cloud in the background and print the variables to export.
    ///
    /// Terraform finds the emulators and the provider of this checkout through these variables.
    /// Returns when all services answer. If a local cloud is already running, prints its variables. In a shell:
    ///
    ///     eval "$(cargo cloud up)"
    #[command(verbatim_doc_comment)]
    Up(Start),
    /// Show whether a local cloud is running, and the variables to export. Exits with 1 if none is running.
    Status(At),
    /// Stop the local cloud that `up` started.
    Down(At),
    /// Make the emulators of the running local cloud fail on demand: list, set and clear faults.
    ///
    /// With faults you can see how an apply behaves when AWS or Atlas throttles calls, returns errors or breaks off.
    Fault(fault::Arguments),
    /// Run the demo with real Terraform: alarms and a private link are created, changed, repaired and destroyed, an alarm fires, and a
    /// MongoDB database is dumped and restored.
    Demo(demo::Arguments),
    /// Plan examples/apis, check the plan with the rules of terraform/policy, change one line of a copy and check it again.
    ///
    /// Prints the findings as a comment on a pull request shows them. Nothing is applied. You need OPA.
    PolicyDemo,
    /// Build the release in target/dist: the provider's zip, checksums and unpacked mirror, and a zip of each function.
    Dist,
    /// Build the tools for tests that might be missing on this machine, in the cache folder.
    ///
    /// These are the AWS emulators, FerretDB, two OpenTofu, a newer Terraform, tfplugindocs and terraform-docs (about ten minutes). The
    /// cache folder is $LECTERN_CACHE, by default ~/.cache/lectern.
    Tools(Tools),
    /// Run a local cloud in this process; what `up` starts.
    #[command(hide = true)]
    Serve(Start),
}

#[derive(Args)]
struct At {
    /// Folder in which `up`, `status` and `down` share their state [default: local-cloud in the cache folder]
    #[arg(long, value_name = "FOLDER")]
    state_folder: Option<PathBuf>,
}

#[derive(Args)]
struct Start {
    #[command(flatten)]
    at: At,
    /// Also start moto, for services that ministack lacks
    #[arg(long)]
    moto: bool,
    /// The provider binary for Terraform [default: built from this checkout]
    #[arg(long, value_name = "BINARY")]
    provider: Option<PathBuf>,
}

#[derive(Args)]
struct Tools {
    /// Also build the hashicorp/aws provider: 25 to 45 minutes on two cores, 9 GB of memory
    #[arg(long)]
    aws_provider: bool,
    /// Only list the tools that exist and the ones that are missing
    #[arg(long, conflicts_with = "aws_provider")]
    check: bool,
}

fn main() -> ExitCode {
    // Cargo's aliases have their "--" already, and `cargo demo -- --keep` is what fingers type.
    let cli = Cli::parse_from(std::env::args_os().filter(|argument| argument != "--"));
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        // `serve` ends in its own way at a signal. Everything else is dropped where it stands, which ends what it started.
        if let Command::Serve(arguments) = cli.command {
            return tokio::task::spawn_blocking(move || serve(arguments)).await?;
        }
        tokio::select! {
            result = run(cli.command) => result,
            name = async {
                let name = interrupted().await;
                eprintln!("{name}: stopping");
                // What it started goes first: it may still write where the drop below removes.
                kill_all();
                name
            } => Err(anyhow::anyhow!("ended by {name}")),
        }
    });
    // A blocking step that was interrupted ends soon, as what it waits for is gone, and cleans up.
    kill_all();
    runtime.shutdown_timeout(CLEANUP);
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Demo(arguments) => demo::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Fault(arguments) => fault::run(arguments).await.map(|()| ExitCode::SUCCESS),
        blocking => tokio::task::spawn_blocking(move || run_blocking(blocking)).await?,
    }
}

fn run_blocking(command: Command) -> Result<ExitCode> {
    let mut stdout = std::io::stdout();
    match command {
        Command::Up(start) => {
            prerequisites::check(&[Need::Python, Need::Go])?;
            let folder = start.at.state_folder.clone();
            let place = Place::new(start.at.state_folder)?;
            let provider = start.provider.map_or_else(workspace::provider, Ok)?;
            let state = place.up(start.moto, &provider)?;
            write!(stdout, "{}", state.exports())?;
            eprintln!(
                "# The local cloud runs (process {}); its logs are in {}.",
                state.pid,
                state.folder.display()
            );
            let named = folder.map_or_else(String::new, |folder| format!(" --state-folder {}", folder.display()));
            eprintln!("# Stop it with: cargo cloud down{named}");
        }
        Command::Status(at) => match Place::new(at.state_folder)?.status()? {
            Some(state) => {
                write!(stdout, "{}", state.exports())?;
                eprintln!(
                    "# The local cloud runs (process {}); its logs are in {}.",
                    state.pid,
                    state.folder.display()
                );
            }
            None => {
                eprintln!("# No local cloud is running. Start one with: cargo cloud up");
                return Ok(ExitCode::FAILURE);
            }
        },
        Command::Down(at) => {
            let was_there = Place::new(at.state_folder)?.down()?;
            eprintln!(
                "# {}",
                if was_there {
                    "The local cloud is stopped."
                } else {
                    "No local cloud was running."
                }
            );
        }
        Command::Tools(tools) => {
            if !tools.check {
                prerequisites::check(&[Need::Python, Need::Go])?;
                toolchain::python_venv()?;
                toolchain::ferretdb()?;
                toolchain::opentofu()?;
                toolchain::newer_opentofu()?;
                toolchain::newer_terraform()?;
                toolchain::tfplugindocs()?;
                toolchain::terraform_docs()?;
                if tools.aws_provider {
                    toolchain::build_aws_provider()?;
                }
            }
            write!(stdout, "{}", toolchain::report()?)?;
        }
        Command::Dist => dist::run()?,
        Command::PolicyDemo => policy_demo::run(&mut stdout)?,
        Command::Demo(_) | Command::Fault(_) | Command::Serve(_) => {
            unreachable!("handled where they can be interrupted")
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(start: Start) -> Result<ExitCode> {
    let options = Options {
        moto: start.moto,
        mongo: true,
        ..Options::default()
    };
    let runtime = tokio::runtime::Handle::current();
    Place::new(start.at.state_folder)?.serve(options, start.provider.as_deref(), || {
        runtime.block_on(interrupted());
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Waits for Ctrl-C, SIGTERM or the terminal's end and returns its name.
async fn interrupted() -> &'static str {
    let wait = |kind, name| async move {
        match signal(kind) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            // Without a handler the signal still ends the process, and the emulators with it.
            Err(_) => std::future::pending().await,
        }
        name
    };
    tokio::select! {
        name = wait(SignalKind::interrupt(), "Ctrl-C") => name,
        name = wait(SignalKind::terminate(), "SIGTERM") => name,
        name = wait(SignalKind::hangup(), "SIGHUP") => name,
    }
}
