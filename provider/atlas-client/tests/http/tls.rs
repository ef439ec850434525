//! HTTPS: a certificate that is not trusted ends the call before any credential is sent.

use crate::support::{config, project, service_account};
use atlas_client::{AtlasApi, AtlasError, HttpAtlas, TransportError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;

#[tokio::test]
async fn an_untrusted_certificate_is_told_at_once() {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let private = key.key_pair.serialize_der().try_into().unwrap();
    let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = accepted.clone();
    let server = tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            assert!(acceptor.accept(stream).await.is_err());
        }
    });
    let client = HttpAtlas::new(config(&url, service_account())).unwrap();
    let error = client.list_endpoint_services(&project()).await.unwrap_err();
    let AtlasError::Transport {
        attempts,
        source: TransportError::Untrusted { .. },
        ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!((*attempts, accepted.load(Ordering::SeqCst)), (1, 1));
    assert!(error.advice().contains("trusted certificates"));
    assert!(!server.is_finished());
    server.abort();
}
