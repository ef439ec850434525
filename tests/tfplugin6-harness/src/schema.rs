//! The provider's schema, and the rules Terraform has for schemas.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tfplugin6::proto::{self, ResourceIdentitySchema, get_provider_schema, schema as wire};

use crate::diagnostic::attribute_path;

/// A type of Terraform's type system.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "Terraform's own names")]
pub enum Type {
    String,
    Number,
    Bool,
    /// Any type; the value carries its own.
    Dynamic,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Object(BTreeMap<String, Type>),
    Tuple(Vec<Type>),
}

impl Type {
    /// Reads a cty type constraint: `"string"`, `["list", "string"]`, `["object", {"a": "bool"}]`.
    ///
    /// # Errors
    /// It is not one.
    pub fn parse(json: &Value) -> anyhow::Result<Self> {
        let element = |json| Ok::<_, anyhow::Error>(Box::new(Self::parse(json)?));
        Ok(match json {
            Value::String(name) => match name.as_str() {
                "string" => Self::String,
                "number" => Self::Number,
                "bool" => Self::Bool,
                "dynamic" => Self::Dynamic,
                _ => bail!("unknown type {json}"),
            },
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(kind), argument] | [Value::String(kind), argument, _] => {
                    match (kind.as_str(), argument) {
                        ("list", element_type) => Self::List(element(element_type)?),
                        ("set", element_type) => Self::Set(element(element_type)?),
                        ("map", element_type) => Self::Map(element(element_type)?),
                        ("object", Value::Object(attributes)) => Self::Object(
                            attributes
                                .iter()
                                .map(|(name, json)| Ok((name.clone(), Self::parse(json)?)))
                                .collect::<anyhow::Result<_>>()?,
                        ),
                        ("tuple", Value::Array(elements)) => {
                            Self::Tuple(elements.iter().map(Self::parse).collect::<anyhow::Result<_>>()?)
                        }
                        _ => bail!("unknown type {json}"),
                    }
                }
                _ => bail!("unknown type {json}"),
            },
            _ => bail!("unknown type {json}"),
        })
    }

    fn from_wire(bytes: &[u8]) -> anyhow::Result<Self> {
        Self::parse(&serde_json::from_slice(bytes).context("a type that is not JSON")?)
    }
}

/// How nested objects are collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "Terraform's own names")]
pub enum Nesting {
    Single,
    List,
    Set,
    Map,
    Group,
}

/// What an attribute holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A value of a type.
    Plain(Type),
    /// Objects with attributes of their own.
    Nested(Nesting, Attributes),
    /// A nested block, in the older syntax.
    Block(Nesting, Attributes),
}

/// Attributes by name.
pub type Attributes = BTreeMap<String, Attribute>;

/// One attribute, or one block type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// What it holds.
    pub kind: Kind,
    /// The configuration must set it.
    pub required: bool,
    /// The configuration may set it.
    pub optional: bool,
    /// The provider may set it.
    pub computed: bool,
    /// Terraform hides its value.
    pub sensitive: bool,
}

impl Attribute {
    /// The type of its values.
    pub fn implied_type(&self) -> Type {
        match &self.kind {
            Kind::Plain(r#type) => r#type.clone(),
            Kind::Nested(nesting, attributes) | Kind::Block(nesting, attributes) => {
                let object = implied_type(attributes);
                match nesting {
                    Nesting::Single | Nesting::Group => object,
                    Nesting::List => Type::List(Box::new(object)),
                    Nesting::Set => Type::Set(Box::new(object)),
                    Nesting::Map => Type::Map(Box::new(object)),
                }
            }
        }
    }
}

/// The object type of a set of attributes.
pub fn implied_type(attributes: &Attributes) -> Type {
    Type::Object(
        attributes
            .iter()
            .map(|(name, attribute)| (name.clone(), attribute.implied_type()))
            .collect(),
    )
}

/// The schema of a provider, resource type or data source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Version of the stored state.
    pub version: i64,
    /// Attributes and blocks.
    pub attributes: Attributes,
}

/// A function's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Parameters in order.
    pub parameters: Vec<Parameter>,
    /// The parameter that takes all further arguments.
    pub variadic: Option<Parameter>,
    /// Type of the result.
    pub result: Type,
}

/// A function's parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in documentation and errors.
    pub name: String,
    /// Type of the argument.
    pub r#type: Type,
    /// Terraform calls the function with null.
    pub allow_null: bool,
    /// Terraform calls the function with unknown values.
    pub allow_unknown: bool,
}

/// Everything `GetProviderSchema` answers, checked.
#[derive(Debug, Clone, Default)]
pub struct ProviderSchema {
    /// The provider block.
    pub provider: Schema,
    /// Resource types.
    pub resources: BTreeMap<String, Schema>,
    /// Identities of resource types, of those that have one. "Required" and "optional" mean for an import.
    pub identities: BTreeMap<String, Schema>,
    /// Data sources.
    pub data_sources: BTreeMap<String, Schema>,
    /// Functions, without `provider::name::`.
    pub functions: BTreeMap<String, Function>,
    /// The schema of `provider_meta` blocks, which decides whether Terraform sends the value.
    pub provider_meta: Option<Schema>,
    /// Terraform asks for a plan of a destroy too.
    pub plan_destroy: bool,
    /// Terraform may use a schema fetched from another process of this provider.
    pub get_provider_schema_optional: bool,
}

/// Names that Terraform keeps for itself in resource and data blocks (terraform `internal/configs`).
const RESERVED: [&str; 7] = [
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
];

impl ProviderSchema {
    /// Takes the wire form over, refusing what Terraform refuses, and what our own rules refuse: an attribute without a
    /// description.
    ///
    /// # Errors
    /// Names the schema and the attribute's path.
    pub fn from_wire(response: get_provider_schema::Response) -> anyhow::Result<Self> {
        let schemas = |kind: &str, schemas: std::collections::HashMap<String, proto::Schema>| {
            schemas
                .into_iter()
                .map(|(name, schema)| {
                    let schema = Schema::from_wire(schema).with_context(|| format!("schema of {kind} {name}"))?;
                    for reserved in RESERVED {
                        ensure!(
                            !schema.attributes.contains_key(reserved),
                            "schema of {kind} {name}: {reserved}: the name is reserved"
                        );
                    }
                    Ok((name, schema))
                })
                .collect::<anyhow::Result<BTreeMap<_, _>>>()
        };
        let capabilities = response.server_capabilities.unwrap_or_default();
        Ok(Self {
            provider: Schema::from_wire(response.provider.context("no schema of the provider")?)
                .context("schema of the provider")?,
            resources: schemas("resource", response.resource_schemas)?,
            data_sources: schemas("data source", response.data_source_schemas)?,
            functions: response
                .functions
                .into_iter()
                .map(|(name, function)| {
                    let function = Function::from_wire(function).with_context(|| format!("function {name}"))?;
                    Ok((name, function))
                })
                .collect::<anyhow::Result<_>>()?,
            identities: BTreeMap::new(),
            provider_meta: response
                .provider_meta
                .map(Schema::from_wire)
                .transpose()
                .context("schema of the meta")?,
            plan_destroy: capabilities.plan_destroy,
            get_provider_schema_optional: capabilities.get_provider_schema_optional,
        })
    }
}

impl ProviderSchema {
    /// Adds what `GetResourceIdentitySchemas` answers, under the same rules.
    ///
    /// # Errors
    /// Names the type and the attribute's path.
    pub fn with_identities(
        mut self,
        identities: impl IntoIterator<Item = (String, ResourceIdentitySchema)>,
    ) -> anyhow::Result<Self> {
        for (name, identity) in identities {
            ensure!(
                self.resources.contains_key(&name),
                "identity of {name}: no such resource"
            );
            let schema = Schema::from_identity(identity).with_context(|| format!("identity of {name}"))?;
            self.identities.insert(name, schema);
        }
        Ok(self)
    }
}

impl Schema {
    fn from_identity(identity: ResourceIdentitySchema) -> anyhow::Result<Self> {
        let attributes = identity.identity_attributes.into_iter();
        let attributes = attributes.map(|attribute| wire::Attribute {
            name: attribute.name,
            r#type: attribute.r#type,
            description: attribute.description,
            required: attribute.required_for_import,
            optional: attribute.optional_for_import,
            ..Default::default()
        });
        Ok(Self {
            version: identity.version,
            attributes: attributes_from_wire(attributes.collect(), "")?,
        })
    }

    fn from_wire(schema: proto::Schema) -> anyhow::Result<Self> {
        let block = schema.block.context("no block")?;
        Ok(Self {
            version: schema.version,
            attributes: attributes_of_block(block, "")?,
        })
    }
}

fn attributes_of_block(block: wire::Block, path: &str) -> anyhow::Result<Attributes> {
    let mut attributes = attributes_from_wire(block.attributes, path)?;
    for block_type in block.block_types {
        let path = attribute_path(path, &block_type.type_name);
        let inner = attributes_of_block(block_type.block.with_context(|| format!("{path}: no block"))?, &path)?;
        let nesting = match wire::nested_block::NestingMode::try_from(block_type.nesting) {
            Ok(wire::nested_block::NestingMode::Single) => Nesting::Single,
            Ok(wire::nested_block::NestingMode::List) => Nesting::List,
            Ok(wire::nested_block::NestingMode::Set) => Nesting::Set,
            Ok(wire::nested_block::NestingMode::Map) => Nesting::Map,
            Ok(wire::nested_block::NestingMode::Group) => Nesting::Group,
            _ => bail!("{path}: unknown nesting"),
        };
        let block = Attribute {
            kind: Kind::Block(nesting, inner),
            required: false,
            optional: true,
            computed: false,
            sensitive: false,
        };
        ensure!(
            attributes.insert(block_type.type_name, block).is_none(),
            "{path}: the name is given twice"
        );
    }
    Ok(attributes)
}

fn attributes_from_wire(list: Vec<wire::Attribute>, path: &str) -> anyhow::Result<Attributes> {
    let mut attributes = Attributes::new();
    for attribute in list {
        let path = attribute_path(path, &attribute.name);
        let (name, attribute) = attribute_from_wire(attribute, &path)?;
        ensure!(
            attributes.insert(name, attribute).is_none(),
            "{path}: the name is given twice"
        );
    }
    Ok(attributes)
}

fn attribute_from_wire(attribute: wire::Attribute, path: &str) -> anyhow::Result<(String, Attribute)> {
    let wire::Attribute {
        name,
        r#type,
        nested_type,
        description,
        required,
        optional,
        computed,
        sensitive,
        ..
    } = attribute;
    let lower_case = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    ensure!(
        !name.is_empty() && name.chars().all(lower_case),
        "{path}: a name has lower-case letters, digits and `_`"
    );
    ensure!(
        !description.is_empty() && description != "empty",
        "{path}: no description"
    );
    ensure!(
        required || optional || computed,
        "{path}: neither required nor optional nor computed"
    );
    ensure!(!(required && optional), "{path}: required and optional");
    ensure!(!(required && computed), "{path}: required and computed");
    let kind = match (r#type.as_slice(), nested_type) {
        ([], None) => bail!("{path}: neither type nor nested type"),
        (r#type, None) => Kind::Plain(Type::from_wire(r#type).with_context(|| path.to_owned())?),
        ([], Some(object)) => {
            let nesting = match wire::object::NestingMode::try_from(object.nesting) {
                Ok(wire::object::NestingMode::Single) => Nesting::Single,
                Ok(wire::object::NestingMode::List) => Nesting::List,
                Ok(wire::object::NestingMode::Set) => Nesting::Set,
                Ok(wire::object::NestingMode::Map) => Nesting::Map,
                _ => bail!("{path}: unknown nesting"),
            };
            Kind::Nested(nesting, attributes_from_wire(object.attributes, path)?)
        }
        (_, Some(_)) => bail!("{path}: type and nested type"),
    };
    Ok((
        name,
        Attribute {
            kind,
            required,
            optional,
            computed,
            sensitive,
        },
    ))
}

impl Function {
    fn from_wire(function: proto::Function) -> anyhow::Result<Self> {
        ensure!(!function.summary.is_empty(), "no summary");
        let parameter = |parameter: proto::function::Parameter| {
            let name = parameter.name;
            ensure!(!name.is_empty(), "a parameter has no name");
            ensure!(!parameter.description.is_empty(), "{name}: no description");
            Ok(Parameter {
                r#type: Type::from_wire(&parameter.r#type).with_context(|| name.clone())?,
                name,
                allow_null: parameter.allow_null_value,
                allow_unknown: parameter.allow_unknown_values,
            })
        };
        Ok(Self {
            parameters: function
                .parameters
                .into_iter()
                .map(parameter)
                .collect::<anyhow::Result<_>>()?,
            variadic: function.variadic_parameter.map(parameter).transpose()?,
            result: Type::from_wire(&function.r#return.context("no result")?.r#type).context("result")?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn text() -> wire::Attribute {
        wire::Attribute {
            name: "text".to_owned(),
            r#type: b"\"string\"".to_vec(),
            description: "A text.".to_owned(),
            optional: true,
            ..Default::default()
        }
    }

    fn provider_with(attribute: wire::Attribute) -> get_provider_schema::Response {
        let nested = wire::Attribute {
            name: "nested".to_owned(),
            r#type: Vec::new(),
            nested_type: Some(wire::Object {
                attributes: vec![attribute],
                nesting: 4,
            }),
            ..text()
        };
        let block = wire::Block {
            attributes: vec![nested],
            ..Default::default()
        };
        let schema = proto::Schema {
            version: 0,
            block: Some(block),
        };
        get_provider_schema::Response {
            provider: Some(proto::Schema {
                version: 0,
                block: Some(wire::Block::default()),
            }),
            resource_schemas: [("probe_thing".to_owned(), schema)].into(),
            ..Default::default()
        }
    }

    #[test]
    fn schemas_that_terraform_refuses_are_refused_with_their_path() {
        let object = wire::Object {
            attributes: Vec::new(),
            nesting: 1,
        };
        let cases = [
            (
                "both kinds of type",
                wire::Attribute {
                    nested_type: Some(object),
                    ..text()
                },
                "type and nested type",
            ),
            (
                "no type",
                wire::Attribute {
                    r#type: Vec::new(),
                    ..text()
                },
                "neither type nor nested type",
            ),
            (
                "no description",
                wire::Attribute {
                    description: String::new(),
                    ..text()
                },
                "no description",
            ),
            (
                "a placeholder",
                wire::Attribute {
                    description: "empty".to_owned(),
                    ..text()
                },
                "no description",
            ),
            (
                "nobody sets it",
                wire::Attribute {
                    optional: false,
                    ..text()
                },
                "neither required nor optional",
            ),
            (
                "required and optional",
                wire::Attribute {
                    required: true,
                    ..text()
                },
                "required and optional",
            ),
            (
                "required and computed",
                wire::Attribute {
                    required: true,
                    optional: false,
                    computed: true,
                    ..text()
                },
                "required and computed",
            ),
        ];
        for (name, attribute, expected) in cases {
            let error = format!("{:#}", ProviderSchema::from_wire(provider_with(attribute)).unwrap_err());
            assert!(
                error.contains("probe_thing: nested.text: ") && error.contains(expected),
                "{name}: {error}"
            );
        }
        ProviderSchema::from_wire(provider_with(text())).unwrap();
    }

    #[test]
    fn reserved_names_are_refused() {
        let mut provider = provider_with(text());
        let schema = provider.resource_schemas.get_mut("probe_thing").unwrap();
        schema.block.as_mut().unwrap().attributes.push(wire::Attribute {
            name: "count".to_owned(),
            ..text()
        });
        let error = format!("{:#}", ProviderSchema::from_wire(provider).unwrap_err());
        assert!(error.contains("probe_thing: count: the name is reserved"), "{error}");
    }
}
