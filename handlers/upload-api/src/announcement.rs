//! What a client announces, and whether the platform takes it.

use api_kit::{Kind, Marks, Problem, has_hidden};
use file_catalog::Visibility;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::parts;
use crate::settings::Settings;

/// What goes in one request at most. Source: the contract.
const FORM_BYTES: i64 = 100_000_000;
/// Of a part. Source: the contract.
const PART_BYTES: i64 = 64 * 1024 * 1024;

/// How files are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// The largest file that goes in one request.
    pub form_bytes: i64,
    /// Of every part but the last of a larger one.
    pub part_bytes: i64,
}

impl Sizes {
    /// The contract's.
    pub const CONTRACT: Self = Self {
        form_bytes: FORM_BYTES,
        part_bytes: PART_BYTES,
    };
}

/// The contract's schema `FileUpload`. No [`Debug`]: a name may be personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Announcement {
    pub(crate) name: String,
    pub(crate) size: i64,
    pub(crate) content_type: String,
    pub(crate) course: String,
    pub(crate) visibility: Visibility,
    sha256: Option<String>,
    part_sha256: Option<Vec<String>>,
}

/// Checksums that a client announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sums {
    /// Of the whole, which goes in one request.
    Whole(String),
    /// Of each part.
    Parts(Vec<String>),
}

impl Announcement {
    /// SHA-256 of what is announced, in hexadecimal. The same request in other words, with other spaces or another order of keys,
    /// is the same.
    pub(crate) fn fingerprint(&self) -> Result<String, Problem> {
        let canonical =
            serde_json::to_vec(self).map_err(|error| Problem::new(Kind::Internal).cause(error.to_string()))?;
        Ok(hex::encode(Sha256::digest(canonical)))
    }

    /// The announced checksums, of a file that the platform takes.
    ///
    /// # Errors
    /// Everything that speaks against it.
    pub(crate) fn accepted(&self, settings: &Settings, sizes: Sizes) -> Result<Sums, Problem> {
        let mut problem = Problem::new(Kind::Unprocessable);
        if let Some(fault) = fault_of_name(&self.name) {
            problem = problem.error("/name", fault);
        }
        if self.size > settings.max_bytes {
            problem = problem.error("/size", format!("must not be more than {} bytes", settings.max_bytes));
        }
        if !settings.content_types.contains(&self.content_type) {
            problem = problem.error("/content_type", "must be one of the accepted content types");
        }
        match self.sums(sizes) {
            Ok(sums) if problem.errors.is_empty() => Ok(sums),
            Ok(_) => Err(problem),
            Err((field, message)) => Err(problem.error(field, message)),
        }
    }

    /// The checksums that a file of this size has; else the field that is wrong, and how.
    fn sums(&self, sizes: Sizes) -> Result<Sums, (String, String)> {
        let refuse = |field: &str, message: String| Err((field.to_owned(), message));
        let in_parts = self.size > sizes.form_bytes;
        let count = parts::sizes(self.size, sizes.part_bytes).count();
        let which = format!("{} bytes", sizes.form_bytes);
        match (in_parts, &self.sha256, &self.part_sha256) {
            (false, _, Some(_)) => refuse("/part_sha256", format!("is only for files of more than {which}")),
            (true, Some(_), _) => refuse(
                "/sha256",
                format!("is only for files of up to {which}: S3 has no SHA-256 of a whole multipart upload"),
            ),
            (false, None, None) => refuse("/sha256", format!("is required for files of up to {which}")),
            (true, None, None) => refuse("/part_sha256", format!("is required for files of more than {which}")),
            (false, Some(sha256), None) if parts::is_sha256(sha256) => Ok(Sums::Whole(sha256.clone())),
            (false, Some(_), None) => refuse("/sha256", "must be a SHA-256 in base64".to_owned()),
            (true, None, Some(sums)) if sums.len() != count => {
                let part_bytes = sizes.part_bytes;
                let message =
                    format!("must have {count} entries: a file of this size has {count} parts of {part_bytes} bytes");
                refuse("/part_sha256", message)
            }
            (true, None, Some(sums)) => match sums.iter().position(|sum| !parts::is_sha256(sum)) {
                None => Ok(Sums::Parts(sums.clone())),
                Some(at) => refuse(&format!("/part_sha256/{at}"), "must be a SHA-256 in base64".to_owned()),
            },
        }
    }
}

/// What speaks against a name. It becomes a file's name on somebody's disk, and people decide by it what to open.
fn fault_of_name(name: &str) -> Option<&'static str> {
    if name.chars().any(char::is_control) {
        return Some("must not contain control characters");
    }
    if name.contains(['/', '\\']) {
        return Some("must not contain / or \\");
    }
    if has_hidden(name, Marks::Refused) {
        return Some("must not contain invisible characters or characters that change the text direction");
    }
    if name.trim() != name {
        return Some("must not begin or end with a space");
    }
    if name.chars().all(|c| c == '.') {
        return Some("must not consist of dots only");
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::collections::BTreeSet;
    use std::time::Duration;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn settings() -> Settings {
        Settings {
            bucket: "files".to_owned(),
            role_arn: String::new(),
            kms_key_arn: String::new(),
            content_types: BTreeSet::from(["application/pdf".to_owned()]),
            max_bytes: 1_000_000_000,
            link: Duration::from_secs(900),
        }
    }

    fn sum() -> String {
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned()
    }

    fn announced(change: impl FnOnce(&mut Value)) -> Result<Sums, Vec<String>> {
        let mut body = json!({
            "name": "notes.pdf",
            "size": 100_000_000,
            "content_type": "application/pdf",
            "sha256": sum(),
            "course": "algebra",
            "visibility": "course",
        });
        change(&mut body);
        let announcement: Announcement = serde_json::from_value(body).unwrap();
        let accepted = announcement.accepted(&settings(), Sizes::CONTRACT);
        accepted.map_err(|problem| problem.errors.into_iter().map(|error| error.field).collect())
    }

    fn with_parts(size: i64, count: usize) -> Result<Sums, Vec<String>> {
        announced(|body| {
            body["size"] = size.into();
            body["part_sha256"] = json!(vec![sum(); count]);
            body.as_object_mut().unwrap().remove("sha256");
        })
    }

    #[test]
    fn up_to_100_mb_have_one_checksum_and_more_have_one_a_part() {
        assert_eq!(announced(|_| {}), Ok(Sums::Whole(sum())));
        assert_eq!(with_parts(100_000_001, 2), Ok(Sums::Parts(vec![sum(); 2])));
        assert_eq!(with_parts(2 * 67_108_864, 2), Ok(Sums::Parts(vec![sum(); 2])));
        assert_eq!(with_parts(2 * 67_108_864 + 1, 3), Ok(Sums::Parts(vec![sum(); 3])));
        let refused = |field: &str| Err(vec![field.to_owned()]);
        assert_eq!(with_parts(2 * 67_108_864 + 1, 2), refused("/part_sha256"));
        assert_eq!(with_parts(2 * 67_108_864, 3), refused("/part_sha256"));
        assert_eq!(with_parts(100_000_000, 2), refused("/part_sha256"));
        assert_eq!(announced(|body| body["size"] = json!(100_000_001)), refused("/sha256"));
        let without = |body: &mut Value| drop(body.as_object_mut().unwrap().remove("sha256"));
        assert_eq!(announced(without), refused("/sha256"));
        let neither = |body: &mut Value| {
            without(body);
            body["size"] = json!(100_000_001);
        };
        assert_eq!(announced(neither), refused("/part_sha256"));
        let odd = |body: &mut Value| body["sha256"] = json!(sum().replace("FU=", "FV="));
        assert_eq!(announced(odd), refused("/sha256"));
    }

    #[test]
    fn everything_that_speaks_against_a_file_is_said_at_once() {
        let errors = announced(|body| {
            body["name"] = json!("a/b");
            body["size"] = json!(1_000_000_001);
            body["content_type"] = json!("text/html");
        });
        let expected = ["/name", "/size", "/content_type", "/sha256"].map(str::to_owned);
        assert_eq!(errors, Err(expected.into()));
    }

    #[test]
    fn names_that_deceive_are_refused_and_those_of_people_are_not() {
        for name in [
            "notes.pdf",
            "Übung 3 – Lösungen.pdf",
            "cafe\u{301}.pdf",
            "نامه\u{200c}ها.pdf",
            "👩\u{200d}🏫 lesson.mp4",
            "..notes",
            "a;b\"c%.txt",
            "❤\u{fe0f}.pdf",
            "👁\u{fe0f}\u{200d}🗨\u{fe0f}.pdf",
            "1\u{fe0f}\u{20e3}.pdf",
        ] {
            assert_eq!(fault_of_name(name), None, "{name:?}");
        }
        for name in [
            "a\nb",
            "a\u{0}",
            "a\u{7f}",
            "a\u{85}b",
            "../a",
            "a\\b",
            "invoice\u{202e}fdp.exe",
            "a\u{2066}b",
            "a\u{200b}b",
            "\u{feff}a",
            "a\u{fffd}",
            "a\u{e0041}",
            "\u{3164}",
            "a\u{ffa0}b",
            "a\u{2800}b",
            "a\u{34f}b",
            "a\u{17b4}b",
            "a\u{180b}b",
            "a\u{1d173}b",
            "\u{200d}",
            "ab\u{200d}c.pdf",
            " a",
            "a ",
            "a\u{3000}",
            ".",
            "..",
            "...",
        ] {
            assert!(fault_of_name(name).is_some(), "{name:?}");
        }
    }

    #[test]
    fn the_same_request_in_another_order_has_the_same_fingerprint() {
        let read = |text: &str| {
            serde_json::from_str::<Announcement>(text)
                .unwrap()
                .fingerprint()
                .unwrap()
        };
        let one = r#"{"name":"a","size":1,"content_type":"x/y","sha256":"s","course":"c","visibility":"course"}"#;
        let same = r#"{"visibility": "course", "size": 1, "name": "\u0061", "course": "c", "sha256": "s", "content_type": "x/y"}"#;
        let other = one.replace("\"size\":1", "\"size\":2");
        assert_eq!(read(one), read(same));
        assert_ne!(read(one), read(&other));
        assert_eq!(read(one).len(), 64);
    }

    proptest! {
        #[test]
        fn no_accepted_name_can_leave_its_line_or_its_folder(name in any::<String>()) {
            if fault_of_name(&name).is_none() {
                let leaves = name.contains(['/', '\\', '\r', '\n', '\0', '\u{202e}']);
                prop_assert!(!leaves);
            }
        }
    }
}
