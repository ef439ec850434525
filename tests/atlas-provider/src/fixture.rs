//! The schemas in `schemas/`, and their form on the wire.
//!
//! An attribute is `["mode", type]`, where the type is Terraform's own JSON for it (`"string"`, `["map", "string"]`), or an object with
//! `mode` and either `type` or `nesting` and `attributes`. The mode is `required`, `optional`, `computed` or `optional computed`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tfplugin6::proto::schema::{self, nested_block, object};

/// Type name and text of each resource's schema.
const RESOURCES: [(&str, &str); 9] = [
    (
        "mongodbatlas_advanced_cluster",
        include_str!("../schemas/advanced_cluster.json"),
    ),
    (
        "mongodbatlas_alert_configuration",
        include_str!("../schemas/alert_configuration.json"),
    ),
    ("mongodbatlas_auditing", include_str!("../schemas/auditing.json")),
    (
        "mongodbatlas_cloud_backup_schedule",
        include_str!("../schemas/cloud_backup_schedule.json"),
    ),
    (
        "mongodbatlas_cloud_provider_access_authorization",
        include_str!("../schemas/cloud_provider_access_authorization.json"),
    ),
    (
        "mongodbatlas_cloud_provider_access_setup",
        include_str!("../schemas/cloud_provider_access_setup.json"),
    ),
    (
        "mongodbatlas_database_user",
        include_str!("../schemas/database_user.json"),
    ),
    (
        "mongodbatlas_encryption_at_rest",
        include_str!("../schemas/encryption_at_rest.json"),
    ),
    ("mongodbatlas_project", include_str!("../schemas/project.json")),
];

/// Of the provider's own block.
const PROVIDER: &str = include_str!("../schemas/provider.json");

/// Of every argument and block: `terraform providers schema` shows where the real ones are.
const DESCRIPTION: &str = "See the documentation of mongodb/mongodbatlas 2.x.";

/// Arguments and nested blocks.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Block {
    /// Version of the resource's state.
    #[serde(default)]
    version: i64,
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, Attribute>,
    #[serde(default)]
    pub(crate) blocks: BTreeMap<String, NestedBlock>,
}

#[derive(Debug, Deserialize)]
#[serde(from = "Written")]
pub(crate) struct Attribute {
    mode: Mode,
    sensitive: bool,
    /// Value that the provider plans where the configuration has none.
    pub(crate) default: Option<Value>,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// Terraform's JSON of a type.
    Plain(Value),
    Nested(Nesting, BTreeMap<String, Attribute>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Nesting {
    Single,
    List,
    Set,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Mode {
    #[serde(rename = "required")]
    Required,
    #[serde(rename = "optional")]
    Optional,
    #[serde(rename = "computed")]
    Computed,
    #[serde(rename = "optional computed")]
    OptionalComputed,
}

/// An attribute as it is written.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Short(Mode, Value),
    Nested(WrittenNested),
    Long(WrittenLong),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNested {
    mode: Mode,
    nesting: Nesting,
    attributes: BTreeMap<String, Attribute>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLong {
    mode: Mode,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    default: Option<Value>,
    r#type: Value,
}

impl From<Written> for Attribute {
    fn from(written: Written) -> Self {
        let (mode, sensitive, default, kind) = match written {
            Written::Short(mode, r#type) => (mode, false, None, Kind::Plain(r#type)),
            Written::Nested(nested) => (
                nested.mode,
                false,
                None,
                Kind::Nested(nested.nesting, nested.attributes),
            ),
            Written::Long(long) => (long.mode, long.sensitive, long.default, Kind::Plain(long.r#type)),
        };
        Self {
            mode,
            sensitive,
            default,
            kind,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NestedBlock {
    pub(crate) nesting: Nesting,
    #[serde(default)]
    min_items: i64,
    /// 0 for any number.
    #[serde(default)]
    max_items: i64,
    pub(crate) attributes: BTreeMap<String, Attribute>,
}

impl Attribute {
    /// Whether the provider may set it.
    pub(crate) fn is_computed(&self) -> bool {
        matches!(self.mode, Mode::Computed | Mode::OptionalComputed)
    }

    fn to_wire(&self, name: &str) -> schema::Attribute {
        let mut wire = schema::Attribute {
            name: name.to_owned(),
            description: DESCRIPTION.to_owned(),
            required: self.mode == Mode::Required,
            optional: matches!(self.mode, Mode::Optional | Mode::OptionalComputed),
            computed: self.is_computed(),
            sensitive: self.sensitive,
            ..Default::default()
        };
        match &self.kind {
            Kind::Plain(r#type) => wire.r#type = r#type.to_string().into_bytes(),
            Kind::Nested(nesting, attributes) => {
                let nesting = match nesting {
                    Nesting::Single => object::NestingMode::Single,
                    Nesting::List => object::NestingMode::List,
                    Nesting::Set => object::NestingMode::Set,
                };
                wire.nested_type = Some(schema::Object {
                    attributes: to_wire(attributes),
                    nesting: nesting.into(),
                });
            }
        }
        wire
    }
}

fn to_wire(attributes: &BTreeMap<String, Attribute>) -> Vec<schema::Attribute> {
    let attributes = attributes.iter();
    attributes.map(|(name, attribute)| attribute.to_wire(name)).collect()
}

impl NestedBlock {
    fn to_wire(&self, name: &str) -> schema::NestedBlock {
        let nesting = match self.nesting {
            Nesting::Single => nested_block::NestingMode::Single,
            Nesting::List => nested_block::NestingMode::List,
            Nesting::Set => nested_block::NestingMode::Set,
        };
        schema::NestedBlock {
            type_name: name.to_owned(),
            block: Some(schema::Block {
                attributes: to_wire(&self.attributes),
                description: DESCRIPTION.to_owned(),
                ..Default::default()
            }),
            nesting: nesting.into(),
            min_items: self.min_items,
            max_items: self.max_items,
        }
    }
}

impl Block {
    fn parse(name: &str, text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("the schema of {name}: {error}"))
    }

    /// The message for Terraform.
    pub(crate) fn to_wire(&self) -> tfplugin6::proto::Schema {
        let block_types = self.blocks.iter().map(|(name, block)| block.to_wire(name));
        tfplugin6::proto::Schema {
            version: self.version,
            block: Some(schema::Block {
                attributes: to_wire(&self.attributes),
                block_types: block_types.collect(),
                description: DESCRIPTION.to_owned(),
                ..Default::default()
            }),
        }
    }
}

/// The schema of the provider's own block.
pub(crate) fn provider() -> Block {
    Block::parse("the provider", PROVIDER)
}

/// The schemas of all resources, by type name.
pub(crate) fn resources() -> BTreeMap<&'static str, Block> {
    let resources = RESOURCES.into_iter();
    resources.map(|(name, text)| (name, Block::parse(name, text))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn every_schema_is_read_and_every_file_is_a_resource() {
        let resources = resources();
        assert!(provider().attributes.contains_key("client_id"));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let resource = format!("mongodbatlas_{name}");
            assert!(
                name == "provider" || resources.contains_key(resource.as_str()),
                "{name}"
            );
        }
    }

    #[test]
    fn a_misspelled_key_is_refused() {
        for text in [
            r#"{ "attributes": { "id": { "mode": "computed", "typ": "string" } } }"#,
            r#"{ "attributes": { "id": ["calculated", "string"] } }"#,
            r#"{ "atributes": {} }"#,
            r#"{ "blocks": { "aws": { "nesting": "map", "attributes": {} } } }"#,
        ] {
            assert!(serde_json::from_str::<Block>(text).is_err(), "{text}");
        }
    }
}
