//! Manifest, pointer and descriptions: exact bytes, strict reading, sums that hold.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use dump_format::key::{DataKey, Object, RunId};
use dump_format::line::EscapeReason;
use dump_format::manifest::{
    Asked, ClusterTime, Collection, Consistency, Described, Exact, Header, Kind, Latest, Manifest, ManifestError, Meta,
    NoSnapshot, Outcome, Part, Range, Server, Sharding, SkipReason, Skipped, Topology, Twins,
};
use dump_format::names::{ClusterName, KmsKeyArn, Namespace, Ordinal, ScheduleArn, VersionId};
use dump_format::payload::{Compression, ReadConcern};
use dump_format::{ContentHash, Sha256Hex, UtcSeconds};
use proptest::prelude::*;

fn time(text: &str) -> UtcSeconds {
    UtcSeconds::parse(text).unwrap()
}

fn namespace(collection: &str) -> Namespace {
    Namespace::new("shop", collection).unwrap()
}

fn header() -> Header {
    Header {
        tool: "mongo-dump 0.1.0".to_owned(),
        run: RunId::parse("20260506T180000Z-1a2b3c").unwrap(),
        schedule_arn: ScheduleArn::parse("arn:aws:scheduler:eu-west-1:123456789012:schedule/default/Six").unwrap(),
        cluster: ClusterName::parse("main").unwrap(),
        started: time("2026-05-06T18:00:02Z"),
        finished: time("2026-05-06T18:00:40Z"),
        asked: Asked {
            include: vec!["*".to_owned()],
            exclude: vec!["*.sessions".to_owned()],
            compression: Compression::Zstd,
            read_concern: ReadConcern::Snapshot,
        },
        server: Server {
            version: "7.0.14".to_owned(),
            topology: Topology::ReplicaSet,
        },
        consistency: Consistency::Snapshot {
            cluster_time: ClusterTime { t: 1_778_090_402, i: 3 },
        },
        kms_key_arn: KmsKeyArn::parse("arn:aws:kms:eu-west-1:123456789012:key/1234").unwrap(),
    }
}

fn part(collection: &str, range: u32, number: u32, documents: &[&[u8]]) -> Part {
    let mut content_hash = ContentHash::default();
    documents.iter().for_each(|document| content_hash.add(document));
    Part {
        key: DataKey {
            namespace: namespace(collection),
            range: Ordinal::new(range).unwrap(),
            part: Ordinal::new(number).unwrap(),
            compression: Compression::Zstd,
        },
        documents: documents.len() as u64,
        bytes_bson: 100,
        bytes_lines: 145,
        bytes: 33,
        sha256: Sha256Hex::of(b"stored"),
        content_hash,
        version_id: None,
    }
}

fn range(number: u32, parts: Vec<Part>) -> Range {
    Range {
        range: Ordinal::new(number).unwrap(),
        read_concern: ReadConcern::Snapshot,
        started: time("2026-05-06T18:00:05Z"),
        finished: time("2026-05-06T18:00:39Z"),
        parts,
    }
}

fn orders() -> Collection {
    let ranges = vec![
        range(
            0,
            vec![part("orders", 0, 0, &[b"a", b"b"]), part("orders", 0, 1, &[b"c"])],
        ),
        range(1, vec![part("orders", 1, 0, &[b"d"])]),
    ];
    let escaped = BTreeMap::from([(EscapeReason::DollarField, 1), (EscapeReason::NotUtf8, 2)]);
    Collection::new(namespace("orders"), Kind::Collection, escaped, ranges)
}

fn view() -> Collection {
    Collection::new(namespace("by_day"), Kind::View, BTreeMap::new(), Vec::new())
}

fn skipped(collection: &str, reason: SkipReason) -> Skipped {
    Skipped {
        namespace: namespace(collection),
        reason,
        code: None,
    }
}

fn manifest() -> Manifest {
    let skipped = vec![skipped("sessions", SkipReason::Excluded)];
    Manifest::new(header(), vec![orders(), view()], skipped).unwrap()
}

/// The manifest's text with one piece of it replaced.
fn with(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(manifest().render()).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn a_manifest_comes_back_equal_and_its_bytes_do_too() {
    let bytes = manifest().render();
    let back = Manifest::parse(&bytes).unwrap();
    assert_eq!(back, manifest());
    assert_eq!(back.render(), bytes);
    assert_eq!(back.header(), header());
    let per_range = Header {
        consistency: Consistency::PerRange {
            reason: NoSnapshot::TooOld,
            code: Some(239),
        },
        ..header()
    };
    let manifest = Manifest::new(per_range, vec![orders()], Vec::new()).unwrap();
    let bytes = manifest.render();
    assert_eq!(Manifest::parse(&bytes).unwrap(), manifest);
    let text = String::from_utf8(bytes).unwrap();
    let consistency = text
        .split_once("\"consistency\": ")
        .unwrap()
        .1
        .split_once('}')
        .unwrap()
        .0;
    let words: Vec<_> = consistency.split_whitespace().collect();
    assert_eq!(
        words.join(" "),
        r#"{ "level": "per_range", "reason": "too_old", "code": 239"#
    );
}

#[test]
fn the_order_in_which_collections_were_finished_does_not_show() {
    let skipped = || vec![skipped("b", SkipReason::Excluded), skipped("a", SkipReason::System)];
    let one = Manifest::new(header(), vec![orders(), view()], skipped()).unwrap();
    let mut reversed = skipped();
    reversed.reverse();
    let other = Manifest::new(header(), vec![view(), orders()], reversed).unwrap();
    assert_eq!(one.render(), other.render());
}

#[test]
fn totals_and_content_hashes_are_the_sums_of_the_parts() {
    let manifest = manifest();
    let orders = manifest
        .collections()
        .iter()
        .find(|it| it.namespace == namespace("orders"))
        .unwrap();
    let mut whole = ContentHash::default();
    [b"d", b"b", b"a", b"c"]
        .iter()
        .for_each(|document| whole.add(*document));
    assert_eq!(orders.content_hash, whole);
    assert_eq!(
        (
            manifest.totals().documents,
            manifest.totals().bytes,
            manifest.totals().parts
        ),
        (4, 99, 3)
    );
    assert_eq!(manifest.parts().count(), 3);
}

#[test]
fn the_outcome_says_when_something_asked_for_is_missing_and_when_there_is_nothing() {
    use SkipReason as Reason;
    for (case, collections, skips, expected) in [
        ("all there", vec![orders()], vec![], Outcome::Complete),
        (
            "excluded ones",
            vec![orders()],
            vec![Reason::Excluded, Reason::System],
            Outcome::Complete,
        ),
        (
            "created meanwhile",
            vec![orders()],
            vec![Reason::Created],
            Outcome::Complete,
        ),
        ("a view alone", vec![view()], vec![], Outcome::Complete),
        ("an empty database", vec![], vec![], Outcome::Empty),
        ("everything excluded", vec![], vec![Reason::Excluded], Outcome::Empty),
        (
            "may not be read",
            vec![orders()],
            vec![Reason::NotAllowed],
            Outcome::Incomplete,
        ),
        ("vanished", vec![orders()], vec![Reason::Vanished], Outcome::Incomplete),
        ("broken view", vec![orders()], vec![Reason::Broken], Outcome::Incomplete),
        ("failed", vec![orders()], vec![Reason::Failed], Outcome::Incomplete),
        (
            "nothing may be read",
            vec![],
            vec![Reason::NotAllowed],
            Outcome::Incomplete,
        ),
    ] {
        let skips = skips
            .into_iter()
            .zip(["s1", "s2"])
            .map(|(reason, name)| skipped(name, reason))
            .collect();
        let manifest = Manifest::new(header(), collections, skips).unwrap();
        assert_eq!(manifest.outcome(), expected, "{case}");
        assert_eq!(
            Manifest::parse(&manifest.render()).unwrap().outcome(),
            expected,
            "{case}"
        );
    }
}

#[test]
fn a_dump_is_there_when_every_part_in_its_size_and_every_description_is() {
    let manifest = manifest();
    let mut there = BTreeMap::new();
    for part in manifest.parts() {
        there.insert(String::from(part.key.clone()), part.bytes);
    }
    for collection in manifest.collections() {
        let key = Object::Meta(collection.namespace.clone()).render();
        there.insert(key, 7);
    }
    let missing = |there: &BTreeMap<String, u64>| manifest.missing(|key| there.get(key).copied());
    assert_eq!(missing(&there), Vec::<String>::new());
    for key in there.keys() {
        let mut without = there.clone();
        without.remove(key);
        assert_eq!(missing(&without), std::slice::from_ref(key));
    }
    let part = String::from(manifest.parts().next().unwrap().key.clone());
    *there.get_mut(&part).unwrap() += 1;
    assert_eq!(missing(&there), [part]);
}

/// Each collection of `manifest()` with all that later versions added.
fn later() -> Manifest {
    let version_id = Some(VersionId::parse("3/L4kqtJlcpXroDTDmpUMLUo").unwrap());
    let meta = Described {
        bytes: 7,
        sha256: Sha256Hex::of(b"meta"),
        version_id: version_id.clone(),
    };
    let mut orders = orders();
    orders.meta = Some(meta.clone());
    orders.ranges[0].parts[1].version_id = version_id;
    orders.twins = Some(Twins {
        documents: 1,
        ids: vec![Exact(INDEX.to_vec())],
    });
    let mut views = range(0, vec![part("views", 0, 0, &[b"a"])]);
    views.read_concern = ReadConcern::Snapshot;
    let mut series = Collection::new(namespace("views"), Kind::TimeSeries, BTreeMap::new(), vec![views]);
    series.buckets = true;
    series.meta = Some(Described {
        version_id: None,
        ..meta
    });
    Manifest::new(header(), vec![orders, series], Vec::new()).unwrap()
}

#[test]
fn what_later_versions_added_comes_back_and_its_absence_is_read_as_before() {
    let manifest = later();
    assert_eq!(Manifest::parse(&manifest.render()).unwrap(), manifest);
    let [orders, series] = manifest.collections() else {
        panic!("two collections")
    };
    let version = orders.ranges[0].parts[1].version_id.as_ref().unwrap();
    assert_eq!(version.as_str(), "3/L4kqtJlcpXroDTDmpUMLUo");
    assert!(series.buckets && series.meta.is_some());
    // The size of a description counts like that of a part.
    let size = |other: u64| {
        manifest.missing(|key| match Object::parse(key).unwrap() {
            Object::Data(_) => Some(33),
            _ => Some(other),
        })
    };
    assert_eq!((size(7).len(), size(8).len()), (0, 2));

    // What 0.2.0 wrote.
    let before = include_bytes!("manifest-0.2.0.json");
    let read = Manifest::parse(before).unwrap();
    assert_eq!(read.render(), before);
    let [orders] = read.collections() else {
        panic!("one collection")
    };
    assert!(orders.meta.is_none() && orders.twins.is_none() && !orders.buckets);
    assert!(orders.parts().all(|part| part.version_id.is_none()));
}

#[test]
fn what_cannot_be_true_of_twins_and_buckets_is_refused() {
    let build = |change: fn(&mut Collection)| {
        let mut orders = orders();
        change(&mut orders);
        Manifest::new(header(), vec![orders], Vec::new())
    };
    let twins = |documents, ids| Some(Twins { documents, ids });
    for result in [
        build(|it| it.buckets = true),
        build(|it| {
            it.twins = Some(Twins {
                documents: 4,
                ids: Vec::new(),
            })
        }),
        {
            let mut orders = orders();
            orders.twins = twins(1, vec![Exact(INDEX.to_vec()), Exact(INDEX.to_vec())]);
            Manifest::new(header(), vec![orders], Vec::new())
        },
    ] {
        assert!(matches!(result, Err(ManifestError::Contradiction(_))), "{result:?}");
    }
    let mut orders = orders();
    orders.twins = twins(3, vec![Exact(INDEX.to_vec())]);
    assert!(Manifest::new(header(), vec![orders], Vec::new()).is_ok());
    for id in ["", "null", "a b", "ü", &"a".repeat(1_025)] {
        assert!(VersionId::parse(id).is_err(), "{id:?}");
    }
}

#[test]
fn an_unknown_version_is_refused_by_name() {
    for (version, found) in [("2", "2"), ("0", "0"), ("\"1\"", "(not a number)"), ("1.0", "1.0")] {
        let error = Manifest::parse(&with("\"version\": 1", &format!("\"version\": {version}"))).unwrap_err();
        let ManifestError::UnknownVersion { found: seen, known: 1 } = &error else {
            panic!("{error}")
        };
        assert_eq!(seen, found);
    }
    // Another version may have any form.
    for parse in [
        |json: &[u8]| Manifest::parse(json).map(|_| ()),
        |json: &[u8]| Latest::parse(json).map(|_| ()),
        |json: &[u8]| Meta::parse(json).map(|_| ()),
    ] {
        assert!(matches!(
            parse(br#"{"version":2,"new":[]}"#),
            Err(ManifestError::UnknownVersion { .. })
        ));
        assert!(matches!(parse(br"{}"), Err(ManifestError::UnknownVersion { .. })));
        assert!(matches!(parse(br#"{"version":1}"#), Err(ManifestError::Form { .. })));
        for json in [&b""[..], b"[]", b"null", b"{\"version\":1"] {
            assert!(matches!(parse(json), Err(ManifestError::NotJson(_))));
        }
    }
}

#[test]
fn unknown_doubled_missing_and_mistyped_fields_are_refused() {
    for (case, from, to) in [
        ("unknown", "\"tool\":", "\"colour\": 1, \"tool\":"),
        ("unknown, within", "\"documents\":", "\"colour\": 1, \"documents\":"),
        ("unknown, in the consistency", "\"level\":", "\"colour\": 1, \"level\":"),
        ("doubled", "\"tool\":", "\"outcome\": \"complete\", \"tool\":"),
        ("missing", "\"outcome\": \"complete\",", ""),
        ("another outcome", "\"complete\"", "\"fine\""),
        ("another level", "\"snapshot\",", "\"best\","),
        ("a key of another form", "00000-00000", "0-0"),
        ("another run", "20260506T180000Z", "20260506T1800Z"),
        ("a hash cut short", "\"content_hash\": \"", "\"content_hash\": \"00"),
        ("a negative count", "\"documents\": ", "\"documents\": -"),
    ] {
        let error = Manifest::parse(&with(from, to)).unwrap_err();
        assert!(matches!(error, ManifestError::Form { .. }), "{case}: {error}");
    }
}

#[test]
fn a_manifest_that_contradicts_itself_is_refused() {
    let contradiction = |result: Result<Manifest, ManifestError>, case: &str| match result {
        Err(ManifestError::Contradiction(_)) => {}
        other => panic!("{case}: {other:?}"),
    };
    for (case, from, to) in [
        ("a milder outcome", "\"complete\"", "\"empty\""),
        ("other totals", "\"bytes\": 99", "\"bytes\": 98"),
        ("it ended before it began", "18:00:40Z", "18:00:01Z"),
        (
            "a part of another collection",
            "data/shop/orders/00001-00000",
            "data/shop/others/00001-00000",
        ),
        ("a part of another range", "00001-00000", "00002-00000"),
        ("a part left out", "00000-00001", "00000-00002"),
        (
            "a part compressed otherwise",
            "00000-00001.jsonl.zst",
            "00000-00001.jsonl.gz",
        ),
        ("more escape lines than documents", "\"not_utf8\": 2", "\"not_utf8\": 4"),
        (
            "a sum past all numbers",
            "\"bytes_bson\": 100",
            "\"bytes_bson\": 18446744073709551615",
        ),
    ] {
        contradiction(Manifest::parse(&with(from, to)), case);
    }
    let build = |collections, skipped| Manifest::new(header(), collections, skipped);
    contradiction(build(vec![orders(), orders()], vec![]), "a collection twice");
    contradiction(
        build(vec![orders()], vec![skipped("orders", SkipReason::Failed)]),
        "dumped and skipped",
    );
    let mut otherwise = orders();
    otherwise.ranges[1].read_concern = ReadConcern::Majority;
    contradiction(build(vec![otherwise], vec![]), "one snapshot, read otherwise");
    let mut altered = orders();
    altered.content_hash.add(b"e");
    contradiction(build(vec![altered], vec![]), "another content hash");
    let mut backwards = orders();
    backwards.ranges.reverse();
    contradiction(build(vec![backwards], vec![]), "ranges out of order");
    let mut full = view();
    full.ranges.push(range(0, vec![]));
    contradiction(build(vec![full], vec![]), "a view with ranges");
}

#[test]
fn a_pointer_comes_back_and_names_one_manifest() {
    let bytes = manifest().render();
    let latest = Latest::new(manifest().run(), &bytes);
    assert_eq!(Latest::parse(&latest.render()).unwrap(), latest);
    assert_eq!(latest.manifest_sha256, Sha256Hex::of(&bytes));
    let text = String::from_utf8(latest.render()).unwrap();
    assert!(matches!(
        Latest::parse(text.replace("run", "nur").as_bytes()),
        Err(ManifestError::Form { .. })
    ));
}

/// `{"key": {"b": 1, "a": 1}}`, whose order a compound index depends on.
const INDEX: &[u8] = b"\x1D\0\0\0\x03key\0\x13\0\0\0\x10b\0\x01\0\0\0\x10a\0\x01\0\0\0\0\0";

#[test]
fn a_description_holds_options_and_indexes_exactly_and_readably() {
    // Invalid UTF-8, which only an escape line can show.
    let definition = b"\x0E\0\0\0\x02a\0\x02\0\0\0\xFF\0\0".to_vec();
    let meta = Meta::new(namespace("orders"), Kind::Collection, definition, vec![INDEX.to_vec()]);
    let bytes = meta.render();
    assert_eq!(Meta::parse(&bytes).unwrap(), meta);
    assert_eq!(Meta::parse(&bytes).unwrap().render(), bytes);
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.contains(r#"{"key":{"b":{"$numberInt":"1"},"a":{"$numberInt":"1"}}}"#),
        "{text}"
    );
    assert!(text.contains(r#"{"$bson":"#), "{text}");
    assert!(!text.contains("sharding"), "{text}");
    let mut sharded = meta.clone();
    sharded.sharding = Some(Sharding {
        definition: Exact(INDEX.to_vec()),
        zones: vec![Exact(INDEX.to_vec())],
    });
    assert_eq!(Meta::parse(&sharded.render()).unwrap(), sharded);
    let edited = text.replace(r#""b":{"$numberInt":"1"}"#, r#""b":{"$numberInt":"2"}"#);
    assert!(matches!(
        Meta::parse(edited.as_bytes()),
        Err(ManifestError::Form { .. })
    ));
}

proptest! {
    #[test]
    fn any_description_comes_back(definition in any::<Vec<u8>>(), indexes in prop::collection::vec(any::<Vec<u8>>(), 0..4)) {
        let meta = Meta::new(namespace("orders"), Kind::Collection, definition, indexes);
        prop_assert_eq!(Meta::parse(&meta.render()).unwrap(), meta);
    }

    #[test]
    fn parsing_any_change_never_panics(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = manifest().render();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = Manifest::parse(&bytes);
    }
}
