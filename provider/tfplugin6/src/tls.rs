//! go-plugin's automatic mutual TLS: both ends pin the one certificate the other announced.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};

use crate::error::ServeError;

/// TLS for one process: a server certificate made just now, and a client that must hold the pinned certificate's key.
pub(crate) struct MutualTls {
    /// The server's certificate, to be announced in the handshake line.
    pub(crate) certificate: CertificateDer<'static>,
    /// HTTP/2 only.
    pub(crate) config: Arc<ServerConfig>,
}

impl MutualTls {
    pub(crate) fn pinned_to(client: CertificateDer<'static>) -> Result<Self, ServeError> {
        // P-256: a key takes microseconds to make, and Go verifies it like any other. The self-signed certificate is
        // its own root for Go, which requires the name `localhost` and a CA.
        let mut parameters = rcgen::CertificateParams::new(["localhost".to_owned()])?;
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters
            .distinguished_name
            .push(rcgen::DnType::CommonName, "localhost");
        parameters.key_usages = vec![
            rcgen::KeyUsagePurpose::DigitalSignature,
            rcgen::KeyUsagePurpose::KeyCertSign,
        ];
        parameters.extended_key_usages = vec![
            rcgen::ExtendedKeyUsagePurpose::ServerAuth,
            rcgen::ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = rcgen::KeyPair::generate()?;
        let certificate = parameters.self_signed(&key)?.der().clone();

        // The provider is named, never the process default: with an AWS SDK linked in, rustls sees two and panics.
        // aws-lc-rs because go-plugin's client key is P-521, which ring cannot verify.
        let crypto = Arc::new(aws_lc_rs::default_provider());
        let verifier = Arc::new(PinnedClient {
            certificate: client,
            crypto: Arc::clone(&crypto),
        });
        let mut config = ServerConfig::builder_with_provider(crypto)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(
                vec![certificate.clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self {
            certificate,
            config: Arc::new(config),
        })
    }
}

/// Accepts the holder of one certificate's key and nobody else.
///
/// webpki's chain building cannot be used: go-plugin's certificate is self-signed with `CA:TRUE`, which it refuses as
/// an end entity. Equality with the announced bytes is stricter than any chain.
#[derive(Debug)]
struct PinnedClient {
    certificate: CertificateDer<'static>,
    crypto: Arc<CryptoProvider>,
}

impl ClientCertVerifier for PinnedClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if *end_entity == self.certificate {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, Error> {
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
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, Error> {
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
