//! Documents that are given from the reader to the thread.

use mongodb::raw_batch_cursor::RawBatch;

use crate::source::{MongoError, documents};

/// Documents that have not been given before.
pub(crate) struct Batch {
    /// Come first: they were held back from an answer before.
    pub(crate) held: Vec<Vec<u8>>,
    pub(crate) raw: Option<RawBatch>,
    /// Places in the answer of those that are left out.
    pub(crate) without: Vec<usize>,
}

impl Batch {
    pub(crate) fn documents(&self) -> Result<Vec<&[u8]>, MongoError> {
        let mut all: Vec<&[u8]> = self.held.iter().map(Vec::as_slice).collect();
        if let Some(raw) = &self.raw {
            let answered = documents("getMore", raw)?;
            let mut without = self.without.iter().peekable();
            for (place, document) in answered.into_iter().enumerate() {
                if without.next_if_eq(&&place).is_none() {
                    all.push(document);
                }
            }
        }
        Ok(all)
    }
}
