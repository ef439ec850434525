//! Values that payload, keys and manifest share, each checked once when it is parsed.

mod namespace;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use namespace::{Namespace, Ordinal};

/// A value that was refused: what it should have been and what to write. It holds nothing of the value itself, because a
/// connection string pasted into the wrong field must not travel into logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}: {reason}")]
pub struct Invalid {
    /// What was wanted, with its article: "a bucket name".
    pub expected: &'static str,
    /// What to write instead.
    pub reason: &'static str,
}

impl Invalid {
    pub(crate) const fn new(expected: &'static str, reason: &'static str) -> Self {
        Self { expected, reason }
    }
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $reason:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// [`Invalid`] when the value breaks the rule above.
            pub fn parse(value: &str) -> Result<Self, Invalid> {
                let check: fn(&str) -> bool = $check;
                if check(value) {
                    return Ok(Self(value.to_owned()));
                }
                Err(Invalid::new($expected, $reason))
            }

            /// The value as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(value: String) -> Result<Self, Invalid> {
                Self::parse(&value)
            }
        }
    };
}

name_type! {
    /// The cluster a dump is taken of, as a part of its keys: 1 to 64 letters, digits, `-`, `_` and `.`, a letter or
    /// digit first. Atlas's own names (letters, digits, inner hyphens) are among them.
    ClusterName, "a cluster name",
    "write 1 to 64 letters, digits, hyphens, underscores and dots, a letter or digit first",
    |value| {
        (1..=64).contains(&value.len())
            && value.starts_with(|c: char| c.is_ascii_alphanumeric())
            && value.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(&c))
    }
}

name_type! {
    /// A general purpose bucket: 3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends,
    /// no two dots in a row. Source: S3 User Guide, bucket naming rules.
    BucketName, "a bucket name",
    "write 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends",
    |value| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        (3..=63).contains(&value.len())
            && value.chars().all(|c| plain(c) || c == '-' || c == '.')
            && value.starts_with(plain)
            && value.ends_with(plain)
            && !value.contains("..")
    }
}

name_type! {
    /// What every key of every dump begins with: 1 to 128 letters, digits, `!`, `-`, `_`, `.`, `'`, `(`, `)` and single
    /// slashes between them. Source of the characters: S3 User Guide, safe characters, without `*`, which is a wildcard in
    /// IAM policies. Source of the length: an object key has at most 1,024 bytes, and the longest namespace needs the rest.
    Prefix, "a prefix",
    "write 1 to 128 letters, digits and -_.!'() with single slashes between them, none at either end",
    |value| {
        (1..=128).contains(&value.len())
            && value.split('/').all(|segment| {
                !matches!(segment, "" | "." | "..")
                    && segment.bytes().all(|c| c.is_ascii_alphanumeric() || b"!-_.'()".contains(&c))
            })
    }
}

name_type! {
    /// A Secrets Manager secret: `arn:aws:secretsmanager:<region>:<account>:secret:<name>`. The secret itself never
    /// travels in a payload.
    SecretArn, "the ARN of a secret",
    "write the secret's ARN, arn:aws:secretsmanager:<region>:<account>:secret:<name>, never what it holds",
    |value| arn(value, "secretsmanager").is_some_and(|(region, resource)| {
        !region.is_empty() && resource.strip_prefix("secret:").is_some_and(|name| !name.is_empty())
    })
}

name_type! {
    /// A KMS key or alias: `arn:aws:kms:<region>:<account>:key/<id>` or `...:alias/<name>`.
    KmsKeyArn, "the ARN of a KMS key",
    "write arn:aws:kms:<region>:<account>:key/<id> or arn:aws:kms:<region>:<account>:alias/<name>",
    |value| arn(value, "kms").is_some_and(|(region, resource)| {
        let id = resource.strip_prefix("key/").or_else(|| resource.strip_prefix("alias/"));
        !region.is_empty() && id.is_some_and(|id| !id.is_empty())
    })
}

name_type! {
    /// An IAM role: `arn:aws:iam::<account>:role/<path and name>`.
    RoleArn, "the ARN of a role",
    "write arn:aws:iam::<account>:role/<name>",
    |value| arn(value, "iam").is_some_and(|(region, resource)| {
        region.is_empty() && resource.strip_prefix("role/").is_some_and(|name| !name.is_empty())
    })
}

name_type! {
    /// An EventBridge Scheduler schedule: `arn:aws:scheduler:<region>:<account>:schedule/<group>/<name>`.
    ScheduleArn, "the ARN of a schedule",
    "write arn:aws:scheduler:<region>:<account>:schedule/<group>/<name>",
    |value| arn(value, "scheduler").is_some_and(|(region, resource)| {
        let name = resource.strip_prefix("schedule/").and_then(|rest| rest.split_once('/'));
        !region.is_empty()
            && name.is_some_and(|(group, name)| !group.is_empty() && !name.is_empty() && !name.contains('/'))
    })
}

name_type! {
    /// The version ID that S3 gives an object in a versioned bucket: 1 to 1,024 printable characters without a blank, not `null`, which is the one version that
    /// S3 replaces in a bucket whose versioning is suspended. Source: S3 User Guide, how S3 versioning works.
    VersionId, "a version ID of S3",
    "write it as S3 answered it, 1 to 1,024 printable characters",
    |value| (1..=1_024).contains(&value.len()) && value.bytes().all(|c| c.is_ascii_graphic()) && value != "null"
}

impl ScheduleArn {
    /// The schedule's name without its group: the `Schedule` dimension of the dump's metrics.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

/// Region and resource of an ARN of `service`. Any partition (`aws`, `aws-cn`, `aws-us-gov`); IAM's ARNs have no region.
fn arn<'a>(value: &'a str, service: &str) -> Option<(&'a str, &'a str)> {
    // The longest of the five, a KMS or role ARN with its path, stays far below 2,048 characters.
    let printable = value.bytes().all(|c| c.is_ascii_graphic() && !b"<>\"\\".contains(&c));
    if !printable || value.len() > 2_048 {
        return None;
    }
    let mut parts = value.splitn(6, ':');
    let mut next = || parts.next();
    let head = next()? == "arn" && next()?.starts_with("aws") && next()? == service;
    let (region, account, resource) = (next()?, next()?, next()?);
    let account = account.len() == 12 && account.bytes().all(|c| c.is_ascii_digit());
    (head && account).then_some((region, resource))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn table<T>(parse: fn(&str) -> Result<T, Invalid>, good: &[&str], bad: &[&str]) {
        for value in good {
            assert!(parse(value).is_ok(), "{value:?}");
        }
        for value in bad {
            assert!(parse(value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn clusters_buckets_and_prefixes_hold_to_their_rules() {
        let longest = "a".repeat(64);
        table(
            ClusterName::parse,
            &["m", "Main-01", "a_b.c", &longest],
            &["", "-main", ".", "..", "a/b", "a b", "naïve", &format!("{longest}a")],
        );
        table(
            BucketName::parse,
            &["abc", "my-bucket.1"],
            &["ab", "Abc", "abc-", ".abc", "a..b", "a_b", "s3://abc", &"a".repeat(64)],
        );
        let longest = "p".repeat(128);
        table(
            Prefix::parse,
            &["mongo", "a/b/c", "Team's(1)!", &longest],
            &[
                "",
                "/",
                "/mongo",
                "mongo/",
                "a//b",
                ".",
                "a/../b",
                "a b",
                "a*",
                "é",
                "a\\b",
                &format!("{longest}p"),
            ],
        );
    }

    #[test]
    fn arns_are_those_of_their_service() {
        table(
            SecretArn::parse,
            &[
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf",
                "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:m",
            ],
            &[
                "mongodb://user:password@host",
                "arn:aws:secretsmanager::123456789012:secret:m",
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:",
                "arn:aws:secretsmanager:eu-west-1:12345:secret:m",
                "arn:aws:ssm:eu-west-1:123456789012:parameter/m",
            ],
        );
        table(
            KmsKeyArn::parse,
            &[
                "arn:aws:kms:eu-west-1:123456789012:key/1234",
                "arn:aws:kms:eu-west-1:123456789012:alias/dumps",
            ],
            &[
                "alias/dumps",
                "arn:aws:kms:eu-west-1:123456789012:key/",
                "arn:aws:kms:eu-west-1:123456789012:grant/1",
            ],
        );
        table(
            RoleArn::parse,
            &[
                "arn:aws:iam::123456789012:role/Dump",
                "arn:aws:iam::123456789012:role/service/Dump",
            ],
            &[
                "Dump",
                "arn:aws:iam::123456789012:user/Dump",
                "arn:aws:iam:eu-west-1:123456789012:role/Dump",
                "arn:aws:iam::123456789012:role/a b",
            ],
        );
        table(
            ScheduleArn::parse,
            &["arn:aws:scheduler:eu-west-1:123456789012:schedule/default/Six"],
            &[
                "<aws.scheduler.schedule-arn>",
                "arn:aws:scheduler:eu-west-1:123456789012:schedule/Six",
                "arn:aws:scheduler:eu-west-1:123456789012:schedule/a/b/c",
                "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/a",
            ],
        );
        let schedule = ScheduleArn::parse("arn:aws:scheduler:eu-west-1:123456789012:schedule/default/Six").unwrap();
        assert_eq!(schedule.name(), "Six");
    }

    #[test]
    fn a_refusal_repeats_nothing_of_the_value() {
        let error = SecretArn::parse("mongodb://user:hunter2@host").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
