//! As much of the schema of `hashicorp/aws` as is needed: Terraform decodes it in every command, all 1,500 types of it, which takes
//! seconds of CPU each time. A type that is not in it is one that Terraform refuses by name.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use local_cloud::workspace;

/// What names of types start with.
const PREFIX: &str = "aws_";

/// The types that the HCL of this workspace names, also that within tests, in order.
///
/// # Errors
/// A folder or file cannot be read.
pub fn used_types() -> Result<Vec<String>> {
    let mut found = BTreeSet::new();
    for folder in ["terraform", "examples", "tests", "docs"] {
        scan(&workspace::root().join(folder), &mut found)?;
    }
    Ok(found.into_iter().collect())
}

fn scan(folder: &Path, found: &mut BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() && !entry.file_name().to_string_lossy().starts_with('.') {
            scan(&path, found)?;
        } else if kind.is_file()
            && path
                .extension()
                .is_some_and(|extension| ["tf", "hcl", "md", "rs"].iter().any(|known| extension == *known))
        {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            found.extend(words.filter(|word| word.starts_with(PREFIX)).map(str::to_owned));
        }
    }
    Ok(())
}

/// `message`, the answer to Terraform's question for a provider's schema, without those types of `hashicorp/aws` that are not in
/// `needed`.
///
/// All fields of that message are messages or, for each kind of type, entries of a map by the type's name (Terraform's plugin protocol,
/// `GetProviderSchema.Response`).
///
/// # Errors
/// It is no such message.
pub fn trimmed(message: &[u8], needed: &BTreeSet<&str>) -> Result<Vec<u8>> {
    const LENGTH_DELIMITED: usize = 2;
    let mut kept = Vec::new();
    let mut rest = message;
    while !rest.is_empty() {
        let field = rest;
        let key = prost::decode_length_delimiter(&mut rest)?;
        ensure!(key & 7 == LENGTH_DELIMITED, "field {} is not a message", key >> 3);
        let length = prost::decode_length_delimiter(&mut rest)?;
        let (value, after) = rest.split_at_checked(length).context("the message ends too early")?;
        rest = after;
        let is_needed = map_key(value).is_none_or(|name| !name.starts_with(PREFIX) || needed.contains(name));
        if is_needed {
            kept.extend_from_slice(&field[..field.len() - rest.len()]);
        }
    }
    Ok(kept)
}

/// The key, if `value` is an entry of a map by texts.
fn map_key(value: &[u8]) -> Option<&str> {
    const FIRST_FIELD_A_TEXT: u8 = 0x0a;
    let mut rest = value.strip_prefix(&[FIRST_FIELD_A_TEXT])?;
    let length = prost::decode_length_delimiter(&mut rest).ok()?;
    std::str::from_utf8(rest.get(..length)?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::collections::HashMap;

    use prost::Message;

    use super::*;

    #[derive(Clone, PartialEq, Message)]
    struct Schema {
        #[prost(int64, tag = "1")]
        version: i64,
    }

    #[derive(Clone, PartialEq, Message)]
    struct Answer {
        #[prost(message, optional, tag = "1")]
        provider: Option<Schema>,
        #[prost(map = "string, message", tag = "2")]
        resources: HashMap<String, Schema>,
        #[prost(map = "string, message", tag = "7")]
        functions: HashMap<String, Schema>,
    }

    #[test]
    fn only_types_of_the_aws_provider_that_nobody_names_are_left_out() {
        let schema = |version| Schema { version };
        let named = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), schema(7))).collect();
        let answer = |resources: &[&str]| Answer {
            provider: Some(schema(1)),
            resources: named(resources),
            functions: named(&["arn_parse"]),
        };
        let whole = answer(&["aws_vpc", "aws_vpc_ipam", "lectern_alarm_bundle"]).encode_to_vec();
        let less = trimmed(&whole, &BTreeSet::from(["aws_vpc"])).unwrap();
        let expected = answer(&["aws_vpc", "lectern_alarm_bundle"]);
        assert_eq!(Answer::decode(less.as_slice()).unwrap(), expected);
    }

    #[test]
    fn what_is_cut_off_or_no_schema_is_refused() {
        let whole = Answer {
            provider: Some(Schema { version: 1 }),
            ..Answer::default()
        }
        .encode_to_vec();
        assert!(trimmed(&whole[..whole.len() - 1], &BTreeSet::new()).is_err());
        assert!(trimmed(&Schema { version: 1 }.encode_to_vec(), &BTreeSet::new()).is_err());
    }

    #[test]
    fn the_types_of_modules_examples_and_tests_are_found() {
        let types = used_types().unwrap();
        for name in ["aws_s3_bucket", "aws_lambda_function", "aws_iam_policy_document"] {
            assert!(types.iter().any(|found| found == name), "{name}");
        }
    }
}
