//! Whether what arrived is what was announced.

use api_kit::FieldError;
use file_catalog::{Checksum, FileRecord};

use crate::bucket::{Head, UploadedPart};
use crate::parts;

fn error(field: String, message: &str) -> FieldError {
    FieldError {
        field,
        message: message.to_owned(),
    }
}

/// What differs between a record and the object that S3 has. Each is about the announcement's field.
pub(crate) fn differences(record: &FileRecord, kms_key_arn: &str, head: &Head) -> Vec<FieldError> {
    let (field, expected) = match &record.checksum {
        Checksum::Whole { sha256 } => ("/sha256", Some(sha256.clone())),
        Checksum::Parts { sha256, .. } => ("/part_sha256", parts::composite(sha256)),
    };
    let checks = [
        (
            "/size",
            head.size == Some(record.size),
            "the size of the uploaded object is different",
        ),
        (
            "/content_type",
            head.content_type.as_deref() == Some(record.content_type.as_str()),
            "the content type of the uploaded object is different",
        ),
        (
            field,
            expected.is_some() && head.sha256 == expected,
            "the checksum of the uploaded object is different or missing",
        ),
        (
            "encryption",
            head.kms_key_arn.as_deref() == Some(kms_key_arn),
            "the uploaded object is not encrypted with the platform's key",
        ),
    ];
    let differing = checks.into_iter().filter(|(_, same, _)| !same);
    differing
        .map(|(field, _, message)| error(field.to_owned(), message))
        .collect()
}

/// The announced parts of what was uploaded.
///
/// # Errors
/// Each one that is missing or another.
pub(crate) fn announced_parts(
    record: &FileRecord,
    part_bytes: i64,
    sha256: &[String],
    uploaded: &[UploadedPart],
) -> Result<Vec<UploadedPart>, Vec<FieldError>> {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for ((number, bytes), sha256) in (1_i32..).zip(parts::sizes(record.size, part_bytes)).zip(sha256) {
        let field = format!("/part_sha256/{}", number - 1);
        match uploaded.iter().find(|part| part.number == number) {
            None => errors.push(error(field, "this part was not uploaded")),
            Some(part) if part.size != bytes => errors.push(error(field, "the size of the uploaded part is different")),
            Some(part) if part.sha256.as_deref() != Some(sha256) => {
                errors.push(error(
                    field,
                    "the checksum of the uploaded part is different or missing",
                ));
            }
            Some(part) => found.push(part.clone()),
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use file_catalog::{Status, Visibility};
    use mongodb::bson::DateTime;

    use super::*;

    const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/0b0e1f3a";

    fn sum() -> String {
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned()
    }

    fn record(checksum: Checksum) -> FileRecord {
        FileRecord {
            id: "0".repeat(32),
            name: "notes.pdf".to_owned(),
            size: 25,
            content_type: "application/pdf".to_owned(),
            course: "algebra".to_owned(),
            visibility: Visibility::Course,
            status: Status::Pending,
            checksum,
            created_by: "admin".to_owned(),
            created_at: DateTime::from_millis(0),
            expires_at: None,
            request_sha256: String::new(),
            version_id: None,
        }
    }

    fn head() -> Head {
        Head {
            size: Some(25),
            content_type: Some("application/pdf".to_owned()),
            sha256: Some(sum()),
            kms_key_arn: Some(KEY.to_owned()),
            version_id: None,
        }
    }

    #[test]
    fn each_difference_is_named() {
        let record = record(Checksum::Whole { sha256: sum() });
        let fields = |change: fn(&mut Head)| {
            let mut head = head();
            change(&mut head);
            let errors = differences(&record, KEY, &head);
            errors.into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        assert!(fields(|_| {}).is_empty());
        assert_eq!(fields(|head| head.size = Some(26)), ["/size"]);
        assert_eq!(fields(|head| head.sha256 = None), ["/sha256"]);
        assert_eq!(fields(|head| head.sha256 = Some("A".to_owned())), ["/sha256"]);
        assert_eq!(fields(|head| head.content_type = None), ["/content_type"]);
        assert_eq!(fields(|head| head.kms_key_arn = None), ["encryption"]);
        let all = ["/size", "/content_type", "/sha256", "encryption"];
        assert_eq!(fields(|head| *head = Head::default()), all);
    }

    #[test]
    fn an_object_in_parts_has_the_composite_of_their_checksums_and_no_other() {
        let checksum = Checksum::Parts {
            upload_id: "u".to_owned(),
            part_bytes: 10,
            sha256: vec![sum(); 3],
        };
        let record = record(checksum);
        let with = |sha256: Option<String>| differences(&record, KEY, &Head { sha256, ..head() }).len();
        assert_eq!(with(parts::composite(&vec![sum(); 3])), 0);
        assert_eq!(with(parts::composite(&vec![sum(); 2])), 1);
        assert_eq!(with(Some(sum())), 1);
        assert_eq!(with(None), 1);
    }

    #[test]
    fn each_part_that_is_missing_or_another_is_named() {
        let sums = vec![sum(); 3];
        let record = record(Checksum::Whole { sha256: sum() });
        let part = |number: i32, size: i64| UploadedPart {
            number,
            size,
            sha256: Some(sum()),
            etag: None,
        };
        let good = [part(1, 10), part(2, 10), part(3, 5)];
        assert_eq!(
            announced_parts(&record, 10, &sums, &good).map(|parts| parts.len()),
            Ok(3)
        );
        let mut bad = vec![part(3, 6), part(1, 10), part(9, 10)];
        bad[1].sha256 = None;
        let errors = announced_parts(&record, 10, &sums, &bad).map_err(|errors| {
            let fields = errors.into_iter().map(|error| (error.field, error.message));
            fields.collect::<Vec<_>>()
        });
        let expected = [
            (
                "/part_sha256/0",
                "the checksum of the uploaded part is different or missing",
            ),
            ("/part_sha256/1", "this part was not uploaded"),
            ("/part_sha256/2", "the size of the uploaded part is different"),
        ];
        let expected = expected.map(|(field, message)| (field.to_owned(), message.to_owned()));
        assert_eq!(errors, Err(expected.into()));
    }
}
