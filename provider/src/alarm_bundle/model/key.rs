//! Keys and names of alarms.

use alarm_catalog::{Service, Severity};
use tf_provider::value::Value;

use crate::alarm_bundle::state::Text;

/// Longest alarm name. Source: API_PutMetricAlarm, `AlarmName`.
pub(crate) const MAX_ALARM_NAME: usize = 255;

/// `<service>/<target>/<alarm>/<severity>`.
pub(crate) fn catalogue_key(service: Service, target: &str, alarm: &str, severity: Severity) -> String {
    format!("{service}/{target}/{alarm}/{severity}")
}

/// `extra/<name>/<severity>`.
pub(crate) fn extra_key(name: &str, severity: &str) -> String {
    format!("extra/{name}/{severity}")
}

/// `composite/<severity>`.
pub(crate) fn composite_key(severity: &str) -> String {
    format!("composite/{severity}")
}

/// `<bundle>/<key>`.
pub(crate) fn alarm_name(bundle: &Text, key: &str) -> Text {
    bundle.as_ref().map(|bundle| format!("{bundle}/{key}"))
}

/// Whether a text can be a target's, an extra alarm's or a severity's name: `[A-Za-z0-9_-]{1,64}`.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// An alarm's name, read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParsedKey<'a> {
    /// An alarm of `alarms`, with its severity.
    Alarm {
        /// The whole key.
        key: &'a str,
        /// Its last segment.
        severity: &'a str,
    },
    /// The composite.
    Composite {
        /// Its last segment.
        severity: &'a str,
    },
}

/// The key in an alarm's name, `None` when it is not `<bundle>/<key>` of this bundle.
pub(crate) fn parse_name<'a>(bundle: &str, alarm_name: &'a str) -> Option<ParsedKey<'a>> {
    let key = alarm_name.strip_prefix(bundle)?.strip_prefix('/')?;
    let segments: Vec<&str> = key.split('/').collect();
    if !segments.iter().all(|segment| is_name(segment)) {
        return None;
    }
    match segments.as_slice() {
        ["composite", severity] => Some(ParsedKey::Composite { severity }),
        ["extra", _, severity] => Some(ParsedKey::Alarm { key, severity }),
        [service, _, _, severity] => {
            service.parse::<Service>().ok()?;
            Some(ParsedKey::Alarm { key, severity })
        }
        _ => None,
    }
}

/// Whether a text can be a bundle's name, so that every alarm's name can be read back and quoted in a composite's rule.
pub(crate) fn is_bundle_name(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && !text
            .chars()
            .any(|char| matches!(char, '/' | '"' | '\\') || char.is_control())
}

/// Length of a name as CloudWatch counts it.
pub(crate) fn name_length(name: &str) -> usize {
    name.chars().count()
}

/// The known names that are too long.
pub(crate) fn too_long<'a>(names: impl Iterator<Item = &'a Text>) -> Vec<&'a str> {
    let long = |name: &'a Text| match name {
        Value::Value(name) if name_length(name) > MAX_ALARM_NAME => Some(name.as_str()),
        _ => None,
    };
    names.filter_map(long).collect()
}
