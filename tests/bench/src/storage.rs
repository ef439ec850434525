//! S3 as far as a dump uses it, in this process: what it keeps are control objects and the hashes of parts, so that neither
//! its memory nor an interpreter sets the pace. It checks what S3 checks: checksums, conditions, parts, sizes.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use emulator_kit::http;
use emulator_kit::server::accept;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::{HeaderMap, Method, Request, Response};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const CHECKSUM: &str = "x-amz-checksum-sha256";

struct Part {
    sha256: [u8; 32],
    bytes: u64,
}

#[derive(Default)]
struct Contents {
    /// By path, bucket included.
    objects: HashMap<String, Bytes>,
    /// By upload id.
    uploads: HashMap<String, BTreeMap<u16, Part>>,
    begun: usize,
}

/// A server that ends when this is dropped.
pub(crate) struct Storage {
    pub(crate) url: String,
    server: JoinHandle<Infallible>,
}

impl Storage {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let contents = Arc::<Mutex<Contents>>::default();
        let connections = http::connections(move |request| answer(Arc::clone(&contents), request));
        let server = tokio::spawn(accept(listener, connections));
        Ok(Self { url, server })
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(contents: Arc<Mutex<Contents>>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let sha256: [u8; 32] = Sha256::digest(&body).into();
    let sent = parts.headers.get(CHECKSUM).map(|value| value.as_bytes());
    if sent.is_some_and(|sent| sent != STANDARD.encode(sha256).as_bytes()) {
        return refused(400, "BadDigest");
    }
    let path = parts.uri.path();
    let query = Query(parts.uri.query().unwrap_or_default());
    let mut contents = contents.lock().unwrap_or_else(PoisonError::into_inner);
    match (parts.method, query.get("uploadId")) {
        (Method::POST, None) => contents.begin(),
        (Method::PUT, Some(id)) => contents.part(id, query.get("partNumber"), sha256, body.len()),
        (Method::POST, Some(id)) => contents.complete(id, &parts.headers, &body),
        (Method::DELETE, Some(id)) => {
            contents.uploads.remove(id);
            Ok(Response::builder().status(204).body(Full::default())?)
        }
        (Method::PUT, None) => contents.put(path, &parts.headers, body, sha256),
        (Method::GET, None) => contents.get(path),
        _ => refused(501, "NotImplemented"),
    }
}

impl Contents {
    fn begin(&mut self) -> Result<Response<Full<Bytes>>> {
        self.begun += 1;
        let id = format!("upload-{}", self.begun);
        let answer =
            format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>");
        self.uploads.insert(id, BTreeMap::new());
        Ok(Response::new(answer.into()))
    }

    fn part(
        &mut self,
        id: &str,
        number: Option<&str>,
        sha256: [u8; 32],
        bytes: usize,
    ) -> Result<Response<Full<Bytes>>> {
        let Some(upload) = self.uploads.get_mut(id) else {
            return refused(404, "NoSuchUpload");
        };
        let number = number.context("no part number")?.parse()?;
        let bytes = bytes as u64;
        upload.insert(number, Part { sha256, bytes });
        stored(sha256)
    }

    fn complete(&mut self, id: &str, headers: &HeaderMap, listed: &[u8]) -> Result<Response<Full<Bytes>>> {
        let Some(upload) = self.uploads.remove(id) else {
            return refused(404, "NoSuchUpload");
        };
        let listed = std::str::from_utf8(listed)?;
        let is_whole = listed.matches("<Part>").count() == upload.len()
            && upload.values().all(|part| listed.contains(&tag(&part.sha256)));
        let bytes: u64 = upload.values().map(|part| part.bytes).sum();
        let told = headers.get("x-amz-mp-object-size");
        if !is_whole || told.is_some_and(|told| told.as_bytes() != bytes.to_string().as_bytes()) {
            return refused(400, "InvalidPart");
        }
        let all: Vec<u8> = upload.values().flat_map(|part| part.sha256).collect();
        let composite = format!("{}-{}", STANDARD.encode(Sha256::digest(&all)), upload.len());
        let answer = format!(
            "<CompleteMultipartUploadResult><ETag>&quot;{id}&quot;</ETag><ChecksumSHA256>{composite}</ChecksumSHA256>\
             </CompleteMultipartUploadResult>"
        );
        Ok(Response::new(answer.into()))
    }

    fn put(&mut self, path: &str, headers: &HeaderMap, body: Bytes, sha256: [u8; 32]) -> Result<Response<Full<Bytes>>> {
        let there = self
            .objects
            .get(path)
            .map(|there| format!("\"{}\"", tag(&Sha256::digest(there))));
        let is_refused = match (headers.get("if-none-match"), headers.get("if-match")) {
            (Some(_), _) => there.is_some(),
            (None, Some(tag)) => there.as_deref().map(str::as_bytes) != Some(tag.as_bytes()),
            (None, None) => false,
        };
        if is_refused {
            return refused(412, "PreconditionFailed");
        }
        self.objects.insert(path.to_owned(), body);
        stored(sha256)
    }

    fn get(&self, path: &str) -> Result<Response<Full<Bytes>>> {
        let Some(object) = self.objects.get(path) else {
            return refused(404, "NoSuchKey");
        };
        let sha256 = Sha256::digest(object);
        Ok(Response::builder()
            .header("etag", format!("\"{}\"", tag(&sha256)))
            .header(CHECKSUM, STANDARD.encode(sha256))
            .body(Full::new(object.clone()))?)
    }
}

/// An ETag without its quotes. S3 promises no more of one than that other bytes have another.
fn tag(sha256: &[u8]) -> String {
    hex::encode(&sha256[..16])
}

fn stored(sha256: [u8; 32]) -> Result<Response<Full<Bytes>>> {
    Ok(Response::builder()
        .header("etag", format!("\"{}\"", tag(&sha256)))
        .header(CHECKSUM, STANDARD.encode(sha256))
        .body(Full::default())?)
}

fn refused(status: u16, code: &str) -> Result<Response<Full<Bytes>>> {
    let body = format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>");
    Ok(Response::builder().status(status).body(body.into())?)
}

/// What comes after the question mark; nothing here needs decoding.
struct Query<'a>(&'a str);

impl Query<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}
