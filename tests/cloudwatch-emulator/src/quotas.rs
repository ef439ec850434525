//! CloudWatch's request quotas per account, region and operation (Amazon CloudWatch User Guide, "CloudWatch service quotas").

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

use crate::lock;
use crate::model::Scope;

/// Calls a second.
fn rate_of(operation: &str) -> Option<f64> {
    Some(match operation {
        "PutMetricAlarm" | "PutCompositeAlarm" | "DeleteAlarms" => 3.0,
        "SetAlarmState" | "EnableAlarmActions" | "DisableAlarmActions" => 3.0,
        "DescribeAlarms" => 9.0,
        "ListTagsForResource" => 10.0,
        // Tag Editor User Guide, "Service Quotas for Resource Groups Tagging API".
        "GetResources" => 15.0,
        "TagResource" | "UntagResource" => 20.0,
        _ => return None,
    })
}

struct Bucket {
    tokens: f64,
    filled: Instant,
}

/// Token buckets that hold one second's worth of calls.
#[derive(Default)]
pub(crate) struct Quotas {
    buckets: Mutex<HashMap<(Scope, String), Bucket>>,
}

impl Quotas {
    /// Takes a token; false: the call is throttled.
    pub(crate) fn admit(&self, scope: &Scope, operation: &str, now: Instant) -> bool {
        let Some(rate) = rate_of(operation) else {
            return true;
        };
        let mut buckets = lock(&self.buckets);
        let bucket = buckets.entry((scope.clone(), operation.to_owned())).or_insert(Bucket {
            tokens: rate,
            filled: now,
        });
        let gained = now.saturating_duration_since(bucket.filled).as_secs_f64() * rate;
        bucket.tokens = (bucket.tokens + gained).min(rate);
        bucket.filled = now;
        let admitted = bucket.tokens >= 1.0;
        if admitted {
            bucket.tokens -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_second_admits_the_quota_and_no_more() {
        let quotas = Quotas::default();
        let (here, there) = (Scope::new("1", "eu-west-1"), Scope::new("1", "us-east-1"));
        let start = Instant::now();
        let admitted = |scope: &Scope, operation: &str, at: Instant| {
            (0..50).filter(|_| quotas.admit(scope, operation, at)).count()
        };
        assert_eq!(admitted(&here, "PutMetricAlarm", start), 3);
        assert_eq!(admitted(&here, "DescribeAlarms", start), 9, "another operation");
        assert_eq!(admitted(&there, "PutMetricAlarm", start), 3, "another region");
        assert_eq!(admitted(&here, "PutMetricAlarm", start + Duration::from_secs(1)), 3);
        let later = start + Duration::from_secs(60);
        assert_eq!(admitted(&here, "PutMetricAlarm", later), 3, "no saving up");
        assert_eq!(admitted(&here, "GetMetricData", start), 50, "without a quota here");
    }
}
