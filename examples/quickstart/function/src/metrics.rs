//! The function's own metric, in CloudWatch's embedded metric format: one line on stdout, no API call.
//! Format: CloudWatch user guide, "Specification: Embedded metric format".

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// One log line: `Lookups` (count, always 1) and `LookupTime` (milliseconds) in `Lectern/Quickstart`, by `FunctionName`.
#[must_use]
pub fn embedded_metrics(function_name: &str, now: SystemTime, lookup_time: Duration) -> Value {
    let timestamp = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    json!({
        "_aws": {
            "Timestamp": u64::try_from(timestamp).unwrap_or(u64::MAX),
            "CloudWatchMetrics": [{
                "Namespace": "Lectern/Quickstart",
                "Dimensions": [["FunctionName"]],
                "Metrics": [
                    { "Name": "Lookups", "Unit": "Count" },
                    { "Name": "LookupTime", "Unit": "Milliseconds" },
                ],
            }],
        },
        "FunctionName": function_name,
        "Lookups": 1,
        "LookupTime": lookup_time.as_secs_f64() * 1000.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_metric_and_dimension_has_its_value_beside_the_declaration() {
        let line = embedded_metrics(
            "course-catalogue",
            UNIX_EPOCH + Duration::from_secs(1),
            Duration::from_millis(3),
        );
        let declared = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(line["_aws"]["Timestamp"], 1000);
        assert_eq!(line["FunctionName"], "course-catalogue");
        assert_eq!(declared["Dimensions"], json!([["FunctionName"]]));
        for metric in ["Lookups", "LookupTime"] {
            assert!(
                declared["Metrics"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|m| m["Name"] == metric)),
                "{metric} is declared"
            );
            assert!(line[metric].is_number(), "{metric} has a value");
        }
    }
}
