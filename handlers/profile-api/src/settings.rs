//! The function's settings, from its environment variables.

use lambda_kit::Environment;

/// Settings of this function alone; those of [`api_kit::Api`] and [`lambda_kit::mongo::Database`] are read by them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub(crate) key_arn: String,
}

impl Settings {
    /// Reads them; what is wrong is kept by `environment`.
    pub fn of(environment: &mut Environment<'_>) -> Self {
        let key_arn = environment.required(
            "LECTERN_PROFILE_KMS_KEY_ARN",
            "the ARN of the KMS key that wraps users' data keys",
        );
        if !key_arn.is_empty() && !is_key(&key_arn) {
            environment.problem(
                "LECTERN_PROFILE_KMS_KEY_ARN is no ARN of a key: write it like arn:aws:kms:eu-west-1:123456789012:key/..., and not \
                 an alias's, which may be another key's tomorrow"
                    .to_owned(),
            );
        }
        Self { key_arn }
    }
}

fn is_key(arn: &str) -> bool {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let [scheme, partition, service, region, account, resource] = parts[..] else {
        return false;
    };
    let id = resource.strip_prefix("key/").unwrap_or_default();
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    scheme == "arn" && service == "kms" && [partition, region, account, id].into_iter().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_named_by_its_own_arn_and_nothing_else() {
        for (arn, good) in [
            (
                "arn:aws:kms:eu-west-1:123456789012:key/0b6e0000-1111-2222-3333-444455556666",
                true,
            ),
            ("arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1234abcd", true),
            ("", false),
            ("0b6e0000-1111-2222-3333-444455556666", false),
            ("alias/profiles", false),
            ("arn:aws:kms:eu-west-1:123456789012:alias/profiles", false),
            ("arn:aws:kms::123456789012:key/a", false),
            ("arn:aws:s3:eu-west-1:123456789012:key/a", false),
            ("arn:aws:kms:eu-west-1:123456789012:key/", false),
            ("arn:aws:kms:eu-west-1:123456789012:key/a b", false),
        ] {
            let mut environment = Environment::new(|_| Some(arn.to_owned()));
            Settings::of(&mut environment);
            let error = environment.finish().err().map(|error| error.to_string());
            assert_eq!(error.is_none(), good, "{arn}: {error:?}");
            assert!(
                good || error.is_some_and(|error| error.contains("LECTERN_PROFILE_KMS_KEY_ARN")),
                "{arn}"
            );
        }
    }
}
