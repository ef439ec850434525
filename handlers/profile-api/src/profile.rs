//! A profile as its user sees it, and how it gets into a document and out of it.

use std::time::SystemTime;

use api_kit::{Kind, Problem};
use aws_lc_rs::rand;
use envelope::{Keyring, SubjectKey};
use mongodb::bson::DateTime;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::keys::{self, MAX_USES};
use crate::record::{ProfileRecord, SealedFields, binary};
use crate::sealed::{self, Field};

/// A profile that was decrypted, and the key that it takes to change it.
pub(crate) struct Opened {
    /// By the contract's schema `Profile`.
    pub(crate) profile: Value,
    /// None where no field of the document is encrypted.
    pub(crate) key: Option<SubjectKey>,
}

/// Decrypts a document; a user without one has an empty profile.
pub(crate) async fn open(
    record: Option<&ProfileRecord>,
    keyring: &Keyring,
    now: SystemTime,
) -> Result<Opened, Problem> {
    let mut profile = Map::new();
    let Some(record) = record else {
        return Ok(Opened {
            profile: profile.into(),
            key: None,
        });
    };
    for (name, text) in [("locale", &record.locale), ("time_zone", &record.time_zone)] {
        if let Some(text) = text {
            profile.insert(name.to_owned(), text.as_str().into());
        }
    }
    if let Some(notifications) = &record.notifications {
        let notifications = serde_json::to_value(notifications).map_err(|error| fault(error.to_string()))?;
        profile.insert("notifications".to_owned(), notifications);
    }
    if record.fields.is_empty() {
        return Ok(Opened {
            profile: profile.into(),
            key: None,
        });
    }
    let wrapped = record
        .data_key
        .as_ref()
        .ok_or_else(|| fault("the profile has encrypted fields and no data key"))?;
    let key = keyring
        .unwrap(&record.user, &wrapped.bytes, now)
        .await
        .map_err(keys::problem)?;
    for field in Field::ALL {
        if let Some(sealed) = record.fields.get(field) {
            match sealed::open(&key.key, &record.user, field, sealed) {
                Ok(value) => profile.insert(field.name().to_owned(), value),
                Err(error) => {
                    // Should it have been the key, the next request asks KMS for it.
                    keyring.forget(&record.user).await;
                    return Err(fault(error.to_string()));
                }
            };
        }
    }
    Ok(Opened {
        profile: profile.into(),
        key: Some(key),
    })
}

/// A profile after a merge patch, RFC 7396.
pub(crate) fn merged(profile: &Value, patch: &Value) -> Value {
    let mut merged = profile.clone();
    json_patch::merge(&mut merged, patch);
    merged
}

/// The next version of a document.
pub(crate) struct Next {
    pub(crate) record: ProfileRecord,
    /// A key that no document has had so far.
    pub(crate) new_key: Option<SubjectKey>,
}

/// Encrypts what differs between the profile that was opened and `profile`; the rest of the document stays as it is.
pub(crate) async fn next(
    user: &str,
    record: Option<&ProfileRecord>,
    opened: &Opened,
    profile: &Value,
    keyring: &Keyring,
    now: SystemTime,
) -> Result<Next, Problem> {
    let time = DateTime::from_system_time(now);
    let mut next = ProfileRecord {
        user: user.to_owned(),
        revision: revision()?,
        data_key: record.and_then(|record| record.data_key.clone()),
        key_uses: record.map_or(0, |record| record.key_uses),
        fields: record.map(|record| record.fields.clone()).unwrap_or_default(),
        locale: plain(profile, "locale")?,
        time_zone: plain(profile, "time_zone")?,
        notifications: plain(profile, "notifications")?,
        created_at: record.map_or(time, |record| record.created_at),
        updated_at: time,
    };
    let present: Vec<_> = Field::ALL
        .into_iter()
        .filter(|field| profile.get(field.name()).is_some())
        .collect();
    if present.is_empty() {
        // The key goes with the last that it was for.
        next.fields = SealedFields::default();
        next.data_key = None;
        next.key_uses = 0;
        return Ok(Next {
            record: next,
            new_key: None,
        });
    }
    let differs = |field: &Field| profile.get(field.name()) != opened.profile.get(field.name());
    let changed: Vec<_> = present.iter().copied().filter(differs).collect();
    let usable = opened
        .key
        .clone()
        .filter(|_| next.key_uses + uses(&changed) <= MAX_USES);
    let (key, to_seal, new_key) = match usable {
        Some(key) => (key, changed, None),
        None => {
            let key = keyring.make(user).await.map_err(keys::problem)?;
            next.data_key = Some(binary(key.wrapped.to_vec()));
            next.key_uses = 0;
            (key.clone(), present, Some(key))
        }
    };
    next.key_uses += uses(&to_seal);
    for field in Field::ALL {
        match profile.get(field.name()) {
            None => next.fields.set(field, None),
            Some(value) if to_seal.contains(&field) => {
                let sealed = sealed::seal(&key.key, user, field, value);
                let sealed = sealed.map_err(|error| fault(error.to_string()))?;
                next.fields.set(field, Some(sealed));
            }
            Some(_) => {}
        }
    }
    Ok(Next { record: next, new_key })
}

fn uses(fields: &[Field]) -> i64 {
    i64::try_from(fields.len()).unwrap_or(i64::MAX)
}

/// A field that is kept as it is. The contract's schema was checked before, so it is of its type.
fn plain<T: DeserializeOwned>(profile: &Value, name: &str) -> Result<Option<T>, Problem> {
    let value = profile.get(name).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|_| fault(format!("{name} is of another type than the contract's")))
}

/// 96 random bits: two versions of a profile never have the same.
fn revision() -> Result<String, Problem> {
    let mut bytes = [0; 12];
    rand::fill(&mut bytes).map_err(|_| fault("there are no random numbers"))?;
    Ok(hex::encode(bytes))
}

fn fault(cause: impl Into<String>) -> Problem {
    Problem::new(Kind::Internal).cause(cause)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// RFC 7396, appendix A.
    #[test]
    fn a_patch_does_what_the_examples_of_its_standard_say() {
        for (original, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b", "b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b", "b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (
                json!({"a":{"b":"c"}}),
                json!({"a":{"b":"d","c":null}}),
                json!({"a":{"b":"d"}}),
            ),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!({"e":null}), json!({"a":1}), json!({"e":null, "a":1})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            assert_eq!(merged(&original, &patch), result, "{original} {patch}");
        }
    }

    fn members(nulls: bool) -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            ".{0,4}".prop_map(Value::from),
            Just(if nulls { Value::Null } else { json!([1, {"x": null}]) }),
        ];
        let tree = leaf.prop_recursive(3, 24, 4, |inner| {
            proptest::collection::btree_map("[abc]", inner, 0..4).prop_map(|members| json!(members))
        });
        proptest::collection::btree_map("[abc]", tree, 0..4).prop_map(|members| json!(members))
    }

    proptest! {
        #[test]
        fn the_same_patch_twice_changes_nothing_more(profile in members(false), patch in members(true)) {
            let once = merged(&profile, &patch);
            prop_assert_eq!(merged(&once, &patch), once);
        }

        #[test]
        fn an_empty_patch_changes_nothing(profile in members(false)) {
            prop_assert_eq!(merged(&profile, &json!({})), profile);
        }

        #[test]
        fn each_member_is_the_patch_s_where_it_has_one_and_the_old_one_elsewhere(
            profile in members(false),
            patch in members(true),
        ) {
            let result = merged(&profile, &patch);
            for name in ["a", "b", "c"] {
                let expected = match patch.get(name) {
                    None => profile.get(name).cloned(),
                    Some(Value::Null) => None,
                    Some(Value::Object(_)) => {
                        let old = profile.get(name).cloned().unwrap_or_default();
                        Some(merged(&old, &patch[name]))
                    }
                    Some(other) => Some(other.clone()),
                };
                prop_assert_eq!(result.get(name).cloned(), expected, "{}", name);
            }
        }
    }
}
