use serde_json::Value;

use super::{ACTIONS, DumpFields, FieldProblem, VERSION};
use crate::names::{Invalid, Ordinal};
use crate::pairs::Pairs;

/// Why a payload is not one. No variant holds a value of the payload, only names of its fields and the two words that
/// must be known: version and action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Not a JSON object; the place of the first error where there is one.
    #[error("the payload is not a JSON object (line {line}, column {column})")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1; 0 when the JSON is whole and not an object.
        column: usize,
    },
    /// The version is not the one this code knows.
    #[error("payload version {version} is not known: this code reads version {VERSION}")]
    UnknownVersion {
        /// The version as JSON, or `missing`.
        version: String,
    },
    /// The action is none of those this code knows.
    #[error("action {action} is not known: write one of dump, plan, range, commit")]
    UnknownAction {
        /// The action as JSON, or `missing`.
        action: String,
    },
    /// A field this version does not have; `range` outside the action of that name is one.
    #[error("field {field:?} is not known in payload version {VERSION}")]
    UnknownField {
        /// The field's name.
        field: String,
    },
    /// A field is there twice: readers would not agree on which one counts.
    #[error("field {field:?} is there twice")]
    DoubledField {
        /// The field's name.
        field: String,
    },
    /// A field that every payload has is not there.
    #[error("field {field} is missing")]
    MissingField {
        /// The field's name.
        field: &'static str,
    },
    /// A field holds another type of JSON value.
    #[error("field {field} is not {expected}")]
    WrongType {
        /// The field's name.
        field: &'static str,
        /// What it should be, with its article.
        expected: &'static str,
    },
    /// Fields whose values break their rules.
    #[error("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Fields {
        /// At least one, in the payload's order.
        problems: Vec<FieldProblem>,
    },
    /// What the Scheduler fills in was not filled in, or cannot be read.
    #[error("{field}: {invalid}")]
    Trigger {
        /// `schedule_arn` or `scheduled_time`.
        field: &'static str,
        /// What it should have been.
        invalid: Invalid,
    },
    /// A schedule's payload in which the Scheduler has nothing to fill in.
    #[error("{field} is not {placeholder}, so every run would take itself for the same one")]
    NoPlaceholder {
        /// `schedule_arn` or `scheduled_time`.
        field: &'static str,
        /// What must stand there.
        placeholder: &'static str,
    },
}

/// A payload taken apart, version and action known, every field there once and of its type.
pub(super) struct Parts {
    pub(super) action: String,
    pub(super) range: Option<Ordinal>,
    pub(super) fields: DumpFields,
    pub(super) require_snapshot: bool,
    pub(super) schedule_arn: String,
    pub(super) scheduled_time: String,
}

impl Parts {
    pub(super) fn read(json: &str) -> Result<Self, PayloadError> {
        let Pairs(pairs) = serde_json::from_str(json).map_err(|error| PayloadError::NotJson {
            line: error.line(),
            column: error.column(),
        })?;
        let mut fields = Fields(pairs);
        // The version first: another version may have other actions and other fields.
        let version = fields.take_once("version")?;
        if version != Some(Value::from(VERSION)) {
            let version = word(version);
            return Err(PayloadError::UnknownVersion { version });
        }
        let action = match fields.take_once("action")? {
            Some(Value::String(action)) if ACTIONS.contains(&action.as_str()) => action,
            action => {
                let action = word(action);
                return Err(PayloadError::UnknownAction { action });
            }
        };
        let range = if action == "range" {
            Some(fields.ordinal("range")?)
        } else {
            None
        };
        let parts = Self {
            action,
            range,
            fields: DumpFields {
                cluster: fields.text("cluster")?,
                secret_arn: fields.text("secret_arn")?,
                bucket: fields.text("bucket")?,
                prefix: fields.text("prefix")?,
                kms_key_arn: fields.text("kms_key_arn")?,
                role_arn: fields.text("role_arn")?,
                include: fields.texts("include")?,
                exclude: fields.texts("exclude")?,
                compression: fields.text("compression")?,
                read_concern: fields.text("read_concern")?,
            },
            require_snapshot: match fields.take_once("require_snapshot")? {
                None => false,
                Some(Value::Bool(wanted)) => wanted,
                Some(_) => {
                    return Err(PayloadError::WrongType {
                        field: "require_snapshot",
                        expected: "true or false",
                    });
                }
            },
            schedule_arn: fields.text("schedule_arn")?,
            scheduled_time: fields.text("scheduled_time")?,
        };
        match fields.0.into_iter().next() {
            Some((field, _)) => Err(PayloadError::UnknownField { field }),
            None => Ok(parts),
        }
    }
}

/// A version or action for a message. A text that is far from being either is left out.
fn word(value: Option<Value>) -> String {
    match value {
        None => "(missing)".to_owned(),
        Some(value @ (Value::Number(_) | Value::Bool(_) | Value::Null)) => value.to_string(),
        Some(Value::String(text)) if text.len() <= 32 => format!("{text:?}"),
        Some(_) => "(not a short word)".to_owned(),
    }
}

struct Fields(Vec<(String, Value)>);

impl Fields {
    fn take_once(&mut self, field: &str) -> Result<Option<Value>, PayloadError> {
        let mut found = self.0.extract_if(.., |(name, _)| name == field);
        let first = found.next();
        if found.next().is_some() {
            let field = field.to_owned();
            return Err(PayloadError::DoubledField { field });
        }
        Ok(first.map(|(_, value)| value))
    }

    fn take(&mut self, field: &'static str) -> Result<Value, PayloadError> {
        self.take_once(field)?.ok_or(PayloadError::MissingField { field })
    }

    fn text(&mut self, field: &'static str) -> Result<String, PayloadError> {
        match self.take(field)? {
            Value::String(text) => Ok(text),
            _ => Err(PayloadError::WrongType {
                field,
                expected: "a string",
            }),
        }
    }

    fn texts(&mut self, field: &'static str) -> Result<Vec<String>, PayloadError> {
        let wrong = PayloadError::WrongType {
            field,
            expected: "a list of strings",
        };
        let Value::Array(values) = self.take(field)? else {
            return Err(wrong);
        };
        let texts: Option<_> = values
            .into_iter()
            .map(|value| {
                if let Value::String(text) = value {
                    Some(text)
                } else {
                    None
                }
            })
            .collect();
        texts.ok_or(wrong)
    }

    fn ordinal(&mut self, field: &'static str) -> Result<Ordinal, PayloadError> {
        let number = self.take(field)?.as_u64().and_then(|number| u32::try_from(number).ok());
        let ordinal = number.and_then(|number| Ordinal::new(number).ok());
        ordinal.ok_or(PayloadError::WrongType {
            field,
            expected: "a whole number from 0 to 99999",
        })
    }
}
