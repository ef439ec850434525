//! Exact numbers, as Terraform means them.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, ToPrimitive};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A Terraform number: exact decimal, any size.
///
/// Terraform sends integers as integers, what a double holds exactly (0.5, 2^64) as a double and everything else (0.1, 1e40) as
/// decimal text. `Num` reads all of them and writes the same form back, so that what was typed is what is stored.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Num(BigDecimal);

impl Num {
    /// The nearest double, as AWS APIs take it; infinite beyond the largest.
    ///
    /// It is parsed from the decimal text: `BigDecimal::to_f64` multiplies by a power of ten, and so is a digit off for numbers such as
    /// 4e45.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        let (digits, scale) = self.0.as_bigint_and_exponent();
        // An exponent may be larger than i64 negated holds; f64 parses any number of digits.
        format!("{digits}e{}", -i128::from(scale))
            .parse()
            .unwrap_or(f64::INFINITY)
    }

    /// The number as an integer; `None` when it has a fraction or does not fit.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        if self.0.is_integer() { self.0.to_i64() } else { None }
    }

    /// The double that is exactly this number, if there is one.
    #[must_use]
    pub fn exact_f64(&self) -> Option<f64> {
        let float = self.to_f64();
        BigDecimal::try_from(float)
            .is_ok_and(|read_back| read_back == self.0)
            .then_some(float)
    }

    /// From a double as AWS returns it: the shortest decimal that reads back as the same double.
    /// `None` for NaN and infinities, which Terraform cannot hold.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_finite() {
            Self::from_str(&value.to_string()).ok()
        } else {
            None
        }
    }

    /// From a double as Terraform sends it: exactly that number, to the last digit. `None` for NaN and infinities.
    #[must_use]
    pub fn from_exact_f64(value: f64) -> Option<Self> {
        BigDecimal::try_from(value).ok().map(|number| Self(number.normalized()))
    }
}

impl From<i64> for Num {
    fn from(value: i64) -> Self {
        Self(BigDecimal::from(value))
    }
}

impl FromStr for Num {
    type Err = bigdecimal::ParseBigDecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        BigDecimal::from_str(text).map(|number| Self(number.normalized()))
    }
}

impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.normalized().to_plain_string())
    }
}

impl fmt::Debug for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Num {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.to_i64(), self.exact_f64()) {
            (Some(integer), _) => serializer.serialize_i64(integer),
            (None, Some(float)) => serializer.serialize_f64(float),
            (None, None) => serializer.serialize_str(&self.to_string()),
        }
    }
}

impl<'de> Deserialize<'de> for Num {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumVisitor;

        impl Visitor<'_> for NumVisitor {
            type Value = Num;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Num, E> {
                Ok(Num(value.into()))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Num, E> {
                Ok(Num(value.into()))
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Num, E> {
                Num::from_exact_f64(value).ok_or_else(|| E::custom("a number must be finite"))
            }
            fn visit_str<E: Error>(self, value: &str) -> Result<Num, E> {
                value
                    .parse()
                    .map_err(|_| E::custom(format!("{value:?} is not a number")))
            }
        }

        deserializer.deserialize_any(NumVisitor)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn numbers_are_compared_by_value_not_by_spelling() {
        for (left, right) in [
            ("0.10", "0.1"),
            ("1e2", "100"),
            ("1e+40", "10000000000000000000000000000000000000000"),
            ("-0", "0"),
        ] {
            assert_eq!(
                left.parse::<Num>().unwrap(),
                right.parse::<Num>().unwrap(),
                "{left} and {right}"
            );
        }
    }

    #[test]
    fn a_double_from_aws_reads_as_the_decimal_that_was_typed() {
        for typed in ["0.1", "2", "99.9", "5000", "123456789.123", "0.000001"] {
            let double: f64 = typed.parse().unwrap();
            assert_eq!(Num::from_f64(double).unwrap(), typed.parse().unwrap(), "{typed}");
        }
    }

    #[test]
    fn the_nearest_double_is_that_of_the_decimal_text() {
        for typed in [
            "4e45",
            "1e19",
            "1e23",
            "-4e45",
            "18446744073709551616",
            "0.1",
            "8.4",
            "1.7976931348623157e308",
            "5e-324",
            "123456789.123",
        ] {
            let number: Num = typed.parse().unwrap();
            assert_eq!(number.to_f64(), typed.parse::<f64>().unwrap(), "{typed}");
            let told = Num::from_f64(number.to_f64()).unwrap();
            assert_eq!(
                told.to_f64(),
                number.to_f64(),
                "{typed}: a second round changes nothing"
            );
        }
        assert_eq!("4e45".parse::<Num>().unwrap(), Num::from_f64(4e45).unwrap());
        assert_eq!("1e400".parse::<Num>().unwrap().to_f64(), f64::INFINITY);
        assert_eq!("1e-400".parse::<Num>().unwrap().to_f64(), 0.0);
    }

    #[test]
    fn a_double_from_terraform_keeps_every_digit() {
        let power = Num::from_exact_f64(18_446_744_073_709_551_616.0).unwrap();
        assert_eq!(power, "18446744073709551616".parse().unwrap());
        assert_eq!(power.exact_f64(), Some(18_446_744_073_709_551_616.0));
        assert_eq!(Num::from_exact_f64(f64::INFINITY), None);
    }

    #[test]
    fn only_whole_numbers_that_fit_are_integers() {
        for (text, integer) in [("60", Some(60)), ("60.0", Some(60)), ("0.5", None), ("1e40", None)] {
            assert_eq!(text.parse::<Num>().unwrap().to_i64(), integer, "{text}");
        }
    }
}
