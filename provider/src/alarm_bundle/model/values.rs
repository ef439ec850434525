//! Small helpers over values that may be null or unknown.

use provider_kit::Num;
use tf_provider::value::Value;

use crate::alarm_bundle::state::{Flag, Number, Text};

/// A known text.
pub(crate) fn text(value: impl Into<String>) -> Text {
    Value::Value(value.into())
}

/// A known whole number.
pub(crate) fn whole(value: impl Into<i64>) -> Number {
    Value::Value(Num::from(value.into()))
}

/// The value, or `default` where it is null. Unknown stays unknown.
pub(crate) fn or_default<T: Clone>(value: &Value<T>, default: impl FnOnce() -> Value<T>) -> Value<T> {
    if value.is_null() { default() } else { value.clone() }
}

/// The number as CloudWatch keeps it and gives it back.
pub(crate) fn as_double(number: &Number) -> Number {
    number
        .as_ref()
        .and_then(|number| Num::from_f64(number.to_f64()).map_or(Value::Null, Value::Value))
}

/// Whether something is given: a flag must be true, anything else not null. `None` while that is unknown.
pub(crate) fn flag_is_on(flag: &Flag) -> Option<bool> {
    match flag {
        Value::Value(on) => Some(*on),
        Value::Null => Some(false),
        Value::Unknown => None,
    }
}
