//! The emulator as a process, for tools that are not Rust.

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use clap::Parser;
use emulator_kit::process;
use mongo_emulator::{Corpus, Fault, MongoEmulator, Options, Tls, Topology, User};

/// A MongoDB server on 127.0.0.1: documents as bytes, true snapshots, failures on demand.
///
/// When it listens, it prints one line of JSON: {"uri":"mongodb://127.0.0.1:PORT/?replicaSet=rs0"}. It ends on SIGINT and
/// SIGTERM, and everything in it with it.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Name of the replica set
    #[arg(long, default_value = "rs0")]
    replica_set: String,
    /// A server alone, without a replica set
    #[arg(long, conflicts_with = "replica_set")]
    standalone: bool,
    /// User of `admin`, as NAME:PASSWORD; without any, there is no authentication. May be given several times
    #[arg(long = "user", value_parser = user)]
    users: Vec<User>,
    /// TLS; writes the certificate of the authority to trust into this file, in PEM
    #[arg(long, value_name = "FILE")]
    tls_ca_file: Option<PathBuf>,
    /// Documents that are made when they are read, as DATABASE.COLLECTION=NUMBER. May be given several times
    #[arg(long = "generate", value_parser = generated, value_name = "SPEC")]
    generated: Vec<(String, String, u64)>,
    /// Size of a generated document, in bytes
    #[arg(long, default_value_t = Corpus::default().document_bytes)]
    document_bytes: usize,
    /// Where the dice of generated documents start
    #[arg(long, default_value_t = Corpus::default().seed)]
    seed: u64,
    /// A failure, as JSON: {"command": "getMore", "namespace": "school.*", "skip": 3, "times": 1, "fault": "kill_cursor"}. May be
    /// given several times
    #[arg(long = "fault", value_parser = fault, value_name = "JSON")]
    faults: Vec<Fault>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    process::run(|| start(arguments))
}

fn start(arguments: Arguments) -> Result<(MongoEmulator, String)> {
    let topology = if arguments.standalone {
        Topology::Standalone
    } else {
        Topology::ReplicaSet(arguments.replica_set)
    };
    let emulator = MongoEmulator::start(Options {
        port: arguments.port,
        topology,
        users: arguments.users,
        tls: arguments.tls_ca_file.is_some().then_some(Tls::Valid),
        ..Options::default()
    })
    .with_context(|| format!("port {} cannot be listened on", arguments.port))?;
    for (database, collection, documents) in arguments.generated {
        let (seed, document_bytes) = (arguments.seed, arguments.document_bytes);
        let corpus = Corpus {
            documents,
            seed,
            document_bytes,
            ..Corpus::default()
        };
        emulator.generate(&database, &collection, corpus);
    }
    for fault in arguments.faults {
        emulator.fault(fault);
    }
    if let (Some(file), Some(pem)) = (&arguments.tls_ca_file, emulator.ca_pem()) {
        std::fs::write(file, pem).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    let line = serde_json::json!({ "uri": emulator.uri() }).to_string();
    Ok((emulator, line))
}

fn user(text: &str) -> Result<User> {
    let (name, password) = text.split_once(':').ok_or_else(|| anyhow!("NAME:PASSWORD"))?;
    Ok(User::new(name, password))
}

fn generated(text: &str) -> Result<(String, String, u64)> {
    let parts = text
        .rsplit_once('=')
        .and_then(|(name, number)| Some((name.split_once('.')?, number)));
    let ((database, collection), number) = parts.ok_or_else(|| anyhow!("DATABASE.COLLECTION=NUMBER"))?;
    Ok((database.to_owned(), collection.to_owned(), number.parse()?))
}

fn fault(text: &str) -> Result<Fault> {
    Ok(serde_json::from_str(text)?)
}
