//! The same collection out of the same server: mongo-dump as Lambda runs it, a pymongo script, mongoexport and mongodump.

mod contestants;
mod measured;
mod report;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use dump_format::UtcSeconds;
use dump_format::names::ScheduleArn;
use dump_format::payload::{Action, DumpFields, Event, Trigger};
use local_cloud::{LocalCloud, toolchain};
use mongo_emulator::{Corpus, MongoEmulator};
use serde_json::json;
use tokio::process::Command;

use crate::bound::{self, Bound};
use crate::function::Function;
use crate::processes::own_cpu_seconds;
use crate::storage::Storage;
use contestants::{Contestant, Tool};
use measured::Measured;

pub(crate) use contestants::Place;
pub(crate) use measured::{COLLECTION, DATABASE};
pub(crate) use report::mb;

const MANY: &str = "everybody";
pub(crate) const BUCKET: &str = "dumps";

/// Every six hours, as a schedule would.
const FIRST_RUN: i64 = 1_778_090_400;
const BETWEEN_RUNS: i64 = 6 * 3600;

pub(crate) struct Plan {
    pub(crate) binary: PathBuf,
    pub(crate) documents: u64,
    pub(crate) runs: usize,
    /// Number of documents of another dump, for memory alone.
    pub(crate) large: Option<u64>,
}

/// What the contestants are set against.
pub(crate) struct World {
    // Dropped in this order: who is called by whom.
    pub(crate) mongo: MongoEmulator,
    storage: Storage,
    pub(crate) cloud: LocalCloud,
    pub(crate) python: PathBuf,
    secret_arn: String,
    /// Of the dumps' parts.
    pub(crate) compression: &'static str,
    runs: i64,
}

impl Plan {
    pub(crate) async fn measure(&self) -> Result<()> {
        let mut world = World::start().await?;
        world.generate(COLLECTION, self.documents);
        let documents = world.mongo.documents(DATABASE, COLLECTION);
        let bytes_bson = documents.iter().map(|document| document.len() as u64).sum();
        println!(
            "{} documents, {:.1} MB of BSON, {} dumps of each in turn",
            self.documents,
            report::mb(bytes_bson),
            self.runs
        );
        let mut contestants = vec![
            Contestant::MongoDump(Place::LocalCloud),
            Contestant::MongoDump(Place::ThisProcess),
            Contestant::Pymongo { level: 6 },
            Contestant::Pymongo { level: 1 },
        ];
        for tool in [Tool::Mongoexport, Tool::Mongodump] {
            match tool.on_path() {
                Some(path) => contestants.push(Contestant::Tool(tool, path)),
                None => println!(
                    "{} is not on PATH, and no package registry has it: not measured",
                    tool.program()
                ),
            }
        }
        let mut measured: Vec<Vec<Measured>> = vec![Vec::new(); contestants.len()];
        let mut bounds: Vec<Bound> = Vec::new();
        for _ in 0..self.runs {
            bounds.push(bound::measure(&documents)?);
            for (contestant, measured) in contestants.iter().zip(&mut measured) {
                measured.push(self.one(&mut world, contestant).await?);
            }
        }
        drop(documents);
        report::print(&contestants, &measured, &bounds, bytes_bson);
        if let Some(documents) = self.large {
            world.generate(MANY, documents);
            let place = Place::ThisProcess;
            let large = self.mongo_dump(&mut world, place, MANY, documents).await?;
            report::print_large(documents, &large);
        }
        Ok(())
    }

    async fn one(&self, world: &mut World, contestant: &Contestant) -> Result<Measured> {
        match contestant {
            Contestant::MongoDump(place) => self.mongo_dump(world, *place, COLLECTION, self.documents).await,
            // The cloud's folder goes away even if this process is killed.
            other => other.run(&world.mongo.uri(), &world.python, world.cloud.folder()),
        }
        .with_context(|| contestant.title())
    }

    pub(crate) async fn mongo_dump(
        &self,
        world: &mut World,
        place: Place,
        collection: &str,
        documents: u64,
    ) -> Result<Measured> {
        let event = world.event(collection)?;
        let mut environment = world.cloud.environment();
        if place == Place::ThisProcess {
            environment.push(("AWS_ENDPOINT_URL_S3".to_owned(), world.storage.url.clone()));
        }
        let function = Function::start(Command::new(&self.binary), &environment).await?;
        function.first_poll().await?;
        let before = own_cpu_seconds();
        let (answer, cost) = function.invoke(event).await?;
        let server_cpu_seconds = own_cpu_seconds()
            .zip(before)
            .map_or(f64::NAN, |(after, before)| after - before);
        function.end().await?;
        anyhow::ensure!(
            answer["outcome"] == "complete" && answer["documents"] == documents,
            "not a whole dump: {answer}"
        );
        Ok(Measured {
            cost,
            server_cpu_seconds,
            bytes: answer["bytes"].as_u64().context("no size")?,
        })
    }
}

/// A secret with the address of a deployment; its ARN.
pub(crate) async fn secret(cloud: &LocalCloud, name: &str, mongo: &MongoEmulator) -> Result<String> {
    let secret = aws_sdk_secretsmanager::Client::new(&cloud.sdk_config())
        .create_secret()
        .name(name)
        .secret_string(json!({ "uri": mongo.uri() }).to_string())
        .send()
        .await?;
    secret.arn.context("the secret has no ARN")
}

impl World {
    pub(crate) async fn start() -> Result<Self> {
        let mongo = MongoEmulator::start(mongo_emulator::Options::default())?;
        let cloud = LocalCloud::start(local_cloud::Options::default())?;
        let sdk = cloud.sdk_config();
        lambda_kit::aws::s3(&sdk).create_bucket().bucket(BUCKET).send().await?;
        Ok(Self {
            secret_arn: secret(&cloud, "mongo", &mongo).await?,
            mongo,
            storage: Storage::start().await?,
            cloud,
            python: toolchain::python_venv()?.join("bin/python"),
            compression: "zstd",
            runs: 0,
        })
    }

    pub(crate) fn generate(&self, collection: &str, documents: u64) {
        let corpus = Corpus {
            documents,
            ..Corpus::default()
        };
        self.mongo.generate(DATABASE, collection, corpus);
    }

    /// The event of the next run.
    fn event(&mut self, collection: &str) -> Result<String> {
        let fields = DumpFields {
            cluster: "main".to_owned(),
            secret_arn: self.secret_arn.clone(),
            bucket: BUCKET.to_owned(),
            prefix: "mongo".to_owned(),
            kms_key_arn: "arn:aws:kms:us-east-1:000000000000:key/1234".to_owned(),
            role_arn: "arn:aws:iam::000000000000:role/dump".to_owned(),
            include: vec![format!("{DATABASE}.{collection}")],
            exclude: Vec::new(),
            compression: self.compression.to_owned(),
            read_concern: "snapshot".to_owned(),
        };
        let settings = fields
            .check()
            .map_err(|problems| anyhow::anyhow!("the event's settings are wrong: {problems:?}"))?;
        let schedule = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/bench";
        self.runs += 1;
        let trigger = Trigger {
            schedule_arn: ScheduleArn::parse(schedule)?,
            scheduled_time: UtcSeconds::from_unix(FIRST_RUN + self.runs * BETWEEN_RUNS)?,
        };
        Ok(Event {
            action: Action::Dump,
            settings,
            trigger,
            require_snapshot: false,
        }
        .render())
    }
}
