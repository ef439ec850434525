//! As much of BSON as is needed to find documents in an answer and the `_id` of a document, on bytes that may hold anything.

/// Documents of a raw BSON array, in order; `None` if any element is no document or does not fit: a batch is read whole or not.
pub(crate) fn documents(array: &[u8]) -> Option<Vec<&[u8]>> {
    let mut rest = array.get(4..)?;
    let mut documents = Vec::new();
    while rest != [0] {
        let (&kind, named) = rest.split_first()?;
        if kind != 0x03 {
            return None;
        }
        let name = named.iter().position(|&byte| byte == 0)?;
        let value = named.get(name + 1..)?;
        let (document, after) = value.split_at_checked(length(value)?)?;
        documents.push(document);
        rest = after;
    }
    Some(documents)
}

fn length(bytes: &[u8]) -> Option<usize> {
    let length = i32::from_le_bytes(*bytes.first_chunk()?);
    usize::try_from(length).ok().filter(|&length| length >= 5)
}

/// The document `{"_id": ...}` with the `_id` of a document; `{"_id": null}`, which is how an index has it, if it has none.
/// The server puts the `_id` first; whatever else stands there is passed over.
pub(crate) fn id_document(document: &[u8]) -> Vec<u8> {
    let element = id(document);
    let mut id = Vec::with_capacity(element.len() + 5);
    let length = u32::try_from(element.len() + 5).unwrap_or_default();
    id.extend_from_slice(&length.to_le_bytes());
    id.extend_from_slice(element);
    id.push(0);
    id
}

/// Type, name and value of the `_id`, as [`id_document`] has it.
pub(crate) fn id(document: &[u8]) -> &[u8] {
    id_element(document).unwrap_or(b"\x0a_id\0")
}

/// Whether two `{"_id": ...}` may be equal in an index: if they are equal, the answer is true. Numbers are compared across types there.
pub(crate) fn may_be_equal(one: &[u8], other: &[u8]) -> bool {
    let (one, other) = (id(one), id(other));
    let is_decimal = |id: &[u8]| id.first() == Some(&0x13);
    one == other
        || match (number(one), number(other)) {
            (Some(one), Some(other)) => one == other || (one.is_nan() && other.is_nan()),
            (number, None) if is_decimal(other) => number.is_some() || is_decimal(one),
            (None, number) if is_decimal(one) => number.is_some(),
            _ => false,
        }
}

/// Whether an index has the two `_id`s, as [`id`] gives them, for the same. Decimals, and numbers within documents, are the same only if their bytes are.
pub(crate) fn are_twins(one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    match (integer(one), integer(other)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => number(one).is_some_and(|one| number(other) == Some(one)),
        (Some(integer), None) => is_that_integer(other, integer),
        (None, Some(integer)) => is_that_integer(one, integer),
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the casts saturate, and back and forth they show what was lost"
)]
fn is_that_integer(id: &[u8], integer: i64) -> bool {
    // 2^63 as a double is no i64, and the cast would make it the largest.
    number(id).is_some_and(|number| {
        number as i64 == integer && integer as f64 == number && number < 9_223_372_036_854_775_808.0
    })
}

/// An `_id` that is an integer.
fn integer(id: &[u8]) -> Option<i64> {
    let value = id.get(5..)?;
    match id.first()? {
        0x10 => Some(i64::from(i32::from_le_bytes(value.try_into().ok()?))),
        0x12 => Some(i64::from_le_bytes(value.try_into().ok()?)),
        _ => None,
    }
}

/// An `_id` that is an integer or a double, roughly.
#[allow(clippy::cast_precision_loss, reason = "for what is roughly the same")]
fn number(id: &[u8]) -> Option<f64> {
    match id.first()? {
        0x01 => Some(f64::from_le_bytes(id.get(5..)?.try_into().ok()?)),
        _ => integer(id).map(|integer| integer as f64),
    }
}

/// Type, name and value of the first element with that name.
fn id_element(document: &[u8]) -> Option<&[u8]> {
    let mut at = 4;
    loop {
        let kind = *document.get(at)?;
        let name = document.get(at + 1..)?;
        let name = &name[..name.iter().position(|&byte| byte == 0)?];
        let value = at + 1 + name.len() + 1;
        let end = value + value_length(kind, document.get(value..)?)?;
        let element = document.get(at..end)?;
        if name == b"_id" {
            return Some(element);
        }
        at = end;
    }
}

/// Source: bsonspec.org. None for an unknown type and for what does not fit.
fn value_length(kind: u8, value: &[u8]) -> Option<usize> {
    let prefixed = |more: usize| {
        let length = i32::from_le_bytes(*value.first_chunk()?);
        usize::try_from(length).ok()?.checked_add(more)
    };
    let text = |from: usize| {
        let rest = value.get(from..)?;
        Some(from + rest.iter().position(|&byte| byte == 0)? + 1)
    };
    match kind {
        0x06 | 0x0A | 0x7F | 0xFF => Some(0),
        0x08 => Some(1),
        0x10 => Some(4),
        0x01 | 0x09 | 0x11 | 0x12 => Some(8),
        0x07 => Some(12),
        0x13 => Some(16),
        0x02 | 0x0D | 0x0E => prefixed(4),
        0x03 | 0x04 | 0x0F => prefixed(0),
        0x05 => prefixed(5),
        0x0C => prefixed(16),
        0x0B => text(text(0)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use mongodb::bson::{RawDocumentBuf, rawdoc};

    use super::*;

    fn raw(document: RawDocumentBuf) -> Vec<u8> {
        document.into_bytes()
    }

    #[test]
    fn documents_of_an_array_are_found_and_a_misfit_is_never_passed_over() {
        let (a, b) = (raw(rawdoc! { "_id": 1 }), raw(rawdoc! { "_id": 2, "x": "y" }));
        let mut array = vec![0; 4];
        for (name, document) in [("0", &a), ("1", &b)] {
            array.push(3);
            array.extend_from_slice(name.as_bytes());
            array.push(0);
            array.extend_from_slice(document);
        }
        array.push(0);
        assert_eq!(documents(&array).unwrap(), [&a[..], &b[..]]);
        assert_eq!(documents(b"\x05\0\0\0\0").unwrap().len(), 0);
        for cut in 0..array.len() {
            assert_eq!(documents(&array[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn an_id_of_any_type_is_found_wherever_it_stands_and_its_absence_is_null() {
        let id = rawdoc! { "_id": { "a": [1, "x"] } };
        assert_eq!(
            id_document(&raw(rawdoc! { "_id": { "a": [1, "x"] }, "b": 1 })),
            raw(id.clone())
        );
        assert_eq!(
            id_document(&raw(rawdoc! { "b": "text", "c": 1.5, "_id": { "a": [1, "x"] } })),
            raw(id)
        );
        assert_eq!(id_document(&raw(rawdoc! { "b": 1 })), raw(rawdoc! { "_id": null }));
        assert_eq!(id_document(b"\x05\0\0\0\0"), raw(rawdoc! { "_id": null }));
    }

    #[test]
    fn numbers_of_different_types_are_twins_where_an_index_has_them_for_the_same() {
        use mongodb::bson::{Bson, Decimal128};
        let decimal = || Bson::Decimal128("2".parse::<Decimal128>().unwrap());
        let large = 9_007_199_254_740_993_i64;
        for (one, other, are, may_be) in [
            (Bson::Int32(2), Bson::Int64(2), true, true),
            (Bson::Int32(2), Bson::Double(2.0), true, true),
            (Bson::Int32(2), Bson::Double(2.5), false, false),
            (Bson::Int64(large), Bson::Double(9_007_199_254_740_992.0), false, true),
            (
                Bson::Int64(i64::MAX),
                Bson::Double(9_223_372_036_854_775_808.0),
                false,
                true,
            ),
            (Bson::Double(0.0), Bson::Double(-0.0), true, true),
            (Bson::Int32(2), decimal(), false, true),
            (decimal(), decimal(), true, true),
            (Bson::Int32(2), Bson::String("2".to_owned()), false, false),
            (Bson::Null, Bson::Null, true, true),
            (Bson::Null, Bson::Int32(0), false, false),
            (Bson::String("a".to_owned()), Bson::String("b".to_owned()), false, false),
        ] {
            let document = |id: &Bson| mongodb::bson::serialize_to_vec(&mongodb::bson::doc! { "_id": id }).unwrap();
            let (first, second) = (document(&one), document(&other));
            for (first, second) in [(&first, &second), (&second, &first)] {
                assert_eq!(are_twins(id(first), id(second)), are, "{one} {other}");
                assert_eq!(may_be_equal(first, second), may_be, "{one} {other}");
            }
        }
    }

    #[test]
    fn no_bytes_bring_the_search_down() {
        let document = raw(rawdoc! { "a": { "b": 1 }, "c": "text", "d": [1], "_id": 7 });
        for at in 0..document.len() {
            for byte in [0, 1, 3, 5, 0x0B, 0x0C, 0x7F, 0xFF] {
                let mut broken = document.clone();
                broken[at] = byte;
                id_document(&broken);
                documents(&broken);
                id_document(&broken[..at]);
            }
        }
    }
}
