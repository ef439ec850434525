//! Where a large collection is cut into ranges of `_id`.

use dump_format::names::Namespace;
use mongodb::bson::rawdoc;

use crate::error::DumpError;
use crate::raw;
use crate::source::{MongoError, Source};

/// Sampled documents for each range. Our choice: the largest of many ranges then stays below one and a half times the mean.
const SAMPLES_A_RANGE: u64 = 40;

/// Documents `{"_id": ...}` at which ranges after the first begin, ascending: at most `ranges` less one, fewer where the
/// sample cannot tell more apart, and none where the server refuses to sample or takes too long. They are in the order of the index, over all types,
/// since the server sorts them.
pub(crate) async fn boundaries(source: &Source, namespace: &Namespace, ranges: u64) -> Result<Vec<Vec<u8>>, DumpError> {
    let size = i64::try_from(ranges.saturating_mul(SAMPLES_A_RANGE)).unwrap_or(i64::MAX);
    let command = rawdoc! {
        "aggregate": namespace.collection(),
        "pipeline": [
            { "$sample": { "size": size } },
            { "$project": { "_id": 1 } },
            { "$sort": { "_id": 1 } },
        ],
        "cursor": {},
    };
    let sample = match source.briefly("aggregate", namespace.database(), command).await {
        Ok(sample) => sample,
        // Sorting a large sample can take longer than a question may.
        Err(error @ (MongoError::Refused { .. } | MongoError::Stalled { .. })) => {
            tracing::warn!(%namespace, %error, "a large collection is not split");
            return Ok(Vec::new());
        }
        Err(error) => return Err(error.into()),
    };
    Ok(cut(&sample, ranges))
}

/// Quantiles of the sample, each once. The sample's least is none: nothing might be before it.
fn cut(sample: &[Vec<u8>], ranges: u64) -> Vec<Vec<u8>> {
    let ranges = usize::try_from(ranges).unwrap_or(usize::MAX);
    let mut boundaries: Vec<Vec<u8>> = Vec::new();
    for range in 1..ranges {
        let Some(document) = sample.get(range * sample.len() / ranges) else {
            break;
        };
        let id = raw::id_document(document);
        let is_least = sample.first().is_some_and(|least| raw::id_document(least) == id);
        if !is_least && boundaries.last() != Some(&id) {
            boundaries.push(id);
        }
    }
    boundaries
}

#[cfg(test)]
mod tests {
    use mongodb::bson::rawdoc;

    use super::*;

    fn id(id: i32) -> Vec<u8> {
        rawdoc! { "_id": id }.into_bytes()
    }

    #[test]
    fn boundaries_divide_the_sample_evenly() {
        let sample: Vec<_> = (0..100).map(id).collect();
        assert_eq!(cut(&sample, 4), [id(25), id(50), id(75)]);
        assert_eq!(cut(&sample, 1), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_sample_smaller_than_the_number_of_ranges_gives_each_boundary_once() {
        assert_eq!(cut(&[id(1), id(2), id(3)], 10), [id(2), id(3)]);
        assert_eq!(cut(&[id(7)], 10), Vec::<Vec<u8>>::new());
        assert_eq!(cut(&[], 10), Vec::<Vec<u8>>::new());
    }
}
