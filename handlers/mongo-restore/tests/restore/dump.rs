//! Dumps as the dump function writes them, made from nothing but the format.

use std::collections::BTreeMap;
use std::io::Write as _;

use dump_format::key::{DataKey, Key, Location, Object, RunId};
use dump_format::line::{Encoded, Encoder};
use dump_format::manifest::{
    Asked, ClusterTime, Collection, Consistency, Exact, Header, Kind, Latest, Manifest, Meta, Part, Range, Server,
    Sharding, SkipReason, Skipped, Topology, Twins,
};
use dump_format::names::{ClusterName, KmsKeyArn, Namespace, Ordinal, Prefix, ScheduleArn};
use dump_format::payload::{Compression, ReadConcern};
use dump_format::{ContentHash, Sha256Hex, UtcSeconds};
use mongodb::bson::{Document, RawDocumentBuf, doc};

pub(crate) const PREFIX: &str = "mongo";
pub(crate) const CLUSTER: &str = "main";
/// 2026-05-06T18:00:02Z.
pub(crate) const CONSISTENT_AT: u32 = 1_778_090_402;

/// A collection or view with all that is in it.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) database: String,
    pub(crate) collection: String,
    pub(crate) kind: Kind,
    pub(crate) options: Vec<u8>,
    pub(crate) indexes: Vec<Vec<u8>>,
    pub(crate) documents: Vec<Vec<u8>>,
    pub(crate) sharding: Option<Sharding>,
    /// Documents whose `_id` the one before has.
    pub(crate) twins: Option<Twins>,
}

impl Made {
    /// `database.collection` without options and with the index of `_id`.
    pub(crate) fn collection(name: &str, documents: Vec<Vec<u8>>) -> Self {
        let (database, collection) = name.split_once('.').unwrap();
        Self {
            database: database.to_owned(),
            collection: collection.to_owned(),
            kind: Kind::Collection,
            options: bytes(&doc! {}),
            indexes: vec![bytes(&doc! {"v": 2, "key": {"_id": 1}, "name": "_id_"})],
            documents,
            sharding: None,
            twins: None,
        }
    }

    pub(crate) fn numbered(name: &str, documents: i32) -> Self {
        let made = (0..documents).map(|number| bytes(&doc! {"_id": number, "name": format!("name {number}")}));
        Self::collection(name, made.collect())
    }

    pub(crate) fn view(name: &str, options: &Document) -> Self {
        Self {
            kind: Kind::View,
            options: bytes(options),
            indexes: Vec::new(),
            ..Self::collection(name, Vec::new())
        }
    }

    pub(crate) fn time_series(name: &str, options: &Document, documents: Vec<Vec<u8>>) -> Self {
        Self {
            kind: Kind::TimeSeries,
            options: bytes(options),
            indexes: Vec::new(),
            ..Self::collection(name, documents)
        }
    }

    pub(crate) fn options(mut self, options: &Document) -> Self {
        self.options = bytes(options);
        self
    }

    pub(crate) fn index(mut self, index: &Document) -> Self {
        self.indexes.push(bytes(index));
        self
    }

    /// As a router has it in `config.collections` and `config.tags`; zones are their names and bounds.
    pub(crate) fn sharded(mut self, definition: &Document, zones: &[(&str, Document, Document)]) -> Self {
        let name = format!("{}.{}", self.database, self.collection);
        let mut whole = doc! {"_id": &name};
        whole.extend(definition.clone());
        let zone = |(tag, min, max): &(&str, Document, Document)| {
            let id = doc! {"ns": &name, "min": min.clone()};
            Exact(bytes(
                &doc! {"_id": id, "ns": &name, "min": min.clone(), "max": max.clone(), "tag": *tag},
            ))
        };
        self.sharding = Some(Sharding {
            definition: Exact(bytes(&whole)),
            zones: zones.iter().map(zone).collect(),
        });
        self
    }

    pub(crate) fn twins(mut self, ids: &[Document]) -> Self {
        self.twins = Some(Twins {
            documents: ids.len() as u64,
            ids: ids.iter().map(|id| Exact(bytes(id))).collect(),
        });
        self
    }

    pub(crate) fn namespace(&self) -> Namespace {
        Namespace::new(&self.database, &self.collection).unwrap()
    }
}

pub(crate) fn bytes(document: &Document) -> Vec<u8> {
    document.to_vec().unwrap()
}

#[derive(Debug, Clone)]
pub(crate) struct Dump {
    pub(crate) run: RunId,
    pub(crate) compression: Compression,
    pub(crate) documents_per_part: usize,
    pub(crate) parts_per_range: usize,
    pub(crate) made: Vec<Made>,
    pub(crate) skipped: Vec<Skipped>,
}

pub(crate) fn run(text: &str) -> RunId {
    RunId::parse(text).unwrap()
}

impl Dump {
    pub(crate) fn of(made: Vec<Made>) -> Self {
        Self {
            run: run("20260506T180000Z-1a2b3c"),
            compression: Compression::Zstd,
            documents_per_part: 40,
            parts_per_range: 2,
            made,
            skipped: Vec::new(),
        }
    }

    pub(crate) fn at(mut self, id: &str) -> Self {
        self.run = run(id);
        self
    }

    /// As a dump that failed to read something says of itself.
    pub(crate) fn with_a_gap(mut self) -> Self {
        self.skipped.push(Skipped {
            namespace: Namespace::new("zoo", "gone").unwrap(),
            reason: SkipReason::Failed,
            code: Some(43),
        });
        self
    }

    fn location() -> Location {
        Location {
            prefix: Prefix::parse(PREFIX).unwrap(),
            cluster: ClusterName::parse(CLUSTER).unwrap(),
        }
    }

    pub(crate) fn key(&self, object: Object) -> String {
        Self::location().render(&Key::Run(self.run, object))
    }

    pub(crate) fn part_key(&self, name: &str, range: u32, part: u32) -> String {
        let (database, collection) = name.split_once('.').unwrap();
        self.key(Object::Data(DataKey {
            namespace: Namespace::new(database, collection).unwrap(),
            range: Ordinal::new(range).unwrap(),
            part: Ordinal::new(part).unwrap(),
            compression: self.compression,
        }))
    }

    /// Keys and bytes, the manifest last.
    pub(crate) fn objects(&self) -> Vec<(String, Vec<u8>)> {
        let (mut objects, mut collections) = (Vec::new(), Vec::new());
        for made in &self.made {
            let definition = doc! {
                "name": &made.collection,
                "type": match made.kind { Kind::View => "view", Kind::TimeSeries => "timeseries", Kind::Collection => "collection" },
                "options": Document::try_from(RawDocumentBuf::from_bytes(made.options.clone()).unwrap()).unwrap(),
                "info": {"readOnly": false},
            };
            let mut meta = Meta::new(made.namespace(), made.kind, bytes(&definition), made.indexes.clone());
            meta.sharding.clone_from(&made.sharding);
            objects.push((self.key(Object::Meta(made.namespace())), meta.render()));
            collections.push(self.collection(made, &mut objects));
        }
        let manifest = Manifest::new(self.header(), collections, self.skipped.clone()).unwrap();
        objects.push((self.key(Object::Manifest), manifest.render()));
        objects
    }

    fn collection(&self, made: &Made, objects: &mut Vec<(String, Vec<u8>)>) -> Collection {
        let mut escaped = BTreeMap::new();
        let mut ranges = Vec::new();
        let in_range = self.documents_per_part * self.parts_per_range;
        for (range, documents) in (0..).zip(made.documents.chunks(in_range)) {
            let range = Ordinal::new(range).unwrap();
            let mut parts = Vec::new();
            for (part, documents) in (0..).zip(documents.chunks(self.documents_per_part)) {
                let key = DataKey {
                    namespace: made.namespace(),
                    range,
                    part: Ordinal::new(part).unwrap(),
                    compression: self.compression,
                };
                let (mut lines, mut content_hash) = (Vec::new(), ContentHash::default());
                for document in documents {
                    content_hash.add(document);
                    if let Encoded::Escaped { reason, .. } = Encoder::new().encode(document, &mut lines) {
                        *escaped.entry(reason).or_insert(0) += 1;
                    }
                }
                let stored = compress(self.compression, &lines);
                parts.push(Part {
                    key: key.clone(),
                    documents: documents.len() as u64,
                    bytes_bson: documents.iter().map(|document| document.len() as u64).sum(),
                    bytes_lines: lines.len() as u64,
                    bytes: stored.len() as u64,
                    sha256: Sha256Hex::of(&stored),
                    content_hash,
                    version_id: None,
                });
                objects.push((self.key(Object::Data(key)), stored));
            }
            ranges.push(Range {
                range,
                read_concern: ReadConcern::Snapshot,
                started: time("2026-05-06T18:00:03Z"),
                finished: time("2026-05-06T18:00:30Z"),
                parts,
            });
        }
        let mut collection = Collection::new(made.namespace(), made.kind, escaped, ranges);
        collection.twins.clone_from(&made.twins);
        collection
    }

    fn header(&self) -> Header {
        Header {
            tool: "mongo-dump 0.1.0".to_owned(),
            run: self.run,
            schedule_arn: ScheduleArn::parse("arn:aws:scheduler:us-east-1:000000000000:schedule/default/Six").unwrap(),
            cluster: ClusterName::parse(CLUSTER).unwrap(),
            started: time("2026-05-06T18:00:02Z"),
            finished: time("2026-05-06T18:00:40Z"),
            asked: Asked {
                include: vec!["*".to_owned()],
                exclude: Vec::new(),
                compression: self.compression,
                read_concern: ReadConcern::Snapshot,
            },
            server: Server {
                version: "7.0.14".to_owned(),
                topology: Topology::ReplicaSet,
            },
            consistency: Consistency::Snapshot {
                cluster_time: ClusterTime { t: CONSISTENT_AT, i: 3 },
            },
            kms_key_arn: KmsKeyArn::parse("arn:aws:kms:us-east-1:000000000000:key/1234").unwrap(),
        }
    }

    pub(crate) fn latest(&self) -> (String, Vec<u8>) {
        let objects = self.objects();
        let (_, manifest) = objects.last().unwrap();
        (
            Self::location().render(&Key::Latest),
            Latest::new(self.run, manifest).render(),
        )
    }
}

fn time(text: &str) -> UtcSeconds {
    UtcSeconds::parse(text).unwrap()
}

pub(crate) fn compress(compression: Compression, lines: &[u8]) -> Vec<u8> {
    match compression {
        Compression::Zstd => {
            let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
            encoder.include_checksum(true).unwrap();
            encoder.write_all(lines).unwrap();
            encoder.finish().unwrap()
        }
        Compression::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(lines).unwrap();
            encoder.finish().unwrap()
        }
    }
}
