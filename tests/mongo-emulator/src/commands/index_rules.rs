//! What `createIndexes` takes. Source: the server's `index_key_validate` of 7.0, where the words are its own.

use crate::bson::{Builder, Document, Element};
use crate::refusal::{Refusal, code};

/// Options, and the one type of index that each is for; "": any.
const OPTIONS: [(&[u8], &str); 28] = [
    (b"key", ""),
    (b"name", ""),
    (b"v", ""),
    (b"ns", ""),
    (b"collation", ""),
    (b"default_language", ""),
    (b"language_override", ""),
    (b"expireAfterSeconds", ""),
    (b"partialFilterExpression", ""),
    (b"storageEngine", ""),
    (b"originalSpec", ""),
    (b"bucketSize", ""),
    (b"_id", ""),
    (b"unique", ""),
    (b"sparse", ""),
    (b"background", ""),
    (b"dropDups", ""),
    (b"hidden", ""),
    (b"prepareUnique", ""),
    (b"bits", "2d"),
    (b"max", "2d"),
    (b"min", "2d"),
    (b"2dsphereIndexVersion", "2dsphere"),
    (b"coarsestIndexedLevel", "2dsphere"),
    (b"finestIndexedLevel", "2dsphere"),
    (b"textIndexVersion", "text"),
    (b"weights", "text"),
    (b"wildcardProjection", "wildcard"),
];
/// "which is not convertible to bool" unless they are a number or a boolean.
const BOOLEANS: [&[u8]; 5] = [b"unique", b"sparse", b"background", b"dropDups", b"prepareUnique"];

fn type_of(key: Document<'_>) -> &str {
    for part in key.elements() {
        match part.value.as_str() {
            Some(name) if !name.is_empty() => return name,
            _ if part.name == b"$**" || part.name.ends_with(b".$**") => return "wildcard",
            _ => {}
        }
    }
    ""
}

fn is_number(kind: u8) -> bool {
    matches!(kind, 0x01 | 0x10 | 0x12 | 0x13)
}

/// The specification as it is kept, or why it is not.
///
/// An unknown option is code 197, or it is left out with `ignoreUnknownIndexOptions: true`. Since 3.4 a key has nothing but numbers that
/// are not 0 and names (67), and since 5.0 an option belongs to its type of index.
pub(super) fn admit(specification: Document<'_>, ignore_unknown: bool) -> Result<Vec<u8>, Refusal> {
    let name = specification.str("name").unwrap_or_default();
    let refused = |code, why: &str| {
        let message = format!("Error in specification {{ name: \"{name}\" }} :: caused by :: {why}");
        Err(Refusal::new(code, message))
    };
    let key = specification.document("key").unwrap_or(Document(&[]));
    let kind = type_of(key);
    let is_known = |option: &Element<'_>| {
        let known = OPTIONS.iter().find(|(known, _)| *known == option.name);
        known.is_some_and(|(_, of)| of.is_empty() || *of == kind)
    };
    let mut kept = Builder::new();
    for option in specification.elements() {
        if is_known(&option) {
            kept = kept.raw_element(option.name, option.value);
        } else if !ignore_unknown {
            let option = String::from_utf8_lossy(option.name);
            return refused(
                code::INVALID_INDEX_SPECIFICATION_OPTION,
                &format!("The field '{option}' is not valid for an index specification"),
            );
        }
        let value = option.value;
        if BOOLEANS.contains(&option.name) && !is_number(value.kind) && value.kind != 0x08 {
            return refused(
                code::TYPE_MISMATCH,
                "a field has a value which is not convertible to bool",
            );
        }
        if option.name == b"hidden" && value.kind != 0x08 {
            return refused(code::TYPE_MISMATCH, "The field 'hidden' must be a bool");
        }
    }
    if !["", "wildcard", "2d", "2dsphere", "text", "hashed"].contains(&kind) {
        return refused(code::CANNOT_CREATE_INDEX, &format!("Unknown index plugin '{kind}'"));
    }
    for part in key.elements() {
        let value = part.value;
        let is_nothing = match value.kind {
            0x01 => value
                .bytes
                .try_into()
                .is_ok_and(|bytes| matches!(f64::from_le_bytes(bytes), number if number == 0.0 || number.is_nan())),
            _ => value.as_i64() == Some(0),
        };
        if is_nothing || value.as_str() == Some("") || (!is_number(value.kind) && value.as_str().is_none()) {
            return refused(
                code::CANNOT_CREATE_INDEX,
                "Values in v:2 index key pattern cannot be of this type. Only numbers > 0, numbers < 0, and strings are allowed.",
            );
        }
    }
    Ok(kept.build())
}
