//! The emulator as a process, for tools that are not Rust.

use anyhow::{Context as _, Result};
use atlas_emulator::{AtlasEmulator, Credentials, DEFAULT_PROJECT, Options, Pace};
use clap::Parser;
use emulator_kit::process;

/// MongoDB Atlas' Admin API on 127.0.0.1: private endpoints on AWS, clusters to read, access lists, database users.
///
/// When it listens, it prints one line of JSON: {"base_url":"http://127.0.0.1:PORT"}. It ends on SIGINT and SIGTERM, and
/// everything in it with it. Requests are authenticated by HTTP digest or by a service account's token.
#[derive(Parser)]
#[command(version, after_long_help = CONTROLS)]
struct Arguments {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Project that exists from the start; may be given several times
    #[arg(long = "project", default_value = DEFAULT_PROJECT)]
    projects: Vec<String>,
    /// Calls that see a state before the next state follows
    #[arg(long, default_value_t = 1, conflicts_with = "time_factor")]
    looks: u32,
    /// Change states by time instead: the times Atlas takes, times this factor
    #[arg(long, value_parser = factor)]
    time_factor: Option<f64>,
    /// Public key of the programmatic API key
    #[arg(long, default_value_t = Credentials::default().public_key)]
    public_key: String,
    /// Private key of the programmatic API key
    #[arg(long, default_value_t = Credentials::default().private_key)]
    private_key: String,
    /// Client id of the service account
    #[arg(long, default_value_t = Credentials::default().client_id)]
    client_id: String,
    /// Client secret of the service account
    #[arg(long, default_value_t = Credentials::default().client_secret)]
    client_secret: String,
}

const CONTROLS: &str = "\
Controls for tests, under /_emulator, JSON in and out:
  GET|DELETE   calls                                     the calls so far
  POST|DELETE  faults                                    {\"method\": \"GET\", \"path\": \"/groups/*/clusters\", \"times\": 1, \"fault\": \"unavailable\"}
  POST         gates                                     {\"method\": \"POST\", \"path\": \"**\"}, answers {\"id\": 1}
  GET|DELETE   gates/ID                                  is a call held there; let it go on
  GET|PATCH    profile                                   which behaviours are shown
  DELETE       tokens                                    ends every token
  GET          projects                                  ids
  PUT|GET      projects/ID                               makes it; everything in it
  POST         projects/ID/clusters                      {\"name\": \"main\", \"regions\": [\"EU_WEST_1\"], \"sharded\": false}
  DELETE       projects/ID/clusters/NAME
  POST         projects/ID/services                      {\"region\": \"EU_WEST_1\"}, answers {\"id\": \"...\"}
  PATCH|DELETE projects/ID/services/SID                  members to show, {\"status\": \"FAILED\"}; makes it vanish
  POST         projects/ID/services/SID/endpoints        {\"id\": \"vpce-...\"}
  PATCH|DELETE projects/ID/services/SID/endpoints/VPCE
  POST         projects/ID/access-list                   {\"cidrBlock\": \"10.0.0.0/8\"}
  DELETE       projects/ID/access-list/VALUE
  POST         projects/ID/database-users                {\"groupId\": \"ID\", \"databaseName\": \"admin\", \"username\": \"...\", \"password\": \"...\", \"roles\": [...]}
  DELETE       projects/ID/database-users/DATABASE/NAME
  PUT          projects/ID/regional-mode                 {\"enabled\": true}
  PUT          projects/ID/vpc-peering                   {\"enabled\": true}";

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    process::run(|| start(arguments))
}

fn start(arguments: Arguments) -> Result<(AtlasEmulator, String)> {
    let emulator = AtlasEmulator::start(Options {
        port: arguments.port,
        credentials: Credentials {
            public_key: arguments.public_key,
            private_key: arguments.private_key,
            client_id: arguments.client_id,
            client_secret: arguments.client_secret,
        },
        projects: arguments.projects,
        pace: arguments
            .time_factor
            .map_or(Pace::Looks(arguments.looks), Pace::TimeFactor),
        ..Options::default()
    })
    .with_context(|| format!("port {} cannot be listened on", arguments.port))?;
    let line = serde_json::json!({ "base_url": emulator.base_url() }).to_string();
    Ok((emulator, line))
}

fn factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if (0.0..=1000.0).contains(&factor) => Ok(factor),
        _ => Err("a number from 0 to 1000".to_owned()),
    }
}
