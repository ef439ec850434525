//! Which statistics CloudWatch knows (User Guide, "CloudWatch statistics definitions"). More than the evaluation can compute.

use alarm_evaluator::{Statistic, StatisticError};

pub(super) const PLAIN: [&str; 5] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];

/// `p99.9`, `tm90`, `IQM`, `TM(10%:90%)`, `PR(:300)` and the like.
pub(super) fn is_extended(text: &str) -> bool {
    matches!(
        Statistic::parse(text),
        Ok(Statistic::Percentile(_)) | Err(StatisticError::Unsupported(_))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_statistics_are_told_from_others() {
        for good in [
            "p90",
            "p99.9",
            "p0",
            "p100",
            "tm99",
            "wm98.5",
            "IQM",
            "TM(10%:90%)",
            "PR(:300)",
        ] {
            assert!(is_extended(good), "{good}");
        }
        for bad in ["", "p101", "P90", "Sum", "IQR", "iqm", "TM(150%:)", "PR(10%:20%)"] {
            assert!(!is_extended(bad), "{bad}");
        }
    }
}
