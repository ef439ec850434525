//! Schemas: tf-provider's attributes, plus what its types have no word for.

use std::collections::BTreeMap;
use std::time::Duration;

use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Block, Description};
use tf_provider::{AttributePath, Diagnostics};

use crate::operation::validate_duration;
use crate::{Tree, error};

/// Checks one known, non-null value; unknown and null values are never shown to it.
pub(crate) type Validator = Box<dyn Fn(&Tree, &AttributePath, &mut Diagnostics) + Send + Sync>;

/// Whether two known values mean the same.
pub(crate) type Sameness = fn(&Tree, &Tree) -> bool;

/// The schema of a resource, data source or provider.
pub struct Schema {
    pub(crate) version: i64,
    pub(crate) description: &'static str,
    pub(crate) attributes: BTreeMap<&'static str, Attr>,
    pub(crate) identity: Vec<(&'static str, &'static str)>,
}

impl Schema {
    /// A schema of version 0 with these attributes. `description` is Markdown, shown on the documentation page.
    #[must_use]
    pub fn new(description: &'static str, attributes: impl IntoIterator<Item = (&'static str, Attr)>) -> Self {
        Self {
            version: 0,
            description,
            attributes: attributes.into_iter().collect(),
            identity: Vec::new(),
        }
    }

    /// Gives the resource an identity: the attributes, each with a description, whose effective values are, in this order and
    /// joined by `/`, the computed `id` and the import id. An import may leave out an attribute that has a default.
    #[must_use]
    pub fn identity(mut self, parts: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        self.identity = parts.into_iter().collect();
        self
    }

    /// Sets the version. A resource that raises it must answer [`crate::Resource::upgrade`] for all earlier ones.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.version = version;
        self
    }

    /// The schema in tf-provider's types.
    #[must_use]
    pub fn to_tf(&self) -> tf_provider::schema::Schema {
        tf_provider::schema::Schema {
            version: self.version,
            block: Block {
                version: self.version,
                attributes: to_tf(&self.attributes),
                blocks: Default::default(),
                description: Description::markdown(self.description),
                deprecated: false,
            },
        }
    }

    /// The time `timeouts.<operation>` grants when it is not set.
    pub(crate) fn default_timeout(&self, operation: &str) -> Option<Duration> {
        let Some(Attr {
            kind: Kind::Single(attributes),
            ..
        }) = self.attributes.get("timeouts")
        else {
            return None;
        };
        let Some(Tree::String(default)) = &attributes.get(operation)?.default else {
            return None;
        };
        crate::parse_duration(default).ok()
    }
}

fn to_tf(attributes: &BTreeMap<&'static str, Attr>) -> std::collections::HashMap<String, Attribute> {
    attributes
        .iter()
        .map(|(name, attr)| ((*name).to_owned(), attr.to_tf()))
        .collect()
}

pub(crate) enum Kind {
    Leaf(AttributeType),
    Single(BTreeMap<&'static str, Attr>),
    List(BTreeMap<&'static str, Attr>),
    Map(BTreeMap<&'static str, Attr>),
}

/// One attribute: optional unless told otherwise.
pub struct Attr {
    pub(crate) kind: Kind,
    pub(crate) constraint: AttributeConstraint,
    pub(crate) description: String,
    pub(crate) sensitive: bool,
    pub(crate) requires_replace: bool,
    pub(crate) keep_known: bool,
    pub(crate) same: Option<Sameness>,
    pub(crate) default: Option<Tree>,
    pub(crate) validators: Vec<Validator>,
}

impl Attr {
    fn new(kind: Kind, description: impl Into<String>) -> Self {
        Self {
            kind,
            constraint: AttributeConstraint::Optional,
            description: description.into(),
            sensitive: false,
            requires_replace: false,
            keep_known: false,
            same: None,
            default: None,
            validators: Vec::new(),
        }
    }

    /// A string. Descriptions are Markdown.
    #[must_use]
    pub fn string(description: impl Into<String>) -> Self {
        Self::new(Kind::Leaf(AttributeType::String), description)
    }

    /// A number, exact.
    #[must_use]
    pub fn number(description: impl Into<String>) -> Self {
        Self::new(Kind::Leaf(AttributeType::Number), description)
    }

    /// A boolean; true = do it.
    #[must_use]
    pub fn bool(description: impl Into<String>) -> Self {
        Self::new(Kind::Leaf(AttributeType::Bool), description)
    }

    /// A list of strings.
    #[must_use]
    pub fn strings(description: impl Into<String>) -> Self {
        Self::new(
            Kind::Leaf(AttributeType::List(Box::new(AttributeType::String))),
            description,
        )
    }

    /// A set of strings, for collections the remote API keeps no order of.
    #[must_use]
    pub fn string_set(description: impl Into<String>) -> Self {
        Self::new(
            Kind::Leaf(AttributeType::Set(Box::new(AttributeType::String))),
            description,
        )
    }

    /// A map of strings.
    #[must_use]
    pub fn string_map(description: impl Into<String>) -> Self {
        Self::new(
            Kind::Leaf(AttributeType::Map(Box::new(AttributeType::String))),
            description,
        )
    }

    /// One nested object: `name = { ... }`.
    #[must_use]
    pub fn single(description: impl Into<String>, attributes: impl IntoIterator<Item = (&'static str, Attr)>) -> Self {
        Self::new(Kind::Single(attributes.into_iter().collect()), description)
    }

    /// A list of nested objects: `name = [{ ... }]`.
    #[must_use]
    pub fn list(description: impl Into<String>, attributes: impl IntoIterator<Item = (&'static str, Attr)>) -> Self {
        Self::new(Kind::List(attributes.into_iter().collect()), description)
    }

    /// A map of nested objects: `name = { key = { ... } }`.
    #[must_use]
    pub fn map(description: impl Into<String>, attributes: impl IntoIterator<Item = (&'static str, Attr)>) -> Self {
        Self::new(Kind::Map(attributes.into_iter().collect()), description)
    }

    /// The usual `timeouts` attribute: operation and its default, for example `("create", "30m")`.
    #[must_use]
    pub fn timeouts(defaults: &[(&'static str, &'static str)]) -> Self {
        Self::single(
            "Maximum duration of each operation. When it is exceeded, the operation returns an error, and the state \
             contains what exists at that time.",
            defaults.iter().map(|(operation, default)| {
                let attr = Attr::string(format!(
                    "Timeout of the {operation} operation, for example `30m` or `1h30m`."
                ));
                (*operation, attr.default(*default).validate(validate_duration))
            }),
        )
    }

    /// Must be in the configuration.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.constraint = AttributeConstraint::Required;
        self
    }

    /// Set by the provider only.
    #[must_use]
    pub fn computed(mut self) -> Self {
        self.constraint = AttributeConstraint::Computed;
        self
    }

    /// May be configured; the provider sets it otherwise.
    #[must_use]
    pub fn optional_computed(mut self) -> Self {
        self.constraint = AttributeConstraint::OptionalComputed;
        self
    }

    /// Hidden in plans. Terraform stores it in state all the same.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// A change destroys the object and creates a new one.
    #[must_use]
    pub fn requires_replace(mut self) -> Self {
        self.requires_replace = true;
        self
    }

    /// A computed value that an update does not change: its prior value is planned, not unknown.
    #[must_use]
    pub fn keep_known(mut self) -> Self {
        self.keep_known = true;
        self
    }

    /// Two spellings of one value are no difference: the plan keeps the one in the state. Top-level attributes only.
    #[must_use]
    pub fn same_when(mut self, same: fn(&Tree, &Tree) -> bool) -> Self {
        self.same = Some(same);
        self
    }

    /// The value that stands for null. It is documented and handed to the author in `effective`; the state keeps null.
    #[must_use]
    pub fn default(mut self, value: impl Into<Tree>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Adds a check of a known value.
    #[must_use]
    pub fn validate(mut self, check: impl Fn(&Tree, &AttributePath, &mut Diagnostics) + Send + Sync + 'static) -> Self {
        self.validators.push(Box::new(check));
        self
    }

    /// Only these strings.
    #[must_use]
    pub fn one_of(self, allowed: &'static [&'static str]) -> Self {
        self.validate(move |value, path, diagnostics| {
            if let Tree::String(text) = value
                && !allowed.contains(&text.as_str())
            {
                error(
                    diagnostics,
                    path.clone(),
                    "Value is not one of the allowed ones.",
                    format!("Got {text:?}. Type one of: {}.", allowed.join(", ")),
                );
            }
        })
    }

    pub(crate) fn to_tf(&self) -> Attribute {
        let attr_type = match &self.kind {
            Kind::Leaf(leaf) => leaf.clone(),
            Kind::Single(attributes) => AttributeType::AttributeSingle(to_tf(attributes)),
            Kind::List(attributes) => AttributeType::AttributeList(to_tf(attributes)),
            Kind::Map(attributes) => AttributeType::AttributeMap(to_tf(attributes)),
        };
        let mut description = self.description.clone();
        if let Some(default) = &self.default {
            description.push_str(&format!(" Default: `{default}`."));
        }
        // Of a read-only attribute nobody can plan a change.
        if self.requires_replace && self.constraint != AttributeConstraint::Computed {
            description.push_str(" A change replaces the resource.");
        }
        Attribute {
            attr_type,
            description: Description::markdown(description),
            constraint: self.constraint.clone(),
            sensitive: self.sensitive,
            deprecated: false,
        }
    }

    /// Whether a configuration can set it.
    pub(crate) fn is_settable(&self) -> bool {
        self.constraint != AttributeConstraint::Computed
    }

    /// Set by nobody but the provider, or by it when the configuration leaves it out.
    pub(crate) fn is_computed(&self) -> bool {
        matches!(
            self.constraint,
            AttributeConstraint::Computed | AttributeConstraint::OptionalComputed
        )
    }
}
