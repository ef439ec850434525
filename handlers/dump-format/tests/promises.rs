//! docs/dump-format.md holds: its example is computed again, and every promise has the test it names.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dump_format::line::{Decoder, Encoded, Encoder};
use dump_format::manifest::{
    Asked, ClusterTime, Collection, Consistency, Described, Header, Kind, Manifest, Part, Range, Server, SkipReason,
    Skipped, Topology,
};
use dump_format::names::{ClusterName, KmsKeyArn, Namespace, Ordinal, ScheduleArn, VersionId};
use dump_format::payload::{Compression, DumpFields, ReadConcern, Trigger};
use dump_format::{ContentHash, Sha256Hex, UtcSeconds, key};

const PAGE: &str = include_str!("../../../docs/dump-format.md");

/// The text between the fences of the one block with these words behind the first.
fn block(words: &str) -> &'static str {
    let fence = format!("\n```{words}\n");
    let mut blocks = PAGE.split(&fence);
    let (_, behind) = (blocks.next(), blocks.next().unwrap());
    assert_eq!(blocks.next(), None, "{words}");
    behind.split_once("\n```").unwrap().0
}

fn time(text: &str) -> UtcSeconds {
    UtcSeconds::parse(text).unwrap()
}

fn example() -> Manifest {
    let object = STANDARD.decode(block("text object")).unwrap();
    let mut lines = String::new();
    flate2::read::GzDecoder::new(&object[..])
        .read_to_string(&mut lines)
        .unwrap();
    assert_eq!(lines, format!("{}\n", block("jsonl lines")));

    let mut escaped = BTreeMap::new();
    let mut content_hash = ContentHash::default();
    let mut bytes_bson = 0;
    for line in lines.lines() {
        let (mut raw, mut again) = (Vec::new(), Vec::new());
        Decoder::new().decode(line.as_bytes(), &mut raw).unwrap();
        if let Encoded::Escaped { reason, .. } = Encoder::new().encode(&raw, &mut again) {
            *escaped.entry(reason).or_default() += 1;
        }
        assert_eq!(again.strip_suffix(b"\n").unwrap(), line.as_bytes());
        content_hash.add(&raw);
        bytes_bson += raw.len() as u64;
    }
    let orders = Namespace::new("shop", "orders").unwrap();
    let part = Part {
        key: key::DataKey {
            namespace: orders.clone(),
            range: Ordinal::default(),
            part: Ordinal::default(),
            compression: Compression::Gzip,
        },
        documents: lines.lines().count() as u64,
        bytes_bson,
        bytes_lines: lines.len() as u64,
        bytes: object.len() as u64,
        sha256: Sha256Hex::of(&object),
        content_hash,
        version_id: Some(VersionId::parse("L4kqtJlcpXroDTDmpUMLUo9e1Zc8R3aX").unwrap()),
    };
    let range = Range {
        range: Ordinal::default(),
        read_concern: ReadConcern::Snapshot,
        started: time("2026-05-06T18:00:03Z"),
        finished: time("2026-05-06T18:00:04Z"),
        parts: vec![part],
    };
    let asked = DumpFields::from_schedule_payload(block("json event"))
        .unwrap()
        .check()
        .unwrap();
    let trigger = Trigger {
        schedule_arn: ScheduleArn::parse("arn:aws:scheduler:eu-west-1:123456789012:schedule/default/Six").unwrap(),
        scheduled_time: time("2026-05-06T18:00:00Z"),
    };
    let header = Header {
        tool: "mongo-dump 0.1.0".to_owned(),
        run: key::RunId::of(&trigger),
        schedule_arn: trigger.schedule_arn,
        cluster: ClusterName::parse("main").unwrap(),
        started: time("2026-05-06T18:00:02Z"),
        finished: time("2026-05-06T18:00:05Z"),
        asked: Asked {
            include: asked.fields().include,
            exclude: asked.fields().exclude,
            compression: asked.compression,
            read_concern: asked.read_concern,
        },
        server: Server {
            version: "7.0.14".to_owned(),
            topology: Topology::ReplicaSet,
        },
        consistency: Consistency::Snapshot {
            cluster_time: ClusterTime { t: 1_778_090_402, i: 3 },
        },
        kms_key_arn: KmsKeyArn::parse("arn:aws:kms:eu-west-1:123456789012:key/1234").unwrap(),
    };
    let skipped = Skipped {
        namespace: Namespace::new("shop", "sessions").unwrap(),
        reason: SkipReason::Excluded,
        code: None,
    };
    let mut collection = Collection::new(orders, Kind::Collection, escaped, vec![range]);
    collection.meta = Some(Described {
        bytes: 412,
        sha256: Sha256Hex::of(b"the description"),
        version_id: Some(VersionId::parse("3/L4kqtJlcpXroDTDmpUMLUo9e1Zc8R3").unwrap()),
    });
    Manifest::new(header, vec![collection], vec![skipped]).unwrap()
}

#[test]
fn the_example_is_true() {
    let rendered = String::from_utf8(example().render()).unwrap();
    assert_eq!(block("json manifest"), rendered.trim_end(), "{rendered}");
    assert_eq!(Manifest::parse(block("json manifest").as_bytes()).unwrap(), example());
}

#[test]
fn every_promise_has_the_test_it_names() {
    let sources = [
        ("hash", include_str!("../src/hash.rs")),
        ("key", include_str!("key.rs")),
        ("line_law", include_str!("line_law.rs")),
        ("line_spelling", include_str!("line_spelling.rs")),
        ("manifest", include_str!("manifest.rs")),
        ("payload", include_str!("payload.rs")),
        ("promises", include_str!("promises.rs")),
    ];
    let table = PAGE.split_once("\n## Promises\n").unwrap().1;
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 15, "{} promises", rows.len());
    for row in rows {
        let tests: Vec<_> = row
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|name| name.contains("::"))
            .collect();
        assert!(!tests.is_empty(), "no test: {row}");
        for test in tests {
            let (file, function) = test.split_once("::").unwrap();
            let source = sources.iter().find(|(name, _)| *name == file);
            let source = source.unwrap_or_else(|| panic!("no file of tests for {test}")).1;
            let declared = format!("#[test]\n{{}}fn {function}(");
            let found = ["", "    ", "        "]
                .iter()
                .any(|indent| source.contains(&declared.replace("{}", indent)));
            assert!(found, "{test} does not exist");
        }
    }
}
