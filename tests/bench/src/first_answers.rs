//! Each handler beside a Python function of the same work: from the start of the process to the answer to one event, CPU, and peak memory.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use dump_format::UtcSeconds;
use mongodb::bson::{DateTime, doc};
use serde_json::{Value, json};

use crate::contest::{Contest, Contestant, First, Firsts};
use crate::flow_logs;
use crate::world::World;

/// Starts of each, in turn.
const STARTS: usize = 11;
/// The first answer, at most.
const TARGET_MILLISECONDS: f64 = 25.0;
/// Python's memory is at least this multiple of the handler's.
const TARGET_MEMORY: f64 = 4.0;
/// Lines of the flow-log event: with flows of a stranger and lines that cannot be read.
const FLOW_LOG_LINES: u64 = 1_000;
/// Run of the first scheduled export.
const FIRST_RUN: i64 = 1_778_090_400;
const BETWEEN_RUNS: i64 = 3_600;
/// Uploads are abandoned 24 hours after they expired.
const LONG_AGO_MILLISECONDS: i64 = 30 * 3_600_000;

/// A handler that is compared.
struct Row {
    name: &'static str,
    event: Event,
    /// Of an answer, what both contestants must have the same.
    same: fn(&Value) -> Value,
}

enum Event {
    /// One of the handler's `events/`.
    Stored(&'static str),
    /// It names what world.py made.
    Made,
    /// The same, and each start is of another run.
    MadeForARun,
    /// Lines of flow logs.
    FlowLogs,
    /// The schedule's; before each start an upload is abandoned.
    AfterAnAbandonedUpload,
}

const ROWS: [Row; 9] = [
    Row {
        name: "mongo-probe",
        event: Event::Stored(include_str!("../../../handlers/mongo-probe/events/schedule.json")),
        // Of the rest each measures its own moment.
        same: |answer| parts(answer, &["replication_lag_seconds", "has_primary", "no_ops_per_second"]),
    },
    Row {
        name: "flow-log-guard",
        event: Event::FlowLogs,
        same: Value::clone,
    },
    Row {
        name: "upload-janitor",
        event: Event::AfterAnAbandonedUpload,
        same: Value::clone,
    },
    Row {
        name: "secret-rotation",
        event: Event::Made,
        same: Value::clone,
    },
    // Before cognito-import, which reads what these have written.
    Row {
        name: "cognito-export",
        event: Event::MadeForARun,
        same: |answer| {
            let counts = parts(&answer["counts"], &["users", "groups", "memberships"]);
            json!([answer["outcome"], counts])
        },
    },
    Row {
        name: "cognito-import",
        event: Event::Made,
        same: |answer| {
            let counts = [
                "created",
                "equal",
                "differs",
                "to_invite",
                "groups_created",
                "memberships_matched",
            ];
            json!([answer["outcome"], answer["dry_run"], parts(&answer["counts"], &counts)])
        },
    },
    Row {
        name: "origin-failover",
        event: Event::Stored(include_str!("../../../handlers/origin-failover/events/schedule.json")),
        same: Value::clone,
    },
    Row {
        name: "upload-api",
        event: Event::Stored(include_str!("../../../handlers/upload-api/events/create_file.json")),
        same: |answer| {
            let body = body(answer);
            let file = parts(
                &body["file"],
                &["name", "size", "content_type", "course", "visibility", "status"],
            );
            json!([answer["statusCode"], file])
        },
    },
    Row {
        name: "profile-api",
        event: Event::Stored(include_str!("../../../handlers/profile-api/events/get_profile.json")),
        same: |answer| json!([answer["statusCode"], body(answer)]),
    },
];

fn parts(value: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| value[*name].clone()).collect()
}

/// Of an answer to API Gateway.
fn body(answer: &Value) -> Value {
    answer["body"]
        .as_str()
        .and_then(|body| serde_json::from_str(body).ok())
        .unwrap_or_default()
}

pub(crate) async fn measure(binary: impl Fn(&str) -> Result<PathBuf>) -> Result<()> {
    let world = World::start()?;
    write_a_profile(&world, binary("profile-api")?).await?;
    println!(
        "\nstart of the process to the first answer, each beside a Python function of the same work, medians of {STARTS} starts in turn"
    );
    println!(
        "{:18}{:>10}{:>10}{:>8}{:>10}{:>10}{:>8}{:>8}{:>8}{:>8}",
        "", "first ms", "Python", "", "CPU ms", "Python", "", "MiB", "Python", ""
    );
    let mut verdicts = Vec::new();
    for row in &ROWS {
        let contest = Contest {
            name: row.name,
            binary: binary(row.name)?,
        };
        let [rust, python] = row.measure(&contest, &world).await?;
        print(row.name, rust, python);
        verdicts.push(verdict(row.name, rust, python));
    }
    println!(
        "targets: first answer within {TARGET_MILLISECONDS} ms, Python's memory at least {TARGET_MEMORY}x; CPU is of the function alone, the rest of the time it waits"
    );
    verdicts.iter().for_each(|verdict| println!("{verdict}"));
    Ok(())
}

impl Row {
    async fn measure(&self, contest: &Contest, world: &World) -> Result<[First; 2]> {
        let mut firsts = [Firsts::default(), Firsts::default()];
        for start in 0..STARTS {
            let mut seen = Vec::new();
            for (number, (contestant, firsts)) in Contestant::BOTH.into_iter().zip(&mut firsts).enumerate() {
                let event = self.event(world, start * 2 + number).await?;
                let (function, answer) = contest.first(contestant, world, event, firsts).await?;
                function.end().await?;
                seen.push((self.same)(&answer));
            }
            ensure!(
                matches!(seen.as_slice(), [rust, python] if rust == python),
                "{}: Rust and Python answer differently: {seen:?}",
                self.name
            );
        }
        Ok(firsts.map(Firsts::medians))
    }

    async fn event(&self, world: &World, run: usize) -> Result<String> {
        Ok(match self.event {
            Event::Stored(event) => event.to_owned(),
            Event::Made => world.event(self.name).to_string(),
            Event::MadeForARun => {
                let mut event = world.event(self.name);
                let time = UtcSeconds::from_unix(FIRST_RUN + i64::try_from(run)? * BETWEEN_RUNS)?;
                event["scheduled_time"] = time.to_string().into();
                event.to_string()
            }
            Event::FlowLogs => flow_logs::event_of(FLOW_LOG_LINES)?,
            Event::AfterAnAbandonedUpload => {
                abandon_an_upload(world, self.name, run).await?;
                include_str!("../../../handlers/upload-janitor/events/schedule.json").to_owned()
            }
        })
    }
}

/// An upload that arrived and was never completed.
async fn abandon_an_upload(world: &World, function: &str, number: usize) -> Result<()> {
    let id = format!("{number:032x}");
    let expired = DateTime::from_millis(DateTime::now().timestamp_millis() - LONG_AGO_MILLISECONDS);
    let record = doc! {
        "_id": &id, "name": "notes.pdf", "size": 5_i64, "content_type": "application/pdf", "course": "algebra",
        "visibility": "course", "status": "pending", "checksum": { "kind": "whole", "sha256": "A" },
        "created_by": "9f1c2d3e", "created_at": expired, "expires_at": expired, "request_sha256": "0",
    };
    let uri = world.cloud.mongo_uri().context("no MongoDB")?;
    let database = world.variable(function, "LECTERN_MONGO_DATABASE")?;
    let client = mongodb::Client::with_uri_str(uri).await?;
    client.database(database).collection("files").insert_one(record).await?;
    lambda_kit::aws::s3(&world.cloud.sdk_config())
        .put_object()
        .bucket(world.variable(function, "LECTERN_FILES_BUCKET")?)
        .key(format!("files/{id}"))
        .tagging("upload=pending")
        .body(b"hello".to_vec().into())
        .send()
        .await?;
    Ok(())
}

/// Both contestants read it.
async fn write_a_profile(world: &World, binary: PathBuf) -> Result<()> {
    let name = "profile-api";
    let event = include_str!("../../../handlers/profile-api/events/patch_profile.json");
    let contest = Contest { name, binary };
    let function = contest.start(Contestant::Rust, world).await?;
    let (answer, _) = function.invoke(event.to_owned()).await?;
    ensure!(answer["statusCode"] == 200, "{answer}");
    function.end().await
}

fn print(name: &str, rust: First, python: First) {
    let ratio = |rust: f64, python: f64| format!("{:.1}x", python / rust);
    println!(
        "{name:18}{:>10.1}{:>10.0}{:>8}{:>10.1}{:>10.0}{:>8}{:>8.1}{:>8.1}{:>8}",
        rust.milliseconds,
        python.milliseconds,
        ratio(rust.milliseconds, python.milliseconds),
        rust.cpu_milliseconds,
        python.cpu_milliseconds,
        ratio(rust.cpu_milliseconds, python.cpu_milliseconds),
        rust.peak_mib,
        python.peak_mib,
        ratio(rust.peak_mib, python.peak_mib),
    );
}

/// Whether the targets are met; of an answer that is late, whether the function itself was busy for so long.
fn verdict(name: &str, rust: First, python: First) -> String {
    let first = if rust.milliseconds <= TARGET_MILLISECONDS {
        "met".to_owned()
    } else if rust.cpu_milliseconds <= TARGET_MILLISECONDS {
        let waiting = rust.milliseconds - rust.cpu_milliseconds;
        format!("missed; met by its own CPU, {waiting:.1} ms are waiting")
    } else {
        "missed".to_owned()
    };
    let memory = if python.peak_mib / rust.peak_mib >= TARGET_MEMORY {
        "met"
    } else {
        "missed"
    };
    format!("{name:18}first answer: {first}; memory: {memory}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn first(milliseconds: f64, cpu_milliseconds: f64, peak_mib: f64) -> First {
        First {
            milliseconds,
            cpu_milliseconds,
            peak_mib,
        }
    }

    #[test]
    fn a_verdict_tells_met_from_missed_and_work_from_waiting() {
        let python = first(900.0, 700.0, 60.0);
        let of = |milliseconds, cpu_milliseconds, peak_mib| {
            verdict("probe", first(milliseconds, cpu_milliseconds, peak_mib), python)
        };
        assert!(of(25.0, 9.0, 15.0).ends_with("first answer: met; memory: met"));
        assert!(of(40.0, 9.0, 15.1).ends_with("missed; met by its own CPU, 31.0 ms are waiting; memory: missed"));
        assert!(of(40.0, 26.0, 15.0).ends_with("first answer: missed; memory: met"));
    }

    #[test]
    fn each_name_is_a_handler_with_a_script() {
        for row in &ROWS {
            let root = local_cloud::workspace::root();
            let script = format!("tests/bench/python/{}.py", row.name.replace('-', "_"));
            assert!(root.join("handlers").join(row.name).is_dir(), "{}", row.name);
            assert!(root.join(script).is_file(), "{}", row.name);
        }
    }
}
