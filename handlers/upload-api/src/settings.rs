//! The function's settings, from its environment variables.

use std::collections::BTreeSet;
use std::time::Duration;

use lambda_kit::Environment;

/// Lifetime of a presigned URL for an upload, unless set. Our choice: 100 MB take that long at 1 Mbit/s, and a client that needs longer
/// asks again with the same Idempotency-Key.
const LINK_SECONDS: u64 = 900;

/// The largest file. Source: the contract.
const MAX_BYTES: i64 = 5_000_000_000;

/// What is accepted, unless set: documents, images, audio and video that no browser runs code of.
const CONTENT_TYPES: [&str; 29] = [
    "application/epub+zip",
    "application/msword",
    "application/pdf",
    "application/rtf",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "audio/aac",
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/csv",
    "text/markdown",
    "text/plain",
    "video/mp4",
    "video/webm",
];

/// Whether a browser may run it as a page or a script of wherever it comes from. Nobody can accept such a type: a link to S3 or to
/// the CDN is such a place.
fn is_active(media_type: &str) -> bool {
    let (kind, subtype) = media_type.split_once('/').unwrap_or_default();
    kind == "multipart"
        || subtype.ends_with("+xml")
        || ["xml", "html", "javascript", "ecmascript", "x-javascript"].contains(&subtype)
}

/// Settings of this function alone; those of [`api_kit::Api`] and [`lambda_kit::mongo::Database`] are read by them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub(crate) bucket: String,
    pub(crate) role_arn: String,
    pub(crate) kms_key_arn: String,
    /// Accepted types.
    pub(crate) content_types: BTreeSet<String>,
    /// Of a file.
    pub(crate) max_bytes: i64,
    /// How long an upload may begin.
    pub(crate) link: Duration,
}

impl Settings {
    /// Reads them; what is wrong is kept by `environment`.
    pub fn of(environment: &mut Environment<'_>) -> Self {
        let bucket = environment.required("LECTERN_FILES_BUCKET", "the name of the bucket with the files");
        let role_arn = environment.required(
            "LECTERN_FILES_ROLE_ARN",
            "the ARN of the role that may write the bucket's objects",
        );
        let kms_key_arn = environment.required(
            "LECTERN_FILES_KMS_KEY_ARN",
            "the ARN of the key that encrypts the bucket's objects",
        );
        // S3 says of an object which key it has, never which alias: nothing would ever be verified.
        if !kms_key_arn.is_empty() && !kms_key_arn.contains(":key/") {
            environment.problem(
                "LECTERN_FILES_KMS_KEY_ARN is not the ARN of a key: set it to an ARN such as arn:aws:kms:eu-west-1:123456789012:key/..., not an alias"
                    .to_owned(),
            );
        }
        let max_bytes = environment.parsed(
            "LECTERN_UPLOAD_MAX_BYTES",
            MAX_BYTES,
            |bytes| (1..=MAX_BYTES).contains(bytes),
            "bytes from 1 to 5000000000",
        );
        let seconds = environment.parsed(
            "LECTERN_LINK_SECONDS",
            LINK_SECONDS,
            // A role that another role assumes lasts an hour at most.
            |seconds| (60..=3600).contains(seconds),
            "seconds from 60 to 3600",
        );
        Self {
            bucket,
            role_arn,
            kms_key_arn,
            content_types: content_types(environment),
            max_bytes,
            link: Duration::from_secs(seconds),
        }
    }
}

fn content_types(environment: &mut Environment<'_>) -> BTreeSet<String> {
    let name = "LECTERN_UPLOAD_CONTENT_TYPES";
    let given = environment.list(name);
    if given.is_empty() {
        return CONTENT_TYPES.map(str::to_owned).into();
    }
    if !given.iter().all(|given| is_media_type(given)) {
        environment.problem(format!(
            "{name} has an element that is no media type: write each like application/pdf, in small letters, without parameters \
             and *"
        ));
    }
    if let Some(active) = given.iter().find(|given| is_active(given)) {
        environment.problem(format!(
            "{name} has {active}, which browsers run as code: leave out html, javascript, ecmascript, xml, all that ends with +xml, \
             and multipart"
        ));
    }
    given.into_iter().collect()
}

/// As the contract has it.
fn is_media_type(text: &str) -> bool {
    let name = |text: &str| {
        let first = text.bytes().next();
        first.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$&^_.+-".contains(&byte))
    };
    text.len() <= 127
        && text
            .split_once('/')
            .is_some_and(|(kind, rest)| name(kind) && name(rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const GOOD: [(&str, &str); 3] = [
        ("LECTERN_FILES_BUCKET", "files"),
        ("LECTERN_FILES_ROLE_ARN", "arn:aws:iam::123456789012:role/files-write"),
        (
            "LECTERN_FILES_KMS_KEY_ARN",
            "arn:aws:kms:eu-west-1:123456789012:key/0b0e1f3a",
        ),
    ];

    fn read(more: &[(&str, &str)]) -> Result<Settings, String> {
        let variables: Vec<_> = more.iter().chain(&GOOD).copied().collect();
        let mut environment = Environment::new(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let settings = Settings::of(&mut environment);
        environment
            .finish()
            .map(|()| settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_set_has_values_that_serve() {
        let settings = read(&[]).unwrap();
        assert_eq!(
            (settings.max_bytes, settings.link),
            (5_000_000_000, Duration::from_secs(900))
        );
        assert_eq!(settings.content_types.len(), CONTENT_TYPES.len());
        assert!(settings.content_types.iter().all(|given| is_media_type(given)));
        assert!(!settings.content_types.iter().any(|given| is_active(given)));
    }

    #[test]
    fn what_is_set_is_taken() {
        let settings = read(&[
            ("LECTERN_UPLOAD_CONTENT_TYPES", "application/pdf, image/png"),
            ("LECTERN_UPLOAD_MAX_BYTES", "1000"),
            ("LECTERN_LINK_SECONDS", "60"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(
            settings.content_types.into_iter().collect::<Vec<_>>(),
            ["application/pdf", "image/png"]
        );
        assert_eq!((settings.max_bytes, settings.link), (1000, Duration::from_secs(60)));
    }

    #[test]
    fn every_value_that_cannot_be_used_is_named() {
        for (name, value) in [
            ("LECTERN_FILES_BUCKET", ""),
            ("LECTERN_FILES_ROLE_ARN", ""),
            ("LECTERN_FILES_KMS_KEY_ARN", ""),
            ("LECTERN_FILES_KMS_KEY_ARN", "arn:aws:kms:eu-west-1:1:alias/files"),
            ("LECTERN_UPLOAD_MAX_BYTES", "0"),
            ("LECTERN_UPLOAD_MAX_BYTES", "5000000001"),
            ("LECTERN_UPLOAD_MAX_BYTES", "5 GB"),
            ("LECTERN_LINK_SECONDS", "59"),
            ("LECTERN_LINK_SECONDS", "3601"),
            ("LECTERN_UPLOAD_CONTENT_TYPES", "text/html"),
            ("LECTERN_UPLOAD_CONTENT_TYPES", "image/png,image/svg+xml"),
            ("LECTERN_UPLOAD_CONTENT_TYPES", "application/rss+xml"),
            ("LECTERN_UPLOAD_CONTENT_TYPES", "text/ecmascript"),
            ("LECTERN_UPLOAD_CONTENT_TYPES", "multipart/x-mixed-replace"),
            ("LECTERN_UPLOAD_CONTENT_TYPES", "image/*"),
            ("LECTERN_UPLOAD_CONTENT_TYPES", "Image/png"),
            ("LECTERN_UPLOAD_CONTENT_TYPES", "text/plain; charset=utf-8"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.contains(name), "{name}={value}: {error}");
        }
    }
}
