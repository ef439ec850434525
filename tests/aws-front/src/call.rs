//! Which operation of AWS a request is.

use hyper::Method;
use hyper::http::request::Parts;

/// One call, as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// AWS's name of the operation, such as `UploadPart`; method and path of a request that is none of those known here.
    pub operation: String,
    /// Path without the query: for S3 `/<bucket>/<key>`.
    pub path: String,
}

/// How the service of an operation writes its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Json,
    S3,
    Query,
}

pub(crate) fn read(parts: &Parts, body: &[u8]) -> (Call, Protocol) {
    let path = parts.uri.path();
    let (operation, protocol) = json(parts)
        .or_else(|| rest(&parts.method, path))
        .map(|operation| (operation, Protocol::Json))
        .or_else(|| rest_xml(&parts.method, path).map(|operation| (operation.to_owned(), Protocol::Query)))
        .or_else(|| query(parts, body).map(|operation| (operation, Protocol::Query)))
        .unwrap_or_else(|| {
            (
                s3(&parts.method, path, parts.uri.query().unwrap_or_default()),
                Protocol::S3,
            )
        });
    let call = Call {
        operation,
        path: path.to_owned(),
    };
    (call, protocol)
}

/// `X-Amz-Target: secretsmanager.GetSecretValue`.
fn json(parts: &Parts) -> Option<String> {
    let target = parts.headers.get("x-amz-target")?.to_str().ok()?;
    target.rsplit('.').next().map(str::to_owned)
}

/// Services with paths of their own: EventBridge Scheduler and Lambda.
fn rest(method: &Method, path: &str) -> Option<String> {
    let verb = match *method {
        Method::POST => "Create",
        Method::GET => "Get",
        Method::PUT => "Update",
        Method::DELETE => "Delete",
        _ => return None,
    };
    if path.starts_with("/schedules/") {
        return Some(format!("{verb}Schedule"));
    }
    if !path.starts_with("/2015-03-31/functions/") {
        return None;
    }
    if path.ends_with("/configuration") {
        Some(format!("{verb}FunctionConfiguration"))
    } else if path.ends_with("/invocations") {
        Some("Invoke".to_owned())
    } else {
        None
    }
}

/// CloudFront and Route 53, whose errors look like those of the services with forms.
fn rest_xml(method: &Method, path: &str) -> Option<&'static str> {
    let is_of = |service: &str, end: &str| path.starts_with(service) && path.trim_end_matches('/').ends_with(end);
    let distribution = is_of("/2020-05-31/distribution/", "/config");
    let record_sets = is_of("/2013-04-01/hostedzone/", "/rrset");
    match *method {
        Method::GET if distribution => Some("GetDistributionConfig"),
        Method::PUT if distribution => Some("UpdateDistribution"),
        Method::GET if record_sets => Some("ListResourceRecordSets"),
        Method::POST if record_sets => Some("ChangeResourceRecordSets"),
        _ => None,
    }
}

/// `Action=AssumeRole` in a form: STS, IAM, SNS.
fn query(parts: &Parts, body: &[u8]) -> Option<String> {
    let kind = parts.headers.get("content-type")?.to_str().ok()?;
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let mut fields = form_urlencoded::parse(body);
    fields
        .find(|(name, _)| name == "Action")
        .map(|(_, action)| action.into_owned())
}

/// S3 with the bucket in the path.
fn s3(method: &Method, path: &str, query: &str) -> String {
    let has = |wanted: &str| form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == wanted);
    let key = path
        .trim_start_matches('/')
        .split_once('/')
        .is_some_and(|(_, key)| !key.is_empty());
    let operation = match (method, key) {
        (&Method::GET, false) if has("list-type") => "ListObjectsV2",
        (&Method::POST, true) if has("uploads") => "CreateMultipartUpload",
        (&Method::PUT, true) if has("partNumber") => "UploadPart",
        (&Method::POST, true) if has("uploadId") => "CompleteMultipartUpload",
        (&Method::DELETE, true) if has("uploadId") => "AbortMultipartUpload",
        (&Method::GET, true) if has("uploadId") => "ListParts",
        (&Method::DELETE, true) if has("tagging") => "DeleteObjectTagging",
        (&Method::PUT, true) if has("tagging") => "PutObjectTagging",
        (&Method::PUT, true) => "PutObject",
        (&Method::GET, true) => "GetObject",
        (&Method::HEAD, true) => "HeadObject",
        (&Method::DELETE, true) => "DeleteObject",
        _ => return format!("{method} {path}"),
    };
    operation.to_owned()
}
