//! Files that go in one request: the form is used as it was handed out, and in every other way.

use aws_sdk_s3::types::{ChecksumAlgorithm, ServerSideEncryption};
use file_catalog::key;
use serde_json::json;

use crate::client::{Answered, Form};
use crate::world::{World, announcement, bytes, complete_event, create_event, send};

#[tokio::test]
async fn a_file_that_is_uploaded_as_it_was_announced_becomes_available() {
    let world = World::start().await;
    let function = world.function();
    let content = bytes(1000);
    let created = send(&function, &create_event(&announcement(&content))).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.body["file"]["status"], "pending");
    assert_eq!(world.status(&created.id()).await.as_deref(), Some("pending"));
    let form = Form::of(&created.body);
    assert_eq!(form.send(&content).await.status, 204);
    assert_eq!(
        world.tags(&created.id()).await,
        [("upload".to_owned(), "pending".to_owned())]
    );

    let completed = send(&function, &complete_event(&created.id())).await;
    assert_eq!(completed.status, 200, "{}", completed.body);
    assert_eq!(completed.body["status"], "available");
    assert_eq!(completed.body["name"], "notes – week 1.pdf");
    assert_eq!(world.content(&created.id()).await, Some(content));
    assert_eq!(world.tags(&created.id()).await, []);
    let record = world.record(&created.id()).await.unwrap();
    assert_eq!(record.expires_at, None);
    let call = world
        .files
        .s3
        .head_object()
        .bucket(&world.files.bucket)
        .key(key(&created.id()));
    let head = call.version_id(record.version_id.unwrap()).send().await.unwrap();
    assert_eq!(head.content_type.as_deref(), Some("application/pdf"));
    assert_eq!(head.content_disposition, None, "the name is MongoDB's alone");
    assert_eq!(head.ssekms_key_id, Some(world.files.kms_key_arn.clone()));

    // Once more, and nothing is different.
    world.front.clear();
    assert_eq!(send(&function, &complete_event(&created.id())).await, completed);
    assert_eq!(world.front.calls(), []);
}

#[tokio::test]
async fn s3_takes_nothing_but_what_was_announced() {
    let world = World::start().await;
    let content = bytes(500);
    let created = send(&world.function(), &create_event(&announcement(&content))).await;
    let form = Form::of(&created.body);
    let other = bytes(501);
    let elsewhere = world.files.kms_key_arn.replace("key/", "key/x");
    let policy = |form: &Form| form.fields.iter().find(|(name, _)| name == "policy").unwrap().1.clone();
    let altered = policy(&form).replacen('A', "B", 1);
    let mut turned = content.clone();
    turned.reverse();
    let denied = |form: Form, code: &'static str| (form, content.as_slice(), 403, code);
    let cases = [
        ("one byte fewer", (form.clone(), &other[..499], 400, "EntityTooSmall")),
        ("one byte more", (form.clone(), &other, 400, "EntityTooLarge")),
        ("other bytes", (form.clone(), turned.as_slice(), 400, "BadDigest")),
        (
            "another type",
            denied(form.clone().with("Content-Type", Some("text/html")), "AccessDenied"),
        ),
        (
            "no type",
            denied(form.clone().with("Content-Type", None), "AccessDenied"),
        ),
        (
            "another key",
            denied(form.clone().with("key", Some("files/other")), "AccessDenied"),
        ),
        (
            "a key that the client names",
            denied(form.clone().with("key", Some("files/${filename}")), "AccessDenied"),
        ),
        (
            "another checksum",
            denied(
                form.clone()
                    .with("x-amz-checksum-sha256", Some(&crate::world::sum(&turned))),
                "AccessDenied",
            ),
        ),
        (
            "no checksum",
            denied(form.clone().with("x-amz-checksum-sha256", None), "AccessDenied"),
        ),
        (
            "another algorithm",
            denied(
                form.clone().with("x-amz-checksum-algorithm", Some("CRC32")),
                "AccessDenied",
            ),
        ),
        (
            "another encryption",
            denied(
                form.clone().with("x-amz-server-side-encryption", Some("AES256")),
                "AccessDenied",
            ),
        ),
        (
            "another key of KMS",
            denied(
                form.clone()
                    .with("x-amz-server-side-encryption-aws-kms-key-id", Some(&elsewhere)),
                "AccessDenied",
            ),
        ),
        ("no tag", denied(form.clone().with("tagging", None), "AccessDenied")),
        (
            "one field more",
            denied(form.clone().with("acl", Some("public-read")), "AccessDenied"),
        ),
        (
            "a header that becomes the object's",
            denied(form.clone().with("Content-Disposition", Some("inline")), "AccessDenied"),
        ),
        (
            "another policy",
            denied(form.clone().with("policy", Some(&altered)), "SignatureDoesNotMatch"),
        ),
        (
            "another signature",
            denied(
                form.clone().with("x-amz-signature", Some(&"0".repeat(64))),
                "SignatureDoesNotMatch",
            ),
        ),
        (
            "no session token",
            (
                form.clone().with("x-amz-security-token", None),
                content.as_slice(),
                400,
                "InvalidToken",
            ),
        ),
    ];
    for (case, (form, file, status, code)) in cases {
        let refused = Answered {
            status,
            code: code.to_owned(),
        };
        assert_eq!(form.send(file).await, refused, "{case}");
    }
    assert_eq!(world.content(&created.id()).await, None);
    let nothing = send(&world.function(), &complete_event(&created.id())).await;
    nothing.is_problem(409, "upload-mismatch", "nothing was uploaded");
    assert_eq!(form.send(&content).await.status, 204);
}

#[tokio::test]
async fn a_form_that_is_over_uploads_nothing() {
    let world = World::start().await;
    world.at(-1000);
    let content = bytes(10);
    let created = send(&world.function(), &create_event(&announcement(&content))).await;
    let refused = Form::of(&created.body).send(&content).await;
    assert_eq!((refused.status, refused.code.as_str()), (403, "AccessDenied"));
}

/// Whatever the role's credentials or an administrator's may put there by other ways, `complete` looks at it.
#[tokio::test]
async fn complete_takes_nothing_but_what_was_announced() {
    let world = World::start().await;
    let function = world.function();
    let content = bytes(700);
    let created = send(&function, &create_event(&announcement(&content))).await;
    let id = created.id();
    let put = |content: &[u8], content_type: &str| {
        let call = world.files.s3.put_object().bucket(&world.files.bucket).key(key(&id));
        call.body(content.to_vec().into())
            .content_type(content_type)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
    };
    let kms = |call: aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder, key: &str| {
        call.server_side_encryption(ServerSideEncryption::AwsKms)
            .ssekms_key_id(key)
    };
    let ours = world.files.kms_key_arn.as_str();
    let mut turned = content.clone();
    turned.reverse();
    let pdf = "application/pdf";
    let cases = [
        ("size", kms(put(&content[..600], pdf), ours), vec!["/size", "/sha256"]),
        ("content", kms(put(&turned, pdf), ours), vec!["/sha256"]),
        ("type", kms(put(&content, "text/html"), ours), vec!["/content_type"]),
        (
            "no SHA-256",
            kms(put(&content, pdf).checksum_algorithm(ChecksumAlgorithm::Crc32), ours),
            vec!["/sha256"],
        ),
        ("encryption", put(&content, pdf), vec!["encryption"]),
        (
            "key",
            kms(put(&content, pdf), "arn:aws:kms:us-east-1:1:key/x"),
            vec!["encryption"],
        ),
    ];
    for (case, put, fields) in cases {
        put.send().await.unwrap();
        let sent = send(&function, &complete_event(&id)).await;
        sent.is_problem(409, "upload-mismatch", case);
        assert_eq!(sent.fields(), fields, "{case}");
        assert_eq!(world.status(&id).await.as_deref(), Some("pending"), "{case}");
    }
    assert_eq!(Form::of(&created.body).send(&content).await.status, 204);
    assert_eq!(send(&function, &complete_event(&id)).await.status, 200);
}

#[tokio::test]
async fn a_bucket_without_versions_makes_no_file_available() {
    let mut world = World::start().await;
    world.files.bucket = format!("plain-{}", world.files.bucket);
    world
        .files
        .s3
        .create_bucket()
        .bucket(&world.files.bucket)
        .send()
        .await
        .unwrap();
    let bucket = world.files.bucket.clone();
    world.set("LECTERN_FILES_BUCKET", &bucket);
    world.allow(&crate::world::ON_OBJECTS, &[crate::world::ON_BUCKET]).await;
    let function = world.function();
    let content = bytes(10);
    let created = send(&function, &create_event(&announcement(&content))).await;
    assert_eq!(Form::of(&created.body).send(&content).await.status, 204);
    let sent = send(&function, &complete_event(&created.id())).await;
    sent.is_problem(500, "internal", "no versions");
    assert_eq!(world.status(&created.id()).await.as_deref(), Some("pending"));
}

#[tokio::test]
async fn an_upload_of_yesterday_is_given_up() {
    let world = World::start().await;
    let function = world.function();
    let content = bytes(10);
    let created = send(&function, &create_event(&announcement(&content))).await;
    assert_eq!(Form::of(&created.body).send(&content).await.status, 204);
    world.expired_since(&created.id(), 0).await;
    let sent = send(&function, &complete_event(&created.id())).await;
    sent.is_problem(409, "conflict", "given up");
    assert_eq!(world.status(&created.id()).await.as_deref(), Some("pending"));
}

#[tokio::test]
async fn what_is_handed_out_is_kept_by_nobody_on_the_way() {
    let world = World::start().await;
    let created = send(&world.function(), &create_event(&announcement(b"hello"))).await;
    assert_eq!(created.headers["cache-control"], "no-store");
    let record = serde_json::to_string(&json!(world.record(&created.id()).await)).unwrap();
    let metrics = world.metrics.lock().unwrap().join("\n");
    for (_, secret) in Form::of(&created.body)
        .fields
        .iter()
        .filter(|(name, _)| ["policy", "x-amz-signature", "x-amz-security-token"].contains(&name.as_str()))
    {
        assert!(!record.contains(secret) && !metrics.contains(secret));
    }
    assert!(!metrics.contains("notes"), "{metrics}");
}
