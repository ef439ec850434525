//! Why a provider does not serve.

use std::io;

/// Why the process could not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The magic cookie is missing: somebody started the binary in a shell.
    #[error("this program is started by Terraform or OpenTofu")]
    RunByHand,
    /// A command-line argument that does not exist.
    #[error("unknown argument `{0}`; --help shows those there are")]
    UnknownArgument(String),
    /// The client does not speak protocol 6.
    #[error(
        "the client offers plugin protocol versions {offered}, and only 6 is served: Terraform 1.0 or newer has it"
    )]
    ProtocolVersion {
        /// `PLUGIN_PROTOCOL_VERSIONS` as received.
        offered: String,
    },
    /// `PLUGIN_CLIENT_CERT` is set and not a certificate. Serving without it would serve anybody.
    #[error("PLUGIN_CLIENT_CERT is not a PEM certificate")]
    ClientCertificate,
    /// The port range is empty or not made of ports.
    #[error("PLUGIN_MIN_PORT and PLUGIN_MAX_PORT give no range of ports: {} to {}", min.as_deref().unwrap_or("unset"), max.as_deref().unwrap_or("unset"))]
    PortRange {
        /// `PLUGIN_MIN_PORT` as received.
        min: Option<String>,
        /// `PLUGIN_MAX_PORT` as received.
        max: Option<String>,
    },
    /// No port could be had on 127.0.0.1.
    #[error("cannot listen on 127.0.0.1")]
    Bind(#[source] io::Error),
    /// The handshake line could not be written.
    #[error("cannot write to stdout")]
    Stdout(#[source] io::Error),
    /// The signal handlers could not be installed.
    #[error("cannot handle signals")]
    Signals(#[source] io::Error),
    /// The server certificate could not be made.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// The certificate could not be used.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    /// The server failed while running.
    #[error("the server failed")]
    Server(#[from] tonic::transport::Error),
    /// The threads that serve could not be started.
    #[error("cannot start the async runtime")]
    Runtime(#[source] io::Error),
}
