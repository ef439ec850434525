//! The same dump into the same empty deployment: mongo-restore, which checks what it reads and compares the restored documents in the end,
//! and a pymongo script that does neither.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use local_cloud::workspace;
use mongo_emulator::{MongoEmulator, Options};

use crate::bound;
use crate::dump::{self, BUCKET, COLLECTION, DATABASE, Place, World, mb};
use crate::median;
use crate::processes::{Cost, own_cpu_seconds, run_alone};

const MIB: f64 = 1_048_576.0;
/// Where the dump is.
const PREFIX: &str = "mongo/main";

pub(crate) struct Plan {
    /// What is restored, dumped once.
    pub(crate) dump: dump::Plan,
    pub(crate) binary: PathBuf,
    pub(crate) runs: usize,
}

/// One restore, and what the emulated MongoDB took meanwhile.
#[derive(Clone, Copy)]
struct Measured {
    cost: Cost,
    server_cpu_seconds: f64,
}

impl Plan {
    pub(crate) async fn measure(&self) -> Result<()> {
        let mut world = World::start().await?;
        // Python's own library reads gzip.
        world.compression = "gzip";
        world.generate(COLLECTION, self.dump.documents);
        let source = world.mongo.documents(DATABASE, COLLECTION);
        let bytes_bson: u64 = source.iter().map(|document| document.len() as u64).sum();
        self.dump
            .mongo_dump(&mut world, Place::LocalCloud, COLLECTION, self.dump.documents)
            .await?;
        let parts = parts(&world).await?;
        let target = MongoEmulator::start(Options::default())?;
        let secret = dump::secret(&world.cloud, "target", &target).await?;
        println!(
            "{} documents, {:.1} MB of BSON, {} restores by each in turn",
            self.dump.documents,
            mb(bytes_bson),
            self.runs
        );

        let (mut ours, mut theirs, mut bounds) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.runs {
            bounds.push(bound::measure_restore(&parts)?);
            let mut command = Command::new(&self.binary);
            let from = format!("s3://{BUCKET}/{PREFIX}");
            command.args([
                "--from",
                &from,
                "--to-secret",
                &secret,
                "--mode",
                "restore",
                "--conflict",
                "drop",
            ]);
            ours.push(one(&world, &target, command, &source)?);
            let mut command = Command::new(&world.python);
            command
                .arg(workspace::root().join("tests/bench/python/pymongo_restore.py"))
                .args([&target.uri(), DATABASE, COLLECTION, BUCKET, PREFIX]);
            theirs.push(one(&world, &target, command, &source)?);
        }
        print(&ours, &theirs, median(bounds), bytes_bson);
        Ok(())
    }
}

/// What the dump's objects hold.
async fn parts(world: &World) -> Result<Vec<Vec<u8>>> {
    let s3 = lambda_kit::aws::s3(&world.cloud.sdk_config());
    let listed = s3.list_objects_v2().bucket(BUCKET).prefix(PREFIX).send().await?;
    let mut parts = Vec::new();
    for key in listed.contents().iter().filter_map(|object| object.key()) {
        if key.ends_with(".jsonl.gz") {
            let object = s3.get_object().bucket(BUCKET).key(key).send().await?;
            parts.push(object.body.collect().await?.to_vec());
        }
    }
    anyhow::ensure!(!parts.is_empty(), "the dump has no parts under {PREFIX}");
    Ok(parts)
}

/// Runs one of them, and sees that all documents are there.
fn one(world: &World, target: &MongoEmulator, mut command: Command, source: &[Vec<u8>]) -> Result<Measured> {
    command.env_clear().envs(world.cloud.environment());
    let before = own_cpu_seconds();
    let cost = run_alone(&mut command)?;
    let server_cpu_seconds = own_cpu_seconds()
        .zip(before)
        .map_or(f64::NAN, |(after, before)| after - before);
    let there = target.documents(DATABASE, COLLECTION);
    anyhow::ensure!(
        there.len() == source.len(),
        "{} of {} documents",
        there.len(),
        source.len()
    );
    Ok(Measured {
        cost,
        server_cpu_seconds,
    })
}

fn print(ours: &[Measured], theirs: &[Measured], bound: f64, bytes_bson: u64) {
    println!(
        "{:40}{:>9}{:>9}{:>9}{:>11}{:>10}",
        "medians", "wall s", "CPU s", "peak MB", "BSON MB/s", "server s"
    );
    let middle = |runs: &[Measured], of: fn(&Measured) -> f64| median(runs.iter().map(of).collect());
    let row = |title: &str, runs: &[Measured]| {
        let (wall, cpu) = (
            middle(runs, |run| run.cost.wall_seconds),
            middle(runs, |run| run.cost.cpu_seconds),
        );
        let peak = middle(runs, |run| run.cost.peak_mib) * MIB / 1e6;
        let server = middle(runs, |run| run.server_cpu_seconds);
        println!(
            "{title:40}{wall:>9.2}{cpu:>9.2}{peak:>9.1}{:>11.0}{server:>10.2}",
            mb(bytes_bson) / wall
        );
        (wall, cpu, peak)
    };
    let (wall, cpu, peak) = row("mongo-restore, checked and compared", ours);
    let (their_wall, their_cpu, their_peak) = row("pymongo, inserted", theirs);
    println!("{:40}{:>9}{bound:>9.2}", "bound: one thread, no network", "");
    println!(
        "pymongo takes {:.1}x the wall time, {:.1}x the CPU and {:.1}x the memory; mongo-restore's CPU is {:.2}x the bound",
        their_wall / wall,
        their_cpu / cpu,
        their_peak / peak,
        cpu / bound
    );
}
