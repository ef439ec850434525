//! Where a page of files ended.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use file_catalog::FileRecord;
use mongodb::bson::{DateTime, Document, doc};

/// Milliseconds, and half of the id's hexadecimal digits.
const BYTES: usize = 8 + 16;

/// End of the year 9999: the API writes times by RFC 3339, which has no later one.
const LAST_MILLIS: i64 = 253_402_300_799_999;

/// The last file of a page, by what files are sorted by. Every file has a place of its own in that order, so the next page begins
/// right after it, whatever was added or removed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    created_millis: i64,
    id: String,
}

impl Cursor {
    /// Of a file. None where its time or its id is not one that this API gives out.
    #[must_use]
    pub fn of(file: &FileRecord) -> Option<Self> {
        let cursor = Self {
            created_millis: file.created_at.timestamp_millis(),
            id: file.id.clone(),
        };
        let sound = (0..=LAST_MILLIS).contains(&cursor.created_millis) && digits(&cursor.id).is_some();
        sound.then_some(cursor)
    }

    /// Reads what [`Cursor::render`] wrote, and nothing else: one cursor has one text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (millis, id) = bytes.split_first_chunk()?;
        let created_millis = i64::from_be_bytes(*millis);
        let id = hex::encode(id);
        (0..=LAST_MILLIS)
            .contains(&created_millis)
            .then_some(Self { created_millis, id })
    }

    /// In base64url: clients pass it on and read nothing in it.
    #[must_use]
    pub fn render(&self) -> String {
        let id = digits(&self.id).unwrap_or_default();
        let bytes: Vec<u8> = self.created_millis.to_be_bytes().into_iter().chain(id).collect();
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What comes after it, newest first and by id in one millisecond. The first condition is implied by the second; with it an
    /// index is entered at the right place.
    #[must_use]
    pub fn after(&self) -> Document {
        let time = DateTime::from_millis(self.created_millis);
        doc! {
            "created_at": { "$lte": time },
            "$or": [
                { "created_at": { "$lt": time } },
                { "created_at": time, "_id": { "$lt": &self.id } },
            ],
        }
    }
}

/// The bytes of 32 hexadecimal digits in small letters.
fn digits(id: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    hex::decode_to_slice(id, &mut bytes).ok()?;
    (hex::encode(bytes) == id).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_is_read_back_as_it_was(created_millis in 0..=LAST_MILLIS, id in "[0-9a-f]{32}") {
            let cursor = Cursor { created_millis, id };
            prop_assert_eq!(Cursor::parse(&cursor.render()), Some(cursor));
        }

        #[test]
        fn a_text_that_is_read_is_the_one_that_is_written(text in "[A-Za-z0-9_-]{31,33}") {
            if let Some(cursor) = Cursor::parse(&text) {
                prop_assert_eq!(cursor.render(), text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            prop_assert!(Cursor::parse(&text).is_none_or(|cursor| cursor.render() == text));
        }
    }

    #[test]
    fn what_no_page_gave_out_is_none() {
        let encoded = |millis: i64, id: &[u8]| URL_SAFE_NO_PAD.encode([&millis.to_be_bytes(), id].concat());
        assert!(Cursor::parse(&encoded(LAST_MILLIS, &[7; 16])).is_some());
        for text in [
            String::new(),
            "=".to_owned(),
            "A".repeat(31),
            "A".repeat(33),
            format!("{}=", "A".repeat(32)),
            format!("{}+", "A".repeat(31)),
            encoded(-1, &[7; 16]),
            encoded(LAST_MILLIS + 1, &[7; 16]),
            encoded(i64::MIN, &[7; 16]),
            encoded(0, &[7; 15]),
            encoded(0, &[7; 17]),
        ] {
            assert_eq!(Cursor::parse(&text), None, "{text}");
        }
    }
}
