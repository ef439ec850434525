//! MongoDB in the demo: documents to dump, the two functions on Lambda, the dump that the schedule makes, and what a restore
//! makes of it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use aws_config::SdkConfig;
use futures::TryStreamExt as _;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::raw::RawDocumentBuf;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::{Client, IndexModel};
use serde_json::{Value, json};

use super::services;

/// Name of the cluster in keys and metrics.
pub(super) const CLUSTER: &str = "main";
const DATABASE: &str = "school";
const RESTORED: &str = "school_restored";
const BUCKET: &str = "school-dumps";
const DUMP: &str = "mongo-dump";
const STUDENTS: i32 = 500;

/// Until the schedule must have fired and the dump be complete.
const COMPLETE: Duration = Duration::from_secs(60);

pub(super) struct Dumps {
    mongo: Client,
    s3: aws_sdk_s3::Client,
    secret_arn: String,
    restore: PathBuf,
}

impl Dumps {
    /// Puts documents into MongoDB, makes a bucket and a secret, and puts the dump function on Lambda.
    pub(super) async fn create(sdk: &SdkConfig, uri: &str, dump: &Path, restore: &Path) -> Result<Self> {
        let mongo = Client::with_uri_str(uri).await?;
        seed(&mongo).await?;
        let s3 = aws_sdk_s3::Client::from_conf(
            // no name resolves to the bucket here, so it goes in the path
            aws_sdk_s3::config::Builder::from(sdk).force_path_style(true).build(),
        );
        s3.create_bucket().bucket(BUCKET).send().await?;
        let secrets = aws_sdk_secretsmanager::Client::new(sdk);
        let secret = secrets
            .create_secret()
            .name("school-mongo")
            .secret_string(json!({ "uri": uri }).to_string())
            .send()
            .await?;
        let lambda = aws_sdk_lambda::Client::new(sdk);
        services::create_function(
            &lambda,
            DUMP,
            dump,
            services::Size {
                memory_mb: 1024,
                timeout_seconds: 300,
            },
            &[],
        )
        .await?;
        Ok(Self {
            mongo,
            s3,
            secret_arn: secret.arn().context("a new secret has no ARN")?.to_owned(),
            restore: restore.to_owned(),
        })
    }

    /// The quickstart's variable `dumps`.
    pub(super) fn variable(&self) -> Value {
        let role = |name: &str| format!("arn:aws:iam::000000000000:role/{name}");
        json!({
            CLUSTER: {
                "function_arn": format!("arn:aws:lambda:us-east-1:000000000000:function:{DUMP}"),
                "scheduler_role_arn": role("scheduler"),
                "role_arn": role("BucketMongoDBBackup"),
                "secret_arn": self.secret_arn,
                "bucket": BUCKET,
                // The local cloud's S3 keeps the key's name with each object, and does not encrypt.
                "kms_key_arn": "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000",
                "schedule_expression": "rate(1 minute)",
            }
        })
    }

    /// Counts by collection, for people.
    pub(super) async fn contents(&self) -> Result<String> {
        let mut parts = Vec::new();
        for name in collections(&self.mongo, DATABASE).await? {
            let count = self
                .mongo
                .database(DATABASE)
                .collection::<Document>(&name)
                .count_documents(doc! {})
                .await?;
            parts.push(format!("{count} {name}"));
        }
        Ok(format!("{DATABASE}: {}", parts.join(", ")))
    }

    /// Waits for the first complete dump, and returns what its manifest says.
    pub(super) async fn first(&self) -> Result<Vec<String>> {
        let started = Instant::now();
        let folder = format!("mongo/{CLUSTER}/");
        let latest = loop {
            match self
                .s3
                .get_object()
                .bucket(BUCKET)
                .key(format!("{folder}latest.json"))
                .send()
                .await
            {
                Ok(object) => break object,
                Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => {}
                Err(error) => return Err(error.into()),
            }
            if started.elapsed() > COMPLETE {
                bail!("no dump was complete after {} s", COMPLETE.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        let latest: Value = serde_json::from_slice(&latest.body.collect().await?.to_vec())?;
        let run = latest["run"].as_str().context("latest.json names no run")?.to_owned();
        let listed = self.s3.list_objects_v2().bucket(BUCKET).prefix(&folder).send().await?;
        let mut keys = listed.contents().iter().filter_map(|object| object.key());
        let manifest = keys.find(|key| key.ends_with(&format!("{run}/manifest.json")));
        let manifest = manifest.context("latest.json names a run without a manifest")?;
        let object = self.s3.get_object().bucket(BUCKET).key(manifest).send().await?;
        let body: Value = serde_json::from_slice(&object.body.collect().await?.to_vec())?;
        let mut lines = vec![
            format!(
                "{} objects, the manifest last: s3://{BUCKET}/{manifest}",
                listed.contents().len()
            ),
            format!(
                "{}: {} documents, {} bytes of BSON in {} bytes",
                body["outcome"].as_str().unwrap_or_default(),
                body["totals"]["documents"],
                body["totals"]["bytes_bson"],
                body["totals"]["bytes"],
            ),
        ];
        for collection in body["collections"].as_array().into_iter().flatten() {
            lines.push(format!(
                "  {}.{}: {} documents, content hash {}...",
                collection["namespace"]["database"].as_str().unwrap_or_default(),
                collection["namespace"]["collection"].as_str().unwrap_or_default(),
                collection["totals"]["documents"],
                &collection["content_hash"]
                    .as_str()
                    .unwrap_or_default()
                    .get(..16)
                    .unwrap_or_default(),
            ));
        }
        Ok(lines)
    }

    /// Restores the dump at `from` into another database with the command line, and returns the command and its summary.
    pub(super) async fn restore(&self, from: &str, environment: Vec<(String, String)>) -> Result<Vec<String>> {
        let mut command = Command::new(&self.restore);
        let rename = format!("{DATABASE}={RESTORED}");
        command.args([
            "--from",
            from,
            "--to-secret",
            &self.secret_arn,
            "--mode",
            "restore",
            "--rename",
            &rename,
        ]);
        command.envs(environment);
        let output = tokio::task::spawn_blocking(move || crate::group::output(&mut command)).await??;
        if !output.status.success() {
            bail!("mongo-restore failed:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        let answer: Value = serde_json::from_slice(&output.stdout)?;
        Ok(vec![
            format!("mongo-restore --from {from} --to-secret ... --mode restore --rename {rename}"),
            format!(
                "{}: {} documents inserted, hashes compared, {:.1} s",
                answer["outcome"].as_str().unwrap_or_default(),
                answer["inserted"],
                answer["seconds"].as_f64().unwrap_or_default(),
            ),
        ])
    }

    /// Compares the restored database with the first one, document by document and index by index, with nothing of ours.
    pub(super) async fn compare(&self) -> Result<String> {
        let names = collections(&self.mongo, DATABASE).await?;
        if names != collections(&self.mongo, RESTORED).await? {
            bail!("{RESTORED} has other collections than {DATABASE}");
        }
        let mut documents = 0;
        for name in &names {
            let (was, is) = (
                self.documents(DATABASE, name).await?,
                self.documents(RESTORED, name).await?,
            );
            if was != is {
                bail!("{RESTORED}.{name} is not as {DATABASE}.{name} was");
            }
            documents += was.len();
            if self.indexes(DATABASE, name).await? != self.indexes(RESTORED, name).await? {
                bail!("{RESTORED}.{name} has other indexes than {DATABASE}.{name}");
            }
        }
        Ok(format!(
            "{documents} documents in {} collections are the same, byte for byte",
            names.len()
        ))
    }

    async fn indexes(&self, database: &str, collection: &str) -> Result<Vec<String>> {
        let collection = self.mongo.database(database).collection::<Document>(collection);
        Ok(collection.list_index_names().await?)
    }

    /// Bytes of all documents, in an order of their own.
    async fn documents(&self, database: &str, collection: &str) -> Result<Vec<Vec<u8>>> {
        let collection = self.mongo.database(database).collection::<RawDocumentBuf>(collection);
        let documents: Vec<RawDocumentBuf> = collection.find(doc! {}).await?.try_collect().await?;
        let mut bytes: Vec<_> = documents.into_iter().map(RawDocumentBuf::into_bytes).collect();
        bytes.sort();
        Ok(bytes)
    }
}

async fn collections(mongo: &Client, database: &str) -> Result<Vec<String>> {
    let mut names = mongo.database(database).list_collection_names().await?;
    names.sort();
    Ok(names)
}

async fn seed(mongo: &Client) -> Result<()> {
    let database = mongo.database(DATABASE);
    let courses = ["aws", "rust", "terraform"].map(|id| doc! { "_id": id, "lessons": 7_i64, "open": true });
    database.collection("courses").insert_many(courses).await?;
    let students = database.collection("students");
    students
        .insert_many((0..STUDENTS).map(|number| {
            doc! {
                "_id": ObjectId::new(),
                "number": number,
                "course": "rust",
                "joined": DateTime::from_millis(1_700_000_000_000 + i64::from(number)),
                "address": { "street": format!("Street {number}"), "city": "Bern" },
                "grade": f64::from(number) / 100.0,
                "photo": null,
            }
        }))
        .await?;
    students
        .create_index(IndexModel::builder().keys(doc! { "course": 1, "number": -1 }).build())
        .await?;
    Ok(())
}
