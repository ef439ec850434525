//! Files that go in parts.

use aws_front::{Effect, Rule};
use file_catalog::{Checksum, key};
use serde_json::json;
use upload_api::Sizes;

use crate::client::Part;
use crate::world::{Sent, World, announcement, bytes, complete_event, create_event, send};

/// Announces a file of three parts.
async fn announce(world: &World, content: &[u8]) -> (Sent, Vec<Part>) {
    let created = send(&world.function(), &create_event(&announcement(content))).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.body["upload"]["part_bytes"], 400);
    let parts = Part::all(&created.body);
    (created, parts)
}

async fn upload(parts: &[Part], content: &[u8]) {
    for (part, bytes) in parts.iter().zip(content.chunks(400)) {
        assert_eq!(part.send(bytes).await.status, 200);
    }
}

#[tokio::test]
async fn a_file_of_many_parts_becomes_available() {
    let world = World::start().await;
    let content = bytes(1001);
    let (created, parts) = announce(&world, &content).await;
    assert_eq!(parts.len(), 3);
    upload(&parts, &content).await;
    let function = world.function();
    let completed = send(&function, &complete_event(&created.id())).await;
    assert_eq!(completed.status, 200, "{}", completed.body);
    assert_eq!(world.content(&created.id()).await, Some(content));
    assert_eq!(world.uploads().await, 0);
    let call = world
        .files
        .s3
        .head_object()
        .bucket(&world.files.bucket)
        .key(key(&created.id()));
    let head = call.send().await.unwrap();
    assert_eq!(head.content_type.as_deref(), Some("application/pdf"));
    assert_eq!(head.ssekms_key_id, Some(world.files.kms_key_arn.clone()));
    assert_eq!(head.version_id, world.record(&created.id()).await.unwrap().version_id);
    assert_eq!(send(&function, &complete_event(&created.id())).await, completed);
}

/// With the contract's own sizes: what goes in one request at most, and the largest file.
#[tokio::test]
async fn the_largest_file_has_a_ticket_that_a_function_can_answer() {
    let world = World::start().await;
    let function = world.function().with_sizes(Sizes::CONTRACT);
    let mut body = announcement(b"hello");
    body["size"] = 100_000_000.into();
    let created = send(&function, &create_event(&body)).await;
    assert_eq!(
        (created.status, &created.body["upload"]["method"]),
        (201, &json!("post"))
    );
    body["size"] = 5_000_000_000_i64.into();
    body["part_sha256"] = vec![body["sha256"].clone(); 75].into();
    body.as_object_mut().unwrap().remove("sha256");
    let created = send(&function, &create_event(&body)).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.body["upload"]["part_bytes"], 64 * 1024 * 1024);
    let parts = Part::all(&created.body);
    assert_eq!(parts.len(), 75);
    let length = |part: &Part| {
        let found = part.headers.iter().find(|(name, _)| name == "content-length");
        found.unwrap().1.parse::<i64>().unwrap()
    };
    assert_eq!(parts.iter().map(length).sum::<i64>(), 5_000_000_000);
    for part in &parts {
        let mut names: Vec<_> = part.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-length", "x-amz-checksum-sha256"]);
    }
    // Lambda answers with 6 MB at most, and a session token of AWS's has about 1 KB.
    assert!(created.body.to_string().len() < 500_000);
}

/// The SDK adds headers that it does not sign, X-Ray's where a function is traced. The bucket's CORS rule has no such header, so a
/// browser that was told to send one would send nothing.
#[test]
fn a_part_has_the_headers_that_were_signed_and_no_other() {
    const NAME: &str = "parts::a_ticket_of_a_traced_function";
    let program = std::env::current_exe().unwrap();
    let output = std::process::Command::new(program)
        .args(["--exact", NAME, "--ignored"])
        .env("AWS_LAMBDA_FUNCTION_NAME", "upload-api")
        .env("_X_AMZN_TRACE_ID", TRACE)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

#[tokio::test]
#[ignore = "the test above runs it in an environment of its own"]
async fn a_ticket_of_a_traced_function() {
    assert_eq!(std::env::var("_X_AMZN_TRACE_ID").as_deref(), Ok(TRACE));
    let world = World::start().await;
    let content = bytes(1001);
    let (created, parts) = announce(&world, &content).await;
    for part in &parts {
        let mut names: Vec<_> = part.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-length", "x-amz-checksum-sha256"]);
    }
    upload(&parts, &content).await;
    let completed = send(&world.function(), &complete_event(&created.id())).await;
    assert_eq!(completed.status, 200, "{}", completed.body);
}

#[tokio::test]
async fn a_part_url_takes_its_part_alone() {
    let world = World::start().await;
    let content = bytes(1200);
    let (_, parts) = announce(&world, &content).await;
    let first = &content[..400];
    let mut turned = first.to_vec();
    turned.reverse();
    let url = |url: String| Part {
        url,
        ..parts[0].clone()
    };
    let with_checksum = |value: &str| {
        let mut part = parts[0].clone();
        let of_checksum = part
            .headers
            .iter_mut()
            .find(|(name, _)| name == "x-amz-checksum-sha256");
        value.clone_into(&mut of_checksum.unwrap().1);
        part
    };
    let mut without = parts[0].clone();
    without.headers.retain(|(name, _)| name != "x-amz-checksum-sha256");
    let own = parts[0].url.clone();
    let unsigned = (403, "SignatureDoesNotMatch");
    let cases = [
        ("other bytes", parts[0].clone(), turned.as_slice(), (400, "BadDigest")),
        ("fewer bytes", parts[0].clone(), &first[..399], unsigned),
        ("more bytes", parts[0].clone(), &content[..401], unsigned),
        ("another part", parts[1].clone(), first, (400, "BadDigest")),
        (
            "another checksum",
            with_checksum(&crate::world::sum(&turned)),
            &turned,
            unsigned,
        ),
        ("no checksum", without, first, unsigned),
        (
            "another number",
            url(own.replace("partNumber=1", "partNumber=4")),
            first,
            unsigned,
        ),
        ("another key", url(own.replace("/files/", "/files/0")), first, unsigned),
    ];
    for (case, part, bytes, (status, code)) in cases {
        let refused = part.send(bytes).await;
        assert_eq!((refused.status, refused.code.as_str()), (status, code), "{case}");
    }
    assert_eq!(parts[0].send(first).await.status, 200);
}

#[tokio::test]
async fn links_to_parts_that_are_over_upload_nothing() {
    let world = World::start().await;
    world.at(-1000);
    let content = bytes(1200);
    let (_, parts) = announce(&world, &content).await;
    let refused = parts[0].send(&content[..400]).await;
    assert_eq!((refused.status, refused.code.as_str()), (403, "AccessDenied"));
}

#[tokio::test]
async fn parts_that_are_missing_are_named_until_they_are_there() {
    let world = World::start().await;
    let function = world.function();
    let content = bytes(1200);
    let (created, parts) = announce(&world, &content).await;
    let complete = complete_event(&created.id());
    let sent = send(&function, &complete).await;
    sent.is_problem(409, "upload-mismatch", "no part");
    assert_eq!(sent.fields(), ["/part_sha256/0", "/part_sha256/1", "/part_sha256/2"]);
    upload(&parts[..1], &content).await;
    upload(&parts[2..], &content[800..]).await;
    let sent = send(&function, &complete).await;
    sent.is_problem(409, "upload-mismatch", "two parts");
    assert_eq!(sent.fields(), ["/part_sha256/1"]);
    assert_eq!(world.status(&created.id()).await.as_deref(), Some("pending"));
    upload(&parts[1..2], &content[400..]).await;
    assert_eq!(send(&function, &complete).await.status, 200);
}

/// Root's hand in the same upload: what no URL of the function's allows.
#[tokio::test]
async fn other_bytes_in_a_part_are_noticed() {
    let world = World::start().await;
    let content = bytes(1200);
    let (created, parts) = announce(&world, &content).await;
    upload(&parts, &content).await;
    let record = world.record(&created.id()).await.unwrap();
    let Checksum::Parts { upload_id, .. } = record.checksum else {
        panic!("{:?}", record.checksum)
    };
    let put = |bytes: &[u8]| {
        let call = world
            .files
            .s3
            .upload_part()
            .bucket(&world.files.bucket)
            .key(key(&created.id()));
        call.upload_id(&upload_id).part_number(2).body(bytes.to_vec().into())
    };
    for (case, bytes) in [("size", &content[..399]), ("content", &content[..400])] {
        put(bytes).send().await.unwrap();
        let sent = send(&world.function(), &complete_event(&created.id())).await;
        sent.is_problem(409, "upload-mismatch", case);
        assert_eq!(sent.fields(), ["/part_sha256/1"], "{case}");
    }
}

#[tokio::test]
async fn a_list_of_parts_on_several_pages_is_read_to_its_end() {
    let world = World::start().await;
    let content = bytes(1200);
    let (created, parts) = announce(&world, &content).await;
    upload(&parts, &content).await;
    let first = crate::world::sum(&content[..400]);
    let etag = {
        let record = world.record(&created.id()).await.unwrap();
        let Checksum::Parts { upload_id, .. } = record.checksum else {
            panic!("{:?}", record.checksum)
        };
        let call = world
            .files
            .s3
            .list_parts()
            .bucket(&world.files.bucket)
            .key(key(&created.id()));
        let listed = call.upload_id(upload_id).send().await.unwrap();
        listed.parts()[0].e_tag().unwrap().replace('"', "&quot;")
    };
    let page = format!(
        "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker><Part>\
         <PartNumber>1</PartNumber><Size>400</Size><ETag>{etag}</ETag><ChecksumSHA256>{first}</ChecksumSHA256></Part>\
         </ListPartsResult>"
    );
    let effect = Effect::Answer {
        status: 200,
        body: page,
    };
    world.front.script(Rule::on("ListParts").effect(effect));
    let sent = send(&world.function(), &complete_event(&created.id())).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    assert_eq!(world.front.calls_of("ListParts"), 2);
}

#[tokio::test]
async fn an_upload_that_somebody_else_ended_is_given_up() {
    let world = World::start().await;
    let content = bytes(1200);
    let (created, _) = announce(&world, &content).await;
    let record = world.record(&created.id()).await.unwrap();
    let Checksum::Parts { upload_id, .. } = record.checksum else {
        panic!("{:?}", record.checksum)
    };
    let call = world.files.s3.abort_multipart_upload().bucket(&world.files.bucket);
    call.key(key(&created.id())).upload_id(upload_id).send().await.unwrap();
    let sent = send(&world.function(), &complete_event(&created.id())).await;
    sent.is_problem(409, "conflict", "ended");
}
