//! Commands as bytes. Documents and definitions go into them as they are, whatever they hold.

use mongodb::bson::{RawDocument, RawDocumentBuf};

/// A BSON document under construction. Names must have no zero byte.
pub(crate) struct Raw(Vec<u8>);

impl Raw {
    pub(crate) fn new() -> Self {
        Self(vec![0; 4])
    }

    /// Reserves space for `bytes` more bytes.
    pub(crate) fn with_room(mut self, bytes: usize) -> Self {
        self.0.reserve(bytes);
        self
    }

    fn name(&mut self, kind: u8, name: &str) {
        self.0.push(kind);
        self.0.extend_from_slice(name.as_bytes());
        self.0.push(0);
    }

    fn length(&mut self, length: usize) {
        // What is longer than 2 GiB is refused by the driver.
        self.0
            .extend_from_slice(&i32::try_from(length).unwrap_or(i32::MAX).to_le_bytes());
    }

    pub(crate) fn str(mut self, name: &str, value: &str) -> Self {
        self.name(0x02, name);
        self.length(value.len() + 1);
        self.0.extend_from_slice(value.as_bytes());
        self.0.push(0);
        self
    }

    pub(crate) fn i32(mut self, name: &str, value: i32) -> Self {
        self.name(0x10, name);
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    pub(crate) fn bool(mut self, name: &str, value: bool) -> Self {
        self.name(0x08, name);
        self.0.push(value.into());
        self
    }

    /// A document with these bytes.
    pub(crate) fn document(mut self, name: &str, document: &[u8]) -> Self {
        self.name(0x03, name);
        self.0.extend_from_slice(document);
        self
    }

    /// An array of the elements whose bytes these are.
    pub(crate) fn array_of(mut self, name: &str, elements: &[u8]) -> Self {
        self.name(0x04, name);
        self.length(elements.len() + 5);
        self.0.extend_from_slice(elements);
        self.0.push(0);
        self
    }

    /// An array of documents.
    pub(crate) fn documents<'a>(self, name: &str, documents: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut batch = crate::source::Batch::with_capacity(0);
        documents.into_iter().for_each(|document| batch.push(document));
        self.array_of(name, batch.elements())
    }

    /// A value of any type, as it is in another document.
    pub(crate) fn value(mut self, name: &str, value: RawValue<'_>) -> Self {
        self.name(value.kind, name);
        self.0.extend_from_slice(value.bytes);
        self
    }

    /// All fields of a document.
    pub(crate) fn fields_of(mut self, document: &[u8]) -> Self {
        let fields = document.get(4..document.len().saturating_sub(1));
        self.0.extend_from_slice(fields.unwrap_or_default());
        self
    }

    pub(crate) fn build(mut self) -> Vec<u8> {
        self.0.push(0);
        let length = i32::try_from(self.0.len()).unwrap_or(i32::MAX).to_le_bytes();
        self.0[..4].copy_from_slice(&length);
        self.0
    }

    pub(crate) fn command(self) -> Option<RawDocumentBuf> {
        RawDocumentBuf::from_bytes(self.build()).ok()
    }
}

/// A field's value: its type and its bytes.
#[derive(Clone, Copy)]
pub(crate) struct RawValue<'a> {
    pub(crate) kind: u8,
    pub(crate) bytes: &'a [u8],
}

/// The fields at the top of a document, until one that cannot be told apart.
pub(crate) fn fields(document: &[u8]) -> impl Iterator<Item = (&str, RawValue<'_>)> {
    let elements = RawDocument::from_bytes(document).ok().map(RawDocument::iter_elements);
    let mut at = 4;
    elements
        .into_iter()
        .flatten()
        .map_while(Result::ok)
        .map_while(move |element| {
            let name = element.key().as_str();
            let start = at + 1 + name.len() + 1;
            let kind = *document.get(at)?;
            let bytes = document.get(start..start + element.size())?;
            at = start + element.size();
            Some((name, RawValue { kind, bytes }))
        })
}

/// The field of that name.
pub(crate) fn field<'a>(document: &'a [u8], name: &str) -> Option<RawValue<'a>> {
    fields(document).find(|(of, _)| *of == name).map(|(_, value)| value)
}

/// Whether there may be an empty timestamp at the top: it is preceded by the end of its name, so nine zeros are in a row. No field is
/// looked at one by one, because every document that is restored comes by here.
pub(crate) fn may_have_empty_timestamp(document: &[u8]) -> bool {
    const RUN: usize = 9;
    let mut at = RUN - 1;
    while at < document.len() {
        if document[at] == 0 {
            let before = document[..at].iter().rev().take_while(|byte| **byte == 0).count();
            let behind = document[at..].iter().take_while(|byte| **byte == 0).count();
            if before + behind >= RUN {
                return true;
            }
        }
        at += RUN;
    }
    false
}

/// Whether a server would put its own time into the document: a timestamp of zero is at its top, but for `_id`.
pub(crate) fn has_empty_timestamp(document: &[u8]) -> bool {
    fields(document).any(|(name, value)| name != "_id" && value.kind == 0x11 && value.bytes == [0; 8])
}

impl<'a> RawValue<'a> {
    pub(crate) fn as_str(self) -> Option<&'a str> {
        let text = self.bytes.get(4..self.bytes.len().checked_sub(1)?)?;
        std::str::from_utf8(text).ok().filter(|_| self.kind == 0x02)
    }

    pub(crate) fn as_document(self) -> Option<&'a [u8]> {
        (self.kind == 0x03).then_some(self.bytes)
    }

    /// A double or a whole number; none for any other type.
    #[allow(
        clippy::cast_precision_loss,
        reason = "compared with small numbers and with its like"
    )]
    pub(crate) fn number(self) -> Option<f64> {
        match self.kind {
            0x01 => self.bytes.try_into().ok().map(f64::from_le_bytes),
            0x10 => self
                .bytes
                .try_into()
                .ok()
                .map(|bytes| f64::from(i32::from_le_bytes(bytes))),
            0x12 => self.bytes.try_into().ok().map(|bytes| i64::from_le_bytes(bytes) as f64),
            _ => None,
        }
    }

    pub(crate) fn is_true(self) -> bool {
        match self.kind {
            0x08 => self.bytes == [1],
            // Old servers kept options as they were given: as numbers too.
            0x01 | 0x10 | 0x12 => self.bytes.iter().any(|byte| *byte != 0),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use mongodb::bson::{Bson, doc};

    use super::*;

    #[test]
    fn a_built_document_is_the_one_that_the_driver_makes() {
        let inner = doc! {"a": 1_i64, "b": [true]}.to_vec().unwrap();
        let built = Raw::new()
            .str("s", "x")
            .i32("i", -1)
            .bool("t", true)
            .document("d", &inner)
            .documents("l", [inner.as_slice(), &inner])
            .value("a", field(&inner, "a").unwrap())
            .fields_of(&inner)
            .build();
        let part = Bson::Document(doc! {"a": 1_i64, "b": [true]});
        let expected = doc! {"s": "x", "i": -1, "t": true, "d": part.clone(), "l": [part.clone(), part], "a": 1_i64};
        let mut expected = expected.to_vec().unwrap();
        expected.truncate(expected.len() - 1);
        let expected = Raw(expected).fields_of(&inner).build();
        assert_eq!(built, expected);
    }

    #[test]
    fn no_empty_timestamp_is_overlooked() {
        let empty = Bson::Timestamp(mongodb::bson::Timestamp { time: 0, increment: 0 });
        for length in 0..40 {
            let with = doc! {"_id": "x".repeat(length), "at": empty.clone()}.to_vec().unwrap();
            assert!(
                may_have_empty_timestamp(&with) && has_empty_timestamp(&with),
                "{length}"
            );
            let within = doc! {"_id": "x".repeat(length), "in": {"at": empty.clone()}}
                .to_vec()
                .unwrap();
            assert!(!has_empty_timestamp(&within), "{length}");
            let without = doc! {"_id": "x".repeat(length), "a": 7_i64, "b": [0, 0], "c": Bson::Null};
            assert!(!may_have_empty_timestamp(&without.to_vec().unwrap()), "{length}");
        }
        assert!(!has_empty_timestamp(&doc! {"_id": empty}.to_vec().unwrap()));
    }

    #[test]
    fn fields_are_told_apart_by_their_bytes() {
        let document = doc! {"_id": "é", "n": {"x": 1}, "t": true, "one": 1.0, "none": 0}
            .to_vec()
            .unwrap();
        assert_eq!(field(&document, "_id").unwrap().as_str(), Some("é"));
        assert_eq!(
            field(&document, "n").unwrap().as_document(),
            Some(doc! {"x": 1}.to_vec().unwrap().as_slice())
        );
        assert!(field(&document, "t").unwrap().is_true() && field(&document, "one").unwrap().is_true());
        assert!(!field(&document, "none").unwrap().is_true());
        assert!(field(&document, "other").is_none());
    }
}
