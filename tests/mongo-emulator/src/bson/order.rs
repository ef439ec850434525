//! The order of values across types, as indexes have it.

use std::cmp::Ordering;
use std::sync::Arc;

use super::number;
use super::raw::{Document, Value, kind};

/// Levels of nesting that are compared as values; deeper ones as bytes. The server allows 100 in what users insert.
const DEPTH: u32 = 200;

/// Types that compare with each other have the same rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(i8);

pub(crate) fn rank(kind: u8) -> Rank {
    Rank(match kind {
        kind::MIN_KEY => -1,
        kind::UNDEFINED => 0,
        kind::NULL => 5,
        kind::INT32 | kind::INT64 | kind::DOUBLE | kind::DECIMAL128 => 10,
        kind::STRING | kind::SYMBOL => 15,
        kind::DOCUMENT => 20,
        kind::ARRAY => 25,
        kind::BINARY => 30,
        kind::OBJECT_ID => 35,
        kind::BOOLEAN => 40,
        kind::DATE => 45,
        kind::TIMESTAMP => 47,
        kind::REGEX => 50,
        kind::DB_POINTER => 55,
        kind::CODE => 60,
        kind::CODE_WITH_SCOPE => 65,
        kind::MAX_KEY => 127,
        _ => 100,
    })
}

/// By rank, then by value: `1`, `1.0` and `1` as a decimal are equal.
pub(crate) fn compare(left: Value<'_>, right: Value<'_>) -> Ordering {
    compare_at(left, right, 0)
}

fn compare_at(left: Value<'_>, right: Value<'_>, depth: u32) -> Ordering {
    let by_rank = rank(left.kind).cmp(&rank(right.kind));
    if by_rank != Ordering::Equal {
        return by_rank;
    }
    let (a, b) = (left.bytes, right.bytes);
    match left.kind {
        kind::INT32 | kind::INT64 | kind::DOUBLE | kind::DECIMAL128 => number::compare(left, right),
        kind::STRING | kind::SYMBOL | kind::CODE => left.text().cmp(right.text()),
        kind::DOCUMENT | kind::ARRAY if depth < DEPTH => documents(left, right, depth + 1),
        kind::BINARY => a.len().cmp(&b.len()).then_with(|| a.get(4..).cmp(&b.get(4..))),
        kind::DATE => little_endian(a).cast_signed().cmp(&little_endian(b).cast_signed()),
        kind::TIMESTAMP => little_endian(a).cmp(&little_endian(b)),
        _ => a.cmp(b),
    }
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

/// Element by element: types, then names (not in arrays), then values; the shorter of two that begin alike is the lower.
fn documents(left: Value<'_>, right: Value<'_>, depth: u32) -> Ordering {
    let mut others = Document(right.bytes).elements();
    for element in Document(left.bytes).elements() {
        let Some(other) = others.next() else {
            return Ordering::Greater;
        };
        let by_name = || match left.kind {
            kind::ARRAY => Ordering::Equal,
            _ => element.name.cmp(other.name),
        };
        let order = rank(element.value.kind)
            .cmp(&rank(other.value.kind))
            .then_with(by_name)
            .then_with(|| compare_at(element.value, other.value, depth));
        if order != Ordering::Equal {
            return order;
        }
    }
    others.next().map_or(Ordering::Equal, |_| Ordering::Less)
}

/// A value of its own, in the order of [`compare`].
#[derive(Debug, Clone)]
pub(crate) struct Key(Arc<[u8]>);

impl Key {
    pub(crate) fn of(value: Value<'_>) -> Self {
        Self(std::iter::once(value.kind).chain(value.bytes.iter().copied()).collect())
    }

    pub(crate) fn value(&self) -> Value<'_> {
        Value {
            kind: self.0[0],
            bytes: &self.0[1..],
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self.value(), other.value())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::super::Builder;
    use super::{Document, Key, kind};

    #[test]
    fn values_of_all_types_are_in_the_order_of_an_index() {
        let decimal = |low: u128, exponent: u128| (low | ((exponent + 6176) << 113)).to_le_bytes();
        let with = |kind, bytes: &[u8]| {
            let value = super::Value { kind, bytes };
            Builder::new().value("v", value).build()
        };
        let one = Builder::new();
        let ascending = [
            with(kind::MIN_KEY, &[]),
            with(kind::UNDEFINED, &[]),
            Builder::new().null("v").build(),
            Builder::new().f64("v", f64::NAN).build(),
            Builder::new().f64("v", f64::NEG_INFINITY).build(),
            Builder::new().i64("v", i64::MIN).build(),
            Builder::new().f64("v", -1.5).build(),
            Builder::new().i32("v", -1).build(),
            one.f64("v", 0.5).build(),
            with(kind::DECIMAL128, &decimal(1, 0)),
            Builder::new().f64("v", 1.25).build(),
            Builder::new().i64("v", 9_007_199_254_740_993).build(),
            Builder::new().i64("v", i64::MAX).build(),
            Builder::new().f64("v", 9_223_372_036_854_775_808.0).build(),
            with(kind::DECIMAL128, &decimal(1, 6000)),
            Builder::new().f64("v", f64::INFINITY).build(),
            Builder::new().str("v", "").build(),
            Builder::new().str("v", "a").build(),
            Builder::new().str("v", "aa").build(),
            Builder::new().str("v", "b").build(),
            Builder::new().open("v").close().build(),
            Builder::new().open("v").i32("b", 1).close().build(),
            Builder::new().open("v").i32("b", 1).i32("a", 0).close().build(),
            Builder::new().open("v").str("a", "").close().build(),
            Builder::new().strings("v", ["x"]).build(),
            Builder::new().binary("v", 4, &[9]).build(),
            Builder::new().binary("v", 0, &[1, 1]).build(),
            Builder::new().object_id("v", [1; 12]).build(),
            Builder::new().bool("v", false).build(),
            Builder::new().bool("v", true).build(),
            Builder::new().date("v", -1).build(),
            Builder::new().date("v", 1).build(),
            Builder::new().timestamp("v", 1).build(),
            with(kind::REGEX, b"a\0\0"),
            Builder::new().text(kind::CODE, "v", b"c").build(),
            with(kind::MAX_KEY, &[]),
        ];
        let keys: Vec<_> = ascending
            .iter()
            .map(|bytes| Key::of(Document(bytes).get("v").unwrap()))
            .collect();
        for (index, pair) in keys.windows(2).enumerate() {
            assert!(pair[0] < pair[1], "{index}: {pair:?}");
        }
        let [int, double] = [Builder::new().i32("v", 7).build(), Builder::new().f64("v", 7.0).build()];
        assert_eq!(
            Key::of(Document(&int).get("v").unwrap()),
            Key::of(Document(&double).get("v").unwrap())
        );
    }
}
