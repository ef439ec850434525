//! The words of the bundle's `coverage` map: one entry for each metric of each target that the catalogue documents.

use std::fmt;

/// Why an alarm the preset has is not created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absence {
    /// An override says `enabled = false`.
    Disabled,
    /// `severities` has no such key.
    NoSeverity(String),
    /// The alarm or its metric needs an input that is not set.
    Needs(String),
}

/// What watches one metric of one target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Keys of the alarms that exist.
    pub alarms: Vec<String>,
    /// Keys of the alarms that do not, and why.
    pub absent: Vec<(String, Absence)>,
    /// The input without which the metric itself does not exist.
    pub metric_needs: Option<String>,
}

impl fmt::Display for Coverage {
    /// `alarm: <keys>`, `off: <keys with reasons>`, `needs <inputs>`, joined with `; `, or `graph` where there is none of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(input) = &self.metric_needs {
            return write!(f, "needs {input}");
        }
        let mut parts = Vec::new();
        if !self.alarms.is_empty() {
            parts.push(format!("alarm: {}", self.alarms.join(", ")));
        }
        let off: Vec<String> = self
            .absent
            .iter()
            .filter_map(|(key, absence)| match absence {
                Absence::Disabled => Some(format!("{key} (enabled = false)")),
                Absence::NoSeverity(severity) => Some(format!("{key} (severities has no {severity})")),
                Absence::Needs(_) => None,
            })
            .collect();
        if !off.is_empty() {
            parts.push(format!("off: {}", off.join(", ")));
        }
        let mut needs: Vec<&str> = Vec::new();
        for (_, absence) in &self.absent {
            if let Absence::Needs(input) = absence
                && !needs.contains(&input.as_str())
            {
                needs.push(input);
            }
        }
        if !needs.is_empty() {
            parts.push(format!("needs {}", needs.join(", ")));
        }
        f.write_str(
            if parts.is_empty() {
                "graph".to_owned()
            } else {
                parts.join("; ")
            }
            .as_str(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_says_alarm_off_needs_or_graph() {
        let off = |reason| vec![("lambda/upload/duration/warning".to_owned(), reason)];
        let critical = vec!["lambda/upload/duration/critical".to_owned()];
        for (case, coverage, expected) in [
            ("nothing", Coverage::default(), "graph"),
            (
                "alarm",
                Coverage {
                    alarms: critical.clone(),
                    ..Coverage::default()
                },
                "alarm: lambda/upload/duration/critical",
            ),
            (
                "disabled",
                Coverage {
                    alarms: critical,
                    absent: off(Absence::Disabled),
                    metric_needs: None,
                },
                "alarm: lambda/upload/duration/critical; off: lambda/upload/duration/warning (enabled = false)",
            ),
            (
                "no severity",
                Coverage {
                    absent: off(Absence::NoSeverity("warning".to_owned())),
                    ..Coverage::default()
                },
                "off: lambda/upload/duration/warning (severities has no warning)",
            ),
            (
                "needs",
                Coverage {
                    absent: off(Absence::Needs("timeout_seconds".to_owned())),
                    ..Coverage::default()
                },
                "needs timeout_seconds",
            ),
            (
                "no metric",
                Coverage {
                    metric_needs: Some("cache_enabled".to_owned()),
                    ..Coverage::default()
                },
                "needs cache_enabled",
            ),
        ] {
            assert_eq!(coverage.to_string(), expected, "{case}");
        }
    }
}
