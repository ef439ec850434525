//! Certificates of an authority that exists as long as the emulator does.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    SanType,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// What certificate to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// For 127.0.0.1 and localhost.
    Valid,
    /// For another host.
    OtherHost,
    /// An expired one.
    Expired,
}

/// TLS from the server's side, and the authority's certificate in PEM.
pub(crate) fn acceptor(tls: Tls) -> io::Result<(TlsAcceptor, String)> {
    let made = make(tls).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(io::Error::other)?.with_no_client_auth();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.key.serialize_der()));
    let config = config
        .with_single_cert(vec![made.certificate.der().clone()], key)
        .map_err(io::Error::other)?;
    Ok((TlsAcceptor::from(Arc::new(config)), made.authority.pem()))
}

struct Made {
    authority: Certificate,
    certificate: Certificate,
    key: KeyPair,
}

fn make(tls: Tls) -> Result<Made, rcgen::Error> {
    let authority_key = KeyPair::generate()?;
    let mut authority = CertificateParams::new([])?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority
        .distinguished_name
        .push(DnType::CommonName, "mongo-emulator authority");
    let authority = authority.self_signed(&authority_key)?;

    let key = KeyPair::generate()?;
    let host = if tls == Tls::OtherHost {
        "elsewhere.invalid"
    } else {
        "localhost"
    };
    let mut certificate = CertificateParams::new([host.to_owned()])?;
    if tls != Tls::OtherHost {
        certificate
            .subject_alt_names
            .push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    }
    if tls == Tls::Expired {
        certificate.not_before = rcgen::date_time_ymd(2020, 1, 1);
        certificate.not_after = rcgen::date_time_ymd(2021, 1, 1);
    }
    certificate.distinguished_name.push(DnType::CommonName, host);
    certificate.use_authority_key_identifier_extension = true;
    certificate.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    certificate.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = certificate.signed_by(&key, &authority, &authority_key)?;
    Ok(Made {
        authority,
        certificate,
        key,
    })
}
