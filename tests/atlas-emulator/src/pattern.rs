//! Which calls a fault or a gate is for.

use crate::routes::BASE_PATH;

/// `*` stands for any method or one segment of a path, a last `**` for any rest. A path may leave the API's base path out.
pub(crate) fn matches(method_pattern: &str, path_pattern: &str, method: &str, path: &str) -> bool {
    let is_method = method_pattern == "*" || method_pattern.eq_ignore_ascii_case(method);
    is_method
        && (path_matches(path_pattern, path)
            || path
                .strip_prefix(BASE_PATH)
                .is_some_and(|rest| path_matches(path_pattern, rest)))
}

fn path_matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.trim_matches('/').split('/');
    for wanted in pattern.trim_matches('/').split('/') {
        match (wanted, segments.next()) {
            ("**", _) => return true,
            (_, None) => return false,
            ("*", Some(_)) => {}
            (wanted, Some(segment)) if wanted == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_stand_for_segments() {
        let service = "/api/atlas/v2/groups/1/privateEndpoint/AWS/endpointService/2";
        for (case, method, path, expected) in [
            ("everything", "*", "**", true),
            ("whole path", "GET", service, true),
            (
                "without the base",
                "get",
                "/groups/*/privateEndpoint/AWS/endpointService/*",
                true,
            ),
            ("rest", "GET", "groups/1/**", true),
            ("other method", "POST", "**", false),
            ("too short", "*", "/groups/*/privateEndpoint/AWS/endpointService", false),
            (
                "too long",
                "*",
                "/groups/*/privateEndpoint/AWS/endpointService/*/endpoint",
                false,
            ),
            (
                "other segment",
                "*",
                "/groups/*/privateEndpoint/GCP/endpointService/*",
                false,
            ),
        ] {
            assert_eq!(matches(method, path, "GET", service), expected, "{case}");
        }
        assert!(matches("*", "/api/oauth/token", "POST", "/api/oauth/token"));
    }
}
