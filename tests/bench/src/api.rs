//! One route of an API, served by the Rust function and by a Python one of the same work: how long a user waits for the first
//! answer, how long for the next ones, in how much memory, from how large a package.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use local_cloud::package::{self, Effort};
use serde_json::{Value, json};

use crate::contest::{Contest, Contestant, Firsts};
use crate::world::World;

/// Starts of each, in turn.
const STARTS: usize = 15;
/// Requests to a function that is warm.
const REQUESTS: usize = 500;
/// As python/world.py has it.
const ID: &str = "0123456789abcdef0123456789abcdef";

/// What Lambda's Python runtime does not bring and the function needs. boto3 it does bring.
const PYTHON_PACKAGES: [&str; 4] = ["pymongo", "bson", "gridfs", "dns"];

#[derive(Default)]
struct Measured {
    firsts: Firsts,
    warm_milliseconds: Vec<f64>,
    /// After all requests.
    peak_mib: f64,
}

pub(crate) async fn measure(binary: PathBuf) -> Result<()> {
    let world = World::start()?;
    let contest = Contest {
        name: "download-api",
        binary,
    };
    let mut measured = [Measured::default(), Measured::default()];
    for start in 0..STARTS {
        for (contestant, measured) in Contestant::BOTH.into_iter().zip(&mut measured) {
            let firsts = &mut measured.firsts;
            let (function, answer) = contest.first(contestant, &world, event(), firsts).await?;
            check(contestant, &answer)?;
            if start + 1 == STARTS {
                for _ in 0..REQUESTS {
                    let (answer, cost) = function.invoke(event()).await?;
                    check(contestant, &answer)?;
                    measured.warm_milliseconds.push(cost.wall_seconds * 1000.0);
                    measured.peak_mib = cost.peak_mib;
                }
            }
            function.end().await?;
        }
    }
    let zips = [
        package::zip(&contest.binary, package::BOOTSTRAP, Effort::Most)?.len() as f64 / f64::from(1 << 20),
        python_package(&world)?,
    ];
    report(measured, zips);
    Ok(())
}

fn report(measured: [Measured; 2], zips: [f64; 2]) {
    println!(
        "GET /files/{{id}}: start of the process to the first answer, median of {STARTS}; {REQUESTS} requests after it"
    );
    println!(
        "{:28}{:>10}{:>10}{:>10}{:>12}{:>10}",
        "", "first ms", "p50 ms", "p99 ms", "memory MiB", "zip MiB"
    );
    let rows = measured.map(|measured| {
        let mut warm = measured.warm_milliseconds;
        warm.sort_by(f64::total_cmp);
        let at = |percent: usize| warm.get(warm.len() * percent / 100).copied().unwrap_or(f64::NAN);
        [
            measured.firsts.medians().milliseconds,
            at(50),
            at(99),
            measured.peak_mib,
        ]
    });
    for ((title, row), zip) in ["download-api", "Python, boto3 and pymongo"]
        .into_iter()
        .zip(rows)
        .zip(zips)
    {
        let [first, p50, p99, memory] = row;
        println!("{title:28}{first:>10.1}{p50:>10.2}{p99:>10.2}{memory:>12.1}{zip:>10.2}");
    }
    let [rust, python] = rows;
    let ratio = |column: usize| python[column] / rust[column];
    let verdict = |met: bool| if met { "met" } else { "missed" };
    println!(
        "Python to Rust: first answer {:.1}x (target: at least 8x, {}), p50 {:.1}x, p99 {:.1}x, memory {:.1}x (target: at least 4x, {})",
        ratio(0),
        verdict(ratio(0) >= 8.0),
        ratio(1),
        ratio(2),
        ratio(3),
        verdict(ratio(3) >= 4.0)
    );
    println!("(Python's zip is pymongo and what it needs; boto3 is part of Lambda's runtime)");
}

/// MiB of the zip that Lambda would get.
fn python_package(world: &World) -> Result<f64> {
    let archive = world.cloud.folder().join("python.zip");
    let script = "import glob, os, sys, zipfile\n\
                  with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as archive:\n\
                  \x20 packages = os.path.dirname(os.path.dirname(__import__('pymongo').__file__))\n\
                  \x20 for package in sys.argv[2:]:\n\
                  \x20   for file in glob.glob(os.path.join(packages, package, '**', '*'), recursive=True):\n\
                  \x20     if os.path.isfile(file) and '__pycache__' not in file: archive.write(file, os.path.relpath(file, packages))\n";
    let status = std::process::Command::new(&world.python)
        .args(["-c", script])
        .arg(&archive)
        .args(PYTHON_PACKAGES)
        .status()?;
    ensure!(status.success(), "the Python package could not be made");
    Ok(std::fs::metadata(archive)?.len() as f64 / f64::from(1 << 20))
}

fn check(contestant: Contestant, answer: &Value) -> Result<()> {
    ensure!(
        answer["statusCode"] == 200
            && answer["body"]
                .as_str()
                .is_some_and(|body| body.contains("X-Amz-Signature")),
        "{}: {answer}",
        contestant.title()
    );
    Ok(())
}

fn event() -> String {
    json!({
        "resource": "/files/{id}",
        "path": format!("/files/{ID}"),
        "httpMethod": "GET",
        "headers": { "Accept": "application/json" },
        "multiValueHeaders": { "Accept": ["application/json"] },
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "pathParameters": { "id": ID },
        "stageVariables": null,
        "requestContext": {
            "requestId": "request-1",
            "stage": "v1",
            "httpMethod": "GET",
            "authorizer": { "claims": { "sub": "9f1c2d3e", "token_use": "id", "cognito:groups": "student" } }
        },
        "body": null,
        "isBase64Encoded": false
    })
    .to_string()
}
