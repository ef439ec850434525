//! Takes a provider's place in a mirror and passes Terraform's calls on to a provider that runs already: a Terraform command starts
//! each provider several times, and `hashicorp/aws` needs seconds of CPU for each start. Where that provider is, an environment
//! variable says (`acceptance::running`).
//!
//! To Terraform it is a plugin like any other: handshake line, TLS with a certificate of its own, HTTP/2. Everything is passed on but
//! `Shutdown` and `Stop`, which are for this process and not for the provider that others use too, and the schema, which is asked for once
//! and then kept, as much as is needed (`acceptance::schema`). An interrupted command waits for the calls that it has begun.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use acceptance::running::{Address, Handshake, RELAY_SCHEMA, RELAY_TO, RELAY_TYPES};
use acceptance::schema;
use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_rustls::TlsAcceptor;

/// Terraform connects at once; this frees the process of one that died before.
const UNTIL_CONNECTED: Duration = Duration::from_secs(60);

/// Of HTTP/2, both ways: a schema of 30 MB in windows of 64 KiB would be a round trip for each.
const WINDOW: u32 = 16 << 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let provider = variable(RELAY_TO)?;
    let provider = Handshake::parse(&provider)?;
    let (certificate, tls) = tls()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let line = format!(
        "1|{}|tcp|{}|grpc|{}\n",
        provider.version,
        listener.local_addr()?,
        STANDARD_NO_PAD.encode(certificate)
    );
    std::io::stdout().write_all(line.as_bytes())?;
    std::io::stdout().flush()?;

    let provider = match provider.address {
        Address::Unix(socket) => connection(UnixStream::connect(socket).await?).await?,
        Address::Tcp(address) => {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            connection(stream).await?
        }
    };

    let accepted = tokio::time::timeout(UNTIL_CONNECTED, listener.accept()).await;
    let Ok(accepted) = accepted else {
        bail!("nobody connected");
    };
    let (client, _) = accepted?;
    client.set_nodelay(true)?;
    let client = TlsAcceptor::from(tls).accept(client).await?;
    // Terraform has one connection; when it ends, so does its use for this process.
    hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .serve_connection(
            TokioIo::new(client),
            service_fn(|request| pass_on(provider.clone(), request)),
        )
        .await
        .ok();
    Ok(())
}

/// Their answers are messages without a field, or with an error that is empty.
const OF_THIS_PROCESS: [&str; 3] = [
    "/plugin.GRPCController/Shutdown",
    "/tfplugin5.Provider/Stop",
    "/tfplugin6.Provider/StopProvider",
];

/// What calls of the provider go through.
async fn connection(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Result<SendRequest<Incoming>> {
    let (calls, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .handshake(TokioIo::new(stream))
        .await?;
    tokio::spawn(connection);
    Ok(calls)
}

/// The client is given this certificate in the handshake line, and trusts nothing else. Of the client nothing is asked: all that can be
/// reached here is a provider of the tests.
fn tls() -> Result<(CertificateDer<'static>, Arc<ServerConfig>)> {
    let mut parameters = rcgen::CertificateParams::new(["localhost".to_owned()])?;
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate()?;
    let certificate = parameters.self_signed(&key)?.der().clone();
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok((certificate, Arc::new(config)))
}

async fn pass_on(
    mut provider: SendRequest<Incoming>,
    request: Request<Incoming>,
) -> Result<Response<BoxBody<Bytes, hyper::Error>>> {
    if OF_THIS_PROCESS.contains(&request.uri().path()) {
        return Ok(success(&[]));
    }
    let kept = match request.uri().path() {
        "/tfplugin5.Provider/GetSchema" | "/tfplugin6.Provider/GetProviderSchema" => Some(variable(RELAY_SCHEMA)?),
        _ => None,
    };
    if let Some(kept) = &kept
        && let Ok(schema) = std::fs::read(kept)
    {
        return Ok(success(&schema));
    }
    let (mut parts, body) = request.into_parts();
    parts.uri = Uri::try_from(format!("http://localhost{}", parts.uri.path()))?;
    let response = provider.send_request(Request::from_parts(parts, body)).await?;
    let Some(kept) = kept else {
        return Ok(response.map(BodyExt::boxed));
    };
    let body = response.into_body().collect().await?.to_bytes();
    let message = body
        .get(PREFIX_LENGTH..)
        .context("the provider does not give its schema")?;
    let types = variable(RELAY_TYPES)?;
    let schema = schema::trimmed(message, &types.split(',').collect())?;
    keep(&schema, Path::new(&kept))?;
    Ok(success(&schema))
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set"))
}

/// Other relays may do the same at this moment, and read it as soon as it is there.
fn keep(schema: &[u8], path: &Path) -> Result<()> {
    let folder = path.parent().context("no folder for the schema")?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(schema)?;
    file.persist(path)?;
    Ok(())
}

/// Of a message in gRPC: not compressed, its length in four bytes.
const PREFIX_LENGTH: usize = 5;

/// gRPC's success with `message`.
fn success(message: &[u8]) -> Response<BoxBody<Bytes, hyper::Error>> {
    let mut framed = Vec::with_capacity(PREFIX_LENGTH + message.len());
    framed.push(0);
    framed.extend_from_slice(&u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
    framed.extend_from_slice(message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let body = Full::new(Bytes::from(framed)).with_trailers(async { Some(Ok(trailers)) });
    let mut response = Response::new(body.map_err(|never| match never {}).boxed());
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}
