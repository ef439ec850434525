//! The versions of the API that `Accept` asks for.

use hyper::HeaderMap;
use hyper::header::{ACCEPT, CONTENT_TYPE};

/// The only version of private endpoints and access lists.
pub(crate) const RESOURCE_VERSIONS: &[&str] = &["2023-01-01"];
/// Clusters: the last is current, the others answer with their end in the headers.
pub(crate) const CLUSTER_VERSIONS: &[&str] = &["2023-01-01", "2023-02-01", "2024-08-05"];

const PREFIX: &str = "application/vnd.atlas.";
const SUFFIX: &str = "+json";

/// The newest of `versions` that is not younger than the date asked for; `None`: no versioned JSON is accepted.
pub(crate) fn resolve(headers: &HeaderMap, versions: &[&'static str]) -> Option<&'static str> {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let asked = accepted.flat_map(|value| value.split(',')).find_map(date_of)?;
    versions.iter().rev().find(|version| **version <= asked).copied()
}

/// Can a body with these headers be JSON of the API?
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    essence(value).eq_ignore_ascii_case("application/json") || date_of(value).is_some()
}

fn essence(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim()
}

fn date_of(value: &str) -> Option<&str> {
    let date = essence(value).strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let has_shape = date.len() == 10
        && date.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    has_shape.then_some(date)
}

/// Content type of an answer.
pub(crate) fn of_version(version: &str) -> String {
    format!("{PREFIX}{version}{SUFFIX};charset=utf-8")
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use hyper::header::{ACCEPT, HeaderValue};

    use super::{CLUSTER_VERSIONS, RESOURCE_VERSIONS, resolve};

    #[test]
    fn the_newest_version_not_after_the_date_is_served() {
        for (accept, resource, cluster) in [
            (
                "application/vnd.atlas.2023-01-01+json",
                Some("2023-01-01"),
                Some("2023-01-01"),
            ),
            (
                "application/vnd.atlas.2024-08-05+json",
                Some("2023-01-01"),
                Some("2024-08-05"),
            ),
            (
                "application/vnd.atlas.2024-08-04+json",
                Some("2023-01-01"),
                Some("2023-02-01"),
            ),
            (
                "text/html, application/vnd.atlas.2025-03-12+json;q=0.9",
                Some("2023-01-01"),
                Some("2024-08-05"),
            ),
            ("application/vnd.atlas.2022-12-31+json", None, None),
            ("application/vnd.atlas.2024-08-05+csv", None, None),
            ("application/vnd.atlas.preview+json", None, None),
            ("application/json", None, None),
            ("*/*", None, None),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(resolve(&headers, RESOURCE_VERSIONS), resource, "{accept}");
            assert_eq!(resolve(&headers, CLUSTER_VERSIONS), cluster, "{accept}");
        }
        assert_eq!(resolve(&HeaderMap::new(), RESOURCE_VERSIONS), None);
    }
}
