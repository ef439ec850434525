//! States of earlier schema versions.

use provider_kit::UpgradeError;
use serde_json::Value;

use super::marker;

/// Schema version of the states that are written today.
pub(crate) const VERSION: i64 = 1;

/// Brings a state into today's shape. Version 0 has the marker in the attribute `description`.
pub(crate) fn upgrade(version: i64, mut state: Value) -> Result<Value, UpgradeError> {
    if version != 0 {
        return Err(UpgradeError(format!(
            "no release of this provider wrote version {version}"
        )));
    }
    let Some(bundle) = state["name"].as_str().map(str::to_owned) else {
        return Err(UpgradeError("the state has no `name`".to_owned()));
    };
    let alarms = state.get_mut("alarms").and_then(Value::as_object_mut);
    for alarm in alarms.into_iter().flat_map(|alarms| alarms.values_mut()) {
        strip(alarm, &bundle);
    }
    if let Some(composite) = state.get_mut("composite_alarm") {
        strip(composite, &bundle);
    }
    Ok(state)
}

fn strip(alarm: &mut Value, bundle: &str) {
    if let Some(Value::String(stored)) = alarm.get_mut("description") {
        let stripped = marker::strip(stored, bundle).map(str::to_owned);
        alarm["description"] = stripped.into();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_state_of_version_0_loses_its_markers_and_nothing_else() {
        let description = |text: &str| json!({ "description": text, "threshold": 1.5 });
        let before = json!({
            "name": "edu",
            "alarms": {
                "a": description("Errors.\nlectern:edu"),
                "b": description("By hand.\nlectern:other"),
                "c": null,
            },
            "composite_alarm": description("One fires.\nlectern:edu"),
        });
        let after = json!({
            "name": "edu",
            "alarms": { "a": description("Errors."), "b": description("By hand.\nlectern:other"), "c": null },
            "composite_alarm": description("One fires."),
        });
        assert_eq!(upgrade(0, before).unwrap(), after);
        for empty in [
            json!({ "name": "edu" }),
            json!({ "name": "edu", "alarms": null, "composite_alarm": null }),
        ] {
            assert_eq!(upgrade(0, empty.clone()).unwrap(), empty);
        }
        assert!(upgrade(7, json!({ "name": "edu" })).is_err());
    }
}
