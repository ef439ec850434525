//! One route of an API, served by the Rust function and by a Python one of the same work: how long a user waits for the first
//! answer, how long for the next ones, in how much memory, from how large a package.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use local_cloud::package::{self, Effort};
use local_cloud::{LocalCloud, toolchain};
use mongodb::bson::{DateTime, doc};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::function::Function;
use crate::median;

/// Starts of each, in turn.
const STARTS: usize = 15;
/// Requests to a function that is warm.
const REQUESTS: usize = 500;
const BUCKET: &str = "files";
const DATABASE: &str = "lectern";
const ID: &str = "0123456789abcdef0123456789abcdef";

/// What Lambda's Python runtime does not bring and the function needs. boto3 it does bring.
const PYTHON_PACKAGES: [&str; 4] = ["pymongo", "bson", "gridfs", "dns"];

/// Who serves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contestant {
    Rust,
    Python,
}

impl Contestant {
    fn title(self) -> &'static str {
        match self {
            Self::Rust => "download-api",
            Self::Python => "Python, boto3 and pymongo",
        }
    }
}

#[derive(Default)]
struct Measured {
    first_milliseconds: Vec<f64>,
    warm_milliseconds: Vec<f64>,
    peak_mib: f64,
}

pub(crate) async fn measure(binary: PathBuf) -> Result<()> {
    let world = World::start().await?;
    let mut measured = [Measured::default(), Measured::default()];
    for start in 0..STARTS {
        for (contestant, measured) in [Contestant::Rust, Contestant::Python].into_iter().zip(&mut measured) {
            let function = Function::start(world.command(contestant, &binary), &world.environment).await?;
            let (answer, _) = function.invoke(event()).await?;
            check(contestant, &answer)?;
            measured.first_milliseconds.push(milliseconds(function.since_start()));
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
        package::zip(&binary, package::BOOTSTRAP, Effort::Most)?.len() as f64 / f64::from(1 << 20),
        world.python_package()?,
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
        [median(measured.first_milliseconds), at(50), at(99), measured.peak_mib]
    });
    for ((contestant, row), zip) in [Contestant::Rust, Contestant::Python].into_iter().zip(rows).zip(zips) {
        let [first, p50, p99, memory] = row;
        println!(
            "{:28}{first:>10.1}{p50:>10.2}{p99:>10.2}{memory:>12.1}{zip:>10.2}",
            contestant.title()
        );
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

struct World {
    environment: Vec<(String, String)>,
    python: PathBuf,
    // Dropped last: the functions call it.
    cloud: LocalCloud,
}

impl World {
    async fn start() -> Result<Self> {
        let cloud = LocalCloud::start(local_cloud::Options {
            mongo: true,
            ..local_cloud::Options::default()
        })?;
        let uri = cloud.mongo_uri().context("no MongoDB")?.to_owned();
        let sdk = cloud.sdk_config();
        lambda_kit::aws::s3(&sdk).create_bucket().bucket(BUCKET).send().await?;
        let secret = aws_sdk_secretsmanager::Client::new(&sdk)
            .create_secret()
            .name("mongo")
            .secret_string(json!({ "uri": uri }).to_string())
            .send()
            .await?;
        let database = mongodb::Client::with_uri_str(&uri).await?.database(DATABASE);
        let record = doc! {
            "_id": ID, "name": "notes.pdf", "size": 1_i64, "content_type": "application/pdf", "course": "algebra",
            "visibility": "course", "status": "available", "checksum": { "kind": "whole", "sha256": "A" },
            "created_by": "9f1c2d3e", "created_at": DateTime::now(), "request_sha256": "0", "version_id": "null",
        };
        database.collection("files").insert_one(record).await?;
        let membership = doc! { "_id": "9f1c2d3e", "courses": ["algebra"] };
        database.collection("memberships").insert_one(membership).await?;
        let mut environment = cloud.environment();
        let settings = [
            ("LECTERN_MONGO_SECRET_ARN", secret.arn.context("the secret has no ARN")?),
            ("LECTERN_MONGO_DATABASE", DATABASE.to_owned()),
            ("LECTERN_FILES_BUCKET", BUCKET.to_owned()),
            (
                "LECTERN_FILES_ROLE_ARN",
                "arn:aws:iam::000000000000:role/files".to_owned(),
            ),
        ];
        environment.extend(settings.map(|(name, value)| (name.to_owned(), value)));
        Ok(Self {
            environment,
            python: toolchain::python_venv()?,
            cloud,
        })
    }

    fn command(&self, contestant: Contestant, binary: &Path) -> Command {
        match contestant {
            Contestant::Rust => Command::new(binary),
            Contestant::Python => {
                let mut command = Command::new(self.python.join("bin/python"));
                command.arg(local_cloud::workspace::root().join("tests/bench/python/download_api.py"));
                command
            }
        }
    }

    /// MiB of the zip that Lambda would get.
    fn python_package(&self) -> Result<f64> {
        let archive = self.cloud.folder().join("python.zip");
        let script = "import glob, os, sys, zipfile\n\
                      with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED, compresslevel=9) as archive:\n\
                      \x20 packages = os.path.dirname(os.path.dirname(__import__('pymongo').__file__))\n\
                      \x20 for package in sys.argv[2:]:\n\
                      \x20   for file in glob.glob(os.path.join(packages, package, '**', '*'), recursive=True):\n\
                      \x20     if os.path.isfile(file) and '__pycache__' not in file: archive.write(file, os.path.relpath(file, packages))\n";
        let status = std::process::Command::new(self.python.join("bin/python"))
            .args(["-c", script])
            .arg(&archive)
            .args(PYTHON_PACKAGES)
            .status()?;
        ensure!(status.success(), "the Python package could not be made");
        Ok(std::fs::metadata(archive)?.len() as f64 / f64::from(1 << 20))
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
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
