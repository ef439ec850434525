use std::fmt;

/// A value that was refused before any call: what it should have been, what was given, what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{got:?} is not {expected}: {reason}")]
pub struct Invalid {
    /// What was wanted, with its article: "a project id".
    pub expected: &'static str,
    /// The value as given.
    pub got: String,
    /// Which rule it breaks and what to write instead.
    pub reason: String,
}

impl Invalid {
    pub(crate) fn new(expected: &'static str, got: &str, reason: impl Into<String>) -> Self {
        Self {
            expected,
            got: got.to_owned(),
            reason: reason.into(),
        }
    }
}

fn is_lower_hex(c: u8) -> bool {
    c.is_ascii_digit() || (b'a'..=b'f').contains(&c)
}

fn object_id(expected: &'static str, value: &str) -> Result<String, Invalid> {
    // Atlas answers 400 to upper-case digits, so they are not folded: the state would then differ from what was typed.
    if value.len() == 24 && value.bytes().all(is_lower_hex) {
        return Ok(value.to_owned());
    }
    let reason = "use the 24 characters 0-9 and a-f that Atlas shows, for example 5f1b2c3d4e5f60718293a4b5";
    Err(Invalid::new(expected, value, reason))
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The id as Atlas writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id_type! {
    /// A project ("group" in the API's paths): 24 lower-case hexadecimal digits.
    /// Source: Atlas Admin API, path parameter `groupId`.
    ProjectId
}

id_type! {
    /// A private endpoint service of a project in one region: 24 lower-case hexadecimal digits.
    /// Source: Atlas Admin API, path parameter `endpointServiceId`.
    EndpointServiceId
}

id_type! {
    /// An AWS interface endpoint: `vpce-` and 8 to 17 lower-case hexadecimal digits.
    /// Source: AWS uses 17 today and 8 for resources made before 2018.
    InterfaceEndpointId
}

id_type! {
    /// A cluster's name: 1 to 64 letters, digits and hyphens, with a letter or digit at both ends.
    /// Source: Atlas Admin API, path parameter `clusterName`.
    ClusterName
}

impl InterfaceEndpointId {
    /// An id that Atlas reports, in any form: one that this client does not know must not hide the others.
    pub(crate) fn reported(id: String) -> Self {
        Self(id)
    }
}

impl ProjectId {
    /// # Errors
    /// [`Invalid`] unless the value is 24 lower-case hexadecimal digits.
    pub fn parse(value: &str) -> Result<Self, Invalid> {
        object_id("a project id", value).map(Self)
    }
}

impl EndpointServiceId {
    /// # Errors
    /// [`Invalid`] unless the value is 24 lower-case hexadecimal digits.
    pub fn parse(value: &str) -> Result<Self, Invalid> {
        object_id("an endpoint service id", value).map(Self)
    }
}

impl InterfaceEndpointId {
    /// # Errors
    /// [`Invalid`] unless the value is `vpce-` and 8 to 17 lower-case hexadecimal digits.
    pub fn parse(value: &str) -> Result<Self, Invalid> {
        match value.strip_prefix("vpce-") {
            Some(digits) if (8..=17).contains(&digits.len()) && digits.bytes().all(is_lower_hex) => {
                Ok(Self(value.to_owned()))
            }
            _ => Err(Invalid::new(
                "an interface endpoint id",
                value,
                "use the ID of the VPC endpoint that AWS shows, for example vpce-0a1b2c3d4e5f60718",
            )),
        }
    }
}

impl ClusterName {
    /// # Errors
    /// [`Invalid`] unless the value is 1 to 64 letters, digits and hyphens with no hyphen at an end.
    pub fn parse(value: &str) -> Result<Self, Invalid> {
        let allowed = value.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
        let ends = !value.starts_with('-') && !value.ends_with('-');
        if (1..=64).contains(&value.len()) && allowed && ends {
            return Ok(Self(value.to_owned()));
        }
        let reason = "use 1 to 64 letters, digits and hyphens, with a letter or digit at both ends";
        Err(Invalid::new("a cluster name", value, reason))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const HEX24: &str = "5f1b2c3d4e5f60718293a4b5";

    #[test]
    fn object_ids_are_24_lower_case_hexadecimal_digits() {
        assert_eq!(ProjectId::parse(HEX24).unwrap().as_str(), HEX24);
        assert_eq!(EndpointServiceId::parse(HEX24).unwrap().to_string(), HEX24);
        for (case, value) in [
            ("empty", ""),
            ("23 digits", &HEX24[1..]),
            ("25 digits", "5f1b2c3d4e5f60718293a4b5f"),
            ("upper case", "5F1B2C3D4E5F60718293A4B5"),
            ("a letter past f", "5g1b2c3d4e5f60718293a4b5"),
            ("a name", "my-project"),
            ("blank at the end", "5f1b2c3d4e5f60718293a4b "),
            ("two-byte letters that add up to 24 bytes", "éééééééééééé"),
        ] {
            assert!(ProjectId::parse(value).is_err(), "{case}");
            assert!(EndpointServiceId::parse(value).is_err(), "{case}");
        }
    }

    #[test]
    fn interface_endpoint_ids_have_8_to_17_digits() {
        for (case, value) in [("17 digits", "vpce-0a1b2c3d4e5f60718"), ("8 digits", "vpce-0a1b2c3d")] {
            assert_eq!(InterfaceEndpointId::parse(value).unwrap().as_str(), value, "{case}");
        }
        for (case, value) in [
            ("empty", ""),
            ("prefix alone", "vpce-"),
            ("7 digits", "vpce-0a1b2c3"),
            ("18 digits", "vpce-0a1b2c3d4e5f607181"),
            ("upper case", "vpce-0A1B2C3D4E5F60718"),
            ("an endpoint service", "vpce-svc-0a1b2c3d4e5f60718"),
            ("a VPC", "vpc-0a1b2c3d4e5f60718"),
        ] {
            assert!(InterfaceEndpointId::parse(value).is_err(), "{case}");
        }
    }

    #[test]
    fn cluster_names_are_letters_digits_and_inner_hyphens() {
        let longest = "a".repeat(64);
        for value in ["m", "main", "Main-01", "0-0", longest.as_str()] {
            assert_eq!(ClusterName::parse(value).unwrap().as_str(), value);
        }
        let too_long = "a".repeat(65);
        for value in [
            "",
            "-main",
            "main-",
            "my cluster",
            "a/b",
            "a_b",
            "naïve",
            too_long.as_str(),
        ] {
            assert!(ClusterName::parse(value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn a_rejection_says_what_was_given_and_what_to_write() {
        let text = ProjectId::parse("my-project").unwrap_err().to_string();
        assert!(text.starts_with("\"my-project\" is not a project id: "), "{text}");
        assert!(text.contains("24 characters"), "{text}");
    }
}
