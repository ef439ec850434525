//! Writing: a document from front to back, with lengths filled in at the end of each level.

use super::raw::{Value, kind};

/// A document that is being written. Levels are opened and closed; [`Builder::build`] closes what is open.
#[derive(Debug)]
pub(crate) struct Builder {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self::after(Vec::new())
    }

    /// A document at the end of other bytes.
    pub(crate) fn after(mut bytes: Vec<u8>) -> Self {
        let starts = vec![bytes.len()];
        bytes.extend([0; 4]);
        Self { bytes, starts }
    }

    fn name(&mut self, kind: u8, name: &[u8]) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(name);
        self.bytes.push(0);
    }

    fn add(mut self, kind: u8, name: &str, value: &[u8]) -> Self {
        self.name(kind, name.as_bytes());
        self.bytes.extend_from_slice(value);
        self
    }

    pub(crate) fn i32(self, name: &str, value: i32) -> Self {
        self.add(kind::INT32, name, &value.to_le_bytes())
    }

    pub(crate) fn i64(self, name: &str, value: i64) -> Self {
        self.add(kind::INT64, name, &value.to_le_bytes())
    }

    /// A count; more than an `i64` holds never come together here.
    pub(crate) fn count(self, name: &str, value: u64) -> Self {
        self.i64(name, i64::try_from(value).unwrap_or(i64::MAX))
    }

    pub(crate) fn f64(self, name: &str, value: f64) -> Self {
        self.add(kind::DOUBLE, name, &value.to_le_bytes())
    }

    pub(crate) fn bool(self, name: &str, value: bool) -> Self {
        self.add(kind::BOOLEAN, name, &[u8::from(value)])
    }

    pub(crate) fn null(self, name: &str) -> Self {
        self.add(kind::NULL, name, &[])
    }

    pub(crate) fn str(self, name: &str, value: &str) -> Self {
        self.text(kind::STRING, name, value.as_bytes())
    }

    /// A string, symbol or code of any bytes.
    pub(crate) fn text(mut self, kind: u8, name: &str, value: &[u8]) -> Self {
        self.name(kind, name.as_bytes());
        self.bytes.extend_from_slice(&as_length(value.len() + 1));
        self.bytes.extend_from_slice(value);
        self.bytes.push(0);
        self
    }

    /// Milliseconds since 1970.
    pub(crate) fn date(self, name: &str, value: i64) -> Self {
        self.add(kind::DATE, name, &value.to_le_bytes())
    }

    pub(crate) fn timestamp(self, name: &str, value: u64) -> Self {
        self.add(kind::TIMESTAMP, name, &value.to_le_bytes())
    }

    pub(crate) fn object_id(self, name: &str, value: [u8; 12]) -> Self {
        self.add(kind::OBJECT_ID, name, &value)
    }

    pub(crate) fn binary(mut self, name: &str, subtype: u8, value: &[u8]) -> Self {
        self.name(kind::BINARY, name.as_bytes());
        self.bytes.extend_from_slice(&as_length(value.len()));
        self.bytes.push(subtype);
        self.bytes.extend_from_slice(value);
        self
    }

    pub(crate) fn value(self, name: &str, value: Value<'_>) -> Self {
        self.add(value.kind, name, value.bytes)
    }

    /// An element whose name may be any bytes.
    pub(crate) fn raw_element(mut self, name: &[u8], value: Value<'_>) -> Self {
        self.name(value.kind, name);
        self.bytes.extend_from_slice(value.bytes);
        self
    }

    /// A whole document.
    pub(crate) fn document(self, name: &str, value: &[u8]) -> Self {
        self.add(kind::DOCUMENT, name, value)
    }

    pub(crate) fn open(mut self, name: &str) -> Self {
        self.name(kind::DOCUMENT, name.as_bytes());
        self.begin()
    }

    pub(crate) fn open_array(mut self, name: &str) -> Self {
        self.name(kind::ARRAY, name.as_bytes());
        self.begin()
    }

    fn begin(mut self) -> Self {
        self.starts.push(self.bytes.len());
        self.bytes.extend([0; 4]);
        self
    }

    pub(crate) fn close(mut self) -> Self {
        self.end();
        self
    }

    fn end(&mut self) {
        self.bytes.push(0);
        if let Some(start) = self.starts.pop() {
            let length = as_length(self.bytes.len() - start);
            self.bytes[start..start + 4].copy_from_slice(&length);
        }
    }

    /// An array of documents.
    pub(crate) fn documents<D: AsRef<[u8]>>(mut self, name: &str, documents: impl IntoIterator<Item = D>) -> Self {
        self = self.open_array(name);
        for (index, document) in documents.into_iter().enumerate() {
            self = self.document(&index.to_string(), document.as_ref());
        }
        self.close()
    }

    /// An array of strings.
    pub(crate) fn strings<S: AsRef<str>>(mut self, name: &str, strings: impl IntoIterator<Item = S>) -> Self {
        self = self.open_array(name);
        for (index, string) in strings.into_iter().enumerate() {
            self = self.str(&index.to_string(), string.as_ref());
        }
        self.close()
    }

    /// Lets a document be appended in place, as element `index` of the array that is open. Returns what `write` does; on
    /// `false` nothing is appended.
    pub(crate) fn append_in_place(&mut self, index: u64, write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
        let before = self.bytes.len();
        self.name(kind::DOCUMENT, index.to_string().as_bytes());
        let kept = write(&mut self.bytes);
        if !kept {
            self.bytes.truncate(before);
        }
        kept
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Back to an earlier length, with the same levels open.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
    }

    pub(crate) fn build(mut self) -> Vec<u8> {
        while !self.starts.is_empty() {
            self.end();
        }
        self.bytes
    }
}

/// A length as it is written. More than 2 GiB never fit into a message, so no document comes near.
pub(crate) fn as_length(length: usize) -> [u8; 4] {
    i32::try_from(length).unwrap_or(i32::MAX).to_le_bytes()
}
