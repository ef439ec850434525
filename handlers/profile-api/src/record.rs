//! A profile as MongoDB keeps it.

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, DateTime};
use serde::{Deserialize, Serialize};

use crate::sealed::Field;

/// Name of the collection.
pub(crate) const PROFILES: &str = "profiles";

/// One user's. A document with anything else in it was written by a later version of this function: it is refused, since to change
/// it would lose that.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileRecord {
    /// The caller's `sub`.
    #[serde(rename = "_id")]
    pub(crate) user: String,
    /// 24 hexadecimal digits, others with each change.
    pub(crate) revision: String,
    /// Wrapped by KMS; there as long as a field is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data_key: Option<Binary>,
    /// Fields that were encrypted with it.
    pub(crate) key_uses: i64,
    pub(crate) fields: SealedFields,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) notifications: Option<Notifications>,
    pub(crate) created_at: DateTime,
    pub(crate) updated_at: DateTime,
}

/// The contract's schema of the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notifications {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sms: Option<bool>,
}

/// What is personal, each as [`crate::sealed`] has it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealedFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Binary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Binary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<Binary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Binary>,
}

impl SealedFields {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn get(&self, field: Field) -> Option<&[u8]> {
        let binary = match field {
            Field::Name => &self.name,
            Field::Phone => &self.phone,
            Field::BirthDate => &self.birth_date,
            Field::Address => &self.address,
        };
        binary.as_ref().map(|binary| binary.bytes.as_slice())
    }

    pub(crate) fn set(&mut self, field: Field, sealed: Option<Vec<u8>>) {
        let place = match field {
            Field::Name => &mut self.name,
            Field::Phone => &mut self.phone,
            Field::BirthDate => &mut self.birth_date,
            Field::Address => &mut self.address,
        };
        *place = sealed.map(binary);
    }
}

pub(crate) fn binary(bytes: Vec<u8>) -> Binary {
    Binary {
        subtype: BinarySubtype::Generic,
        bytes,
    }
}
