//! A presigned POST: the form by which a browser puts one object, and no other, into the bucket. The SDK has none.
//!
//! Source: Amazon S3 API reference, "Authenticating Requests in Browser-Based Uploads Using POST" and "POST Policy".

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::time::{amz_date, rfc3339};

/// The tag of what was not verified yet, in XML as a form has it. The bucket's lifecycle rule removes what keeps it.
const TAGGING: &str = "<Tagging><TagSet><Tag><Key>upload</Key><Value>pending</Value></Tag></TagSet></Tagging>";

/// The object that a form puts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) region: &'a str,
    pub(crate) key: &'a str,
    pub(crate) content_type: &'a str,
    /// Bytes, neither fewer nor more.
    pub(crate) size: i64,
    /// In base64.
    pub(crate) sha256: &'a str,
    pub(crate) kms_key_arn: &'a str,
}

/// Fields of the form, in this order and before the file. Every one of them is a condition of the policy too, so that none can be
/// changed, added or left out.
pub(crate) fn presigned_post(
    form: &Form<'_>,
    credentials: &Credentials,
    now: SystemTime,
    expires_at: SystemTime,
) -> Vec<(&'static str, String)> {
    let date = amz_date(now);
    let day = date.get(..8).unwrap_or_default();
    let scope = format!("{}/{day}/{}/s3/aws4_request", credentials.access_key_id(), form.region);
    let mut fields = vec![
        ("key", form.key.to_owned()),
        ("Content-Type", form.content_type.to_owned()),
        ("x-amz-checksum-algorithm", "SHA256".to_owned()),
        ("x-amz-checksum-sha256", form.sha256.to_owned()),
        ("x-amz-server-side-encryption", "aws:kms".to_owned()),
        (
            "x-amz-server-side-encryption-aws-kms-key-id",
            form.kms_key_arn.to_owned(),
        ),
        ("tagging", TAGGING.to_owned()),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-credential", scope),
        ("x-amz-date", date),
    ];
    if let Some(token) = credentials.session_token() {
        fields.push(("x-amz-security-token", token.to_owned()));
    }
    let exact = |(name, value): &(&str, String)| json!({ *name: value });
    let mut conditions = vec![json!({ "bucket": form.bucket })];
    conditions.extend(fields.iter().map(exact));
    conditions.push(json!(["content-length-range", form.size, form.size]));
    let policy = json!({ "expiration": rfc3339(expires_at), "conditions": Value::Array(conditions) });
    let policy = STANDARD.encode(policy.to_string());
    let signature = sign(&policy, credentials.secret_access_key(), now, form.region);
    fields.push(("policy", policy));
    fields.push(("x-amz-signature", signature));
    fields
}

/// The string to sign of a POST is the policy itself, as it is sent.
fn sign(policy: &str, secret_access_key: &str, now: SystemTime, region: &str) -> String {
    let key = generate_signing_key(secret_access_key, now, region, "s3");
    calculate_signature(key, policy.as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::time::Duration;

    use super::*;

    /// 2015-12-29T00:00:00Z.
    const DAY: Duration = Duration::from_secs(1_451_347_200);
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn form() -> Form<'static> {
        Form {
            bucket: "sigv4examplebucket",
            region: "us-east-1",
            key: "files/0123456789abcdef0123456789abcdef",
            content_type: "application/pdf",
            size: 1234,
            sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            kms_key_arn: "arn:aws:kms:us-east-1:123456789012:key/0b0e1f3a",
        }
    }

    fn fields(token: Option<&str>) -> Vec<(&'static str, String)> {
        let token = token.map(str::to_owned);
        let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", SECRET, token, None, "test");
        let now = SystemTime::UNIX_EPOCH + DAY;
        presigned_post(&form(), &credentials, now, now + Duration::from_secs(900))
    }

    #[test]
    fn the_policy_of_amazons_example_has_amazons_signature() {
        // "Example: Browser-Based Upload using HTTP POST", with its line ends.
        let policy = [
            r#"{ "expiration": "2015-12-30T12:00:00.000Z","#,
            r#"  "conditions": ["#,
            r#"    {"bucket": "sigv4examplebucket"},"#,
            r#"    ["starts-with", "$key", "user/user1/"],"#,
            r#"    {"acl": "public-read"},"#,
            r#"    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},"#,
            r#"    ["starts-with", "$Content-Type", "image/"],"#,
            r#"    {"x-amz-meta-uuid": "14365123651274"},"#,
            r#"    {"x-amz-server-side-encryption": "AES256"},"#,
            r#"    ["starts-with", "$x-amz-meta-tag", ""],"#,
            "",
            r#"    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},"#,
            r#"    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},"#,
            r#"    {"x-amz-date": "20151229T000000Z" }"#,
            "  ]",
            "}",
        ];
        let policy = STANDARD.encode(policy.join("\r\n"));
        assert!(policy.starts_with("eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0K"));
        let signature = sign(&policy, SECRET, SystemTime::UNIX_EPOCH + DAY, "us-east-1");
        assert_eq!(
            signature,
            "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"
        );
    }

    #[test]
    fn a_session_token_is_a_field_and_a_condition() {
        for token in [None, Some("a/session+token==")] {
            let fields = fields(token);
            let sent = fields.iter().find(|(name, _)| *name == "x-amz-security-token");
            assert_eq!(sent.map(|(_, value)| value.as_str()), token);
            let conditions = conditions(&fields);
            let demanded = conditions
                .iter()
                .find_map(|condition| condition.get("x-amz-security-token"));
            assert_eq!(demanded.and_then(Value::as_str), token);
        }
    }

    #[test]
    fn every_field_is_demanded_as_it_is_and_the_file_has_one_size() {
        let fields = fields(Some("token"));
        let conditions = conditions(&fields);
        for (name, value) in &fields {
            let is_signature = ["policy", "x-amz-signature"].contains(name);
            let demanded = conditions.contains(&json!({ *name: value }));
            assert_eq!(demanded, !is_signature, "{name}");
        }
        assert!(conditions.contains(&json!({ "bucket": "sigv4examplebucket" })));
        assert!(conditions.contains(&json!(["content-length-range", 1234, 1234])));
        assert_eq!(conditions.len(), fields.len());
    }

    fn conditions(fields: &[(&str, String)]) -> Vec<Value> {
        let policy = fields.iter().find(|(name, _)| *name == "policy").unwrap();
        let policy: Value = serde_json::from_slice(&STANDARD.decode(&policy.1).unwrap()).unwrap();
        assert_eq!(policy["expiration"], "2015-12-29T00:15:00Z");
        policy["conditions"].as_array().unwrap().clone()
    }
}
