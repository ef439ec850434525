//! Values against the contract's schemas.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use api_contract::{Contract, Parameter};
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use crate::problem::FieldError;

/// Errors that an answer lists. Our choice: who makes more has other worries.
const MAX_ERRORS: usize = 20;

/// Compiled once in a process, when it is first needed.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// What is wrong with a value by a schema of the contract; nothing in it quotes the value.
///
/// # Panics
/// When the contract has no schema of that name, or one that is none: the contract is compiled in.
#[must_use]
pub fn violations(schema: &str, value: &Value) -> Vec<FieldError> {
    let validator = validator(schema.to_owned(), || {
        #[allow(clippy::expect_used, reason = "the contract is compiled in and tested")]
        let schema = Contract::embedded().schema(schema).expect("a schema of the contract");
        schema
    });
    errors(&validator, value)
}

/// The same for a parameter, which arrives as text.
pub(crate) fn parameter_violations(operation: &str, parameter: &Parameter, text: &str) -> Vec<FieldError> {
    let validator = validator(format!("{operation} {}", parameter.name), || parameter.schema.clone());
    let integer = parameter.schema.get("type").and_then(Value::as_str) == Some("integer");
    let number = integer.then(|| text.parse::<i64>().ok()).flatten();
    let value = number.map_or_else(|| Value::from(text), Value::from);
    let mut errors = errors(&validator, &value);
    for error in &mut errors {
        error.field.clone_from(&parameter.name);
    }
    errors
}

fn validator(key: String, schema: impl FnOnce() -> Value) -> Arc<Validator> {
    let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = validators.entry(key).or_insert_with(|| {
        #[allow(clippy::expect_used, reason = "the contract is compiled in and tested")]
        let validator = jsonschema::options()
            .with_draft(Draft::Draft4)
            // In time that grows with the text alone: no pattern can be made to take long.
            .with_pattern_options(PatternOptions::regex())
            .build(&schema())
            .expect("a schema of draft 4");
        Arc::new(validator)
    });
    Arc::clone(validator)
}

fn errors(validator: &Validator, value: &Value) -> Vec<FieldError> {
    let errors = validator.iter_errors(value).take(MAX_ERRORS);
    errors
        .map(|error| FieldError {
            field: error.instance_path().as_str().to_owned(),
            message: error.masked_with("this").to_string(),
        })
        .collect()
}
