//! What each role may do, tried with its own credentials: calls that pass, and calls that are refused.

use aws_config::SdkConfig;
use aws_sdk_lambda::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_s3::primitives::ByteStream;
use serde_json::{Value, json};

use super::world::{BUCKET, World, s3};

/// A function that answers with the credentials that Lambda gave it: those of its role.
const SHOW_CREDENTIALS: &str = r#"#!/usr/bin/env python3
import json, os, urllib.request
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
while True:
    with urllib.request.urlopen(f"{api}/next") as event:
        id = event.headers["Lambda-Runtime-Aws-Request-Id"]
    body = json.dumps([os.environ.get(name, "") for name in names]).encode()
    urllib.request.urlopen(urllib.request.Request(f"{api}/{id}/response", data=body)).read()
"#;

/// A run's folder that no dump uses.
const RUN: &str = "mongo/main/2026/05/06/20260506T180000Z-1a2b3c";

fn with(sdk: &SdkConfig, key: &str, secret: &str, token: &str) -> SdkConfig {
    let credentials = Credentials::new(key, secret, Some(token.to_owned()), None, "role");
    sdk.to_builder()
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// Settings with the credentials of a function's own role.
async fn of_function(world: &World, role_arn: &str, name: &str) -> SdkConfig {
    let answer = world.run_as(role_arn, name, SHOW_CREDENTIALS).await;
    let part = |index: usize| answer[index].as_str().unwrap();
    with(&world.sdk, part(0), part(1), part(2))
}

/// Settings with the credentials of a role that `from` assumes, or the code of the refusal.
async fn assumed(from: &SdkConfig, role_arn: &str) -> Result<SdkConfig, String> {
    let sts = aws_sdk_sts::Client::new(from);
    let answer = sts
        .assume_role()
        .role_arn(role_arn)
        .role_session_name("test")
        .send()
        .await;
    let answer = answer.map_err(|error| code(&error))?;
    let role = answer.credentials().unwrap();
    Ok(with(
        from,
        role.access_key_id(),
        role.secret_access_key(),
        role.session_token(),
    ))
}

fn code<E, R>(error: &aws_sdk_s3::error::SdkError<E, R>) -> String
where
    E: aws_sdk_s3::error::ProvideErrorMetadata,
{
    let service = error.as_service_error().and_then(|error| error.code());
    service.unwrap_or("no answer").to_owned()
}

/// Tries a call: `Ok` or the code of the refusal.
macro_rules! tried {
    ($call:expr) => {
        $call.send().await.map(|_| ()).map_err(|error| code(&error))
    };
}

fn expect_refused(what: &str, result: Result<(), String>) {
    let refusal = result.expect_err(what);
    assert!(refusal.starts_with("AccessDenied"), "{what}: {refusal}");
}

fn expect_passed(what: &str, result: Result<(), String>) {
    if let Err(refusal) = result {
        panic!("{what}: {refusal}");
    }
}

/// The role that a function runs as.
fn role<'a>(backup: &'a Value, function: &str) -> &'a str {
    backup["function_role_arns"][function].as_str().unwrap()
}

pub(crate) async fn the_dump_roles_do_what_they_are_for_and_nothing_else(world: &World) {
    let backup = world.output("backup");
    let dump_role = backup["dump_role_arn"].as_str().unwrap();
    let function = of_function(world, role(&backup, "mongo-dump"), "as-dump").await;
    let body = || ByteStream::from_static(b"{}");

    // The function itself: its secret and its role, no S3.
    let secrets = aws_sdk_secretsmanager::Client::new(&function);
    expect_passed(
        "its secret",
        tried!(secrets.get_secret_value().secret_id(&world.secret_arn)),
    );
    let other = aws_sdk_secretsmanager::Client::new(&world.sdk);
    let other = other
        .create_secret()
        .name("other")
        .secret_string("{}")
        .send()
        .await
        .unwrap();
    expect_refused(
        "another secret",
        tried!(secrets.get_secret_value().secret_id(other.arn().unwrap())),
    );
    let direct = s3(&function);
    let key = format!("{RUN}/plan.json");
    expect_refused(
        "S3 past the role",
        tried!(direct.put_object().bucket(BUCKET).key(&key).body(body())),
    );
    expect_refused(
        "reading past the role",
        tried!(direct.get_object().bucket(BUCKET).key("mongo/main/latest.json")),
    );
    let restore_role = backup["restore_role_arn"].as_str().unwrap();
    let refusal = assumed(&function, restore_role).await.expect_err("the restore role");
    assert!(refusal.starts_with("AccessDenied"), "{refusal}");

    // The dump role: writes below its folder, reads what steers a dump.
    let dump = s3(&assumed(&function, dump_role).await.unwrap());
    let data = format!("{RUN}/data/school/courses/00000-00000.jsonl.zst");
    for key in [
        &data,
        &format!("{RUN}/meta/school/courses.json"),
        &key,
        &format!("{RUN}/state/3.json"),
    ] {
        expect_passed(key, tried!(dump.put_object().bucket(BUCKET).key(key).body(body())));
    }
    let upload = dump
        .create_multipart_upload()
        .bucket(BUCKET)
        .key(&data)
        .send()
        .await
        .unwrap();
    let upload = upload.upload_id().unwrap();
    expect_passed(
        "abort",
        tried!(
            dump.abort_multipart_upload()
                .bucket(BUCKET)
                .key(&data)
                .upload_id(upload)
        ),
    );
    for key in ["manifest.json", "state.json"] {
        world.put(&format!("{RUN}/{key}")).await;
    }
    for key in [
        "mongo/main/latest.json".to_owned(),
        "mongo/main/lease.json".to_owned(),
        format!("{RUN}/manifest.json"),
        format!("{RUN}/plan.json"),
        format!("{RUN}/state.json"),
        format!("{RUN}/state/3.json"),
    ] {
        expect_passed(&key, tried!(dump.get_object().bucket(BUCKET).key(&key)));
    }
    expect_refused(
        "a document of a dump",
        tried!(dump.get_object().bucket(BUCKET).key(&data)),
    );
    expect_refused(
        "a description",
        tried!(
            dump.get_object()
                .bucket(BUCKET)
                .key(format!("{RUN}/meta/school/courses.json"))
        ),
    );
    expect_refused(
        "listing",
        tried!(dump.list_objects_v2().bucket(BUCKET).prefix("mongo/main/")),
    );
    expect_refused("deleting", tried!(dump.delete_object().bucket(BUCKET).key(&data)));
    for key in ["mongo/other/latest.json", "other/main/latest.json", "latest.json"] {
        expect_refused(key, tried!(dump.put_object().bucket(BUCKET).key(key).body(body())));
    }
    expect_refused("another bucket", tried!(dump.list_objects_v2().bucket("elsewhere")));
}

pub(crate) async fn the_restore_roles_do_what_they_are_for_and_nothing_else(world: &World) {
    let backup = world.output("backup");
    let restore_role = backup["restore_role_arn"].as_str().unwrap();
    let function = of_function(world, role(&backup, "mongo-restore"), "as-restore").await;
    let refusal = assumed(&function, backup["dump_role_arn"].as_str().unwrap()).await;
    let refusal = refusal.expect_err("the dump role");
    assert!(refusal.starts_with("AccessDenied"), "{refusal}");

    let restore = s3(&assumed(&function, restore_role).await.unwrap());
    let key = "mongo/main/latest.json";
    expect_passed(
        "listing dumps",
        tried!(restore.list_objects_v2().bucket(BUCKET).prefix("mongo/main/")),
    );
    expect_passed("reading", tried!(restore.get_object().bucket(BUCKET).key(key)));
    expect_refused("listing everything", tried!(restore.list_objects_v2().bucket(BUCKET)));
    expect_refused(
        "other folders",
        tried!(restore.get_object().bucket(BUCKET).key("other/main/latest.json")),
    );
    let body = ByteStream::from_static(b"{}");
    expect_refused(
        "writing",
        tried!(restore.put_object().bucket(BUCKET).key(key).body(body)),
    );
    expect_refused("deleting", tried!(restore.delete_object().bucket(BUCKET).key(key)));
}

/// Failures of a function are published to the topic, which is encrypted: the role may publish to this topic and no other, and use the key
/// by way of SNS only.
pub(crate) async fn failures_can_be_told(world: &World) {
    let backup = world.output("backup");
    let topic = world.output("failure_topic");
    let credentials = world
        .run_as(role(&backup, "mongo-restore"), "as-teller", SHOW_CREDENTIALS)
        .await;
    world.python(
        "failure_notice.py",
        &json!({ "topic": topic["arn"], "key": topic["kms_key_arn"], "credentials": credentials }),
    );
}
