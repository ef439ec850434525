//! Nobody but the client that started the process can use its port: real TLS clients with a certificate as go-plugin
//! makes it (P-521, self-signed, `CA:TRUE`), with another one, and with none.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P521_SHA512};
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::{
        ResolvesClientCert,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime},
    sign::CertifiedKey,
};
use tfplugin6_harness::process::MAGIC_COOKIE;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

mod support;
use support::probe;

/// Shorter than the server's handshake timeout of ten seconds: a client that waits behind a hanging one exceeds it.
const NOT_BLOCKED: Duration = Duration::from_secs(8);

/// A certificate and its key as go-plugin makes them (go-plugin `mtls.go`).
struct Client {
    certificate: CertificateDer<'static>,
    pem: String,
    key: KeyPair,
}

impl Client {
    fn new() -> Self {
        let mut parameters = CertificateParams::new(["localhost".to_owned()]).unwrap();
        parameters.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters
            .distinguished_name
            .push(rcgen::DnType::CommonName, "localhost");
        parameters
            .distinguished_name
            .push(rcgen::DnType::OrganizationName, "HashiCorp");
        parameters.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
            KeyUsagePurpose::KeyAgreement,
            KeyUsagePurpose::KeyCertSign,
        ];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            key,
        }
    }

    /// This certificate, signed for with `key`.
    fn identity(&self, key: &KeyPair) -> Arc<CertifiedKey> {
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let key = aws_lc_rs::default_provider()
            .key_provider
            .load_private_key(key)
            .unwrap();
        Arc::new(CertifiedKey::new(vec![self.certificate.clone()], key))
    }
}

/// Answers the server's request with one identity, whatever it is worth.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesClientCert for Always {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Expects the certificate of the handshake line, as go-plugin does.
#[derive(Debug)]
struct Announced {
    certificate: Vec<u8>,
    crypto: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Announced {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        assert_eq!(end_entity.as_ref(), self.certificate);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.crypto.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.crypto.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.crypto.signature_verification_algorithms.supported_schemes()
    }
}

/// A probe that was told to serve one client only.
struct Plugin {
    child: Child,
    address: SocketAddr,
    certificate: Vec<u8>,
}

impl Plugin {
    fn start(client: &Client) -> Self {
        let mut child = Command::new(probe())
            .env(MAGIC_COOKIE.0, MAGIC_COOKIE.1)
            .env("PLUGIN_CLIENT_CERT", &client.pem)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let fields: Vec<_> = line.trim_end().split('|').collect();
        let ["1", "6", "tcp", address, "grpc", certificate] = fields[..] else {
            panic!("{line}")
        };
        assert!(!certificate.contains('='), "go-plugin reads base64 without padding");
        let certificate = STANDARD_NO_PAD.decode(certificate).unwrap();
        Self {
            address: address.parse().unwrap(),
            certificate,
            child,
        }
    }

    /// Connects with TLS and asks for HTTP/2.
    async fn connect(&self, identity: Option<Arc<CertifiedKey>>) -> std::io::Result<()> {
        let crypto = Arc::new(aws_lc_rs::default_provider());
        let verifier = Arc::new(Announced {
            certificate: self.certificate.clone(),
            crypto: Arc::clone(&crypto),
        });
        let config = ClientConfig::builder_with_provider(crypto)
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match identity {
            Some(identity) => config.with_client_cert_resolver(Arc::new(Always(identity))),
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let socket = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        speak_http2(TlsConnector::from(Arc::new(config)).connect(name, socket).await?).await
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Sends HTTP/2's preface with empty settings, and expects the settings of a server.
async fn speak_http2(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<()> {
    const SETTINGS: u8 = 4;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await?;
    stream.write_all(&[0, 0, 0, SETTINGS, 0, 0, 0, 0, 0]).await?;
    stream.flush().await?;
    let mut header = [0; 9];
    stream.read_exact(&mut header).await?;
    match header[3] {
        SETTINGS => Ok(()),
        kind => Err(std::io::Error::other(format!("frame of type {kind}"))),
    }
}

#[tokio::test]
async fn only_the_holder_of_the_announced_key_is_served() {
    let (terraform, other) = (Client::new(), Client::new());
    let plugin = Plugin::start(&terraform);
    let cases = [
        ("no certificate", None, false),
        ("another certificate", Some(other.identity(&other.key)), false),
        (
            "the right certificate with another key",
            Some(terraform.identity(&other.key)),
            false,
        ),
        // Last, so that it also shows that the refused ones did not end the server.
        ("the right certificate", Some(terraform.identity(&terraform.key)), true),
    ];
    for (name, identity, served) in cases {
        let outcome = tokio::time::timeout(NOT_BLOCKED, plugin.connect(identity))
            .await
            .expect(name);
        assert_eq!(outcome.is_ok(), served, "{name}: {outcome:?}");
    }
    let plain = speak_http2(TcpStream::connect(plugin.address).await.unwrap()).await;
    assert!(plain.is_err(), "plain text was served");
}

#[tokio::test]
async fn clients_that_hang_in_the_handshake_block_nobody() {
    let terraform = Client::new();
    let plugin = Plugin::start(&terraform);
    let mut hanging = Vec::new();
    for _ in 0..50 {
        let mut socket = TcpStream::connect(plugin.address).await.unwrap();
        // The head of a ClientHello record whose rest never comes.
        socket.write_all(&[0x16, 3, 1, 2, 0]).await.unwrap();
        hanging.push(socket);
    }
    let connect = plugin.connect(Some(terraform.identity(&terraform.key)));
    tokio::time::timeout(NOT_BLOCKED, connect)
        .await
        .expect("blocked")
        .unwrap();
    drop(hanging);
}
