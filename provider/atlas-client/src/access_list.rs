use crate::ids::Invalid;
use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;

/// What an entry of a project's IP access list admits: an address, a network or an AWS security group.
///
/// Held in normal form, so equal means the same to Atlas: `10.0.0.1` and `10.0.0.1/32` are one value, IPv6 is written
/// in its short lower-case form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccessListValue(Value);

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Value {
    Address(IpAddr),
    Network(IpNet),
    SecurityGroup(String),
    /// Listed by Atlas in a form `parse` refuses. Kept as it is: an entry that cannot be named cannot be shown or
    /// removed.
    Foreign(String),
}

/// The field of an entry in the API's JSON that holds its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueField {
    IpAddress,
    CidrBlock,
    AwsSecurityGroup,
}

impl AccessListValue {
    /// Reads `203.0.113.7`, `10.1.0.0/16`, `2001:db8::/32` or `sg-0a1b2c3d4e5f60718`.
    ///
    /// # Errors
    /// [`Invalid`] for anything else; for a network with host bits set the reason names the network that was probably
    /// meant.
    pub fn parse(value: &str) -> Result<Self, Invalid> {
        let invalid = |reason: String| Invalid::new("an access list entry", value, reason);
        if let Some(digits) = value.strip_prefix("sg-") {
            let hex = digits.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c));
            return if hex && (8..=17).contains(&digits.len()) {
                Ok(Self(Value::SecurityGroup(value.to_owned())))
            } else {
                Err(invalid(
                    "write the security group's id as AWS shows it, like sg-0a1b2c3d4e5f60718".into(),
                ))
            };
        }
        if let Ok(address) = value.parse::<IpAddr>() {
            return Ok(Self(Value::Address(address)));
        }
        let Ok(network) = value.parse::<IpNet>() else {
            return Err(invalid(
                "write a network like 10.1.0.0/16, an address like 203.0.113.7, or a security group like sg-0a1b2c3d4e5f60718".into(),
            ));
        };
        if network.addr() != network.network() {
            return Err(invalid(format!(
                "the address has bits set past the /{} prefix; write {} for that network, or {} for the address alone",
                network.prefix_len(),
                network.trunc(),
                network.addr()
            )));
        }
        Ok(Self::network(network))
    }

    fn network(network: IpNet) -> Self {
        if network.prefix_len() == network.max_prefix_len() {
            Self(Value::Address(network.addr()))
        } else {
            Self(Value::Network(network))
        }
    }

    /// What Atlas lists is never refused.
    pub(crate) fn from_reply(value: String) -> Self {
        Self::parse(&value).unwrap_or(Self(Value::Foreign(value)))
    }

    pub(crate) fn field(&self) -> ValueField {
        match &self.0 {
            Value::Address(_) => ValueField::IpAddress,
            Value::Network(_) | Value::Foreign(_) => ValueField::CidrBlock,
            Value::SecurityGroup(_) => ValueField::AwsSecurityGroup,
        }
    }

    /// The addresses admitted, one address as a /32 or /128; `None` for a security group.
    pub fn addresses(&self) -> Option<IpNet> {
        match &self.0 {
            Value::Address(address) => Some(IpNet::from(*address)),
            Value::Network(network) => Some(*network),
            Value::SecurityGroup(_) | Value::Foreign(_) => None,
        }
    }
}

/// Writes the normal form.
impl fmt::Display for AccessListValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::Address(address) => address.fmt(f),
            Value::Network(network) => network.fmt(f),
            Value::SecurityGroup(text) | Value::Foreign(text) => f.write_str(text),
        }
    }
}

/// One entry of a project's IP access list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessListEntry {
    /// Whom it admits. Unique in the list.
    pub value: AccessListValue,
    /// Free text, at most 80 characters. Source: Atlas Admin API, `NetworkPermissionEntry`.
    pub comment: Option<String>,
    /// When Atlas removes the entry by itself: ISO 8601 in UTC, at most a week ahead, as Atlas writes it. `None`:
    /// never.
    pub delete_after_date: Option<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_have_one_normal_form() {
        for (typed, normal) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7/32", "203.0.113.7"),
            ("10.1.0.0/16", "10.1.0.0/16"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:DB8:0:0::1/128", "2001:db8::1"),
            ("2001:DB8::/32", "2001:db8::/32"),
            ("sg-0a1b2c3d", "sg-0a1b2c3d"),
            ("sg-0a1b2c3d4e5f60718", "sg-0a1b2c3d4e5f60718"),
        ] {
            assert_eq!(AccessListValue::parse(typed).unwrap().to_string(), normal, "{typed}");
        }
        assert_eq!(
            AccessListValue::parse("10.0.0.1").unwrap(),
            AccessListValue::parse("10.0.0.1/32").unwrap()
        );
        assert_ne!(
            AccessListValue::parse("10.0.0.0").unwrap(),
            AccessListValue::parse("10.0.0.0/31").unwrap()
        );
    }

    #[test]
    fn host_bits_are_refused_with_the_network_that_was_meant() {
        for (typed, network) in [
            ("10.1.2.3/16", "10.1.0.0/16"),
            ("2001:db8::1/32", "2001:db8::/32"),
            ("1.2.3.4/0", "0.0.0.0/0"),
        ] {
            let text = AccessListValue::parse(typed).unwrap_err().to_string();
            assert!(text.contains(&format!("write {network} for that network")), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for value in [
            "",
            "10.0.0",
            "10.0.0.0/33",
            "10.0.0.0/",
            "/8",
            "010.0.0.1",
            "10.0.0.1 ",
            "example.com",
            "sg-",
            "sg-xyz",
            "SG-0a1b2c3d",
        ] {
            assert!(AccessListValue::parse(value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn what_atlas_lists_is_kept_as_it_is() {
        assert_eq!(
            AccessListValue::from_reply("10.1.2.3/16".into()).to_string(),
            "10.1.2.3/16"
        );
        assert_eq!(
            AccessListValue::from_reply("10.1.2.3/32".into()),
            AccessListValue::parse("10.1.2.3").unwrap()
        );
    }

    proptest! {
        #[test]
        fn the_normal_form_reads_back_as_the_same_value(bits in any::<u32>(), prefix in 0u8..=32) {
            let network = IpNet::new(IpAddr::from(bits.to_be_bytes()), prefix).unwrap().trunc();
            let value = AccessListValue::parse(&network.to_string()).unwrap();
            prop_assert_eq!(&AccessListValue::parse(&value.to_string()).unwrap(), &value);
            prop_assert_eq!(value.addresses(), Some(network));
            prop_assert_eq!(value.to_string().contains('/'), prefix < 32);
        }

        #[test]
        fn every_spelling_of_an_ipv6_network_is_one_value(words in any::<[u16; 8]>(), prefix in 0u8..=128) {
            let network = IpNet::new(IpAddr::from(words), prefix).unwrap().trunc();
            let IpAddr::V6(address) = network.addr() else { unreachable!() };
            let long: Vec<String> = address.segments().iter().map(|word| format!("{word:04X}")).collect();
            let spelled_out = AccessListValue::parse(&format!("{}/{prefix}", long.join(":"))).unwrap();
            prop_assert_eq!(spelled_out, AccessListValue::parse(&network.to_string()).unwrap());
        }

        #[test]
        fn the_suggested_network_is_accepted(bits in any::<u32>(), prefix in 0u8..=31) {
            let network = IpNet::new(IpAddr::from(bits.to_be_bytes()), prefix).unwrap();
            match AccessListValue::parse(&network.to_string()) {
                Ok(value) => prop_assert_eq!(value.addresses(), Some(network)),
                Err(invalid) => {
                    let suggestion = network.trunc().to_string();
                    prop_assert!(invalid.reason.contains(&suggestion));
                    prop_assert!(AccessListValue::parse(&suggestion).is_ok());
                }
            }
        }
    }
}
