//! From an HTTP request to an API call or a control, and the life of one call.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Instant;

use emulator_kit::response::{plain, respond};
use emulator_kit::{HttpResponse, Reset, http};
use flate2::read::GzDecoder;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, HeaderValue};
use hyper::{HeaderMap, Method, Request, StatusCode};
use tokio::net::TcpStream;

use crate::call_log::Call;
use crate::credential_scope::scope_of;
use crate::error::ApiError;
use crate::faults::Effect;
use crate::model::Scope;
use crate::protocol::{Input, Reply, SERVICE, TAGGING_SERVICE, cbor, form, json, xml};
use crate::{Shared, admin, operations};

/// Largest request, before and after decompression. PutMetricData, the largest, takes 1 MB.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// What serves a connection.
pub(crate) fn connections(shared: Arc<Shared>) -> impl FnMut(TcpStream) + Send + 'static {
    http::connections(move |request| {
        let shared = Arc::clone(&shared);
        async move { route(&shared, request).await }
    })
}

async fn route(shared: &Shared, request: Request<Incoming>) -> Result<HttpResponse, Reset> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return Ok(plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the request cannot be read, or is larger than 16 MiB",
        ));
    };
    let path = parts.uri.path().to_owned();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match (&parts.method, segments.as_slice()) {
        (method, ["_emulator", rest @ ..]) => Ok(admin::route(
            shared,
            method,
            rest,
            parts.uri.query().unwrap_or_default(),
            &body.to_bytes(),
        )),
        (&Method::POST, ["service", service, "operation", operation]) if *service == SERVICE => {
            object_call(shared, CBOR, operation, &parts.headers, &body.to_bytes()).await
        }
        (&Method::POST, []) => match target_of(&parts.headers) {
            Some(operation) => object_call(shared, JSON, operation, &parts.headers, &body.to_bytes()).await,
            None => form_call(shared, &parts.headers, &body.to_bytes()).await,
        },
        _ => Ok(plain(StatusCode::NOT_FOUND, "neither an API call nor /_emulator")),
    }
}

/// The operation in awsJson's header.
fn target_of(headers: &HeaderMap) -> Option<&str> {
    let (service, operation) = headers.get("x-amz-target")?.to_str().ok()?.split_once('.')?;
    [SERVICE, TAGGING_SERVICE].contains(&service).then_some(operation)
}

/// A protocol with one path or header per operation and an object for a body.
struct ObjectProtocol {
    decode: fn(&[u8]) -> Result<Input, ApiError>,
    encode: fn(&Reply) -> Vec<u8>,
    encode_error: fn(&ApiError) -> Vec<u8>,
    content_type: &'static str,
}

const CBOR: ObjectProtocol = ObjectProtocol {
    decode: cbor::decode,
    encode: cbor::encode,
    encode_error: cbor::encode_error,
    content_type: cbor::CONTENT_TYPE,
};

const JSON: ObjectProtocol = ObjectProtocol {
    decode: json::decode,
    encode: json::encode,
    encode_error: json::encode_error,
    content_type: json::CONTENT_TYPE,
};

async fn object_call(
    shared: &Shared,
    protocol: ObjectProtocol,
    operation: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<HttpResponse, Reset> {
    let input = decompressed(headers, body).and_then(|body| (protocol.decode)(&body));
    let answer = match input {
        Ok(input) => call(shared, headers, operation, &input).await?,
        Err(error) => Err(error),
    };
    let (status, body) = match &answer {
        Ok(reply) => (StatusCode::OK, (protocol.encode)(reply)),
        Err(error) => (status_of(error), (protocol.encode_error)(error)),
    };
    let mut response = respond(status, protocol.content_type, body);
    if protocol.content_type == cbor::CONTENT_TYPE {
        response
            .headers_mut()
            .insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    }
    response
        .headers_mut()
        .insert("x-amzn-requestid", header(&shared.request_id()));
    if let Err(error) = &answer {
        // CloudWatch's model is awsQueryCompatible: the code clients match on comes in this header.
        let query_error = format!("{};{}", error.code, error.fault_of());
        response
            .headers_mut()
            .insert("x-amzn-query-error", header(&query_error));
    }
    Ok(response)
}

async fn form_call(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<HttpResponse, Reset> {
    let request_id = shared.request_id();
    let form = decompressed(headers, body).and_then(|body| form::decode(&body));
    let (namespace, action, answer) = match form {
        Ok(form) => {
            let namespace = match form.version.as_str() {
                "2011-06-15" => xml::STS_NAMESPACE,
                _ => xml::CLOUDWATCH_NAMESPACE,
            };
            let answer = call(shared, headers, &form.action, &form.input).await?;
            (namespace, form.action, answer)
        }
        Err(error) => (xml::CLOUDWATCH_NAMESPACE, String::new(), Err(error)),
    };
    let (status, body) = match answer {
        Ok(reply) => (StatusCode::OK, xml::encode(&action, namespace, &request_id, &reply)),
        Err(error) => (status_of(&error), xml::encode_error(namespace, &request_id, &error)),
    };
    let mut response = respond(status, xml::CONTENT_TYPE, body);
    response.headers_mut().insert("x-amzn-requestid", header(&request_id));
    Ok(response)
}

/// One API call from its arrival to what is answered, with everything a test may have scripted for it.
async fn call(
    shared: &Shared,
    headers: &HeaderMap,
    operation: &str,
    input: &Input,
) -> Result<Result<Reply, ApiError>, Reset> {
    let scope = scope_of(headers, &shared.default_account);
    let names = operations::alarm_names(input);
    let number = shared.calls.arrived(Call::arriving(operation, names.clone(), &scope));
    shared.gates.pass(&(operation, true)).await;
    let fault = shared.faults.strike(&(operation, &names[..]));
    let effect = fault.map(|kind| kind.effect(operation));
    let reset = matches!(effect, Some(Effect::ResetAfter));
    let answer = match effect {
        Some(Effect::ResetBefore) => {
            shared
                .calls
                .change(number, |call| "connection reset".clone_into(&mut call.outcome));
            return Err(Reset);
        }
        Some(Effect::Refuse(error)) => Err(error),
        Some(Effect::Delay(delay)) => {
            tokio::time::sleep(delay).await;
            work(shared, &scope, operation, input)
        }
        Some(Effect::ResetAfter) | None => work(shared, &scope, operation, input),
    };
    let mut outcome = match &answer {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.code.to_owned(),
    };
    if reset {
        outcome.push_str(", then connection reset");
    }
    // Before the gate: its work is done, and the caller may be killed there.
    shared.calls.change(number, |call| call.outcome = outcome);
    shared.gates.pass(&(operation, false)).await;
    if reset { Err(Reset) } else { Ok(answer) }
}

fn work(shared: &Shared, scope: &Scope, operation: &str, input: &Input) -> Result<Reply, ApiError> {
    if let Some(quotas) = &shared.quotas
        && !quotas.admit(scope, operation, Instant::now())
    {
        return Err(ApiError::throttling());
    }
    operations::run(shared, scope, operation, input)
}

/// SDKs compress large PutMetricData requests.
fn decompressed(headers: &HeaderMap, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None => Ok(body.to_vec()),
        Some(b"gzip") => {
            let mut plain = Vec::new();
            let most = u64::try_from(MAX_BODY).unwrap_or(u64::MAX);
            let read = GzDecoder::new(body).take(most).read_to_end(&mut plain);
            read.map_err(|error| ApiError::malformed(error.to_string()))?;
            Ok(plain)
        }
        Some(other) => {
            let other = String::from_utf8_lossy(other);
            Err(ApiError::malformed(format!(
                "Content-Encoding {other} is not supported."
            )))
        }
    }
}

fn status_of(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("unprintable"))
}
