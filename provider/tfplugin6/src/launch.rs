//! How the process was started: command line and go-plugin's environment, parsed once and validated.

use std::ops::RangeInclusive;

use rustls::pki_types::{CertificateDer, pem::PemObject};

use crate::error::ServeError;

/// The cookie Terraform sets for every plugin it starts (terraform `internal/plugin6/serve.go`, `Handshake`). It
/// guards against a mistake, not against an attacker.
const MAGIC_COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

const PROTOCOL_VERSION: &str = "6";

/// What the process is asked to do.
#[derive(Debug)]
pub(crate) enum Launch {
    /// Print how the binary is used.
    Help,
    /// Print name and version.
    Version,
    /// Serve until Ctrl-C, in plain text, for `TF_REATTACH_PROVIDERS`.
    Debug,
    /// Serve the Terraform that started the process.
    Plugin {
        /// The only certificate that may call; `None` serves plain text, which go-plugin's clients without mTLS expect.
        client_certificate: Option<CertificateDer<'static>>,
        /// Ports to try, in order; `None` leaves the choice to the system.
        ports: Option<RangeInclusive<u16>>,
    },
}

impl Launch {
    /// Reads the arguments after the program's name, and the environment.
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ServeError> {
        let mut launch = None;
        for argument in arguments {
            launch = Some(match argument.as_str() {
                "--help" | "-h" => Self::Help,
                "--version" | "-V" => Self::Version,
                // Go providers take the single dash too, and Terraform's documentation shows both.
                "--debug" | "-debug" => Self::Debug,
                _ => return Err(ServeError::UnknownArgument(argument)),
            });
        }
        match launch {
            Some(launch) => Ok(launch),
            None => Self::plugin(variable),
        }
    }

    fn plugin(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ServeError> {
        let (name, value) = MAGIC_COOKIE;
        if variable(name).as_deref() != Some(value) {
            return Err(ServeError::RunByHand);
        }
        if let Some(offered) = variable("PLUGIN_PROTOCOL_VERSIONS").filter(|offered| !offered.is_empty())
            && !offered.split(',').any(|version| version.trim() == PROTOCOL_VERSION)
        {
            return Err(ServeError::ProtocolVersion { offered });
        }
        let client_certificate = match variable("PLUGIN_CLIENT_CERT").filter(|pem| !pem.is_empty()) {
            Some(pem) => {
                Some(CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| ServeError::ClientCertificate)?)
            }
            None => None,
        };
        Ok(Self::Plugin {
            client_certificate,
            ports: ports(variable("PLUGIN_MIN_PORT"), variable("PLUGIN_MAX_PORT"))?,
        })
    }
}

/// go-plugin sets both bounds; one alone leaves the other end open.
fn ports(min: Option<String>, max: Option<String>) -> Result<Option<RangeInclusive<u16>>, ServeError> {
    let min = min.filter(|port| !port.is_empty());
    let max = max.filter(|port| !port.is_empty());
    if min.is_none() && max.is_none() {
        return Ok(None);
    }
    let refused = || ServeError::PortRange {
        min: min.clone(),
        max: max.clone(),
    };
    let first: u16 = min.as_deref().unwrap_or("1024").parse().map_err(|_| refused())?;
    let last: u16 = max.as_deref().unwrap_or("65535").parse().map_err(|_| refused())?;
    if first == 0 || first > last {
        return Err(refused());
    }
    Ok(Some(first..=last))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn launch(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Launch, ServeError> {
        Launch::parse(arguments.iter().map(ToString::to_string), |name| {
            environment
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    const COOKIE: (&str, &str) = MAGIC_COOKIE;

    #[test]
    fn flags_win_over_the_environment() {
        assert!(matches!(launch(&["--help"], &[]), Ok(Launch::Help)));
        assert!(matches!(launch(&["--version"], &[COOKIE]), Ok(Launch::Version)));
        assert!(matches!(launch(&["-debug"], &[]), Ok(Launch::Debug)));
        assert!(matches!(launch(&["serve"], &[COOKIE]), Err(ServeError::UnknownArgument(word)) if word == "serve"));
    }

    #[test]
    fn the_environment_is_validated_once() {
        type Case = (
            &'static str,
            &'static [(&'static str, &'static str)],
            fn(&Result<Launch, ServeError>) -> bool,
        );
        let cases: [Case; 10] = [
            ("no cookie", &[], |r| matches!(r, Err(ServeError::RunByHand))),
            ("wrong cookie", &[("TF_PLUGIN_MAGIC_COOKIE", "1")], |r| {
                matches!(r, Err(ServeError::RunByHand))
            }),
            ("cookie alone", &[COOKIE], |r| {
                matches!(
                    r,
                    Ok(Launch::Plugin {
                        client_certificate: None,
                        ports: None
                    })
                )
            }),
            (
                "protocols 5 and 6",
                &[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "5,6")],
                |r| matches!(r, Ok(Launch::Plugin { .. })),
            ),
            (
                "protocol 5",
                &[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "5")],
                |r| matches!(r, Err(ServeError::ProtocolVersion { offered }) if offered == "5"),
            ),
            ("protocol 16", &[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "16")], |r| {
                matches!(r, Err(ServeError::ProtocolVersion { .. }))
            }),
            (
                "ports",
                &[COOKIE, ("PLUGIN_MIN_PORT", "10000"), ("PLUGIN_MAX_PORT", "25000")],
                |r| matches!(r, Ok(Launch::Plugin { ports: Some(ports), .. }) if *ports == (10_000..=25_000)),
            ),
            (
                "ports the wrong way round",
                &[COOKIE, ("PLUGIN_MIN_PORT", "2"), ("PLUGIN_MAX_PORT", "1")],
                |r| matches!(r, Err(ServeError::PortRange { .. })),
            ),
            ("a port beyond 65535", &[COOKIE, ("PLUGIN_MAX_PORT", "70000")], |r| {
                matches!(r, Err(ServeError::PortRange { .. }))
            }),
            (
                "a certificate that is none",
                &[COOKIE, ("PLUGIN_CLIENT_CERT", "hello")],
                |r| matches!(r, Err(ServeError::ClientCertificate)),
            ),
        ];
        for (name, environment, expected) in cases {
            let result = launch(&[], environment);
            assert!(expected(&result), "{name}: {result:?}");
        }
    }
}
