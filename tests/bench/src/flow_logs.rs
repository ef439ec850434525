//! Flow logs read by flow-log-guard and by a Python function of the same logic: MB of log text a second on one core, the lines alone and
//! whole events as CloudWatch Logs sends them.

use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use flow_log_guard::{Envelope, Format, Ranges, Rules, Scan};
use local_cloud::toolchain;
use serde_json::{Value, json};

use crate::median;
use crate::processes::thread_cpu_seconds;

/// Events, each of one stream.
const EVENTS: u64 = 60;
/// Lines of an event: packed some 200 KB, of CloudWatch Logs' most of 1 MB.
const LINES: u64 = 10_000;
/// Our aim: the flow logs of a large network are then read by one function at a time.
const TARGET: f64 = 100.0;
const MEGABYTE: f64 = 1e6;
/// Custom format of the versions 2, 3 and 5, as the module network makes flow logs.
const FORMAT: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end pkt-srcaddr pkt-dstaddr \
     pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path action log-status";
const OWN: [&str; 2] = ["100.64.0.0/16", "2001:db8:42::/56"];
/// Ranges of S3, as many as its prefix lists have.
const SERVICES: [&str; 6] = [
    "52.218.0.0/17",
    "3.5.64.0/21",
    "18.34.32.0/20",
    "52.92.0.0/17",
    "3.251.110.208/28",
    "2600:1fa0:4000::/40",
];

/// What both have to find.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    records: u64,
    unreadable: u64,
    flows: usize,
}

pub(crate) fn measure(runs: usize) -> Result<()> {
    let texts: Vec<_> = (0..EVENTS).map(|stream| lines(stream, LINES)).collect();
    let bytes: usize = texts.iter().flatten().map(String::len).sum();
    let megabytes = bytes as f64 / MEGABYTE;
    let events = texts.iter().map(|lines| event(lines)).collect::<Result<Vec<_>>>()?;
    let packed: usize = events.iter().map(String::len).sum();
    let folder = std::env::temp_dir().join(format!("lectern-bench-flow-logs-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let file = folder.join("events.jsonl");
    std::fs::write(&file, events.join("\n"))?;
    let (mut scans, mut wholes, mut pythons) = (Vec::new(), Vec::new(), Vec::new());
    let measured = (|| {
        for _ in 0..runs {
            let (scan, whole, found) = rust(&events)?;
            let (python, theirs) = python(&file)?;
            ensure!(found == theirs, "Rust found {found:?}, Python {theirs:?}");
            scans.push(scan);
            wholes.push(whole);
            pythons.push(python);
        }
        Ok(())
    })();
    std::fs::remove_dir_all(&folder)?;
    measured?;
    println!(
        "flow logs: {} lines in {EVENTS} events, {megabytes:.1} MB of text in {:.1} MB, CPU of one thread, median of {runs}",
        EVENTS * LINES,
        packed as f64 / MEGABYTE
    );
    let [scan, whole, python] = [scans, wholes, pythons].map(|seconds| megabytes / median(seconds));
    println!("{:40}{scan:>12.0} MB/s", "flow-log-guard, lines");
    println!("{:40}{whole:>12.0} MB/s", "flow-log-guard, whole events");
    println!("{:40}{python:>12.1} MB/s", "Python, whole events");
    let verdict = if whole >= TARGET { "met" } else { "missed" };
    println!(
        "target: {TARGET} MB/s of whole events, {verdict}; Python to Rust: {:.0}x",
        whole / python
    );
    Ok(())
}

/// CPU seconds for the lines alone, and for all from the event's JSON on.
fn rust(events: &[String]) -> Result<(f64, f64, Found)> {
    let cpu = || thread_cpu_seconds().context("no /proc/thread-self/stat");
    let rules = Rules {
        format: Format::parse(FORMAT)?,
        own: Ranges::private_and(OWN.into_iter().filter_map(|range| range.parse().ok())),
        window_seconds: 60,
    };
    let services: Ranges = SERVICES.into_iter().filter_map(|range| range.parse().ok()).collect();
    let mut found = Found {
        records: 0,
        unreadable: 0,
        flows: 0,
    };
    let before = cpu()?;
    for event in events {
        let envelope = Envelope::open(event)?;
        let scan = Scan::of(&envelope.read()?, &rules, &services);
        found.records += scan.counts.records;
        found.unreadable += scan.counts.unreadable;
        found.flows += scan.flows.len();
    }
    let whole = cpu()? - before;
    let envelopes = events
        .iter()
        .map(|event| Envelope::open(event))
        .collect::<Result<Vec<_>, _>>()?;
    let deliveries = envelopes.iter().map(Envelope::read).collect::<Result<Vec<_>, _>>()?;
    let before = cpu()?;
    for delivery in &deliveries {
        std::hint::black_box(Scan::of(delivery, &rules, &services));
    }
    Ok((cpu()? - before, whole, found))
}

/// How both read the lines.
pub(crate) fn settings() -> Value {
    json!({ "format": FORMAT, "own": OWN, "services": SERVICES, "window_seconds": 60 })
}

/// An event of one stream with this number of lines.
pub(crate) fn event_of(number: u64) -> Result<String> {
    event(&lines(0, number))
}

fn python(events: &std::path::Path) -> Result<(f64, Found)> {
    let mut script = toolchain::python("tests/bench/python/flow_logs.py")?;
    script.arg(settings().to_string()).arg(events);
    let said: Value = serde_json::from_slice(&toolchain::printed(&mut script)?)?;
    let number = |name: &str| said[name].as_u64().with_context(|| format!("Python says no {name}"));
    let found = Found {
        records: number("records")?,
        unreadable: number("unreadable")?,
        flows: usize::try_from(number("flows")?)?,
    };
    Ok((
        said["cpu_seconds"].as_f64().context("Python says no cpu_seconds")?,
        found,
    ))
}

/// Traffic as a private network has it: most of it among itself, to MongoDB and to S3, the same every time. Of a thousand lines one is
/// of a stranger, one cannot be read and two are without traffic.
fn lines(stream: u64, number: u64) -> Vec<String> {
    let mut dice = stream.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut roll = |sides: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice % sides
    };
    let interface = format!("eni-{:017x}", 0x0a1b_2c3d_4e5f_6071_u64 + stream);
    let line = |number: u64| {
        let start = 1_700_000_000 + number / 200 * 60 + roll(60);
        let own = format!("10.42.{}.{}", roll(4), 4 + roll(250));
        let (other, service) = match number % 1000 {
            0 => (format!("198.51.100.{}", roll(256)), "-"),
            1 => return format!("5 123456789012 {interface} truncated"),
            2 | 3 => {
                let none = ["-"; 7].join(" ");
                return format!(
                    "5 123456789012 {interface} {none} {start} {} {} - NODATA",
                    start + 55,
                    ["-"; 6].join(" ")
                );
            }
            4..=99 => (format!("52.218.{}.{}", roll(128), roll(256)), "S3"),
            100..=199 => (format!("2001:db8:42::{:x}", 1 + roll(4096)), "-"),
            _ => (format!("10.42.{}.{}", roll(4), 4 + roll(250)), "-"),
        };
        let own = if other.contains(':') {
            format!("2001:db8:42:1::{:x}", 1 + roll(4096))
        } else {
            own
        };
        let (port, packets) = (32_768 + roll(28_000), 1 + roll(900));
        format!(
            "5 123456789012 {interface} {own} {other} {port} {} 6 {packets} {} {start} {} {own} {other} - {service} egress {} ACCEPT OK",
            [443, 1024, 1025, 1026][usize::try_from(roll(4)).unwrap_or_default()],
            packets * 700,
            start + 55,
            if service == "S3" { "7" } else { "1" },
        )
    };
    (0..number).map(line).collect()
}

fn event(lines: &[String]) -> Result<String> {
    let events = lines.iter().enumerate().map(|(number, line)| {
        json!({ "id": format!("380000000000000000000000000000000000000000000000{number:08}"), "timestamp": 1_700_000_000_000_u64, "message": line })
    });
    let delivery = json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/aws/vpc/edu/flow-logs", "logStream": "eni-1-all",
        "subscriptionFilters": ["guard"], "logEvents": events.collect::<Vec<_>>(),
    });
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(delivery.to_string().as_bytes())?;
    Ok(json!({ "awslogs": { "data": STANDARD.encode(gzip.finish()?) } }).to_string())
}
