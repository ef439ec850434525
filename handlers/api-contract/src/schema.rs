//! OpenAPI 3.0's schemas as JSON Schema draft 4.

use serde_json::{Map, Value, json};

/// Why a schema cannot be told in draft 4, or not to API Gateway.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// `$ref` to what is not there.
    #[error("{at}: no schema of the name {name:?} is in components.schemas")]
    NoSuchSchema {
        /// JSON pointer below the schema.
        at: String,
        /// As written.
        name: String,
    },
    /// A schema that holds itself cannot be written out, and a model of API Gateway has nothing to refer to.
    #[error("{at}: the schema {name:?} is part of itself, which a model cannot say")]
    Recursive {
        /// JSON pointer below the schema.
        at: String,
        /// As written.
        name: String,
    },
    /// API Gateway takes the keyword without a word and lets everything pass.
    #[error(
        "{at}: API Gateway ignores {keyword:?}: say it with one that it enforces, or leave it to the handler's code"
    )]
    Ignored {
        /// JSON pointer below the schema.
        at: String,
        /// As written.
        keyword: String,
    },
}

/// Keywords whose value is one schema.
const ONE: [&str; 3] = ["additionalProperties", "items", "not"];
/// Keywords whose value is a list of schemas.
const LIST: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// The schema with what it refers to in its place, and `nullable` as draft 4 says it: a type beside the others.
pub(crate) fn draft_4(schema: &Value, schemas: &Map<String, Value>) -> Result<Value, SchemaError> {
    Translator {
        schemas,
        within: Vec::new(),
    }
    .translate(schema, "")
}

struct Translator<'a> {
    schemas: &'a Map<String, Value>,
    within: Vec<&'a str>,
}

impl<'a> Translator<'a> {
    fn translate(&mut self, schema: &Value, at: &str) -> Result<Value, SchemaError> {
        let Value::Object(schema) = schema else {
            return Ok(schema.clone());
        };
        if let Some(Value::String(reference)) = schema.get("$ref") {
            return self.referred(reference, at);
        }
        let mut translated = Map::new();
        for (keyword, value) in schema {
            let at = format!("{at}/{keyword}");
            let value = match (keyword.as_str(), value) {
                ("nullable", _) => continue,
                ("properties", Value::Object(properties)) => {
                    let mut all = Map::new();
                    for (name, property) in properties {
                        all.insert(name.clone(), self.translate(property, &format!("{at}/{name}"))?);
                    }
                    Value::Object(all)
                }
                (keyword, Value::Array(list)) if LIST.contains(&keyword) => {
                    let list = list.iter().enumerate();
                    let list = list.map(|(number, schema)| self.translate(schema, &format!("{at}/{number}")));
                    Value::Array(list.collect::<Result<_, _>>()?)
                }
                (keyword, value) if ONE.contains(&keyword) => self.translate(value, &at)?,
                _ => value.clone(),
            };
            translated.insert(keyword.clone(), value);
        }
        if schema.get("nullable") == Some(&Value::Bool(true)) {
            allow_null(&mut translated);
        }
        Ok(Value::Object(translated))
    }

    fn referred(&mut self, reference: &str, at: &str) -> Result<Value, SchemaError> {
        let name = reference.strip_prefix("#/components/schemas/").unwrap_or(reference);
        let Some((name, schema)) = self.schemas.get_key_value(name) else {
            return Err(SchemaError::NoSuchSchema {
                at: at.to_owned(),
                name: name.to_owned(),
            });
        };
        if self.within.contains(&name.as_str()) {
            return Err(SchemaError::Recursive {
                at: at.to_owned(),
                name: name.clone(),
            });
        }
        self.within.push(name);
        let translated = self.translate(schema, at);
        self.within.pop();
        translated
    }
}

fn allow_null(schema: &mut Map<String, Value>) {
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind.take(), "null"]);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
}

/// Draft 4's keywords that API Gateway's request validator enforces in a model. It honours `minItems` and `maxItems` only in a
/// model that is made as one, as Terraform does, and not in one that it reads out of an OpenAPI file.
/// Source: API Gateway developer guide, "Important notes" of REST APIs and "Data models".
const ENFORCED: [&str; 20] = [
    "additionalProperties",
    "allOf",
    "anyOf",
    "enum",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "type",
];

/// Keywords that say something to people alone.
const WORDS: [&str; 2] = ["description", "title"];

/// A schema of draft 4 as API Gateway enforces it, without the words for people.
pub(crate) fn model(schema: &Value, at: &str) -> Result<Value, SchemaError> {
    let Value::Object(schema) = schema else {
        return Ok(schema.clone());
    };
    let mut model = Map::new();
    for (keyword, value) in schema {
        let at = format!("{at}/{keyword}");
        let value = match (keyword.as_str(), value) {
            (keyword, _) if WORDS.contains(&keyword) => continue,
            (keyword, _) if !ENFORCED.contains(&keyword) => {
                return Err(SchemaError::Ignored {
                    at,
                    keyword: keyword.to_owned(),
                });
            }
            ("properties", Value::Object(properties)) => {
                let mut all = Map::new();
                for (name, property) in properties {
                    all.insert(name.clone(), self::model(property, &format!("{at}/{name}"))?);
                }
                Value::Object(all)
            }
            (keyword, Value::Array(list)) if LIST.contains(&keyword) => {
                let list = list.iter().enumerate();
                let list = list.map(|(number, schema)| self::model(schema, &format!("{at}/{number}")));
                Value::Array(list.collect::<Result<_, _>>()?)
            }
            (keyword, value) if ONE.contains(&keyword) => self::model(value, &at)?,
            _ => value.clone(),
        };
        model.insert(keyword.clone(), value);
    }
    Ok(Value::Object(model))
}
