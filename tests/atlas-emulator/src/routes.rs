//! Paths to operations.

use crate::media_type::{CLUSTER_VERSIONS, RESOURCE_VERSIONS};
use crate::reply::ApiError;

pub(crate) const BASE_PATH: &str = "/api/atlas/v2";
pub(crate) const TOKEN_PATH: &str = "/api/oauth/token";
pub(crate) const REVOKE_PATH: &str = "/api/oauth/revoke";

/// What a call asks for, with the variable segments of its path as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation<'a> {
    CreateService,
    ModifyService { service: &'a str },
    ListServices { provider: &'a str },
    GetService { service: &'a str },
    DeleteService { service: &'a str },
    CreateEndpoint { service: &'a str },
    GetEndpoint { service: &'a str, endpoint: &'a str },
    DeleteEndpoint { service: &'a str, endpoint: &'a str },
    GetRegionalMode,
    SetRegionalMode,
    ListClusters,
    GetCluster { name: &'a str },
    ListAccessList,
    PostAccessList,
    GetAccessListEntry { value: &'a str },
    DeleteAccessListEntry { value: &'a str },
    GetAccessListStatus { value: &'a str },
    PostDatabaseUser,
    GetDatabaseUser { database: &'a str, name: &'a str },
    PatchDatabaseUser { database: &'a str, name: &'a str },
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Route<'a> {
    pub(crate) project: &'a str,
    pub(crate) operation: Operation<'a>,
    /// Versions of the resource, the oldest first.
    pub(crate) versions: &'static [&'static str],
    /// Requests that the resource's token bucket holds; observed values.
    pub(crate) rate_limit: u64,
}

pub(crate) fn parse<'a>(method: &str, path: &'a str) -> Result<Route<'a>, ApiError> {
    let unknown = || ApiError::resource_not_found(path);
    let rest = path.strip_prefix(BASE_PATH).ok_or_else(unknown)?;
    let segments: Vec<&str> = rest.split('/').skip(1).collect();
    let ["groups", project, resource @ ..] = segments.as_slice() else {
        return Err(unknown());
    };
    let (operation, ids) = match resource {
        ["privateEndpoint", "serverless", ..] => return Err(ApiError::version_gone("2023-01-01", path)),
        ["privateEndpoint", rest @ ..] => private_endpoint(method, rest),
        ["clusters", rest @ ..] => (clusters(method, rest), None),
        ["accessList", rest @ ..] => (access_list(method, rest), None),
        ["databaseUsers", rest @ ..] => (database_users(method, rest), None),
        _ => return Err(unknown()),
    };
    let operation = operation.map_err(|miss| match miss {
        Miss::Path => unknown(),
        Miss::Method => ApiError::method_not_allowed(method),
    })?;
    if !is_id(project) || ids.is_some_and(|id| !is_id(id)) {
        return Err(ApiError::malformed_path(path));
    }
    let (versions, rate_limit) = match resource.first() {
        Some(&"clusters") => (CLUSTER_VERSIONS, 10_000),
        Some(&"databaseUsers") => (RESOURCE_VERSIONS, 10_000),
        Some(&"accessList") => (RESOURCE_VERSIONS, 1_200),
        _ => (RESOURCE_VERSIONS, 4_000),
    };
    Ok(Route {
        project,
        operation,
        versions,
        rate_limit,
    })
}

enum Miss {
    Path,
    Method,
}

/// The operation, and the service id in the path, whose form is checked.
fn private_endpoint<'a>(method: &str, segments: &[&'a str]) -> (Result<Operation<'a>, Miss>, Option<&'a str>) {
    let is_provider = |name: &str| matches!(name, "AWS" | "AZURE" | "GCP");
    match *segments {
        ["regionalMode"] => (
            match method {
                "GET" => Ok(Operation::GetRegionalMode),
                "PATCH" => Ok(Operation::SetRegionalMode),
                _ => Err(Miss::Method),
            },
            None,
        ),
        ["endpointService"] if method == "POST" => (Ok(Operation::CreateService), None),
        ["endpointService", service] if method == "PATCH" => (Ok(Operation::ModifyService { service }), Some(service)),
        ["endpointService"] | ["endpointService", _] => (Err(Miss::Method), None),
        [provider, "endpointService"] if is_provider(provider) && method == "GET" => {
            (Ok(Operation::ListServices { provider }), None)
        }
        [provider, "endpointService"] if is_provider(provider) => (Err(Miss::Method), None),
        ["AWS", "endpointService", service] => (
            match method {
                "GET" => Ok(Operation::GetService { service }),
                "DELETE" => Ok(Operation::DeleteService { service }),
                _ => Err(Miss::Method),
            },
            Some(service),
        ),
        ["AWS", "endpointService", service, "endpoint"] => (
            match method {
                "POST" => Ok(Operation::CreateEndpoint { service }),
                _ => Err(Miss::Method),
            },
            Some(service),
        ),
        ["AWS", "endpointService", service, "endpoint", endpoint] => (
            match method {
                "GET" => Ok(Operation::GetEndpoint { service, endpoint }),
                "DELETE" => Ok(Operation::DeleteEndpoint { service, endpoint }),
                _ => Err(Miss::Method),
            },
            Some(service),
        ),
        _ => (Err(Miss::Path), None),
    }
}

fn clusters<'a>(method: &str, segments: &[&'a str]) -> Result<Operation<'a>, Miss> {
    match (method, segments) {
        ("GET", []) => Ok(Operation::ListClusters),
        ("GET", [name]) => Ok(Operation::GetCluster { name }),
        (_, [] | [_]) => Err(Miss::Method),
        _ => Err(Miss::Path),
    }
}

fn access_list<'a>(method: &str, segments: &[&'a str]) -> Result<Operation<'a>, Miss> {
    match (method, segments) {
        ("GET", []) => Ok(Operation::ListAccessList),
        ("POST", []) => Ok(Operation::PostAccessList),
        ("GET", [value]) => Ok(Operation::GetAccessListEntry { value }),
        ("DELETE", [value]) => Ok(Operation::DeleteAccessListEntry { value }),
        ("GET", [value, "status"]) => Ok(Operation::GetAccessListStatus { value }),
        (_, [] | [_] | [_, "status"]) => Err(Miss::Method),
        _ => Err(Miss::Path),
    }
}

fn database_users<'a>(method: &str, segments: &[&'a str]) -> Result<Operation<'a>, Miss> {
    match (method, segments) {
        ("POST", []) => Ok(Operation::PostDatabaseUser),
        ("GET", [database, name]) => Ok(Operation::GetDatabaseUser { database, name }),
        ("PATCH", [database, name]) => Ok(Operation::PatchDatabaseUser { database, name }),
        (_, [] | [_, _]) => Err(Miss::Method),
        _ => Err(Miss::Path),
    }
}

fn is_id(segment: &str) -> bool {
    segment.len() == 24 && is_lower_hex(segment)
}

/// `vpce-` and 17 hexadecimal digits, as the description says.
pub(crate) fn is_interface_endpoint_id(id: &str) -> bool {
    id.strip_prefix("vpce-")
        .is_some_and(|digits| digits.len() == 17 && is_lower_hex(digits))
}

fn is_lower_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
