//! Neither the connection string nor a document shows anywhere, whatever happens.

use mongo_emulator::{Options, User};
use mongodb::bson::doc;

use crate::dump::{Dump, Made, bytes};
use crate::process::{command, end, start};
use crate::world::World;

const PASSWORD: &str = "hunter2-pass";
const CONTENT: &str = "hunter2-document";

fn assert_silent(text: &str, what: &str) {
    for secret in [PASSWORD, CONTENT, "hunter2", "restorer:"] {
        let at = text.find(secret);
        assert!(
            at.is_none(),
            "{what}: {}",
            &text[at.unwrap().saturating_sub(300)..at.unwrap()]
        );
    }
}

/// Some crates log nothing at `trace` alone, so they are named as well, as in troubleshooting of a call.
const EVERYTHING: &str = "trace,aws_runtime=trace,aws_sdk=trace,aws_sigv4=trace,tower=trace";

#[tokio::test(flavor = "multi_thread")]
async fn no_output_at_any_level_holds_a_secret_or_a_document() {
    let world = World::with(Options {
        users: vec![User::new("restorer", PASSWORD)],
        ..Options::default()
    })
    .await;
    let documents = (0..20).map(|id| bytes(&doc! {"_id": format!("{CONTENT}-{id}"), "same": CONTENT}));
    let made = Made::collection("shop.users", documents.collect())
        .index(&doc! {"v": 2, "key": {"same": 1}, "name": "same", "unique": true});
    world.store(&Dump::of(vec![made])).await;
    for (what, mode, more) in [
        ("a plan", "dry_run", &[] as &[&str]),
        ("an index that cannot be built", "restore", &[]),
        ("a target that is not empty", "restore", &[]),
        ("a comparison", "verify", &[]),
        ("a merge", "restore", &["--conflict", "merge"]),
        ("a drill", "drill", &[]),
    ] {
        let mut command = world.command(mode, more);
        command.env("LECTERN_LOG", EVERYTHING);
        let ended = end(start(command)).await;
        assert!(ended.stderr.contains("TRACE"), "{what}: the level is on");
        assert_silent(&ended.stdout, what);
        assert_silent(&ended.stderr, what);
    }
    world
        .mongo
        .insert_raw("shop", "users", bytes(&doc! {"_id": "more", "a": CONTENT}));
    let different = world.run("verify", &[]).await;
    assert_eq!(different.code, Some(1));
    assert_silent(&format!("{different:?}"), "a difference");
    world.mongo.set_user(User::new("restorer", "another"));
    let mut command = world.command("verify", &[]);
    command.env("LECTERN_LOG", EVERYTHING);
    let refused = end(start(command)).await;
    assert!(refused.stderr.contains("TargetRefused"), "{}", refused.stderr);
    assert_silent(&format!("{refused:?}"), "a wrong password");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_cannot_be_used_is_named_by_its_arn_alone() {
    let world = World::start().await;
    let secrets = aws_sdk_secretsmanager::Client::new(&world.settings.aws);
    for (at, text) in [
        "hunter2",
        r#"{"uri": "hunter2"}"#,
        r#"{"uri": "mongodb://u:hunter2@[::"}"#,
    ]
    .iter()
    .enumerate()
    {
        let secret = secrets
            .create_secret()
            .name(format!("{}-broken-{at}", world.bucket))
            .secret_string(*text);
        let arn = secret.send().await.unwrap().arn.unwrap();
        let mut command = command(&[("AWS_ENDPOINT_URL", &world.front.url()), ("LECTERN_LOG", "trace")]);
        command.args([
            "--from",
            "s3://dumps/mongo/main",
            "--to-secret",
            &arn,
            "--mode",
            "verify",
        ]);
        let ended = end(start(command)).await;
        assert_eq!(ended.code, Some(1));
        assert!(
            ended.stderr.contains("SecretUnreadable") && ended.stderr.contains(&arn),
            "{text}"
        );
        assert_silent(&format!("{ended:?}"), text);
    }
    let mut event = world.event("verify");
    event["target"]["secret_arn"] = "arn:aws:secretsmanager:us-east-1:000000000000:secret:none-AbCdEf".into();
    assert_eq!(world.refused(&event).await.0, "SecretUnreadable");
}
