//! What a person needs who restores at night: which dumps there are, what is wrong, and what to type next.

use std::process::Stdio;
use std::time::Duration;

use aws_front::{Effect, Rule};
use mongo_emulator::{Gate, MongoEmulator, Options, Tls};
use mongodb::bson::doc;
use serde_json::json;

use crate::dump::{Dump, Made};
use crate::process::{Ended, command, end, start};
use crate::world::World;

const ARN: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:m";

impl World {
    async fn list(&self, more: &[&str]) -> Ended {
        let mut command = command(&[("AWS_ENDPOINT_URL", &self.front.url())]);
        command.arg("list").args(more);
        end(start(command)).await
    }

    fn from(&self) -> String {
        format!("s3://{}/mongo/main", self.bucket)
    }

    async fn given_from(&self, from: &str, mode: &str) -> Ended {
        let mut command = command(&[("AWS_ENDPOINT_URL", &self.front.url())]);
        command.args(["--from", from, "--to-secret", &self.secret_arn, "--mode", mode]);
        end(start(command)).await
    }
}

/// A complete dump, one with a gap, one that is still copied, one that never ended and one that is damaged.
async fn all_kinds(world: &World) {
    let dump = |documents, id| Dump::of(vec![Made::numbered("shop.orders", documents)]).at(id);
    world.store(&dump(3, "20260506T120000Z-00000b")).await;
    for (key, body) in dump(4, "20260506T180000Z-00000a").objects() {
        world.put(&key, body).await;
    }
    world
        .delete(&dump(4, "20260506T180000Z-00000a").part_key("shop.orders", 0, 0))
        .await;
    for (key, body) in dump(5, "20260505T180000Z-00000c").with_a_gap().objects() {
        world.put(&key, body).await;
    }
    for (key, mut body) in dump(6, "20260505T120000Z-00000d").objects() {
        if key.ends_with("manifest.json") {
            body.truncate(50);
        }
        world.put(&key, body).await;
    }
    for (key, body) in dump(7, "20260430T120000Z-00000e").objects() {
        if !key.ends_with("manifest.json") {
            world.put(&key, body).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn list_shows_each_dump_with_its_time_age_size_and_status() {
    let world = World::start().await;
    all_kinds(&world).await;
    let listed = world.list(&["--from", &world.from()]).await;
    assert_eq!(listed.code, Some(0), "{listed:?}");
    let rows: Vec<Vec<&str>> = listed
        .stdout
        .lines()
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    let heads = [
        "DUMP",
        "DATA AS OF (UTC)",
        "AGE",
        "DOCUMENTS",
        "SIZE",
        "STORED",
        "STATUS",
    ];
    assert_eq!(rows[0], heads, "{listed:?}");
    let of = |id: &str| rows.iter().find(|row| row[0] == id).unwrap();
    let complete = of("20260506T120000Z-00000b");
    assert_eq!(complete[1], "2026-05-06 18:00:02");
    assert!(complete[2].ends_with(" days"), "{complete:?}");
    assert_eq!((complete[3], complete[6]), ("3", "complete, latest"));
    assert!(
        complete[4].ends_with(" B") && complete[5].ends_with(" B"),
        "{complete:?}"
    );
    for (id, status) in [
        ("20260506T180000Z-00000a", "replicating: 1 object missing"),
        ("20260505T180000Z-00000c", "incomplete"),
        ("20260505T120000Z-00000d", "damaged"),
        ("20260430T120000Z-00000e", "no manifest"),
    ] {
        assert_eq!(of(id).last().unwrap(), &status, "{listed:?}");
    }
    let order: Vec<_> = rows[1..].iter().map(|row| row[0]).collect();
    let expected = [
        "20260506T180000Z-00000a",
        "20260506T120000Z-00000b",
        "20260505T180000Z-00000c",
        "20260505T120000Z-00000d",
        "20260430T120000Z-00000e",
    ];
    assert_eq!(order, expected, "the newest first");
    let next = format!("--from {}/2026/05/06/20260506T120000Z-00000b", world.from());
    assert!(listed.stderr.contains(&next), "what to type next: {listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn list_takes_a_day_a_limit_and_a_program_s_reader() {
    let world = World::start().await;
    all_kinds(&world).await;
    let day = format!("{}/2026/05/05/", world.from());
    let listed = world.list(&["--from", &day, "--json"]).await;
    assert_eq!(listed.code, Some(0), "{listed:?}");
    let dumps = listed.json()["dumps"].as_array().unwrap().clone();
    let statuses: Vec<_> = dumps.iter().map(|dump| dump["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["incomplete", "damaged"], "{listed:?}");
    assert_eq!(dumps[0]["documents"], 5);
    assert_eq!(
        dumps[0]["from"],
        format!("{}/2026/05/05/20260505T180000Z-00000c", world.from())
    );
    let listed = world.list(&["--from", &world.from(), "--limit", "2", "--json"]).await;
    assert_eq!(listed.json()["dumps"].as_array().unwrap().len(), 2);
    assert_eq!(listed.json()["more"], true, "{listed:?}");
    // The latest one is looked at first, so that its mark is there even in a day's folder.
    let one = world
        .list(&["--from", &format!("{}/2026/05/06", world.from()), "--json"])
        .await;
    assert_eq!(one.json()["dumps"][1]["latest"], true, "{one:?}");
    let none = world
        .list(&["--from", &format!("s3://{}/mongo/other", world.bucket)])
        .await;
    assert_eq!(none.code, Some(1), "{none:?}");
    assert!(
        none.stdout.is_empty() && none.stderr.contains("there is no dump in s3://") && none.stderr.contains("--from"),
        "{none:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_names_its_dump_and_a_day_says_what_to_type() {
    let world = World::start().await;
    all_kinds(&world).await;
    let folder = format!("{}/2026/05/06/20260506T120000Z-00000b", world.from());
    for from in [
        format!("{folder}/manifest.json"),
        format!("{}/latest.json", world.from()),
    ] {
        let planned = world.given_from(&from, "dry_run").await;
        assert_eq!(planned.code, Some(0), "{planned:?}");
        assert_eq!(planned.json()["used"], "20260506T120000Z-00000b");
    }
    for from in ["2026/05/06/", "2026/05/06", "2026/05"] {
        let day = world.given_from(&format!("{}/{from}", world.from()), "dry_run").await;
        assert_eq!(day.code, Some(2), "{day:?}");
        let list = format!(
            "mongo-restore list --from {}/{}",
            world.from(),
            from.trim_end_matches('/')
        );
        assert!(day.stderr.contains("--from") && day.stderr.contains(&list), "{day:?}");
    }
    let inside = world
        .given_from(&format!("{folder}/data/shop/orders/"), "dry_run")
        .await;
    assert_eq!(inside.code, Some(2), "{inside:?}");
    assert!(
        inside.stderr.contains(&format!("--from {folder}")) && inside.stderr.contains("--include"),
        "{inside:?}"
    );
}

#[tokio::test]
async fn a_wrong_argument_is_named_as_it_was_typed() {
    for (arguments, words) in [
        (
            ["s3://Dumps!/mongo/main", ARN, ""],
            "--from: the bucket is not a bucket name",
        ),
        (["s3://dumps/mongo//main", ARN, ""], "--from: "),
        (["s3://dumps/mongo/ma in", ARN, ""], "--from: the cluster is not "),
        (
            ["s3://dumps/mongo/main", "mongodb://user:hunter2@host", ""],
            "--to-secret: not the ARN of a secret",
        ),
        (["s3://dumps/mongo/main", ARN, "--role-arn=me"], "--role-arn: not "),
        (["s3://dumps/mongo/main", ARN, "--include=shop"], "--include: not "),
        (["s3://dumps/mongo/main", ARN, "--exclude=shop"], "--exclude: not "),
        (
            ["s3://dumps/mongo/main", ARN, "--rename=shop=a.b"],
            "--rename: from and to must both be",
        ),
    ] {
        let [from, secret, more] = arguments;
        let mut command = command(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")]);
        command.args(["--from", from, "--to-secret", secret, "--mode", "dry_run"]);
        if !more.is_empty() {
            command.arg(more);
        }
        let ended = end(start(command)).await;
        assert_eq!(ended.code, Some(2), "{arguments:?} {ended:?}");
        assert!(ended.stderr.contains(words), "{arguments:?} {ended:?}");
        for never in ["event", "hunter2", "target.", "source.", "namespaces."] {
            assert!(!ended.stderr.contains(never), "{never}: {ended:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_in_another_region_names_that_region() {
    let world = World::start().await;
    let other = Rule::on("*").path(&world.bucket).always();
    world
        .front
        .script(other.effect(Effect::OtherRegion("eu-central-1".to_owned())));
    for ended in [
        world.run("dry_run", &[]).await,
        world.list(&["--from", &world.from()]).await,
    ] {
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(
            ended.stderr.contains("SourceUnreadable: ") && ended.stderr.contains("AWS_REGION=eu-central-1"),
            "{ended:?}"
        );
    }
}

/// A secret for a deployment that is not the world's own.
async fn secret(world: &World, uri: &str) -> String {
    let secrets = aws_sdk_secretsmanager::Client::new(&world.settings.aws);
    let secret = secrets.create_secret().name(format!("other-{}", fastrand::u64(..)));
    secret
        .secret_string(json!({"uri": uri}).to_string())
        .send()
        .await
        .unwrap()
        .arn
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_cannot_be_reached_says_why() {
    let mut world = World::start().await;
    world.store(&Dump::of(vec![Made::numbered("shop.orders", 3)])).await;
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let uri = format!("mongodb://user:hunter2@{address}/?serverSelectionTimeoutMS=500");
    world.secret_arn = secret(&world, &uri).await;
    let (name, message) = world.refused(&world.event("dry_run")).await;
    assert_eq!(name, "TargetUnreachable");
    assert!(
        message.contains(&address.to_string()) && message.contains("Connection refused"),
        "{message}"
    );
    assert!(!message.contains("hunter2"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_on_one_side_only_ends_within_the_time_limit_and_says_so() {
    let plain = MongoEmulator::start(Options::default()).unwrap();
    let with_tls = MongoEmulator::start(Options {
        tls: Some(Tls::Valid),
        ..Options::default()
    })
    .unwrap();
    let patience = "serverSelectionTimeoutMS=1500&connectTimeoutMS=1000";
    for uri in [
        format!("mongodb://{}/?tls=true&{patience}", plain.address()),
        format!("mongodb://{}/?tls=false&{patience}", with_tls.address()),
    ] {
        let mut world = World::start().await;
        world.store(&Dump::of(vec![Made::numbered("shop.orders", 3)])).await;
        world.secret_arn = secret(&world, &uri).await;
        world.settings.limits.reach_timeout = Duration::from_secs(4);
        // Attempts without end, so that only the time limit can end it.
        world.settings.limits.attempts = u32::MAX;
        let event = world.event("dry_run");
        let refused = tokio::time::timeout(Duration::from_secs(60), world.refused(&event)).await;
        let (name, message) = refused.unwrap_or_else(|_| panic!("no end: {uri}"));
        assert_eq!(name, "TargetUnreachable", "{message}");
        assert!(message.contains("TLS"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_restore_says_what_to_type_to_go_on() {
    let world = World::start().await;
    let dump = Dump::of(vec![
        Made::numbered("shop.orders", 130),
        Made::numbered("shop.users", 10),
    ]);
    world.store(&dump).await;
    let gate = world.mongo.gate(Gate {
        command: "insert".to_owned(),
        skip: 1,
        ..Gate::default()
    });
    let running = start(world.command("restore", &["--include", "shop.*"]));
    tokio::time::timeout(Duration::from_secs(60), gate.reached())
        .await
        .unwrap();
    running.interrupt();
    let ended = end(running).await;
    gate.open();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    let typed = format!(
        "mongo-restore --from {} --to-secret {} --mode restore --include 'shop.*'",
        world.from(),
        world.secret_arn
    );
    assert!(ended.stderr.contains(&typed), "{ended:?}");
    assert!(ended.stderr.contains("To continue"), "{ended:?}");
    let again = world.run("restore", &["--include", "shop.*"]).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(
        !again.stderr.contains("waiting until it is released"),
        "the lease was given back: {again:?}"
    );
    world.assert_restored(&dump);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_s3_says_of_a_part_s_checksum_is_no_warning() {
    let world = World::start().await;
    let dump = Dump::of(vec![Made::numbered("shop.orders", 3)]);
    world.store(&dump).await;
    // Of an object that was uploaded in parts S3 gives the checksum of the parts' checksums, marked by their number.
    let header = Effect::Header("x-amz-checksum-crc32", "fUM+qQ==-2".to_owned());
    world
        .front
        .script(Rule::on("GetObject").path("/data/").always().effect(header));
    let restored = world.run("restore", &[]).await;
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(!restored.stderr.contains("checksum"), "{restored:?}");
}

fn with_indexes() -> Dump {
    let orders = Made::numbered("shop.orders", 130);
    let orders = orders.index(&doc! {"v": 2, "key": {"name": 1}, "name": "name"});
    Dump::of(vec![
        orders.index(&doc! {"v": 2, "key": {"at": 1}, "name": "old", "expireAfterSeconds": 3_600}),
        Made::numbered("shop.users", 10),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_pipe_each_phase_has_a_line_with_its_name() {
    let world = World::start().await;
    world.store(&with_indexes()).await;
    let restored = world.run("restore", &[]).await;
    assert_eq!(restored.code, Some(0), "{restored:?}");
    for words in [
        " s  documents    done: 140 documents, ",
        " s  indexes      done: 1/2 indexes in ",
        " s  comparing    done: 140 documents, ",
        " s  TTL indexes  done: 2/2 indexes in ",
    ] {
        assert!(restored.stderr.contains(words), "{words}\n{}", restored.stderr);
    }
    assert!(
        !restored.stderr.contains('\u{1b}'),
        "no control characters on a pipe: {restored:?}"
    );
    let drilled = world.run("drill", &[]).await;
    assert!(
        drilled.stderr.contains("comparing") && !drilled.stderr.contains("TTL indexes"),
        "a drill builds no TTL indexes: {drilled:?}"
    );
    let verified = world.run("verify", &[]).await;
    assert!(
        verified.stderr.contains("comparing    done: 140 documents"),
        "{verified:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_terminal_each_phase_has_a_bar_and_log_lines_stay_whole() {
    let world = World::start().await;
    world.store(&with_indexes()).await;
    // util-linux's script runs a command on a terminal of its own. What is written to it comes out of script's standard output.
    let own = world.command("restore", &[]);
    let words = [own.get_program()].into_iter().chain(own.get_args());
    let line = words.map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ");
    let mut terminal = std::process::Command::new("script");
    terminal.env_clear();
    for (name, value) in own.get_envs() {
        terminal.env(name, value.unwrap());
    }
    terminal
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm")
        .args(["--quiet", "--return", "--command"]);
    terminal.args([format!("stty cols 140; {line}").as_str(), "/dev/null"]);
    terminal
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ended = end(start(terminal)).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for words in [
        "documents   [================] 100%  done: 140 documents",
        "comparing   [================] 100%  done: 140 documents",
        "indexes     [========>       ]  50%  done: 1/2 indexes",
        "\"outcome\": \"restored\"",
    ] {
        assert!(ended.stdout.contains(words), "{words}\n{}", ended.stdout);
    }
    // A bar is erased before a line of the log is written, and drawn again below it.
    let erased = "\u{1b}[2K";
    let logged = ended.stdout.lines().filter(|line| line.contains("loaded "));
    let logged: Vec<_> = logged.map(|line| line.rsplit(erased).next().unwrap()).collect();
    assert!(
        !logged.is_empty() && logged.iter().all(|line| !line.contains("%  ")),
        "{logged:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_restore_counts_what_was_there() {
    let world = World::start().await;
    let dump = Dump::of(vec![Made::numbered("shop.orders", 130)]);
    world.store(&dump).await;
    let gate = world.mongo.gate(Gate {
        command: "insert".to_owned(),
        skip: 2,
        ..Gate::default()
    });
    let running = start(world.command("restore", &[]));
    tokio::time::timeout(Duration::from_secs(60), gate.reached())
        .await
        .unwrap();
    running.kill();
    gate.open();
    world.the_leases_end();
    let again = world.run("restore", &[]).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.stderr.contains("done: 130 documents"), "{again:?}");
}
