//! Texts of a client with a meaning beyond their characters: a cursor, an entity tag, a file's name.
#![no_main]

use download_api::{Cursor, disposition};
use libfuzzer_sys::fuzz_target;
use profile_api::precondition;

const CURRENT: &str = "\"a1\"";

fuzz_target!(|text: &str| {
    if let Some(cursor) = Cursor::parse(text) {
        assert_eq!(cursor.render(), text);
    }
    if precondition::require(Some(text), CURRENT).is_ok() {
        assert!(text.contains(CURRENT));
    }
    let header = disposition::attachment(text);
    let (quoted, encoded) = header
        .strip_prefix("attachment; filename=\"")
        .and_then(|rest| rest.split_once("\"; filename*=UTF-8''"))
        .unwrap_or_else(|| panic!("{header}"));
    assert!(
        quoted
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && !b"\"%/\\".contains(&byte)),
        "{header}"
    );
    assert!(
        encoded
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"';,\\ ".contains(&byte)),
        "{header}"
    );
    assert!(
        disposition::content_type(text)
            .bytes()
            .all(|byte| byte.is_ascii_graphic())
    );
});
