//! Keys from both ends.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use dump_format::UtcSeconds;
use dump_format::key::{DataKey, Key, Location, MAX_KEY_BYTES, Object, RunId};
use dump_format::names::{ClusterName, Namespace, Ordinal, Prefix, ScheduleArn};
use dump_format::payload::{Compression, Trigger};
use proptest::prelude::*;

const SCHEDULE: &str = "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/MongoDBDumpEvery6Hours";

fn location() -> Location {
    Location {
        prefix: Prefix::parse("team/mongo").unwrap(),
        cluster: ClusterName::parse("main").unwrap(),
    }
}

fn trigger(schedule: &str, time: &str) -> Trigger {
    Trigger {
        schedule_arn: ScheduleArn::parse(schedule).unwrap(),
        scheduled_time: UtcSeconds::parse(time).unwrap(),
    }
}

fn run() -> RunId {
    RunId::of(&trigger(SCHEDULE, "2026-05-06T18:00:00Z"))
}

fn namespace(database: &str, collection: &str) -> Namespace {
    Namespace::new(database, collection).unwrap()
}

fn ordinal(number: u32) -> Ordinal {
    Ordinal::new(number).unwrap()
}

fn data(database: &str, collection: &str) -> Object {
    Object::Data(DataKey {
        namespace: namespace(database, collection),
        range: ordinal(3),
        part: ordinal(12),
        compression: Compression::Zstd,
    })
}

#[test]
fn a_doubled_event_meets_its_own_run_and_no_other_does() {
    // The hash was computed with another implementation:
    // printf '%s\n%s' ARN 2026-05-06T18:00:00Z | sha256sum
    assert_eq!(run().to_string(), "20260506T180000Z-c60e4a");
    let again = RunId::of(&trigger(SCHEDULE, "2026-05-06T18:00:00.000Z"));
    assert_eq!(again, run());
    let later = RunId::of(&trigger(SCHEDULE, "2026-05-07T00:00:00Z"));
    let other = RunId::of(&trigger(&format!("{SCHEDULE}2"), "2026-05-06T18:00:00Z"));
    assert_ne!(later, run());
    assert_ne!(other, run());
    assert!(later > run());
}

#[test]
fn every_kind_of_key_has_exactly_this_form() {
    let in_run = |object| Key::Run(run(), object);
    for (key, expected) in [
        (Key::Latest, "team/mongo/main/latest.json"),
        (Key::Lease, "team/mongo/main/lease.json"),
        (in_run(Object::Manifest), "RUN/manifest.json"),
        (in_run(Object::Plan), "RUN/plan.json"),
        (in_run(Object::State), "RUN/state.json"),
        (in_run(Object::RangeState(ordinal(7))), "RUN/state/00007.json"),
        (in_run(Object::RangeLease(ordinal(7))), "RUN/state/00007.lease.json"),
        (
            in_run(Object::Meta(namespace("shop", "orders"))),
            "RUN/meta/shop/orders.json",
        ),
        (
            in_run(data("shop", "orders")),
            "RUN/data/shop/orders/00003-00012.jsonl.zst",
        ),
        (
            in_run(data("shop", "fs.chunks")),
            "RUN/data/shop/fs.chunks/00003-00012.jsonl.zst",
        ),
        (
            in_run(data("a b", "50%/ü\n")),
            "RUN/data/a%20b/50%25%2F%C3%BC%0A/00003-00012.jsonl.zst",
        ),
        (in_run(data(".", "..")), "RUN/data/%2E/%2E%2E/00003-00012.jsonl.zst"),
    ] {
        let expected = expected.replace("RUN", "team/mongo/main/2026/05/06/20260506T180000Z-c60e4a");
        assert_eq!(location().render(&key), expected);
        assert_eq!(location().parse(&expected).unwrap(), key, "{expected}");
    }
    let gzip = Object::Data(DataKey {
        namespace: namespace("shop", "orders"),
        range: ordinal(0),
        part: ordinal(0),
        compression: Compression::Gzip,
    });
    assert!(location().render(&in_run(gzip)).ends_with("/00000-00000.jsonl.gz"));
}

#[test]
fn names_that_differ_by_case_alone_have_different_keys() {
    let keys = [data("shop", "Orders"), data("shop", "orders"), data("Shop", "orders")];
    let keys = keys.map(|object| location().render(&Key::Run(run(), object)));
    assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
}

#[test]
fn a_key_no_dump_would_write_is_refused() {
    let good = location().render(&Key::Run(run(), data("shop", "a b")));
    for (case, from, to) in [
        ("another prefix", "team/mongo", "team/mango"),
        ("another cluster", "/main/", "/other/"),
        ("another day than the run's", "/2026/05/06/", "/2026/05/07/"),
        ("a run id with another separator", "Z-", "Z_"),
        ("lower-case hexadecimal digits", "%20", "%2f"),
        ("a letter encoded without need", "shop", "%73hop"),
        ("not encoded", "%20", " "),
        ("half an escape", "%20b", "%2"),
        ("not UTF-8", "%20", "%FF"),
        ("an empty collection", "a%20b", ""),
        ("a number of four digits", "00003-", "0003-"),
        ("a number of six digits", "00003-", "000003-"),
        ("a sign", "00003-", "+0003-"),
        ("another ending", ".zst", ".lz4"),
        ("a folder more", "/shop/", "/shop/x/"),
        ("another kind", "/data/", "/date/"),
    ] {
        assert!(good.contains(from), "{case}");
        let bad = good.replace(from, to);
        assert!(location().parse(&bad).is_err(), "{case}: {bad}");
    }
    for bad in ["", "team/mongo/main", "team/mongo/main/", "team/mongo/main/2026/05/06/"] {
        assert!(location().parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_runs_folder_is_read_without_its_location_being_known() {
    let folder = location().run_folder(run());
    for text in [folder.as_str(), folder.trim_end_matches('/')] {
        assert_eq!(Location::parse_run_folder(text).unwrap(), (location(), run()));
    }
    for bad in [
        "".to_owned(),
        run().to_string(),
        folder.replace("/06/", "/07/"),
        format!("{folder}manifest.json"),
        folder.replace("team/mongo/", ""),
        format!("/{folder}"),
        format!("{folder}/"),
    ] {
        assert!(Location::parse_run_folder(&bad).is_err(), "{bad}");
    }
}

#[test]
fn the_longest_key_fits_into_what_s3_allows() {
    let longest = Location {
        prefix: Prefix::parse(&"p".repeat(128)).unwrap(),
        cluster: ClusterName::parse(&"c".repeat(64)).unwrap(),
    };
    let object = Object::Data(DataKey {
        namespace: namespace(&" ".repeat(63), &"/".repeat(191)),
        range: ordinal(99_999),
        part: ordinal(99_999),
        compression: Compression::Zstd,
    });
    let key = longest.render(&Key::Run(run(), object));
    assert!(key.len() <= MAX_KEY_BYTES, "{}", key.len());
    assert!(Namespace::new(&" ".repeat(63), &"/".repeat(192)).is_err());
    assert!(Ordinal::new(100_000).is_err());
}

prop_compose! {
    /// A name of any Unicode characters, cut to `bytes` between characters.
    fn name(bytes: usize)(name in prop::collection::vec(any::<char>(), 1..bytes)) -> String {
        let mut text = String::new();
        for c in name {
            if text.len() + c.len_utf8() > bytes {
                break;
            }
            text.push(c);
        }
        text
    }
}

prop_compose! {
    fn key()(
        seconds in 0..=UtcSeconds::MAX.unix(),
        schedule in "[A-Za-z0-9]{1,64}",
        database in name(63),
        collection in name(191),
        range in 0..=99_999u32,
        part in 0..=99_999u32,
        kind in 0..9,
        gzip in any::<bool>(),
    ) -> Key {
        let trigger = Trigger {
            schedule_arn: ScheduleArn::parse(&format!("arn:aws:scheduler:r:123456789012:schedule/g/{schedule}")).unwrap(),
            scheduled_time: UtcSeconds::from_unix(seconds).unwrap(),
        };
        let namespace = namespace(&database, &collection);
        let object = match kind {
            0 => return Key::Latest,
            1 => return Key::Lease,
            2 => Object::Manifest,
            3 => Object::Plan,
            4 => Object::State,
            5 => Object::RangeState(ordinal(range)),
            6 => Object::RangeLease(ordinal(range)),
            7 => Object::Meta(namespace),
            _ => Object::Data(DataKey {
                namespace,
                range: ordinal(range),
                part: ordinal(part),
                compression: if gzip { Compression::Gzip } else { Compression::Zstd },
            }),
        };
        Key::Run(RunId::of(&trigger), object)
    }
}

proptest! {
    #[test]
    fn every_key_comes_back(key in key()) {
        let text = location().render(&key);
        prop_assert!(text.is_ascii());
        prop_assert_eq!(location().parse(&text).unwrap(), key.clone());
        if let Key::Run(run, _) = key {
            prop_assert_eq!(RunId::parse(&run.to_string()).unwrap(), run);
        }
    }

    #[test]
    fn parsing_any_text_never_panics(text in any::<String>(), tail in any::<String>()) {
        let _ = location().parse(&text);
        let _ = Location::parse_run_folder(&text);
        let _ = RunId::parse(&text);
        let _ = location().parse(&format!("{}{tail}", location().run_folder(run())));
        let _ = location().parse(&format!("{}data/{tail}", location().run_folder(run())));
    }
}
