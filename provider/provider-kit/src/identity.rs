//! Resource identity: what names a resource's object, in attributes of their own instead of one import id.
//!
//! Terraform and OpenTofu, both from 1.12 on, keep it beside the state and import by it; older versions never ask. It is made of
//! the parts of `id`, so it says nothing that the import id does not say and changes only with the object.

use tf_provider::{AttributePath, Diagnostics};
use tfplugin6::proto::resource_identity_schema::IdentityAttribute;
use tfplugin6::proto::{ResourceIdentityData, ResourceIdentitySchema};

use crate::{Schema, Tree, error};

/// Version of every identity. Terraform takes an identity that it never stored for version 0, so a higher one would make
/// it ask for an upgrade of nothing.
const VERSION: i64 = 0;

/// Between the parts of an id.
const SEPARATOR: &str = "/";

/// The identity of a resource type.
pub(crate) struct Identity(Vec<Part>);

/// A part of the id, and the attribute that it comes from.
struct Part {
    name: &'static str,
    description: &'static str,
    /// What an import may leave out.
    default: Option<String>,
}

impl Identity {
    /// The identity that a schema names, if it names one.
    pub(crate) fn of(schema: &Schema) -> Option<Self> {
        let parts = schema.identity.iter().copied().map(|(name, description)| {
            let default = schema.attributes.get(name).and_then(|attr| match &attr.default {
                Some(Tree::String(default)) => Some(default.clone()),
                _ => None,
            });
            Part {
                name,
                description,
                default,
            }
        });
        let parts: Vec<_> = parts.collect();
        (!parts.is_empty()).then_some(Self(parts))
    }

    pub(crate) fn schema(&self) -> ResourceIdentitySchema {
        let attributes = self.0.iter().map(|part| IdentityAttribute {
            name: part.name.to_owned(),
            r#type: b"\"string\"".to_vec(),
            required_for_import: part.default.is_none(),
            optional_for_import: part.default.is_some(),
            description: match &part.default {
                Some(default) => format!("{} Default: `{default}`.", part.description),
                None => part.description.to_owned(),
            },
        });
        ResourceIdentitySchema {
            version: VERSION,
            identity_attributes: attributes.collect(),
        }
    }

    /// The identity of a state; `None` as long as its id is not known.
    pub(crate) fn of_state(&self, state: &Tree) -> Option<ResourceIdentityData> {
        let Tree::String(id) = state.get("id") else {
            return None;
        };
        let values: Vec<_> = id.split(SEPARATOR).collect();
        if values.len() != self.0.len() {
            return None;
        }
        let parts = self.0.iter().zip(values);
        let identity = Tree::Map(
            parts
                .map(|(part, value)| (part.name.to_owned(), value.into()))
                .collect(),
        );
        Some(to_wire(&identity))
    }

    /// The import id that means the same as an identity of an import block.
    pub(crate) fn import_id(&self, identity: &Tree, diagnostics: &mut Diagnostics) -> Option<String> {
        let names: Vec<_> = self.0.iter().map(|part| part.name).collect();
        let mut values = Vec::new();
        for part in &self.0 {
            let value = match (identity.get(part.name), &part.default) {
                (Tree::String(value), _) => value.as_str(),
                (Tree::Null, Some(default)) => default.as_str(),
                _ => "",
            };
            if value.is_empty() || value.contains(SEPARATOR) {
                let name = part.name;
                error(
                    diagnostics,
                    AttributePath::root(),
                    "Import identity is malformed.",
                    format!(
                        "Got {name} = {}. The attributes of the identity are {}; none is empty and none has a \"/\". Set `{name}` \
                         in `identity` of the import block.",
                        identity.get(name),
                        names.join(", ")
                    ),
                );
                return None;
            }
            values.push(value);
        }
        Some(values.join(SEPARATOR))
    }

    /// An identity that Terraform stored, in today's shape.
    pub(crate) fn upgrade(
        &self,
        version: i64,
        stored: &[u8],
        diagnostics: &mut Diagnostics,
    ) -> Option<ResourceIdentityData> {
        let refused = match (version, Tree::from_json_text(&String::from_utf8_lossy(stored))) {
            (VERSION, Ok(identity)) => return Some(to_wire(&identity)),
            (VERSION, Err(cause)) => cause.to_string(),
            (version, _) => format!("It has version {version}, and this provider writes version {VERSION}"),
        };
        error(
            diagnostics,
            AttributePath::root(),
            "Identity in the state cannot be read.",
            format!(
                "{refused}. Use the provider version that wrote it, or a newer one. If the state was edited by hand, restore it \
                 from its backup or version history."
            ),
        );
        None
    }
}

fn to_wire(identity: &Tree) -> ResourceIdentityData {
    ResourceIdentityData {
        identity_data: Some(identity.to_wire()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::Attr;

    fn identity() -> Identity {
        let schema = Schema::new(
            "A test.",
            [
                ("id", Attr::string("Id.").computed()),
                ("region", Attr::string("Region.").optional_computed()),
                ("group", Attr::string("Group.").default("default")),
                ("name", Attr::string("Name.").required()),
            ],
        );
        Identity::of(&schema.identity([("region", "Region."), ("group", "Group."), ("name", "Name.")])).unwrap()
    }

    fn tree(entries: &[(&str, Tree)]) -> Tree {
        let entries = entries.iter();
        Tree::Map(
            entries
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        )
    }

    fn stated(id: Tree) -> Option<Tree> {
        let identity = identity().of_state(&tree(&[("id", id)]))?;
        Some(Tree::from_wire(identity.identity_data.as_ref()).unwrap())
    }

    #[test]
    fn an_identity_is_the_id_in_parts_once_it_is_known() {
        let parts = tree(&[("region", "eu".into()), ("group", "g".into()), ("name", "n".into())]);
        assert_eq!(stated("eu/g/n".into()), Some(parts));
        for id in [Tree::Null, Tree::Unknown, "eu/n".into(), "eu/g/n/x".into()] {
            assert_eq!(stated(id.clone()), None, "{id}");
        }
    }

    #[test]
    fn an_import_may_leave_out_only_what_has_a_default() {
        let schema = identity().schema();
        let flags = |attribute: &IdentityAttribute| (attribute.required_for_import, attribute.optional_for_import);
        let flags: Vec<_> = schema.identity_attributes.iter().map(flags).collect();
        assert_eq!(flags, [(true, false), (false, true), (true, false)]);

        let mut diagnostics = Diagnostics::default();
        let given = tree(&[("region", "eu".into()), ("group", Tree::Null), ("name", "n".into())]);
        assert_eq!(identity().import_id(&given, &mut diagnostics).unwrap(), "eu/default/n");
        assert!(diagnostics.errors.is_empty());
    }

    #[test]
    fn a_part_that_is_no_part_of_an_id_is_named() {
        for (case, name) in [("empty", ""), ("two parts", "a/b")] {
            let mut diagnostics = Diagnostics::default();
            let given = tree(&[("region", "eu".into()), ("group", "g".into()), ("name", name.into())]);
            assert_eq!(identity().import_id(&given, &mut diagnostics), None, "{case}");
            let detail = diagnostics.errors[0].detail.to_string();
            assert!(detail.starts_with(&format!("Got name = {name:?}.")), "{case}: {detail}");
        }
    }

    #[test]
    fn a_stored_identity_of_another_version_is_refused() {
        let mut diagnostics = Diagnostics::default();
        let stored = br#"{"region":"eu","group":"g","name":"n"}"#;
        assert!(identity().upgrade(0, stored, &mut diagnostics).is_some());
        assert!(identity().upgrade(7, stored, &mut diagnostics).is_none());
        assert!(diagnostics.errors[0].detail.contains("version 7"));
    }
}
