//! Who calls, and for which region, from the SigV4 Authorization header. The signature itself is not checked.

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

use crate::model::Scope;

/// Region of a call that carries no signature.
const UNSIGNED_REGION: &str = "us-east-1";

/// Reads `Credential=AKID/date/region/service/aws4_request`. An access key of twelve digits is the account.
pub(crate) fn scope_of(headers: &HeaderMap, default_account: &str) -> Scope {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let credential = header.split("Credential=").nth(1).unwrap_or_default();
    let mut parts = credential.split([',', ' ']).next().unwrap_or_default().split('/');
    let access_key = parts.next().unwrap_or_default();
    let region = parts.nth(1).unwrap_or(UNSIGNED_REGION);
    let is_account = access_key.len() == 12 && access_key.bytes().all(|byte| byte.is_ascii_digit());
    Scope::new(if is_account { access_key } else { default_account }, region)
}
