//! How a collection is spread over shards.

use super::raw::{RawValue, field, fields};
use super::spelling::same;
use super::{IndexKind, Raw, index_kind};

/// A shard key with its zones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// As `shardCollection` takes it.
    pub(crate) key: Vec<u8>,
    pub(crate) is_unique: bool,
    pub(crate) zones: Vec<Zone>,
}

/// A range of the shard key that belongs to a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone {
    pub(crate) name: String,
    pub(crate) min: Vec<u8>,
    pub(crate) max: Vec<u8>,
}

impl Layout {
    /// From a document of `config.collections` and those of `config.tags`; `None`: it is in one place. `options`: the collection's.
    pub(crate) fn of<'a>(definition: &[u8], zones: impl IntoIterator<Item = &'a [u8]>, options: &[u8]) -> Option<Self> {
        let is = |name| field(definition, name).is_some_and(RawValue::is_true);
        // MongoDB 8.0 also lists collections that were moved and are on one shard; until 5.0 those that were dropped stayed.
        if is("unsplittable") || is("dropped") {
            return None;
        }
        let key = field(definition, "key")?.as_document()?;
        let series = field(options, "timeseries").and_then(RawValue::as_document);
        Some(Self {
            key: series.map_or_else(|| key.to_vec(), |series| of_measurements(key, series)),
            is_unique: is("unique"),
            zones: zones.into_iter().filter_map(Zone::of).collect(),
        })
    }

    /// Whether it is the same but for zones.
    pub(crate) fn is_alike(&self, other: &Self) -> bool {
        self.is_unique == other.is_unique && is_same_key(&self.key, &other.key)
    }

    /// Whether the index is on the shard key alone.
    pub(crate) fn has_key_of(&self, index: &[u8]) -> bool {
        let key = field(index, "key").and_then(RawValue::as_document);
        key.is_some_and(|key| is_same_key(key, &self.key))
    }

    /// The index that the server needs for this shard key, where there is one: it begins with the key and leaves no document out; of a
    /// unique key it has the same fields. Source: MongoDB manual, Shard Key Indexes.
    pub(crate) fn index_in<'a>(&self, indexes: &'a [Vec<u8>]) -> Option<&'a [u8]> {
        let is = |index: &[u8], name| field(index, name).is_some_and(RawValue::is_true);
        let supports = |index: &&Vec<u8>| {
            let key = field(index, "key").and_then(RawValue::as_document);
            let leaves_out =
                is(index, "sparse") || is(index, "hidden") || field(index, "partialFilterExpression").is_some();
            let is_enough = !self.is_unique || self.has_key_of(index) && is(index, "unique");
            index_kind(index) == IndexKind::Other
                && key.is_some_and(|key| begins_with(key, &self.key))
                && field(index, "collation").is_none()
                && !leaves_out
                && is_enough
        };
        let mut all = indexes.iter().filter(supports);
        let alike = all.clone().find(|index| self.has_key_of(index));
        alike.or_else(|| all.next()).map(Vec::as_slice)
    }

    /// In words: field names with `1` or `hashed`.
    pub(crate) fn key_in_words(&self) -> String {
        let fields = fields(&self.key).map(|(name, value)| format!("{name}: {}", value.as_str().unwrap_or("1")));
        fields.collect::<Vec<_>>().join(", ")
    }

    /// Each zone once.
    pub(crate) fn zone_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.zones.iter().map(|zone| zone.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}

impl Zone {
    fn of(tag: &[u8]) -> Option<Self> {
        let bound = |name| Some(field(tag, name)?.as_document()?.to_vec());
        Some(Self {
            name: field(tag, "tag")?.as_str()?.to_owned(),
            min: bound("min")?,
            max: bound("max")?,
        })
    }
}

/// The shard key of a time series in the names of its measurements: the server lists that of its buckets. Source: MongoDB manual, Shard a
/// Time Series Collection.
fn of_measurements(key: &[u8], series: &[u8]) -> Vec<u8> {
    let name_of = |what| field(series, what).and_then(RawValue::as_str);
    let (time, meta) = (name_of("timeField"), name_of("metaField"));
    let fields = fields(key).map(|(name, value)| {
        let of_time = ["control.min.", "control.max."]
            .iter()
            .find_map(|start| name.strip_prefix(start));
        let below_meta = name
            .strip_prefix("meta")
            .filter(|rest| rest.is_empty() || rest.starts_with('.'));
        let name = match (of_time.filter(|name| Some(*name) == time), below_meta, meta) {
            (Some(time), ..) => time.to_owned(),
            (None, Some(rest), Some(meta)) => format!("{meta}{rest}"),
            _ => name.to_owned(),
        };
        (name, value)
    });
    let key = fields.fold(Raw::new(), |raw, (name, value)| raw.value(&name, value));
    key.build()
}

fn is_same_key(one: &[u8], other: &[u8]) -> bool {
    begins_with(one, other) && begins_with(other, one)
}

fn begins_with(index: &[u8], key: &[u8]) -> bool {
    let mut of = fields(index);
    fields(key).all(|(name, value)| of.next().is_some_and(|(own, is)| own == name && same(is, value)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use mongodb::bson::{Document, doc};

    use super::*;

    fn layout(definition: &Document, options: &Document) -> Option<Layout> {
        Layout::of(&definition.to_vec().unwrap(), [], &options.to_vec().unwrap())
    }

    #[test]
    fn a_time_series_key_has_the_names_of_its_measurements() {
        let options = doc! {"timeseries": {"timeField": "at", "metaField": "sensor"}};
        for (buckets, words) in [
            (doc! {"meta": 1}, "sensor: 1"),
            (doc! {"meta.room": "hashed"}, "sensor.room: hashed"),
            (doc! {"meta.room": 1, "control.min.at": 1.0}, "sensor.room: 1, at: 1"),
            (doc! {"metal": 1}, "metal: 1"),
        ] {
            let layout = layout(&doc! {"key": buckets}, &options).unwrap();
            assert_eq!(layout.key_in_words(), words);
        }
    }

    #[test]
    fn what_is_listed_and_in_one_place_is_not_sharded() {
        for gone in ["unsplittable", "dropped"] {
            assert_eq!(layout(&doc! {"key": {"_id": 1}, gone: true}, &doc! {}), None);
        }
    }

    #[test]
    fn the_index_of_a_shard_key_is_the_one_that_the_server_would_take() {
        let index = |rest: &Document| {
            let mut index = doc! {"v": 2, "name": "n"};
            index.extend(rest.clone());
            index.to_vec().unwrap()
        };
        let takes = |unique: bool, rest: &Document| {
            let layout = layout(&doc! {"key": {"a": 1}, "unique": unique}, &doc! {}).unwrap();
            layout.index_in(&[index(rest)]).is_some()
        };
        assert!(takes(false, &doc! {"key": {"a": 1.0}}) && takes(false, &doc! {"key": {"a": 1, "b": -1}}));
        assert!(takes(true, &doc! {"key": {"a": 1}, "unique": true}));
        for (unique, rest) in [
            (false, doc! {"key": {"b": 1, "a": 1}}),
            (false, doc! {"key": {"a": -1}}),
            (false, doc! {"key": {"a": 1}, "sparse": true}),
            (false, doc! {"key": {"a": 1}, "hidden": true}),
            (false, doc! {"key": {"a": 1}, "partialFilterExpression": {"a": 1}}),
            (false, doc! {"key": {"a": 1}, "collation": {"locale": "de"}}),
            (false, doc! {"key": {"a": 1}, "expireAfterSeconds": 1}),
            (true, doc! {"key": {"a": 1}}),
            (true, doc! {"key": {"a": 1, "b": 1}, "unique": true}),
        ] {
            assert!(!takes(unique, &rest), "{rest}");
        }
    }
}
