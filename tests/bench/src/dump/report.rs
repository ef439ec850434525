//! The table, the ratios, and what they are meant to be.

use super::contestants::{Contestant, Place, Tool};
use super::measured::Measured;
use crate::bound::Bound;
use crate::median;

const MIB: f64 = 1_048_576.0;

pub(crate) fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The medians of one contestant.
struct Row<'a> {
    contestant: &'a Contestant,
    wall: f64,
    cpu: f64,
    server_cpu: f64,
    peak_mb: f64,
    bytes: u64,
}

impl<'a> Row<'a> {
    fn of((contestant, runs): (&'a Contestant, &Vec<Measured>)) -> Self {
        let middle = |of: fn(&Measured) -> f64| median(runs.iter().map(of).collect());
        Self {
            contestant,
            wall: middle(|run| run.cost.wall_seconds),
            cpu: middle(|run| run.cost.cpu_seconds),
            server_cpu: middle(|run| run.server_cpu_seconds),
            peak_mb: middle(peak_mb),
            bytes: runs.first().map_or(0, |run| run.bytes),
        }
    }
}

fn peak_mb(run: &Measured) -> f64 {
    run.cost.peak_mib * MIB / 1e6
}

pub(super) fn print(contestants: &[Contestant], measured: &[Vec<Measured>], bounds: &[Bound], bytes_bson: u64) {
    let rows: Vec<Row<'_>> = contestants.iter().zip(measured).map(Row::of).collect();
    println!(
        "{:32}{:>9}{:>9}{:>9}{:>9}{:>11}{:>10}",
        "medians", "wall s", "CPU s", "peak MB", "out MB", "BSON MB/s", "server s"
    );
    for row in &rows {
        println!(
            "{:32}{:>9.2}{:>9.2}{:>9.1}{:>9.1}{:>11.0}{:>10.2}",
            row.contestant.title(),
            row.wall,
            row.cpu,
            row.peak_mb,
            mb(row.bytes),
            mb(bytes_bson) / row.wall,
            row.server_cpu
        );
    }
    println!(
        "server: CPU of the emulated MongoDB meanwhile, which makes its documents as it sends them, and of the bench's S3"
    );
    let bound = median(bounds.iter().map(|bound| bound.cpu_seconds).collect());
    let (lines, out) = bounds.first().map_or((0, 0), |bound| (bound.bytes_lines, bound.bytes));
    println!(
        "{:32}{:>9}{bound:>9.2}{:>9}{:>9.1}{:>11.0}   ({:.1} MB of lines)",
        "bound: one thread, no network",
        "",
        "",
        mb(out),
        mb(bytes_bson) / bound,
        mb(lines)
    );
    let wall = |place| {
        let row = rows
            .iter()
            .find(|row| matches!(row.contestant, Contestant::MongoDump(there) if *there == place));
        row.map_or(f64::NAN, |row| row.wall)
    };
    let slower = wall(Place::LocalCloud) / wall(Place::ThisProcess);
    if slower > 1.1 {
        println!("ministack's S3 makes mongo-dump's wall time {slower:.2}x of what it is with the bench's");
    }
    for row in &rows {
        if let Contestant::MongoDump(_) = row.contestant {
            ratios(row, &rows, bound);
        }
    }
}

fn ratios(dump: &Row<'_>, rows: &[Row<'_>], bound: f64) {
    println!("\n{}: ratios", dump.contestant.title());
    for other in rows {
        let target = match other.contestant {
            Contestant::MongoDump(_) => continue,
            Contestant::Pymongo { level: 6 } => Some(10.0),
            Contestant::Tool(Tool::Mongoexport, _) => Some(4.0),
            Contestant::Pymongo { .. } | Contestant::Tool(Tool::Mongodump, _) => None,
        };
        println!(
            "  {:34} wall {:>6.1}x  CPU {:>6.1}x  memory {:>5.1}x  output {:>5.2}x{}",
            format!("{} to it", other.contestant.title()),
            other.wall / dump.wall,
            other.cpu / dump.cpu,
            other.peak_mb / dump.peak_mb,
            other.bytes as f64 / dump.bytes as f64,
            target.map_or(String::new(), |least| verdict(
                &format!("wall at least {least}x"),
                other.wall / dump.wall >= least
            ))
        );
    }
    let cpu = dump.cpu / bound;
    println!(
        "  {:34}                CPU {cpu:>6.2}x{}",
        "it to the bound",
        verdict("at most 1.6x", cpu <= 1.6)
    );
    println!(
        "  {:34}                    {:>6.1} MB{}",
        "peak memory",
        dump.peak_mb,
        verdict("at most 70 MB", dump.peak_mb <= 70.0)
    );
}

fn verdict(target: &str, is_met: bool) -> String {
    format!("   target: {target}, {}", if is_met { "met" } else { "MISSED" })
}

pub(super) fn print_large(documents: u64, large: &Measured) {
    println!(
        "\n{documents} documents, {}: peak {:.1} MB{}   ({:.1} s, {:.1} MB)",
        Contestant::MongoDump(Place::ThisProcess).title(),
        peak_mb(large),
        verdict("at most 70 MB", peak_mb(large) <= 70.0),
        large.cost.wall_seconds,
        mb(large.bytes)
    );
}
