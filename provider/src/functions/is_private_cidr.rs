//! `provider::lectern::is_private_cidr`: may a range be reached from the public internet? (D1)

use async_trait::async_trait;
use ipnet::IpNet;
use tf_provider::schema::{Description, FunctionSchema, Parameter, Type};
use tf_provider::{AttributePath, Diagnostic, Diagnostics, Function};

/// Ranges that belong to nobody on the internet.
/// Source: RFC 1918 section 3; RFC 4193 section 3.1 (fc00::/7). Not in here on purpose: 100.64.0.0/10 (RFC 6598) is a
/// carrier's, and loopback and link-local addresses never leave a host or a link.
const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/// True when every address of the range is private.
///
/// # Errors
/// A sentence that says what is wrong with the text and what to type.
pub fn is_private_cidr(text: &str) -> Result<bool, String> {
    let range: IpNet = text.parse().map_err(|_| {
        format!(
            "Got {text:?}, which is not a CIDR range. Use an address and a prefix length, for example \"10.1.0.0/16\"."
        )
    })?;
    if range.trunc() != range {
        return Err(format!(
            "Got {text:?}, whose address has bits set beyond /{}: it names a host, not the range you may have meant. \
             Use \"{}\" for the range, or \"{}/{}\" for the host.",
            range.prefix_len(),
            range.trunc(),
            range.addr(),
            range.max_prefix_len(),
        ));
    }
    Ok(PRIVATE
        .iter()
        .filter_map(|private| private.parse::<IpNet>().ok())
        .any(|private| private.contains(&range)))
}

/// The function as Terraform calls it.
pub(crate) struct IsPrivateCidr;

#[async_trait]
impl Function for IsPrivateCidr {
    type Input<'a> = (String,);
    type Output<'a> = bool;

    fn schema(&self, _: &mut Diagnostics) -> Option<FunctionSchema> {
        Some(FunctionSchema {
            parameters: vec![Parameter {
                name: "cidr".to_owned(),
                param_type: Type::String,
                allow_null: false,
                allow_unknown: false,
                description: Description::markdown(
                    "IPv4 or IPv6 CIDR block without host bits, for example \
                    `10.1.0.0/16`.",
                ),
            }],
            variadic: None,
            return_type: Type::Bool,
            summary: "Returns whether a CIDR block is private".to_owned(),
            description: Description::markdown(
                "Returns true if every address of the CIDR block is in `10.0.0.0/8`, `172.16.0.0/12`, \
                 `192.168.0.0/16` (RFC 1918) or `fc00::/7` (RFC 4193). Otherwise returns false, also for \
                 `100.64.0.0/10`, loopback and link-local ranges. A CIDR block with host bits set, for example \
                 `10.1.0.5/16`, is an error.",
            ),
            deprecated: None,
        })
    }

    async fn call<'a>(&self, diagnostics: &mut Diagnostics, (cidr,): (String,)) -> Option<bool> {
        match is_private_cidr(&cidr) {
            Ok(private) => Some(private),
            Err(text) => {
                diagnostics.errors.push(Diagnostic {
                    summary: text.into(),
                    detail: "".into(),
                    attribute: AttributePath::function_argument(0),
                });
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_private_cidr;

    #[test]
    fn private_ranges_are_rfc_1918_and_unique_local_only() {
        for (cidr, expected) in [
            ("10.0.0.0/8", true),
            ("10.1.2.3/32", true),
            ("172.16.0.0/12", true),
            ("172.32.0.0/16", false),
            ("192.168.7.0/24", true),
            ("192.169.0.0/16", false),
            ("0.0.0.0/0", false),
            ("8.0.0.0/5", false),
            ("100.64.0.0/10", false),
            ("127.0.0.0/8", false),
            ("169.254.0.0/16", false),
            ("fc00::/7", true),
            ("fd12:3456::/32", true),
            ("fe80::/10", false),
            ("::/0", false),
            ("::1/128", false),
        ] {
            assert_eq!(is_private_cidr(cidr), Ok(expected), "{cidr}");
        }
    }

    #[test]
    fn a_range_with_host_bits_is_an_error_that_offers_both_readings() {
        let error = is_private_cidr("10.1.0.5/16").expect_err("host bits");
        assert!(
            error.contains("\"10.1.0.0/16\"") && error.contains("\"10.1.0.5/32\""),
            "{error}"
        );
    }

    #[test]
    fn text_that_is_no_range_is_an_error_that_shows_one() {
        for text in ["", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "example.com/24"] {
            let error = is_private_cidr(text).expect_err(text);
            assert!(error.contains("\"10.1.0.0/16\""), "{text}: {error}");
        }
    }
}
