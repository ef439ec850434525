//! Numbers of four types in one order.

use std::cmp::Ordering;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, FromPrimitive as _};

use super::raw::{PAST_I64, Value, integer, kind};

enum Number {
    Nan,
    Infinite { negative: bool },
    Integer(i64),
    Double(f64),
    Decimal(BigDecimal),
}

fn number(value: Value<'_>) -> Number {
    match value.kind {
        kind::DECIMAL128 => decimal(value.bytes),
        kind::DOUBLE => {
            let double = value.bytes.try_into().map_or(0.0, f64::from_le_bytes);
            if double.is_nan() {
                Number::Nan
            } else if double.is_infinite() {
                Number::Infinite { negative: double < 0.0 }
            } else {
                Number::Double(double)
            }
        }
        _ => Number::Integer(value.as_i64().unwrap_or_default()),
    }
}

/// IEEE 754-2008 decimal128 with a binary coefficient.
fn decimal(bytes: &[u8]) -> Number {
    let bits = bytes.try_into().map_or(0, u128::from_le_bytes);
    let negative = bits >> 127 == 1;
    let combination = (bits >> 122) & 0b1_1111;
    if combination == 0b1_1111 {
        return Number::Nan;
    }
    if combination == 0b1_1110 {
        return Number::Infinite { negative };
    }
    // A coefficient too large for the format counts as zero.
    let (exponent, coefficient) = if combination >> 3 == 0b11 {
        ((bits >> 111) & 0x3fff, 0)
    } else {
        ((bits >> 113) & 0x3fff, bits & ((1 << 113) - 1))
    };
    let coefficient = if coefficient >= 10_u128.pow(34) {
        BigInt::from(0)
    } else {
        BigInt::from(coefficient)
    };
    let exponent = i64::try_from(exponent).unwrap_or_default() - 6176;
    let magnitude = BigDecimal::new(coefficient, -exponent);
    Number::Decimal(if negative { -magnitude } else { magnitude })
}

/// NaN is below every other number, as in the server.
pub(super) fn compare(left: Value<'_>, right: Value<'_>) -> Ordering {
    use Number::{Decimal, Double, Infinite, Integer, Nan};
    match (number(left), number(right)) {
        (Nan, Nan) => Ordering::Equal,
        (Nan, _) => Ordering::Less,
        (_, Nan) => Ordering::Greater,
        (Infinite { negative: left }, Infinite { negative: right }) => right.cmp(&left),
        (Infinite { negative }, _) => side(negative),
        (_, Infinite { negative }) => side(negative).reverse(),
        (Integer(left), Integer(right)) => left.cmp(&right),
        (Double(left), Double(right)) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
        (Integer(left), Double(right)) => integer_with_double(left, right),
        (Double(left), Integer(right)) => integer_with_double(right, left).reverse(),
        (Decimal(left), right) => left.cmp(&exact(right)),
        (left, Decimal(right)) => exact(left).cmp(&right),
    }
}

fn side(negative: bool) -> Ordering {
    if negative { Ordering::Less } else { Ordering::Greater }
}

fn integer_with_double(left: i64, right: f64) -> Ordering {
    if right >= PAST_I64 {
        return Ordering::Less;
    }
    if right < -PAST_I64 {
        return Ordering::Greater;
    }
    let whole = integer(right.trunc()).unwrap_or_default();
    let fraction = right.fract();
    left.cmp(&whole)
        .then_with(|| 0.0.partial_cmp(&fraction).unwrap_or(Ordering::Equal))
}

fn exact(number: Number) -> BigDecimal {
    match number {
        Number::Integer(integer) => BigDecimal::from(integer),
        Number::Double(double) => BigDecimal::from_f64(double).unwrap_or_default(),
        Number::Decimal(decimal) => decimal,
        Number::Nan | Number::Infinite { .. } => BigDecimal::default(),
    }
}
