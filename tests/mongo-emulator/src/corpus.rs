//! Documents that are made when they are read, so that millions of them need no memory.

use crate::bson::{Builder, Key, Value, kind};

/// Largest document that a client may insert, in bytes: the server's `maxBsonObjectSize`.
pub(crate) const MAX_DOCUMENT: usize = 16 * 1024 * 1024;

/// Which documents to make. The same specification gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corpus {
    /// How many.
    pub documents: u64,
    /// Where the dice start.
    pub seed: u64,
    /// Size of the first, in bytes; the others have three to five quarters of that. From about 700 to 16 MiB, the most there is.
    pub document_bytes: usize,
    /// Types of their `_id`.
    pub ids: Ids,
    /// At this interval of documents, one that JSON cannot carry as it is: names twice, broken UTF-8, wrappers that are none, NaN
    /// with a payload, and so on, in turns. `None`: never.
    pub odd_every: Option<u64>,
}

impl Default for Corpus {
    /// A thousand documents of about 1 kB, none of them odd.
    fn default() -> Self {
        Self {
            documents: 1000,
            seed: 42,
            document_bytes: 1000,
            ids: Ids::ObjectId,
            odd_every: None,
        }
    }
}

/// Types of generated `_id`s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// All object ids, ascending.
    ObjectId,
    /// 64-bit integers from 0.
    Int64,
    /// A third each: integers, strings, object ids.
    Mixed,
}

/// Splitmix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u32) -> u32 {
        // The product of two 32-bit numbers, shifted: always below the bound.
        u32::try_from(((self.next() >> 32) * u64::from(bound)) >> 32).unwrap_or_default()
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        bytes
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(64) as usize]
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<_> = (0..count).map(|_| self.word()).collect();
        words.join(" ")
    }
}

const WORDS: [&str; 64] = [
    "lesson", "student", "teacher", "course", "module", "quiz", "answer", "grade", "school", "class", "chapter",
    "reading", "writing", "history", "physics", "biology", "algebra", "geometry", "grammar", "poetry", "music",
    "drawing", "term", "semester", "holiday", "exam", "essay", "project", "library", "notebook", "pencil", "tablet",
    "video", "lecture", "seminar", "tutor", "parent", "report", "schedule", "morning", "evening", "weekend",
    "homework", "exercise", "solution", "question", "problem", "theorem", "proof", "diagram", "chart", "table",
    "figure", "footnote", "summary", "abstract", "concept", "example", "practice", "review", "feedback", "progress",
    "award", "badge",
];

impl Corpus {
    fn dice(&self, position: u64) -> Dice {
        Dice(self.seed ^ position.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// The `_id` at a position; ascending in the order of an index.
    fn with_id(&self, position: u64, builder: Builder) -> Builder {
        let third = self.documents / 3;
        let ids = match self.ids {
            Ids::Mixed if position < third => Ids::Int64,
            Ids::Mixed if position < 2 * third => return builder.str("_id", &format!("student-{position:012}")),
            Ids::Mixed => Ids::ObjectId,
            ids => ids,
        };
        match ids {
            Ids::Int64 => builder.count("_id", position),
            Ids::ObjectId | Ids::Mixed => {
                let mut id = [0x65; 12];
                id[4..].copy_from_slice(&position.to_be_bytes());
                builder.object_id("_id", id)
            }
        }
    }

    pub(crate) fn id(&self, position: u64) -> Key {
        let document = self.with_id(position, Builder::new()).build();
        let first = crate::bson::Document(&document).elements().next();
        Key::of(first.map_or(
            Value {
                kind: kind::NULL,
                bytes: &[],
            },
            |element| element.value,
        ))
    }

    /// First position whose `_id` is not below (or, if `past`, is above) the key.
    pub(crate) fn position_of(&self, key: &Key, past: bool) -> u64 {
        let (mut low, mut high) = (0, self.documents);
        while low < high {
            let middle = low + (high - low) / 2;
            let id = self.id(middle);
            if id < *key || (past && id == *key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Appends the document at a position.
    pub(crate) fn append(&self, position: u64, out: &mut Vec<u8>) {
        let start = out.len();
        let builder = self.with_id(position, Builder::after(std::mem::take(out)));
        let odd = self.odd_every.filter(|every| position % every == every - 1);
        *out = match odd {
            Some(every) => odd_part(position / every, builder).build(),
            None => self.usual_part(position, builder, start),
        };
    }

    fn usual_part(&self, position: u64, builder: Builder, start: usize) -> Vec<u8> {
        let mut dice = self.dice(position);
        let target = match position {
            0 => self.document_bytes,
            _ => {
                let quarter = self.document_bytes / 4;
                let spread = u32::try_from(2 * quarter + 1).unwrap_or(u32::MAX);
                3 * quarter + dice.below(spread) as usize
            }
        };
        let target = target.min(MAX_DOCUMENT);
        let price = u128::from(dice.next() >> 40) | ((6176 - 2) << 113);
        let degrees = |dice: &mut Dice, range: u32| f64::from(dice.below(range * 1000)) / 500.0 - f64::from(range);
        let builder = builder
            .i32("number", i32::try_from(position % 0x8000_0000).unwrap_or_default())
            .i64("account", dice.next().cast_signed())
            .f64("score", f64::from(dice.below(10_000)) / 64.0)
            .value(
                "price",
                Value {
                    kind: kind::DECIMAL128,
                    bytes: &price.to_le_bytes(),
                },
            )
            .bool("active", dice.below(2) == 1)
            .null("left")
            .date("joined", 1_400_000_000_000 + i64::from(dice.below(u32::MAX)) * 80)
            .timestamp("synced", (1_700_000_000 + u64::from(dice.below(50_000_000))) << 32 | 1)
            .str("name", &dice.words(2))
            .str(
                "email",
                &format!("{}.{}@example.org", dice.word(), dice.below(1_000_000)),
            )
            .open("address")
            .str("street", &dice.words(2))
            .i32("house", i32::try_from(dice.below(300)).unwrap_or_default())
            .open("location")
            .str("type", "Point")
            .open_array("coordinates")
            .f64("0", degrees(&mut dice, 180))
            .f64("1", degrees(&mut dice, 90))
            .close()
            .close()
            .close();
        let tags = 2 + dice.below(4);
        let tags: Vec<_> = (0..tags).map(|_| dice.word()).collect();
        let mut builder = builder
            .strings("tags", tags)
            .binary("session", 4, &dice.bytes::<16>())
            .binary("digest", 0, &dice.bytes::<32>())
            .text(kind::CODE, "rule", b"return 1")
            .value(
                "pattern",
                Value {
                    kind: kind::REGEX,
                    bytes: b"^a\0i\0",
                },
            )
            .value(
                "beginning",
                Value {
                    kind: kind::MIN_KEY,
                    bytes: &[],
                },
            );
        // The element's type, name, length and end, and the end of the document.
        let room = target.saturating_sub(builder.len() - start + 1 + "notes".len() + 1 + 4 + 1 + 1);
        let mut notes = Vec::with_capacity(room + 16);
        while notes.len() < room {
            notes.extend_from_slice(dice.word().as_bytes());
            notes.push(b' ');
        }
        notes.truncate(room);
        builder = builder.text(kind::STRING, "notes", &notes);
        builder.build()
    }
}

fn odd_part(turn: u64, builder: Builder) -> Builder {
    let value = |kind, bytes| Value { kind, bytes };
    match turn % 16 {
        0 => builder.i32("twice", 1).i32("twice", 2),
        1 => builder.text(kind::STRING, "broken", b"a\xff\xfe\xc3"),
        2 => builder.open("wrapper").str("$oid", "656565656565656565656565").close(),
        3 => builder.f64("nan", f64::from_bits(0xfff8_0000_0000_1234)),
        4 => builder.date("after", i64::MAX).date("before", i64::MIN),
        5 => builder.value("undefined", value(kind::UNDEFINED, &[])),
        6 => builder.text(kind::SYMBOL, "symbol", b"s"),
        7 => builder.value("pointer", value(kind::DB_POINTER, b"\x02\0\0\0n\0abcdefghijkl")),
        8 => builder.open_array("array").i32("1", 1).i32("x", 2).close(),
        9 => builder.raw_element(b"\xc3\x28", value(kind::NULL, &[])),
        10 => builder.value("regex", value(kind::REGEX, b"a/b\0xi\0")),
        11 => builder.value("decimal", value(kind::DECIMAL128, &[0xff; 16])),
        12 => builder.open("wrapper").str("$numberInt", "1").close(),
        13 => builder
            .f64("zero", -0.0)
            .str("", "empty name")
            .str("a.b", "dot")
            .str("$c", "dollar"),
        14 => builder.binary("old", 2, b"\x01\0\0\0x").binary("user", 128, b""),
        _ => builder.value(
            "scope",
            value(kind::CODE_WITH_SCOPE, b"\x11\0\0\0\x04\0\0\0x+1\0\x05\0\0\0\0"),
        ),
    }
}
