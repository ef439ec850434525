//! Every type of BSON and every spelling that bytes allow, through both programs: mongo-dump as Lambda runs it, and mongo-restore as a
//! command. The cases are a fixture; another client's reading of them is in `mongo_witnesses`.

use std::process::Stdio;
use std::time::Duration;

use dump_format::line::{Encoded, Encoder};
use lambda_emulator::{Ended, LambdaEmulator};
use local_cloud::{LocalCloud, workspace};
use mongo_emulator::{MongoEmulator, Options, User};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::backup::s3;

const BUCKET: &str = "bson-corpus";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:mongo-dump:live";
/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);
/// Every character that a connection string has to encode, and one that JSON has to.
const PASSWORD: &str = "p@ss:w/o?r#d[1]%\"é";

/// One row of fixtures/bson.tsv.
pub(crate) struct Case {
    pub(crate) name: String,
    /// Behind `_id`.
    elements: Vec<u8>,
    /// The fields in canonical Extended JSON; none where only an escape line carries the bytes.
    pub(crate) json: Option<String>,
    number: i32,
}

pub(crate) fn cases() -> Vec<Case> {
    let path = workspace::root().join("tests/acceptance/fixtures/bson.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.zip(0..)
        .map(|(row, number)| {
            let columns: Vec<_> = row.split('\t').collect();
            let [kind, name, elements, json] = columns[..] else {
                panic!("{row}")
            };
            Case {
                name: format!("{kind}: {name}"),
                elements: hex::decode(elements).unwrap(),
                json: (json != "escaped").then(|| json.to_owned()),
                number,
            }
        })
        .collect()
}

fn document(elements: &[&[u8]]) -> Vec<u8> {
    let body = elements.concat();
    let length = i32::try_from(body.len() + 5).unwrap();
    [&length.to_le_bytes(), &body[..], &[0]].concat()
}

fn int32(name: &[u8], value: i32) -> Vec<u8> {
    [&[0x10], name, &[0], &value.to_le_bytes()].concat()
}

impl Case {
    /// With the case's number as its `_id`.
    pub(crate) fn document(&self) -> Vec<u8> {
        document(&[&int32(b"_id", self.number), &self.elements])
    }

    /// The same as one line of a dump.
    pub(crate) fn line(&self) -> Option<String> {
        let fields = self.json.as_ref()?;
        let comma = if fields.is_empty() { "" } else { "," };
        Some(format!(
            r#"{{"_id":{{"$numberInt":"{}"}}{comma}{fields}}}"#,
            self.number
        ))
    }

    /// The case's value within an `_id` of its own, if it is a case of one value.
    fn identified_by_it(&self) -> Option<Vec<u8>> {
        let is_one = !self.name.starts_with("top:") && !self.name.starts_with("all:");
        let value = self.elements.get(3..).filter(|_| is_one)?;
        let renamed = [&[self.elements[0]], &b"v\0"[..], value].concat();
        let id = document(&[&int32(b"n", self.number), &renamed]);
        Some(document(&[b"\x03_id\0", &id]))
    }
}

#[test]
fn every_case_is_spelt_as_the_fixture_says() {
    let mut encoder = Encoder::new();
    let mut types = std::collections::BTreeSet::new();
    for case in cases() {
        let mut line = Vec::new();
        let encoded = encoder.encode(&case.document(), &mut line);
        let line = String::from_utf8(line).unwrap();
        match case.line() {
            Some(expected) => {
                assert_eq!(line.trim_end_matches('\n'), expected, "{}", case.name);
                assert_eq!(encoded, Encoded::Plain, "{}", case.name);
            }
            None => assert!(matches!(encoded, Encoded::Escaped { .. }), "{}: {line}", case.name),
        }
        types.extend(case.elements.first().copied());
    }
    // bsonspec.org: 1 to 19, and the two ends.
    let all: Vec<_> = (0x01..=0x13).chain([0x7F, 0xFF]).collect();
    assert_eq!(types.into_iter().collect::<Vec<_>>(), all, "a type is missing");
}

/// Documents of both collections in the order of their `_id`s, as bytes.
fn content(mongo: &MongoEmulator) -> [Vec<Vec<u8>>; 2] {
    ["values", "identifiers"].map(|collection| mongo.documents("corpus", collection))
}

async fn secret(cloud: &LocalCloud, name: &str, content: &Value) -> String {
    let secrets = aws_sdk_secretsmanager::Client::new(&cloud.sdk_config());
    let secret = secrets.create_secret().name(name).secret_string(content.to_string());
    secret.send().await.unwrap().arn.unwrap()
}

/// As a schedule sends it (docs/dump-format.md).
fn event(secret_arn: &str) -> String {
    let event = json!({
        "version": 1, "action": "dump",
        "schedule_arn": "arn:aws:scheduler:us-east-1:000000000000:schedule/default/Six", "scheduled_time": "2026-05-06T18:00:00Z",
        "cluster": "main", "secret_arn": secret_arn, "bucket": BUCKET, "prefix": "mongo",
        "kms_key_arn": "arn:aws:kms:us-east-1:000000000000:key/1234", "role_arn": "arn:aws:iam::000000000000:role/dump",
        "include": ["*"], "exclude": [], "compression": "zstd", "read_concern": "snapshot",
    });
    event.to_string()
}

fn program(name: &str, cloud: &LocalCloud) -> Command {
    let mut command = Command::new(workspace::binary(name).unwrap());
    command
        .env_clear()
        .envs(cloud.environment())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn the_corpus_comes_back_byte_for_byte_through_both_programs() {
    let cloud = tokio::task::spawn_blocking(|| LocalCloud::shared(local_cloud::Options::default()));
    let cloud = cloud.await.unwrap().unwrap();
    s3(&cloud.sdk_config())
        .create_bucket()
        .bucket(BUCKET)
        .send()
        .await
        .unwrap();
    let user = User::new("corpus@dump", PASSWORD);
    let guarded = || {
        let options = Options {
            users: vec![user.clone()],
            ..Options::default()
        };
        MongoEmulator::start(options).unwrap()
    };
    let (source, target) = (guarded(), guarded());
    for case in cases() {
        source.insert_raw("corpus", "values", case.document());
        if let Some(document) = case.identified_by_it() {
            source.insert_raw("corpus", "identifiers", document);
        }
    }
    // The source as AWS writes it, the target by a connection string with what other drivers have and a file's newline.
    let parts = json!({
        "engine": "mongo", "host": "127.0.0.1", "port": source.address().port(), "username": user.name, "password": PASSWORD,
        "ssl": false, "dbname": "admin", "replicaSet": "rs0",
    });
    let source_arn = secret(&cloud, "corpus-source", &parts).await;
    let uri = format!(
        "{}&compressors=zstd&uuidRepresentation=standard&socketTimeoutMS=1000\n",
        target.uri_of(&user)
    );
    let target_arn = secret(&cloud, "corpus-target", &json!({ "uri": uri })).await;

    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(900)).await.unwrap();
    let mut function = program("mongo-dump", &cloud);
    let function = function
        .envs(lambda.environment())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let dumped = tokio::time::timeout(PATIENCE, lambda.invoke(event(&source_arn)))
        .await
        .unwrap();
    let Ended::Answer(answer) = dumped else {
        panic!("{dumped:?}");
    };
    let expected = content(&source);
    let documents = expected.iter().map(Vec::len).sum::<usize>();
    assert!(documents > 400, "{documents}");
    assert_eq!(
        (&answer["outcome"], &answer["documents"]),
        (&json!("complete"), &json!(documents))
    );
    drop(function);

    for mode in ["restore", "verify"] {
        let mut command = program("mongo-restore", &cloud);
        command.args([
            "--from",
            &format!("s3://{BUCKET}/mongo/main"),
            "--to-secret",
            &target_arn,
            "--mode",
            mode,
        ]);
        let ended = tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{mode}: {said}");
        assert!(!said.contains(PASSWORD), "{mode}");
        for option in ["compressors", "uuidRepresentation", "socketTimeoutMS"] {
            assert!(said.contains(&format!("{option} is ignored")), "{mode}: {said}");
        }
        for (case, (restored, there)) in content(&target).iter().zip(&expected).enumerate() {
            assert_eq!(restored.len(), there.len(), "{mode}: collection {case}");
            let different = restored.iter().zip(there).find(|(restored, there)| restored != there);
            assert!(different.is_none(), "{mode}: collection {case}: {different:02x?}");
        }
    }
}
