//! Which statistics CloudWatch knows (User Guide, "CloudWatch statistics definitions"). More than the evaluation can compute.

pub(super) const PLAIN: [&str; 5] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];

/// `p99.9`, `tm90`, `IQR`, `TM(10%:90%)`, `PR(:300)` and the like.
pub(super) fn is_extended(text: &str) -> bool {
    if text == "IQR" {
        return true;
    }
    if let Some((name, bounds)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        return match name {
            "TM" | "TC" | "TS" | "WM" => is_range(bounds, true),
            "PR" => is_range(bounds, false),
            _ => false,
        };
    }
    let percent = ["tm", "tc", "ts", "wm", "p"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix));
    percent.is_some_and(is_percent)
}

/// `10%:90%`, `:90%`, `10%:`, or the same with values of the metric.
fn is_range(bounds: &str, percents: bool) -> bool {
    let is_bound = |bound: &str| match bound.strip_suffix('%') {
        Some(percent) => percents && is_percent(percent),
        None => bound.is_empty() || is_number(bound),
    };
    let Some((low, high)) = bounds.split_once(':') else {
        return false;
    };
    !(low.is_empty() && high.is_empty()) && is_bound(low) && is_bound(high)
}

fn is_percent(text: &str) -> bool {
    is_number(text)
        && text
            .parse::<f64>()
            .is_ok_and(|percent| (0.0..=100.0).contains(&percent))
}

/// Digits with at most one point among them.
fn is_number(text: &str) -> bool {
    let mut parts = text.splitn(2, '.');
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.next().is_some_and(digits) && parts.next().is_none_or(digits)
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
            "tc50",
            "ts5",
            "wm98.5",
            "IQR",
            "TM(10%:90%)",
            "TC(:95%)",
            "TS(80%:)",
            "WM(0.5:)",
            "PR(:300)",
            "PR(100:2000)",
        ] {
            assert!(is_extended(good), "{good}");
        }
        for bad in [
            "",
            "p",
            "p101",
            "p-1",
            "p1e1",
            "pinf",
            "P90",
            "90",
            "Sum",
            "iqr",
            "TM(10%)",
            "TM(:)",
            "TM(a:b)",
            "PR(10%:20%)",
            "XX(1:2)",
            "p9.",
            "p.9",
            "TM(10%:90%",
        ] {
            assert!(!is_extended(bad), "{bad}");
        }
    }
}
